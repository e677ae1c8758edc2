"""What the daemon may say of fleets that no real one shows at once: bodies of status.json, as of NOW."""
from datetime import datetime, timedelta, timezone

NOW = datetime(2026, 3, 29, 14, 2, 13, tzinfo=timezone.utc)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
HOSTILE = ["<img src=x onerror=alert(1)>", "\u202edrowssap\u202c \u2066\u200f", "", "x" * 300, "line one\nline\ttwo\x00\x1b[31m\x7f",
           "</script><script>alert(2)</script>", "  ", "ع" * 60, "Z\u0351\u0352\u0353\u0354\u0355" * 12, "\ud800", "javascript:alert(3)",
           "__proto__", "{{7*7}}", "\u3164"]


def stamp(at):
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def ago(delta):
    return stamp(NOW - delta)


def ahead(delta):
    return stamp(NOW + delta)


def project(name="core", **changes):
    return {"project": name, "reachable": True, "failing_since": None, "failure": "", "answered": ago(timedelta(seconds=4)),
            "listed": ago(timedelta(seconds=4)),
            "token": {"issued": ago(3 * HOUR), "expires": ahead(21 * HOUR)}, "instances": {"ACTIVE": 3}, "vanished": 0,
            "wrong": [], "in_flight": [], "waiting": [], "not_selected": [], "left_alone": [], "left_alone_more": 0} | changes


def document(projects, **changes):
    return {"time": stamp(NOW), "well": True, "version": "0.1.0",
            "service": {"started": ago(9 * DAY), "policy": {"path": "/etc/dbssd/policy.yaml", "fingerprint": "9f86d081884c7d65",
                                                           "since": ago(2 * DAY), "last_reload": "ok", "refused_because": ""}},
            "state": {"path": "/var/lib/dbssd/state.db", "held": True, "process": "812", "since": ago(9 * DAY)}, "wrong": [], "wrong_more": 0,
            "projects": projects, "next": [], "gaps": {"count": 0, "newest": None}, "blind": [], "blind_more": 0,
            "timeline": {"from": ago(DAY), "to": ahead(DAY), "rows": [], "rows_more": 0},
            "coverage": [], "coverage_more": 0} | changes


def mark(at, **counts):
    return {"at": stamp(at), "until": None, "finished": 0, "running": 0, "failed": 0, "missed": 0, "due": 0} | counts


def marks(every, instances=3, bad=()):
    """`bad`: {index from the oldest: counts} in place of what is finished."""
    first = NOW.replace(minute=0, second=0) - DAY + every
    times = [first + i * every for i in range(int(2 * DAY / every) - 1)]
    return [mark(at, **dict(bad).get(i, {"finished" if at < NOW else "due": instances})) for i, at in enumerate(times)]


def coverage(project, report, gaps=(), instances=3):
    """`gaps`: (begin and end as time before NOW, instance, why)."""
    begin, pending = NOW - 31 * DAY, NOW - 2 * HOUR
    edges, segments = begin + 6 * DAY, []
    for first, last, _, why in gaps:
        segments += [(edges, NOW - first, "covered", ""), (NOW - first, NOW - last, "gap", why)]
        edges = NOW - last
    segments += [(edges, pending, "covered", ""), (pending, NOW, "pending", "its report is not finished")]
    return {"project": project, "report": report, "instances": instances, "from": stamp(begin), "to": stamp(NOW),
            "segments": [{"begin": stamp(b), "end": stamp(e), "state": s, "instances": instances, "reason": why} for b, e, s, why in segments],
            "gaps": [{"instance_id": f"id-{i}", "instance_name": name, "begin": ago(first), "end": ago(last),
                      "outcome": "missed", "reason": why} for i, (first, last, name, why) in enumerate(gaps)], "gaps_more": 0}


def coming(report="nightly-sox", instance="prod-orders-01", instances=3):
    return [{"scheduled_time": ahead(58 * MINUTE), "project": "core", "report": report, "instance_id": "id-1",
             "instance_name": instance, "instances": instances}]


def standing(what, name="prod-orders-01", **changes):
    return {"what": what, "instance_id": f"id-of-{name}"[:40], "instance_name": name, "since": ago(22 * MINUTE), "reason": "it is so"} | changes


def well():
    return document([project(), project("billing", instances={"ACTIVE": 12, "SHUTOFF": 2})], next=coming(),
                    timeline={"from": ago(DAY), "to": ahead(DAY), "rows_more": 0, "rows": [
                        {"project": "core", "report": "nightly-sox", "marks": marks(6 * HOUR)},
                        {"project": "billing", "report": "hourly-pci", "marks": marks(HOUR, 12)}]},
                    coverage=[coverage("core", "nightly-sox"), coverage("billing", "hourly-pci", instances=12)])


def unwell():
    gap = [(9 * DAY, 8 * DAY, "prod-orders-01", "the deadline passed while the project could not be reached"),
           (30 * HOUR, 29 * HOUR, "prod-hr-01", "the instance was SHUTOFF")]
    core = project(
        instances={"ACTIVE": 6, "SHUTOFF": 2, "FROZEN": 1, "UPGRADING": 1}, vanished=1,
        wrong=[standing("held", "prod-stock-lab", since=None, reason="until 2026-03-29T18:00:00Z: something keeps stopping it"),
               standing("report overdue", report="nightly-sox", scheduled_time=ago(7 * HOUR), percentum=40,
                        reason="it has not finished within 2h"),
               standing("frozen", "prod-legacy-01", since=ago(12 * DAY), reason="the list says FROZEN, and start rule keep-running selects it",
                        remedy="settle in the console what it is frozen for, mostly a bill"),
               {"what": "creation failed", "resource_id": "3d265fee-1e54-48c8-8d02-6347c07b3db8", "since": ago(3 * HOUR),
                "reason": "job 7: no audit instance of this flavor is left"}],
        in_flight=[standing("report", report="hourly-pci", scheduled_time=ago(2 * MINUTE), since=ago(MINUTE), percentum=70, reason="accepted"),
                   {"what": "creation", "resource_id": "2c154fdd-0d43-47b7-9cf1-5236bf6a2ca7", "since": ago(MINUTE), "reason": "it is followed"}],
        waiting=[standing("report", "prod-hr-01", report="hourly-pci", scheduled_time=ago(2 * MINUTE), since=ago(2 * MINUTE),
                          reason="waits for the instance to be ACTIVE")],
        left_alone=[{"subject": "start prod-legacy-01", "reason": "it is FROZEN: an unpaid bill, not a fault", "count": 412},
                    {"subject": "start prod-hr-01", "reason": "no rule selects it", "count": 9}], left_alone_more=2)
    refused = "connection refused by https://dbss.ap-southeast-3.myhuaweicloud.com"
    away = project("archive", reachable=False, failing_since=ago(22 * MINUTE), answered=ago(23 * MINUTE), instances={"ACTIVE": 4}, failure=refused,
                   wrong=[{"what": "project fails", "since": ago(22 * MINUTE), "reason": refused, "remedy": "dbssd check --online says what it answers"}])
    bad = {3: {"failed": 1, "finished": 5}, 11: {"missed": 2, "finished": 4}, 12: {"missed": 6}, 23: {"running": 6}}
    return document([core, away, unasked_project("new")], well=False, next=coming(),
                    gaps={"count": 2, "newest": None},
                    blind=[{"project": "core", "instance_id": f"id-{i}", "instance_name": name, "status": status, "since": ago(since),
                            "seconds": int(since.total_seconds()), "reason": why} for i, (name, status, since, why) in enumerate([
                                ("prod-legacy-01", "FROZEN", 12 * DAY + 3 * HOUR, "frozen by the cloud"),
                                ("prod-hr-01", "SHUTOFF", 31 * HOUR, "no rule selects it"),
                                ("prod-stock-lab", "SHUTOFF", 12 * MINUTE, "held: something keeps stopping it")])],
                    timeline={"from": ago(DAY), "to": ahead(DAY), "rows_more": 0, "rows": [
                        {"project": "core", "report": "nightly-sox", "marks": marks(6 * HOUR, bad={2: {"running": 3}})},
                        {"project": "core", "report": "hourly-pci", "marks": marks(HOUR, 6, bad)},
                        {"project": "archive", "report": "every-15-minutes", "marks": marks(15 * MINUTE, 4, {94: {"due": 4}, 95: {"due": 4}})}]},
                    coverage=[coverage("core", "nightly-sox", gap), coverage("core", "hourly-pci")])


def hostile():
    """Each of the hostile texts, wherever one from elsewhere can stand."""
    all_wrong = [standing("held", text, instance_id=f"{i} {text}", report=text, reason=text) for i, text in enumerate(HOSTILE)]
    all_wrong.append(standing("constructor"))
    said = {text: i + 1 for i, text in enumerate(HOSTILE)}
    first = project(HOSTILE[0], reachable=False, failure=HOSTILE[5] * 40, instances=said, wrong=all_wrong,
                    left_alone=[{"subject": text, "reason": text, "count": 1} for text in HOSTILE])
    return document([first, project(HOSTILE[1]), project(HOSTILE[2]), project(HOSTILE[3])], well=False, version=HOSTILE[0],
                    gaps={"count": len(HOSTILE), "newest": None}, next=coming(HOSTILE[0], HOSTILE[1]),
                    blind=[{"project": text, "instance_id": text, "instance_name": text, "status": text, "since": ago(HOUR), "seconds": 3600,
                            "reason": text} for text in HOSTILE],
                    timeline={"from": ago(DAY), "to": ahead(DAY), "rows_more": 0, "rows": [
                        {"project": text, "report": text, "marks": marks(6 * HOUR)} for text in HOSTILE]},
                    coverage=[coverage(text, text, [(9 * DAY, 8 * DAY, text, text)]) for text in HOSTILE])


def big(projects=20, reports=60, every=timedelta(minutes=14.4)):
    """What the server lists at most: 200 marks a row, and lists of 50."""
    names = [f"project-{i:02}" for i in range(projects)]
    gaps = [((30 - i) * 20 * HOUR, (30 - i) * 20 * HOUR - HOUR, f"prod-{i:03}", "missed") for i in range(20)]
    wrong = [standing("report overdue", f"prod-{i:03}", report="hourly", scheduled_time=ago(i * HOUR)) for i in range(50)]
    return document([project(name, instances={"ACTIVE": 900, "SHUTOFF": 80, "ERROR": 20}, wrong=wrong, wrong_more=7) for name in names],
                    well=False, next=coming(), gaps={"count": reports * 20, "newest": None},
                    timeline={"from": ago(DAY), "to": ahead(DAY), "rows_more": 3, "rows": [
                        {"project": names[i % projects], "report": f"report-{i:02}", "marks": marks(every, 50, {7 * i % 90: {"failed": 2}})}
                        for i in range(reports)]},
                    coverage=[coverage(names[i % projects], f"report-{i:02}", gaps, 50) | {"gaps_more": 4} for i in range(reports)], coverage_more=3)


def empty():
    return document([project(instances={}, token=None)])


def unasked_project(name="core"):
    return project(name, instances={}, reachable=None, answered=None, listed=None, token=None,
                   wrong=[{"what": "never asked", "reason": "no daemon has asked the cloud for it", "remedy": "systemctl reload dbssd takes it up"}])


def unasked():
    return document([unasked_project()], well=False)


def refused():
    body = well()
    body["service"]["policy"] |= {"last_reload": "refused", "refused_because": "policy.yaml:7: unknown member 'scedule'"}
    return body | {"well": False, "wrong": [{"what": "policy refused", "since": ago(MINUTE), "reason": "policy.yaml:7: unknown member 'scedule'",
                                             "remedy": "dbssd check lists every error"}]}

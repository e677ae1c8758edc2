"""The fault table: what goes wrong, how often, for how long, and which promise it attacks.

What a row does is a function of the story and its random numbers; it returns the function that undoes it, or nothing where nothing
is left to undo. Everything that it draws comes from these numbers: a seed is a story.
"""
import dataclasses
import json
import math
import signal
import typing

from host import RATE
from scene import CHANGING, project_id

DAY = 86400
OVER_A_MINUTE = (60, 110)  # reports are asked for when one is full


@dataclasses.dataclass(frozen=True)
class Fault:
    name: str
    attacks: str
    does: typing.Callable
    often: int = 1           # times a story, at least
    lasts: tuple = (15, 45)  # seconds, from and to
    errors: tuple = ()       # events of level error that it may bring about


def answers(kind, **what):
    """The simulator's answers go wrong."""
    return lambda story, _: story.install({"kind": kind} | what)


def answers_all(*faults):
    """Several of these at once."""
    def begin(story, random):
        undo = [fault(story, random) for fault in faults]
        return lambda: [one() for one in undo if one]
    return begin


def behaves(**what):
    def begin(story, _):
        story.cloud.ask("POST", "/behaviour", what)
        return lambda: story.cloud.ask("POST", "/behaviour", {key: story.behaviour[key] for key in what})
    return begin


def tokens_end(story, _):
    story.cloud.ask("POST", "/tokens/expire")


def password_changes(story, _):
    """The operator writes the new one down only after a while."""
    story.password += "+"
    story.cloud.ask("POST", "/password", {"user": "dbss-ops", "password": story.password})
    return story.write_password


def summary(**what):
    def begin(story, _):
        story.cloud.ask("POST", "/summary", what)
        return lambda: story.cloud.ask("DELETE", "/summary")
    return begin


def list_is_empty(story, random):
    """A whole project is absent from every list, and returns."""
    project = random.choice(["by-password", "by-keys", "by-token", "guest"])
    return answers("status_before", status=200, call="list_instances", project=project_id(project),
                   text=json.dumps({"servers": [], "total": 0}))(story, random)


def instances_stop(story, random):
    for name in story.instances("stopped"):
        if random.random() < 0.7:
            story.cloud_of(name).ask("POST", f"/instances/{name}", {"status": "SHUTOFF", "task": "NO_TASK"})


def starts_go_wrong(story, random):
    outcomes = {name: random.choice(["never", "reverts", "failed", "ignored"]) for name in story.instances("stopped")}
    for name, outcome in outcomes.items():
        story.cloud_of(name).ask("POST", f"/instances/{name}", {"status": "SHUTOFF", "task": "NO_TASK", "start": {"outcome": outcome}})

    def undo():
        for name in outcomes:
            story.cloud_of(name).ask("POST", f"/instances/{name}", {"status": "SHUTOFF", "task": "NO_TASK", "start": {"outcome": "active"}})
    return undo


def reports_go_wrong(story, random):
    for name in story.instances("fragile"):
        story.cloud.ask("POST", f"/instances/{name}", {"report": {"outcome": random.choice(["stalls", "vanishes", "failed"])}})

    def undo():
        for name in story.instances("fragile"):
            story.cloud.ask("POST", f"/instances/{name}", {"report": {"outcome": "finished"}})
    return undo


def killed(story, random):
    story.kill(back_after=random.choice([0, 0, 5, 60]))


def killed_on_the_minute(story, random):
    """When most reports are asked for, and most answers are under way."""
    moment = random.uniform(0.3, 5)
    story.until(lambda: moment < story.clock.now() % 60 < moment + 2, None)
    story.kill(back_after=0)


def killed_at_a_step(story, random):
    """Before or after a write to the journal or a word to the cloud; the magnitudes of its count are equally likely."""
    story.kill(back_after=0, die_at_step=round(math.exp(random.uniform(math.log(4), math.log(3000)))))


def stopped_in_order(story, random):
    story.terminate(back_after=random.choice([0, 10, 60]))


def absent(story, random):
    """The host is off. Time leaps for everyone."""
    story.kill(back_after=0)
    story.skip(random.randint(*story.absence))


def frozen(story, _):
    life = story.life
    if life is None:
        return None
    life.signal(signal.SIGSTOP)
    return lambda: life.signal(signal.SIGCONT)


def reload_storm(story, random):
    for _ in range(12):
        story.limits = {"requests_per_second": random.choice([20, 50]), "in_flight": random.choice([4, 6, 8])}
        if random.random() < 0.3:
            story.write_policy(spoilt=True)
        else:
            story.write_policy()
        story.hang_up()
    story.reload()


def wire_zone_changes(story, random):
    project = random.choice(["by-password", "by-keys", "by-token"])
    others = [zone for zone in story.all_wire_zones if zone != story.wire_zones[project]]
    if others:
        story.wire_zones[project] = random.choice(others)
        story.reload()


def service_speaks_otherwise(story, random):
    words = {axis: random.choice(words) for axis, words in CHANGING.items()}
    story.behaviour |= words
    story.cloud.ask("POST", "/behaviour", words)


def project_leaves(story, _):
    story.absent_projects.add("guest")
    story.reload()

    def undo():
        story.absent_projects.discard("guest")
        story.reload()
    return undo


def journal_refuses(story, _):
    """What one rule says of its runs is refused, whatever it is."""
    story.change_journal("CREATE TRIGGER refused BEFORE UPDATE ON run WHEN NEW.report = 'newest' BEGIN SELECT RAISE(ABORT, 'not so'); END")

    def undo():
        while not story.change_journal("DROP TRIGGER IF EXISTS refused"):
            pass
    return undo


def host(field, value):
    def begin(story, _):
        story.host.page.set(field, value)
        return lambda: story.host.page.set(field, 0)
    return begin


def clock_off_by(seconds):
    return host("wall_clock_error", int(seconds * 1e9 / RATE))


def raw(text, call="*", **what):
    return answers("raw", text=text, call=call, **what)


OK = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
# Not "success": these stand in place of a refusal too, and a service that says it took what it refused is none that there is.
ANSWER = '{"result":"unclear"}'

TABLE = [
    # The network and what is between.
    Fault("calls dropped before their effect", "none is lost", answers("drop_before", probability=0.15), often=2),
    Fault("calls dropped after their effect", "none is made twice", answers("drop_after", probability=0.15), often=2),
    Fault("every other report's answer dropped", "none is made twice", answers("drop_after", call="create_report", probability=0.5),
          often=2, lasts=OVER_A_MINUTE),
    Fault("502 after the effect", "none is made twice",
          answers("html", status=502, effect=True, call="create_report", probability=0.5), often=2, lasts=OVER_A_MINUTE),
    Fault("503 before the effect", "none is lost", answers("status_before", status=503, probability=0.2)),
    Fault("500 after the effect", "none is made twice", answers("status_after", status=500, probability=0.15)),
    Fault("half a list of reports", "not listed is not absent", answers("half_body", call="list_reports", probability=0.4)),
    Fault("half an answer to a report", "none is made twice", answers("half_body", call="create_report", probability=0.4), lasts=OVER_A_MINUTE),
    Fault("a proxy's page", "an answer is decoded or refused", answers("html", probability=0.15)),
    Fault("no JSON", "an answer is decoded or refused", answers("garbage", probability=0.15)),
    Fault("another content type", "an answer is decoded or refused", answers("wrong_content_type", probability=0.3)),
    Fault("a redirect", "credentials go nowhere else", answers("redirect", probability=0.1)),
    Fault("answers too late", "none is made twice", answers("slow", seconds=4, probability=0.1)),
    Fault("bodies that drip", "one bad thing harms only itself", answers("drip", seconds=4, probability=0.1)),
    Fault("a slow service", "time is only lost", behaves(latency_ms=80)),
    Fault("connections closed without a word", "none is made twice", behaves(requests_per_connection=2)),
    Fault("an answer without end", "memory is bounded", answers("huge_body", call="list_instances", times=2)),
    Fault("a long outage", "what was missed is made up for", answers("drop_before"), lasts=(180, 300)),
    Fault("throttled", "it does no harm", answers("throttle", probability=0.3, limit=600)),
    Fault("throttled, with a time to wait", "it does no harm", answers("throttle", call="create_report", limit=60, retry_after=20),
          lasts=OVER_A_MINUTE),
    # Answers that are none, or more than one.
    Fault("100 and nothing more", "an answer belongs to its call", raw("HTTP/1.1 100 Continue\r\n\r\n", probability=0.1, effect=True)),
    Fault("103 and then the answer", "an answer belongs to its call",
          raw(f"HTTP/1.1 103 Early Hints\r\nLink: </>\r\n\r\n{OK}Content-Length: 20\r\n\r\n{ANSWER}", "create_report",
              probability=0.3, effect=True), lasts=OVER_A_MINUTE),
    Fault("a length that is no number", "an answer belongs to its call",
          raw(f"{OK}Content-Length: 2o\r\n\r\n{ANSWER}", probability=0.1, effect=True)),
    Fault("a length and chunks", "an answer belongs to its call",
          raw(f"{OK}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n14\r\n{ANSWER}\r\n0\r\n\r\n", "create_report",
              probability=0.3, effect=True), lasts=OVER_A_MINUTE),
    Fault("surplus bytes", "an answer belongs to its call",
          raw(f"{OK}Content-Length: 20\r\n\r\n{ANSWER}{OK}Content-Length: 20\r\n\r\n{ANSWER}", "create_report",
              probability=0.3, effect=True), lasts=OVER_A_MINUTE),
    Fault("headers without end", "memory is bounded", raw(f"{OK}X-Long: {'x' * (200_000)}\r\n\r\n", probability=0.1)),
    Fault("a chunk that is too large", "memory is bounded",
          raw(f"{OK}Transfer-Encoding: chunked\r\n\r\n7fffffff\r\n{'x' * (200_000)}", probability=0.1)),
    Fault("a negative chunk", "memory is bounded", raw(f"{OK}Transfer-Encoding: chunked\r\n\r\n-1\r\n{ANSWER}\r\n", probability=0.1)),
    # Lists.
    Fault("page 1 is empty, of many", "not listed is not absent",
          answers("status_before", status=200, call="list_reports", text='{"reports":[],"total":70}', probability=0.5)),
    Fault("lists that move", "not listed is not absent", behaves(page_drift=True, max_page=3)),
    Fault("reports that are listed late", "not listed is not absent", behaves(report_visible_after=60)),
    Fault("a gateway that has lost its way", "none is lost",
          answers("status_before", status=404, error_code="APIGW.0101", call="list_instances", probability=0.5)),
    Fault("the service speaks otherwise", "a report is recognised", service_speaks_otherwise, often=4, lasts=(0, 0)),
    Fault("a fleet that vanishes", "absent is not gone", list_is_empty, lasts=(100, 160)),
    # Credentials.
    Fault("tokens end", "an expired token costs a call", tokens_end, often=3, lasts=(0, 0), errors=("auth.failed",)),
    Fault("tokens refused one by one", "an expired token costs a call", answers("expired_token", probability=0.1), errors=("auth.failed",)),
    Fault("tokens that take long", "waiting ends with the call", answers_all(answers("slow", call="issue_token", seconds=4), tokens_end),
          errors=("auth.failed",)),
    Fault("fresh tokens refused while others wait", "it does not crash",
          answers_all(answers("slow", call="issue_token", seconds=0.3), answers("expired_token", probability=0.7), tokens_end),
          errors=("auth.failed",)),
    Fault("the authority is down", "one bad thing harms only itself",
          answers_all(answers("status_before", call="issue_token", status=503), tokens_end), errors=("auth.failed",)),
    Fault("the password is changed", "no account is locked", password_changes, errors=("auth.failed",)),
    # The service.
    Fault("instances stopped by somebody", "they are started once", instances_stop, often=3, lasts=(0, 0), errors=("instance.start_held",)),
    Fault("starts that go wrong", "accepted is not done", starts_go_wrong, lasts=(60, 120),
          errors=("instance.start_overdue", "instance.start_held")),
    Fault("reports that go wrong", "accepted is not done", reports_go_wrong, lasts=(60, 120), errors=("report.failed",)),
    Fault("a summary that is late", "each time has its outcome", summary(task_status=1), lasts=(60, 200)),
    Fault("a summary that fails", "each time has its outcome", summary(task_status=3), lasts=(60, 200)),
    Fault("the summary task is off", "each time has its outcome", behaves(task_switch="off"), lasts=(60, 120)),
    Fault("downloads refused", "what is finished is archived or named", answers("status_before", status=404, call="download_report",
                                                                               probability=0.6)),
    # The process and its host.
    Fault("killed", "none is lost, none is made twice", killed, often=3, lasts=(0, 0)),
    Fault("killed on the minute", "none is lost, none is made twice", killed_on_the_minute, often=4, lasts=(0, 0)),
    Fault("killed at a step", "none is lost, none is made twice", killed_at_a_step, often=4, lasts=(0, 0)),
    Fault("stopped in order", "none is lost, none is made twice", stopped_in_order, often=2, lasts=(0, 0)),
    Fault("the host is off", "what was missed is made up for", absent, often=1, lasts=(0, 0)),
    Fault("frozen", "time is only lost", frozen, lasts=(20, 60)),
    Fault("disk full", "nothing leaves that is not on record", host("disk_full", 1), often=2, errors=("state.failed",)),
    Fault("a journal that refuses", "one bad thing harms only itself", journal_refuses, errors=("state.failed", "state.refused")),
    Fault("no more threads", "a thread is waited for", host("threads_refused", 1)),
    Fault("a clock two days ahead", "a wrong clock costs nothing", clock_off_by(2 * DAY), lasts=(40, 80), errors=("clock.behind", "clock.held")),
    Fault("a clock an hour ahead", "a wrong clock costs nothing", clock_off_by(3600), lasts=(40, 80), errors=("clock.behind", "clock.held")),
    Fault("a clock an hour behind", "a wrong clock costs nothing", clock_off_by(-3600), lasts=(40, 80), errors=("clock.behind", "clock.held")),
    # The policy.
    Fault("a storm of reloads", "work in flight is not disturbed", reload_storm, often=3, lasts=(0, 0), errors=("service.reload_failed",)),
    Fault("another zone on the wire", "windows are what was sent", wire_zone_changes, often=3, lasts=(0, 0)),
    Fault("a project leaves the policy and returns", "each time has its outcome", project_leaves, lasts=(60, 160),
          errors=("service.reload_failed",)),
]

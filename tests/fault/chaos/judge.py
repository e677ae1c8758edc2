"""What was promised, held against what the cloud, the journal and the log say when all is over."""
import collections
import dataclasses
import hashlib
import pathlib

import scene
from host import instant_of, text_of

OUTCOMES = {"finished", "failed", "missed", "expired", "skipped"}
ON_TIME = 5 * 60     # how late `missed: skip` still serves
MOST_SERVED = 100    # times that `missed: all` makes up for after one outage
# Errors that are lawful or not as outcomes are; and what a policy whose zone is not the service's earns.
JUDGED = {"report.failed", "report.expired", "service.time_zone_suspect"}
SECRETS = (scene.PASSWORD, scene.KEY[1], scene.RENEWER[1])


class Contradiction(Exception):
    """What is so and must not be; of one instance and report at one scheduled time, where it is about one."""

    def __init__(self, text, run=None):
        super().__init__(text)
        self.text, self.run, self.law = text, run, "the course of it"


@dataclasses.dataclass
class Evidence:
    rules: list
    zone: str
    ready_at: float   # each schedule had begun
    end: float        # all that was scheduled up to here had its time
    over: float       # nothing happened after this
    spoken: dict      # project -> zones in which its windows were ever spelt
    runs: list        # rows of the journal
    schedules: list
    starts: list
    history: dict     # of `dbssd history`
    reports: list     # that the cloud was asked for; `vanished` are those that it has lost
    instances: list
    iam: dict
    counts: dict
    log: list
    errors: set       # events of level error that the faults may bring about
    said: str         # on standard error

    def __post_init__(self):
        self.rule = {rule.name: rule for rule in self.rules}
        self.project_of = {scene.instance_id(name): project for project in scene.PROJECTS for name in scene.instances_of(project)}
        self.series = collections.defaultdict(list)
        for run in sorted(self.runs, key=lambda run: run["scheduled"]):
            self.series[run["report"], run["instance"]].append(run)
        self.assumed = {(line.get("report"), line.get("instance_id"), line.get("scheduled_time"))
                        for line in self.log if line["event"] == "report.assumed"}

    def is_steady(self, instance):
        return instance.startswith(scene.ID + "steady-")

    def was_assumed(self, run):
        return (run["report"], run["instance"], text_of(run["scheduled"])) in self.assumed

    def words(self, run):
        """How its window may have been spelt: in any zone that its project spoke in, or just as the journal says."""
        return {(run["sent_begin"], run["sent_end"])} if run["sent_begin"] else self.spellings(run)

    def spellings(self, run):
        return {(scene.wire_text(run["window_begin"], zone), scene.wire_text(run["window_end"], zone))
                for zone in self.spoken[self.project_of[run["instance"]]]}

    def can_be_said(self, run):
        """In every zone of its project the window begins before it ends: where the clocks go back, one need not."""
        return all(begin < end for begin, end in self.spellings(run))


def name_of(run):
    return f"{run['report']} of {run['instance']} at {text_of(run['scheduled'])}"


def each_time_has_one_run(evidence):
    """Those that the schedule names, and no others."""
    pairs = {(schedule["report"], schedule["instance"]): schedule for schedule in evidence.schedules}
    for rule in evidence.rules:
        for instance in evidence.project_of:
            if not rule.selects(instance.removeprefix(scene.ID)):
                continue
            schedule = pairs.get((rule.name, instance))
            has_left = evidence.project_of[instance] == "guest"  # a project that returns begins anew
            if schedule is None or schedule["since"] > evidence.ready_at and not has_left:
                yield Contradiction(f"the schedule of {rule.name} of {instance} began anew, or is gone: {schedule}",
                                    {"report": rule.name, "instance": instance, "scheduled": int(evidence.ready_at)})
                continue
            expected = set(rule.times(schedule["since"], evidence.end, evidence.zone))
            begin = schedule["since"] if has_left else 0
            found = {run["scheduled"] for run in evidence.series[rule.name, instance] if begin < run["scheduled"] <= evidence.end}
            for at in sorted(expected ^ found):
                run = {"report": rule.name, "instance": instance, "scheduled": at}
                yield Contradiction(f"{name_of(run)} is scheduled and has no run" if at in expected else f"{name_of(run)} is not scheduled", run)


def nothing_is_decided_ahead(evidence):
    for run in evidence.runs:
        if run["scheduled"] > evidence.over:
            yield Contradiction(f"{name_of(run)} is decided, and its time has not come", run)
    for schedule in evidence.schedules:
        if schedule["cursor"] > evidence.over:
            yield Contradiction(f"{schedule['report']} of {schedule['instance']} is decided up to {text_of(schedule['cursor'])}", {
                "report": schedule["report"], "instance": schedule["instance"], "scheduled": int(evidence.over)})


def each_run_has_its_outcome(evidence):
    for run in evidence.runs:
        if run["scheduled"] <= evidence.end and run["outcome"] not in OUTCOMES:
            yield Contradiction(f"{name_of(run)} has no outcome: {run['state']}, {run['reason']}", run)


def history_says_what_the_journal_says(evidence):
    said = {(run["report"], run["instance_id"], run["scheduled_time"]): (run["outcome"], run["report_id"] or "")
            for run in evidence.history.get("runs", [])}
    recorded = {(run["report"], run["instance"], text_of(run["scheduled"])): (run["outcome"], run["report_id"]) for run in evidence.runs}
    for key in sorted(said.keys() | recorded.keys()):
        if said.get(key) != recorded.get(key):
            run = {"report": key[0], "instance": key[1], "scheduled": int(instant_of(key[2]))}
            yield Contradiction(f"{name_of(run)}: history says {said.get(key)}, the journal {recorded.get(key)}", run)


def each_outcome_is_lawful(evidence):
    """What did not end in a report had a reason that the rule gives."""
    def is_over(run):
        return (run["settled_at"] or 0) > run["expires_at"]

    def is_loose(run):
        carrier = next((one for one in evidence.series[run["report"], run["instance"]] if one["scheduled"] == run["served_by"]), run)
        return not (evidence.rule[run["report"]].certain and evidence.is_steady(run["instance"]) and evidence.can_be_said(carrier))

    for (report, _), runs in evidence.series.items():
        rule = evidence.rule[report]
        scheduled = [run["scheduled"] for run in runs]
        for position, run in enumerate(runs):
            later = sum(1 for at in scheduled[position + 1:] if at <= run["opened_at"])
            late = run["opened_at"] - run["scheduled"]
            lawful = {
                "finished": True,
                "missed": {"all": later >= MOST_SERVED, "latest": later > 0, "skip": later > 0 or late > ON_TIME, "merge": False}[rule.missed],
                "expired": late > rule.deadline or is_over(run),
                "failed": is_loose(run) or run["accepted_at"] is None and is_over(run),
                "skipped": is_loose(run),
            }.get(run["outcome"])
            if run["outcome"] and run["scheduled"] <= evidence.end and not lawful:
                yield Contradiction(f"{name_of(run)} was opened {late} s late, {later} later ones being due, and ended as {run['outcome']}: "
                                    f"{run['reason']}", run)


def windows_tile(evidence):
    """Each is the window of its scheduled time; only who carries others' begins earlier, where the first of theirs does."""
    for (report, _), runs in evidence.series.items():
        rule, carried = evidence.rule[report], {}
        for run in runs:
            begin, end = rule.window_of(run["scheduled"], evidence.zone)
            if run["served_by"]:
                carried[run["served_by"]] = min(begin, carried.get(run["served_by"], begin))
            begin = carried.get(run["scheduled"], begin)
            if (run["window_begin"], run["window_end"]) != (begin, end):
                yield Contradiction(f"{name_of(run)} has the window {text_of(run['window_begin'])} to {text_of(run['window_end'])}, "
                                    f"not {text_of(begin)} to {text_of(end)}", run)


def gaps_are_named(evidence):
    """What no finished report covers is what history calls a gap, or says is pending."""
    for entry in evidence.history.get("coverage", []):
        runs = [run for run in evidence.series[entry["report"], entry["instance_id"]]]
        covered = sorted((run["window_begin"], run["window_end"]) for run in runs if run["outcome"] == "finished")
        named = sorted((int(instant_of(span["begin"])), int(instant_of(span["end"]))) for span in entry["gaps"] + entry["pending"])
        at, until = instant_of(entry["from"]), instant_of(entry["to"])
        for begin, end in sorted(covered + named):
            if begin > at and at < until:
                run = {"report": entry["report"], "instance": entry["instance_id"], "scheduled": int(begin)}
                yield Contradiction(f"{entry['report']} of {entry['instance_id']}: nothing covers {text_of(at)} to {text_of(begin)}, "
                                    "and history does not name it", run)
            at = max(at, end)


def each_finished_run_has_its_report(evidence):
    made = {report["id"]: report for report in evidence.reports}
    claimed = {}
    for run in evidence.runs:
        if run["outcome"] != "finished" or run["served_by"]:
            continue
        report = made.get(run["report_id"])
        if report is None:
            yield Contradiction(f"{name_of(run)} is finished by a report that the cloud was not asked for: {run['report_id']!r}", run)
        elif report["instance_id"] != run["instance"] or (report["start_time"], report["end_time"]) not in evidence.words(run):
            yield Contradiction(f"{name_of(run)} is finished by a report of another window: {report}", run)
        elif report["percentum"] < 100:
            yield Contradiction(f"{name_of(run)} is finished by a report at {report['percentum']} %", run)
        elif claimed.setdefault(report["id"], run) is not run:
            yield Contradiction(f"{name_of(run)} and {name_of(claimed[report['id']])} are finished by one report", run)


def no_report_is_made_twice(evidence):
    """Of each window no more were asked for than there are runs, but where the log says that one was asked for again; or where the
    first one was taken for that of another template, which the service need not say."""
    by_window, taken = collections.defaultdict(list), collections.Counter()
    template_of = {report["id"]: report["template_id"] for report in evidence.reports}
    for run in evidence.runs:
        if run["attempts"] > 0:
            for words in evidence.words(run):
                by_window[run["instance"], run["template_id"], words].append(run)
                if template_of.get(run["report_id"], run["template_id"]) != run["template_id"]:
                    taken[run["instance"], template_of[run["report_id"]], words] += 1
    asked = collections.Counter((report["instance_id"], report["template_id"], (report["start_time"], report["end_time"]))
                                for report in evidence.reports if not report["vanished"])
    for key, times in asked.items():
        runs = by_window.get(key, [])
        allowed = len(runs) + sum(evidence.was_assumed(run) for run in runs) + taken[key]
        if times > allowed:
            about = f"{times} reports from {key[1]} over {key[2][0]} to {key[2][1]} were made on {key[0]}, "
            yield Contradiction(about + (f"for {len(runs)} runs: {', '.join(map(name_of, runs))}" if runs else "of which no run knows"),
                                runs[0] if runs else {"report": "", "instance": key[0], "scheduled": int(evidence.end)})


def each_report_is_claimed(evidence):
    """By a run of its window; but where the run ended otherwise, was taken as made, or still looks for it."""
    claimed = {run["report_id"] for run in evidence.runs}
    free = collections.defaultdict(list)
    for run in evidence.runs:
        if run["attempts"] > 0 and (not run["report_id"] or evidence.was_assumed(run)):
            for words in evidence.words(run):
                free[run["instance"], words].append(run)
    for report in evidence.reports:
        if not report["vanished"] and report["id"] not in claimed and not free[report["instance_id"], (report["start_time"], report["end_time"])]:
            yield Contradiction(f"nobody claims this report: {report}", {"report": "", "instance": report["instance_id"],
                                                                        "scheduled": int(report["created"] / 1000)})


def instances_are_started_once(evidence):
    asked = collections.Counter(start["instance"] for start in evidence.starts)
    for instance in evidence.instances:
        if len(instance["starts"]) > asked[instance["id"]]:
            yield Contradiction(f"{instance['id']} was started {len(instance['starts'])} times, of which {asked[instance['id']]} are on record",
                                {"report": "", "instance": instance["id"], "scheduled": int(evidence.end)})


def files_are_what_is_on_record(evidence):
    for run in evidence.runs:
        if evidence.rule[run["report"]].more.get("archive") and run["outcome"] == "finished" and not run["served_by"]:
            if run["archived"]:
                path = pathlib.Path(run["archived"])
                if not path.exists() or hashlib.sha256(path.read_bytes()).hexdigest() != run["archived_sha256"]:
                    yield Contradiction(f"{name_of(run)}: {path} is not the file of its record", run)
            elif not run["archive_error"] and run["scheduled"] <= evidence.end:
                yield Contradiction(f"{name_of(run)} is finished and was not archived, and nothing says why", run)


def no_harm_is_done(evidence):
    for kind in ("users", "access_keys"):
        for name, state in evidence.iam[kind].items():
            if state["lockouts"]:
                yield Contradiction(f"{name} was locked {state['lockouts']} times")
    if evidence.counts["credentials_redirected"]:
        yield Contradiction("credentials followed a redirect")
    for secret in SECRETS:
        if secret in evidence.said or any(secret in str(line) for line in evidence.log):
            yield Contradiction("a secret is shown")


def errors_have_their_cause(evidence):
    for line in evidence.log:
        if line["level"] == "error" and line["event"] not in evidence.errors | JUDGED:
            yield Contradiction(f"an error that no fault explains: {line}", {
                "report": line.get("report", ""), "instance": line.get("instance_id", ""), "scheduled": int(instant_of(line["ts"]))})
    for word in ("terminate called", "Sanitizer", "runtime error:", "Assertion"):
        if word in evidence.said:
            yield Contradiction(f"standard error says: {evidence.said[max(0, evidence.said.index(word) - 200):][:1000]}")


def each_rule_was_put_to_the_test(evidence):
    """Nothing would be wrong either where nothing was made."""
    finished = collections.Counter(run["report"] for run in evidence.runs if run["outcome"] == "finished")
    for rule in evidence.rules:
        if not finished[rule.name] and any(run["report"] == rule.name and run["scheduled"] <= evidence.end for run in evidence.runs):
            yield Contradiction(f"not one report of {rule.name} was made")
    for instance in evidence.instances:
        if instance["name"].startswith("stopped-") and not instance["starts"]:
            yield Contradiction(f"{instance['name']} was never started")
    wanted = [run for run in evidence.runs if run["scheduled"] <= evidence.end]
    if sum(run["outcome"] == "finished" for run in wanted) < len(wanted) // 2:
        yield Contradiction(f"of {len(wanted)} runs less than half ended in a report")


LAWS = [each_time_has_one_run, nothing_is_decided_ahead, each_run_has_its_outcome, history_says_what_the_journal_says,
        each_outcome_is_lawful, windows_tile, gaps_are_named, each_finished_run_has_its_report, no_report_is_made_twice,
        each_report_is_claimed, instances_are_started_once, files_are_what_is_on_record, no_harm_is_done, errors_have_their_cause,
        each_rule_was_put_to_the_test]


def contradictions(evidence):
    found = []
    for law in LAWS:
        for one in law(evidence):
            one.law = law.__name__.replace("_", " ")
            found.append(one)
    return found

"""The judge is shown evidence that is whole, and then each kind of wrong: it has to see every one, and nothing where all is well."""
import collections
import hashlib
import pathlib
import tempfile
import unittest

import scene
from host import text_of
from judge import LAWS, Evidence, contradictions

ZONE = "Europe/Berlin"
BEGIN = 1825027200  # 2027-11-01T00:00:00Z
SPAN = 30 * 60
STARTED = "stopped-by-keys-1"


def whole(archive):
    """Of an hour in which nothing went wrong."""
    rules = scene.rules("5 1", archive)
    runs, schedules, reports, history = [], [], [], {"runs": [], "coverage": []}
    for project in scene.PROJECTS:
        for name in scene.instances_of(project):
            for rule in rules:
                if rule.selects(name):
                    happen(rule, scene.instance_id(name), runs, schedules, reports, archive)
    for run in runs:
        history["runs"].append({"report": run["report"], "instance_id": run["instance"], "scheduled_time": text_of(run["scheduled"]),
                                "outcome": run["outcome"], "report_id": run["report_id"]})
    series = collections.defaultdict(list)
    for run in runs:
        series[run["report"], run["instance"]].append(run)
    for schedule in schedules:
        of = series[schedule["report"], schedule["instance"]]
        if of:
            history["coverage"].append({"report": schedule["report"], "instance_id": schedule["instance"], "gaps": [], "pending": [],
                                        "from": text_of(of[0]["window_begin"]), "to": text_of(of[-1]["window_end"])})
    lock = {"lockouts": 0}
    return Evidence(rules=rules, zone=ZONE, ready_at=BEGIN, end=BEGIN + SPAN, over=BEGIN + SPAN, runs=runs,
                    spoken={project: {"UTC"} for project in scene.PROJECTS}, schedules=schedules, history=history, reports=reports,
                    starts=[{"instance": scene.instance_id(STARTED)}], instances=[{"id": scene.instance_id(STARTED), "name": STARTED, "starts": [1]}],
                    iam={"users": {"dbss-ops": lock}, "access_keys": {scene.KEY[0]: dict(lock)}}, counts={"credentials_redirected": 0},
                    log=[line("service.ready")], errors={"state.failed"}, said="")


def happen(rule, instance, runs, schedules, reports, archive):
    schedules.append({"report": rule.name, "instance": instance, "since": BEGIN, "cursor": BEGIN + SPAN})
    for at in rule.times(BEGIN, BEGIN + SPAN, ZONE):
        begin, end = rule.window_of(at, ZONE)
        identity = f"report-{len(reports)}"
        template = next(one["id"] for one in scene.TEMPLATES if rule.template.items() <= one.items())
        runs.append({"report": rule.name, "instance": instance, "scheduled": at, "window_begin": begin, "window_end": end, "state": "settled",
                     "outcome": "finished", "served_by": None, "reason": "listed at 100 %", "opened_at": at, "expires_at": at + rule.deadline,
                     "settled_at": at + 30, "template_id": template, "sent_begin": "", "sent_end": "", "report_id": identity, "attempts": 1,
                     "accepted_at": at, "archived": "", "archived_sha256": "", "archive_error": ""})
        reports.append({"id": identity, "instance_id": instance, "template_id": template, "start_time": scene.wire_text(begin, "UTC"),
                        "end_time": scene.wire_text(end, "UTC"), "percentum": 100, "vanished": False, "created": at * 1000})
        if "archive" in rule.more:
            path = pathlib.Path(archive) / identity
            path.write_text(identity, encoding="utf-8")
            runs[-1] |= {"archived": str(path), "archived_sha256": hashlib.sha256(identity.encode()).hexdigest()}


def line(event, level="info", **more):
    return {"ts": text_of(BEGIN), "level": level, "event": event, "msg": "so it is"} | more


def run_of(evidence, report, position=3):
    """One of a steady instance."""
    return evidence.series[report, scene.instance_id("steady-by-keys-1")][position]


def report_of(evidence, run):
    return next(report for report in evidence.reports if report["id"] == run["report_id"])


def ends_as(report, outcome, **more):
    def change(evidence):
        run = run_of(evidence, report)
        evidence.reports.remove(report_of(evidence, run))
        run |= {"outcome": outcome, "report_id": "", "attempts": 0} | more
        said = next(said for said in evidence.history["runs"] if (said["report"], said["instance_id"], said["scheduled_time"]) ==
                    (report, run["instance"], text_of(run["scheduled"])))
        said |= {"outcome": outcome, "report_id": None}
    return change


def made_again(evidence):
    again = report_of(evidence, run_of(evidence, "each-minute"))
    evidence.reports.append(again | {"id": "another"})


def other_run_claims(evidence):
    run_of(evidence, "each-minute", 4)["report_id"] = run_of(evidence, "each-minute", 3)["report_id"]


def changed(report, **values):
    return lambda evidence: run_of(evidence, report).update(values)


def forgotten(evidence):
    run = run_of(evidence, "each-minute")
    evidence.runs.remove(run)


def begun_anew(evidence):
    evidence.schedules[0]["since"] += 600


def said(text):
    def change(evidence):
        evidence.said = text
    return change


def logged(*lines):
    return lambda evidence: evidence.log.extend(lines)


def unfinished(evidence):
    report_of(evidence, run_of(evidence, "joined"))["percentum"] = 99


def nothing_made(evidence):
    for run in evidence.runs:
        if run["report"] == "newest":
            run |= {"outcome": "failed", "report_id": ""}


def file_gone(evidence):
    pathlib.Path(run_of(evidence, "archived")["archived"]).unlink()


# What is done to the evidence, and the law that has to see it.
WRONG = {
    "a scheduled time without its run": (forgotten, "each_time_has_one_run"),
    "a run that no schedule names": (lambda evidence: evidence.runs.append(run_of(evidence, "joined") | {"scheduled": BEGIN + 60}),
                                     "each_time_has_one_run"),
    "a schedule that began anew": (begun_anew, "each_time_has_one_run"),
    "a schedule that is gone": (lambda evidence: evidence.schedules.pop(0), "each_time_has_one_run"),
    "a run of tomorrow": (lambda evidence: evidence.runs.append(run_of(evidence, "joined") | {"scheduled": BEGIN + scene.DAY}),
                          "nothing_is_decided_ahead"),
    "a schedule decided up to tomorrow": (lambda evidence: evidence.schedules[0].update(cursor=BEGIN + scene.DAY), "nothing_is_decided_ahead"),
    "a run without an outcome": (changed("joined", outcome=None, state="accepted"), "each_run_has_its_outcome"),
    "history that says otherwise": (changed("joined", outcome="failed"), "history_says_what_the_journal_says"),
    "one missed though the rule makes up for all": (ends_as("each-minute", "missed"), "each_outcome_is_lawful"),
    "the newest missed": (ends_as("newest", "missed"), "each_outcome_is_lawful"),
    "one expired before its deadline": (ends_as("newest", "expired"), "each_outcome_is_lawful"),
    "one failed on an instance that is well": (ends_as("each-minute", "failed"), "each_outcome_is_lawful"),
    "a joined one missed": (ends_as("joined", "missed"), "each_outcome_is_lawful"),
    "a window that begins late": (changed("each-minute", window_begin=BEGIN + 200), "windows_tile"),
    "a window that another reaches into": (changed("of-databases", window_begin=BEGIN), "windows_tile"),
    "a gap without a name": (ends_as("each-minute", "missed", opened_at=BEGIN + 9999), "gaps_are_named"),
    "finished by nobody's report": (changed("each-minute", report_id="invented"), "each_finished_run_has_its_report"),
    "finished by another window's report": (other_run_claims, "each_finished_run_has_its_report"),
    "finished before the report was": (unfinished, "each_finished_run_has_its_report"),
    "a report that was made twice": (made_again, "no_report_is_made_twice"),
    "a report that no run asked for": (changed("each-minute", attempts=0), "no_report_is_made_twice"),
    "a report that nobody claims": (made_again, "each_report_is_claimed"),
    "a start that is not on record": (lambda evidence: evidence.instances[0]["starts"].append(1), "instances_are_started_once"),
    "a file that is gone": (file_gone, "files_are_what_is_on_record"),
    "a file that was never made": (changed("archived", archived=""), "files_are_what_is_on_record"),
    "an account that was locked": (lambda evidence: evidence.iam["users"]["dbss-ops"].update(lockouts=1), "no_harm_is_done"),
    "a password in the log": (logged(line("auth.failed", reason=scene.PASSWORD)), "no_harm_is_done"),
    "credentials sent elsewhere": (lambda evidence: evidence.counts.update(credentials_redirected=1), "no_harm_is_done"),
    "an error without a cause": (logged(line("state.recovered", "error")), "errors_have_their_cause"),
    "an uncaught exception": (said("terminate called after throwing an instance of 'std::system_error'"), "errors_have_their_cause"),
    "an instance that was never started": (lambda evidence: evidence.instances[0].update(starts=[]), "each_rule_was_put_to_the_test"),
    "a rule that made nothing": (nothing_made, "each_rule_was_put_to_the_test"),
}


class JudgeTest(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)
        self.whole = whole(self.directory.name)

    def test_finds_nothing_where_nothing_is_wrong(self):
        self.assertEqual([found.text for found in contradictions(self.whole)], [])

    def test_sees_each_kind_of_wrong(self):
        for name, (change, law) in WRONG.items():
            with self.subTest(name), tempfile.TemporaryDirectory() as directory:
                evidence = whole(directory)
                change(evidence)
                evidence.__post_init__()
                self.assertIn(law.replace("_", " "), {found.law for found in contradictions(evidence)})

    def test_has_been_shown_something_against_each_law(self):
        self.assertEqual({law for _, law in WRONG.values()}, {law.__name__ for law in LAWS})

    def test_takes_what_is_lawful(self):
        """What a rule gives up, what is said to have been asked for again, and what cannot be said in the zone."""
        run = run_of(self.whole, "each-minute")
        made_again(self.whole)
        self.whole.log.append(line("report.assumed", "warning", report=run["report"], instance_id=run["instance"],
                                   scheduled_time=text_of(run["scheduled"])))
        ends_as("on-time-or-not", "missed", opened_at=BEGIN + SPAN)(self.whole)
        missed = run_of(self.whole, "on-time-or-not")
        coverage = next(entry for entry in self.whole.history["coverage"]
                        if (entry["report"], entry["instance_id"]) == (missed["report"], missed["instance"]))
        coverage["gaps"] = [{"begin": text_of(missed["window_begin"]), "end": text_of(missed["window_end"])}]
        self.whole.__post_init__()
        self.assertEqual([one.text for one in contradictions(self.whole)], [])


if __name__ == "__main__":
    unittest.main()

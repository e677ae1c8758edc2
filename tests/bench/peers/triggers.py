"""The other job: have one report created of every instance, by dbssd and by the calls alone."""
import time
from datetime import datetime, timedelta, timezone
from itertools import cycle, islice

import cloud
import ground
import trial

TEMPLATE = "t8g7LJgBTpKZyZbbeTgS"  # that every instance of the simulator has
RULE = {"name": "every-minute", "template": {"id": TEMPLATE}, "schedule": "* * * * *", "window": {"last": "1m"},
        "spread": "0s"}


def until_the_next_minute():
    time.sleep(60.1 - time.time() % 60)


def check(one, reports):
    counts = one.truth("counts")
    if counts["reports"] != reports or counts["duplicates"] != 0:
        raise AssertionError(f"of {reports} reports there are {counts['reports']}, {counts['duplicates']} of them twice")


def dbssd(programs, fleet, reports, directory):
    """A cycle that finds them all due: one before it has come to know the instances and the rule."""
    directory.mkdir()
    policy = directory / "policy.yaml"
    with cloud.fresh(programs.simulator, fleet.arguments) as one:
        ground.write_policy(policy, one.url, fleet.projects, reports=[RULE])
        command = [programs.dbssd, "run", "--once", "--policy", policy]
        trial.run(command, one, directory)
        until_the_next_minute()
        result = trial.run(command, one, directory)
        check(one, reports)
        return result


def report_calls(fleet, made):
    """As many of each as were made: the reports, and what dbssd asks to know them by. A longer cycle asks for more."""
    end = datetime.now(timezone.utc).replace(microsecond=0)
    wanted = {"template_id": TEMPLATE, "start_time": f"{end - timedelta(minutes=1):%F %T}", "end_time": f"{end:%F %T}"}
    kinds = {"create_report": ("POST", "v1", "create", wanted), "list_templates": ("GET", "v2", "templates", None),
             "list_reports": ("POST", "v1", "list", {"page": 1, "size": 100})}
    instances = [(project, one) for project, ids in fleet.instances.items() for one in ids]
    return [[(project, method, f"/{version}/{project}/audit/{one}/reports/{what}", body)
             for project, one in islice(cycle(instances), made.get(name, 0))]
            for name, (method, version, what, body) in kinds.items()]


def curl_multi(programs, fleet, reports, directory, connections, *steps):
    directory.mkdir()
    with cloud.fresh(programs.simulator, fleet.arguments) as one:
        calls = directory / "calls"
        ground.write_calls(calls, fleet.projects, *steps)
        result = trial.run([programs.curl_multi, one.url, str(connections), calls], one, directory)
        check(one, reports)
        return result


def run(programs, reports, projects, directory):
    """By what sent them."""
    fleet = ground.survey(programs.simulator, reports, projects, 0)
    ours = dbssd(programs, fleet, reports, directory / "dbssd")
    creates, *others = report_calls(fleet, ours.calls)
    same = curl_multi(programs, fleet, reports, directory / "same", ours.in_flight, ground.list_calls(fleet), creates, *others)
    trial.check_same_calls(same, ours)
    return {"dbssd": ours, "libcurl multi, the same calls": same,
            "libcurl multi, creates alone": curl_multi(programs, fleet, reports, directory / "creates", ours.in_flight, creates)}

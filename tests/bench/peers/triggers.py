"""The other job: have one report created of every instance, by dbssd and by the calls alone."""
import time
from datetime import datetime, timedelta, timezone

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


def report_calls(fleet):
    """Of each instance the one report, and what dbssd asks to know it by later."""
    end = datetime.now(timezone.utc).replace(microsecond=0)
    wanted = {"template_id": TEMPLATE, "start_time": f"{end - timedelta(minutes=1):%F %T}", "end_time": f"{end:%F %T}"}
    instances = [(project, one) for project, ids in fleet.instances.items() for one in ids]
    return ([(project, "POST", f"/v1/{project}/audit/{one}/reports/create", wanted) for project, one in instances],
            [(project, "GET", f"/v2/{project}/audit/{one}/reports/templates", None) for project, one in instances])


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
    creates, templates = report_calls(fleet)
    same = curl_multi(programs, fleet, reports, directory / "same", ours.in_flight, ground.list_calls(fleet), creates, templates)
    trial.check_same_calls(same, ours)
    return {"dbssd": ours, "libcurl multi, the same calls": same,
            "libcurl multi, creates alone": curl_multi(programs, fleet, reports, directory / "creates", ours.in_flight, creates)}

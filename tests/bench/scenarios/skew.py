"""How late a call leaves, with many rules loaded that fire here and there."""
import contextlib
import sqlite3

from figures import Figure, Result, Table, expect, percentile
from host import SOX, new_host
from log import instant

OPTIONS = {"instances": (100, 10, "instances, in 20 projects"),
           "rules": (100, 5, "rules, each for every instance"),
           "minutes": (10, 1, "over which they fire"),
           "at_once": (0, 0, "1: those of one minute fire at its begin; 0: each has a second of its own, by the spread"),
           "rate": (1, 60, "how much faster time passes; the times mean nothing then")}
PROJECTS = 20


def planned_times(path):
    """When each call should have left, in seconds since 1970: the scheduled time and its spread."""
    with contextlib.closing(sqlite3.connect(path)) as journal:
        return {(report, instance): not_before for report, instance, not_before in
                journal.execute("SELECT report, instance, not_before FROM run")}


def measure(programs, options):
    count, minutes = options["instances"] * options["rules"], options["minutes"]
    with new_host(programs, options["rate"]) as host, host.cloud(instances=options["instances"], projects=PROJECTS) as cloud:
        first, _ = host.next_minute(5 if options["rate"] == 1 else 60)
        spread = "0s" if options["at_once"] else f"{minutes}m"
        minute_of = (lambda rule: first // 60 % 60 + rule % minutes) if options["at_once"] else (lambda rule: first // 60 % 60)
        policy = host.policy(
            cloud, limits={"requests_per_second": 1000},
            reports=[{"name": f"rule-{rule}", "template": {"id": SOX}, "schedule": f"{minute_of(rule) % 60} * * * *",
                      "window": {"last": f"{60 + rule}m"}, "spread": spread} for rule in range(options["rules"])])
        with host.daemon(policy) as dbssd:
            dbssd.wait("report.submitted", count, first - host.now() + 60 * minutes + 60)
            dbssd.stop()
        planned = planned_times(host.directory / "state.db")
        late = [(instant(event["ts"]) - planned[event["report"], event["instance_id"]]) * 1000
                for event in dbssd.log.events("report.submitted")]
        expect(len(late) == len(planned) == count, f"{len(late)} calls of {count}")
        expect(min(late) >= 0, "a call left before its time")
        expect(cloud.counts()["duplicates"] == 0, "a report was made twice")
    shares = [0.5, 0.9, 0.99, 1]
    values = [percentile(late, share) for share in shares]
    how = "those of a minute at its begin" if options["at_once"] else "each at a second of its own"
    return Result(
        [Figure(f"{count:,} schedules over {minutes} min, {how}: late, p99", values[2], "ms", at_most=50)],
        [Table(f"{count:,} schedules, {how}",
               f"{options['rules']:,} rules on {options['instances']:,} instances in {PROJECTS} projects fire within {minutes} min. From the planned time of a call (its "
               "scheduled time and spread) until its intent is durable and it leaves.",
               ["p50", "p90", "p99", "the latest"], [[f"{value:.1f} ms" for value in values]])])

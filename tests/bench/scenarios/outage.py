"""The first minutes after a long outage, in which every missed time is decided and put on record."""
import contextlib
import sqlite3
import time

import procs
from figures import Figure, Result, Table, expect
from host import SOX, new_host

OPTIONS = {"instances": (1_000, 10, "instances, in one project, with an hourly report each"),
           "days": (14, 2, "for how long nothing ran"),
           "missed": (["latest", "merge"], ["latest", "merge"], "what the rule makes of missed times")}
HOURS_OF_A_DAY = 24


def set_back(path, seconds):
    """As if nothing had run for so long: the schedules began then, and nothing was decided since."""
    with contextlib.closing(sqlite3.connect(path)) as journal, journal:
        journal.execute("UPDATE schedule SET since = since - ?1, cursor = cursor - ?1, covered_until = covered_until - ?1", [seconds])


def decided(path):
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as journal:
        return journal.execute("SELECT count(*) FROM run").fetchone()[0]


def wait_for(path, runs, dbssd, patience=300):
    deadline = time.monotonic() + patience
    while decided(path) < runs:
        expect(dbssd.alive() and time.monotonic() < deadline, f"{decided(path)} of {runs} runs are on record")
        time.sleep(0.1)


def after_outage(programs, instances, days, missed):
    with new_host(programs) as host, host.cloud(instances=instances, projects=1) as cloud:
        state = host.directory / "state.db"
        reports = [{"name": "hourly", "template": {"id": SOX}, "schedule": "0 * * * *", "window": "since_previous", "spread": "0s",
                    "missed": missed, "deadline": "30d"}]
        policy = host.policy(cloud, reports=reports, limits={"requests_per_second": 1000})
        with host.daemon(policy) as dbssd:
            dbssd.wait("instance.seen", instances, 60)
            time.sleep(1)
            dbssd.stop()
        set_back(state, days * HOURS_OF_A_DAY * 3600)
        with host.daemon(policy) as dbssd:
            wait_for(state, instances * days * HOURS_OF_A_DAY, dbssd)
            took = time.time() - dbssd.began
            dbssd.wait("report.finished", instances, 600)
            peak = procs.peak_mib(dbssd.pid)
            dbssd.stop()
    return {"missed": missed, "runs": instances * days * HOURS_OF_A_DAY, "took": took, "peak": peak}


def measure(programs, options):
    found = [after_outage(programs, options["instances"], options["days"], missed) for missed in options["missed"]]
    name = f"{options['instances']:,} instances, hourly, {options['days']} days down"
    return Result(
        [Figure(f"{name}: resident, at the peak, `missed: {f['missed']}`", f["peak"], "MiB", at_most=128) for f in found],
        [Table("After a long outage", f"{name}, one project. From the start of the process until each missed time is on record; the peak until all reports are finished.",
               ["missed", "runs", "on record", "peak"],
               [[f["missed"], f"{f['runs']:,}", f"{f['took']:.1f} s", f"{f['peak']:.0f} MiB"] for f in found])])

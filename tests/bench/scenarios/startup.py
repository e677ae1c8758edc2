"""A start on a journal of many settled runs, and what the first look at it costs."""
import contextlib
import json
import os
import sqlite3
import time
import urllib.request

import procs
from figures import Figure, Result, Table
from host import SOX, new_host

OPTIONS = {"sizes": ([1_000, 10_000, 100_000, 1_000_000], [100], "runs in the journal")}
PROJECTS = 20
HOUR = 3600
RUNS_PER_INSTANCE = 1000  # hourly: some forty days


def seed(programs, directory_of, instances):
    """A real journal, two hours ago: one finished report of each instance."""
    with new_host(programs, rate=60, begin=time.time() - 2 * HOUR) as host, \
         host.cloud(instances=instances, projects=PROJECTS) as cloud:
        _, schedule = host.next_minute(60)
        reports = [{"name": "hourly", "template": {"id": SOX}, "schedule": schedule, "window": {"last": "1h"}, "spread": "0s"}]
        state = {"path": str(directory_of / "state.db")}
        with host.daemon(host.policy(cloud, reports=reports, state=state, limits={"requests_per_second": 1000})) as dbssd:
            dbssd.wait("report.finished", instances, 120)
            dbssd.stop()
    return reports


def multiply(path, times):
    """Each run again, one to `times` - 1 hours earlier, as if there had always been one an hour."""
    instants = {"scheduled", "window_begin", "window_end", "opened_at", "not_before", "expires_at", "submitted_at", "accepted_at",
                "settled_at"}
    with contextlib.closing(sqlite3.connect(path)) as journal, journal:
        columns = [name for _, name, *_ in journal.execute("PRAGMA table_info(run)")]
        values = [f"{name} - {HOUR} * n" if name in instants else "report_id || '-' || n" if name == "report_id" else name
                  for name in columns]
        journal.execute(
            "WITH RECURSIVE earlier(n) AS (SELECT 1 WHERE :times > 1 UNION ALL SELECT n + 1 FROM earlier WHERE n + 1 < :times) "
            f"INSERT INTO run ({', '.join(columns)}) SELECT {', '.join(values)} FROM earlier CROSS JOIN (SELECT * FROM run)", {"times": times})
    os.sync()  # else the start that is measured waits for the disk to have taken all that


def look(log):
    """Seconds that /status.json takes, the first time it is asked for."""
    address = next(log.events("status.listening"))["msg"]
    began = time.monotonic()
    with urllib.request.urlopen(address.rstrip("/") + "/status.json", timeout=300) as answer:
        json.load(answer)
    return time.monotonic() - began


def start_on(programs, runs):
    instances = max(PROJECTS, runs // RUNS_PER_INSTANCE)
    with new_host(programs) as host:
        reports = seed(programs, host.directory, instances)
        multiply(host.directory / "state.db", runs // instances)
        with host.cloud(instances=instances, projects=PROJECTS) as cloud:
            policy = host.policy(cloud, reports=reports, status={"listen": "127.0.0.1:0"}, limits={"requests_per_second": 1000})
            with host.daemon(policy) as dbssd:
                dbssd.stop()  # in order, which on the fast clock it may have had no time for
            with host.daemon(policy) as dbssd:
                orderly, resident = dbssd.ready_after, procs.peak_mib(dbssd.pid)
                dbssd.wait("status.listening", 1, 10)
                looked = look(dbssd.log)
                after_look = procs.peak_mib(dbssd.pid)
                dbssd.kill()
            with host.daemon(policy) as dbssd:
                killed = dbssd.ready_after
                dbssd.kill()
            environment = {"TZ": "UTC"}
            status, history = (procs.run([programs.dbssd, command, "--policy", policy], environment) for command in ("status", "history"))
    return {"runs": runs, "orderly": orderly, "killed": killed, "resident": resident, "look": looked, "after_look": after_look,
            "status": status, "history": history}


def measure(programs, options):
    found = [start_on(programs, size) for size in options["sizes"]]
    most = found[-1]
    return Result(
        [Figure(f"start to ready, a journal of {most['runs']:,} runs", most["orderly"] * 1000, "ms", at_most=100)],
        [Table("A start on a long journal", "Settled runs, one an hour, in 20 projects. Ready: after an orderly end; after a kill, when the file is looked over. A look: /status.json, "
               "the first time. `status` and `history` (31 days) print how everything stands, and every run.",
               ["runs", "ready", "after a kill", "peak", "a look", "peak then", "`status`", "`history`", "peak of `history`"],
               [[f"{f['runs']:,}", f"{f['orderly'] * 1000:.0f} ms", f"{f['killed'] * 1000:.0f} ms", f"{f['resident']:.1f} MiB",
                 f"{f['look'] * 1000:.0f} ms", f"{f['after_look']:.1f} MiB", f"{f['status'].seconds:.2f} s", f"{f['history'].seconds:.2f} s",
                 f"{f['history'].peak_mib:.0f} MiB"] for f in found])],
        {"start to ready, by runs in the journal": [(f["runs"], f["orderly"]) for f in found],
         "start to ready after a kill": [(f["runs"], f["killed"]) for f in found]})

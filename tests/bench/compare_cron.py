#!/usr/bin/python3
"""Measures next() of dbssd, croniter (Python) and croner (Node.js) over schedules.txt, in one run.

    tests/bench/compare_cron.py build/release/tests/bench/schedule_bench

Needs python3-croniter, node and npm; croner is installed into a temporary directory. Expressions are
parsed before the clock runs. Times are CPU time, so that a busy machine disturbs them less.
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta, timezone
from importlib.metadata import version
from zoneinfo import ZoneInfo

from croniter import croniter

HERE = pathlib.Path(__file__).parent
CRONER = "croner@11.0.1"
STARTS = [datetime(2025, 1, 1, 0, 0, 7, tzinfo=timezone.utc) + i * timedelta(seconds=788_645) for i in range(40)]

CRONER_SCRIPT = """
const {Cron} = require('croner');
const {zones, crons, starts} = JSON.parse(require('fs').readFileSync(0));
const jobs = zones.flatMap(timezone => crons.map(text => new Cron(text, {timezone, paused: true})));
const dates = starts.map(s => new Date(s * 1000));
const once = () => { for (const job of jobs) for (const date of dates) job.nextRun(date); };
once();
const rounds = 3, begin = process.cpuUsage();
for (let i = 0; i < rounds; ++i) once();
const {user, system} = process.cpuUsage(begin);
console.log((user + system) * 1000 / (rounds * jobs.length * dates.length));
"""


def mixed_set():
    lines = [line.split(" ", 1) for line in (HERE / "schedules.txt").read_text().splitlines() if not line.startswith("#")]
    return [text for kind, text in lines if kind == "zone"], [text for kind, text in lines if kind == "cron"]


def dbssd_ns(program):
    out = subprocess.run([program, "--benchmark_filter=NextOfTheMixedSet", "--benchmark_format=json"],
                         check=True, capture_output=True, text=True).stdout
    return json.loads(out)["benchmarks"][0]["per_next"] * 1e9


def croniter_ns(zones, crons):
    jobs = [(croniter(text, STARTS[0].astimezone(ZoneInfo(zone)), ret_type=datetime), [s.astimezone(ZoneInfo(zone)) for s in STARTS])
            for zone in zones for text in crons]
    begin = time.process_time_ns()
    for job, starts in jobs:
        for start in starts:
            job.set_current(start, force=True)
            job.get_next()
    return (time.process_time_ns() - begin) / (len(jobs) * len(STARTS))


def croner_ns(zones, crons):
    given = json.dumps({"zones": zones, "crons": crons, "starts": [s.timestamp() for s in STARTS]})
    with tempfile.TemporaryDirectory() as directory:
        subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", CRONER], cwd=directory, check=True)
        return float(subprocess.run(["node", "-e", CRONER_SCRIPT], cwd=directory, check=True, input=given,
                                    capture_output=True, text=True).stdout)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    zones, crons = mixed_set()
    ours = dbssd_ns(sys.argv[1])
    print(f"{len(zones) * len(crons) * len(STARTS)} calls: {len(crons)} expressions, {len(zones)} zones, {len(STARTS)} starts")
    for name, ns in [("dbssd", ours), (f"croniter {version('croniter')}", croniter_ns(zones, crons)),
                     (CRONER.replace("@", " "), croner_ns(zones, crons))]:
        print(f"{name:16} {ns / 1000:10.3f} µs per next {ns / ours:10.0f} x")


if __name__ == "__main__":
    main()

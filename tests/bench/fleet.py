#!/usr/bin/python3
"""Measures the real program before the simulated cloud.

    tests/bench/fleet.py all                      every scenario; the table and the picture of docs/performance.md
    tests/bench/fleet.py all --only idle soak     these; of the others what was found last, in this build
    tests/bench/fleet.py due --instances 10000    one of them, printed
    tests/bench/fleet.py quick                    all at their smallest sizes: that they still work, no figures; without
                                                  peers, which takes `packaging/install-build-deps.sh --with-benchmarks`

Times are of one run, in a build as it is shipped: let nothing else run beside it: the load average before is written down.
"""
import argparse
import dataclasses
import importlib
import json
import os
import pathlib
import sys

import plot
import table
from figures import Figure, Result, Table
from host import Programs

SOURCES = pathlib.Path(__file__).resolve().parents[2]
SCENARIOS = ["reconcile", "due", "skew", "startup", "outage", "idle", "soak", "peers", "rooms"]
QUICK = [name for name in SCENARIOS if name != "peers"]
GROWTH = ["reconcile", "startup"]
PICTURE = "growth.svg"


def options_of(name, which):
    return {key: value[which] for key, value in importlib.import_module(f"scenarios.{name}").OPTIONS.items()}


def measured(programs, name, options):
    print(f"{name} …", file=sys.stderr, flush=True)
    return importlib.import_module(f"scenarios.{name}").measure(programs, options)


def parsed(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=SOURCES / "build/release", help="a build of the preset release")
    parser.add_argument("--preload", type=pathlib.Path, help="the module that makes clocks fast; by default that of the build")
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ["all", "growth"]:
        commands.add_parser(name)
    commands.choices["all"].add_argument("--only", nargs="+", choices=SCENARIOS, default=SCENARIOS, help="measure these anew")
    commands.add_parser("quick")
    for name in SCENARIOS:
        scenario = importlib.import_module(f"scenarios.{name}")
        command = commands.add_parser(name, help=scenario.__doc__)
        for key, (value, _, meaning) in scenario.OPTIONS.items():
            many = isinstance(value, list)
            command.add_argument("--" + key.replace("_", "-"), type=type(value[0] if many else value), nargs="+" if many else None,
                                 default=value, help=f"{meaning} ({value})")
    return parser.parse_args(arguments)


def keep(result, path):
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(dataclasses.asdict(result)), encoding="utf-8")


def kept(path):
    found = json.loads(path.read_text(encoding="utf-8"))
    return Result([Figure(**figure) for figure in found["figures"]], [Table(**one) for one in found["tables"]], found["series"])


def main(arguments):
    given = parsed(arguments)
    programs = Programs(given.build.resolve(), (given.preload or given.build / "tests/fault/process/process_fault_preload.so").resolve())
    wanted = {"all": SCENARIOS, "quick": QUICK, "growth": GROWTH}.get(given.command, [given.command])
    load, results = os.getloadavg()[0], []
    for name in wanted:
        place = programs.build / "bench-results" / f"{name}.json"
        if given.command == "all" and name not in given.only:
            results += [kept(place)] if place.exists() else []
            continue
        options = options_of(name, 1 if given.command == "quick" else 0)
        if given.command in SCENARIOS:
            options = {key: getattr(given, key) for key in options}
        results.append(measured(programs, name, options))
        if given.command == "all":
            keep(results[-1], place)
    series = {name: points for result in results for name, points in result.series.items() if len(points) > 1}
    picture = plot.svg(series) if series else ""
    text = table.document(results, f"tests/bench/fleet.py {given.command}", load, plot.said_of(series, PICTURE))
    if given.command == "quick":
        return
    print(text)
    if given.command in ["all", "growth"]:
        (SOURCES / "docs" / PICTURE).write_text(picture, encoding="utf-8")
    if given.command == "all":
        table.write(SOURCES / "docs/performance.md", text)


if __name__ == "__main__":
    main(sys.argv[1:])

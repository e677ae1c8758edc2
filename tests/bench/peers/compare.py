#!/usr/bin/python3
"""Measures dbssd beside what else could do its job, each against a simulator of its own, in one run.

    tests/bench/peers/compare.py --build build/release [--instances 100000 --projects 20 --starts 1000]

README.md says what the others are and how to read the table. Needs `packaging/install-build-deps.sh --with-benchmarks`.
"""
import argparse
import json
import os
import pathlib
import sys
import tempfile

import ceiling
import ground
import loopback
import measure
import reconcile
import table
import trial
import triggers


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=lambda text: pathlib.Path(text).resolve(), default=ground.HERE.parents[2] / "build/release")
    parser.add_argument("--instances", type=int, default=100_000)
    parser.add_argument("--projects", type=int, default=20)
    parser.add_argument("--starts", type=int, default=1000, help="instances that are SHUTOFF")
    parser.add_argument("--rounds", type=int, default=3, help="of which the one of median wall time is told")
    parser.add_argument("--reports", type=int, default=10_000, help="that are due at once; 0 leaves that job out")
    parser.add_argument("--wrk-seconds", type=int, default=5)
    parser.add_argument("--json", action="store_true", help="instead of a table")
    return parser.parse_args()


def measured(programs, fleet, rounds, directory):
    """By peer, the round of median wall time."""
    results = {peer.name: [] for peer in reconcile.PEERS}
    for number in range(rounds):
        ours = None
        for peer in reconcile.PEERS:
            print(f"round {number + 1} of {rounds}: {peer.name}", file=sys.stderr)
            result = reconcile.run(peer, programs, fleet, directory / str(number) / peer.name, ours.in_flight if ours else 0)
            ours = ours or result
            if peer.is_limit:
                trial.check_same_calls(result, ours)
            results[peer.name].append(result)
    return {name: sorted(them, key=lambda one: one.wall)[(rounds - 1) // 2] for name, them in results.items()}


def main():
    wanted, load = arguments(), os.getloadavg()[0]
    measure.adopt_orphans()
    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name)
        programs = ground.prepared(wanted.build, directory)
        alone = loopback.move_to_an_own_one()
        fleet = ground.survey(programs.simulator, wanted.instances, wanted.projects, wanted.starts)
        told = table.Comparison(
            wanted.instances, wanted.projects, len(fleet.shut_off), load, alone,
            {peer.name: peer.version(programs) for peer in reconcile.PEERS},
            {peer.name: peer.less for peer in reconcile.PEERS},
            measured(programs, fleet, wanted.rounds, directory),
            ceiling.run(programs, fleet, wanted.wrk_seconds),
            wanted.reports,
            triggers.run(programs, wanted.reports, wanted.projects, directory) if wanted.reports else {})
    print(json.dumps(table.document(told), indent=1) if wanted.json else table.text(told))


if __name__ == "__main__":
    main()

#!/usr/bin/python3
"""Has two jobs done by dbssd and by what else could do them, each against a simulator of its own, and prints what that took as JSON.

The scenario peers of ../fleet.py runs it and makes tables of it; a process of its own, because it moves to a loopback interface of its own.
README.md says what the others are. Needs `packaging/install-build-deps.sh --with-benchmarks`.
"""
import argparse
import dataclasses
import json
import pathlib
import sys
import tempfile

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1]))

import ceiling
import ground
import loopback
import reconcile
import trial
import triggers


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=lambda text: pathlib.Path(text).resolve(), required=True)
    for name in ["instances", "projects", "starts", "rounds", "reports", "wrk-seconds"]:
        parser.add_argument(f"--{name}", type=int, required=True)
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
    wanted = arguments()
    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name)
        programs = ground.prepared(wanted.build, directory)
        alone = loopback.move_to_an_own_one()
        fleet = ground.survey(programs.simulator, wanted.instances, wanted.projects, wanted.starts)
        versions = {peer.name: peer.version(programs) for peer in reconcile.PEERS}
        found = measured(programs, fleet, wanted.rounds, directory)
        pages = ceiling.run(programs, fleet, wanted.wrk_seconds)
        made = triggers.run(programs, wanted.reports, wanted.projects, directory)
    print(json.dumps({
        "alone": alone, "starts": len(fleet.shut_off), "pages": pages,
        "job": {f"{name} {versions[name]}": dataclasses.asdict(result) for name, result in found.items()},
        "reports": {name: dataclasses.asdict(result) for name, result in made.items()}}))


if __name__ == "__main__":
    main()

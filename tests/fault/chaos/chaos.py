#!/usr/bin/python3
"""Tells stories in which everything goes wrong for dbssd that can, and judges what came of it.

    tests/fault/chaos/chaos.py --seed 7              one story
    tests/fault/chaos/chaos.py --for 120             new ones for two hours; the figures of all
    tests/fault/chaos/chaos.py --seed 7 --list       what would happen, and no more
    tests/fault/chaos/chaos.py --seed 7 --only killed --only "disk full"

A failure prints the first contradictions, the command that tells the story again, and the time line of what the first is about.
"""
import argparse
import collections
import pathlib
import random
import sys
import time

import faults
from host import Programs, instant_of, text_of
from judge import Contradiction, contradictions
from story import STORY, Plan, story

BUILD = pathlib.Path(__file__).resolve().parents[3] / "build/release"
SHOWN = 3          # contradictions to a law
AROUND = 900       # seconds of the time line before and after
LINES = 120


def parsed(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, help="which story; with --for: the first one")
    parser.add_argument("--for", type=float, dest="minutes_in_all", default=0, metavar="MINUTES", help="one story after the other for so long")
    parser.add_argument("--minutes", type=int, default=STORY, help="of a story, by its own clock (%(default)s)")
    parser.add_argument("--only", action="append", default=[], metavar="FAULT", help="only this fault; can be given more than once")
    parser.add_argument("--without", action="append", default=[], metavar="FAULT", help="not this fault; can be given more than once")
    parser.add_argument("--list", action="store_true", help="print what would happen")
    parser.add_argument("--keep", type=pathlib.Path, help="copy what a story that fails has left behind to this directory")
    parser.add_argument("--dbssd", type=pathlib.Path, default=BUILD / "daemon/dbssd")
    parser.add_argument("--simulator", type=pathlib.Path, default=BUILD / "tests/simulator/dbss-sim")
    parser.add_argument("--fast-clock", type=pathlib.Path, default=BUILD / "tests/fault/process/process_fault_preload.so")
    parser.add_argument("--host-faults", type=pathlib.Path, default=BUILD / "tests/fault/chaos/chaos_preload.so")
    given = parser.parse_args(arguments)
    unknown = set(given.only + given.without) - {fault.name for fault in faults.TABLE}
    if unknown:
        parser.error(f"no such fault: {', '.join(sorted(unknown))}")
    return given


def time_line(told, evidence, about):
    """What the log and the requests say of an instance around a time."""
    begin, end = about["scheduled"] - AROUND, about["scheduled"] + AROUND
    lines = []
    for line in evidence.log:
        if line.get("instance_id", about["instance"]) == about["instance"] and line.get("report", about["report"]) in ("", about["report"]):
            lines.append((instant_of(line["ts"]), f"{line['event']}: {line['msg']}" + "".join(
                f"; {key} {line[key]}" for key in ("project", "scheduled_time", "window_begin", "window_end", "reason") if line.get(key))))
    for request in told.cloud.ask("GET", "/requests?last=20000")["requests"]:
        if request["instance_id"] == about["instance"]:
            lines.append((request["at"] / 1000, f"  {request['method']} {request['call']} {request['status']} {request['fault']}"))
    for at, what in told.told:
        lines.append((at, f"** {what}"))
    lines = sorted(line for line in lines if begin <= line[0] <= end)
    middle = sum(1 for line in lines if line[0] < about["scheduled"])
    return [f"{text_of(at)} {what}" for at, what in lines[max(0, middle - LINES // 3):middle + LINES]]


def tell(programs, plan, given):
    """Whether it went as promised; and its figures."""
    began = time.monotonic()
    with story(programs, plan) as told:
        try:
            told.tell()
        except Contradiction as found:
            told.contradictions.append(found)
        evidence = told.evidence()
        found = told.contradictions + contradictions(evidence)
        outcomes = collections.Counter(run["outcome"] for run in evidence.runs)
        figures = {"stories": 1, "reports asked for": len(evidence.reports), "runs": len(evidence.runs), "kills": told.kills, "lives": told.starts,
                   "made twice": evidence.counts["duplicates"], "answers of /healthz": told.answers}
        figures |= {f"runs {outcome}": count for outcome, count in sorted(outcomes.items(), key=str)}
        figures |= {f"answers: {kind}": count for kind, count in sorted(told.spoilt.items())}
        figures |= {f"fault: {name}": count for name, count in sorted(told.struck.items())}
        print(f"seed {plan.seed}: {len(evidence.runs)} runs, {len(evidence.reports)} reports, {told.kills} kills, {len(found)} contradictions, "
              f"at most {told.most['resident']:.0f} MiB, {told.most['threads']} threads, {told.most['descriptors']} descriptors; "
              f"{time.monotonic() - began:.0f} s", flush=True)
        if found:
            show(told, evidence, found, given)
            if given.keep:
                told.keep(given.keep / f"seed-{plan.seed}")
    return not found, figures, told.most


def show(told, evidence, found, given):
    print(told.plan)
    for law, count in collections.Counter(one.law for one in found).items():
        print(f"{count:5d} against: {law}")
        for one in [one for one in found if one.law == law][:SHOWN]:
            print("CONTRADICTION:", one.text)
    first = next((one.run for one in found if one.run), None)
    if first:
        print(f"The time line of {first['instance']}, {first['report']}:")
        print("\n".join(time_line(told, evidence, first)))
    options = f"--minutes {given.minutes}" + "".join(f' --only "{name}"' for name in given.only)
    options += "".join(f' --without "{name}"' for name in given.without)
    print(f"Once more: tests/fault/chaos/chaos.py --seed {told.plan.seed} {options}", flush=True)


def main(arguments):
    given = parsed(arguments)
    programs = Programs(*(path.resolve() for path in (given.dbssd, given.simulator, given.fast_clock, given.host_faults)))
    seed = random.SystemRandom().randrange(1 << 31) if given.seed is None else given.seed
    deadline = time.monotonic() + given.minutes_in_all * 60
    totals, most, failed = collections.Counter(), collections.Counter(), []
    while True:
        plan = Plan(seed, given.minutes, given.only, given.without)
        if given.list:
            print(plan)
            return 0
        went_well, figures, peaks = tell(programs, plan, given)
        totals.update(figures)
        most = {what: max(most[what], peaks[what]) for what in peaks} if most else peaks
        if not went_well:
            failed.append(seed)
        seed += 1
        if time.monotonic() >= deadline:
            break
    if given.minutes_in_all:
        print("\n".join(f"{count:9d}  {what}" for what, count in totals.items()))
        print(f"{most['resident']:9.0f}  MiB resident at most\n{most['threads']:9d}  threads at most\n{most['descriptors']:9d}  descriptors at most")
        print(f"stories that failed: {', '.join(map(str, failed))}" if failed else "nothing was lost, nothing was made twice")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

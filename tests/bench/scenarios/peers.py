"""The same jobs by what else could do them, and by their calls alone: ratios of throughput, processor time and memory."""
import json
import pathlib
import subprocess

from figures import Result, Table

COMPARE = pathlib.Path(__file__).resolve().parents[1] / "peers/compare.py"
OPTIONS = {"instances": (100_000, 1000, "instances of the first job"),
           "projects": (20, 4, "projects"),
           "starts": (1000, 40, "instances that are SHUTOFF"),
           "rounds": (3, 1, "rounds, of which the one of median wall time is told"),
           "reports": (10_000, 400, "reports of the second job, due at once"),
           "wrk_seconds": (5, 1, "seconds for each of wrk's runs")}


def calls(result):
    return sum(result["calls"].values())


COLUMNS = [("wall", lambda result: result["wall"], "{:.2f} s"),
           ("calls a second", lambda result: calls(result) / result["wall"], "{:,.0f}"),
           ("CPU", lambda result: result["cpu"], "{:.2f} s"),
           ("CPU a call", lambda result: result["cpu"] / calls(result) * 1e6, "{:,.0f} µs"),
           ("peak memory", lambda result: result["peak"], "{:.0f} MiB")]
PLAIN = [("calls", lambda result: f"{calls(result):,}"), ("carried", lambda result: f"{result['carried'] / 1e6:.1f} MB"),
         ("connections", lambda result: result["connections"]), ("in flight", lambda result: result["in_flight"]),
         ("simulator's CPU", lambda result: f"{result['simulator_cpu']:.2f} s")]


def table(title, how, results):
    """The first is what the others are compared with."""
    ours = next(iter(results.values()))
    rows = [[name, *(form.format(of(result)) + ("" if result is ours else f" ({of(result) / of(ours):.2f} ×)") for _, of, form in COLUMNS),
             *(of(result) for _, of in PLAIN)] for name, result in results.items()]
    return Table(title, how, ["", *(name for name, *_ in COLUMNS), *(name for name, _ in PLAIN)], rows)


def measure(programs, options):
    given = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
    found = json.loads(subprocess.run(["/usr/bin/python3", COMPARE, f"--build={programs.build}", *given],
                                      check=True, stdout=subprocess.PIPE).stdout)
    pages = " and ".join(f"{rate:,.0f} of {int(size):,}" for size, rate in found["pages"].items())
    others = "" if found["alone"] else " *Carried* and *connections* are of everybody on this machine."
    return Result(tables=[
        table(f"Beside others: {options['instances']:,} instances listed, {found['starts']:,} started",
              f"{options['projects']} projects, each round against a new simulator; in brackets: as a multiple of dbssd's. What the others are, and what they do not do, "
              f"is in [tests/bench/peers](../tests/bench/peers/README.md). wrk on 16 connections a core has {pages} entries a page listed in a second: what the simulator can answer at all.{others}",
              found["job"]),
        table(f"Beside its calls alone: {options['reports']:,} reports due at one instant",
              "A cycle of `run --once`, from the start of the process until nothing is due any more: each report is asked for, with the templates of its instance. Then the same calls by libcurl, and those that create.",
              found["reports"])])

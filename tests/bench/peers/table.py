"""What compare.py says: for people, and for programs."""
import dataclasses
import os
import platform
from dataclasses import dataclass


@dataclass
class Comparison:
    instances: int
    projects: int
    starts: int
    alone: bool  # on a loopback interface of its own
    versions: dict  # by peer, as are less and results; dbssd is the first
    less: dict
    results: dict
    ceiling: dict  # list calls per second, by the entries on a page


def per_call(result):
    return result.cpu / result.calls


COLUMNS = [("wall", lambda result: result.wall, "{:.2f} s"),
           ("CPU", lambda result: result.cpu, "{:.2f} s"),
           ("CPU per call", lambda result: per_call(result) * 1e6, "{:.0f} µs"),
           ("peak memory", lambda result: result.peak / 2**20, "{:.1f} MiB"),
           ("calls", lambda result: result.calls, "{}"),
           ("carried", lambda result: result.carried / 1e6, "{:.1f} MB"),
           ("in flight", lambda result: result.in_flight, "{}"),
           ("simulator's CPU", lambda result: result.simulator_cpu, "{:.2f} s")]
WITH_RATIO = {"wall", "CPU", "CPU per call", "peak memory", "carried"}


def cell(column, result, ours):
    name, of, form = column
    ratio = f" ({of(result) / of(ours):.2f} ×)" if name in WITH_RATIO and result is not ours else ""
    return form.format(of(result)) + ratio


def text(told):
    """Markdown."""
    ours = next(iter(told.results.values()))
    lines = [f"{told.instances:,} instances in {told.projects} projects, {told.starts:,} of them to be started; "
             f"{os.cpu_count()} cores, Linux {platform.release()}. In brackets: as a multiple of dbssd's.", "",
             "| | " + " | ".join(name for name, *_ in COLUMNS) + " |", "|---" * (len(COLUMNS) + 1) + "|"]
    lines += [f"| {name} {told.versions[name]} | " + " | ".join(cell(column, result, ours) for column in COLUMNS) + " |"
              for name, result in told.results.items()]
    if not told.alone:
        lines += ["", "*Carried* is what everybody on this machine sent over loopback meanwhile."]
    lines += ["", "What dbssd does in the same run and the others do not:", ""]
    lines += [f"- {name}: {less}" for name, less in told.less.items() if less]
    pages = " and ".join(f"{rate:,.0f} pages of {size:,}" for size, rate in told.ceiling.items())
    lines += ["", f"The simulator's ceiling, by wrk: {pages} a second."]
    return "\n".join(lines)


def document(told):
    ours = next(iter(told.results.values()))
    return {
        "instances": told.instances, "projects": told.projects, "starts": told.starts, "cores": os.cpu_count(),
        "kernel": platform.release(), "own_loopback": told.alone,
        "peers": [{"name": name, "version": told.versions[name], "less": told.less[name], **dataclasses.asdict(result),
                   "cpu_per_call": per_call(result),
                   "ratio": {column[0]: column[1](result) / column[1](ours) for column in COLUMNS}}
                  for name, result in told.results.items()],
        "ceiling": [{"entries": size, "pages_per_second": rate} for size, rate in told.ceiling.items()]}

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
    load: float  # of this machine before, in processes that wanted to run
    alone: bool  # on a loopback interface of its own
    versions: dict  # by peer, as are less and results; dbssd is the first
    less: dict
    results: dict
    ceiling: dict  # list calls per second, by the entries on a page
    reports: int
    triggers: dict  # results, by what sent them; dbssd is the first


def per_call(result):
    return result.cpu / sum(result.calls.values())


COLUMNS = [("wall", lambda result: result.wall, "{:.2f} s"),
           ("CPU", lambda result: result.cpu, "{:.2f} s"),
           ("CPU per call", lambda result: per_call(result) * 1e6, "{:.0f} µs"),
           ("peak memory", lambda result: result.peak / 2**20, "{:.1f} MiB"),
           ("calls", lambda result: sum(result.calls.values()), "{}"),
           ("carried", lambda result: result.carried / 1e6, "{:.1f} MB"),
           ("connections opened", lambda result: result.connections, "{}"),
           ("in flight", lambda result: result.in_flight, "{}"),
           ("simulator's CPU", lambda result: result.simulator_cpu, "{:.2f} s")]
WITH_RATIO = {"wall", "CPU", "CPU per call", "peak memory", "carried"}


def cell(column, result, ours):
    name, of, form = column
    ratio = f" ({of(result) / of(ours):.2f} ×)" if name in WITH_RATIO and result is not ours else ""
    return form.format(of(result)) + ratio


def rows(results, labels, columns):
    """A table of Markdown."""
    ours = next(iter(results.values()))
    return ["| | " + " | ".join(name for name, *_ in columns) + " |", "|---" * (len(columns) + 1) + "|",
            *(f"| {labels[name]} | " + " | ".join(cell(column, result, ours) for column in columns) + " |"
              for name, result in results.items())]


def text(told):
    """Markdown."""
    lines = [f"{told.instances:,} instances in {told.projects} projects, {told.starts:,} of them to be started; "
             f"{os.cpu_count()} cores, Linux {platform.release()}, load {told.load:.1f} before. In brackets: as a multiple of dbssd's.", "",
             *rows(told.results, {name: f"{name} {version}" for name, version in told.versions.items()}, COLUMNS)]
    if not told.alone:
        lines += ["", "*Carried* and *connections opened* are of everybody on this machine."]
    lines += ["", "What the others lack:", ""]
    lines += [f"- {name}: {less}" for name, less in told.less.items() if less]
    pages = " and ".join(f"{rate:,.0f} pages of {size:,}" for size, rate in told.ceiling.items())
    lines += ["", f"The simulator's ceiling, by wrk: {pages} a second."]
    if told.triggers:
        lines += ["", f"{told.reports:,} reports due at one instant:", "",
                  *rows(told.triggers, {name: name for name in told.triggers},
                        [("reports a second", lambda result: told.reports / result.wall, "{:,.0f}"), *COLUMNS])]
    return "\n".join(lines)


def figures(results, names):
    ours = next(iter(results.values()))
    return [{"name": name, **names(name), **dataclasses.asdict(result), "cpu_per_call": per_call(result),
             "ratio": {column: of(result) / of(ours) for column, of, _ in COLUMNS if column in WITH_RATIO}}
            for name, result in results.items()]


def document(told):
    return {
        "instances": told.instances, "projects": told.projects, "starts": told.starts, "cores": os.cpu_count(),
        "kernel": platform.release(), "load_before": told.load, "own_loopback": told.alone,
        "peers": figures(told.results, lambda name: {"version": told.versions[name], "less": told.less[name]}),
        "ceiling": [{"entries": size, "pages_per_second": rate} for size, rate in told.ceiling.items()],
        "reports": told.reports, "triggers": figures(told.triggers, lambda _: {}) if told.triggers else []}

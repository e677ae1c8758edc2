"""What a scenario finds out."""
import dataclasses


@dataclasses.dataclass(frozen=True)
class Figure:
    """One that is promised."""
    what: str
    value: float
    unit: str
    at_most: float | None = None
    at_least: float | None = None


@dataclasses.dataclass(frozen=True)
class Table:
    title: str
    how: str  # what was measured, for a reader
    header: list
    rows: list


@dataclasses.dataclass
class Result:
    figures: list = dataclasses.field(default_factory=list)
    tables: list = dataclasses.field(default_factory=list)
    series: dict = dataclasses.field(default_factory=dict)  # name -> [(size, seconds)], for the plot of growth


def expect(holds, what):
    """What a figure would mean nothing without."""
    if not holds:
        raise AssertionError(what)


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

"""One peer at work in one simulated cloud: what that took on either side."""
import os
from dataclasses import dataclass

import ground
import loopback
import procs


@dataclass
class Result:
    wall: float  # seconds
    cpu: float  # seconds
    peak: float  # MiB resident, of the largest process
    calls: dict  # how many, by name
    carried: int  # bytes, both ways
    connections: int  # that were opened
    in_flight: int  # calls at most, also before this
    simulator_cpu: float  # seconds


def run(command, one, directory):
    """Raises where the command fails. What it says is left in the directory."""
    before, counted, simulator_cpu = one.calls(), loopback.counted(), procs.cpu_seconds(one.pid)
    said = directory / "said"
    ended = procs.run(command, {**os.environ, **ground.ENVIRONMENT, "HOME": str(directory)}, said)
    if ended.status != 0:
        raise RuntimeError(f"{command[0]} ended with {ended.status}: {said.read_text(errors='replace')[-2000:]}")
    simulator_cpu, counted = procs.cpu_seconds(one.pid) - simulator_cpu, loopback.counted() - counted
    calls = {name: made - before.get(name, 0) for name, made in one.calls().items()}
    return Result(ended.seconds, ended.cpu_seconds, ended.peak_mib, calls, counted.carried,
                  counted.connections, one.truth("counts")["in_flight"]["most"], simulator_cpu)


def check_same_calls(limit, ours):
    """What the calls alone cost is known only of the same calls."""
    if limit.calls != ours.calls:
        raise AssertionError(f"dbssd made {ours.calls}, the limit {limit.calls}")

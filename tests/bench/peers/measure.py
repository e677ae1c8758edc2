"""What a child costs: one run from its first instruction to its last."""
import ctypes
import os
import pathlib
import subprocess
import time
from dataclasses import dataclass

PR_SET_CHILD_SUBREAPER = 36

# Linux counts the memory of whoever forked into a child's peak. So a small shell forks, and leaves its child to us.
FORK = 'out=$1; shift; "$@" >"$out" 2>"$out.err" </dev/null & echo $!'


@dataclass
class Usage:
    wall: float  # seconds
    cpu: float  # seconds, user and system, of the child and all that it waited for
    peak: int  # bytes resident, of the largest process


def adopt_orphans():
    """Once, before run()."""
    if ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError("cannot become the parent of orphans")


def run(arguments, output, environment):
    """Waits for it; what it says is left in `output` and beside it. Raises where it fails."""
    begin = time.monotonic()
    pid = int(subprocess.run(["sh", "-c", FORK, "sh", output, *arguments], check=True, stdout=subprocess.PIPE,
                             env={**os.environ, **environment}).stdout)
    _, status, used = os.wait4(pid, 0)
    wall = time.monotonic() - begin
    if status != 0:
        said = pathlib.Path(f"{output}.err").read_text(errors="replace")[-2000:]
        raise RuntimeError(f"{arguments[0]} ended with {os.waitstatus_to_exitcode(status)}: {said}")
    return Usage(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024)

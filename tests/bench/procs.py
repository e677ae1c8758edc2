"""What the kernel says of a process."""
import contextlib
import ctypes
import dataclasses
import os
import pathlib
import subprocess
import time

MIB = 1024
PR_SET_CHILD_SUBREAPER = 36

# Linux counts the memory of whoever forked into a child's peak. So a small shell forks, and leaves its child to us.
FORK = 'out=$1; shift; "$@" >"$out" 2>&1 </dev/null & echo $!'


def cpu_seconds(pid):
    """User and system time of all its threads, to the nanosecond: the clock of another process."""
    return time.clock_gettime((~pid << 3) | 2)


def status(pid):
    lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    return dict(line.split(":\t", 1) for line in lines if ":\t" in line)


def kib(pid, field):
    return int(status(pid)[field].split()[0])


def resident_mib(pid):
    return kib(pid, "VmRSS") / MIB


def own_mib(pid):
    """Without what it maps of files: programs and libraries, which it may share."""
    return kib(pid, "RssAnon") / MIB


def peak_mib(pid):
    return kib(pid, "VmHWM") / MIB


def waits(pid):
    """How often its present threads have gone to sleep, and so have been woken."""
    return sum(int(status(f"{pid}/task/{task}")["voluntary_ctxt_switches"]) for task in os.listdir(f"/proc/{pid}/task"))


@contextlib.contextmanager
def adopting_orphans():
    """Who loses its parent below this process becomes a child of it, for as long."""
    def adopt(whether):
        if ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, whether, 0, 0, 0) != 0:
            raise OSError("cannot become the parent of orphans")
    adopt(1)
    try:
        yield
    finally:
        adopt(0)


@dataclasses.dataclass
class Ended:
    status: int
    seconds: float
    cpu_seconds: float
    peak_mib: float


def run(arguments, environment, output="/dev/null"):
    """Runs a command to its end; what it prints goes into `output`."""
    with adopting_orphans():
        begin = time.monotonic()
        pid = int(subprocess.run(["/bin/sh", "-c", FORK, "sh", output, *arguments], env=environment, check=True, stdout=subprocess.PIPE).stdout)
        _, wait_status, usage = os.wait4(pid, 0)
        seconds = time.monotonic() - begin
    return Ended(os.waitstatus_to_exitcode(wait_status), seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / MIB)

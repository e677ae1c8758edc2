"""What the kernel says of a process."""
import dataclasses
import os
import pathlib
import subprocess
import time

MIB = 1024


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


@dataclasses.dataclass
class Ended:
    status: int
    seconds: float
    cpu_seconds: float
    peak_mib: float


def run(arguments, environment):
    """Runs a command to its end; what it prints is thrown away."""
    begin = time.monotonic()
    process = subprocess.Popen(arguments, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, wait_status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(wait_status)
    return Ended(process.returncode, time.monotonic() - begin, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / MIB)

"""What it costs when there is nothing to do; how fast it begins and ends."""
import time

import procs
from figures import Figure, Result, Table
from host import new_host

OPTIONS = {"projects": (10, 2, "projects, of 10 instances each"),
           "seconds": (60.0, 0.3, "how long it is watched, once it has settled")}
SETTLE = 15  # seconds: threads that have nothing to do have left by then, and their waits with them


def measure(programs, options):
    projects, seconds = options["projects"], options["seconds"]
    with new_host(programs) as host, host.cloud(instances=10 * projects, projects=projects) as cloud:
        policy = host.policy(cloud, reports=[{"name": "daily-sox", "template": {"type": "SOX"}, "schedule": "0 6 * * *"}],
                             instances={"start": [{"name": "keep-running"}]}, status={"listen": "127.0.0.1:0"})
        with host.daemon(policy) as dbssd:
            dbssd.wait("instance.seen", 10 * projects, 60)
            time.sleep(min(SETTLE, seconds))
            used, waits = procs.cpu_seconds(dbssd.pid), procs.waits(dbssd.pid)
            time.sleep(seconds)
            used, waits = procs.cpu_seconds(dbssd.pid) - used, procs.waits(dbssd.pid) - waits
            resident, own, peak = procs.resident_mib(dbssd.pid), procs.own_mib(dbssd.pid), procs.peak_mib(dbssd.pid)
            stop = dbssd.stop()
    share = 100 * used / seconds
    return Result(
        [Figure(f"{projects} projects, nothing to do: resident", resident, "MiB", at_most=16),
         Figure(f"{projects} projects, nothing to do: of a core", share, "%", at_most=0.1),
         Figure("start to ready, a new journal", dbssd.ready_after * 1000, "ms", at_most=100),
         Figure("a stop", stop, "s", at_most=2)],
        [Table(f"{projects} projects with nothing to do", f"Watched for {seconds:g} s, with the status endpoint and a daily report.",
               ["CPU", "of a core", "waits a second", "resident", "of which its own", "peak"],
               [[f"{used * 1000:.1f} ms", f"{share:.3f} %", f"{waits / seconds:.1f}", f"{resident:.1f} MiB", f"{own:.1f} MiB", f"{peak:.1f} MiB"]])])

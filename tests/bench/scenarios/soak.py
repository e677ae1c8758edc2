"""Hours of work, in which memory must not grow."""
import time

import procs
from figures import Result, Table, expect
from host import SOX, new_host

OPTIONS = {"hours": (1.0, 0.08, "how long, by the clock that dbssd sees"),
           "rate": (30, 120, "how much faster that clock goes"),
           "projects": (10, 2, "projects, of 10 instances each")}
SAMPLES = 120


def slope(samples):
    """By least squares."""
    xs, ys = zip(*samples)
    x_mean, y_mean = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((x - x_mean) * (y - y_mean) for x, y in samples) / sum((x - x_mean) ** 2 for x in xs)


def measure(programs, options):
    projects, hours = options["projects"], options["hours"]
    with new_host(programs, options["rate"]) as host, host.cloud(instances=10 * projects, projects=projects) as cloud:
        policy = host.policy(
            cloud, instances={"reconcile_interval": "1m", "start": [{"name": "keep-running"}]}, status={"listen": "127.0.0.1:0"},
            reports=[{"name": "often", "template": {"id": SOX}, "schedule": "*/2 * * * *", "window": "since_previous", "spread": "30s"}])
        with host.daemon(policy) as dbssd:
            began, samples = host.now(), []
            while len(samples) < SAMPLES:
                time.sleep(hours * 3600 / options["rate"] / SAMPLES)
                samples.append(((host.now() - began) / 3600, procs.kib(dbssd.pid, "VmRSS")))
            dbssd.stop()
        truth = cloud.counts()
        expect(truth["duplicates"] == 0, f"{truth['duplicates']} reports were made twice")
        reports = truth["reports"]
        expect(reports > 0, "nothing was to be done")
    steady = samples[len(samples) // 6:]
    sizes = [size for _, size in steady]
    return Result(tables=[Table(
        f"{hours:g} h of work", f"{projects} projects of 10 instances, a report of each every two minutes, listed every minute; the clock goes {options['rate']} times as fast. "
        "Resident memory after the first sixth.",
        ["reports", "resident at the end", "most less least", "slope"],
        [[f"{reports:,}", f"{sizes[-1] / 1024:.1f} MiB", f"{(max(sizes) - min(sizes)) / 1024:.1f} MiB", f"{slope(steady):+.0f} KiB an hour"]])])

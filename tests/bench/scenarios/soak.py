"""Hours of work, in which memory must not grow."""
import time

import procs
from figures import Result, Table, expect
from host import SOX, new_host

OPTIONS = {"hours": (24.0, 0.08, "how long, by the clock that dbssd sees"),
           "rate": (120, 120, "how much faster that clock goes"),
           "instances": (1000, 20, "instances, in 10 projects"),
           "every": (30, 2, "minutes between two reports of an instance")}
PROJECTS = 10
SAMPLES = 120


def slope(samples):
    """By least squares."""
    xs, ys = zip(*samples)
    x_mean, y_mean = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((x - x_mean) * (y - y_mean) for x, y in samples) / sum((x - x_mean) ** 2 for x in xs)


def measure(programs, options):
    instances, hours = options["instances"], options["hours"]
    with new_host(programs, options["rate"]) as host, host.cloud(instances=instances, projects=PROJECTS) as cloud:
        policy = host.policy(
            cloud, instances={"reconcile_interval": "1m", "start": [{"name": "keep-running"}]}, status={"listen": "127.0.0.1:0"},
            reports=[{"name": "often", "template": {"id": SOX}, "schedule": f"*/{options['every']} * * * *",
                      "window": "since_previous", "spread": f"{options['every'] * 40}s"}])
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
    half = samples[len(samples) // 2:]
    return Result(tables=[Table(
        f"{hours:g} h of work", f"{instances:,} instances in {PROJECTS} projects, listed every minute, a report of each every {options['every']} minutes; the clock goes {options['rate']} times as fast. "
        "Resident memory; its slope over the second half. It rises until SQLite's caches for the journal are full, 10 MiB together.",
        ["reports", "after an hour", "after a quarter", "after half", "at the end", "slope"],
        [[f"{reports:,}", *(f"{samples[int(at)][1] / 1024:.1f} MiB" for at in (min(SAMPLES / hours, SAMPLES - 1), SAMPLES / 4, SAMPLES / 2, SAMPLES - 1)),
          f"{slope(half):+.0f} KiB an hour"]])])

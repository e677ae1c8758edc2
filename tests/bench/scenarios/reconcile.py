"""A full reconcile: from the start of `dbssd run` until every project is listed and all that is SHUTOFF is started."""
import time

import procs
from figures import Figure, Result, Table, expect
from host import new_host

OPTIONS = {"sizes": ([1_000, 10_000, 100_000, 1_000_000], [20, 200], "instances, in 20 projects; a hundredth is SHUTOFF"),
           "requests_per_second": (1000, 1000, "the limit of each project"),
           "in_flight": (8, 8, "calls at the same time, of each project"),
           "settle": (10.0, 0.2, "seconds until it has settled")}
PROJECTS = 20
PROMISED = 100_000


def reconcile(programs, instances, limits, settle):
    starts = instances // 100
    with new_host(programs) as host, host.cloud(instances=instances, projects=PROJECTS, shutoff=starts) as cloud:
        policy = host.policy(cloud, limits=limits, instances={"start": [{"name": "keep-running", "max_per_cycle": 1000}]},
                             log={"format": "json", "level": "debug", "file": str(host.directory / "log")})
        cloud_before = procs.cpu_seconds(cloud.pid)
        with host.daemon(policy) as dbssd:
            dbssd.wait("instance.start_accepted", starts, 300)
            dbssd.wait("cycle.finished", PROJECTS, 300)
            used, cloud_used, waits = procs.cpu_seconds(dbssd.pid), procs.cpu_seconds(cloud.pid) - cloud_before, procs.waits(dbssd.pid)
            time.sleep(settle)
            peak, settled = procs.peak_mib(dbssd.pid), procs.resident_mib(dbssd.pid)
            dbssd.stop()
        listed = sorted(dbssd.log.times("cycle.finished"))[PROJECTS - 1] - dbssd.began
        started = max(dbssd.log.times("instance.start_accepted"), default=dbssd.began) - dbssd.began
        expect(cloud.counts()["starts"] == starts, "an instance was started twice, or not at all")
    return {"instances": instances, "listed": listed, "all": max(listed, started), "peak": peak, "settled": settled,
            "used": used, "cloud_used": cloud_used, "waits": waits}


def measure(programs, options):
    limits = {"requests_per_second": options["requests_per_second"], "in_flight": options["in_flight"]}
    found = [reconcile(programs, size, limits, options["settle"]) for size in options["sizes"]]
    most = next((size for size in found if size["instances"] == PROMISED), found[-1])
    name = f"{most['instances']:,} instances"
    return Result(
        [Figure(f"{name}: listed, planned, {most['instances'] // 100:,} of them started", most["all"], "s", at_most=10),
         Figure(f"{name}: resident, at the peak", most["peak"], "MiB", at_most=96),
         Figure(f"{name}: resident, {options['settle']:g} s later", most["settled"], "MiB", at_most=96)],
        [Table("A full reconcile", f"From the start of the process, in {PROJECTS} projects; a hundredth of the instances is SHUTOFF and started.",
               ["instances", "all listed", "all started", "CPU", "CPU of the simulator", "peak", "settled", "waits"],
               [[f"{f['instances']:,}", f"{f['listed']:.2f} s", f"{f['all']:.2f} s", f"{f['used']:.2f} s", f"{f['cloud_used']:.2f} s",
                 f"{f['peak']:.0f} MiB", f"{f['settled']:.0f} MiB", f"{f['waits']:,}"] for f in found])],
        {"a full reconcile, by instances": [(f["instances"], f["all"]) for f in found]})

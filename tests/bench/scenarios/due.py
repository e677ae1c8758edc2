"""A report of every instance, all due at one instant: recorded, asked for, accepted and finished, none twice."""
import procs
from figures import Figure, Result, Table, expect
from host import SOX, new_host

OPTIONS = {"instances": (100_000, 200, "instances, in 20 projects"),
           "requests_per_second": (1000, 1000, "the limit of each project"),
           "in_flight": (16, 8, "calls at the same time, of each project"),
           "report_seconds": (1.0, 1.0, "how long the simulator takes to make a report"),
           "rate": (1, 20, "how much faster time passes; the times mean nothing then")}
PROJECTS = 20
SIMULATED_SECONDS = 20  # of a report, by default
# A call whose answer was lost on a busy machine is found in the list.
STAGES = [("recorded", ["report.due"]), ("intents durable", ["report.submitted"]), ("accepted", ["report.accepted", "report.adopted"]),
          ("finished", ["report.finished"])]


def measure(programs, options):
    count = options["instances"]
    with new_host(programs, options["rate"]) as host, \
         host.cloud(instances=count, projects=PROJECTS, time_factor=SIMULATED_SECONDS / options["report_seconds"]) as cloud:
        due, schedule = host.next_minute(10 + count / 4000 if options["rate"] == 1 else 60)
        policy = host.policy(
            cloud, limits={key: options[key] for key in ("requests_per_second", "in_flight")},
            reports=[{"name": "all-at-once", "template": {"id": SOX}, "schedule": schedule, "window": {"last": "1h"}, "spread": "0s"}])
        with host.daemon(policy) as dbssd:
            dbssd.wait("instance.seen", count, max(due - host.now(), 5))
            before = [procs.cpu_seconds(pid) for pid in (dbssd.pid, cloud.pid)]
            expect(host.now() < due, "the report was due before all instances were listed")
            dbssd.wait("report.finished", count, 900)
            used, cloud_used = (procs.cpu_seconds(pid) - so_far for pid, so_far in zip((dbssd.pid, cloud.pid), before))
            peak = procs.peak_mib(dbssd.pid)
            dbssd.stop()
        truth = cloud.counts()
        expect(truth["duplicates"] == 0, f"{truth['duplicates']} reports were made twice")
        expect(truth["reports"] == truth["finished_reports"] == count, f"of {count} reports the cloud has {truth}")
        took = {stage: sorted(at - due for event in events for at in dbssd.log.times(event)) for stage, events in STAGES}
    for stage, times in took.items():
        expect(len(times) == count, f"{stage}: {len(times)} of {count}")
    per_second = count / took["accepted"][-1]
    return Result(
        [Figure(f"{count:,} reports due at one instant: triggers a second", per_second, "/s", at_least=5000),
         Figure(f"{count:,} reports due at one instant: made twice", truth["duplicates"], "", at_most=0)],
        [Table(f"{count:,} reports due at one instant",
               f"One rule, {PROJECTS} projects, {options['in_flight']} calls of each at the same time; a report takes the simulator {options['report_seconds']:g} s. "
               f"CPU: {used:.1f} s, of the simulator {cloud_used:.1f} s. Resident at the peak: {peak:.0f} MiB. Made twice: {truth['duplicates']}.",
               ["after the scheduled time", "the first", "half", "all", "a second"],
               [[stage, f"{times[0]:.2f} s", f"{times[count // 2]:.2f} s", f"{times[-1]:.2f} s", f"{count / times[-1]:,.0f}"]
                for stage, times in took.items()])])

#!/usr/bin/python3
"""Holds dbssd to its promises while its host goes off and on again.

usage: reboot_test.py --system ROOT --package DEB --simulator PROGRAM --logs DIRECTORY [TEST …]
Ends with 77 where this host can boot no machine.
"""
import time
import unittest
from datetime import datetime, timezone

import run
from host import Host, each_minute, instance, policy

FLEET = [instance(number) for number in range(1, 11)]


def at(moment):
    return datetime.fromtimestamp(moment, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


class RebootTest(unittest.TestCase):
    def setUp(self):
        host.set_fleet(FLEET)
        host.begin_anew()
        host.run("systemctl", "enable", "dbssd")

    def begin_before_a_due_time(self, seconds):
        """Runs since before a whole minute, which is yet to come when this returns."""
        due = (time.time() // 60 + 1) * 60
        if due - time.time() < seconds + 5:
            due += 60
            time.sleep(due - time.time() - seconds - 5)
        host.write_policy(policy(reports=[each_minute(missed="all")]))
        host.write_credential()
        host.start()
        host.wait_for("instance.seen", len(FLEET))
        time.sleep(max(0, due - seconds - time.time()))
        self.assertEqual(host.reports(), [])
        return due

    def assert_caught_up(self, due):
        """What came due while the host was off was asked for once by the host that came back, without anybody's doing."""
        host.wait_for("report.finished", len(FLEET))
        late = [entry for entry in host.events("report.due") if entry["DBSSD_SCHEDULED_TIME"] == at(due)]
        self.assertEqual(len(late), len(FLEET))
        self.assertEqual(host.cloud("truth/counts")["duplicates"], 0)
        self.assertEqual(len(host.reports()), len(host.events("report.accepted")))
        history = host.run("runuser", "-u", "dbssd", "--", "dbssd", "history", check=False)
        self.assertEqual(history.returncode, 0, history.stdout + history.stderr)

    def test_a_reboot_over_a_due_time_loses_nothing(self):
        due = self.begin_before_a_due_time(2)
        host.power_off()
        time.sleep(max(0, due + 3 - time.time()))
        host.boot()
        self.assert_caught_up(due)
        self.assertEqual(len(host.events("service.stopping")), 1)

    def test_a_power_cut_over_a_due_time_loses_nothing(self):
        due = self.begin_before_a_due_time(1)
        host.cut_power()
        time.sleep(max(0, due + 3 - time.time()))
        host.boot()
        self.assert_caught_up(due)
        self.assertEqual(len(host.events("service.stopping")), 0)


if __name__ == "__main__":
    arguments, names = run.arguments(__doc__, "system", "package", "simulator", "logs")
    host = Host(arguments.system, arguments.simulator, arguments.logs, "reboot")
    with run.running(host):
        host.install(arguments.package)
        run.tests(names)

#!/usr/bin/python3
"""Holds the Debian package to what it promises, over its whole life on a host.

usage: upgrade_test.py --system ROOT --package DEB --simulator PROGRAM --logs DIRECTORY [TEST …]
Ends with 77 where this host can boot no machine.
"""
import collections
import sqlite3
import time
import unittest

import packages
import run
from host import Host, each_minute, instance, policy

FLEET = [instance(number) for number in range(1, 41)]
OLD, NEW = "0.0.9-1", "9.0.0-1"


def next_minute():
    """When it begins, for the wall clock."""
    return (time.time() // 60 + 1) * 60


def wait_until(moment):
    time.sleep(max(0, moment - time.time()))


class UpgradeTest(unittest.TestCase):
    def setUp(self):
        host.run("dpkg", "--purge", "dbssd", check=False)
        host.set_fleet(FLEET)
        host.install(built)
        host.begin_anew()

    def begin(self):
        host.write_policy(policy(reports=[each_minute()]))
        host.write_credential()
        host.start()
        host.wait_for("instance.seen", len(FLEET))

    def version(self):
        """Of what dpkg says is installed."""
        return host.run("dpkg-query", "--show", "--showformat=${db:Status-Status} ${Version}", "dbssd").stdout

    def assert_nothing_lost_or_doubled(self, minutes):
        """Of `minutes` scheduled times, over which it ran all along: by the cloud's own count, and by dbssd's."""
        self.assertEqual(host.cloud("truth/counts")["duplicates"], 0)
        asked = collections.Counter((report["instance_id"], report["start_time"]) for report in host.reports())
        self.assertEqual(set(asked.values()), {1})
        self.assertEqual(len(asked), len(FLEET) * minutes)
        history = host.run("runuser", "-u", "dbssd", "--", "dbssd", "history", "--output", "json", check=False)
        self.assertEqual(history.returncode, 0, history.stdout + history.stderr)

    # ---- the first installation ----

    def test_is_neither_enabled_nor_started_before_its_policy_is_written(self):
        host.run("dpkg", "--purge", "dbssd")
        host.install(built)
        self.assertEqual(host.run("systemctl", "is-enabled", "dbssd", check=False).stdout.strip(), "disabled")
        self.assertEqual(host.show("dbssd", "ActiveState"), "inactive")
        self.assertEqual(host.run("stat", "--format=%U:%G %a", "/etc/dbssd", "/etc/dbssd/policy.yaml", "/etc/dbssd/credentials", "/var/lib/dbssd",
                                  "/var/log/dbssd").stdout.splitlines(),
                         ["root:dbssd 750", "root:dbssd 640", "root:root 700", "dbssd:dbssd 750", "dbssd:dbssd 750"])
        checked = host.run("dbssd", "check", check=False)
        self.assertEqual(checked.returncode, 2)
        self.assertRegex(checked.stdout + checked.stderr, r"/etc/dbssd/policy\.yaml:\d+:\d+: error: ")

    def test_each_script_can_run_twice(self):
        self.begin()
        for script, *arguments in (("preinst", "upgrade", "0.1.0-1"), ("postinst", "configure", "0.1.0-1"), ("prerm", "upgrade", "0.1.0-1"),
                                   ("postrm", "upgrade", "0.1.0-1")):
            for _ in range(2):
                host.run(f"/var/lib/dpkg/info/dbssd.{script}", *arguments)
        self.assertEqual(host.show("dbssd", "ActiveState"), "active")

    # ---- upgrades ----

    def test_an_upgrade_over_a_scheduled_time_loses_and_doubles_nothing(self):
        self.begin()
        due = next_minute()
        if due - time.time() < 5:
            wait_until(due + 1)
            due = next_minute()
        began = time.time()
        former = host.main_pid()
        # Three upgrades around the time: before, at, and while what came due is under way.
        for version, moment in (("9.0.0-1", due - 2.5), ("9.0.1-1", due - 0.3), ("9.0.2-1", due + 0.8)):
            deb = packages.of_version(built, version, host.directory)
            wait_until(moment)
            host.install(deb)
            self.assertNotIn(host.main_pid(), (0, former))
            former = host.main_pid()
        self.assertEqual(self.version(), "installed 9.0.2-1")
        minutes = 1 + int((time.time() // 60) - due // 60)
        host.wait_for("report.finished", len(FLEET) * minutes)
        host.wait_for("service.ready", 4)
        self.assert_nothing_lost_or_doubled(minutes)
        self.tell_how_long_it_was_away(began)

    def tell_how_long_it_was_away(self, began):
        """A figure, not a promise."""
        stops = [int(entry["__REALTIME_TIMESTAMP"]) for entry in host.events("service.stopping")]
        starts = [int(entry["__REALTIME_TIMESTAMP"]) for entry in host.events("service.ready")][1:]
        away = [round((start - stop) / 1000) for stop, start in zip(stops, starts)]
        print(f"from service.stopping to service.ready over an upgrade: {away} ms", flush=True)

    def test_an_upgrade_restarts_each_keeper_that_runs_and_no_other(self):
        self.begin()
        host.write_policy(policy("east", state="/var/lib/dbssd/east/state.db"), "east")
        host.write_credential(unit="dbssd@east")
        host.start("dbssd@east")
        before = host.main_pid(), host.main_pid("dbssd@east")
        host.install(packages.of_version(built, NEW, host.directory))
        after = host.main_pid(), host.main_pid("dbssd@east")
        self.assertTrue(all(after) and not set(after) & set(before), (before, after))
        host.run("systemctl", "stop", "dbssd", "dbssd@east")
        host.install(packages.of_version(built, "9.0.3-1", host.directory))
        self.assertEqual((host.main_pid(), host.main_pid("dbssd@east")), (0, 0))

    def test_an_upgrade_leaves_the_policy_that_somebody_wrote(self):
        self.begin()
        wrote = host.file("/etc/dbssd/policy.yaml").read_text()

        def other_policy(root):
            (root / "etc/dbssd/policy.yaml").write_text("# of another version\nversion: 1\n")
        host.run("dpkg", "--force-confold", "--install", self.copied(packages.of_version(built, NEW, host.directory, other_policy)))
        self.assertEqual(host.file("/etc/dbssd/policy.yaml").read_text(), wrote)
        self.assertIn("of another version", host.file("/etc/dbssd/policy.yaml.dpkg-dist").read_text())

    def copied(self, deb):
        host.file(f"/root/{deb.name}").write_bytes(deb.read_bytes())
        return f"/root/{deb.name}"

    # ---- downgrades ----

    def test_a_downgrade_to_what_can_read_the_state_works(self):
        self.begin()
        host.install(packages.of_version(built, OLD, host.directory))
        self.assertEqual(self.version(), f"installed {OLD}")
        host.wait_for("service.ready", 2)

    def test_a_downgrade_to_what_cannot_read_the_state_changes_nothing_and_says_why(self):
        self.begin()
        pid = host.main_pid()
        newer = host.file("/var/lib/dbssd/west/state.db")
        newer.parent.mkdir()
        with sqlite3.connect(newer) as database:
            database.executescript("PRAGMA application_id = 1684173683; PRAGMA user_version = 99; CREATE TABLE t (x);")
        refused = host.install(packages.of_version(built, OLD, host.directory), check=False)
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("/var/lib/dbssd/west/state.db was written by a newer dbssd (schema 99", refused.stderr)
        self.assertEqual(self.version(), "installed 0.1.0-1")
        self.assertEqual(host.main_pid(), pid)
        self.assertEqual(host.run("dpkg", "--audit").stdout, "")

    # ---- the end ----

    def test_a_removal_keeps_what_was_recorded_and_a_purge_does_not(self):
        self.begin()
        archived = host.file("/var/lib/dbssd/reports/prod/report.pdf")
        archived.parent.mkdir(parents=True)
        archived.write_text("evidence")
        before = host.file("/etc/dbssd/policy.yaml").read_text()
        host.run("dpkg", "--remove", "dbssd")
        self.assertEqual(host.main_pid(), 0)
        self.assertFalse(host.file("/usr/bin/dbssd").exists())
        for kept in ("/var/lib/dbssd/state.db", "/var/lib/dbssd/reports/prod/report.pdf", "/etc/dbssd/policy.yaml", "/etc/dbssd/credentials/iam-password"):
            self.assertTrue(host.file(kept).exists(), kept)
        # Put there again, it goes on where it was.
        host.install(built)
        self.assertEqual(host.file("/etc/dbssd/policy.yaml").read_text(), before)
        host.start()
        host.wait_for("service.ready", 2)
        self.assertEqual(len(host.events("instance.seen")), len(FLEET))
        purged = host.run("dpkg", "--purge", "dbssd")
        self.assertIn("/var/lib/dbssd", purged.stdout)
        for gone in ("/var/lib/dbssd", "/var/log/dbssd", "/etc/dbssd"):
            self.assertFalse(host.file(gone).exists(), gone)
        self.assertEqual(host.main_pid(), 0)


if __name__ == "__main__":
    arguments, names = run.arguments(__doc__, "system", "package", "simulator", "logs")
    built = arguments.package
    host = Host(arguments.system, arguments.simulator, arguments.logs, "upgrade")
    with run.running(host):
        run.tests(names)

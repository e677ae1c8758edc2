#!/usr/bin/python3
"""Holds the units to what they promise, under a systemd of their own.

usage: service_test.py --system ROOT --package DEB --simulator PROGRAM --stuck-sync LIBRARY --logs DIRECTORY [TEST …]
Ends with 77 where this host can boot no machine.
"""
import re
import shutil
import time
import unittest

import run
from host import PASSWORD, PROJECT, Host, each_minute, instance, policy


class ServiceTest(unittest.TestCase):
    def setUp(self):
        host.set_fleet([instance(1), instance(2, status="SHUTOFF")])
        host.begin_anew()

    def begin(self, what=None):
        host.write_policy(what or policy(reports=[each_minute()]))
        host.write_credential()
        host.start()

    # ---- before it has a policy ----

    def test_does_nothing_until_somebody_has_written_a_policy(self):
        self.assertEqual(host.run("systemctl", "is-enabled", "dbssd", check=False).stdout.strip(), "disabled")
        host.run("systemctl", "start", "dbssd")
        self.assertEqual(host.show("dbssd", "ConditionResult"), "no")
        self.assertEqual(host.show("dbssd", "ActiveState"), "inactive")

    def test_says_once_what_is_wrong_with_a_policy_and_is_not_tried_again(self):
        host.write_policy(policy() | {"reprots": []})
        started = host.run("systemctl", "start", "dbssd", check=False)
        self.assertNotEqual(started.returncode, 0)
        self.assertEqual(host.show("dbssd", "ExecMainStatus"), "2")
        self.assertEqual((host.show("dbssd", "ActiveState"), host.show("dbssd", "NRestarts")), ("failed", "0"))
        complaints = [entry["MESSAGE"] for entry in host.said() if "reprots" in str(entry["MESSAGE"])]
        self.assertEqual(len(complaints), 1, complaints)
        self.assertRegex(complaints[0], r"^/etc/dbssd/policy\.yaml:\d+:\d+: error: reprots: .*reports")

    def test_says_which_secret_is_missing(self):
        host.write_policy(policy())
        self.assertNotEqual(host.run("systemctl", "start", "dbssd", check=False).returncode, 0)
        self.assertTrue(any("iam-password" in str(entry["MESSAGE"]) and "LoadCredential" in str(entry["MESSAGE"]) for entry in host.said()),
                        [entry["MESSAGE"] for entry in host.said()])

    # ---- running ----

    def test_is_ready_when_it_is_and_says_how_things_stand(self):
        self.begin()
        self.assertEqual(host.show("dbssd", "ActiveState"), "active")
        self.assertTrue(host.events("service.ready"))
        self.assertRegex(host.show("dbssd", "StatusText"), "^1 project, 1 start rule, 1 report")
        host.until(lambda: "2 instances" in host.show("dbssd", "StatusText"), "the list is told of")

    def test_says_in_its_status_who_does_not_answer(self):
        self.begin()
        host.cloud("faults", {"kind": "status_before", "status": 503})
        host.wait_for("cloud.unreachable")
        host.until(lambda: "prod" in host.show("dbssd", "StatusText"), "the project is named")
        self.assertRegex(host.show("dbssd", "StatusText"), r"; prod has failed since \d{4}-\d\d-\d\dT")

    def test_gives_the_journal_each_field_of_an_event(self):
        self.begin()
        event = host.wait_for("instance.start_requested")[0]
        self.assertEqual({name: event.get(name) for name in ("DBSSD_PROJECT", "DBSSD_INSTANCE_ID", "DBSSD_INSTANCE_NAME", "PRIORITY",
                                                              "SYSLOG_IDENTIFIER", "_SYSTEMD_UNIT")},
                         {"DBSSD_PROJECT": "prod", "DBSSD_INSTANCE_ID": instance(2)["id"], "DBSSD_INSTANCE_NAME": "prod-002",
                          "PRIORITY": "6", "SYSLOG_IDENTIFIER": "dbssd", "_SYSTEMD_UNIT": "dbssd.service"})
        self.assertTrue(event["DBSSD_REASON"])
        self.assertIn("prod-002", event["MESSAGE"])

    def test_has_no_privilege_and_no_other_user_s_files(self):
        self.begin()
        status = dict(line.split(":\t", 1) for line in
                      host.run("cat", f"/proc/{host.main_pid()}/status").stdout.splitlines() if ":\t" in line)
        user = host.run("id", "--user", "dbssd").stdout.strip()
        self.assertEqual(set(status["Uid"].split()), {user})
        self.assertNotEqual(user, "0")
        self.assertEqual({status[name] for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")}, {"0" * 16})
        self.assertEqual((status["NoNewPrivs"], status["Seccomp"]), ("1", "2"))
        self.assertEqual(host.run("stat", "--format=%U %a", "/var/lib/dbssd", "/var/lib/dbssd/state.db").stdout.split("\n")[:2],
                         ["dbssd 750", "dbssd 600"])

    def test_is_as_exposed_as_is_promised_at_most(self):
        for unit in ("dbssd.service", "dbssd@any.service"):
            said = host.run("systemd-analyze", "security", "--no-pager", unit, check=False).stdout
            (host.logs / f"security-{unit}.log").write_text(said)
            exposure = float(re.search(r"Overall exposure level for \S+: ([\d.]+)", said).group(1))
            self.assertLessEqual(exposure, 1.5, said)

    def test_units_have_nothing_that_systemd_does_not_know(self):
        checked = host.run("systemd-analyze", "verify", "--man=no", "/lib/systemd/system/dbssd.service", "/lib/systemd/system/dbssd@.service", check=False)
        about_it = [line for line in checked.stderr.splitlines() if "dbss" in line]
        self.assertEqual(about_it, [])

    def test_shows_its_secret_to_no_other_user_and_in_no_place(self):
        self.begin()
        host.wait_for("instance.start_confirmed")
        pid = host.main_pid()
        for file in ("/run/credentials/dbssd.service/iam-password", f"/proc/{pid}/environ", f"/proc/{pid}/root/run/credentials/dbssd.service/iam-password",
                     "/etc/dbssd/credentials/iam-password", "/etc/dbssd/policy.yaml", "/var/lib/dbssd/state.db"):
            tried = host.run("cat", file, user="nobody", check=False)
            self.assertNotEqual(tried.returncode, 0, file)
            self.assertIn("Permission denied", tried.stderr, file)
        host.run("test", "-s", "/run/credentials/dbssd.service/iam-password")  # it is there to be denied
        for file in (f"/proc/{pid}/environ", f"/proc/{pid}/cmdline"):
            self.assertNotIn(PASSWORD, host.run("cat", file).stdout, file)
        self.assertNotIn(PASSWORD, "".join(str(entry) for entry in host.said()))
        found = host.run("grep", "--recursive", "--files-with-matches", "--binary-files=text", PASSWORD, "/var/lib/dbssd", "/var/log", "/tmp", check=False)
        self.assertEqual(found.stdout, "")

    def test_stops_at_once_whatever_the_cloud_does(self):
        self.begin()
        host.cloud("faults", {"kind": "slow", "seconds": 60})
        time.sleep(6)  # a reconcile interval: a call hangs now
        begun = time.monotonic()
        host.run("systemctl", "stop", "dbssd")
        self.assertLess(time.monotonic() - begun, 3)  # of its 2 s, and systemctl's
        self.assertEqual((host.show("dbssd", "Result"), host.show("dbssd", "ExecMainStatus")), ("success", "0"))

    def test_several_keepers_stand_side_by_side(self):
        for name in ("east", "west"):
            host.write_policy(policy(name, state=f"/var/lib/dbssd/{name}/state.db"), name)
            host.write_credential(unit=f"dbssd@{name}")
            host.start(f"dbssd@{name}")
            host.wait_for("service.ready", unit=f"dbssd@{name}")
            self.assertEqual(host.run("stat", "--format=%U", f"/var/lib/dbssd/{name}/state.db").stdout.strip(), "dbssd")
        self.assertEqual(host.events("service.ready"), [])

    def test_a_keeper_cannot_write_what_is_another_s(self):
        host.write_policy(policy("east"), "east")  # the state of the one keeper
        host.write_credential(unit="dbssd@east")
        host.run("systemctl", "daemon-reload")
        self.assertNotEqual(host.run("systemctl", "start", "dbssd@east", check=False).returncode, 0)
        failed = host.events("state.failed", unit="dbssd@east")
        self.assertIn("/var/lib/dbssd/state.db", failed[0]["DBSSD_REASON"])
        self.assertFalse(host.file("/var/lib/dbssd/state.db").exists())

    # ---- reload ----

    def test_a_reload_takes_up_a_policy_while_it_runs(self):
        self.begin()
        pid = host.main_pid()
        host.write_policy(policy(reports=[each_minute(), each_minute(name="another")]))
        host.run("systemctl", "reload", "dbssd")
        host.wait_for("service.reloaded")
        self.assertEqual((host.main_pid(), host.show("dbssd", "ActiveState")), (pid, "active"))
        self.assertIn("2 reports", host.show("dbssd", "StatusText"))

    def test_a_policy_with_an_error_changes_nothing_and_is_named(self):
        self.begin()
        host.write_policy(policy(reports=[each_minute(schedule="61 * * * *")]))
        host.run("systemctl", "reload", "dbssd")
        refused = host.wait_for("service.reload_failed")[0]
        self.assertRegex(refused["DBSSD_REASON"], r"^/etc/dbssd/policy\.yaml:\d+:\d+: error: reports\[0\]\.schedule: ")
        self.assertEqual(host.show("dbssd", "ActiveState"), "active")
        self.assertIn("the policy file is refused", host.show("dbssd", "StatusText"))
        host.cloud(f"instances/{instance(1)['id']}", {"status": "SHUTOFF"})
        host.wait_for("instance.start_confirmed", 2)  # the former one goes on

    # ---- what kills it ----

    def test_comes_back_after_a_kill_and_repeats_nothing(self):
        host.set_fleet([instance(1)], report_seconds=60)
        host.begin_anew()
        self.begin(policy(reports=[each_minute(window={"last": "1h"})]))
        host.wait_for("report.accepted", patience=75)
        pid = host.main_pid()
        host.run("kill", "-KILL", str(pid))
        host.until(lambda: host.main_pid() not in (0, pid), "it is back")
        host.wait_for("service.ready", 2)
        self.assertEqual(host.show("dbssd", "NRestarts"), "1")
        host.cloud("advance", {"seconds": 60})
        host.wait_for("report.finished")
        self.assertEqual(host.cloud("truth/counts")["duplicates"], 0)
        windows = [report["start_time"] for report in host.reports()]
        self.assertEqual(len(windows), len(set(windows)))

    def test_a_main_loop_that_stands_still_is_killed_by_the_watchdog(self):
        host.drop_in("watchdog", "[Service]\nWatchdogSec=2s\nRestartSec=100ms\n")
        self.begin()
        pid = host.main_pid()
        host.run("kill", "-STOP", str(pid))
        host.until(lambda: host.main_pid() not in (0, pid), "it is another process")
        self.assertEqual(host.show("dbssd", "NRestarts"), "1")
        self.assertTrue(any("Watchdog timeout" in str(entry["MESSAGE"]) for entry in host.said()))
        host.wait_for("service.ready", 2)

    def test_a_lane_that_stands_still_is_killed_by_the_watchdog(self):
        shutil.copy2(arguments.stuck_sync, host.file("/usr/lib/stuck_sync.so"))
        host.drop_in("stuck", "[Service]\nWatchdogSec=2s\nRestartSec=100ms\nEnvironment=LD_PRELOAD=/usr/lib/stuck_sync.so\n")
        self.begin()
        host.wait_for("instance.start_confirmed")
        pid = host.main_pid()
        host.file("/var/lib/dbssd/stuck").touch()
        host.cloud(f"instances/{instance(1)['id']}", {"status": "SHUTOFF"})
        host.until(lambda: host.main_pid() not in (0, pid), "it is another process", patience=100)
        self.assertTrue(any("Watchdog timeout" in str(entry["MESSAGE"]) for entry in host.said()))

    def test_a_slow_cloud_does_not_starve_the_watchdog(self):
        host.drop_in("watchdog", "[Service]\nWatchdogSec=2s\n")
        self.begin()
        host.cloud("faults", {"kind": "slow", "seconds": 20})
        time.sleep(12)
        self.assertEqual((host.show("dbssd", "ActiveState"), host.show("dbssd", "NRestarts")), ("active", "0"))


if __name__ == "__main__":
    arguments, names = run.arguments(__doc__, "system", "package", "simulator", "stuck-sync", "logs")
    host = Host(arguments.system, arguments.simulator, arguments.logs, "service")
    with run.running(host):
        host.install(arguments.package)
        run.tests(names)

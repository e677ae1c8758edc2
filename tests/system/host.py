"""A machine with the simulated cloud on it, and dbssd where a test has installed it."""
import json
import pathlib
import shutil
import subprocess
import tempfile
import time

import machine

PORT = 18765
CLOUD = f"http://127.0.0.1:{PORT}"
PROJECT = "5f1c0f4f4b5e4d0f9d2f7f2f8a1b2c3d"
PASSWORD = "the-password-of-dbss-ops"

SIMULATOR = f"""
[Unit]
Before=dbssd.service
[Service]
ExecStart=/usr/local/bin/dbss-sim --port {PORT} --port-file /run/dbss-sim.port --fleet /etc/dbss-sim.json
ExecStartPost=/bin/sh -c 'until [ -s /run/dbss-sim.port ]; do sleep 0.02; done'
[Install]
WantedBy=multi-user.target
"""


def instance(number, **more):
    return {"id": f"00000000-0000-4000-8000-{number:012}", "name": f"prod-{number:03}", **more}


def policy(name="prod", state="/var/lib/dbssd/state.db", **more):
    """All but what a test is about."""
    return {
        "version": 1,
        "projects": [{"name": name, "region": "ap-southeast-3", "project_id": PROJECT, "endpoints": {"dbss": CLOUD, "iam": CLOUD},
                      "auth": {"method": "password", "domain": "acme", "user": "dbss-ops", "password": {"credential": "iam-password"}}}],
        "instances": {"reconcile_interval": "5s", "start": [{"name": "keep-running"}]},
        "state": {"path": state},
        "log": {"format": "journald"},
        **more}


def each_minute(**more):
    return {"name": "each-minute", "template": {"type": "SOX"}, "schedule": "* * * * *", "window": "since_previous", "spread": "0s", **more}


class Host(machine.Machine):
    """Made in a directory of its own, which destroy() removes. `logs` is where what it said is kept."""

    def __init__(self, system, simulator, logs, name):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="dbssd-system-", dir="/var/tmp"))
        self.logs, self.name = pathlib.Path(logs), name
        self.logs.mkdir(parents=True, exist_ok=True)
        console = self.logs / f"{name}-console.log"
        console.write_bytes(b"")
        super().__init__(self.directory / "root", console)
        subprocess.run(["cp", "-a", "--reflink=auto", system, self.root], check=True)
        shutil.copy2(simulator, self.file("/usr/local/bin/dbss-sim"))
        self.file("/etc/systemd/system/dbss-sim.service").write_text(SIMULATOR)
        self.file("/etc/systemd/system/multi-user.target.wants").mkdir(exist_ok=True)
        self.file("/etc/systemd/system/multi-user.target.wants/dbss-sim.service").symlink_to("/etc/systemd/system/dbss-sim.service")
        # Over a power cut too, everything that was said is still there.
        self.file("/var/log/journal").mkdir(exist_ok=True)
        self.set_fleet([])

    def destroy(self):
        if self.init is not None:
            text = self.run("journalctl", "--output=short-iso-precise", "--all", check=False).stdout
            (self.logs / f"{self.name}-journal.log").write_text(text)
        super().destroy()
        shutil.rmtree(self.directory, ignore_errors=True)

    # ---- the cloud ----

    def set_fleet(self, instances, **behaviour):
        """Takes effect when the simulator starts."""
        self.file("/etc/dbss-sim.json").write_text(json.dumps({
            "projects": [{"region": "ap-southeast-3", "project_id": PROJECT, "instances": instances}],
            "iam": {"domain": "acme", "users": [{"name": "dbss-ops", "password": PASSWORD}]},
            "behaviour": {"start_seconds": 1, "report_seconds": 1, **behaviour}}))

    def cloud(self, path, body=None):
        return self.ask(f"{CLOUD}/_sim/{path}", body)

    def reports(self):
        """Those that somebody asked for, by instance and window."""
        return [report for report in self.cloud("truth/reports") if report["requested"]]

    # ---- dbssd ----

    def install(self, deb, check=True):
        """As `dpkg -i` does it, with no answer to any question."""
        shutil.copy2(deb, self.file("/root"))
        ended = self.run("dpkg", "--install", f"/root/{pathlib.Path(deb).name}", check=False)
        with (self.logs / f"{self.name}-dpkg.log").open("a") as log:
            log.write(f"# dpkg --install {pathlib.Path(deb).name}: {ended.returncode}\n{ended.stdout}{ended.stderr}\n")
        if check and ended.returncode != 0:
            raise AssertionError(f"dpkg ended with {ended.returncode}\n{ended.stdout}{ended.stderr}")
        return ended

    def group(self, name):
        line = next(line for line in self.file("/etc/group").read_text().splitlines() if line.startswith(name + ":"))
        return int(line.split(":")[2])

    def write_policy(self, what, name="policy"):
        """JSON is YAML."""
        file = self.file(f"/etc/dbssd/{name}.yaml")
        file.write_text(what if isinstance(what, str) else json.dumps(what, indent=1))
        file.chmod(0o640)
        shutil.chown(file, 0, self.group("dbssd"))

    def write_credential(self, unit="dbssd", secret=PASSWORD):
        file = self.file("/etc/dbssd/credentials/iam-password")
        file.touch(mode=0o600)
        file.write_text(secret)
        self.drop_in("credentials", "[Service]\nLoadCredential=iam-password:/etc/dbssd/credentials/iam-password\n", unit)

    def drop_in(self, name, text, unit="dbssd"):
        directory = self.file(f"/etc/systemd/system/{unit}.service.d")
        directory.mkdir(parents=True, exist_ok=True)
        (directory / f"{name}.conf").write_text(text)

    def begin_anew(self):
        """dbssd and the cloud as they were on the first day."""
        self.run("systemctl", "stop", "dbssd.service", "dbssd@*.service", check=False)
        self.run("systemctl", "reset-failed", check=False)
        for unit in self.file("/etc/systemd/system").glob("dbssd*.service.d"):
            shutil.rmtree(unit)
        for kept in ("/var/lib/dbssd", "/var/log/dbssd"):
            for file in self.file(kept).iterdir():
                shutil.rmtree(file) if file.is_dir() else file.unlink()
        for file in self.file("/etc/dbssd").glob("*.yaml"):
            file.unlink()
        self.run("systemctl", "daemon-reload")
        self.restart_cloud()
        self.begun = time.time()

    def restart_cloud(self):
        self.file("/run/dbss-sim.port").unlink(missing_ok=True)
        self.run("rm", "-f", "/run/dbss-sim.port")
        self.run("systemctl", "restart", "dbss-sim")

    def start(self, unit="dbssd"):
        self.run("systemctl", "daemon-reload")
        self.run("systemctl", "start", unit)

    def said(self, *matches, unit="dbssd"):
        """What the journal has of a unit since begin_anew()."""
        # journalctl --after-cursor leaves out the first entry that matches, where the cursor's own does not.
        return [entry for entry in self.journal(f"--since=@{int(self.begun)}", f"--unit={unit}", *matches)
                if int(entry["__REALTIME_TIMESTAMP"]) >= self.begun * 1e6]

    def events(self, event, unit="dbssd"):
        return self.said(f"DBSSD_EVENT={event}", unit=unit)

    def wait_for(self, event, count=1, unit="dbssd", patience=machine.PATIENCE):
        return self.until(lambda: len(found := self.events(event, unit)) >= count and found, f"{event} {count} times", patience)

    def main_pid(self, unit="dbssd"):
        return int(self.show(unit, "MainPID"))

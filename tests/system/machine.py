"""A Debian of its own, booted with its own systemd, with no network but loopback."""
import json
import os
import pathlib
import pty
import shutil
import signal
import subprocess
import threading
import time

SUITE = "bookworm"
PATIENCE = 60  # seconds


def obstacle():
    """Why no machine can be booted here; None: nothing stands in the way."""
    if os.geteuid() != 0:
        return "it takes root"
    for program in ("systemd-nspawn", "mmdebstrap", "nsenter", "unshare"):
        if shutil.which(program) is None:
            return f"{program} is not installed"
    tried = subprocess.run(["unshare", "--mount", "--pid", "--net", "--ipc", "--uts", "--cgroup", "--fork", "true"],
                           capture_output=True, text=True)
    return f"no namespaces: {tried.stderr.strip()}" if tried.returncode else None


def install_system(root, packages):
    """A root file system with systemd and `packages`, and nothing else."""
    wanted = ["systemd", "systemd-sysv", *packages]
    subprocess.run(["mmdebstrap", "--quiet", "--variant=minbase", f"--include={','.join(wanted)}",
                    "--aptopt=APT::Install-Recommends false", SUITE, root], check=True)
    # Whoever boots it waits for nothing that a container has no use for.
    for unit in ("apt-daily.timer", "apt-daily-upgrade.timer", "e2scrub_all.timer", "fstrim.timer", "systemd-timesyncd.service"):
        link = pathlib.Path(root, "etc/systemd/system", unit)
        link.unlink(missing_ok=True)
        link.symlink_to("/dev/null")


class Machine:
    """Is off to begin with. `log` receives what its console shows."""

    def __init__(self, root, log):
        self.root, self.log, self.init, self.nspawn = pathlib.Path(root), pathlib.Path(log), None, None

    def file(self, path):
        """As seen from here: also where the machine is off."""
        return self.root / path.lstrip("/")

    def boot(self):
        ours, theirs = pty.openpty()
        self.nspawn = subprocess.Popen(
            ["systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--private-network", "--boot", f"--directory={self.root}",
             "--console=interactive", "--kill-signal=SIGRTMIN+3", f"--machine=dbssd-{os.getpid()}", "--", "systemd.show_status=no"],
            stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True, env=os.environ | {"TERM": "dumb"})
        os.close(theirs)
        threading.Thread(target=self._copy, args=(ours,), daemon=True).start()
        self.until(self._find_init, "it has begun to boot")
        self.until(lambda: self.run("systemctl", "is-system-running", check=False).stdout.strip() in ("running", "degraded"), "it is up")

    def power_off(self):
        """In order, as `poweroff` does."""
        self.run("systemctl", "poweroff", check=False)
        self._gone()

    def cut_power(self):
        """Nothing on it ends in order, or is told."""
        os.kill(self.init, signal.SIGKILL)
        self._gone()

    def destroy(self):
        if self.init is not None:
            self.cut_power()

    def run(self, *command, check=True, user=None, text=None):
        """What a command inside ends with: returncode, stdout, stderr."""
        if user is not None:
            command = ["runuser", "-u", user, "--", *command]
        inside = ["nsenter", f"--target={self.init}", "--all", "--root", "--wd=/", "--"]
        environment = ["env", "-i", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8", "DEBIAN_FRONTEND=noninteractive"]
        ended = subprocess.run([*inside, *environment, *command], capture_output=True, text=True, input=text or "")
        if check and ended.returncode != 0:
            raise AssertionError(f"{' '.join(command)} ended with {ended.returncode}\n{ended.stdout}{ended.stderr}")
        return ended

    def show(self, unit, name):
        """A property of a unit."""
        return self.run("systemctl", "show", f"--property={name}", "--value", unit).stdout.strip()

    def journal(self, *matches):
        """Entries of the journal, oldest first."""
        lines = self.run("journalctl", "--output=json", "--all", "--quiet", *matches, check=False).stdout.splitlines()
        return [json.loads(line) for line in lines]

    def ask(self, url, body=None):
        """What a server inside answers to GET, or to POST with `body`, both JSON."""
        asked = subprocess.run(["nsenter", f"--target={self.init}", "--net", "--", "python3", "-c", ASK, url],
                               input="" if body is None else json.dumps(body), capture_output=True, text=True)
        if asked.returncode != 0:
            raise ConnectionError(asked.stderr.strip().splitlines()[-1])
        return json.loads(asked.stdout or "null")

    @staticmethod
    def until(holds, what, patience=PATIENCE):
        """Waits until something holds, and returns it."""
        end = time.monotonic() + patience
        while not (found := holds()):
            if time.monotonic() > end:
                raise AssertionError(f"not within {patience} s: {what}")
            time.sleep(0.1)
        return found

    def _copy(self, terminal):
        with self.log.open("ab") as log:
            while True:
                try:
                    said = os.read(terminal, 65536)
                except OSError:  # the other end is gone
                    said = b""
                if not said:
                    break
                log.write(said)
                log.flush()
        os.close(terminal)

    def _find_init(self):
        if self.nspawn.poll() is not None:
            raise AssertionError(f"systemd-nspawn ended with {self.nspawn.returncode}: {self.log.read_text(errors='replace')[-2000:]}")
        for task in pathlib.Path("/proc", str(self.nspawn.pid), "task").iterdir():
            for child in (task / "children").read_text().split():
                # Between its birth and its first program it is a copy of systemd-nspawn.
                if pathlib.Path("/proc", child, "comm").read_text().strip() == "systemd":
                    self.init = int(child)
        return self.init

    def _gone(self):
        try:
            self.nspawn.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.nspawn.kill()
            raise AssertionError(f"it was not off within {PATIENCE} s") from None
        self.init = None


ASK = """
import sys, urllib.request
body = sys.stdin.read()
print(urllib.request.urlopen(sys.argv[1], body.encode() if body else None, 20).read().decode())
"""

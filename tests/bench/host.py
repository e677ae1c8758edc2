"""What a benchmark starts and stops: the simulated cloud, and dbssd before it, with a directory of their own."""
import contextlib
import dataclasses
import datetime
import json
import pathlib
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request

from log import Log

SOX = "t8g7LJgBTpKZyZbbeTgS"  # a template that each made-up instance has


@dataclasses.dataclass(frozen=True)
class Programs:
    build: pathlib.Path
    preload: pathlib.Path  # the fast clock

    @property
    def dbssd(self):
        return self.build / "daemon/dbssd"

    @property
    def simulator(self):
        return self.build / "tests/simulator/dbss-sim"


def get(url, patience=60):
    with urllib.request.urlopen(url, timeout=patience) as answer:
        return json.load(answer)


class Host:
    """Where `rate` is not 1, time passes so much faster for all that is started here, from `begin` on."""

    def __init__(self, programs, directory, rate=1, begin=None):
        self.programs, self.directory, self.rate = programs, pathlib.Path(directory), rate
        self._real = time.time()
        self._shown = self._real if begin is None else begin
        self.environment = {"PASSWORD": "demo-password"}
        if rate != 1:
            shown = [str(int(at * 1e9)) for at in (self._real, self._shown)]
            self.environment |= {"LD_PRELOAD": str(programs.preload), "FAST_CLOCK": " ".join([str(rate), *shown])}

    def now(self):
        """The wall clock, as it is shown to what is started here."""
        return self._shown + (time.time() - self._real) * self.rate

    def next_minute(self, margin):
        """The first full minute that is at least `margin` seconds off, in seconds since 1970 and as a daily cron expression."""
        minute = (int(self.now() + margin) // 60 + 1) * 60
        at = datetime.datetime.fromtimestamp(minute, datetime.timezone.utc)
        return minute, f"{at.minute} {at.hour} * * *"

    @contextlib.contextmanager
    def cloud(self, *, instances, projects, shutoff=0, time_factor=1):
        port_file = self.directory / "port"
        port_file.unlink(missing_ok=True)
        options = {"port": 0, "port-file": port_file, "instances": instances, "projects": projects, "shutoff": shutoff,
                   "time-factor": time_factor}
        arguments = [self.programs.simulator] + [f"--{name}={value}" for name, value in options.items()]
        with running(arguments, self.environment, stdout=subprocess.DEVNULL) as process:
            wait_until(port_file.exists, 120, process)
            yield Cloud(process, f"http://127.0.0.1:{port_file.read_text().strip()}")

    def policy(self, cloud, *, limits=None, name="policy.yaml", **sections):
        path = self.directory / name
        path.write_text(json.dumps({
            "version": 1,
            "projects": [{"name": f"p{i}", "region": "ap-southeast-3", "project_id": project,
                          "endpoints": {"dbss": cloud.url, "iam": cloud.url}, "limits": limits or {},
                          "auth": {"method": "password", "domain": "acme", "user": "dbss-ops", "password": {"env": "PASSWORD"}}}
                         for i, project in enumerate(get(cloud.url + "/_sim/truth/calls")["projects"])],
            "state": {"path": str(self.directory / "state.db")},
            "log": {"format": "json", "file": str(self.directory / "log")}} | sections))
        return path

    @contextlib.contextmanager
    def daemon(self, policy):
        """Yields it once it is ready."""
        log = Log(pathlib.Path(json.loads(policy.read_text())["log"]["file"]))
        log.path.unlink(missing_ok=True)
        notify = self.directory / "notify"
        notify.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
            told.bind(str(notify))
            told.settimeout(0.5)
            said = self.directory / "stderr"
            began, began_wall = time.monotonic(), time.time()
            arguments = [self.programs.dbssd, "run", "--policy", policy]
            with said.open("w") as stderr, running(arguments, self.environment | {"NOTIFY_SOCKET": str(notify)}, stderr=stderr) as process:
                while not is_ready(told):
                    if process.poll() is not None or time.monotonic() > began + 60:
                        raise AssertionError(f"dbssd is not ready: {said.read_text()}")
                ready_after = time.monotonic() - began
                # Nobody listens any more, and so nothing may pile up: a socket that is full holds up who writes to it.
                told.close()
                yield Daemon(process, log, began_wall, ready_after)


def is_ready(told):
    """Waits for a while, too."""
    with contextlib.suppress(TimeoutError):
        return b"READY=1" in told.recv(4096)
    return False


@dataclasses.dataclass(frozen=True)
class Cloud:
    process: subprocess.Popen
    url: str

    @property
    def pid(self):
        return self.process.pid

    def counts(self):
        if self.process.poll() is not None:
            raise AssertionError(f"the simulator has ended with {self.process.returncode}")
        return get(self.url + "/_sim/truth/counts")


@dataclasses.dataclass(frozen=True)
class Daemon:
    process: subprocess.Popen
    log: Log
    began: float        # by the wall clock
    ready_after: float  # seconds from its start

    @property
    def pid(self):
        return self.process.pid

    def alive(self):
        return self.process.poll() is None

    def wait(self, event, wanted, patience):
        self.log.wait(event, wanted, patience, self.alive)

    def stop(self):
        """Seconds that it takes to stop in order."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(timeout=30)
        if status != 0:
            raise AssertionError(f"dbssd ended with {status}")
        return time.monotonic() - began

    def kill(self):
        self.process.kill()
        self.process.wait()


@contextlib.contextmanager
def running(arguments, environment, **how):
    process = subprocess.Popen(arguments, env=environment, **how)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@contextlib.contextmanager
def new_host(programs, rate=1, begin=None):
    """With its journal on the disk that the build is on."""
    with tempfile.TemporaryDirectory(dir=programs.build, prefix="bench-") as directory:
        yield Host(programs, directory, rate, begin)


def wait_until(is_so, patience, process):
    deadline = time.monotonic() + patience
    while not is_so():
        if time.monotonic() > deadline or process.poll() is not None:
            raise AssertionError(f"{process.args[0]} is not ready")
        time.sleep(0.01)

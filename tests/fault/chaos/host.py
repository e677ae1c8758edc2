"""A host with dbssd on it and the simulated cloud before it, where time passes RATE times as fast for both."""
import contextlib
import dataclasses
import datetime
import functools
import http.client
import json
import mmap
import os
import pathlib
import signal
import struct
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

RATE = 40
PATIENCE = 60  # real seconds until what has to come is missed; it costs time in a failure alone
UTC = datetime.timezone.utc


@dataclasses.dataclass(frozen=True)
class Programs:
    dbssd: pathlib.Path
    simulator: pathlib.Path
    fast_clock: pathlib.Path   # fault/process: also kills at a step
    host_faults: pathlib.Path


@functools.lru_cache(maxsize=1 << 16)
def text_of(at):
    return datetime.datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@functools.lru_cache(maxsize=1 << 16)
def instant_of(text):
    return datetime.datetime.fromisoformat(text).timestamp()


class Clock:
    """The time that is shown to the cloud, and to dbssd where its host does not lie: in seconds since 1970."""

    def __init__(self, begin):
        self._real, self._shown = time.time(), begin

    def now(self):
        return self._shown + (time.time() - self._real) * RATE

    def skip(self, seconds):
        self._shown += seconds

    def environment(self):
        return {"FAST_CLOCK": " ".join([str(RATE)] + [str(int(at * 1e9)) for at in (self._real, self._shown)])}


class Page:
    """What host_faults.cpp shares with us."""

    FIELDS = {"wall_clock_error": 0, "disk_full": 8, "threads_refused": 16}

    def __init__(self, path):
        self.path = path
        path.write_bytes(bytes(24))
        with path.open("r+b") as file:
            self._bytes = mmap.mmap(file.fileno(), 24)

    def set(self, field, value):
        struct.pack_into("<q", self._bytes, self.FIELDS[field], value)

    def get(self, field):
        return struct.unpack_from("<q", self._bytes, self.FIELDS[field])[0]


class Cloud:
    """The simulator, by its control interface."""

    def __init__(self, programs, directory, clock, fleet, seed):
        files = pathlib.Path(tempfile.mkdtemp(prefix="cloud-", dir=directory))
        fleet_file, port_file, said = files / "fleet.json", files / "port", files / "said"
        fleet_file.write_text(json.dumps(fleet), encoding="utf-8")
        self._said = said.open("wb")
        self.process = subprocess.Popen(
            [programs.simulator, "--port=0", f"--port-file={port_file}", f"--fleet={fleet_file}", f"--seed={seed}"],
            env={"LD_PRELOAD": str(programs.fast_clock)} | clock.environment(), stdout=self._said, stderr=self._said)
        deadline = time.monotonic() + PATIENCE
        while not port_file.exists():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the simulator does not begin: " + said.read_text())
            time.sleep(0.01)
        self.url = f"http://127.0.0.1:{port_file.read_text().strip()}"

    def ask(self, method, path, body=None):
        request = urllib.request.Request(self.url + "/_sim" + path, method=method,
                                         data=None if body is None else json.dumps(body).encode())
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{method} {path} {str(body)[:300]}: {error.read().decode()}") from None

    def truth(self, part):
        return self.ask("GET", "/truth/" + part)

    def token(self, user, password, project):
        """What another program of the operator's would get and leave for dbssd; None where the authority has none for it."""
        scope = {"methods": ["password"], "password": {"user": {"name": user, "password": password, "domain": {"name": "acme"}}}}
        request = urllib.request.Request(self.url + "/v3/auth/tokens", headers={"Content-Type": "application/json"}, data=json.dumps(
            {"auth": {"identity": scope, "scope": {"project": {"id": project}}}}).encode())
        with contextlib.suppress(OSError, http.client.HTTPException):
            with urllib.request.urlopen(request, timeout=2) as answer:
                return answer.headers["X-Subject-Token"]
        return None

    def end(self):
        self.process.kill()
        self.process.wait()
        self._said.close()


class Life:
    """One process of dbssd, from its begin to its end."""

    def __init__(self, number, arguments, environment, directory):
        self.log_path, self.error_path = directory / f"out-{number}", directory / f"err-{number}"
        with self.log_path.open("wb") as out, self.error_path.open("wb") as err:
            self.process = subprocess.Popen(arguments, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=err)
        self.number = number
        self.may_kill_itself = "KILL_AT_STEP" in environment
        self.expected = set()  # how it may end, by what was done to it
        self.asked_to_stop = None  # when, by time.monotonic()
        self._read, self._rest = 0, b""
        self.endpoint, self.ready = None, False
        self.reload_when_ready, self.unanswered, self.was_ill = False, 0, False

    def listen(self):
        """Takes up what its log says of itself by now."""
        with self.log_path.open("rb") as file:
            file.seek(self._read)
            text = self._rest + file.read()
            self._read = file.tell()
        whole, _, self._rest = text.rpartition(b"\n")
        for line in whole.split(b"\n"):
            if b'"event":"service.ready"' in line:
                self.ready = True
            elif b'"event":"status.listening"' in line:
                self.endpoint = json.loads(line)["msg"].split()[-1].rstrip("/")

    def signal(self, number):
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(number)

    def kill(self):
        self.expected.add(-signal.SIGKILL)
        self.signal(signal.SIGKILL)
        self.process.wait()

    def measure(self):
        """Resident memory in MiB, threads and descriptors; nothing of one that has ended."""
        try:
            status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
            fields = dict(line.split(":\t", 1) for line in status if ":\t" in line)
            descriptors = len(os.listdir(f"/proc/{self.process.pid}/fd"))
            return {"resident": int(fields["VmRSS"].split()[0]) / 1024, "threads": int(fields["Threads"]), "descriptors": descriptors}
        except (OSError, KeyError):
            return None

    def health(self):
        """The status that /healthz answers with, or why it does not."""
        try:
            with urllib.request.urlopen(self.endpoint + "/healthz", timeout=PATIENCE) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError as error:
            return str(error)


class Host:
    def __init__(self, programs, directory, clock):
        self.programs, self.directory, self.clock = programs, directory, clock
        self.disk = directory / "disk"  # what can be full
        self.disk.mkdir()
        self.page = Page(directory / "page")
        self.state_path, self.policy_path = self.disk / "state.db", directory / "policy.yaml"
        self._steps = directory / "steps"
        self.lives = []

    def environment(self):
        return {"PATH": "/usr/bin:/bin", "LD_PRELOAD": f"{self.programs.fast_clock}:{self.programs.host_faults}",
                "HOST_FAULTS_PAGE": str(self.page.path), "HOST_FAULTS_DISK": str(self.disk)} | self.clock.environment()

    def begin(self, die_at_step=None):
        environment = self.environment()
        if die_at_step is not None:
            self._steps.write_bytes(bytes(8))
            environment |= {"KILL_AT_COUNT": str(self._steps), "KILL_AT_STATE": str(self.state_path), "KILL_AT_STEP": str(die_at_step),
                            "KILL_AT_MOMENT": "before" if die_at_step % 2 else "after"}
        arguments = [self.programs.dbssd, "run", "--policy", self.policy_path]
        self.lives.append(Life(len(self.lives), arguments, environment, self.directory))
        return self.lives[-1]

    def command(self, *arguments):
        return subprocess.run([self.programs.dbssd, *arguments, "--policy", self.policy_path], env=self.environment(),
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE, check=False)

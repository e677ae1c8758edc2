"""A story: what a seed makes happen to dbssd, and in which order."""
import contextlib
import dataclasses
import datetime
import json
import os
import pathlib
import random
import shutil
import signal
import sqlite3
import tempfile
import time
import zoneinfo

import scene
from faults import TABLE
from host import PATIENCE, Clock, Cloud, Host, Page, text_of
from judge import Contradiction, Evidence

STORY = 18                # minutes, by its own clock
TICK = 0.03               # real seconds
LOOK = 0.5                # real seconds between two measurements
UNANSWERED = 6            # looks in a row at /healthz
RENEWAL = 240             # seconds between two tokens for the project that is given them
SETTLE = 150              # real seconds for what is open to come to its end
MOST_THREADS, MOST_DESCRIPTORS, MOST_RESIDENT = 96, 160, 96  # of a fleet of this size; the latter in MiB

ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]


def change_of_clocks(zone, number):
    """The instant of the `number`-th change of the zone's clocks from 2027 on."""
    at = int(datetime.datetime(2027, 1, 1, tzinfo=datetime.timezone.utc).timestamp())
    offset = lambda second: datetime.datetime.fromtimestamp(second, zoneinfo.ZoneInfo(zone)).utcoffset()
    changes = (half_hour for half_hour in range(at, at + 4 * 366 * scene.DAY, 1800) if offset(half_hour - 1800) != offset(half_hour))
    for _ in range(number):
        next(changes)
    return next(changes)


@dataclasses.dataclass
class Moment:
    at: float  # seconds from the story's begin
    fault: object
    lasts: float
    seed: int


class Plan:
    """All that the seed decides."""

    def __init__(self, seed, minutes, only=(), without=()):
        draw = random.Random(seed)
        self.seed, self.length = seed, minutes * scene.MINUTE
        self.zone = ZONES[seed % len(ZONES)]
        # The clocks change in the middle of it.
        self.begin = change_of_clocks(self.zone, draw.randrange(6)) - draw.randint(2, 2 + minutes) * scene.MINUTE
        self.words = scene.words_of(seed)
        # A service that names the zone of what it lists leaves none open.
        self.all_wire_zones = ["UTC", self.zone, "Asia/Shanghai"] if self.words["report_time"] == "plain" else ["UTC"]
        self.wire_zones = {project: draw.choice(self.all_wire_zones) for project in scene.PROJECTS}
        self.moments = []
        for fault in TABLE:
            if fault.name in without or only and fault.name not in only:
                continue
            for _ in range(fault.often * max(1, minutes // STORY)):
                at, lasts = draw.uniform(0, self.length), draw.uniform(*fault.lasts)
                self.moments.append(Moment(at, fault, lasts, draw.getrandbits(32)))
        self.moments.sort(key=lambda moment: moment.at)

    def __str__(self):
        lines = [f"seed {self.seed}: {self.zone}, from {text_of(self.begin)}; on the wire {self.wire_zones}; the service says {self.words}"]
        lines += [f"{moment.at:7.0f} s  {moment.fault.name}" + (f", for {moment.lasts:.0f} s" if moment.lasts else "") for moment in self.moments]
        return "\n".join(lines)


class Story:
    absence = (30 * 60, 55 * 60)  # seconds that a host is off

    def __init__(self, programs, plan, directory):
        self.plan = plan
        self.clock = Clock(plan.begin - 120)
        self.host = Host(programs, directory, self.clock)
        self.directory = directory
        self.password = scene.PASSWORD
        self.behaviour = scene.BEHAVIOUR | plan.words
        projects = [project for project in scene.PROJECTS if project != scene.OLD_REGION]
        self.cloud = Cloud(programs, directory, self.clock, scene.fleet(projects, self.behaviour), plan.seed)
        self.old_region = Cloud(programs, directory, self.clock, scene.fleet([scene.OLD_REGION], scene.BEHAVIOUR | {"paths": "legacy"}), plan.seed)
        begin = datetime.datetime.fromtimestamp(plan.begin + 12 * 60, zoneinfo.ZoneInfo(plan.zone))
        self.rules = scene.rules(f"{begin.minute} {begin.hour}", self.host.disk / "archive")
        self.all_wire_zones, self.wire_zones = plan.all_wire_zones, dict(plan.wire_zones)
        self.spoken = {project: {zone} for project, zone in self.wire_zones.items()}
        self.absent_projects, self.limits = set(), {"requests_per_second": 50, "in_flight": 8}
        self.life, self.back_at, self.end = None, None, None
        self.begun, self.struck, self.spoilt = [], {}, {}  # spoilt: calls by the kind of their answer
        self.contradictions, self.most = [], {"resident": 0, "threads": 0, "descriptors": 0}
        self.kills = self.starts = self.answers = 0
        self.looked = self.renew_at = 0
        self.told = []  # (when, what)

    # What the faults do, and what they ask of it.

    def install(self, fault):
        """In the simulator's answers. Returns what takes it out again, and counts the calls that it struck."""
        number = self.cloud.ask("POST", "/faults", fault)["id"]

        def remove():
            installed = next(one for one in self.cloud.ask("GET", "/faults")["faults"] if one["id"] == number)
            self.spoilt[fault["kind"]] = self.spoilt.get(fault["kind"], 0) + installed["struck"]
            self.cloud.ask("DELETE", f"/faults/{number}")
        return remove

    def projects(self):
        return [project for project in scene.PROJECTS if project not in self.absent_projects]

    def cloud_of(self, instance):
        return self.old_region if scene.OLD_REGION in instance else self.cloud

    def instances(self, kind):
        return [name for project in scene.PROJECTS for name in scene.instances_of(project) if name.startswith(kind)]

    def kill(self, back_after, die_at_step=None):
        if self.life:
            self.life.kill()
            self.kills += 1
            self.life = None
        self.back_at, self.next_step = self.clock.now() + back_after, die_at_step

    def terminate(self, back_after):
        if self.life and self.life.asked_to_stop is None:
            self.life.expected |= {0} if self.life.ready else {0, -signal.SIGTERM}  # before it can take signals
            self.life.asked_to_stop = time.monotonic()
            self.life.signal(signal.SIGCONT)
            self.life.signal(signal.SIGTERM)
        self.stay_down = back_after

    def skip(self, seconds):
        for cloud in (self.cloud, self.old_region):
            cloud.ask("POST", "/advance", {"seconds": seconds})
        self.clock.skip(seconds)
        # What was to end meanwhile ends as long after as it would have.
        self.begun = [(end + seconds, moment, undo) for end, moment, undo in self.begun]
        self.skipped += seconds
        self.back_at = self.clock.now()

    def hang_up(self):
        """As systemd does: not before it is ready. Who has not read the policy by then reads it again."""
        if self.life and self.life.ready:
            self.life.signal(signal.SIGHUP)
        elif self.life:
            self.life.reload_when_ready = True

    def reload(self):
        self.write_policy()
        self.hang_up()

    def write_secret(self, name, text):
        path = self.directory / name
        with open(os.open(path.with_suffix(".new"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(text + "\n")
        path.with_suffix(".new").rename(path)

    def write_password(self):
        self.write_secret("password", self.password)

    def write_token(self):
        """An authority that is down is down for all: then it is asked again soon."""
        token = self.cloud.token(*scene.RENEWER, scene.project_id("by-token"))
        if token:
            self.write_secret("token", token)
        self.renew_at = self.clock.now() + (RENEWAL if token else RENEWAL / 10)

    def write_policy(self, spoilt=False, **changes):
        secret = lambda name: {"file": str(self.directory / name)}
        keys = {"method": "aksk", "access_key": secret("access"), "secret_key": secret("secret")}
        url = lambda project: (self.old_region if project == scene.OLD_REGION else self.cloud).url
        auth = {"by-password": {"method": "password", "domain": "acme", "user": "dbss-ops", "password": secret("password")},
                "by-keys": keys, "by-token": {"method": "token", "token": secret("token")}, "guest": keys,
                scene.OLD_REGION: keys}
        for project, zone in self.wire_zones.items():
            self.spoken[project].add(zone)
        policy = {
            "version": 1,
            "projects": [{"name": project, "region": "ap-southeast-3", "project_id": scene.project_id(project),
                          "endpoints": {"dbss": url(project), "iam": url(project)}, "auth": auth[project],
                          "limits": self.limits | {"timeout": "90s"}, "api_time_zone": self.wire_zones[project]} for project in self.projects()],
            "instances": {"reconcile_interval": "30s", "start": [
                {"name": "keep-running", "confirm_within": "5m", "flap": {"starts": 4, "within": "10m", "hold": "5m"}}]},
            "summary": {"busi_types": ["audit"], "poll_interval": "30s"},
            "reports": [rule.document(self.plan.zone, self.end is not None) for rule in self.rules],
            "state": {"path": str(self.host.state_path)}, "log": {"format": "json", "level": "info"},
            "status": {"listen": "127.0.0.1:0"}} | changes
        if spoilt:
            policy["reprots"] = []
        self.host.policy_path.write_text(json.dumps(policy, indent=1), encoding="utf-8")

    # Its course.

    def tell(self):
        self.next_step, self.stay_down, self.skipped = None, 0, 0
        waited = 0
        self.write_policy()
        self.write_password()
        self.write_secret("access", scene.KEY[0])
        self.write_secret("secret", scene.KEY[1])
        self.write_token()
        self.life = self.host.begin()
        self.starts += 1
        self.until(self.has_begun, "each schedule has begun")
        self.ready_at = self.clock.now()
        origin = self.clock.now()
        for moment in self.plan.moments:
            self.until(lambda at=moment.at: self.clock.now() - origin - self.skipped - waited >= at, None)
            # What strikes nobody shows nothing: a busy machine begins slower, and the story waits for it.
            due = self.clock.now() - self.skipped
            self.until(lambda: self.life is not None and self.life.ready or self.is_ill(), "it is ready")
            waited += self.clock.now() - self.skipped - due
            self.begin(moment)
        self.until(lambda: self.clock.now() - origin - self.skipped - waited >= self.plan.length, None)
        self.settle()

    def is_ill(self):
        return any(self.host.page.get(field) for field in Page.FIELDS)

    def begin(self, moment):
        self.struck[moment.fault.name] = self.struck.get(moment.fault.name, 0) + 1
        self.told.append((self.clock.now(), moment.fault.name))
        undo = moment.fault.does(self, random.Random(moment.seed))
        if undo:
            self.begun.append((self.clock.now() + max(moment.lasts, 1), moment, undo))

    def end_those(self, due):
        for entry in [entry for entry in self.begun if due(entry[0])]:
            self.begun.remove(entry)
            entry[2]()
            self.told.append((self.clock.now(), f"no more {entry[1].fault.name}"))

    def until(self, holds, what, limit=None):
        """Goes on until this holds; a contradiction where `what` has not come within `limit` real seconds."""
        deadline = time.monotonic() + (limit or PATIENCE)
        while not holds():
            if what and time.monotonic() > deadline:
                raise Contradiction(f"not within {limit or PATIENCE} seconds: {what}")
            self.go_on()
            time.sleep(TICK)

    def go_on(self):
        now = self.clock.now()
        self.end_those(lambda at: at <= now)
        if now >= self.renew_at:
            self.write_token()
        for cloud in (self.cloud, self.old_region):
            if cloud.process.poll() is not None:
                raise RuntimeError(f"the simulator has ended with {cloud.process.returncode}")
        if self.life:
            self.look_after(self.life)
        elif self.back_at is not None and now >= self.back_at:
            self.life = self.host.begin(self.next_step)
            self.life.was_ill = self.is_ill()
            self.starts += 1
            self.told.append((now, f"life {self.life.number} begins"))
            self.back_at = self.next_step = None

    def look_after(self, life):
        status = life.process.poll()
        life.listen()
        life.was_ill = life.was_ill or not life.ready and self.is_ill()
        if life.ready and life.reload_when_ready:
            life.reload_when_ready = False
            self.hang_up()
        if status is not None:
            self.judge_end(life, status)
            self.life, self.back_at = None, self.clock.now() + self.stay_down
            self.stay_down = 0
        elif life.asked_to_stop is not None and time.monotonic() > life.asked_to_stop + PATIENCE:
            raise Contradiction(f"asked to stop, it has not within {PATIENCE} seconds")
        elif time.monotonic() > self.looked + LOOK:
            self.looked = time.monotonic()
            self.measure(life)

    def judge_end(self, life, status):
        if status == -signal.SIGKILL and life.may_kill_itself:
            self.kills += 1
        elif status == 1 and not life.ready:  # a host that cannot carry it yet: it says so
            self.stay_down = 10
            if not life.was_ill:
                self.contradictions.append(Contradiction(f"life {life.number} did not begin: {life.error_path.read_text()[-600:]}"))
        elif status not in life.expected:
            ended = f"with status {status}" if status >= 0 else f"by {signal.Signals(-status).name}"
            self.contradictions.append(Contradiction(f"life {life.number} ended {ended}: {life.error_path.read_text()[-2000:]}"))

    def measure(self, life):
        measured = life.measure()
        if measured is None or not life.ready:
            return
        for what, bound in (("resident", MOST_RESIDENT), ("threads", MOST_THREADS), ("descriptors", MOST_DESCRIPTORS)):
            self.most[what] = max(self.most[what], measured[what])
            if measured[what] > bound:
                self.contradictions.append(Contradiction(f"life {life.number} has {measured[what]:.0f} {what}, more than {bound}"))
        is_held_up = life.asked_to_stop is not None or any(moment.fault.name == "frozen" for _, moment, _ in self.begun)
        if life.endpoint and not is_held_up:
            health = life.health()
            self.answers += 1
            life.unanswered = 0 if health in (200, 503) else life.unanswered + 1
            # Its own time-outs pass RATE times as fast, so that a busy machine can hang up.
            if life.unanswered == UNANSWERED and life.process.poll() is None:
                self.contradictions.append(Contradiction(f"life {life.number} does not answer /healthz {UNANSWERED} times in a row: {health}"))

    def settle(self):
        """Faults end, and what is due by now comes to its end. Then nothing comes due any more, and it stops."""
        self.end_those(lambda _: True)
        self.cloud.ask("DELETE", "/faults")
        self.write_token()
        self.write_password()
        self.write_policy()
        self.until(lambda: self.life is not None and self.life.ready and not self.life.may_kill_itself or self.restarted(), "it is ready")
        self.end = self.clock.now()
        self.reload()
        try:
            self.until(lambda: self.open_runs(self.end) == 0, "each run that was due has its outcome", SETTLE)
        except Contradiction as found:
            raise Contradiction(f"{found.text}; open are {self.open_runs(self.end)}") from None
        life = self.life
        self.terminate(0)
        self.until(lambda: life.process.poll() is not None, "it stops")
        self.judge_end(life, life.process.returncode)
        self.life = None

    def restarted(self):
        """One that is to kill itself at a step could do so now."""
        if self.life and self.life.may_kill_itself:
            self.kill(back_after=0)
        return False

    # What the journal says meanwhile.

    def ask_journal(self, query, *values):
        with contextlib.closing(sqlite3.connect(f"file:{self.host.state_path}?mode=ro", uri=True, timeout=10)) as journal:
            journal.row_factory = sqlite3.Row
            return [dict(row) for row in journal.execute(query, values)]

    def change_journal(self, statement):
        """As another program would that has no business there. False where it cannot now."""
        with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(self.host.state_path, timeout=10)) as journal:
            journal.execute(statement)
            journal.commit()
            return True
        return False

    def has_begun(self):
        wanted = {(rule.name, scene.instance_id(name)) for project in scene.PROJECTS for name in scene.instances_of(project)
                  for rule in self.rules if rule.selects(name)}
        with contextlib.suppress(sqlite3.Error):
            return wanted <= {(row["report"], row["instance"]) for row in self.ask_journal("SELECT report, instance FROM schedule")}
        return False

    def open_runs(self, until):
        """Those due by then, and schedules that are not decided up to there."""
        try:
            return self.ask_journal("SELECT count(*) AS open FROM run WHERE scheduled <= ? AND (outcome IS NULL OR archive_pending = 1)",
                                    until)[0]["open"] + self.behind(until)
        except sqlite3.Error:
            return -1

    def behind(self, until):
        """Schedules that are not there, or whose newest scheduled time is not on record. A project that returns begins anew."""
        known = {(row["report"], row["instance"]): row for row in
                 self.ask_journal("SELECT report, instance, since, last_scheduled FROM schedule")}

        def is_behind(rule, instance):
            newest = until // (rule.every * 60) * rule.every * 60
            schedule = known.get((rule.name, scene.instance_id(instance)))
            return schedule is None or schedule["since"] < newest and (schedule["last_scheduled"] or 0) < newest

        return sum(is_behind(rule, name) for rule in self.rules if rule.every
                   for project in scene.PROJECTS for name in scene.instances_of(project) if rule.selects(name))

    def evidence(self):
        """What the cloud, the journal and the log say, once all is over."""
        if self.life:
            self.life.kill()
            self.life = None
        self.end = self.end or self.clock.now()
        history = self.host.command("history", "--output", "json", "--from", text_of(self.plan.begin - scene.DAY),
                                    "--to", text_of(self.clock.now() + 3 * scene.DAY))
        log = []
        for life in self.host.lives:
            for line in life.log_path.read_text(encoding="utf-8", errors="replace").splitlines():
                try:
                    log.append(json.loads(line))
                except json.JSONDecodeError:
                    if not line.startswith("{") or life.process.returncode != -signal.SIGKILL:
                        self.contradictions.append(Contradiction(f"not a line of the log: {line[:300]}"))
        return Evidence(
            rules=self.rules, zone=self.plan.zone, ready_at=self.ready_at, end=self.end, over=self.clock.now(), spoken=self.spoken,
            runs=self.ask_journal("SELECT * FROM run"), schedules=self.ask_journal("SELECT * FROM schedule"),
            starts=self.ask_journal("SELECT * FROM start"), history=json.loads(history.stdout) if history.stdout else {},
            reports=[report | {"vanished": not report["listed"]} for report in self.cloud.truth("reports") if report["requested"]],
            instances=self.cloud.truth("instances") + self.old_region.truth("instances"), iam=self.cloud.truth("iam"),
            counts=self.cloud.truth("counts"), log=log,
            errors={error for fault in TABLE if fault.name in self.struck for error in fault.errors},
            said="".join(life.error_path.read_text(encoding="utf-8", errors="replace") for life in self.host.lives))

    def keep(self, directory):
        shutil.copytree(self.directory, directory, dirs_exist_ok=True)
        for part in ("reports", "instances"):
            (directory / f"{part}.json").write_text(json.dumps(self.cloud.truth(part)), encoding="utf-8")
        (directory / "requests.json").write_text(json.dumps(self.cloud.ask("GET", "/requests?last=20000")), encoding="utf-8")

    def close(self):
        for life in self.host.lives:
            if life.process.poll() is None:
                life.process.kill()
                life.process.wait()
        for cloud in (self.cloud, self.old_region):
            cloud.end()


@contextlib.contextmanager
def story(programs, plan):
    """With its files in memory: here a process dies, and not its host."""
    memory = pathlib.Path("/dev/shm")
    with tempfile.TemporaryDirectory(prefix="chaos-", dir=memory if os.access(memory, os.W_OK) else None) as directory:
        told = Story(programs, plan, pathlib.Path(directory))
        try:
            yield told
        finally:
            told.close()

"""What is asked of dbssd: the fleet, the policy, and which reports have to come of it, worked out without its code."""
import dataclasses
import datetime
import fnmatch
import functools
import zoneinfo

UTC = datetime.timezone.utc
MINUTE, DAY = 60, 86400
LEAP_DAY = "0 0 29 2 *"  # when nothing is to come due any more
PASSWORD, KEY = "first-password-of+dbss&ops", ("AccessKeyOfChaos", "SecretKeyOfChaos")
RENEWER = ("token-renewer", "password-of-the-renewer")


@dataclasses.dataclass(frozen=True)
class Rule:
    """A report rule. It is due each `every` minutes of the hour, or once a day at `daily` in the story's zone."""
    name: str
    template: dict
    every: int = 0
    daily: str = ""      # "MINUTE HOUR"
    window: object = "since_previous"
    missed: str = "all"
    deadline: int = DAY
    select: tuple = ("*",)
    local: bool = False  # in the story's zone
    # What comes due of an instance that is always there ends in a report, or was lawfully passed over.
    certain: bool = True
    more: dict = dataclasses.field(default_factory=dict)

    def document(self, zone, retired=False):
        schedule = f"{self.daily} * * *" if self.daily else "* * * * *" if self.every == 1 else f"*/{self.every} * * * *"
        return {"name": self.name, "template": self.template, "schedule": LEAP_DAY if retired else schedule, "window": self.window,
                "missed": self.missed, "time_zone": zone if self.local else "UTC", "deadline": f"{self.deadline}s", "spread": "0s",
                "finish_within": "3m", "select": {"name": list(self.select), "exclude": {"project": [OLD_REGION]}}} | self.more

    def selects(self, instance):
        return OLD_REGION not in instance and any(fnmatch.fnmatchcase(instance, pattern) for pattern in self.select)

    def times(self, begin, end, zone):
        """Scheduled times after `begin` and up to `end`."""
        if self.daily:
            minute, hour = map(int, self.daily.split())
            return [at for at in range(int(begin) // MINUTE * MINUTE, int(end) + 1, MINUTE)
                    if at > begin and (local := local_time(at, zone)).hour == hour and local.minute == minute and local.fold == 0]
        step = self.every * MINUTE
        return list(range(int(begin) // step * step + step, int(end) + 1, step))

    def window_of(self, scheduled, zone):
        if self.window == "since_previous":
            return scheduled - self.every * MINUTE, scheduled
        if self.window == "previous_day":
            today = local_time(scheduled, zone).replace(hour=0, minute=0, fold=0)
            yesterday = (today.replace(tzinfo=None) - datetime.timedelta(days=1)).replace(tzinfo=today.tzinfo)
            return int(yesterday.timestamp()), int(today.timestamp())
        return scheduled - int(self.window["last"][:-1]) * MINUTE, scheduled


@functools.lru_cache(maxsize=1 << 16)
def local_time(at, zone):
    return datetime.datetime.fromtimestamp(at, zoneinfo.ZoneInfo(zone))


@functools.lru_cache(maxsize=1 << 16)
def wire_text(at, zone):
    return local_time(at, zone).strftime("%Y-%m-%d %H:%M:%S")


TEMPLATES = [
    {"id": "chaosTemplateSox00001", "name": "SOX compliance report", "type": "SOX"},
    {"id": "chaosTemplateComp0002", "name": "Comprehensive report", "type": "COMPREHENSIVE"},
    {"id": "chaosTemplatePci00003", "name": "PCI compliance report", "type": "PCI", "listed": False},
    {"id": "chaosTemplateDba00004", "name": "Database analysis", "type": "DB_ANALYSIS"},
    {"id": "chaosTemplateDdl00005", "name": "DDL commands", "type": "SQL_DDL_COMMAND"},
    {"id": "chaosTemplateDml00006", "name": "DML commands", "type": "SQL_DML_COMMAND"},
    {"id": "chaosTemplateDcl00007", "name": "DCL commands", "type": "SQL_DCL_COMMAND"},
    {"id": "chaosTemplateIps00008", "name": "Client addresses", "type": "CLIENT_IP_ANALYSIS"},
    {"id": "chaosTemplateCom00009", "name": "Compliance report", "type": "COMPLIANCE"},
]
DATABASES = [{"id": "chaosDatabaseOrders1", "name": "orders"}, {"id": "chaosDatabaseBills02", "name": "billing"},
             {"id": "chaosDatabaseStaff03", "name": "staff"}]

# What the service makes by itself, and somebody deletes.
OTHERS = [{"type": "AUDIT_REPORT_DAY", "start_time": f"2027-01-{day:02} 16:00:00", "end_time": f"2027-01-{day + 1:02} 16:00:00"}
          for day in range(1, 6)]

# Steady instances are always there and ACTIVE. Stopped ones are stopped, fragile ones make bad reports, the guest's project leaves
# and returns, and one is created on the way. The old region has nothing but the legacy paths, and so no reports.
OLD_REGION = "old-region"
PROJECTS = {"by-password": {"steady": 6, "stopped": 2, "fragile": 1}, "by-keys": {"steady": 5, "stopped": 2, "born": 1},
            "by-token": {"steady": 4, "stopped": 1}, "guest": {"guest": 3}, OLD_REGION: {"stopped": 2}}
CONSTANT = ("steady-*",)


def rules(daily, archive):
    return [
        Rule("each-minute", {"type": "SOX"}, 1, select=("steady-*", "guest-*")),
        Rule("joined", {"name": "Comprehensive report"}, 2, missed="merge", select=("steady-*", "stopped-*", "guest-*", "born-*")),
        Rule("newest", {"id": "chaosTemplatePci00003"}, 3, window={"last": "3m"}, missed="latest", deadline=7200, more={"spread": "50s"}),
        Rule("on-time-or-not", {"type": "DB_ANALYSIS"}, 5, window={"last": "5m"}, missed="skip", deadline=3600,
             more={"when_inactive": "skip"}),
        Rule("archived", {"type": "SQL_DDL_COMMAND"}, 5, select=CONSTANT, more={"archive": {"directory": str(archive)}}),
        Rule("of-databases", {"type": "SQL_DML_COMMAND"}, 6, select=CONSTANT,
             more={"databases": [DATABASES[0]["id"], DATABASES[2]["id"]]}),
        Rule("believed", {"type": "SQL_DCL_COMMAND"}, 4, missed="latest", certain=False, more={"on_unknown": "accept"}),
        Rule("after-summary", {"type": "CLIENT_IP_ANALYSIS"}, 10, window={"last": "10m"}, missed="latest", deadline=10800, certain=False,
             more={"after_summary": "audit"}),
        Rule("in-the-zone", {"type": "COMPLIANCE"}, 15, local=True, select=CONSTANT),
        Rule("of-the-day", {"type": "COMPREHENSIVE"}, daily=daily, window="previous_day", local=True, select=CONSTANT),
    ]


def project_id(project):
    return (project.replace("-", "") * 16)[:32]


def instances_of(project):
    return [f"{kind}-{project}-{number}" for kind, count in PROJECTS[project].items() for number in range(1, count + 1)]


ID = "an-audit-instance-of-the-story-"  # the service's ids are long


def instance_id(instance):
    return ID + instance


def fleet(projects, behaviour):
    def document(name):
        kind = name.split("-")[0]
        more = {"stopped": {"status": "SHUTOFF"}, "born": {"status": "BUILD", "build": {"seconds": 600, "jobs_after": 30, "standby": True}}}
        return {"id": instance_id(name), "resource_id": "the-order-of-an-audit-instance--" + name, "name": name, "templates": TEMPLATES,
                "databases": DATABASES, "reports": OTHERS} | more.get(kind, {})
    return {
        "projects": [{"project_id": project_id(project), "name": "ap-southeast-3_" + project,
                      "instances": [document(name) for name in instances_of(project)]} for project in projects],
        "iam": {"domain": "acme", "users": [{"name": "dbss-ops", "password": PASSWORD}, {"name": RENEWER[0], "password": RENEWER[1]}],
                "access_keys": [{"access": KEY[0], "secret": KEY[1]}], "token_ttl": 900},
        "behaviour": behaviour}


BEHAVIOUR = {"start_seconds": 20, "stop_seconds": 5, "report_seconds": 20, "report_visible_after": 10, "summary_period": 300,
             "latency_ms": 10, "requests_per_connection": 0, "page_drift": False, "max_page": 1000, "max_report_page": 40, "task_switch": "on"}

# What the pages leave open: a service speaks one word of each, and may change those of the first group from one day to the next.
CHANGING = {
    "template_type": ["file", "template", "empty", "absent", "odd"],
    "report_name": ["template", "odd", "empty", "localised"],
    "report_format": ["lower", "upper"],
    "db_ids": ["listed", "absent", "array", "reversed", "names", "all"],
    "percentum": ["any", "number", "string", "percent"],
    "finish_time": ["utc", "instance", "absent"],
    "report_order": ["seed", "newest", "oldest"],
    "total": ["exact", "absent", "page"],
    "list_shape": ["alternate", "servers", "instances", "third", "mixed"],
    "error_shape": ["mixed", "flat", "nested"],
    "result": ["any", "page", "upper", "short"],
    "templates": ["whole", "paged"],
}
LASTING = {"page_base": ["1", "0", "both"], "report_time": ["plain", "plain", "iso", "millis"], "report_drift": ["none", "deleted"],
           "paths": ["current", "both"]}


def words_of(seed):
    """Of each axis the next word: so many seeds in a row as it has words speak them all."""
    return {axis: words[(seed + place) % len(words)] for place, (axis, words) in enumerate((CHANGING | LASTING).items())}

"""Holds config/monitoring to what there is: rules to promtool, and each name of a metric, an event and a field to
docs/metrics.md and docs/events.md, which other tests hold to the program.

usage: monitoring_test.py SOURCE_DIRECTORY
"""
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import yaml

ROOT = pathlib.Path(sys.argv[1])
HERE = ROOT / "config/monitoring"
SKIPPED = 77
failures = []


def expect(holds, what):
    if not holds:
        failures.append(what)


def text_of(name):
    return (ROOT / name).read_text(encoding="utf-8")


def slug(heading):
    return re.sub(r"[^a-z0-9_ -]", "", heading.lower()).replace(" ", "-")


LEVELS = dict(re.findall(r"^## (\S+)\n\nLevel: (\w+)$", text_of("docs/events.md"), re.M))
GROUPS = {event.split(".")[0] for event in LEVELS}
FIELDS = {name for row in re.findall(r"^\| (`.*?) \|", text_of("docs/events.md"), re.M) for name in re.findall(r"`(\w+)`", row)}
KEYS = set(re.findall(r"^\| `([a-z_.]+)`", text_of("docs/policy.md"), re.M))
# Each with its labels.
METRICS = {name: set(labels.replace(" ", "").split(",")) - {""}
           for name, labels in re.findall(r"^\| `(\w+)` \| \w+ \| ([^|]*)\|", text_of("docs/metrics.md"), re.M)}
RULES = yaml.safe_load((HERE / "prometheus-rules.yml").read_text())
TESTS = yaml.safe_load((HERE / "prometheus-rules-test.yml").read_text())
DASHBOARD = json.loads((HERE / "grafana-dashboard.json").read_text())
ALERTS = [rule for group in RULES["groups"] for rule in group["rules"]]
expect(len(LEVELS) > 50 and len(FIELDS) > 10, "docs/events.md is not what this test can read")
expect(len(METRICS) > 20, "docs/metrics.md is not what this test can read")
expect(len(ALERTS) > 20, "prometheus-rules.yml has lost its alerts")


def expressions_of(node):
    """Every PromQL expression of the dashboard, with something in the place of its variables."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "expr":
                yield re.sub(r"\$__\w+", "5m", value).replace("$project", "p").replace("$report", "r")
            else:
                yield from expressions_of(value)
    elif isinstance(node, list):
        for value in node:
            yield from expressions_of(value)


EXPRESSIONS = list(expressions_of(DASHBOARD))
expect(len(EXPRESSIONS) > 20, "grafana-dashboard.json has lost its expressions")


def metrics_exist():
    of_tests = [series["series"] for case in TESTS["tests"] for series in case["input_series"]]
    definitions = [variable.get("definition", "") for variable in DASHBOARD["templating"]["list"]]
    for expression in [alert["expr"] for alert in ALERTS] + EXPRESSIONS + of_tests + definitions:
        for name, matchers in re.findall(r"\b((?:dbssd|process)_\w+)(?:{([^}]*)})?", re.sub(r'=~?"[^"]*"', "=", expression)):
            base = name if name in METRICS else re.sub(r"_(bucket|sum|count)$", "", name)
            expect(base in METRICS, f"no metric {name}: {expression}")
            labels = set(re.findall(r"\w+", matchers)) - {"job", "instance"}
            expect(labels <= METRICS.get(base, labels), f"{name} has no such label: {expression}")
            expect(expression not in of_tests or labels == METRICS.get(base, labels), f"it has others: {expression}")


def events_exist():
    for file in sorted(HERE.iterdir()):
        text = file.read_text(encoding="utf-8")
        for name in re.findall(r"\b(?:%s)\.[a-z]+(?:_[a-z]+)*\b" % "|".join(sorted(GROUPS)), text):
            expect(name in LEVELS or name in KEYS, f"{file.name}: no event {name}")
    for group in re.findall(r'event=~?"([^"]+)"', json.dumps(EXPRESSIONS).replace("\\", "") + str(ALERTS)):
        for name in group.split("|"):
            expect(name in LEVELS, f"no event {name} is counted")


def fields_exist():
    for name in re.findall(r"DBSSD_([A-Z_]+)", text_of("config/monitoring/journal-queries.md")):
        expect(name.lower() in FIELDS | {"event"}, f"journal-queries.md: no field DBSSD_{name}")
    for line in text_of("config/monitoring/journal-queries.md").splitlines():
        if line.startswith("jq "):
            for name in re.findall(r"(?<![\w.\])])\.([a-z_]+)", re.sub(r'"[^"]*"', "", line.replace(" dbssd.log", ""))):
                expect(name in FIELDS | {"ts", "level", "event", "msg"}, f"journal-queries.md: no field {name}")


def alerts_are_whole():
    cases = {case["name"] for case in TESTS["tests"]}
    readme = {slug(title) for title in re.findall(r"^#+ (.*)$", text_of("config/monitoring/README.md"), re.M)}
    anchors = set(re.findall(r'<a id="([^"]+)">', text_of("docs/operations.md")))
    pointed_at = set()
    for alert in ALERTS:
        name = alert["alert"]
        expect(name in cases, f"{name}: no case in which it fires")
        expect("for" in alert and alert["labels"]["severity"] in ("critical", "warning"), f"{name}: for, severity")
        expect(set(alert["annotations"]) == {"summary", "description", "runbook"}, f"{name}: its annotations")
        document, _, anchor = alert["annotations"]["runbook"].partition("#")
        there = {"docs/operations.md": anchors, "config/monitoring/README.md": readme}.get(document, set())
        expect(anchor in there, f"{name}: its runbook {document}#{anchor} is not there")
        pointed_at.add(anchor)
    for event, level in LEVELS.items():
        expect(level != "error" or event.replace(".", "-") in pointed_at, f"no alert on {event}, which is an error")
    quiet = [test for case in TESTS["tests"] if case["name"] == "nothing fires where all is well" for test in case["input_series"]]
    for alert in ALERTS:
        for metric in re.findall(r"\b(?:dbssd|process)_\w+", re.sub(r'"[^"]*"', "", alert["expr"])):
            expect(any(series["series"].startswith(metric + "{") for series in quiet),
                   f"{alert['alert']}: {metric} is not there where all is well")


def vector_fits():
    pipeline = yaml.safe_load((HERE / "vector.yaml").read_text())
    inputs = set(pipeline["sources"]) | set(pipeline["transforms"])
    for name, step in {**pipeline["transforms"], **pipeline["sinks"]}.items():
        for source in step["inputs"]:
            expect(source in inputs, f"vector.yaml: {name} takes from {source}, which is not there")
    listed = re.findall(r'"([a-z]+\.[a-z_]+)"', pipeline["transforms"]["evidence"]["condition"])
    expect(len(listed) > 3 and set(listed) <= set(LEVELS), "vector.yaml: the events of its evidence")
    for name in re.findall(r"{{ (\w+) }}", str(pipeline["sinks"])):
        expect(name in FIELDS | {"event", "level"}, f"vector.yaml: no field {name}")


def promtool(*arguments):
    done = subprocess.run(["promtool", *arguments], cwd=HERE, capture_output=True, text=True, check=False)
    expect(done.returncode == 0, f"promtool {' '.join(map(str, arguments))}: {done.stdout}{done.stderr}")


def prometheus_agrees():
    promtool("check", "rules", "prometheus-rules.yml")
    promtool("test", "rules", "prometheus-rules-test.yml")
    rules = [{"record": f"panel:{number}", "expr": expression} for number, expression in enumerate(EXPRESSIONS)]
    with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
        yaml.safe_dump({"groups": [{"name": "dashboard", "rules": rules}]}, file)
        file.flush()
        promtool("check", "rules", file.name)


metrics_exist()
events_exist()
fields_exist()
alerts_are_whole()
vector_fits()
has_promtool = shutil.which("promtool") is not None
if has_promtool:
    prometheus_agrees()
for failure in failures:
    print("FAILED:", failure)
if failures:
    sys.exit(1)
if not has_promtool:
    print("SKIPPED: no promtool on this host, and so neither the rules nor the dashboard were read by Prometheus")
    sys.exit(SKIPPED)
print(f"{len(ALERTS)} alerts, {len(EXPRESSIONS)} expressions of the dashboard")

"""Holds policy.schema.json against the examples, and against policies that the reader refuses too.

usage: schema_test.py CONFIG_DIRECTORY
"""
import copy
import json
import pathlib
import sys

import jsonschema
import yaml

SPARSE = """
version: 1
projects: [{name: p, region: cn-north-1, auth: {method: ecs_agency}}]
instances: {start: [{name: s}]}
reports: [{name: r, template: {type: SOX}, schedule: "0 6 * * *"}]
"""

# Path, value: put into SPARSE, the policy is still one.
GOOD = [
    ("projects.0.project_id", "5f1c0f4f4b5e4d0f9d2f7f2f8a1b2c3d"),
    ("projects.0.endpoints", {"dbss": "http://localhost:1/", "iam": "https://a.b:65535"}),
    ("projects.0.auth", {"method": "password", "domain": "d", "user": "u", "password": {"env": "P"}}),
    ("projects.0.auth", {"method": "aksk", "access_key": {"env": "A"}, "secret_key": {"file": "/s"}}),
    ("projects.0.auth", {"method": "token", "token": {"credential": "t"}}),
    ("reports.0.window", {"last": "1d12h"}),
    ("reports.0.window", "since_previous"),
    ("reports.0.schedule", "@daily"),
    ("reports.0.schedule", "H(0-30) 5 L * MON#1"),
    ("reports.0.time_zone", "America/Argentina/Buenos_Aires"),
    ("reports.0.time_zone", "Etc/GMT+8"),
    ("reports.0.spread", "0s"),
    ("log", {"format": "journald"}),
    ("log", {"format": "text", "file": "/var/log/d"}),
    ("status", {"listen": "[::1]:9464"}),
    ("summary.busi_types", []),
]

# Each is refused by the reader as well: agreement_test.cpp reads this very table.
BAD = json.loads(pathlib.Path(__file__).with_name("bad_policies.json").read_text(encoding="utf-8"))


def put(policy, path, value):
    """The policy with one value in another's place; the value null takes the key out."""
    policy = copy.deepcopy(policy)
    *parents, last = path.split(".")
    place = policy
    for key in parents:
        place = place[int(key)] if key.isdigit() else place.setdefault(key, {})
    last = int(last) if last.isdigit() else last
    if value is None:
        del place[last]
    else:
        place[last] = value
    return policy


def paths(value, prefix=""):
    """Every key path of a policy, as the reader's known keys are written."""
    if isinstance(value, dict):
        for key, below in value.items():
            path = f"{prefix}.{key}" if prefix else key
            yield path
            yield from paths(below, path)
    elif isinstance(value, list):
        for item in value:
            yield from paths(item, f"{prefix}[]")


def main(directory):
    config = pathlib.Path(directory)
    schema = json.loads((config / "policy.schema.json").read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator
    validator.check_schema(schema)
    validator = validator(schema)
    failures = []

    def check(what, policy, wanted):
        found = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(policy)]
        if wanted and found:
            failures.append(f"{what}: refused: {found}")
        if not wanted and not found:
            failures.append(f"{what}: accepted")

    for name in ("policy.example.yaml", "policy.minimal.yaml", "demo.yaml"):
        check(name, yaml.safe_load((config / name).read_text(encoding="utf-8")), wanted=True)
    example = set(paths(yaml.safe_load((config / "policy.example.yaml").read_text(encoding="utf-8"))))
    for missing in ("instances.start[].select.exclude.id", "projects[].auth.security_token.file"):
        if missing not in example:
            failures.append(f"the example does not show {missing}")

    sparse = yaml.safe_load(SPARSE)
    check("the sparse policy", sparse, wanted=True)
    for path, value in GOOD:
        check(f"{path}: {value}", put(sparse, path, value), wanted=True)
    for path, value in BAD:
        check(f"{path}: {value}", put(sparse, path, value), wanted=False)

    for failure in failures:
        print(failure)
    print(f"{len(GOOD) + len(BAD) + 6 - len(failures)} passed, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

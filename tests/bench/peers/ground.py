"""What every peer is given: the programs, and the job as the simulator knows it."""
import json
import pathlib
import subprocess
from dataclasses import dataclass

import cloud

HERE = pathlib.Path(__file__).parent
PAGE = 1000

ENVIRONMENT = {"DBSS_DOMAIN": cloud.DOMAIN, "DBSS_USER": cloud.USER, "DBSS_PASSWORD": cloud.PASSWORD,
               "HUAWEICLOUD_SDK_AK": cloud.ACCESS_KEY, "HUAWEICLOUD_SDK_SK": cloud.SECRET_KEY}


@dataclass
class Programs:
    dbssd: pathlib.Path
    simulator: pathlib.Path
    curl_multi: pathlib.Path
    sdk: pathlib.Path


def prepared(build, directory):
    """Those of a build, and the peers' own, which are made in `directory`."""
    curl_multi, sdk = directory / "curl_multi", directory / "sdk"
    subprocess.run(["g++", "-std=c++20", "-O2", "-o", curl_multi, HERE / "curl_multi.cpp", "-lcurl"], check=True)
    sdk.mkdir()
    for file in (HERE / "sdk").iterdir():
        if file.is_file():
            (sdk / file.name).write_bytes(file.read_bytes())
    subprocess.run(["npm", "ci", "--silent", "--no-audit", "--no-fund"], cwd=sdk, check=True)
    return Programs(build / "daemon/dbssd", build / "tests/simulator/dbss-sim", curl_multi, sdk)


@dataclass
class Fleet:
    arguments: list  # of the simulator
    instances: dict  # by project: the ids of its instances
    shut_off: set  # the ids that are to be started

    @property
    def projects(self):
        return list(self.instances)


def survey(simulator, instances, projects, shut_off):
    """A fleet is the same in each simulator that is given its arguments."""
    arguments = ["--instances", str(instances), "--projects", str(projects), "--shutoff", str(shut_off)]
    with cloud.fresh(simulator, arguments) as one:
        known = {project: one.instances_of(project) for project in one.projects()}
    return Fleet(arguments, {project: [one["id"] for one in them] for project, them in known.items()},
                 {one["id"] for them in known.values() for one in them if one["status"] == "SHUTOFF"})


def write_policy(path, url, projects, **sections):
    """A policy that asks for nothing but its sections, as fast as a policy may."""
    path.write_text(json.dumps({
        "version": 1,
        "projects": [{"name": f"p{number}", "region": "ap-southeast-3", "project_id": project,
                      "endpoints": {"dbss": url, "iam": url},
                      "auth": {"method": "password", "domain": cloud.DOMAIN, "user": cloud.USER,
                               "password": {"env": "DBSS_PASSWORD"}},
                      "limits": {"requests_per_second": 1000, "in_flight": 16}}
                     for number, project in enumerate(projects)],
        "summary": {"busi_types": []}, "state": {"path": str(path.parent / "state.db")}, **sections}))


def write_calls(path, projects, *steps):
    """The calls of curl_multi: those that bring the tokens, and then the steps."""
    tokens = [(project, "POST", "/v3/auth/tokens?nocatalog=true", cloud.token_body(project)) for project in projects]
    path.write_text("\n\n".join(
        "\n".join("\t".join([project, method, target, json.dumps(body, separators=(",", ":")) if body else ""])
                  for project, method, target, body in step)
        for step in (tokens, *steps) if step) + "\n")


def list_calls(fleet):
    """As dbssd asks: a full page is never the last."""
    return [(project, "GET", f"/v1/{project}/audit/instances?offset={offset}&limit={PAGE}", None)
            for project, ids in fleet.instances.items() for offset in range(0, len(ids) + 1, PAGE)]


def start_calls(fleet):
    return [(project, "POST", f"/v1/{project}/audit/instance/start", {"instance_id": one})
            for project, ids in fleet.instances.items() for one in ids if one in fleet.shut_off]

"""The job: list every instance of every project, and start each that is SHUTOFF."""
import json
import subprocess
from dataclasses import dataclass
from typing import Callable

import cloud
import ground
import trial


@dataclass
class Peer:
    name: str
    version: Callable  # of its programs
    command: Callable  # of its programs, fleet, cloud, directory and the connections that dbssd uses
    less: str  # what it lacks beside dbssd
    is_limit: bool = False  # makes the calls of dbssd, and nothing else


def said(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def dbssd(programs, fleet, url, directory, _):
    policy = directory / "policy.yaml"
    ground.write_policy(policy, url, fleet.projects, instances={"start": [{"name": "all", "max_per_cycle": 100000}]})
    return [programs.dbssd, "run", "--once", "--policy", policy]


def curl_multi(programs, fleet, url, directory, connections):
    calls = directory / "calls"
    ground.write_calls(calls, fleet.projects, ground.list_calls(fleet), ground.start_calls(fleet))
    return [programs.curl_multi, url, str(connections), calls]


def script(*interpreter):
    return lambda programs, fleet, url, directory, connections: [*interpreter, url, *fleet.projects]


def sdk(programs, fleet, url, *_):
    return ["node", programs.sdk / "list_and_start.js", url, *fleet.projects]


def version_of_sdk(programs):
    manifest = programs.sdk / "node_modules/@huaweicloud/huaweicloud-sdk-core/package.json"
    return f"{json.loads(manifest.read_text())['version']}, Node.js {said('node', '--version').lstrip('v')}"


SCRIPT = "no durability, no pace, no second attempt, no look in a later cycle whether it became ACTIVE, no log"
PEERS = [
    Peer("dbssd", lambda programs: said(programs.dbssd, "version").split()[1], dbssd, ""),
    Peer("libcurl multi, calls alone", lambda _: said("pkg-config", "--modversion", "libcurl"), curl_multi,
         "decides nothing: is told every call beforehand, reads nothing of the answers; and all that the scripts lack",
         is_limit=True),
    Peer("Huawei Cloud SDK core", version_of_sdk, sdk, f"{SCRIPT}; signs each call instead of asking for tokens"),
    Peer("requests, 16 threads", lambda _: f"{said('/usr/bin/python3', '-c', 'import requests; print(requests.__version__)')}, {said('/usr/bin/python3', '--version')}",
         script("/usr/bin/python3", ground.HERE / "threads.py"), SCRIPT),
    Peer("curl and jq", lambda _: f"{said('curl', '--version').split()[1]}, {said('jq', '--version')}",
         script("sh", ground.HERE / "crontab.sh"), f"{SCRIPT}; one call at a time"),
]


def check(one, fleet):
    """Each that was SHUTOFF has been started once, and no other."""
    for project, ids in fleet.instances.items():
        wrong = [known["id"] for known in one.instances_of(project)
                 if len(known["starts"]) != (known["id"] in fleet.shut_off) or known["refused_starts"]]
        if wrong:
            raise AssertionError(f"{len(wrong)} of {len(ids)} of {project} were not started as they are to be: {wrong[:3]}")


def run(peer, programs, fleet, directory, connections):
    directory.mkdir(parents=True)
    with cloud.fresh(programs.simulator, fleet.arguments) as one:
        result = trial.run(peer.command(programs, fleet, one.url, directory, connections), one, directory)
        check(one, fleet)
        return result

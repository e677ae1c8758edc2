"""How much the simulator can answer at all, by wrk."""
import json
import os
import re
import subprocess
import urllib.request

import cloud
import ground

CONNECTIONS_PER_CORE = 16


def token_for(url, project):
    request = urllib.request.Request(f"{url}/v3/auth/tokens?nocatalog=true", json.dumps(cloud.token_body(project)).encode(),
                                     {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        return answer.headers["X-Subject-Token"]


def per_second(said):
    failed = re.search(r"Non-2xx.*|Socket errors.*", said)
    if failed:
        raise RuntimeError(f"wrk: {failed.group()}")
    return float(re.search(r"Requests/sec:\s*([\d.]+)", said).group(1))


def run(programs, fleet, seconds):
    """Answered list calls per second, by the entries on the page."""
    cores = len(os.sched_getaffinity(0))
    with cloud.fresh(programs.simulator, fleet.arguments) as one:
        project = fleet.projects[0]
        header = f"X-Auth-Token: {token_for(one.url, project)}"
        return {size: per_second(subprocess.run(
            ["wrk", "-t", str(cores), "-c", str(cores * CONNECTIONS_PER_CORE), "-d", f"{seconds}s", "--timeout", "30s",
             "-H", header, f"{one.url}/v1/{project}/audit/instances?offset=0&limit={size}"],
            check=True, capture_output=True, text=True).stdout) for size in (1, ground.PAGE)}

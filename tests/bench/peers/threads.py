#!/usr/bin/python3
"""Starts what is SHUTOFF, by python3-requests and a pool of threads.

    DBSS_USER=… DBSS_DOMAIN=… DBSS_PASSWORD=… threads.py URL PROJECT…
"""
import os
import sys
from concurrent.futures import ThreadPoolExecutor

import requests
from requests.adapters import HTTPAdapter

WORKERS = 16
PAGE = 1000
TIMEOUT = 30

URL, *PROJECTS = sys.argv[1:]
SESSION = requests.Session()
SESSION.mount("http", HTTPAdapter(pool_maxsize=WORKERS))


def log_in(project):
    user = {"name": os.environ["DBSS_USER"], "password": os.environ["DBSS_PASSWORD"],
            "domain": {"name": os.environ["DBSS_DOMAIN"]}}
    body = {"auth": {"identity": {"methods": ["password"], "password": {"user": user}},
                     "scope": {"project": {"id": project}}}}
    answer = SESSION.post(f"{URL}/v3/auth/tokens?nocatalog=true", json=body, timeout=TIMEOUT)
    answer.raise_for_status()
    return {"X-Auth-Token": answer.headers["X-Subject-Token"]}


def instances(project, headers):
    offset = 0
    while True:
        answer = SESSION.get(f"{URL}/v1/{project}/audit/instances", params={"offset": offset, "limit": PAGE},
                             headers=headers, timeout=TIMEOUT)
        answer.raise_for_status()
        page = answer.json()
        found = page.get("servers") or page.get("instances") or []
        yield from found
        offset += len(found)
        if not found or offset >= page["total"]:
            return


def shut_off(project):
    headers = log_in(project)
    return [(project, headers, instance.get("id") or instance["instance_id"])
            for instance in instances(project, headers) if instance["status"] == "SHUTOFF"]


def start(what):
    project, headers, instance = what
    answer = SESSION.post(f"{URL}/v1/{project}/audit/instance/start", json={"instance_id": instance}, headers=headers,
                          timeout=TIMEOUT)
    answer.raise_for_status()
    return answer.json()["result"].lower() == "success"


with ThreadPoolExecutor(WORKERS) as pool:
    wanted = [what for found in pool.map(shut_off, PROJECTS) for what in found]
    accepted = sum(pool.map(start, wanted))
print(f"{accepted} of {len(wanted)} starts accepted")
sys.exit(accepted != len(wanted))

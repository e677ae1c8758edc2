"""The real daemon before the simulated cloud, both on ports of their own."""
import contextlib
import json
import pathlib
import subprocess
import tempfile
import threading

PROJECT = "5f1c0f4f4b5e4d0f9d2f7f2f8a1b2c3d"
PASSWORD = "the-password-of-dbss-ops"
PATIENCE = 20  # seconds


def told(process, find):
    """What `find` finds in a line that the process writes."""
    deadline = threading.Timer(PATIENCE, process.kill)
    deadline.start()
    try:
        return next(found for line in process.stdout if (found := find(line)) is not None)
    except StopIteration:
        raise AssertionError(f"{process.args[0]} has not said it within {PATIENCE} seconds, or has ended") from None
    finally:
        deadline.cancel()


@contextlib.contextmanager
def running(arguments, **how):
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, **how) as process:
        try:
            yield process
        finally:
            process.terminate()
            process.stdout.read()


def address_in(line):
    event = json.loads(line)
    return event["msg"] if event["event"] == "status.listening" else None


@contextlib.contextmanager
def daemon_with(dbssd, simulator, instances):
    """Yields its process and the address of its page, once it has that."""
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as open_until_the_end:
        directory = pathlib.Path(name)
        fleet, policy = directory / "fleet.json", directory / "policy.yaml"
        fleet.write_text(json.dumps({
            "projects": [{"project_id": PROJECT, "instances": instances}],
            "iam": {"domain": "acme", "users": [{"name": "dbss-ops", "password": PASSWORD}]}}))
        cloud = open_until_the_end.enter_context(running([simulator, "--port", "0", "--fleet", fleet]))
        url = "http://" + told(cloud, lambda line: line.split()[-1] if "listening on" in line else None)
        policy.write_text(json.dumps({
            "version": 1,
            "projects": [{"name": "demo", "region": "ap-southeast-3", "endpoints": {"dbss": url, "iam": url},
                          "auth": {"method": "password", "domain": "acme", "user": "dbss-ops", "password": {"env": "PASSWORD"}}}],
            "instances": {"reconcile_interval": "5s"},
            "reports": [{"name": "hourly-sox", "template": {"type": "SOX"}, "schedule": "0 * * * *", "window": {"last": "1h"}}],
            "state": {"path": str(directory / "state.db")}, "log": {"format": "json"}, "status": {"listen": "127.0.0.1:0"}}))
        daemon = open_until_the_end.enter_context(running([dbssd, "run", "--policy", policy], env={"PASSWORD": PASSWORD}))
        yield daemon, told(daemon, address_in)

"""A simulated cloud that nobody has used before, and what it knows about those who then do."""
import contextlib
import json
import subprocess
import urllib.request
from dataclasses import dataclass

DOMAIN, USER, PASSWORD = "acme", "dbss-ops", "demo-password"
ACCESS_KEY, SECRET_KEY = "AccessKey", "SecretKey"


@dataclass
class Cloud:
    url: str
    pid: int

    def truth(self, of):
        with urllib.request.urlopen(f"{self.url}/_sim/truth/{of}") as answer:
            return json.load(answer)

    def projects(self):
        """Their ids."""
        return list(self.truth("calls")["projects"])

    def instances_of(self, project):
        return self.truth(f"instances?project={project}")

    def calls(self):
        """How often each was made, by name."""
        return {name: call["total"] for name, call in self.truth("calls")["total"].items()}


@contextlib.contextmanager
def fresh(simulator, fleet):
    """The same fleet, with the same ids, each time."""
    with subprocess.Popen([simulator, "--port", "0", *fleet], stdout=subprocess.PIPE, text=True) as process:
        try:
            address = process.stdout.readline().split()
            if not address:
                raise RuntimeError(f"{simulator} does not serve")
            yield Cloud("http://" + address[-1], process.pid)
        finally:
            process.terminate()


def token_body(project):
    return {"auth": {"identity": {"methods": ["password"], "password": {
        "user": {"name": USER, "password": PASSWORD, "domain": {"name": DOMAIN}}}}, "scope": {"project": {"id": project}}}}

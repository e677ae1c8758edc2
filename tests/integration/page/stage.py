"""A browser, and what stands in for the daemon where no real one could be brought to say such things."""
import contextlib
import copy
import http.server
import json
import pathlib
import tempfile
import threading
import time
from datetime import timedelta
from email.utils import format_datetime

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

import fleets

PAGE = pathlib.Path(__file__).parents[3] / "daemon/telemetry/page"
# What the daemon sends with it, and that no text ever becomes markup.
POLICY = ("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; "
          "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'")
TYPES = {".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript", ".json": "application/json"}

# Before any script of the page: counts what the policy refuses, and lets waits pass `haste` times faster.
PRELUDE = """
  const haste = HASTE;
  window.seen = {violations: [], waits: [], limits: [], said: 0};
  addEventListener('securitypolicyviolation', (event) => seen.violations.push(event.violatedDirective));
  const wait = setTimeout, limit = AbortSignal.timeout.bind(AbortSignal);
  window.setTimeout = (call, ms) => (seen.waits.push(ms), wait(call, ms / haste));
  AbortSignal.timeout = (ms) => (seen.limits.push(ms), limit(ms / haste));
"""


class StandIn:
    """Serves the page, and `body` as its status; `clock` is how far its clock is from fleets.NOW."""

    def __init__(self):
        self.reset()
        stand_in = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def date_time_string(self, timestamp=None):
                return format_datetime(fleets.NOW + stand_in.clock, usegmt=True)

            def do_GET(self):
                stand_in.answer(self)

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/"

    def reset(self):
        self.body, self.clock, self.status, self.hold = None, timedelta(0), 200, 0
        self.asked = self.inside = self.most_inside = 0

    def say(self, body):
        """Under a version of its own, by which what is drawn can be told from what was before."""
        self.body = copy.deepcopy(body)
        self.body["version"] = f"of answer {time.monotonic_ns()}"

    def answer(self, request):
        name = request.path.lstrip("/") or "index.html"
        if name == "status.json":
            self.asked += 1
            self.inside += 1
            self.most_inside = max(self.most_inside, self.inside)
            time.sleep(self.hold)
            self.inside -= 1
            if self.status is None:
                return  # ends the connection
            content = self.body if isinstance(self.body, str) else json.dumps(self.body)
            content = content.encode()
        else:
            content = (PAGE / name).read_bytes() if (PAGE / name).is_file() else None
        with contextlib.suppress(OSError):  # the page may have given up
            request.send_response(404 if content is None else self.status if name == "status.json" else 200)
            request.send_header("Content-Type", TYPES.get(pathlib.Path(name).suffix, "text/plain"))
            request.send_header("Content-Security-Policy", POLICY)
            request.end_headers()
            request.wfile.write(content or b"")


class Browser:
    def __init__(self, profile):
        options = webdriver.ChromeOptions()
        for word in ("headless=new no-sandbox disable-dev-shm-usage disable-gpu disable-quic no-first-run disable-background-networking "
                     "disable-component-update disable-sync").split():
            options.add_argument("--" + word)
        options.add_argument("--user-data-dir=" + profile)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
        self.driver.set_script_timeout(10)
        self.haste = self.prelude = self.shape = None
        self.cdp("Emulation.setTimezoneOverride", timezoneId="Europe/Berlin")

    def cdp(self, command, **arguments):
        return self.driver.execute_cdp_cmd(command, arguments)

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def look(self, width=1200, scheme="light"):
        if self.shape == (width, scheme):
            return
        self.shape = (width, scheme)
        self.cdp("Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=width < 600)
        self.cdp("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def open(self, url, haste=1):
        if self.haste != haste:
            if self.prelude:
                self.cdp("Page.removeScriptToEvaluateOnNewDocument", identifier=self.prelude)
            source = "{" + PRELUDE.replace("HASTE", str(haste)) + "}"
            self.haste, self.prelude = haste, self.cdp("Page.addScriptToEvaluateOnNewDocument", source=source)["identifier"]
        self.driver.get(url)

    def frame(self):
        """Waits until what was asked for is drawn."""
        self.driver.execute_async_script("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))")

    def until(self, script, *arguments, limit=8):
        """Waits until the expression is true, and returns it."""
        end = time.monotonic() + limit
        while True:
            value = self.run("return " + script, *arguments)
            if value:
                return value
            if time.monotonic() > end:
                raise AssertionError(f"never true: {script} {arguments}; the page says:\n{self.text('main')[:2000]}")
            time.sleep(0.03)

    def text(self, selector):
        """As it is rendered, blanks folded."""
        return " ".join(self.run("return document.querySelector(arguments[0])?.innerText ?? ''", selector).split())

    def texts(self, selector):
        return [" ".join(text.split()) for text in
                self.run("return [...document.querySelectorAll(arguments[0])].map((e) => e.innerText)", selector)]

    def tree(self):
        """What assistive technology is told: (role, name) of each node, in order."""
        nodes = self.cdp("Accessibility.getFullAXTree")["nodes"]
        return [(node.get("role", {}).get("value", ""), node.get("name", {}).get("value", ""))
                for node in nodes if not node.get("ignored")]

    def log(self):
        return [entry["message"] for entry in self.driver.get_log("browser")]


@contextlib.contextmanager
def browser():
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        one = Browser(profile)
        try:
            yield one
        finally:
            one.driver.quit()

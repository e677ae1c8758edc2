"""The daemon's log, read while it grows. Counting looks for bytes: the benchmark shares its processors with what it measures."""
import datetime
import json
import time


class Tally:
    """Of one event: how many lines there were, and up to where the file was read for it."""

    def __init__(self):
        self.count, self.read, self.rest = 0, 0, b""


class Log:
    def __init__(self, path):
        self.path = path
        self._tallies = {}

    def count(self, event):
        """How many lines of this event there are by now, whenever it is asked for first and whatever else was before."""
        tally = self._tallies.setdefault(event, Tally())
        if self.path.exists():
            with self.path.open("rb") as file:
                file.seek(tally.read)
                text = tally.rest + file.read()
                tally.read = file.tell()
            end = text.rfind(b"\n") + 1
            tally.count += text.count(b'"event":"' + event.encode() + b'"', 0, end)
            tally.rest = text[end:]
        return tally.count

    def wait(self, event, wanted, patience, alive=lambda: True):
        deadline = time.monotonic() + patience
        while (seen := self.count(event)) < wanted:
            if time.monotonic() > deadline or not alive():
                raise AssertionError(f"{seen} of {wanted} {event} within {patience} seconds; log: {self.path}")
            time.sleep(0.1)

    def events(self, *names):
        """The lines of these events, oldest first, each as a dict."""
        wanted = [f'"event":"{name}"'.encode() for name in names]
        with self.path.open("rb") as file:
            for line in file:
                if line.endswith(b"\n") and any(name in line for name in wanted):
                    yield json.loads(line)

    def times(self, name):
        """When each line of this event was written, in seconds since 1970; of calls that were made again, the first one."""
        is_again = lambda event: name == "report.submitted" and event.get("attempt", 1) > 1
        return [instant(event["ts"]) for event in self.events(name) if not is_again(event)]


def instant(text):
    return datetime.datetime.fromisoformat(text).timestamp()

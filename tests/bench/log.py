"""The daemon's log, read while it grows. Counting looks for bytes: the benchmark shares its processors with what it measures."""
import datetime
import json
import time


class Log:
    def __init__(self, path):
        self.path = path
        self._counts, self._read, self._rest = {}, 0, b""

    def count(self, event):
        """How many lines of this event there are by now. Asked from the start for one event, or for the others too late."""
        self._counts.setdefault(event, 0)
        if self.path.exists():
            with self.path.open("rb") as file:
                file.seek(self._read)
                text = self._rest + file.read()
                self._read = file.tell()
            whole, self._rest = text[:text.rfind(b"\n") + 1], text[text.rfind(b"\n") + 1:]
            for name in self._counts:
                self._counts[name] += whole.count(b'"event":"' + name.encode() + b'"')
        return self._counts[event]

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
        """When each line of this event was written, in seconds since 1970."""
        return [instant(event["ts"]) for event in self.events(name)]


def instant(text):
    return datetime.datetime.fromisoformat(text).timestamp()

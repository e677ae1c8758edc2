"""What the tests on a whole host have in common: their arguments, and what becomes of the host."""
import argparse
import contextlib
import sys
import unittest

import machine

SKIPPED = 77


def arguments(usage, *names):
    """Ends the program where this host can boot no machine."""
    parser = argparse.ArgumentParser(usage=usage)
    for name in names:
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("tests", nargs="*")
    found = parser.parse_args()
    if obstacle := machine.obstacle():
        print(f"SKIPPED, and nothing is known about dbssd under systemd: this host can boot no machine: {obstacle}", file=sys.stderr)
        sys.exit(SKIPPED)
    return found, found.tests


@contextlib.contextmanager
def running(host):
    try:
        host.boot()
        yield host
    finally:
        host.destroy()


def tests(names):
    program = unittest.main(argv=[sys.argv[0], *names], verbosity=2, exit=False)
    if not program.result.wasSuccessful():
        sys.exit(1)

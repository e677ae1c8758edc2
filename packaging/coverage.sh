#!/usr/bin/env bash
# coverage.sh: which lines of the daemon its tests have run, room by room, once those of build/asan-ubsan have.
# Fails where that is less than 95 % of a pure room. Leaves a page for each source in build/coverage.
# What a header defines is not counted: a test that uses it runs a copy of its own.
set -euo pipefail
cd "$(dirname "$0")/.."

rm -rf build/coverage
mkdir build/coverage
gcovr --root . --filter 'daemon/.*\.cpp$' --gcov-executable 'llvm-cov-14 gcov' -j "$(nproc)" \
  --json-summary build/coverage/summary.json --html-details build/coverage/index.html build/asan-ubsan/daemon

python3 - build/coverage/summary.json <<'END' | tee build/coverage/rooms.txt
import collections, json, sys

PURE = ("base", "policy", "schedule", "planner")
LEAST = 95.0

rooms = collections.defaultdict(lambda: [0, 0])
for source in json.load(open(sys.argv[1]))["files"]:
    room = source["filename"].split("/")[1]
    rooms[room][0] += source["line_covered"]
    rooms[room][1] += source["line_total"]
few = []
print(f"{'room':<12}{'lines':>7}{'run':>8}")
for room, (run, lines) in sorted(rooms.items()):
    percent = 100.0 * run / lines
    if room in PURE and percent < LEAST:
        few.append(room)
    print(f"{room:<12}{lines:>7}{percent:>6.1f} %" + (f"  of at least {LEAST:.0f} %" if room in PURE else ""))
missing = [room for room in PURE if room not in rooms]
if few or missing:
    sys.exit("too few lines run, or none seen: " + ", ".join(few + missing))
END

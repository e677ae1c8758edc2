#!/usr/bin/env bash
# test.sh: installs what is missing, builds, lints, and runs every test: those of the whole program on what is
# shipped, those of its rooms under the sanitizers, some of them where a char has no sign, and the fuzz targets.
# Ends on the summary of one ctest run over all of these builds, and on what of each room it has run.
# `--long [MINUTES]` runs what takes longer as well: tests that have the label `long`; new stories of tests/fault/chaos
# for two hours, or so many minutes, and their figures; and random kills ten times over.
set -euo pipefail
cd "$(dirname "$0")/.."

long=
if [ "${1-}" = --long ]; then
  long=${2:-120}
  shift $(($# > 1 ? 2 : 1))
fi
if [ $# -gt 0 ] || [[ "$long" = *[!0-9]* ]]; then
  echo "usage: packaging/test.sh [--long [MINUTES]]" >&2
  exit 2
fi

# part NAME COMMAND…: and how long that took.
part() {
  local TIMEFORMAT="== $1: %0R s, %0U + %0S s of a processor"
  shift
  time "$@"
}
part install packaging/install-build-deps.sh --with-checks

# Where the kernel spreads mappings far, ThreadSanitizer 12 finds its own memory taken.
steady=()
if setarch -R true 2>/dev/null; then steady=(setarch -R); fi
jobs=$(nproc)

build() {
  cmake --preset "$1" --log-level=WARNING
  "${steady[@]}" cmake --build --preset "$1" -j "$jobs" -- --quiet
}
for preset in release asan-ubsan unsigned-char tsan fuzz; do
  part "$preset" build "$preset"
done
part lint packaging/lint.sh

# One list of tests out of those of every build.
echo 'subdirs(release asan-ubsan unsigned-char tsan fuzz)' >build/CTestTestfile.cmake
find build/asan-ubsan -name '*.gcda' -delete
status=0
# Many tests wait more than they work.
if [ -n "$long" ]; then which=(); else which=(-LE '^long$'); fi
part tests "${steady[@]}" ctest --test-dir build -j "$((2 * jobs))" --output-on-failure "${which[@]}" || status=$?
part coverage packaging/coverage.sh || status=$((status ? status : 1))
if [ -n "$long" ]; then
  part chaos tests/fault/chaos/chaos.py --for "$long" --keep build/chaos || status=$((status ? status : 1))
  part kills build/release/tests/fault/process/process_fault_test --gtest_filter='RandomKills.*' --gtest_repeat=10 --gtest_brief=1 ||
    status=$((status ? status : 1))
fi
exit "$status"

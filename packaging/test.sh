#!/usr/bin/env bash
# test.sh: installs what is missing, builds, lints, and runs every test: those of the whole program on what is
# shipped, those of its rooms under the sanitizers, and the fuzz targets.
# Ends on the summary of one ctest run over all of these builds.
set -euo pipefail
cd "$(dirname "$0")/.."

packaging/install-build-deps.sh --with-checks

# Where the kernel spreads mappings far, ThreadSanitizer 12 finds its own memory taken.
steady=()
if setarch -R true 2>/dev/null; then steady=(setarch -R); fi
jobs=$(nproc)

for preset in release asan-ubsan tsan fuzz; do
  started=$SECONDS
  cmake --preset "$preset" --log-level=WARNING
  "${steady[@]}" cmake --build --preset "$preset" -j "$jobs" -- --quiet
  echo "built $preset in $((SECONDS - started)) s"
done

packaging/lint.sh

# One list of tests out of those of every build.
echo 'subdirs(release asan-ubsan tsan fuzz)' >build/CTestTestfile.cmake
# Many tests wait more than they work.
exec "${steady[@]}" ctest --test-dir build -j "$((2 * jobs))" --output-on-failure

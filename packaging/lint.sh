#!/usr/bin/env bash
# lint.sh: holds what is tracked to .clang-format, and the daemon and its simulator to .clang-tidy.
# Needs `install-build-deps.sh --with-checks`.
set -euo pipefail
cd "$(dirname "$0")/.."

started=$SECONDS
# By the flags of clang, and in the pieces of several sources that include most headers once.
cmake --preset fuzz -B build/lint -DDBSSD_TESTS=ON --log-level=WARNING
cmake --build build/lint --target page  # the one source that is made
packaging/files.sh | grep -zE '\.(cpp|h)$' | xargs -0 clang-format-14 --dry-run --Werror
# What a file includes is checked with it, and said once for each that does.
if ! run-clang-tidy-14 -quiet -j "$(nproc)" -p build/lint -checks=-bugprone-suspicious-include '/(daemon|tests/simulator)/' >build/clang-tidy.log 2>&1; then
  grep -vE '^(clang-tidy-14 |[0-9]+ warnings? generated|Suppressed |Use -header-filter)' build/clang-tidy.log >&2
  exit 1
fi
echo "linted in $((SECONDS - started)) s"

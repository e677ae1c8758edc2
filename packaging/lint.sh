#!/usr/bin/env bash
# lint.sh: holds the sources to .clang-format, the daemon and its simulator to .clang-tidy and cppcheck, and the
# scripts to shellcheck. Needs `install-build-deps.sh --with-checks`.
set -euo pipefail
cd "$(dirname "$0")/.."

jobs=$(nproc)
failed=0
note() {
  echo "$1 FAILED" >&2
  failed=1
}

packaging/files.sh | grep -zE '\.(cpp|h)$' | xargs -0 clang-format-14 --dry-run --Werror || note clang-format
# SC2317: it does not see what a trap calls.
packaging/files.sh | grep -zE '\.sh$|^\.ci/run$' | xargs -0 shellcheck -e SC2317 || note shellcheck
packaging/files.sh | grep -zE '\.py$' | xargs -0 python3 -c 'import ast, sys
for name in sys.argv[1:]: ast.parse(open(name).read(), name)' || note python
cppcheck -j "$jobs" --quiet --std=c++20 --enable=warning,performance,portability --inline-suppr \
  --suppressions-list=packaging/cppcheck.suppressions --error-exitcode=1 -I daemon -I tests daemon tests/simulator ||
  note cppcheck

# By the flags of clang, and in the pieces of several sources that include most headers once.
cmake --preset fuzz -B build/lint -DDBSSD_TESTS=ON --log-level=WARNING
cmake --build build/lint --target page  # the one source that is made
# What a file includes is checked with it, and said once for each that does.
if ! run-clang-tidy-14 -quiet -j "$jobs" -p build/lint -checks=-bugprone-suspicious-include '/(daemon|tests/simulator)/' >build/clang-tidy.log 2>&1; then
  grep -vE '^(clang-tidy-14 |[0-9]+ warnings? generated|Suppressed |Use -header-filter)' build/clang-tidy.log >&2
  note clang-tidy
fi

exit "$failed"

#!/bin/sh
# Measures everything and writes the figures into docs/performance.md; the better part of an hour.
# Needs `cmake --build --preset release` and `packaging/install-build-deps.sh --with-benchmarks`.
exec "$(dirname "$0")/fleet.py" all "$@"

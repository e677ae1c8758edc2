#!/bin/sh
# Measures everything and writes the figures into docs/performance.md; some fifteen minutes. Needs `cmake --build --preset release`.
exec "$(dirname "$0")/fleet.py" all "$@"

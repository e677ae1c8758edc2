#!/bin/sh
# files.sh: names the files of the project, each ended by a NUL: those that git tracks; in an unpacked tarball, where
# there is no git, all but what was made there.
set -eu
cd "$(dirname "$0")/.."

if [ -e .git ]; then
  exec git ls-files -z
else
  exec find . -path ./build -prune -o -path ./debian -prune -o -type f -printf '%P\0'
fi

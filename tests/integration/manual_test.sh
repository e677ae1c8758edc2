#!/usr/bin/env bash
# manual_test.sh DBSSD PAGES: holds dbssd(8) to the program's help, and the pages to what sets them.
set -euo pipefail
dbssd=$1
pages=$2

fail() {
  echo "FAILED: $*"
  exit 1
}

rendered() {
  groff -K utf8 -man -T utf8 -rLL=80n -P -c "$1" | sed 's/.\x08//g'
}

for page in "$pages"/*.[578]; do
  complaints=$(groff -K utf8 -man -T utf8 -rLL=80n -ww -z "$page" 2>&1)
  [ -z "$complaints" ] || fail "$page: $complaints"
  rendered "$page" | sed -n 3,5p | grep -q -E '^NAME|^ {7}dbssd' || fail "$page does not begin with its name"
  ! rendered "$page" | grep -n -E '\]\(|\*\*|^ *\|' || fail "$page: Markdown is left in it"
done

manual=$(rendered "$pages/dbssd.8")
# The options that the manual explains under a heading.
explained() {
  sed -n "/^ *$1\$/,/^ *[A-Za-z][a-z ]*\$/{/^ \{3,12\}-/p}" <<<"$manual" | grep -o -e '--[a-z-]*' | sort -u
}
shared=$'--help\n--output\n--policy'
sed -n '/^COMMANDS/,/^ *dbssd run$/p' <<<"$manual" | grep -o -E '^ +(-h, )?--[a-z]+' | sed 's/.*--/--/' | sort | diff - <(echo "$shared") ||
  fail "the shared options are others"

for command in $("$dbssd" --help | sed -n '/^Subcommands:/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
  own=$("$dbssd" "$command" --help | sed '/^Examples:/,$d' | grep -o -E '^ +(-h,)?--[a-z-]+' | sed 's/.*--/--/' |
    grep -v -x -F -e "$shared" | sort || true)
  diff <(explained "dbssd $command") <(echo -n "${own:+$own$'\n'}") || fail "the manual (<) and the help (>) of $command differ"
done
echo passed

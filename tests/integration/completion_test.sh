#!/usr/bin/env bash
# completion_test.sh DBSSD COMPLETIONS: holds what shells complete to what the program's help names.
set -euo pipefail
dbssd=$1
completions=$2

fail() {
  echo "FAILED: $*"
  exit 1
}

# What bash offers after the words given, the last of which is being typed.
offered() {
  bash --norc -c '
    source "$1"
    shift
    COMP_WORDS=("$@")
    COMP_CWORD=$(($# - 1))
    _dbssd
    printf "%s\n" "${COMPREPLY[@]}"' - "$completions/dbssd.bash" "$@" 2>/dev/null | sort
}

commands=$("$dbssd" --help | sed -n '/^Subcommands:/,/^$/s/^  \([a-z]*\) .*/\1/p' | sort)
[ -n "$commands" ] || fail "the help names no commands"
[ "$(offered dbssd '' | grep -v '^-')" = "$commands" ] || fail "bash offers other commands than: $commands"

for command in $commands; do
  options=$("$dbssd" "$command" --help | sed '/^Examples:/,$d' | grep -o -E '^ +(-h,)?--[a-z-]+' | sed 's/.*--/--/' | sort)
  [ "$(offered dbssd "$command" --)" = "$options" ] ||
    fail "bash offers for $command: $(offered dbssd "$command" -- | tr '\n' ' '), and its help: $options"
  for option in $options; do
    grep -q -e "'.*$option\\[" -e "{-h,$option}" "$completions/dbssd.zsh" || fail "zsh does not know $option of $command"
  done
  grep -q -E "^    '?${command}[:)]|^    [a-z| ]*\b${command}\b.*\)" "$completions/dbssd.zsh" || fail "zsh does not know $command"
done

[ "$(offered dbssd next --output '' | tr '\n' ' ')" = 'json text utc ' ] || fail "forms of next"
[ "$(offered dbssd plan --output j)" = json ] || fail "forms of plan"
[ "$(offered dbssd next --time-zone Europe/Berl)" = Europe/Berlin ] || fail "zones"
[ "$(offered dbssd run --policy /etc/passw | head -1)" = /etc/passwd ] || fail "files"
[ -z "$(offered dbssd trigger --report '')" ] || fail "names are the policy's to know"
if command -v zsh >/dev/null; then
  zsh -n "$completions/dbssd.zsh" || fail "zsh cannot read its completion"
fi
echo passed

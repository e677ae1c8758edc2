#!/usr/bin/env bash
# bare.sh [COMMAND…]: what a newcomer does, in a Debian 12 with git and nothing more: clones HEAD, runs
# packaging/demo.sh, then packaging/test.sh. With COMMAND, that in the clone instead.
# The status is that of the first which fails; 77 where no such root can be made here: that takes root, namespaces and
# the network. What it made is gone afterwards, also after Ctrl-C, but for build/coverage.
set -euo pipefail
cd "$(dirname "$0")/.."

cannot() {
  echo "$0: no bare root here: $1" >&2
  exit 77
}
[ "$(id -u)" = 0 ] || cannot "needs root"
apart=(unshare --mount --propagation private --pid --fork --kill-child --uts --ipc)
"${apart[@]}" sh -c 'mount -t proc proc /proc && mount -t tmpfs none /mnt' || cannot "no namespaces, or no mounts in them"
command -v mmdebstrap >/dev/null ||
  { apt-get update -qq && apt-get install -y -qq --no-install-recommends mmdebstrap; } >/dev/null ||
  cannot "no mmdebstrap"

started=$SECONDS
root=$(mktemp -d /var/tmp/dbssd-bare.XXXXXX)
inside=
# The first process of the namespace takes all others with it, and they take the mounts.
leave() {
  trap '' INT TERM HUP
  [ -z "$inside" ] || { kill -KILL "$(<"/proc/$inside/task/$inside/children")"; wait "$inside"; } 2>/dev/null || true
  rm -rf --one-file-system "$root"
}
trap leave EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# What is thrown away need not reach the disk.
mmdebstrap --quiet --mode=root --variant=minbase --include=git,ca-certificates --dpkgopt=force-unsafe-io \
  bookworm "$root" </dev/null || cannot "mmdebstrap failed"
[ -z "${http_proxy-}" ] || echo "Acquire::http::Proxy \"$http_proxy\";" >"$root/etc/apt/apt.conf.d/proxy"
echo "bare root in $((SECONDS - started)) s"
# The checkout may be another user's.
printf '[safe]\n\tdirectory = *\n' >"$root/tmp/gitconfig"
GIT_CONFIG_GLOBAL=$root/tmp/gitconfig git clone --quiet --no-hardlinks . "$root/root/dbssd"
rm "$root/tmp/gitconfig"

# shellcheck disable=SC2016  # is expanded inside
enter='
  set -e
  mount --rbind "$1" "$1"
  cd "$1"
  mount -t proc proc proc
  mount --rbind /sys sys
  mount -t tmpfs -o mode=755 dev dev
  for device in null zero full random urandom tty; do
    touch dev/$device
    mount --bind /dev/$device dev/$device
  done
  mkdir dev/pts dev/shm
  mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts dev/pts
  mount -t tmpfs -o mode=1777 shm dev/shm
  ln -s pts/ptmx dev/ptmx
  ln -s /proc/self/fd dev/fd
  ln -s fd/0 dev/stdin
  ln -s fd/1 dev/stdout
  ln -s fd/2 dev/stderr
  mount -t tmpfs -o mode=755 run run
  pivot_root . mnt
  umount -l /mnt
  hostname bare
  cd /root/dbssd
  shift
  "$@"'
[ $# -gt 0 ] || set -- sh -c 'packaging/demo.sh --seconds 20 && packaging/test.sh'

# A job of its own, so that it is waited for and a signal is not.
set -m
env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin TERM="${TERM-dumb}" \
  "${apart[@]}" sh -c "$enter" enter "$root" "$@" </dev/null &
inside=$!
status=0
wait "$inside" || status=$?
inside=
if [ -d "$root/root/dbssd/build/coverage" ]; then
  rm -rf build/coverage
  mkdir -p build
  cp -r "$root/root/dbssd/build/coverage" build/
fi
exit "$status"

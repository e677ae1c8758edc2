#!/bin/sh
# install-build-deps.sh [--with-checks] [--with-benchmarks]: installs what building, testing and showing dbssd needs on
# Debian 12, and what it is checked and compared with.
# Runs as root or with sudo; asks for neither where everything is there already.
set -eu

build_needs() {
  cat <<'END'
g++                   compiler
cmake                 build description
go-md2man             manual pages
ninja-build           build
pkg-config            finds libsystemd
libcpprest-dev        HTTP client
libssl-dev            TLS, request signatures
libyaml-cpp-dev       policy reader
libsimdjson-dev       what the cloud answers
nlohmann-json3-dev    what dbssd writes
libsqlite3-dev        journal
libspdlog-dev         log files and streams
libfmt-dev            formatting, as spdlog was built with it
libsystemd-dev        readiness, watchdog, journald
libmicrohttpd-dev     status endpoint
prometheus-cpp-dev    metrics: counters and the text format
libcli11-dev          command line
libexpected-dev       errors as values
libboost-dev          simulator: Beast and Asio
libgtest-dev          tests
libgmock-dev          tests: matchers
libcctz-dev           tests: another reader of time zones
libbenchmark-dev      measurements
tzdata                time zones
END
}

check_needs() {
  cat <<'END'
build-essential       packages: what Debian takes for granted
chromium              tests: the status page
chromium-driver       tests: the status page
clang-14              what is sanitized by it, and fuzz targets
clang-format-14       layout
clang-tidy-14         lint
cppcheck              lint
debhelper             packages: the .deb
gcovr                 which lines the tests run
groff-base            tests: how manual pages are set
jq                    tests: the queries that are shipped
libclang-rt-14-dev    fuzz targets: libFuzzer and the sanitizers
libnss-myhostname     tests: localhost, where no hosts file names it
lintian               tests: the .deb
llvm-14               which lines the tests run; names in what sanitizers say
logrotate             tests: the log file is rotated
mmdebstrap            tests: machines of their own
prometheus            tests: promtool reads the alerts and the metrics; the server need not run
python3               policy schema, held against the policies
python3-jsonschema    policy schema
python3-keystone      tests: an authority that others have written; without its service
python3-selenium      tests: the status page
python3-yaml          policy schema
rpm                   packages: the .rpm
rpmlint               tests: the .rpm
shellcheck            lint, and tests: the scripts of the packages
systemd-container     tests: machines of their own
xz-utils              packages: the source tarball
END
}

benchmark_needs() {
  cat <<'END'
curl                  a peer: the crontab's script
jq                    a peer: the crontab's script
libcurl4-openssl-dev  the limit: the calls alone
nodejs                peers: the cloud's SDK, croner
python3               what measures
python3-croniter      a peer of next()
python3-requests      a peer
wrk                   the simulator's ceiling
END
  # Node.js of other sources brings its own, and conflicts with Debian's.
  command -v npm >/dev/null || echo 'npm  installs what node runs'
}

names() {
  cut -d ' ' -f 1
}

needs=$(build_needs | names)
for wanted; do
  case "$wanted" in
    --with-checks) needs="$needs $(check_needs | names)" ;;
    --with-benchmarks) needs="$needs $(benchmark_needs | names)" ;;
    *)
      sed -n '2,4s/^# //p' "$0" >&2
      exit 2
      ;;
  esac
done

missing=
for package in $needs; do
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
    missing="$missing $package"
done
[ -n "$missing" ] || exit 0
echo "installing:$missing"

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    echo "$0: needs root or sudo for: $*" >&2
    exit 1
  fi
}

# No service is wanted of them: without a policy of the host's own, none is started meanwhile.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'as_root rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
  as_root chmod 755 "$policy"
fi
as_root apt-get update -qq
# shellcheck disable=SC2086  # a list of names
as_root env DEBIAN_FRONTEND=noninteractive \
  apt-get install -y -qq --no-install-recommends -o Dpkg::Use-Pty=0 $missing >/dev/null

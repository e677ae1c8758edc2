#!/usr/bin/env bash
# demo.sh [--seconds N]: dbssd against a simulated cloud on this machine, until Ctrl-C or for N seconds.
# Installs what is missing and builds first. Leaves nothing behind but build/.
set -euo pipefail
cd "$(dirname "$0")/.."

usage() {
  echo "usage: $0 [--seconds N]" >&2
  exit 2
}
seconds=
while [ $# -gt 0 ]; do
  case $1 in
    --seconds)
      [[ ${2-} =~ ^[1-9][0-9]*$ ]] || usage
      seconds=$2
      shift 2
      ;;
    *) usage ;;
  esac
done

packaging/install-build-deps.sh
cmake --preset release --log-level=WARNING
cmake --build build/release -j "$(nproc)" --target dbssd dbss-sim

scratch=$(mktemp -d)
simulator=
leave() {
  [ -z "$simulator" ] || { kill "$simulator" && wait "$simulator"; } 2>/dev/null || true
  rm -rf "$scratch"
}
trap leave EXIT
# Ctrl-C is for dbssd, which stops in order; then this script does.
trap : INT TERM

# In a session of its own, so that Ctrl-C does not take the cloud away from under dbssd's feet.
setsid build/release/tests/simulator/dbss-sim --port 0 --port-file "$scratch/port" \
  --fleet tests/simulator/demo-fleet.json >"$scratch/simulator.log" 2>&1 &
simulator=$!
for _ in {1..100}; do
  [ ! -s "$scratch/port" ] || break
  kill -0 "$simulator" 2>/dev/null || { cat "$scratch/simulator.log" >&2; exit 1; }
  sleep 0.05
done
port=$(<"$scratch/port")
sed -e "s/18765/$port/g" -e "s,/tmp/dbssd-demo,$scratch,g" config/demo.yaml >"$scratch/policy.yaml"

cat <<END

The simulated cloud is at http://127.0.0.1:$port. Its control interface shows and changes what it is:
  curl -s http://127.0.0.1:$port/_sim/truth/counts
  curl -s http://127.0.0.1:$port/_sim/instances/prod-orders-01 -d '{"status": "SHUTOFF"}'
To come: two SHUTOFF instances are started, and a third that something keeps stopping; of two orders one
fails and one succeeds; the summary task; and at each full minute a report from trigger to finished.
${seconds:+Ends after $seconds seconds. }Ctrl-C ends it.

END
export DBSSD_DEMO_PASSWORD=demo-password
run=(build/release/daemon/dbssd run --policy "$scratch/policy.yaml")
[ -z "$seconds" ] || run=(timeout --foreground --preserve-status "$seconds" "${run[@]}")
status=0
"${run[@]}" || status=$?
exit "$status"

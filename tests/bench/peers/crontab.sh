#!/bin/sh
# crontab.sh URL PROJECT...: starts what is SHUTOFF, as a line of a crontab does it with curl and jq.
# Takes DBSS_USER, DBSS_DOMAIN and DBSS_PASSWORD from the environment.
set -eu

url=$1
shift
page=$(mktemp)
trap 'rm -f "$page"' EXIT

log_in() {
  jq -n --arg user "$DBSS_USER" --arg domain "$DBSS_DOMAIN" --arg password "$DBSS_PASSWORD" --arg project "$1" \
    '{auth: {identity: {methods: ["password"], password: {user: {name: $user, password: $password, domain: {name: $domain}}}},
             scope: {project: {id: $project}}}}' |
    curl -sSf -o /dev/null -D - -H 'Content-Type: application/json' --data @- "$url/v3/auth/tokens?nocatalog=true" |
    tr -d '\r' | sed -n 's/^X-Subject-Token: //ip'
}

for project; do
  token=$(log_in "$project")
  offset=0
  while :; do
    curl -sSf -o "$page" -H "X-Auth-Token: $token" "$url/v1/$project/audit/instances?offset=$offset&limit=1000"
    for id in $(jq -r '(.servers // .instances)[] | select(.status == "SHUTOFF") | .id // .instance_id' "$page"); do
      curl -sSf -o /dev/null -H "X-Auth-Token: $token" -H 'Content-Type: application/json' \
        --data "{\"instance_id\":\"$id\"}" "$url/v1/$project/audit/instance/start"
    done
    offset=$((offset + $(jq '(.servers // .instances) | length' "$page")))
    [ "$offset" -lt "$(jq .total "$page")" ] || break
  done
done

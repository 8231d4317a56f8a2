#!/bin/bash
# The calls that nf-float makes, with its rules of reading: the login on every call, both streams as one, JSON for states.
# $1 address, $2 user, $3 password
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
fail() { echo "$*" >&2; exit 1; }
call() { HOME=$PWD float -a "$1" -u "$2" -p "$3" "${@:4}" 2>&1; }
fl() { call "$address" "$user" "$password" "$@"; }
address=$1 user=$2 password=$3

printf '#!/bin/bash\necho task; exit %s\n' 0 > .command.run
out=$(fl submit --image python:latest --cpu 1 --mem 1 --job .command.run --customTag nf-job-id:abc-1 --customTag nextflow-io-run:r_1 -f)
id=$(sed -n 's/^id: //p' <<< "$out")
[ "$(grep -c '^ *id: ' <<< "$out")" -eq 1 ] || fail "$out"
grep -q 'nf-job-id: abc-1' <<< "$out" || fail 'tag'

state() { fl list --format json | python3 -c 'import json,sys; print([j["status"] for j in json.load(sys.stdin) if j["id"] == sys.argv[1]][0])' "$id"; }
until [ "$(state)" = Completed ]; do
  case $(state) in FailTo*) fail "it is $(state)" ;; esac
  sleep 0.5
done
fl show -j "$id" --format json | python3 -c '
import json, sys
job = json.load(sys.stdin)
assert job["rc"] == "0", job["rc"]
assert job["customTags"]["nf-job-id"] == "abc-1", job["customTags"]
assert isinstance(job["id"], str) and job["status"] == "Completed"'
[ "$(fl log -j "$id" cat stdout.autosave)" = task ] || fail 'its output'
fl cancel -j "$id" -f > /dev/null || fail 'cancelling what has ended'
echo passed

#!/bin/bash
# Written as people write scripts around float: text, grep and awk. Ends with 0 when all was as they expect.
# $1 address, $2 user, $3 password
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
fail() { echo "$*" >&2; exit 1; }

[ "$(float login --address "$1" --username "$2" --password "$3")" = 'Login Succeeded!' ] || fail login
float login --info | grep -qx "address: $1" || fail 'the address is not as typed'
float login --info | grep -q '^role: admin$' || fail role
float status | grep -q 'License Status: valid' || fail license

printf '#!/bin/bash\npython3 -m http.server 8888 >/dev/null 2>&1 &\necho begun\nwhile [ ! -e /tmp/stop ]; do sleep 0.2; done\n' > job.sh
out=$(float sbatch -i python -j job.sh -c 1 -m 1 --publish 8888:8888 --customTag step:7 --customTag 'run id:2026-11-23' 2>&1 < <(yes))
rm job.sh
[ "$(grep -c 'id: ' <<< "$out")" -eq 2 ] || fail "id: $out" # the job's, and the tag that ends in it, after all else
id=$(grep 'id: ' <<< "$out" | head -1 | awk '{print $2}')
[[ $id =~ ^[a-z0-9]{21}$ ]] || fail "id $id"

status() { float show -j "$id" 2>&1 | grep 'status: ' | head -1 | awk '{print $2}'; }
until [ "$(status)" = Executing ]; do
  case $(status) in FailTo* | Cancel*) fail "it is $(status)" ;; esac
  sleep 0.5
done
float squeue list | grep "$id" | grep -q Executing || fail squeue
float list -f "user=$2" -f 'status=Executing or status=Starting' | grep -q "$id" || fail filter
float show -j "$id" | grep -q '^    step: 7$' || fail 'the tag is quoted'
float show -j "$id" | grep -q '^    run id: 2026-11-23$' || fail 'the date is quoted'
host=$(float show -j "$id" | grep -A 1 'portMappings:' | tail -1 | awk '{print $4}')
address=$(float show -j "$id" | grep public | head -1 | cut -d: -f2 | tr -d ' ')
[ "${host%%:*}" = "$address" ] || fail "$host is not at $address"
until curl -sf "http://$host/" > /dev/null; do sleep 0.5; done
float log cat -j "$id" stdout.autosave | grep -qx begun || fail log
float log -j "$id" cat stdout.autosave | grep -qx begun || fail 'log, flag first'
float log cat -j "$id" not-there 2> /dev/null && fail 'a log that is not there'
! float show -j "$id" | grep -q 'rc:' || fail 'rc while it runs'

[ "$(float suspend -f -j "$id")" = 'Suspend request has been submitted' ] || fail suspend
until [ "$(status)" = Suspended ]; do sleep 0.5; done
float resume -j "$id" > /dev/null
until [ "$(status)" = Executing ]; do sleep 0.5; done
float scancel -j "$id" -f > /dev/null
case $(status) in Cancelling | Cancelled) ;; *) fail "after cancel it is $(status)" ;; esac
float cancel --force --job "$id" > /dev/null || fail 'cancelling what is cancelled'

float show -j no-such-job 2> error && fail 'a job that is not there'
grep -q '^Error: .*Resource not found.* (code: 1002)$' error || fail "$(cat error)"
float submit -i python -j abc.sh 2> error && fail 'a script that is not there'
grep -qx 'Error: open abc.sh: no such file or directory' error || fail "$(cat error)"
float submit -i python --cpu 3:3 --mem 1:1 -f 2> error && fail 'a size that no type has'
float list --noSuchFlag 2> /dev/null && fail 'an unknown flag'
float logout > /dev/null
float login --info 2> /dev/null && fail 'a session after logout'
echo passed

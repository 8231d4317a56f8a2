#!/bin/sh
# start: the one OpCenter of the emulated machine, and a login at it: its start costs minutes there. stop: ends it and its
# local cloud. OPCENTER_DATA is its data directory.
set -eu
cd "$(dirname "$0")/../.."
export OPCENTER_ADMIN_PASSWORD=in-an-emulated-machine
address=127.0.0.1:8443

case $1 in
  start)
    bin/opencenter start --data-dir "$OPCENTER_DATA" --listen "$address" --detach
    bin/float login -a "$address" -u admin -p "$OPCENTER_ADMIN_PASSWORD"
    ;;
  stop) bin/opencenter stop --data-dir "$OPCENTER_DATA" ;;
esac

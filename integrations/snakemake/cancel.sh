#!/bin/sh
# Cancels the jobs with these ids; Snakemake waits two seconds for all of them, so they are asked for side by side. The sidecar,
# which is told that the workflow was broken off, cancels those that Snakemake does not know.
[ -z "${SNAKEMAKE_CLUSTER_SIDECAR_VARS:-}" ] || kill -USR1 "${SNAKEMAKE_CLUSTER_SIDECAR_VARS#*:}"
for job in "$@"; do
  float cancel --force --job "$job" > /dev/null &
done
wait

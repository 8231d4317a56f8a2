#!/bin/sh
# Cancels the jobs with these ids; Snakemake waits two seconds for all of them, so they are asked for side by side.
for job in "$@"; do
  float cancel --force --job "$job" > /dev/null &
done
wait

#!/usr/bin/env python3
"""Prints what Snakemake wants to know of the job with this id: running, success or failed."""

import json
import subprocess
import sys

ENDED_BADLY = {
    "FailToComplete",
    "FailToExecute",
    "Cancelling",
    "Cancelled",
    "CheckpointFailed",
    "Timedout",
    "NoAvailableHost",
}
# What `float` ends with while no OpCenter answers. The job goes on, and so does the workflow.
UNREACHABLE = 3
NO_SUCH_JOB = "(code: 1002)"


def progress(job, status):
    if status == "Completed":
        return "success"
    if status not in ENDED_BADLY:
        return "running"
    print(f"job {job} is {status}; why: float events -j {job}, float log cat -j {job} stderr.autosave", file=sys.stderr)
    return "failed"


def main(job):
    shown = subprocess.run(["float", "show", "--job", job, "--format", "json"], capture_output=True, text=True)
    if shown.returncode == 0:
        return progress(job, json.loads(shown.stdout)["status"])
    print(shown.stderr, end="", file=sys.stderr)
    if shown.returncode == UNREACHABLE:
        return "running"
    if NO_SUCH_JOB in shown.stderr:
        return "failed"
    # Not logged in any more, say: Snakemake stops and says so, the jobs go on, and it finds them at its next start.
    raise SystemExit(shown.returncode)


if __name__ == "__main__":
    print(main(sys.argv[1]))

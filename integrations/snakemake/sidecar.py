#!/usr/bin/env python3
"""Cancels what a workflow that was broken off has left running. Snakemake starts it beside a workflow, and ends it with that.

Snakemake cancels the jobs that it knows in that moment: not those whose state it is just asking for, nor one whose id is still
on its way to it. So each job carries a tag of its run, told here in the first line, and of a run that Ctrl-C has broken off
all are cancelled that carry it. `cancel.sh` says by SIGUSR1 that it was broken off otherwise.
"""

import json
import os
import signal
import subprocess
import time
import uuid

ENDED = {
    "Completed",
    "FailToComplete",
    "FailToExecute",
    "Cancelling",
    "Cancelled",
    "CheckpointFailed",
    "Timedout",
    "NoAvailableHost",
}
TAG = "snakemake-run"
# A job whose submit was under way when the run was broken off is there within this time.
LATE_SECONDS = 3


def float_(*words):
    """Whatever signals the terminal sends meanwhile."""
    return subprocess.run(["float", *words], stdout=subprocess.PIPE, text=True, start_new_session=True)


def cancel_all(run):
    listed = float_("list", "--format", "json")
    if listed.returncode != 0:
        return
    for job in json.loads(listed.stdout):
        if job["customTags"].get(TAG) == run and job["status"] not in ENDED:
            float_("cancel", "--force", "--job", job["id"])


def main():
    run = uuid.uuid4().hex
    told = set()
    for each in (signal.SIGINT, signal.SIGUSR1, signal.SIGTERM):
        signal.signal(each, lambda number, _frame: told.add(number))
    print(run, os.getpid(), sep=":", flush=True)
    parent = os.getppid()
    # Without a Snakemake there is nobody to end it.
    while signal.SIGTERM not in told and os.getppid() == parent:
        time.sleep(0.2)
    if signal.SIGTERM in told and told & {signal.SIGINT, signal.SIGUSR1}:
        cancel_all(run)
        time.sleep(LATE_SECONDS)
        cancel_all(run)


if __name__ == "__main__":
    main()

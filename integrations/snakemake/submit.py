#!/usr/bin/env python3
"""Submits a job script of Snakemake by `float submit`, and prints the job's id and nothing else.

Snakemake calls it with the script's path; the script's second line holds what the rule asks for. One vCPU for each
thread, `mem_mb` as memory in GiB, `runtime` in minutes as the time limit, `float_image` and `float_flags` as they are.
"""

import json
import os
import re
import shlex
import subprocess
import sys

MB_PER_GIB = 1024**3 / 1000**2


def properties_of(script):
    with open(script, encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("# properties = "):
                return json.loads(line.removeprefix("# properties = "))
    raise SystemExit(f"{script} has no line '# properties = …'; is it a job script of Snakemake?")


def flags_of(job):
    resources = job["resources"]
    if "float_image" not in resources:
        raise SystemExit("no image is named: set the resource float_image, in the rule or in default-resources")
    # Rules that are grouped run as one job.
    name = job["rule"] if job["type"] == "single" else job["groupid"]
    flags = [
        *("--image", resources["float_image"]),
        *("--cpu", str(job["threads"])),
        *("--name", re.sub(r"[^A-Za-z0-9._-]+", "-", f"snakemake-{name}-{job['jobid']}")),
        *("--customTag", f"snakemake-rule:{name}"),
    ]
    # By this the sidecar finds the jobs of a run that is broken off.
    run = os.environ.get("SNAKEMAKE_CLUSTER_SIDECAR_VARS", "").partition(":")[0]
    if run:
        flags += ["--customTag", f"snakemake-run:{run}"]
    if "mem_mb" in resources:
        flags += ["--mem", f"{resources['mem_mb'] / MB_PER_GIB:.2f}"]
    if "runtime" in resources:
        flags += ["--timeLimit", f"{round(resources['runtime'] * 60)}s"]
    return flags + shlex.split(resources.get("float_flags", ""))


def main(script):
    flags = flags_of(properties_of(script))
    submitted = subprocess.run(
        ["float", "submit", "--force", "--format", "json", "--job", script, *flags],
        stdout=subprocess.PIPE,
        text=True,
    )
    if submitted.returncode != 0:
        raise SystemExit(submitted.returncode)
    print(json.loads(submitted.stdout)["id"])


if __name__ == "__main__":
    main(sys.argv[1])

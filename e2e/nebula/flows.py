"""Workflow code of a user; to_str is the documents' example, word for word."""

import os
import time

import flytekit
from flytekit.exceptions.user import FlyteRecoverableException
from nebulakit import Resources, Secret, task
from nebulakitplugins.mmcloud import MMCloudConfig


@task(task_config=MMCloudConfig())
def to_str(i: int) -> str:
    return str(i)


@task(task_config=MMCloudConfig())
def raises(i: int) -> str:
    if i > 0:
        raise ValueError(f"{i} is no number of mine")
    return str(i)


@task(task_config=MMCloudConfig())
def busy(i: int) -> str:
    if i > 0:
        raise FlyteRecoverableException(f"come back later, {i}")
    return str(i)


@task(task_config=MMCloudConfig(), requests=Resources(cpu="1500m", mem="2Gi"))
def requests_only(i: int) -> str:
    return str(i)


@task(task_config=MMCloudConfig(), limits=Resources(cpu="2", mem="4Gi"))
def limits_only(i: int) -> str:
    return str(i)


@task(
    task_config=MMCloudConfig(submit_extra='--customTag "step:to str" --migratePolicy [enable=true]'),
    environment={"GREETING": "a, b=c"},
    secret_requests=[Secret(group="lab", key="token")],
)
def surroundings(i: int) -> str:
    return f"{os.environ['GREETING']} {flytekit.current_context().secrets.get('lab', 'token')} {i}"


@task(task_config=MMCloudConfig())
def slow(i: int) -> str:
    for step in range(i):
        print("step", step, flush=True)
        time.sleep(0.2)
    return f"{i} steps"


@task(task_config=MMCloudConfig())
def length(text: str) -> int:
    return len(text)


@task(task_config=MMCloudConfig(), cache=True, cache_version="1")
def cached(i: int) -> str:
    return str(i)


@task(task_config=MMCloudConfig(), requests=Resources(cpu="4000", mem="4Gi"))
def enormous(i: int) -> str:
    return str(i)


@task(task_config=MMCloudConfig(submit_extra="--nonsense"))
def bad_flags(i: int) -> str:
    return str(i)

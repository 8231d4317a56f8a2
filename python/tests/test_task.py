"""Tasks as they are declared, and as the engine is told of them."""

import inspect
from collections import OrderedDict

import pytest
from flytekit.configuration import Image, ImageConfig, SerializationSettings
from flytekit.tools.translator import get_serializable
from nebulakit import Resources, Secret, map_task, task
from nebulakitplugins.mmcloud import MMCloudConfig, MMCloudTask

SETTINGS = SerializationSettings(
    image_config=ImageConfig(default_image=Image(name="default", fqn="task", tag="latest")),
    project="p",
    domain="d",
    version="v",
)


@task(task_config=MMCloudConfig())
def to_str(i: int) -> str:
    return str(i)


@task(
    task_config=MMCloudConfig(submit_extra="--migratePolicy [enable=true]"),
    requests=Resources(cpu="2", mem="4Gi"),
    limits=Resources(cpu="8"),
    environment={"A": "b"},
    container_image="other:1",
    secret_requests=[Secret(group="lab", key="token")],
)
def with_everything(i: int) -> str:
    return str(i)


def template(declared):
    return get_serializable(OrderedDict(), SETTINGS, declared).template


def test_the_documents_example():
    assert isinstance(to_str, MMCloudTask)
    assert to_str(i=5) == "5"
    told = template(to_str)
    assert told.type == "mmcloud_task"
    assert told.custom == {"submit_extra": "", "resources": ["1", "1", None, None]}
    assert told.container.image == "task:latest"
    assert told.container.args[0] == "pyflyte-execute"


def test_all_that_can_be_declared():
    told = template(with_everything)
    assert told.custom == {
        "submit_extra": "--migratePolicy [enable=true]",
        "resources": ["2", "4", "8", None],
    }
    assert told.container.image == "other:1"
    assert told.container.env["A"] == "b"
    assert [(secret.group, secret.key) for secret in told.security_context.secrets] == [("lab", "token")]


@pytest.mark.parametrize(
    ("declared", "custom"),
    [
        (
            {"requests": Resources(gpu="2"), "limits": Resources(gpu="2")},
            {"submit_extra": "--gpu-count 2 --name n", "resources": ["1", "1", None, None]},
        ),
        ({"requests": Resources(gpu="0")}, {"submit_extra": "--name n", "resources": ["1", "1", None, None]}),
    ],
)
def test_gpus_are_for_the_opcenter_to_say(declared, custom):
    @task(task_config=MMCloudConfig(submit_extra="--name n"), **declared)
    def train() -> int:
        return 1

    assert template(train).custom == custom


def test_requests_and_limits_in_one():
    def declare():
        return task(task_config=MMCloudConfig(), resources=Resources(cpu=("2", "4"), mem="3Gi"))(both)

    def both() -> int:
        return 1

    if "resources" in inspect.signature(task).parameters:
        assert template(declare()).custom["resources"] == ["2", "3", "4", None]
    else:
        # flytekit has it from 1.15 on.
        with pytest.raises((AssertionError, TypeError)):
            declare()


def test_the_configuration_is_that_of_the_moment_it_is_asked_for():
    @task(task_config=MMCloudConfig(submit_extra="--name a"))
    def plain() -> int:
        return 1

    # As `with_overrides(task_config=…)` does it on a node's own copy.
    plain._task_config = MMCloudConfig(submit_extra="--name b")
    assert template(plain).custom["submit_extra"] == "--name b"


def test_a_configuration_of_nothing_is_one():
    @task(task_config=MMCloudConfig(submit_extra=""))
    def plain() -> int:
        return 1

    assert plain() == 1


def test_what_cannot_be_is_told_where_it_is_declared():
    with pytest.raises(ValueError, match="cpu request cannot be greater than cpu limit"):

        @task(task_config=MMCloudConfig(), requests=Resources(cpu="4"), limits=Resources(cpu="2"))
        def impossible(i: int) -> str:
            return str(i)


def test_a_map_of_it_runs_at_home():
    assert map_task(to_str)(i=[1, 2, 3]) == ["1", "2", "3"]

"""flytekit under another name."""

import importlib

import flytekit
import nebulakit
import pytest


@pytest.mark.parametrize("name", ["task", "workflow", "dynamic", "map_task", "Resources", "Secret", "ImageSpec"])
def test_the_same_object(name):
    assert getattr(nebulakit, name) is getattr(flytekit, name)


@pytest.mark.parametrize(
    "name", ["types.file", "types.directory", "core.task", "configuration", "extend", "extras.accelerators"]
)
def test_the_same_module(name):
    ours = importlib.import_module(f"nebulakit.{name}")
    assert ours is importlib.import_module(f"flytekit.{name}")


def test_names_of_submodules():
    from nebulakit.types.file import FlyteFile
    from flytekit.types.file import FlyteFile as theirs

    assert FlyteFile is theirs


def test_what_is_not_there():
    with pytest.raises(ModuleNotFoundError, match="nebulakit.nowhere"):
        importlib.import_module("nebulakit.nowhere")
    with pytest.raises(AttributeError):
        nebulakit.nothing_of_that_name

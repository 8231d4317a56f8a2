"""The image of tasks that docs/nebula.md declares: what flytekit would have built, and what the engine is told."""

import re
from pathlib import Path

import flytekit
import pytest
from flytekit.image_spec import default_builder, image_spec
from nebulakit import task
from nebulakitplugins.mmcloud import MMCloudConfig
from test_task import template

DOCUMENT = Path(__file__).parents[2] / "docs" / "nebula.md"


@pytest.fixture(name="declared")
def as_the_document_declares_it():
    (block,) = [each for each in re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(), re.S) if "ImageSpec(" in each]
    # A task's source is looked up where it stands: only the image is taken from here.
    names = {}
    exec(block.split("\n\n\n")[0], names)
    return names["image"]


def test_what_is_built(declared, tmp_path):
    default_builder.create_docker_context(declared, tmp_path)
    dockerfile = (tmp_path / "Dockerfile").read_text()
    asks_the_opcenter = re.search(r"\buv pip install --extra-index-url https://OPCENTER/pip/simple/ ", dockerfile)
    # flytekit 1.13 reads no extra index: the document says so.
    assert bool(asks_the_opcenter) == (not flytekit.__version__.startswith("1.13."))
    assert "UV_INSECURE_HOST=OPCENTER" in dockerfile
    wanted = (tmp_path / "requirements_uv.txt").read_text().split("\n")
    assert {"pandas", "nebulakitplugins-mmcloud"} < set(wanted)


def test_what_the_engine_is_told(declared, monkeypatch):
    built = []

    class Recorder(image_spec.ImageSpecBuilder):
        def should_build(self, image_spec):
            return True

        def build_image(self, image_spec):
            built.append(image_spec)

    monkeypatch.setattr(image_spec.ImageBuildEngine, "_REGISTRY", {"default": (Recorder(), 1)})

    @task(task_config=MMCloudConfig(), container_image=declared)
    def to_str(i: int) -> str:
        return str(i)

    told = template(to_str).container.image
    assert re.fullmatch(r"registry/my-tasks:[\w.-]{8,}", told)
    assert [each.image_name() for each in built] == [told]

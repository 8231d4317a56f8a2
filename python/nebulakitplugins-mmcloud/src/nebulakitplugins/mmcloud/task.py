"""The task type `mmcloud_task`, as the agent of Memory Machine Cloud reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Dict, Optional, Union

from flytekit import ImageSpec, PythonFunctionTask
from flytekit.configuration import SerializationSettings
from flytekit.extend import TaskPlugins

from .resources import gpu_flags, job_resources


@dataclass
class MMCloudConfig:
    """How the task's job is submitted: `submit_extra` is any flags of `float submit`, as a shell would read them."""

    submit_extra: str = ""


class MMCloudTask(PythonFunctionTask[MMCloudConfig]):
    """A Python function that runs as a job of Memory Machine Cloud."""

    def __init__(
        self,
        task_config: Optional[MMCloudConfig],
        task_function: Callable[..., Any],
        container_image: Optional[Union[str, ImageSpec]] = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            task_config=task_config or MMCloudConfig(),
            task_function=task_function,
            task_type="mmcloud_task",
            container_image=container_image,
            **kwargs,
        )
        # As flytekit has read requests, limits and, from 1.15 on, resources. What cannot be is told here, where it is declared.
        asked = (self.resources.requests, self.resources.limits)
        self._job_resources = job_resources(*asked)
        self._gpu_flags = gpu_flags(*asked)

    def get_custom(self, settings: SerializationSettings) -> Dict[str, Any]:
        """What the agent needs besides the task's container."""
        # Not before: `with_overrides(task_config=…)` gives the task another configuration.
        config = self.task_config or MMCloudConfig()
        submit_extra = " ".join([*self._gpu_flags, config.submit_extra]).strip()
        return {"submit_extra": submit_extra, "resources": self._job_resources}


TaskPlugins.register_pythontask_plugin(MMCloudConfig, MMCloudTask)

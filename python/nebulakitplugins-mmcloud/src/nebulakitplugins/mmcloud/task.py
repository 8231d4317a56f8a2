"""The task type `mmcloud_task`, as the agent of Memory Machine Cloud reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Dict, Optional, Union

from flytekit import ImageSpec, PythonFunctionTask, Resources
from flytekit.configuration import SerializationSettings
from flytekit.extend import TaskPlugins

from .resources import job_resources


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
        requests: Optional[Resources] = None,
        limits: Optional[Resources] = None,
        **kwargs: Any,
    ) -> None:
        # First: what cannot be is told where it is written, when the task is declared.
        self._job_resources = job_resources(requests, limits)
        config = task_config or MMCloudConfig()
        self._submit_extra = config.submit_extra
        super().__init__(
            task_config=config,
            task_function=task_function,
            task_type="mmcloud_task",
            container_image=container_image,
            requests=requests,
            limits=limits,
            **kwargs,
        )

    def get_custom(self, settings: SerializationSettings) -> Dict[str, Any]:
        """What the agent needs besides the task's container."""
        return {"submit_extra": self._submit_extra, "resources": self._job_resources}


TaskPlugins.register_pythontask_plugin(MMCloudConfig, MMCloudTask)

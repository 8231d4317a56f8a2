"""Tasks that run on Memory Machine Cloud: `@task(task_config=MMCloudConfig())`."""

from .resources import job_resources
from .task import MMCloudConfig, MMCloudTask

__all__ = ["MMCloudConfig", "MMCloudTask", "job_resources"]

"""Drives the connector of flytekitplugins-mmcloud, as it is on PyPI, the way flytekit's own server does.

    drive.py create TASK.json    prints the id of the job; the task: {image, args, env, resources, submit_extra}
    drive.py get ID              prints the phase
    drive.py delete ID

Where and who comes from flytekit's secrets (_FSEC_MMC_ADDRESS …); `float` is found on PATH.
"""

import asyncio
import json
import sys
from types import SimpleNamespace

from flyteidl.core.execution_pb2 import TaskExecution
from flytekit.extend.backend.base_connector import ConnectorRegistry
import flytekitplugins.mmcloud  # noqa: F401  (registers the connector)
from flytekitplugins.mmcloud.connector import MMCloudMetadata

connector = ConnectorRegistry.get_connector("mmcloud_task", 0)


def template(task):
    """What the connector reads of a task template."""
    container = SimpleNamespace(image=task["image"], args=task["args"], env=task.get("env", {}))
    custom = {"resources": task["resources"], "submit_extra": task.get("submit_extra", "")}
    return SimpleNamespace(id="test", container=container, custom=custom)


async def main(verb, word):
    if verb == "create":
        with open(word) as file:
            print((await connector.create(template(json.load(file)))).job_id)
    elif verb == "get":
        print(TaskExecution.Phase.Name((await connector.get(MMCloudMetadata(word))).phase))
    else:
        await connector.delete(MMCloudMetadata(word))


asyncio.run(main(*sys.argv[1:]))

"""Asks an agent for one small task, as the engine would, and tells what the engine would hear, until it has ended.

    python3 try_agent.py AGENT:8000 [IMAGE [PROGRAM [ARGUMENT ...]]]

Ends with 0 when the task has succeeded. Needs `pip install nebulakitplugins-mmcloud`, but neither an engine nor an object store.
"""

import sys
import time
import uuid

import grpc
from flyteidl.admin import agent_pb2
from flyteidl.core import execution_pb2, identifier_pb2, interface_pb2, tasks_pb2
from flyteidl.service import agent_pb2_grpc
from google.protobuf import json_format, struct_pb2

Phase = execution_pb2.TaskExecution.Phase
# An instance, an image and a small program take seconds; capacity may take longer to come.
PATIENCE_S = 600
ENDED = {Phase.SUCCEEDED, Phase.FAILED, Phase.ABORTED, Phase.RETRYABLE_FAILED}


def create_request(image, args):
    """One execution of a task that is nothing but a container."""
    execution = identifier_pb2.WorkflowExecutionIdentifier(project="try", domain="agent", name=uuid.uuid4().hex)
    name = identifier_pb2.Identifier(resource_type=identifier_pb2.TASK, project="try", name="try_agent", version="1")
    custom = {"submit_extra": "", "resources": ["1", "1", None, None]}
    return agent_pb2.CreateTaskRequest(
        template=tasks_pb2.TaskTemplate(
            id=name,
            type="mmcloud_task",
            interface=interface_pb2.TypedInterface(),
            custom=json_format.ParseDict(custom, struct_pb2.Struct()),
            container=tasks_pb2.Container(image=image, args=args),
        ),
        task_execution_metadata=agent_pb2.TaskExecutionMetadata(
            task_execution_id=identifier_pb2.TaskExecutionIdentifier(
                task_id=name,
                node_execution_id=identifier_pb2.NodeExecutionIdentifier(node_id="n0", execution_id=execution),
            )
        ),
    )


def main(address, image="python", *args):
    agent = agent_pb2_grpc.AsyncAgentServiceStub(grpc.insecure_channel(address))
    request = create_request(image, args or ["python3", "-c", "print('as you see, it runs')"])
    meta = agent.CreateTask(request, timeout=10).resource_meta
    print("created", meta.decode())
    told = None
    give_up = time.monotonic() + PATIENCE_S
    while told is None or told.phase not in ENDED:
        if time.monotonic() > give_up:
            print(f"it has not ended in {PATIENCE_S} s; see above, and float show -j ID")
            return 1
        heard = agent.GetTask(
            agent_pb2.GetTaskRequest(task_type="mmcloud_task", resource_meta=meta), timeout=10
        ).resource
        if told is None or heard.phase != told.phase:
            print(Phase.Name(heard.phase), heard.message)
        told = heard
        time.sleep(0.5)
    for link in told.log_links:
        print(f"{link.name}: {link.uri}")
    return 0 if told.phase == Phase.SUCCEEDED else 1


if __name__ == "__main__":
    try:
        sys.exit(main(*(sys.argv[1:] or ["127.0.0.1:8000"])))
    except grpc.RpcError as error:
        sys.exit(f"{error.code().name}: {error.details()}")

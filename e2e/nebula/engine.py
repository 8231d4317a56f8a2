"""Drives the agent as the workflow engine does: registers a task, renders its arguments, creates, polls, reads the outputs.

Reads requests from standard input, each a line of JSON, and answers each with one, until there are no more. Only flytekit, the
engine's own protocol (flyteidl) and gRPC are used: nothing of this project but the task's own code.
"""

import importlib
import json
import os
import sys
import time
from collections import OrderedDict
from typing import List

import fsspec
import grpc
from flyteidl.admin import agent_pb2
from flyteidl.core import execution_pb2, identifier_pb2, literals_pb2
from flyteidl.service import agent_pb2_grpc
from google.protobuf import json_format
from flytekit import FlyteContextManager, map_task
from flytekit.configuration import FastSerializationSettings, ImageConfig, SerializationSettings
from flytekit.core.type_engine import TypeEngine
from flytekit.models.literals import LiteralMap
from flytekit.tools.translator import get_serializable

Phase = execution_pb2.TaskExecution.Phase


def s3():
    """The object store, by the platform's settings that tasks have in their environment too."""
    return fsspec.filesystem(
        "s3",
        key=os.environ["FLYTE_AWS_ACCESS_KEY_ID"],
        secret=os.environ["FLYTE_AWS_SECRET_ACCESS_KEY"],
        client_kwargs={"endpoint_url": os.environ["FLYTE_AWS_ENDPOINT"]},
        use_listings_cache=False,
    )


def create_request(asked, part=None):
    """`part`: of a map task, whose parts are created one by one, each with its index in its environment."""
    task = getattr(importlib.import_module(asked["module"]), asked["task"])
    prefix = asked["prefix"]
    environment = dict(asked.get("environment", {}))
    node = asked.get("node", "n0")
    if part is not None:
        task = map_task(task)
        prefix = f"{prefix}/{part}"
        node = f"{node}-n{part}"
        environment |= {
            "BATCH_JOB_ARRAY_INDEX_VAR_NAME": "FLYTE_K8S_ARRAY_INDEX",
            "FLYTE_K8S_ARRAY_INDEX": str(part),
        }
    fast = asked.get("distribution")
    settings = SerializationSettings(
        image_config=ImageConfig.auto(img_name=asked["image"]),
        project="p",
        domain="d",
        version="v1",
        fast_serialization_settings=FastSerializationSettings(
            enabled=True, destination_dir="/root", distribution_location=fast
        )
        if fast
        else None,
    )
    template = get_serializable(OrderedDict(), settings, task).template.to_flyte_idl()
    context = FlyteContextManager.current_context()
    inputs = LiteralMap(
        {
            name: TypeEngine.to_literal(context, value, kind, TypeEngine.to_literal_type(kind))
            for name, value in asked["inputs"].items()
            for kind in [List[type(value[0])] if isinstance(value, list) else type(value)]
        }
    ).to_flyte_idl()
    with s3().open(f"{prefix}/inputs.pb", "wb") as out:
        out.write(inputs.SerializeToString())
    rendered = {
        "{{.input}}": f"{prefix}/inputs.pb",
        "{{.outputPrefix}}": prefix,
        "{{.rawOutputDataPrefix}}": f"{prefix}/raw",
        "{{.checkpointOutputPrefix}}": f"{prefix}/raw/checkpoint",
        "{{.prevCheckpointPrefix}}": '""',
        "{{ .remote_package_path }}": fast or "",
        "{{ .dest_dir }}": "/root",
    }
    container = template.container
    arguments = [rendered.get(each, each) for each in container.args]
    del container.args[:]
    container.args.extend(arguments)
    for name, value in asked.get("env", {}).items():
        container.env.add(key=name, value=value)
    execution = identifier_pb2.TaskExecutionIdentifier(
        task_id=identifier_pb2.Identifier(
            resource_type=identifier_pb2.TASK, project="p", domain="d", name=task.name, version="v1"
        ),
        node_execution_id=identifier_pb2.NodeExecutionIdentifier(
            node_id=node,
            execution_id=identifier_pb2.WorkflowExecutionIdentifier(
                project="p", domain="d", name=asked["execution"]
            ),
        ),
        retry_attempt=asked.get("attempt", 0),
    )
    return agent_pb2.CreateTaskRequest(
        inputs=inputs,
        template=template,
        output_prefix=prefix,
        task_execution_metadata=agent_pb2.TaskExecutionMetadata(
            task_execution_id=execution, environment_variables=environment
        ),
    )


def outputs(prefix):
    found = literals_pb2.LiteralMap()
    with s3().open(f"{prefix}/outputs.pb", "rb") as file:
        found.ParseFromString(file.read())
    primitive = found.literals["o0"].scalar.primitive
    return getattr(primitive, primitive.WhichOneof("value"))


def answer(asked, stub):
    what = asked["what"]
    if what == "create":
        # The engine sends the same again when an answer does not come in time.
        request = create_request(asked)
        metas = [stub.CreateTask(request, timeout=10).resource_meta for _ in range(asked.get("times", 1))]
        return {"metas": [meta.decode() for meta in metas]}
    if what == "create_parts":
        metas = []
        for part in range(asked["parts"]):
            # The engine comes to one after the other, with others of its work in between.
            time.sleep(asked["pace_seconds"])
            metas.append(stub.CreateTask(create_request(asked, part), timeout=10).resource_meta.decode())
        return {"metas": metas}
    if what == "phases":
        about = [{"task_type": "mmcloud_task", "resource_meta": meta.encode()} for meta in asked["metas"]]
        answers = [stub.GetTask(agent_pb2.GetTaskRequest(**each), timeout=10).resource for each in about]
        return {"heard": [[Phase.Name(each.phase), each.message] for each in answers]}
    if what == "output_parts":
        return {"values": [outputs(f"{asked['prefix']}/{part}") for part in range(asked["parts"])]}
    if what == "outputs":
        return {"value": outputs(asked["prefix"])}
    about = {"task_type": "mmcloud_task", "resource_meta": asked["meta"].encode()}
    if what == "delete":
        stub.DeleteTask(agent_pb2.DeleteTaskRequest(**about), timeout=10)
        return {}
    resource = stub.GetTask(agent_pb2.GetTaskRequest(**about), timeout=10).resource
    return {
        "phase": Phase.Name(resource.phase),
        "message": resource.message,
        "links": [link.uri for link in resource.log_links],
        "custom": json_format.MessageToDict(resource.custom_info),
        "has_outputs": resource.HasField("outputs"),
    }


def main():
    for line in sys.stdin:
        asked = json.loads(line)
        with grpc.insecure_channel(asked["agent"]) as channel:
            try:
                told = answer(asked, agent_pb2_grpc.AsyncAgentServiceStub(channel))
            except grpc.RpcError as error:
                told = {"code": error.code().name, "details": error.details()}
        print(json.dumps(told, default=str), flush=True)


if __name__ == "__main__":
    main()

"""What a task asks for, in the units of a job."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal
from typing import Any, List, Optional

from flytekit import Resources
from kubernetes.utils.quantity import parse_quantity

GIB = Decimal(2**30)


def job_resources(requests: Optional[Resources], limits: Optional[Resources]) -> List[Optional[str]]:
    """`[minCpu, minMem, maxCpu, maxMem]`: whole vCPUs and GiB, rounded up, at least 1; None is no limit.

    Only requests: no limits. Only limits: the same are requested. Neither: 1 vCPU and 1 GiB. Raises ValueError where more is
    requested than the limit, and for what is no quantity.
    """
    cpu = _range("cpu", _whole(requests, "cpu", Decimal(1)), _whole(limits, "cpu", Decimal(1)))
    mem = _range("mem", _whole(requests, "mem", GIB), _whole(limits, "mem", GIB))
    return [cpu[0], mem[0], cpu[1], mem[1]]


def gpu_flags(requests: Optional[Resources], limits: Optional[Resources]) -> List[str]:
    """`--gpu-count N` where GPUs are asked for: whether there are any is for the OpCenter to say."""
    counts = [int(str(asked.gpu)) for asked in (requests, limits) if asked is not None and asked.gpu]
    return ["--gpu-count", str(max(counts))] if any(counts) else []


def _whole(resources: Optional[Resources], name: str, unit: Decimal) -> Optional[int]:
    value: Any = getattr(resources, name, None)
    if value is None or value == "":
        return None
    units = parse_quantity(value) / unit
    return max(1, int(units.to_integral_value(rounding=ROUND_CEILING)))


def _range(name: str, least: Optional[int], most: Optional[int]) -> List[Optional[str]]:
    least = least or most or 1
    if most is not None and least > most:
        raise ValueError(f"{name} request cannot be greater than {name} limit: {least} > {most}")
    return [str(least), None if most is None else str(most)]

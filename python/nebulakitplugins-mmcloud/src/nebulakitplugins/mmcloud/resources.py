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
    cpu = _range("cpu", requests, limits, Decimal(1))
    mem = _range("mem", requests, limits, GIB)
    return [cpu[0], mem[0], cpu[1], mem[1]]


def gpu_flags(requests: Optional[Resources], limits: Optional[Resources]) -> List[str]:
    """`--gpu-count N` where GPUs are asked for: whether there are any is for the OpCenter to say."""
    counts = [int(str(asked.gpu)) for asked in (requests, limits) if asked is not None and asked.gpu]
    return ["--gpu-count", str(max(counts))] if any(counts) else []


def _range(
    name: str, requests: Optional[Resources], limits: Optional[Resources], unit: Decimal
) -> List[Optional[str]]:
    least, most = _quantity(requests, name), _quantity(limits, name)
    # Before they are rounded: 2000Mi of at most 1500Mi are 2 GiB of at most 2.
    if least is not None and most is not None and least > most:
        asked, allowed = getattr(requests, name), getattr(limits, name)
        raise ValueError(f"{name} request cannot be greater than {name} limit: {asked} > {allowed}")
    least = least or most or unit
    return [_whole(least / unit), None if most is None else _whole(most / unit)]


def _quantity(resources: Optional[Resources], name: str) -> Optional[Decimal]:
    value: Any = getattr(resources, name, None)
    return None if value is None or value == "" else parse_quantity(value)


def _whole(units: Decimal) -> str:
    return str(max(1, int(units.to_integral_value(rounding=ROUND_CEILING))))

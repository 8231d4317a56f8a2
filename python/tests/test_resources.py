"""What a task asks for, as a job's size."""

import pytest
from flytekit import Resources
from nebulakitplugins.mmcloud import job_resources


@pytest.mark.parametrize(
    ("requests", "limits", "expected"),
    [
        (None, None, ["1", "1", None, None]),
        (Resources(cpu="1500m", mem="2Gi"), None, ["2", "2", None, None]),
        (None, Resources(cpu="2", mem="4Gi"), ["2", "4", "2", "4"]),
        (Resources(cpu="1", mem="1Gi"), Resources(cpu="4", mem="16Gi"), ["1", "1", "4", "16"]),
        (Resources(cpu="100m", mem="1Mi"), None, ["1", "1", None, None]),
        (Resources(mem="1025Mi"), None, ["1", "2", None, None]),
        # A thousand and 1,024 are not the same: 4G is 3.7 GiB.
        (Resources(mem="4G"), None, ["1", "4", None, None]),
        (Resources(cpu="2"), Resources(mem="8Gi"), ["2", "8", None, "8"]),
        (Resources(cpu=3), None, ["3", "1", None, None]),
        (Resources(cpu="2", mem="2Gi"), Resources(cpu="2", mem="2Gi"), ["2", "2", "2", "2"]),
    ],
)
def test_size(requests, limits, expected):
    assert job_resources(requests, limits) == expected


@pytest.mark.parametrize(
    ("requests", "limits", "name"),
    [
        (Resources(cpu="4"), Resources(cpu="2"), "cpu"),
        (Resources(mem="4Gi"), Resources(mem="2Gi"), "mem"),
        (Resources(mem="2000Mi"), Resources(mem="1500Mi"), "mem"),
        (Resources(cpu="1900m"), Resources(cpu="1500m"), "cpu"),
    ],
)
def test_more_requested_than_the_limit(requests, limits, name):
    with pytest.raises(ValueError, match=f"{name} request cannot be greater than {name} limit"):
        job_resources(requests, limits)


def test_no_quantity():
    with pytest.raises(ValueError, match="two"):
        job_resources(Resources(cpu="two"), None)

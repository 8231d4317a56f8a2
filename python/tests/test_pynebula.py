"""The command line, as processes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


def pynebula(*words, path):
    return subprocess.run(
        [sys.executable, "-m", "nebulakit.pynebula", *words],
        capture_output=True,
        text=True,
        env={**os.environ, "PATH": str(path)},
        check=False,
    )


@pytest.fixture(name="told")
def a_float_that_tells_its_arguments(tmp_path: Path) -> Path:
    program = tmp_path / "float"
    program.write_text('#!/bin/sh\necho "$@"\n')
    program.chmod(0o755)
    return tmp_path


@pytest.mark.parametrize(
    ("words", "flags"),
    [
        (["agent", "--port", "8000"], "--port 8000"),
        (["connector", "--port", "8000"], "--port 8000"),
        (["--port", "8000"], "--port 8000"),
        (["agent"], ""),
        ([], ""),
        (
            ["agent", "--port", "1", "--prometheus_port", "2", "--worker", "3", "--timeout", "4"],
            "--port 1 --prometheus_port 2 --worker 3 --timeout 4",
        ),
    ],
)
def test_serve_is_float(told, words, flags):
    done = pynebula("serve", *words, path=told)
    assert (done.returncode, done.stdout.strip()) == (0, f"nebula serve {flags}".strip())


def test_serve_after_flags_of_pyflyte(told):
    done = pynebula("-v", "serve", "agent", "--port", "8000", "--help", path=told)
    assert (done.returncode, done.stdout.strip()) == (0, "nebula serve --port 8000 --help")


def test_serve_without_float(tmp_path):
    done = pynebula("serve", "agent", path=tmp_path)
    assert done.returncode == 1
    assert "needs the program float on PATH" in done.stderr


def test_all_else_is_pyflyte(told):
    done = pynebula("--help", path=told)
    assert done.returncode == 0
    assert "pynebula" in done.stdout
    assert "register" in done.stdout

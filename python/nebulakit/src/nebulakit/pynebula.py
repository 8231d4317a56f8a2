"""`pynebula`: `pyflyte`, but that `pynebula serve` starts the agent of Memory Machine Cloud."""

from __future__ import annotations

import os
import shutil
import sys
from typing import NoReturn, Sequence

import click
from flytekit.clis.sdk_in_container.pyflyte import main as pyflyte

# `serve --port 8000` is what older documents say.
_AGENT_WORDS = ("agent", "connector")
_NO_FLOAT = (
    "pynebula serve needs the program float on PATH: take it from your OpCenter, "
    "https://OPCENTER/float.linux_amd64, and make it executable"
)


def main() -> None:
    """The command line."""
    pyflyte.add_command(serve_command, "serve")
    pyflyte(prog_name="pynebula")


@click.command(
    add_help_option=False,
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True, "allow_interspersed_args": False},
)
@click.pass_context
def serve_command(context: click.Context) -> None:
    """Start the agent of Memory Machine Cloud: `float nebula serve`, with its flags."""
    serve(context.args)


def serve(words: Sequence[str]) -> NoReturn:
    """Becomes `float nebula serve` with these flags; ends with a sentence where there is no `float`."""
    program = shutil.which("float")
    if program is None:
        sys.exit(_NO_FLOAT)
    flags = words[1:] if words[:1] and words[0] in _AGENT_WORDS else words
    os.execv(program, [program, "nebula", "serve", *flags])


if __name__ == "__main__":
    main()

"""flytekit under another name: `nebulakit` and each `nebulakit.X` are the very objects of `flytekit` and `flytekit.X`."""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import sys
from types import ModuleType
from typing import Any, Optional, Sequence

import flytekit
from flytekit import *  # noqa: F403

_OWN = {"nebulakit.pynebula"}


class _Alias(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds `nebulakit.X` where `flytekit.X` is; a second copy of a module would register its types twice."""

    def find_spec(
        self, fullname: str, path: Optional[Sequence[str]], target: Optional[ModuleType] = None
    ) -> Optional[importlib.machinery.ModuleSpec]:
        if not fullname.startswith("nebulakit.") or fullname in _OWN:
            return None
        if importlib.util.find_spec(_flytekit_name(fullname)) is None:
            return None
        return importlib.machinery.ModuleSpec(fullname, self)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> Optional[ModuleType]:
        return None

    def exec_module(self, module: ModuleType) -> None:
        # What stands in sys.modules after this is what the import answers; the passing module is forgotten.
        sys.modules[module.__name__] = importlib.import_module(_flytekit_name(module.__name__))


def _flytekit_name(name: str) -> str:
    return "flytekit" + name[len("nebulakit") :]


def __getattr__(name: str) -> Any:
    """What flytekit does not name in `__all__`, its submodules included."""
    return getattr(flytekit, name)


sys.meta_path.insert(0, _Alias())

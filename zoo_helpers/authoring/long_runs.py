"""What recording and training share: they may be stopped halfway, and say at the end what they ran on."""

from __future__ import annotations

import os
import platform
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from zoo_helpers.core.backend import keras

UNFINISHED = Path(".recordings")  # what is done so far; git ignores it


def save(path: Path, *unnamed: np.ndarray, **named: Any) -> None:
    """`numpy.savez`, but whoever stops it never leaves half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f"half-{path.name}")
    np.savez(half, *unnamed, **named)
    half.replace(path)


def software_and_machine() -> dict[str, Any]:
    """The versions of what computes, and the machine, in a line without its name."""
    backend = import_module(keras.backend.backend())
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    if backend.__name__ == "jax":
        machine += f", {backend.devices()[0].device_kind}"
    versions = {package: version(package) for package in ("keras", "numpy")}
    return {"versions": {**versions, backend.__name__: backend.__version__}, "machine": machine}

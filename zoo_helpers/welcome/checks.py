"""Does this machine have what the lessons need? One line for each answer, with the cure where it is no."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, requires, version

from zoo_helpers.core import shipped
from zoo_helpers.core.backend import tf
from zoo_helpers.core.claims import say

REINSTALL = "run `python zoo.py lab` again in the project's folder, or install the package again"


def check_environment() -> None:
    """Print whether Python, the packages, all that ships and TensorFlow are as the lessons need them."""
    for line, _ in answers():
        say(line)


def answers() -> Iterator[tuple[str, bool]]:
    """Each check's answer, as a line and as yes or no."""
    checks: dict[str, Callable[[], str]] = {  # what is wrong, with the cure; nothing where all is well
        "Python 3.10 to 3.13": _wrong_python,
        "the packages of pyproject.toml": _wrong_package,
        "the images, recorded runs, trained weights and published numbers, undamaged": _broken_file,
        "TensorFlow computes 1 + 1 = 2": _wrong_sum,
    }
    for what, find_fault in checks.items():
        fault = find_fault()
        yield (f"{what}: no: {fault}", False) if fault else (f"{what}: yes", True)


def _wrong_python() -> str:
    here = sys.version_info[:2]
    return "" if (3, 10) <= here <= (3, 13) else f"this is {here[0]}.{here[1]}; install one of them"


def _wrong_package() -> str:
    from packaging.requirements import Requirement

    try:
        for line in requires("zoo-helpers") or ():
            requirement = Requirement(line)
            if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
                continue
            if (there := version(requirement.name)) not in requirement.specifier:
                return f"{requirement} is needed, and {there} is there; {REINSTALL}"
    except PackageNotFoundError as error:
        return f"{error.name} is not installed; {REINSTALL}"
    return ""


def _broken_file() -> str:
    try:
        shipped.check()
    except (OSError, ValueError) as error:
        return str(error)
    return ""


def _wrong_sum() -> str:
    backend = os.environ.get("KERAS_BACKEND") or "tensorflow"
    if backend != "tensorflow":
        return (
            f"Keras computes with {backend}, as KERAS_BACKEND says, and the lessons need TensorFlow; "
            "start Jupyter again without KERAS_BACKEND"
        )
    try:
        return "" if int(tf.constant(1) + 1) == 2 else REINSTALL
    except Exception as error:  # whatever TensorFlow raises where it does not work
        return f"{error}; {REINSTALL}"

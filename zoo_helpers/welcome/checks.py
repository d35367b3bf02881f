"""Does this machine have what the lessons need? One line for each answer, with the cure where it is no."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, requires, version
from importlib.util import find_spec

from zoo_helpers.core import datasets
from zoo_helpers.core.backend import tf

REINSTALL = "run `make lab` again, or `pip install -e .` in the project's folder"


def check_environment() -> None:
    """Print whether Python, the packages, the images and TensorFlow are as the lessons need them."""
    checks: dict[str, tuple[Callable[[], bool], str]] = {
        "Python 3.10 to 3.13": (lambda: (3, 10) <= sys.version_info[:2] <= (3, 13), "install one of them"),
        "the packages of pyproject.toml": (_packages_are_there, REINSTALL),
        "22,000 digits and 6,000 photographs, undamaged": (_images_are_there, REINSTALL),
        "TensorFlow computes 1 + 1 = 2": (_tensorflow_adds, REINSTALL),
    }
    for what, (holds, cure) in checks.items():
        try:
            answer = "yes" if holds() else f"no: {cure}"
        except Exception as error:
            answer = f"no: {error}; {cure}"
        print(f"{what}: {answer}")


def _packages_are_there() -> bool:
    from packaging.requirements import Requirement

    for line in requires("zoo-helpers") or ():
        requirement = Requirement(line)
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        try:
            if version(requirement.name) not in requirement.specifier:
                return False
        except PackageNotFoundError:
            return False
    return find_spec("zoo_helpers") is not None


def _images_are_there() -> bool:
    digits, photographs = datasets.load("mnist"), datasets.load("cifar10")
    sizes = [len(data.train_images) + len(data.test_images) for data in (digits, photographs)]
    return sizes == [22_000, 6_000]


def _tensorflow_adds() -> bool:
    return int(tf.constant(1) + 1) == 2

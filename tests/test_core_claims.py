"""Claims print one line if they hold and raise if they do not."""

import doctest
import importlib
import os
import pkgutil
import subprocess
import sys

import numpy as np
import pytest

import zoo_helpers
from zoo_helpers.core.claims import claim


def test_a_claim_that_holds_is_one_line(capsys):
    claim("two is more than one", np.array(2) > 1)
    assert capsys.readouterr().out == "Holds: two is more than one\n"


def test_a_claim_that_fails_raises_its_text(capsys):
    with pytest.raises(AssertionError, match="does not hold: one is more than two"):
        claim("one is more than two", np.float32(1) > 2)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("holds", [1, "False", None, [False], np.array([True, True])])
def test_what_is_no_truth_value_is_refused(holds):
    with pytest.raises(ValueError, match="holds must be True or False"):
        claim("anything", holds)


SHOWN = """
from zoo_helpers.core.claims import claim
from zoo_helpers.core.widgets import Prediction
claim("two 3 × 3 filters, −1 ≤ x, 동물원, \\ud800", True)
Prediction("Which?", ["5 × 5", "3 → 3"]).reveal("3 → 3", "25 ≥ 18.")
"""


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1", "utf-8", "utf-16"])
def test_what_a_terminal_cannot_show_is_replaced(encoding):
    done = subprocess.run(
        [sys.executable, "-c", SHOWN],
        env=os.environ | {"PYTHONIOENCODING": encoding},
        capture_output=True,
        check=True,
    )
    first, *others = done.stdout.decode(encoding).splitlines()
    assert first.startswith("Holds: two 3 ")
    assert ("동물원" in first) == encoding.startswith("utf")
    assert ("× 3" in first) == (encoding != "ascii")
    assert len(others) == 1


MODULES = [module.name for module in pkgutil.walk_packages(zoo_helpers.__path__, "zoo_helpers.")]


@pytest.mark.parametrize("name", [name for name in MODULES if not name.endswith(("__main__", "lab_config"))])
def test_examples_in_docstrings_are_true(name):
    assert doctest.testmod(importlib.import_module(name), optionflags=doctest.ELLIPSIS).failed == 0

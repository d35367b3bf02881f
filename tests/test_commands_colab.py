"""The welcome's cell for Colab: it installs the lessons' wheel there, and does nothing anywhere else."""

import sys
from fnmatch import fnmatch
from importlib.machinery import ModuleSpec
from types import ModuleType, SimpleNamespace

import nbformat
import pytest
from test_setup import PROJECT

from zoo_helpers.commands.lessons import lesson


@pytest.fixture
def run_cell():
    """A function that runs the cell, and gives pip's command lines."""
    cells = nbformat.read(lesson(0), as_version=4).cells
    (cell,) = [cell for cell in cells if "colab" in cell.metadata.get("tags", [])]
    assert cells.index(cell) == 1
    assert cell.metadata.jupyter.source_hidden
    assert cell.outputs == []

    lines = []
    shell = SimpleNamespace(run_line_magic=lambda name, line: lines.append(f"{name} {line}"))

    def run_cell():
        exec(cell.source, {"get_ipython": lambda: shell})
        return lines

    return run_cell


def test_here_it_does_nothing(run_cell):
    assert run_cell() == []


def test_on_colab_it_installs_the_wheel_and_leaves_colabs_own_tensorflow_alone(run_cell, monkeypatch):
    enabled = []
    for name in ("google", "google.colab", "google.colab.output"):
        module = ModuleType(name)
        module.__spec__ = ModuleSpec(name, None)
        module.__path__ = []
        monkeypatch.setitem(sys.modules, name, module)
    sys.modules["google.colab"].output = sys.modules["google.colab.output"]
    sys.modules["google.colab.output"].enable_custom_widget_manager = lambda: enabled.append(True)
    install, widgets = run_cell()
    assert install.startswith("pip install -q --no-deps ")
    wheel = f"{PROJECT['project']['name'].replace('-', '_')}-{PROJECT['project']['version']}-py3-none-any.whl"
    assert fnmatch(wheel, install.split()[-1])
    assert widgets.startswith("pip install -q anywidget")
    assert enabled == [True]

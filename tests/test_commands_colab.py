"""Each lesson's cell for Colab, where each has its own machine: it installs the wheel, there alone."""

import sys
from fnmatch import fnmatch
from importlib.machinery import ModuleSpec
from types import ModuleType, SimpleNamespace

import nbformat
import pytest
from test_setup import PROJECT

from zoo_helpers.commands.lessons import lesson, lessons


def cell_for_colab(path):
    cells = nbformat.read(path, as_version=4).cells
    (cell,) = [cell for cell in cells if "colab" in cell.metadata.get("tags", [])]
    assert cells.index(cell) == 1
    return cell


@pytest.mark.parametrize("path", lessons(), ids=lambda path: path.stem)
def test_every_lesson_has_the_same_cell_and_hides_it(path):
    cell = cell_for_colab(path)
    assert cell.source == cell_for_colab(lesson(0)).source
    assert cell.metadata.jupyter.source_hidden
    assert "remove-cell" in cell.metadata.tags
    assert cell.outputs == []


@pytest.fixture
def run_cell():
    """A function that runs the cell, and gives pip's command lines."""
    cell = cell_for_colab(lesson(0))
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

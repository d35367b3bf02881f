"""The commands: each is a module of one shape, and `zoo.py` hands over to them on every system."""

import argparse
import importlib
import os
import re
import runpy
import shutil
import subprocess
import sys
import types
from pathlib import Path

import pytest

from zoo_helpers import commands
from zoo_helpers.commands import lab, lessons, wheelhouse

ROOT = Path(__file__).parents[1]
ZOO = ROOT / "zoo.py"


@pytest.fixture
def installed(monkeypatch):
    """As if the package were installed without its project."""
    for module in (commands, lessons, lab):
        monkeypatch.setattr(module, "checkout", lambda: None)


@pytest.mark.parametrize("name", commands.COMMANDS)
def test_a_command_is_a_module_with_a_help_that_fits_a_line(name, capsys):
    module = importlib.import_module(f"zoo_helpers.commands.{name}")
    first, *rest = module.__doc__.split("\n")
    assert re.fullmatch(r"[A-Z].+\.", first)
    assert not rest or rest[0] == ""
    module.configure(argparse.ArgumentParser())
    with pytest.raises(SystemExit) as stop:
        commands.main([name, "--help"])
    assert stop.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: python zoo.py {name} ")


def test_the_list_names_each_command_for_whom_it_is(capsys):
    assert set(commands.COMMANDS.values()) == {"learner", "instructor", "maintainer"}
    for nothing in ([], ["-h"], ["--help"]):
        assert commands.main(nothing) == 0
        listed = re.findall(r"^  (\w+) +[A-Z]", capsys.readouterr().out, re.MULTILINE)
        assert listed == list(commands.COMMANDS)


def test_without_a_checkout_maintainers_commands_are_one_clear_line(installed, capsys):
    commands.main([])
    assert "maintainer" not in capsys.readouterr().out
    for name in [name for name, whom in commands.COMMANDS.items() if whom == "maintainer"]:
        assert commands.main([name]) == 1
        assert (
            capsys.readouterr().err
            == f"CNN zoo: {name} is for maintainers: it needs a checkout of the project.\n"
        )
    assert commands.main(["lab", "--sources"]) == 1
    assert "needs a checkout" in capsys.readouterr().err


def test_a_command_that_is_not_there_is_one_clear_line(capsys):
    assert commands.main(["labb"]) == 1
    assert capsys.readouterr().err == (
        "CNN zoo: there is no command 'labb'; `python zoo.py --help` lists them.\n"
    )


def test_only_what_a_command_passes_on_may_be_unknown(monkeypatch, capsys):
    called = []
    monkeypatch.setattr(subprocess, "call", lambda command, cwd: called.append((command[1:], cwd)) or 3)
    assert commands.main(["test", "-m", "release", "tests/test_vgg.py", "-q"]) == 3
    assert called == [
        (
            ["-m", "pytest", "-n", "2", "--dist", "loadfile", "-m", "release", "tests/test_vgg.py", "-q"],
            ROOT,
        )
    ]
    with pytest.raises(SystemExit):
        commands.main(["check", "--fast"])
    assert "unrecognized arguments: --fast" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "programs"),
    [
        ("refresh", ["-m zoo_helpers.authoring.refresh x"]),
        ("portability", ["-m zoo_helpers.authoring.portability x"]),
        ("bench", ["-m tests.benchmarks x"]),
        ("lint", ["-m ruff format .", "-m ruff check --fix ."]),
        ("lock", ["-m pip install --quiet uv", "-m uv pip compile pyproject.toml"]),
    ],
)
def test_maintainers_commands_run_programs_of_this_python_in_the_project(monkeypatch, name, programs):
    called = []
    monkeypatch.setattr(subprocess, "call", lambda command, cwd: called.append((command, cwd)) and 0)
    module = importlib.import_module(f"zoo_helpers.commands.{name}")
    passes_on = "passed_on" in vars(_options(module))
    monkeypatch.setattr(subprocess, "call", lambda command, cwd: called.append((command, cwd)) or 0)
    assert commands.main([name, *["x"] * passes_on]) == 0
    for (command, folder), program in zip(called, programs, strict=True):
        assert command[0] == sys.executable
        assert " ".join(command[1:]).startswith(program)
        assert folder == ROOT


def _options(module):
    parser = argparse.ArgumentParser()
    module.configure(parser)
    return parser.parse_args([])


def test_the_check_answers_as_the_welcome_does(monkeypatch, capsys):
    assert commands.main(["check"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4
    assert all(line.endswith(": yes") for line in lines)
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    assert commands.main(["check"]) == 1
    assert ": no: Keras computes with jax" in capsys.readouterr().out


# Where the lessons are.


def test_the_lessons_are_those_of_the_checkout_in_their_order():
    assert [path.name[:2] for path in lessons.lessons()] == [f"{number:02}" for number in range(9)]
    assert {path.parent for path in lessons.lessons()} == {ROOT / "notebooks"}
    for number in (3, "3", "03"):
        assert lessons.lesson(number).name == "03_alexnet_lrn.ipynb"
    for wrong in (9, -1, "x", "", "3.0"):
        with pytest.raises(ValueError, match=f"lesson must be a number from 0 to 8; got {str(wrong)!r}"):
            lessons.lesson(wrong)


def test_without_a_checkout_they_lie_in_the_package(installed, monkeypatch, tmp_path):
    monkeypatch.setattr(lessons, "PACKAGE", tmp_path)
    with pytest.raises(lessons.Stop, match="holds no lessons: install the package again"):
        lessons.lessons()
    shutil.copytree(ROOT / "notebooks", tmp_path / "notebooks")
    assert lessons.lesson(0) == tmp_path / "notebooks" / "00_welcome.ipynb"


# JupyterLab.


@pytest.fixture
def started(monkeypatch):
    """The command lines with which JupyterLab was started, in name only."""
    from jupyterlab.labapp import LabApp

    started = []
    monkeypatch.setattr(LabApp, "launch_instance", started.append)
    monkeypatch.delenv("BROWSER", raising=False)
    return started


def test_lab_opens_a_learners_copies(started, tmp_path, capsys):
    folder = tmp_path / "mine"
    assert commands.main(["lab", "--folder", str(folder), "--port", "9000"]) == 0
    assert capsys.readouterr().out == f"9 lessons copied to {folder}.\n"
    assert len(list(folder.glob("*.ipynb"))) == 9
    (arguments,) = started
    assert f"--ServerApp.root_dir={folder}" in arguments
    assert "--port=9000" in arguments
    assert "--no-browser" not in arguments


def test_lab_opens_the_sources_and_no_browser_where_that_is_asked_for(started, monkeypatch):
    assert commands.main(["lab", "--sources", "--no-browser"]) == 0
    monkeypatch.setenv("BROWSER", "none")
    assert commands.main(["lab", "--sources"]) == 0
    for arguments in started:
        assert f"--ServerApp.root_dir={ROOT / 'notebooks'}" in arguments
        assert "--no-browser" in arguments


def test_labs_address_leads_to_the_welcome(tmp_path):
    settings = types.SimpleNamespace()
    names = ("LabApp", "ServerApp", "Application", "KernelManager")
    vars(settings).update({name: types.SimpleNamespace() for name in names})
    runpy.run_path(str(Path(lab.__file__).with_name("lab_config.py")), {"get_config": lambda: settings})
    assert settings.LabApp.default_url == f"/lab/tree/{lessons.lesson(0).name}"
    assert (Path(settings.LabApp.app_settings_dir) / "overrides.json").is_file()


# zoo.py.


@pytest.fixture
def zoo(monkeypatch):
    """`zoo.py` as a module, the environment's set-up left out."""
    monkeypatch.setattr(sys, "path", sys.path[:])
    module = types.SimpleNamespace(**runpy.run_path(str(ZOO)))
    monkeypatch.setattr(module.bootstrap, "main", lambda: None)
    yield module
    del sys.modules["bootstrap"]


def test_zoo_lists_the_commands_before_anything_is_installed(tmp_path):
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    run = subprocess.run(
        [sys.executable, "-S", ZOO], cwd=tmp_path, env=clean, capture_output=True, text=True, check=True
    )
    assert run.stdout == commands.overview() + "\n"


def test_zoo_hands_over_in_the_folder_where_it_was_called(zoo, monkeypatch, tmp_path):
    handed = []
    zoo.main.__globals__["hand_over"] = lambda command: handed.append((command, Path.cwd()))
    monkeypatch.chdir(tmp_path)
    zoo.main(["afresh", "1"])
    python = os.path.join(ROOT, zoo.bootstrap.python_of_venv())
    assert handed == [([python, "-m", "zoo_helpers.commands", "afresh", "1"], tmp_path)]


class Child:
    """A process on Windows that goes on after Ctrl + C, and ends in its own time."""

    def __init__(self, command):
        self.waits = iter([KeyboardInterrupt, KeyboardInterrupt, 5])

    def wait(self):
        result = next(self.waits)
        if result is KeyboardInterrupt:
            raise KeyboardInterrupt
        return result


def test_on_windows_zoo_waits_for_a_command_that_ctrl_c_does_not_end(zoo):
    names = zoo.hand_over.__globals__
    names["os"] = types.SimpleNamespace(name="nt")
    names["subprocess"] = types.SimpleNamespace(Popen=Child)
    with pytest.raises(SystemExit) as stop:
        zoo.hand_over(["python.exe"])
    assert stop.value.code == 5


# The wheel and the wheelhouse.


def test_every_folder_of_the_package_is_listed_for_the_wheel():
    from test_setup import PROJECT

    setuptools = PROJECT["tool"]["setuptools"]
    folders = {path.parent.relative_to(ROOT) for path in (ROOT / "zoo_helpers").rglob("*.py")}
    ours = {".".join(folder.parts) for folder in folders}
    assert set(setuptools["packages"]) == ours | {"zoo_helpers.notebooks"}
    assert setuptools["package-dir"] == {"zoo_helpers.notebooks": "notebooks"}


def test_a_wheelhouse_without_pip_is_one_clear_line(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(wheelhouse, "find_spec", lambda name: None)
    assert commands.main(["wheelhouse", str(tmp_path)]) == 1
    assert "this environment has no pip, which fetches the wheels: " in capsys.readouterr().err


def test_a_wheelhouse_that_pip_cannot_fill_says_what_pip_says(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(wheelhouse, "build_wheel", lambda root, folder: folder / "demo.whl")
    said = types.SimpleNamespace(returncode=1, stdout="Looking in ...\n", stderr="ERROR: No matching one\n\n")
    monkeypatch.setattr(wheelhouse.subprocess, "run", lambda command, **options: said)
    assert commands.main(["wheelhouse", str(tmp_path / "house")]) == 1
    assert capsys.readouterr().err == "CNN zoo: pip failed: ERROR: No matching one\n"


def test_a_wheelhouse_in_a_files_place_is_one_clear_line(capsys, tmp_path):
    (tmp_path / "house").touch()
    assert commands.main(["wheelhouse", str(tmp_path / "house")]) == 1
    assert "house cannot be written to (File exists)" in capsys.readouterr().err

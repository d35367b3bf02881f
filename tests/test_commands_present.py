"""What `present` says where it cannot present; tests/browser/test_present.py presents for real."""

import subprocess

import pytest

from zoo_helpers import commands
from zoo_helpers.commands import present


def test_a_lesson_that_there_is_not(capsys):
    assert commands.main(["present", "99"]) == 1
    assert capsys.readouterr().err.startswith("CNN zoo: lesson must be a number from 0 to ")


def test_without_slides_it_says_what_to_install(monkeypatch, capsys):
    monkeypatch.setattr(present.importlib.util, "find_spec", lambda name: None)
    assert commands.main(["present", "1"]) == 1
    assert "pip install jupyterlab-slideshow" in capsys.readouterr().err


@pytest.mark.parametrize("program", ["import sys; sys.exit(1)", "1 / 0"])
def test_a_jupyterlab_that_does_not_start_gets_a_line_and_leaves_no_folder(
    program, monkeypatch, capsys, tmp_path
):
    monkeypatch.setattr(present, "SERVE", program)
    monkeypatch.setattr(present.tempfile, "tempdir", str(tmp_path))
    assert commands.main(["present", "1", "--no-browser"]) == 1
    assert capsys.readouterr().err == "CNN zoo: JupyterLab did not start.\n"
    assert list(tmp_path.iterdir()) == []


def test_a_jupyterlab_that_hangs_is_ended(monkeypatch, capsys, tmp_path):
    started = []
    real = subprocess.Popen

    def start(*arguments, **options):
        started.append(real(*arguments, **options))
        return started[-1]

    monkeypatch.setattr(present.subprocess, "Popen", start)
    monkeypatch.setattr(present, "SERVE", "import time; time.sleep(600)")
    monkeypatch.setattr(present, "PATIENCE", 1)
    assert commands.main(["present", "1", "--no-browser"]) == 1
    assert "has not started within 1 s" in capsys.readouterr().err
    assert started[0].wait(10) != 0

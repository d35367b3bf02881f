"""The welcome: the map tells what is there, the check tells what is missing."""

import time

import pytest
from explorers import check_explorer

from zoo_helpers import welcome
from zoo_helpers.core import shipped
from zoo_helpers.welcome import checks, views


def test_the_map_marks_lessons_that_are_there():
    figure = views.draw_map(welcome.LESSONS, {"01_topk_error"})
    frames = figure.axes[0].patches
    assert [frame.get_linestyle() for frame in frames if frame.get_linewidth() == 2] == ["-"] + ["--"] * 7


def test_the_explorer_of_the_map_works_at_every_end():
    check_explorer(views.explore_map(welcome.LESSONS))


def test_notebooks_found_are_lessons(tmp_path):
    (tmp_path / "02_lenet5.ipynb").touch()
    (tmp_path / "notes.txt").touch()
    assert welcome.find_ready(tmp_path) == {"02_lenet5"}


def test_the_check_says_yes_four_times_here(capsys):
    welcome.check_environment()
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4
    assert all(line.endswith(": yes") for line in lines)


@pytest.fixture
def check(capsys):
    """A function that gives the check's answers, one for each of its lines."""

    def check():
        welcome.check_environment()
        return [line.split(": ", 1)[1] for line in capsys.readouterr().out.splitlines()]

    return check


def test_the_check_names_a_broken_file_with_its_cure(check, monkeypatch, tmp_path):
    monkeypatch.setattr(shipped, "CORE", tmp_path)
    shipped.write_list({})
    shipped.write({"trained/a.npz": b"1", "trained/b.npz": b"2", "papers.toml": b"3"})
    assert check()[2] == "yes"
    (tmp_path / "trained/a.npz").unlink()
    answer = check()[2]
    assert answer.startswith(
        f"no: {tmp_path / 'trained/a.npz'} is missing; restore it with `git checkout -- "
    )
    assert "pip" not in answer
    (tmp_path / "papers.toml").write_bytes(b"")
    answer = check()[2]
    assert answer.startswith("no: 2 files are missing or damaged, such as ")
    assert f'them with `git checkout -- "{tmp_path / "papers.toml"}" "{tmp_path / "trained"}"`' in answer


def test_all_that_ships_is_checked_in_two_seconds():
    start = time.perf_counter()
    shipped.check()
    assert time.perf_counter() - start < 2


def test_another_backend_is_called_what_it_is(check, monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    assert check()[3].startswith(
        "no: Keras computes with jax, as KERAS_BACKEND says, and the lessons need TensorF"
    )
    monkeypatch.setenv("KERAS_BACKEND", "")
    assert check()[3] == "yes"


def test_a_package_that_is_missing_or_old_is_named(check, monkeypatch):
    monkeypatch.setattr(checks, "requires", lambda name: ["numpy>=2", "pillow>=99"])
    assert check()[1].startswith("no: pillow>=99 is needed, and ")
    monkeypatch.setattr(checks, "requires", lambda name: ["numpy>=2", "no-such-package>=1"])
    assert check()[1].startswith("no: no-such-package is not installed; run `make lab` again")


def test_a_tensorflow_that_does_not_compute_is_told_the_cure(check, monkeypatch):
    class Broken:
        def constant(self, value):
            raise ImportError("a library is missing")

    monkeypatch.setattr(checks, "tf", Broken())
    assert check()[3].startswith("no: a library is missing; run `make lab` again")

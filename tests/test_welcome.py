"""The welcome: the map tells what is there, the check tells what is missing."""

from explorers import check_explorer

from zoo_helpers import welcome
from zoo_helpers.core import datasets
from zoo_helpers.welcome import views


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


def test_the_check_names_the_cure_where_something_is_missing(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(datasets, "DATA", tmp_path)
    welcome.check_environment()
    digits = capsys.readouterr().out.splitlines()[2]
    assert "undamaged: no: " in digits
    assert "make lab" in digits

"""The welcome: the map tells what is there, the diary what was done, the check what is missing."""

import json
import re
import shutil
import time
from pathlib import Path

import nbformat
import numpy as np
import pytest
from explorers import check_explorer
from shared import words

from zoo_helpers import welcome
from zoo_helpers.core import diary, shipped
from zoo_helpers.welcome import checks, views

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"


def test_the_map_shows_the_lessons_that_are_there_in_their_order():
    assert [lesson.notebook for lesson in welcome.LESSONS] == sorted(
        path.stem for path in NOTEBOOKS.glob("*.ipynb")
    )
    said = words(views.draw_map(welcome.LESSONS, "The map"))
    for number, lesson in enumerate(welcome.LESSONS):
        assert f"{number} · {lesson.subject}" in said
        assert lesson.question in said


def test_the_maps_arrows_lead_to_the_right_or_down():
    heads = [text for text in views.draw_map(welcome.LESSONS, "The map").axes[0].texts if not text.get_text()]
    assert len(heads) == len(welcome.LESSONS) - 1
    for head in heads:
        (x, y), (from_x, from_y) = head.xy, head.xyann
        assert x > from_x or y < from_y


def test_the_minutes_are_those_of_the_title_cells(capsys):
    welcome.tell_minutes(NOTEBOOKS)
    lines = capsys.readouterr().out.splitlines()[1:]
    for line, lesson in zip(lines, welcome.LESSONS, strict=False):
        if line.endswith("is not in this folder"):
            continue
        title = nbformat.read(NOTEBOOKS / f"{lesson.notebook}.ipynb", as_version=4).cells[0].source
        assert re.findall(r"(\d+) min", line)[0] == re.search(r"(\d+) minutes", title)[1]


def test_what_was_done_is_told_lesson_by_lesson(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    welcome.tell_progress(NOTEBOOKS)
    assert capsys.readouterr().out.startswith("Nothing yet.")
    diary.FILE.write_text(
        json.dumps(
            {
                "exercises": {"topk.best_rank": "passed", "topk.two_networks": "wrong"},
                "guesses": {"How many?": "2"},
                "quiz": {},
            }
        )
    )
    welcome.tell_progress(NOTEBOOKS)
    said = capsys.readouterr().out
    assert "Top-k error           1 of 4 exercises" in said
    assert "guesses made: 1; quiz questions answered: 0" in said


def test_a_lesson_that_is_not_in_the_folder_is_said_so(capsys, tmp_path):
    shutil.copy(NOTEBOOKS / "01_topk_error.ipynb", tmp_path)
    welcome.tell_minutes(tmp_path)
    lines = capsys.readouterr().out.splitlines()
    assert "60 min" in lines[2]
    assert lines[3].endswith("is not in this folder")


def test_the_filters_slider_mixes_what_the_lesson_computed():
    """NumPy's own windows, weighted by the mixture."""
    photograph = np.random.default_rng(0).integers(256, size=(12, 12)).astype(float)
    pair = np.full((3, 3), 1 / 9), np.array([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]])
    windows = np.lib.stride_tricks.sliding_window_view(photograph, (3, 3))
    results = tuple(np.einsum("rcij,ij->rc", windows, weights) for weights in pair)
    explorer = views.explore_filter(photograph, pair, results)
    check_explorer(explorer)
    figure = explorer.view(share=0.25)
    mixed = np.einsum("rcij,ij->rc", windows, 0.75 * pair[0] + 0.25 * pair[1])
    shown = figure.axes[0].images[1].get_array()[..., 0]
    np.testing.assert_allclose(shown, np.clip(mixed, 0, 255), atol=1)  # a shade is a whole number
    assert "add up to 0.75" in words(figure)


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
    assert check()[1].startswith("no: no-such-package is not installed; run `python zoo.py lab` again")


def test_a_tensorflow_that_does_not_compute_is_told_the_cure(check, monkeypatch):
    class Broken:
        def constant(self, value):
            raise ImportError("a library is missing")

    monkeypatch.setattr(checks, "tf", Broken())
    assert check()[3].startswith("no: a library is missing; run `python zoo.py lab` again")

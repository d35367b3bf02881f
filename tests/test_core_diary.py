"""The diary keeps what a learner has done, and never stops a lesson."""

import json

import pytest

from zoo_helpers.core import diary, widgets
from zoo_helpers.topk import exercises

EMPTY = {"exercises": {}, "guesses": {}, "quiz": {}}


@pytest.fixture
def notebook(tmp_path, monkeypatch):
    """A folder in which a notebook's kernel seems to run."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(diary, "in_a_notebook", lambda: True)
    return tmp_path


def test_outside_a_notebook_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    diary.note("guesses", "How many?", "2")
    assert list(tmp_path.iterdir()) == []
    assert diary.read() == EMPTY


def test_what_is_noted_is_read(notebook):
    diary.note("guesses", "How many?", "2")
    diary.note("guesses", "How many?", "3")
    diary.note("quiz", "Why “five”?", "좋은 질문")
    assert diary.read() == {**EMPTY, "guesses": {"How many?": "3"}, "quiz": {"Why “five”?": "좋은 질문"}}
    assert [path.name for path in notebook.iterdir()] == ["zoo-diary.json"]


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "{}", '{"exercises": 3, "guesses": {}, "quiz": {}}', "null"]
)
def test_a_damaged_diary_counts_as_empty(notebook, content):
    diary.FILE.write_text(content)
    assert diary.read() == EMPTY
    diary.note("quiz", "Why?", "So")
    assert diary.read() == {**EMPTY, "quiz": {"Why?": "So"}}


def test_a_number_and_no_name_stands_for_the_learner(notebook):
    assert diary.learner() != diary.learner()  # as long as there is no diary
    diary.note("quiz", "Why?", "So")
    number = diary.learner()
    assert diary.LEARNER.fullmatch(number)
    diary.note("quiz", "How?", "Thus")
    assert diary.learner(notebook) == number


@pytest.mark.parametrize("more", [{}, {"learner": 3}, {"learner": "<b>"}])
def test_a_diary_without_a_number_gets_one_that_stays(notebook, more):
    diary.FILE.write_text(json.dumps({**EMPTY, **more}), encoding="utf-8")
    number = diary.learner()
    assert diary.LEARNER.fullmatch(number)
    diary.note("quiz", "Why?", "So")
    assert diary.learner() == number


def test_a_folder_that_cannot_be_written_stops_nothing(notebook, monkeypatch):
    monkeypatch.setattr(diary, "FILE", notebook / "nowhere" / "zoo-diary.json")
    diary.note("quiz", "Why?", "So")
    assert diary.read() == EMPTY


def test_an_exercise_a_guess_and_a_quiz_question_are_noted(notebook, capsys):
    exercises.knows_the_kind.check(...)
    assert diary.read() == EMPTY
    exercises.knows_the_kind.check(lambda sizes, k: 1)
    assert diary.read()["exercises"] == {"topk.knows_the_kind": "wrong"}
    exercises.knows_the_kind.check(exercises.knows_the_kind.solved)
    exercises.knows_the_kind.check(lambda sizes, k: 1)
    assert diary.read()["exercises"] == {"topk.knows_the_kind": "passed"}  # once passed, it stays passed

    guess = widgets.Prediction("How many?", ["1", "2"])
    guess._choices.value = "2"
    quiz = widgets.Quiz({"Why?": {"So": "No, not so.", "Thus": "Right: thus."}})
    buttons = quiz.children[0].children[1]
    buttons.value = "So"
    buttons.value = "Thus"
    assert diary.read()["guesses"] == {"How many?": "2"}
    assert diary.read()["quiz"] == {"Why?": "So"}  # the first choice

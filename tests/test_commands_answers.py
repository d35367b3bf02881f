"""What a class handed in: one learner's export, many files merged, hostile ones left out with one line."""

import argparse
import json
import os
import random
import re
from html.parser import HTMLParser

import pytest

from zoo_helpers import commands
from zoo_helpers.commands import Stop, answers, class_page, contents, handed_in
from zoo_helpers.commands.lessons import lesson, lessons
from zoo_helpers.core import diary
from zoo_helpers.your_own import scoreboard
from zoo_helpers.your_own.plan import STEPS

TOPK = contents.read(lesson(1))
GUESS = TOPK.guesses[0]
QUESTION, CHOICES = next(iter(TOPK.quiz.items()))
IDEA = {"name": "wider", "parameters": 80_000, "block": "b", "errors": {"0": 0.5}, "seconds": {"0": 9.0}}


def scores(*ideas):
    return {"format": scoreboard.FORMAT, "steps": STEPS, "ideas": list(ideas), "next": ""}


def export(number, **more):
    return {
        "format": handed_in.FORMAT,
        "learner": f"{number:016x}",
        "exercises": {"topk.best_rank": "passed"},
        "guesses": {GUESS.question: GUESS.answer},
        "quiz": {QUESTION: next(iter(CHOICES))},
        "scoreboard": None,
        **more,
    }


def hand_in(folder, name, stored):
    path = folder / name
    path.write_text(stored if isinstance(stored, str) else json.dumps(stored), encoding="utf-8")
    return path


def made_up_class(folder, size, seed=0):
    """Learners who guess, answer and try at random, the right thing more often than others."""
    chance = random.Random(seed)
    books = [contents.read(path) for path in lessons()]
    for number in range(size):
        answered = {kind: {} for kind in diary.KINDS}
        for book in books:
            for guess in book.guesses:
                if chance.random() < 0.9:
                    answered["guesses"][guess.question] = chance.choice([*guess.options, guess.answer or "x"])
            for question, choices in book.quiz.items():
                right = [choice for choice, why in choices.items() if why.startswith("Right")]
                answered["quiz"][question] = chance.choice([*choices, *right])
            for name in book.exercises:
                verdict = chance.choice(["passed", "passed", "wrong", "crashed", ""])
                answered["exercises"] |= {f"{book.module}.{name}": verdict} if verdict else {}
        measured = {str(seed): chance.uniform(0.45, 0.7) for seed in range(3)}
        idea = {**IDEA, "name": f"idea {number}", "parameters": chance.randrange(9_000, 300_000)}
        idea |= {"errors": measured, "seconds": dict.fromkeys(measured, 20.0)}
        hand_in(
            folder, f"zoo-answers-{number:016x}.json", export(number, **answered, scoreboard=scores(idea))
        )


class Words(HTMLParser):
    """The words of a page, and its elements with what they load."""

    def __init__(self, page):
        super().__init__()
        self.words, self.tags, self.loads = [], set(), []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.loads += [value for name, value in attributes if name in ("src", "href")]

    def handle_data(self, data):
        self.words.append(data)


# One learner


@pytest.fixture
def copies(tmp_path, monkeypatch):
    """A learner's folder, with answers from a notebook."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(diary, "in_a_notebook", lambda: True)
    diary.note("guesses", GUESS.question, GUESS.options[0])
    diary.note("exercises", "topk.best_rank", "wrong")
    return tmp_path


def test_a_learner_exports_one_file_without_a_name_and_the_same_learner_again(copies, capsys):
    assert commands.main(["answers", "--mine"]) == 0
    (path,) = copies.glob("zoo-answers-*.json")
    assert path.name in capsys.readouterr().out
    stored = json.loads(path.read_text(encoding="utf-8"))
    assert {*stored} == {"format", "learner", *diary.KINDS, "scoreboard"}
    assert diary.LEARNER.fullmatch(stored["learner"])
    one = handed_in.read(path)
    assert one.answers["guesses"] == {GUESS.question: GUESS.options[0]}
    diary.note("exercises", "topk.best_rank", "passed")
    assert commands.main(["answers", "--mine"]) == 0
    assert list(copies.glob("zoo-answers-*.json")) == [path]
    assert handed_in.read(path).answers["exercises"] == {"topk.best_rank": "passed"}


def test_the_scoreboard_goes_along_and_a_damaged_one_stays(copies):
    hand_in(copies, scoreboard.FILE.name, scores(IDEA))
    (idea,) = handed_in.read(handed_in.export(copies, copies)).ideas
    assert re.fullmatch("[0-9a-f]{4}: wider", idea.name)
    hand_in(copies, scoreboard.FILE.name, "{")
    assert handed_in.read(handed_in.export(copies, copies)).ideas == ()


def test_who_has_done_nothing_gets_a_line(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("zoo_helpers.commands.copies.default_folder", lambda: tmp_path / "my-lessons")
    assert commands.main(["answers", "--mine"]) == 1
    assert re.fullmatch("CNN zoo: .* holds no answers yet: .*\n", capsys.readouterr().err)


# A class


def test_thirty_learners_are_counted_option_by_option(tmp_path):
    made_up_class(tmp_path, 30)
    learners, lines = handed_in.merge([tmp_path])
    assert (len(learners), lines) == (30, [])
    page = class_page.draw(learners, lines, lessons())
    words = Words(page)
    text = " ".join(words.words)
    for path in lessons():
        book = contents.read(path)
        for question in [*(guess.question for guess in book.guesses), *book.quiz]:
            assert question in text
    said = sum(one.answers["guesses"].get(GUESS.question) == GUESS.answer for one in learners)
    asked = sum(GUESS.question in one.answers["guesses"] for one in learners)
    assert re.search(rf"✓ {re.escape(GUESS.answer)} *{said} of {asked}", text)
    tried = [one.answers["exercises"].get("topk.best_rank") for one in learners]
    assert f"best_rank {sum(map(bool, tried))} {tried.count('passed')}" in text
    assert all(f": idea {number}" in text for number in range(30))
    assert "script" not in words.tags
    assert all(load.startswith("data:image/png;base64,") for load in words.loads)


def test_a_learner_counts_once_and_the_fuller_file_counts(tmp_path):
    hand_in(tmp_path, "a.json", export(1, quiz={}))
    hand_in(tmp_path, "b.json", export(1))
    hand_in(tmp_path, "c.json", export(1, guesses={}))
    hand_in(tmp_path, "d.json", export(2))
    learners, lines = handed_in.merge([tmp_path])
    assert [one.size for one in learners] == [3, 3]
    assert lines == [
        "b.json: the same learner as a.json; the fuller of the two counts.",
        "c.json: the same learner as b.json; the fuller of the two counts.",
    ]


def test_diaries_and_scoreboards_as_they_lie_beside_the_lessons_are_merged_too(tmp_path):
    (tmp_path / "kim").mkdir()
    hand_in(tmp_path / "kim", "zoo-diary.json", {"exercises": {}, "guesses": {}, "quiz": {"Why?": "So"}})
    hand_in(tmp_path / "kim", "lee.json", scores(IDEA))
    learners, lines = handed_in.merge([tmp_path])
    assert lines == []
    assert [idea.name for one in learners for idea in one.ideas] == ["lee: wider"]
    assert {"Why?": "So"} in [one.answers["quiz"] for one in learners]


def test_words_of_a_file_never_become_part_of_the_page(tmp_path):
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    idea = {**IDEA, "name": "<b onclick=x>&"}
    stored = export(1, guesses={GUESS.question: evil}, quiz={evil: evil}, scoreboard=scores(idea))
    hand_in(tmp_path, "“><script>.json", stored)
    hand_in(tmp_path, "<img src=x>.json", "{")
    learners, lines = handed_in.merge([tmp_path])
    words = Words(class_page.draw(learners, lines, lessons()))
    assert not {"script", "b"} & words.tags
    assert all(load.startswith("data:") for load in words.loads)
    assert "another answer" in words.words
    assert " 1 answers are to questions that these lessons do not have." in " ".join(words.words)


DEEP = 100_000
BAD = {  # name of the file -> its content, what its line says
    "empty.json": (b"", "it is empty"),
    "blank.json": (b" \n\n", "it is empty"),
    "half.json": (json.dumps(export(1)).encode()[:-9], "damaged"),
    "words.txt": (b"My answers: two, three", "damaged"),
    "picture.png": (b"\x89PNG\r\n\x1a\n\x00\xff\xfe", "no text"),
    "archive.zip": (b"PK\x03\x04\x14\x00\x00\x00\xb5\xd5", "no text"),
    "utf16.json": (json.dumps(export(1)).encode("utf-16"), "no text"),
    "huge.json": (b'{"a": "' + b"x" * 2_000_000 + b'"}', "too large"),
    "zeros.json": (b"\x00" * 5_000_000, "too large"),
    "deep-list.json": (b"[" * DEEP + b"]" * DEEP, "damaged"),
    "deep-object.json": (b'{"a":' * DEEP + b"1" + b"}" * DEEP, "damaged"),
    "digits.json": (b'{"format": ' + b"9" * 9_000 + b"}", "damaged|no file of these"),
    "nan.json": (b'{"format": NaN}', "damaged"),
    "page.html": (b"<!doctype html><title>Moodle</title>", "damaged"),
    "list.json": (b"[1, 2]", "no file of these lessons"),
    "null.json": (b"null", "no file of these lessons"),
    "number.json": (b"3", "no file of these lessons"),
    "package.json": (b'{"name": "x", "version": "1"}', "no file of these lessons"),
    "lesson.ipynb": (b'{"cells": [], "nbformat": 4}', "no file of these lessons"),
    "newer.json": (json.dumps(export(1, format="zoo-answers-9")).encode(), "no file of these lessons"),
    "format-list.json": (json.dumps(export(1, format=["zoo-answers-1"])).encode(), "no file of these"),
    "learner-number.json": (json.dumps(export(1, learner=7)).encode(), "learner's number"),
    "learner-long.json": (json.dumps(export(1, learner="x" * 999)).encode(), "learner's number"),
    "kind-list.json": (json.dumps(export(1, quiz=["So"])).encode(), "“quiz” is damaged"),
    "kind-null.json": (json.dumps(export(1, guesses=None)).encode(), "“guesses” is damaged"),
    "answer-number.json": (json.dumps(export(1, quiz={"Why?": 3})).encode(), "“quiz” is damaged"),
    "answer-object.json": (json.dumps(export(1, exercises={"a": {}})).encode(), "“exercises” is damaged"),
    "many.json": (json.dumps(export(1, quiz={f"q{n}": "a" for n in range(2_000)})).encode(), "more than"),
    "long.json": (json.dumps(export(1, guesses={"q": "a" * 5_000})).encode(), "more than"),
    "scores-list.json": (json.dumps(export(1, scoreboard=[])).encode(), "its scoreboard cannot be used"),
    "scores-false.json": (json.dumps(export(1, scoreboard=False)).encode(), "its scoreboard cannot be used"),
    "steps.json": (json.dumps(export(1, scoreboard={**scores(), "steps": 1})).encode(), "scoreboard cannot"),
    "error-2.json": (json.dumps(scores({**IDEA, "errors": {"0": 2}})).encode(), "scoreboard cannot be used"),
    "name-list.json": (json.dumps(scores({**IDEA, "name": None, "block": []}, 3)).encode(), "cannot be used"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_gets_one_line_and_the_rest_is_merged(name, tmp_path):
    content, why = BAD[name]
    (tmp_path / name).write_bytes(content)
    hand_in(tmp_path, "kim.json", export(5))
    learners, lines = handed_in.merge([tmp_path])
    assert len(learners) == 1
    (line,) = lines
    assert re.fullmatch(rf"{re.escape(name)}: left out, [^\n]*({why})[^\n]*\.", line)


@pytest.mark.skipif(os.name == "nt", reason="Windows has neither")
def test_pipes_links_that_lead_nowhere_and_names_with_control_characters(tmp_path):
    os.mkfifo(tmp_path / "pipe.json")
    (tmp_path / "link.json").symlink_to(tmp_path / "gone.json")
    (tmp_path / "two\nlines\u202e.json").write_text("{")
    (tmp_path / ".hidden.json").write_text("{")
    (tmp_path / "circle").symlink_to(tmp_path)
    hand_in(tmp_path, "kim.json", export(5))
    learners, lines = handed_in.merge([tmp_path])
    assert len(learners) == 1
    assert sorted(lines) == [
        "link.json: left out, it is no file.",
        "pipe.json: left out, it is no file.",
        "two lines .json: left out, it is damaged, or no file of these lessons.",
    ]


def test_half_a_surrogate_in_an_answer_does_not_stop_the_page(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    hand_in(tmp_path, "kim.json", json.dumps(export(5, guesses={GUESS.question: "\ud800"})))
    assert commands.main(["answers", "kim.json"]) == 0
    assert "another answer" in (tmp_path / "class-answers.html").read_text(encoding="utf-8")


def test_what_ends_the_command_is_said_in_one_line(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.json").write_text("{")
    for arguments, line in [
        (["nowhere"], "there is no file or folder “nowhere”."),
        (["bad.json"], "no file holds a learner's answers: nothing to show."),
    ]:
        assert commands.main(["answers", *arguments]) == 1
        assert capsys.readouterr().err == f"CNN zoo: {line}\n"
    hand_in(tmp_path, "kim.json", export(5))
    assert commands.main(["answers", "kim.json", "--output", "nowhere/class.html"]) == 1
    assert "could not be written" in capsys.readouterr().err


def test_a_folder_or_my_own_but_not_neither():
    parser = argparse.ArgumentParser()
    answers.configure(parser)
    with pytest.raises(SystemExit):
        parser.parse_args([])
    with pytest.raises(SystemExit):
        parser.parse_args(["--mine", "class"])


def test_a_folder_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(Stop, match="holds no answers yet"):
        handed_in.export(tmp_path / "nowhere", tmp_path)

"""INSTRUCTOR.md says what the lessons say: minutes, exercises, commands."""

import re
from pathlib import Path

import pytest

from zoo_helpers.commands import COMMANDS, contents
from zoo_helpers.commands.lessons import lesson, lessons

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "INSTRUCTOR.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| ([\w ]+) \| ([\d, ]+) \| (\d+) min \| (\d+) min \|$", TEXT, re.MULTILINE)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_syllabus_adds_up(row):
    _, numbers, core, deeper = row
    books = [contents.read(lesson(number.strip())) for number in numbers.split(",")]
    sums = [sum(book.minutes(deeper=which) for book in books) for which in (False, True)]
    assert [int(core), int(deeper)] == sums


def test_two_syllabi_of_which_the_longer_leaves_no_lesson_out():
    alls = [{int(number) for number in numbers.split(",")} for name, numbers, *_ in ROWS if name == "all"]
    parts = [int(number) for name, numbers, *_ in ROWS if name != "all" for number in numbers.split(",")]
    assert sorted(parts) == sorted([*alls[0], *alls[1]])
    assert alls[1] == set(range(len(lessons())))


def test_misconceptions_name_exercises_of_their_lesson():
    said = re.search(r"## Common misconceptions\n(.*?)\n## ", TEXT, re.DOTALL)[1]
    entries = re.findall(r"^- \*\*Lesson (\d+)\.\*\* ((?:.|\n(?!-))+)", said, re.MULTILINE)
    assert [int(number) for number, _ in entries] == list(range(len(lessons())))
    for number, words in entries:
        assert set(re.findall(r"\(`(\w+)`\)", words)) <= set(contents.read(lesson(number)).exercises), number


def test_commands_and_files_exist_and_it_is_two_pages():
    for command in re.findall(r"`(?:python zoo\.py|cnn-zoo) (\w+)", TEXT):
        assert command in COMMANDS
    for path in re.findall(r"`(hub/[\w.]+)`|\]\((\w+\.md)\)", TEXT):
        assert (ROOT / "".join(path)).is_file()
    assert len(TEXT.split()) < 1_300

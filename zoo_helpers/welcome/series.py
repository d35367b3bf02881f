"""The series as a table: each lesson's number, subject, year and question; its minutes, from its notebook."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

from zoo_helpers.core import diary
from zoo_helpers.core.claims import say


class Lesson(NamedTuple):
    """One lesson: its notebook without the ending, its subject, when that was new, and its question."""

    notebook: str
    subject: str
    when: str
    question: str


LESSONS = (
    Lesson("00_welcome", "Welcome", "you are here", "What does a filter do\nto a photograph?"),
    Lesson(
        "01_topk_error", "Top-k error", "the challenge of 2010 to 2017", "How do you grade\nfive guesses?"
    ),
    Lesson("02_lenet5", "LeNet-5", "paper of 1998", "How little does a network\nneed to read digits?"),
    Lesson("03_alexnet_lrn", "AlexNet", "paper of 2012", "What did 2012 change?"),
    Lesson("04_vgg", "VGG", "paper of 2014", "Is deeper better,\nif the filters stay small?"),
    Lesson(
        "05_vanishing_gradients",
        "Vanishing gradients",
        "papers of 1991 to 2015",
        "Why could nobody\ntrain 50 layers?",
    ),
    Lesson("06_resnet", "ResNet", "paper of 2015", "If 56 layers learn worse\nthan 20, what is wrong?"),
    Lesson(
        "07_pretrained_zoo",
        "The pretrained zoo",
        "today",
        "What does a trained network\nsay of your photograph?",
    ),
    Lesson("08_your_own_animal", "Your own animal", "yours", "Can a simple idea\nof yours help?"),
)
MINUTES = re.compile(r"(\d+) minutes(?:[^.]*\b[Dd]eeper\D*(\d+))?")  # as the title cells say them


class Plan(NamedTuple):
    """What a notebook announces: minutes of the core path and of the sections “Deeper”, and its exercises."""

    core: int
    deeper: int
    exercises: tuple[str, ...]


def read_plans(folder: str | Path = ".") -> dict[str, Plan]:
    """What each lesson's notebook announces, by its subject: of those in `folder`."""
    paths = {lesson.subject: Path(folder) / f"{lesson.notebook}.ipynb" for lesson in LESSONS}
    return {subject: _read_plan(path) for subject, path in paths.items() if path.exists()}


def tell_minutes(folder: str | Path = ".") -> None:
    """Print what each lesson's title cell announces, and the sums."""
    plans = read_plans(folder)
    say(f"{'':24}core path     deeper")
    for number, lesson in enumerate(LESSONS):
        plan = plans.get(lesson.subject)
        minutes = f"{plan.core:5} min{plan.deeper:7} min" if plan else " is not in this folder"
        say(f"{number} {lesson.subject:22}{minutes}")
    core, deeper = (sum(plan[part] for plan in plans.values()) / 60 for part in (0, 1))
    say(f"{'together':24}{core:5.1f} h  {deeper:7.1f} h")


def tell_progress(folder: str | Path = ".") -> None:
    """Print what the learner has done so far, from the diary beside the notebooks."""
    done = diary.read()
    if not any(done.values()):
        say("Nothing yet. What you do in the lessons will stand here.")
        return
    passed = {name for name, outcome in done["exercises"].items() if outcome == "passed"}
    for subject, plan in read_plans(folder).items():
        say(f"{subject:22}{len(passed.intersection(plan.exercises))} of {len(plan.exercises)} exercises")
    say(f"guesses made: {len(done['guesses'])}; quiz questions answered: {len(done['quiz'])}")


def _read_plan(path: Path) -> Plan:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    core, deeper = MINUTES.search(_source(cells[0])).groups()
    code = "\n".join(_source(cell) for cell in cells if cell["cell_type"] == "code")
    lesson = re.search(r"^from zoo_helpers\.(\w+) import .*\bexercises\b", code, re.MULTILINE)
    names = re.findall(r"^exercises\.(\w+)\.check\(", code, re.MULTILINE)
    return Plan(int(core), int(deeper or 0), tuple(f"{lesson[1]}.{name}" for name in names))


def _source(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])

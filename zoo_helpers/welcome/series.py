"""The series as a table: each lesson's number, subject, year and question."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple


class Lesson(NamedTuple):
    """One lesson: its notebook's name without the ending, subject, year of its paper, and question."""

    notebook: str
    subject: str
    year: str
    question: str


LESSONS = (
    Lesson("01_topk_error", "Top-k error", "2010", "How do you grade\nfive guesses?"),
    Lesson("02_lenet5", "LeNet-5", "1998", "How little does a network\nneed to read digits?"),
    Lesson("03_alexnet_lrn", "AlexNet", "2012", "What did 2012 change?"),
    Lesson("04_vgg", "VGG", "2014", "Is deeper better, if the\nfilters stay small?"),
    Lesson("05_vanishing_gradients", "Vanishing gradients", "2010", "Why could nobody\ntrain 50 layers?"),
    Lesson("06_resnet", "ResNet", "2015", "If 56 layers learn worse\nthan 20, what is wrong?"),
    Lesson("07_pretrained_zoo", "The pretrained zoo", "today", "Which network\nshould you take home?"),
    Lesson("08_your_own_animal", "Your own animal", "yours", "Can you build\na better one?"),
)


def find_ready(folder: str | Path = ".") -> set[str]:
    """The names of the lessons whose notebooks are in `folder`."""
    return {path.stem for path in Path(folder).glob("*.ipynb")}

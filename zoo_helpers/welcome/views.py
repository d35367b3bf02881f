"""The map of the series."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from zoo_helpers.core import figures, widgets
from zoo_helpers.core.figures import BLUE, GREY
from zoo_helpers.welcome.series import Lesson

COLUMNS = 4


@figures.view
def draw_map(lessons: Sequence[Lesson], ready: Collection[str]) -> Figure:
    """The lessons as a path that turns at the right; a dashed frame for those not among `ready`."""
    figure, axes = _draw_path(lessons, [lesson.notebook in ready for lesson in lessons])
    for index, lesson in enumerate(lessons):
        x, y = _place(index)
        axes.text(x, y - 0.04, lesson.question, ha="center", va="center", fontsize=9.5)
        state = lesson.year if lesson.notebook in ready else f"{lesson.year} · to come"
        axes.text(x, y - 0.28, state, ha="center", va="center", fontsize=9.5, color=GREY)
    return figure


@figures.view
def draw_progress(lessons: Sequence[Lesson], done: int) -> Figure:
    """The path without its questions, the first `done` lessons in full frames."""
    figure, _ = _draw_path(lessons, [index < done for index in range(len(lessons))], height=2.8)
    return figure


def explore_map(lessons: Sequence[Lesson]) -> widgets.Explorer:
    """The path behind a slider for the number of lessons done."""
    return widgets.Explorer(
        lambda done: draw_progress(lessons, done),
        caption=lambda done: f"The path of a learner who has done {done} of the {len(lessons)} lessons.",
        done=widgets.slider("lessons done", 0, len(lessons), start=1),
    )


def _draw_path(lessons: Sequence[Lesson], full: Sequence[bool], height: float = 3.7) -> tuple[Figure, Axes]:
    figure = figures.figure(8.6, height)
    axes = figure.subplots()
    places = [_place(index) for index in range(len(lessons))]
    for start, end in pairwise(places):
        axes.annotate("", end, start, arrowprops={"arrowstyle": "-", "color": GREY, "linewidth": 3}, zorder=0)
    for number, ((x, y), lesson, is_full) in enumerate(zip(places, lessons, full, strict=True), start=1):
        frame = FancyBboxPatch(
            (x - 0.42, y - 0.34),
            0.84,
            0.68,
            boxstyle="round,pad=0.03",
            facecolor="#E8F1F8" if is_full else "white",
            edgecolor=BLUE if is_full else GREY,
            linestyle="-" if is_full else "--",
            linewidth=2,
        )
        axes.add_patch(frame)
        title = f"{number} · {lesson.subject}"
        axes.text(x, y + 0.22, title, ha="center", va="center", fontsize=10, weight="bold")
    axes.set(xlim=(-0.5, COLUMNS - 0.5), ylim=(-1.45, 0.45))
    axes.axis("off")
    return figure, axes


def _place(index: int) -> tuple[int, int]:
    row, column = divmod(index, COLUMNS)
    return (column if row % 2 == 0 else COLUMNS - 1 - column), -row

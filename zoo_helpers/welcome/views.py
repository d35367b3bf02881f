"""The map of the series."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise

from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from zoo_helpers.core import figures, widgets
from zoo_helpers.core.figures import BLUE, GREY
from zoo_helpers.welcome.series import Lesson

COLUMNS = 4


@figures.view
def draw_map(lessons: Sequence[Lesson], ready: Collection[str], others: str = "to come") -> Figure:
    """The lessons as a path that turns at the right; those not `ready` are dashed and say `others`."""
    figure = figures.figure(8.6, 3.7)
    axes = figure.subplots()
    places = [_place(index) for index in range(len(lessons))]
    for start, end in pairwise(places):
        axes.annotate("", end, start, arrowprops={"arrowstyle": "-", "color": GREY, "linewidth": 3}, zorder=0)
    for number, (lesson, (x, y)) in enumerate(zip(lessons, places, strict=True), start=1):
        there = lesson.notebook in ready
        frame = FancyBboxPatch(
            (x - 0.42, y - 0.34),
            0.84,
            0.68,
            boxstyle="round,pad=0.03",
            facecolor="#E8F1F8" if there else "white",
            edgecolor=BLUE if there else GREY,
            linestyle="-" if there else "--",
            linewidth=2,
        )
        axes.add_patch(frame)
        axes.text(
            x, y + 0.22, f"{number} · {lesson.subject}", ha="center", va="center", fontsize=10, weight="bold"
        )
        axes.text(x, y - 0.04, lesson.question, ha="center", va="center", fontsize=9.5)
        state = lesson.year if there else f"{lesson.year} · {others}"
        axes.text(x, y - 0.28, state, ha="center", va="center", fontsize=10, color=GREY)
    axes.set(xlim=(-0.5, COLUMNS - 0.5), ylim=(-1.45, 0.45))
    axes.axis("off")
    return figure


def explore_map(lessons: Sequence[Lesson]) -> widgets.Explorer:
    """The map behind a slider for the number of lessons done."""
    return widgets.Explorer(
        lambda done: draw_map(lessons, [lesson.notebook for lesson in lessons[:done]], "not yet done"),
        caption=lambda done: f"The map of a learner who has done {done} of the {len(lessons)} lessons.",
        done=widgets.slider("lessons done", 0, len(lessons), start=1),
    )


def _place(index: int) -> tuple[int, int]:
    row, column = divmod(index, COLUMNS)
    return (column if row % 2 == 0 else COLUMNS - 1 - column), -row

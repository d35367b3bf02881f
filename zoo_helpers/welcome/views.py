"""The welcome's pictures: a filter at work on a photograph, and the map of the series."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, Rectangle

from zoo_helpers.core import figures, widgets
from zoo_helpers.core.figures import BLUE, GREY, ORANGE
from zoo_helpers.welcome.series import Lesson

RESULT = 1.8  # where a filter's result begins, if the photograph before it is 1 wide
COLUMNS = 3  # of the map
HALF_WIDTH, HALF_HEIGHT, PAD = 0.42, 0.36, 0.02  # of its boxes, which are rounded by PAD


@figures.view
def draw_filter(photograph: np.ndarray, weights: np.ndarray, result: np.ndarray, title: str) -> Figure:
    """A grey photograph (H, W), a filter's weights, and its result, in which what is below 0 is black."""
    figure = figures.figure(7.2, 2.85)
    axes = figure.subplots()  # one for all three: an explorer answers twice as fast
    for name, left, pixels in (("photograph", 0, photograph), ("result", RESULT, result)):
        axes.imshow(_grey(pixels), extent=(left, left + 1, 0, 1))
        axes.text(left + 0.5, 1.03, name, ha="center", fontsize=10)
    _write_weights(axes, weights)
    axes.set(xlim=(0, RESULT + 1), ylim=(0, 1.1), title=title)
    axes.axis("off")
    return figure


def _grey(pixels: np.ndarray) -> np.ndarray:
    """Numbers (H, W) as shades uint8 (H, W, 3): Matplotlib's own map of colours takes three times as long."""
    return np.repeat(np.clip(pixels, 0, 255).astype(np.uint8)[..., None], 3, axis=2)


def _write_weights(axes: Axes, weights: np.ndarray) -> None:
    side = (RESULT - 1 - 0.2) / len(weights)  # of a cell, in photographs
    left, bottom = 1.1, 0.5 - side * len(weights) / 2
    for (row, column), weight in np.ndenumerate(weights[::-1]):
        corner = (left + column * side, bottom + row * side)
        axes.add_patch(Rectangle(corner, side, side, fill=False, edgecolor=GREY))
        middle = (corner[0] + side / 2, corner[1] + side / 2)
        axes.text(*middle, f"{round(weight, 2) + 0.0:.2f}", ha="center", va="center", fontsize=10)
    axes.text((1 + RESULT) / 2, bottom + side * len(weights) + 0.03, "filter", ha="center", fontsize=10)


def explore_filter(
    photograph: np.ndarray, weights: tuple[np.ndarray, np.ndarray], results: tuple[np.ndarray, np.ndarray]
) -> widgets.Explorer:
    """`draw_filter` behind a slider that turns one filter into another.

    A result is a sum of products, so the mixture of two filters gives the same mixture of their results.
    """

    def mix(pair: tuple[np.ndarray, np.ndarray], share: float) -> np.ndarray:
        return (1 - share) * pair[0] + share * pair[1]

    def view(share: float) -> Figure:
        title = f"The filter's nine weights add up to {abs(mix(weights, share).sum()):.2f}"
        return draw_filter(photograph, mix(weights, share), mix(results, share), title)

    return widgets.Explorer(
        view,
        caption="At the left end the filter blurs. Then its middle weight grows, and the picture gets "
        "sharper. At the right end the weights add up to 0, and only edges are left.",
        share=widgets.slider("from blur to edge", 0.0, 1.0, 0.0),
    )


@figures.view
def draw_map(lessons: Sequence[Lesson], title: str) -> Figure:
    """The lessons in rows, to be read as text is; arrows lead from each to the next."""
    figure = figures.figure(8.6, 4.4, title)
    axes = figure.subplots()
    for start, end in pairwise(range(len(lessons))):
        _draw_arrow(axes, _place(start), _place(end))
    for number, lesson in enumerate(lessons):
        x, y = _place(number)
        box = FancyBboxPatch(
            (x - HALF_WIDTH, y - HALF_HEIGHT),
            2 * HALF_WIDTH,
            2 * HALF_HEIGHT,
            boxstyle=f"round,pad={PAD}",
            facecolor="#FBF1DC" if number == 0 else "#E8F1F8",
            edgecolor=ORANGE if number == 0 else BLUE,
            linewidth=2,
        )
        axes.add_patch(box)
        for up, words, style in (
            (0.23, f"{number} · {lesson.subject}", {"weight": "bold", "fontsize": 11}),
            (-0.02, lesson.question, {"fontsize": 10}),
            (-0.27, lesson.when, {"fontsize": 9.5, "color": GREY}),
        ):
            axes.text(x, y + up, words, ha="center", va="center", **style)
    rows = -(-len(lessons) // COLUMNS)
    axes.set(xlim=(-0.47, COLUMNS - 0.53), ylim=(0.55 - rows, 0.45))
    axes.axis("off")
    return figure


def _place(number: int) -> tuple[int, int]:
    row, column = divmod(number, COLUMNS)
    return column, -row


def _draw_arrow(axes: Axes, start: tuple[int, int], end: tuple[int, int]) -> None:
    """To the right in a row; from its end down, back between the rows, and down to the next one's start."""
    if start[1] == end[1]:
        path = [start, (end[0] - HALF_WIDTH - PAD, end[1])]
    else:
        between = (start[1] + end[1]) / 2
        path = [start, (start[0], between), (end[0], between), (end[0], end[1] + HALF_HEIGHT + PAD)]
    axes.plot(*zip(*path[:-1], strict=True), color=GREY, linewidth=2, zorder=0)
    head = {
        "arrowstyle": "-|>",
        "mutation_scale": 14,
        "color": GREY,
        "linewidth": 2,
        "shrinkA": 0,
        "shrinkB": 0,
    }
    axes.annotate("", path[-1], path[-2], arrowprops=head, zorder=0)

"""Lesson 01's pictures: scores and who is in, error curves, guesses, averages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from zoo_helpers.core import figures, widgets
from zoo_helpers.core.figures import BLUE, GREY, ORANGE, PALE, VERMILION
from zoo_helpers.topk.metric import target_ranks

IN, OUT, TRUE = BLUE, PALE, ORANGE
COLUMNS = 5  # of the pictures with their guesses


@figures.view
def draw_scores(scores: Sequence[float], names: Sequence[str], target: int, k: int) -> Figure:
    """One image's scores as bars: dark for the k that are in, an arrow at the true class."""
    ranks = target_ranks([scores] * len(names), range(len(names)))  # as if each class were the true one
    figure = figures.figure(7.5, 2.9)
    axes = figure.subplots()
    bars = axes.barh(names, scores, color=np.where(ranks <= k, IN, OUT))
    for bar, score, rank in zip(bars, scores, ranks, strict=True):
        bar.set_hatch("" if rank <= k else "///")
        _write_beside(axes, f"{score:g} · rank {rank}", bar.get_center()[1], score, 6)
    here = {"ha": "right", "color": VERMILION, "weight": "bold"}
    _write_beside(axes, "true class ▶", target, 0, -76, **here)
    verdict = "is in: no error" if ranks[target] <= k else "is not in: an error"
    axes.set(title=f"Top-{k}: the true class, {names[target]}, {verdict}", xlim=(0, 1.25), xlabel="score")
    axes.set_xticks(np.linspace(0, 1, 6))
    axes.invert_yaxis()
    return figure


def _write_beside(axes: Axes, words: str, row: float, score: float, away: float, **style: str) -> None:
    """Words beside a bar, `away` points from its end at `score`."""
    axes.annotate(words, (score, row), (away, 0), textcoords="offset points", va="center", **style)


def explore_scores(scores: Sequence[float], names: Sequence[str], target: int, k: int) -> widgets.Explorer:
    """`draw_scores` behind a slider for each score, and menus for the true class and k."""

    def view(target: int, k: int, **scores: float) -> Figure:
        return draw_scores(list(scores.values()), names, target, k)

    return widgets.Explorer(
        view,
        caption="Only the order of the scores matters, not their size. Equal scores share the worse rank.",
        **{
            name: widgets.slider(name, 0.0, 1.0, float(score))
            for name, score in zip(names, scores, strict=True)
        },
        target=widgets.menu("true class", {name: number for number, name in enumerate(names)}, target),
        k=widgets.menu("k", range(1, len(names) + 1), k),
    )


@figures.view
def draw_error_curves(curves: Mapping[str, np.ndarray], title: str) -> Figure:
    """Top-k error over k, one line for each named curve (C,), beside the chance line 1 − k/C."""
    figure = figures.figure(7.5, 3.8)
    axes = figure.subplots()
    classes = len(next(iter(curves.values())))
    k = np.arange(1, classes + 1)
    axes.plot(k, 100 * (1 - k / classes), color=GREY, linestyle="--", label="chance: 1 − k/C")
    figures.lines(axes, {name: 100 * curve for name, curve in curves.items()})
    axes.set(
        title=title, xlabel="k, the guesses that count", ylabel="top-k error (%)", ylim=(-2, 102), xticks=k
    )
    axes.legend()
    return figure


@figures.view
def draw_guesses(
    images: np.ndarray, scores: np.ndarray, labels: np.ndarray, names: Sequence[str], title: str
) -> Figure:
    """Images, each with its five best guesses; the true class orange, its rank above the picture."""
    rows = len(range(0, len(images), COLUMNS))
    figure = figures.figure(8.6, 2.75 * rows + 0.3, title)
    grid = figure.subplots(2 * rows, COLUMNS, height_ratios=[1.25, 1] * rows, squeeze=False)
    ranks = target_ranks(scores, labels)
    for index, (image, score, label) in enumerate(zip(images, scores, labels, strict=True)):
        row, column = divmod(index, COLUMNS)
        figures.picture(grid[2 * row, column], image, f"{names[label]}: rank {ranks[index]}")
        _draw_five_best(grid[2 * row + 1, column], score, label, names)
    for axes in grid.flat:
        axes.set_visible(axes.has_data())
    return figure


def _draw_five_best(axes: Axes, score: np.ndarray, label: int, names: Sequence[str]) -> None:
    best = np.argsort(-score)[:5]
    axes.barh(range(5), score[best], color=[TRUE if c == label else OUT for c in best], height=0.9)
    for place, c in enumerate(best):
        mark = " ◀" if c == label else ""
        axes.text(0.02, place, names[c] + mark, va="center", fontsize=10, weight="bold" if mark else "normal")
    axes.set(xlim=(0, 1), xticks=[], yticks=[])
    axes.invert_yaxis()
    axes.spines[:].set_visible(False)


@figures.view
def draw_averaging(centre: np.ndarray, ten: np.ndarray, title: str) -> Figure:
    """What averaging does to top-1 error: over ten crops for each network, and over 1 to V networks.

    centre, ten : errors (V, V) of the centre crop alone and of the mean of ten crops, as
                  `experiment.measure_averaging` gives them
    """
    figure = figures.figure(8.6, 4.1, title)
    left, right = figure.subplots(1, 2, sharey=True)
    for errors in zip(centre[0], ten[0], strict=True):
        left.plot([0, 1], 100 * np.array(errors), color=GREY, marker="o", linewidth=1)
    left.set_xticks([0, 1], ["centre crop", "mean of ten crops"])
    left.set(title="One line a network", ylabel="top-1 error (%)", xlim=(-0.3, 1.3))
    means = {"centre crop": centre, "mean of ten crops": ten}
    figures.lines(right, {name: 100 * errors.mean(axis=1) for name, errors in means.items()})
    right.set(title="Mean of several networks", xlabel="networks", xticks=range(1, len(centre) + 1))
    right.legend()
    return figure

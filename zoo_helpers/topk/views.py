"""Lesson 01's pictures: scores and who is in, guesses, error curves, ranks, networks, averages."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator

from zoo_helpers.core import figures, widgets
from zoo_helpers.core.crops import SIDE, TEN, ten_crops
from zoo_helpers.core.figures import BLUE, GREY, ON_WHITE, ORANGE, PALE, SERIES, SKY, VERMILION
from zoo_helpers.topk.metric import target_ranks

IN, OUT, TRUE = BLUE, PALE, ORANGE
LONGEST = 19  # letters of a class's name under a picture


@figures.view
def draw_scores(scores: Sequence[float], names: Sequence[str], target: int, k: int) -> Figure:
    """One image's scores as bars: dark for the k that are in, the true class marked beside its bar."""
    ranks = target_ranks([scores] * len(names), range(len(names)))  # as if each class were the true one
    figure = figures.figure(7.5, 2.9)
    axes = figure.subplots()
    bars = axes.barh(names, scores, color=np.where(ranks <= k, IN, OUT))
    for number, (bar, score, rank) in enumerate(zip(bars, scores, ranks, strict=True)):
        bar.set_hatch("" if rank <= k else "///")
        true = {"color": VERMILION, "weight": "bold"} if number == target else {}
        words = f"{score:g} · rank {rank}" + " ◀ true class" * bool(true)
        place = min(score, 0.68) + 0.01  # a long bar has its words on it
        axes.text(place, bar.get_y() + 0.4, words, va="center", bbox=ON_WHITE, **true)
    verdict = "in: no error" if ranks[target] <= k else "out: an error"
    axes.set(title=f"With k = {k} the {names[target]} is {verdict}", xlim=(0, 1), xlabel="score")
    axes.set_xticks(np.linspace(0, 1, 6))
    axes.invert_yaxis()
    return figure


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
def draw_photograph(photograph: np.ndarray, title: str) -> Figure:
    """One photograph, without a word of what a network says of it."""
    figure = figures.figure(3.4, 3.6)
    axes = figure.subplots()
    figures.picture(axes, photograph)
    axes.set_title(title, fontsize=11, weight="bold")
    return figure


@figures.view
def draw_guesses(
    images: Sequence[np.ndarray],
    scores: np.ndarray,
    right: Sequence[Collection[int]],
    names: Sequence[str],
    title: str,
    columns: int = 4,
) -> Figure:
    """Images in rows, each under its class and rank, with its five best guesses and their scores.

    right : for each image the numbers of all classes that are right
    """
    rows = -(-len(images) // columns)
    figure = figures.figure(2.1 * columns, 1.8 * rows + 0.7, title)
    grid = figure.subplots(2 * rows, columns, height_ratios=[1, 1.15] * rows, squeeze=False)
    for axes in grid.flat[len(images) - 2 * rows * columns :]:
        axes.set_visible(False)
    for index, (image, row, classes) in enumerate(zip(images, scores, right, strict=True)):
        above, below = grid[2 * (index // columns) :, index % columns][:2]
        above.set_visible(True)
        below.set_visible(True)
        best = max(classes, key=lambda c: row[c])
        rank = target_ranks([row], [best])[0]
        figures.picture(above, image, f"{names[best]}\nrank {rank}")
        _draw_five_best(below, row, classes, names)
    return figure


def _draw_five_best(axes: Axes, scores: np.ndarray, right: Collection[int], names: Sequence[str]) -> None:
    for place, c in enumerate(np.argsort(-scores, kind="stable")[:5]):
        is_right = c in right
        name = names[c] if len(names[c]) <= LONGEST else f"{names[c][: LONGEST - 1]}…"
        style = {"fontsize": 9, "va": "bottom", "weight": "bold" if is_right else "normal"}
        axes.text(0, place + 0.24, f"{'✓ ' * is_right}{name}", **style)
        axes.text(1, place + 0.24, f"{100 * scores[c]:.0f} %", ha="right", **style)
        axes.barh(place + 0.3, scores[c], color=TRUE if is_right else BLUE, height=0.14)
    axes.set(xlim=(-0.03, 1.06), ylim=(4.5, -0.6))
    axes.axis("off")


@figures.view
def draw_error_curves(curves: Mapping[str, np.ndarray], title: str, marks: Sequence[int] = (1, 5)) -> Figure:
    """Top-k error over k, one line for each named curve (C,), beside the chance line 1 − k/C.

    marks : the k at which the first curve's error is written beside it
    """
    figure = figures.figure(7.5, 3.8)
    axes = figure.subplots()
    classes = len(next(iter(curves.values())))
    k = np.arange(1, classes + 1)
    axes.plot(k, 100 * (1 - k / classes), color=GREY, linestyle=(0, (1, 1)), label="chance: 1 − k/C")
    figures.lines(axes, {name: 100 * curve for name, curve in curves.items()})
    first = 100 * next(iter(curves.values()))
    for mark in marks:
        words = f"{first[mark - 1]:.1f} %"
        axes.annotate(
            words, (mark, first[mark - 1]), (-7, -5), textcoords="offset points", ha="right", va="top"
        )
    axes.set(
        title=title, xlabel="k, the guesses that count", ylabel="top-k error (%)", ylim=(-8, 102), xticks=k
    )
    axes.set(xlim=(-0.1, classes + 0.4), yticks=range(0, 101, 20))
    axes.legend()
    return figure


@figures.view
def draw_ranks(counts: Sequence[int], title: str) -> Figure:
    """How many images have each rank, 1 to C; the first guess, the next four and the rest told apart."""
    figure = figures.figure(7.5, 3.3)
    axes = figure.subplots()
    ranks = np.arange(1, len(counts) + 1)
    for label, some, color, hatch in (
        ("right at the first guess", ranks == 1, BLUE, ""),
        ("right at guess 2 to 5", (ranks > 1) & (ranks <= 5), SKY, "//"),
        ("a top-5 error", ranks > 5, ORANGE, "xx"),
    ):
        bars = axes.bar(
            ranks[some], np.array(counts)[some], color=color, hatch=hatch, edgecolor="white", label=label
        )
        axes.bar_label(bars, fontsize=10)
    axes.set(title=title, xlabel="rank of the true class", ylabel="test images", xticks=ranks)
    axes.margins(y=0.12)
    axes.legend()
    return figure


@figures.view
def draw_two_errors(top1: np.ndarray, top5: np.ndarray, title: str) -> Figure:
    """Networks as dots: the top-1 error across, the top-5 error upwards; the best of each is named."""
    figure = figures.figure(6.4, 3.8)
    axes = figure.subplots()
    axes.plot(100 * top1, 100 * top5, **{**SERIES[0], "linestyle": "none", "markersize": 8})
    for best, words, away in (
        (np.argmin(top1), "best at one guess", (-8, -16)),
        (np.argmin(top5), "best at five", (10, -4)),
    ):
        place = (100 * top1[best], 100 * top5[best])
        axes.plot(*place, marker="o", markersize=13, fillstyle="none", color=VERMILION)
        axes.annotate(words, place, away, textcoords="offset points", va="center", bbox=ON_WHITE)
    axes.set(title=title, xlabel="top-1 error (%)", ylabel="top-5 error (%)")
    axes.yaxis.set_major_locator(MultipleLocator(0.5))
    axes.margins(0.12)
    return figure


@figures.view
def draw_five_frames(image: np.ndarray, title: str) -> Figure:
    """A CIFAR-10 image with the frames of five crops in it, and the crops; not their mirror images."""
    figure = figures.figure(8.6, 2.5, title)
    whole, *some = figure.subplots(1, 6, width_ratios=[1.5] + [1] * 5)
    figures.picture(whole, image, "32 × 32 pixels")
    away = len(image) - SIDE
    corners = [(0, 0), (away, 0), (0, away), (away, away), (away // 2, away // 2)]
    for (x, y), name, crop, axes in zip(corners, TEN, ten_crops(image[None])[0], some, strict=False):
        style = SERIES[TEN.index(name)]
        frame = {"color": style["color"], "linestyle": style["linestyle"], "linewidth": 2}
        ends = np.array([0, SIDE]) - 0.5
        for axis, left, top in ((whole, x, y), (axes, 0, 0)):
            axis.plot(left + ends[[0, 1, 1, 0, 0]], top + ends[[0, 0, 1, 1, 0]], clip_on=False, **frame)
        figures.picture(axes, crop, name)
    return figure


@figures.view
def draw_averaging(centre: np.ndarray, ten: np.ndarray, titles: tuple[str, str]) -> Figure:
    """What averaging does to top-1 error: over ten crops for each network, and over 1 to V networks.

    centre, ten : errors (V, V) of the centre crop alone and of the mean of ten crops, as
                  `experiment.measure_averaging` gives them
    """
    figure = figures.figure(8.6, 3.9)
    left, right = figure.subplots(1, 2, sharey=True)
    for errors in zip(centre[0], ten[0], strict=True):
        left.plot([0, 1], 100 * np.array(errors), color=GREY, marker="o", linewidth=1)
    left.plot([0, 1], [100 * centre[0].mean(), 100 * ten[0].mean()], color=BLUE, marker="s", linewidth=3)
    left.set_xticks([0, 1], ["centre crop", "mean of ten crops"])
    left.set(title=titles[0], ylabel="top-1 error (%)", xlim=(-0.3, 1.3))
    for networks, errors in enumerate(centre, start=1):
        some = errors if networks < len(centre) else errors[:1]  # all of them can be chosen in one way only
        right.plot([networks] * len(some), 100 * some, color=GREY, marker="o", linestyle="none", alpha=0.6)
    figures.lines(right, {"mean": 100 * centre.mean(axis=1)}, marker="s")
    right.set(title=titles[1], xlabel="networks averaged, centre crop", xticks=range(1, len(centre) + 1))
    return figure

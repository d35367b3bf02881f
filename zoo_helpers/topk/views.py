"""Lesson 01's pictures: scores and who is in, the winners, error curves, guesses, crops, averages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from zoo_helpers.core import figures, widgets
from zoo_helpers.core.figures import BLUE, GREEN, GREY, ORANGE, SKY, VERMILION
from zoo_helpers.core.papers import Fact, Table
from zoo_helpers.topk.metric import error_curve, target_ranks

IN, OUT, TRUE = BLUE, "#C9D3DB", ORANGE
MARKERS = "osD^v"
LINES = (BLUE, VERMILION, GREEN, ORANGE, SKY)


@figures.view
def draw_scores(scores: Sequence[float], names: Sequence[str], target: int, k: int) -> Figure:
    """One image's scores as bars: dark for the k that are in, an arrow at the true class."""
    ranks = np.array([target_ranks([scores], [c])[0] for c in range(len(names))])
    figure = figures.figure(7.5, 2.9)
    axes = figure.subplots()
    bars = axes.barh(names, scores, color=np.where(ranks <= k, IN, OUT))
    for bar, rank in zip(bars, ranks, strict=True):
        bar.set_hatch("" if rank <= k else "///")
        axes.annotate(
            f"{bar.get_width():g} · rank {rank}",
            (bar.get_width(), bar.get_y() + bar.get_height() / 2),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
        )
    axes.annotate(
        "true class ▶",
        (0, target),
        xytext=(-76, 0),
        textcoords="offset points",
        va="center",
        ha="right",
        color=VERMILION,
        weight="bold",
    )
    verdict = "is in: no error" if ranks[target] <= k else "is not in: an error"
    axes.set(title=f"Top-{k}: the true class, {names[target]}, {verdict}", xlim=(0, 1.25), xlabel="score")
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
def draw_winners(winners: Table, human: Fact, supplied: float) -> Figure:
    """The challenge's winning top-5 test errors by year, with the two annotators' errors as lines.

    supplied : the 2012 winner's error with the supplied images alone, marked beside its official one
    """
    years, errors = winners.column("year"), winners.column("top-5 error")
    figure = figures.figure(8.6, 4.0)
    axes = figure.subplots()
    for error, text, dash in ((human.others[0].value, "second", ":"), (human.value, "first", "--")):
        axes.axhline(error, color=GREY, linestyle=dash, linewidth=1.5, zorder=0)
        _label(axes, f"{text} human\nannotator, {error} %", (2017.6, error), color=GREY)
    axes.bar([2012], [supplied], color="white", edgecolor=VERMILION, hatch="///")
    words = f"{supplied:.1f} % without\nextra images"
    _label(axes, words, (2012.5, supplied + 1), color=VERMILION)
    axes.bar(years, errors, color=BLUE)
    for row, year, error in zip(winners.rows, years, errors, strict=True):
        name = (row["network"] or row["team"]).replace("-Soushen", "-\nSoushen")
        height = max(error, supplied) if year == 2012 else error
        _label(axes, f"{name}\n{error:.1f} %", (year, height + 0.6), ha="center", va="bottom")
    axes.set(
        title="The winner's five guesses missed 28 % in 2010 and 2 % in 2017",
        ylabel="top-5 test error of the winner (%)",
        ylim=(0, 34),
        xlim=(2009.5, 2019.2),
        xticks=years,
    )
    return figure


def _label(
    axes: Axes, text: str, at: tuple[float, float], ha: str = "left", va: str = "center", **style: str
) -> None:
    """Words on white, so that no line crosses them."""
    white = {"facecolor": "white", "edgecolor": "none", "pad": 1}
    axes.text(*at, text, fontsize=10, bbox=white, ha=ha, va=va, **style)


@figures.view
def draw_error_curves(curves: Mapping[str, np.ndarray], title: str) -> Figure:
    """Top-k error over k, one line for each named curve (C,), beside the chance line 1 − k/C."""
    figure = figures.figure(7.5, 3.8)
    axes = figure.subplots()
    classes = len(next(iter(curves.values())))
    k = np.arange(1, classes + 1)
    axes.plot(k, 100 * (1 - k / classes), color=GREY, linestyle="--", label="chance: 1 − k/C")
    for (name, curve), color, marker in zip(curves.items(), LINES, MARKERS, strict=False):
        axes.plot(k, 100 * curve, color=color, marker=marker, label=name)
    axes.set(
        title=title, xlabel="k, the guesses that count", ylabel="top-k error (%)", ylim=(-2, 102), xticks=k
    )
    axes.legend()
    return figure


@figures.view
def draw_guesses(images: np.ndarray, scores: np.ndarray, labels: np.ndarray, names: Sequence[str]) -> Figure:
    """Images, each with its five best guesses; the true class orange, its rank above the picture."""
    columns = 5
    rows = -(-len(images) // columns)
    figure = figures.figure(8.6, 2.75 * rows)
    grid = figure.subplots(2 * rows, columns, height_ratios=[1.25, 1] * rows, squeeze=False)
    for index, (image, score, label) in enumerate(zip(images, scores, labels, strict=True)):
        top, bottom = grid[2 * (index // columns) :, index % columns][:2]
        rank = target_ranks([score], [label])[0]
        top.imshow(image)
        top.set_title(f"{names[label]}: rank {rank}", loc="center", fontsize=11)
        top.axis("off")
        _five_bars(bottom, score, label, names)
    for axes in grid.flat:
        axes.set_visible(axes.has_data())
    return figure


def _five_bars(axes: Axes, score: np.ndarray, label: int, names: Sequence[str]) -> None:
    best = np.argsort(-score)[:5]
    axes.barh(range(5), score[best], color=[TRUE if c == label else OUT for c in best], height=0.9)
    for place, c in enumerate(best):
        mark = " ◀" if c == label else ""
        axes.text(0.02, place, names[c] + mark, va="center", fontsize=10, weight="bold" if mark else "normal")
    axes.set(xlim=(0, 1), xticks=[], yticks=[])
    axes.invert_yaxis()
    axes.spines[:].set_visible(False)


@figures.view
def draw_crops(image: np.ndarray, crops: np.ndarray) -> Figure:
    """An image (32, 32, 3) beside its ten crops (10, 28, 28, 3), the mirror images in the second row."""
    names = ["top left", "top right", "bottom left", "bottom right", "centre"]
    figure = figures.figure(8.5, 3.1)
    whole, ten = figure.subfigures(1, 2, width_ratios=[1.15, 3])
    axes = whole.subplots()
    axes.imshow(image)
    axes.set_title("32 × 32", loc="center")
    axes.axis("off")
    for index, axes in enumerate(ten.subplots(2, 5).flat):
        axes.imshow(crops[index])
        axes.set_title(names[index] if index < 5 else "mirrored", loc="center", fontsize=10, weight="normal")
        axes.axis("off")
    return figure


@figures.view
def draw_averaging(centre: np.ndarray, ten: np.ndarray, labels: np.ndarray) -> Figure:
    """What averaging does to top-1 error: over ten crops for each network, and over 1 to V networks.

    centre, ten : (V, N, C), the scores of V networks by the centre crop alone and averaged over ten crops.
    On the right, each number of networks is the mean over the V runs of so many neighbours in a circle.
    """
    figure = figures.figure(8.6, 3.8)
    left, right = figure.subplots(1, 2, sharey=True)
    for one_crop, ten_crops in zip(_top1(centre, labels), _top1(ten, labels), strict=True):
        left.plot([0, 1], [one_crop, ten_crops], color=GREY, marker="o", linewidth=1)
    left.set_xticks([0, 1], ["centre crop", "mean of ten crops"])
    left.set(title="Ten crops: each line is one network", ylabel="top-1 error (%)", xlim=(-0.3, 1.3))
    counts = np.arange(1, len(centre) + 1)
    for scores, name, color, marker in (
        (centre, "centre crop", BLUE, "o"),
        (ten, "ten crops", VERMILION, "s"),
    ):
        errors = [_top1(_means_of_neighbours(scores, count), labels) for count in counts]
        right.plot(counts, np.mean(errors, axis=1), color=color, marker=marker, label=name)
    right.set(title="Several networks, averaged", xlabel="networks", xticks=counts)
    right.legend()
    return figure


def _means_of_neighbours(scores: np.ndarray, count: int) -> np.ndarray:
    """For each of V networks in a circle, the mean (N, C) of it and the next `count` - 1: (V, N, C)."""
    return np.mean([np.roll(scores, -step, axis=0) for step in range(count)], axis=0)


def _top1(scores: np.ndarray, labels: np.ndarray) -> list[float]:
    return [100 * error_curve(one, labels)[0] for one in scores]

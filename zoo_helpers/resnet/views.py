"""Lesson 06's pictures: degradation, gradients, the block, the family, lesions, a slice of the loss."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from zoo_helpers.core import figures, widgets
from zoo_helpers.core.anatomy import totals
from zoo_helpers.core.figures import BLACK, BLUE, GREEN, GREY, ORANGE, PURPLE, SKY, VERMILION
from zoo_helpers.core.papers import Table
from zoo_helpers.resnet.experiment import DEEP, TRUSTED
from zoo_helpers.resnet.plan import CONFIGURATIONS, trace

KIND_COLORS = {"plain": VERMILION, "residual": BLUE}
STAGE_COLORS = {"conv1": GREY, "conv2": ORANGE, "conv3": SKY, "conv4": GREEN, "conv5": PURPLE}
LIGHT = {"plain": "#F9E3D6", "residual": "#E3F0FA"}


def _style(name: str) -> dict[str, object]:
    """How a network is drawn: plain in vermilion and squares, residual in blue and dots; deep ones solid."""
    kind, depth = name.split("-")
    deep = int(depth) > 20
    return {
        "color": KIND_COLORS[kind],
        "marker": "s" if kind == "plain" else "o",
        "linestyle": "-" if deep else "--",
        "markerfacecolor": KIND_COLORS[kind] if deep else "white",
        "markersize": 5,
    }


# --- degradation ----------------------------------------------------------------------------------------


@figures.view
def draw_published(table2: Table, title: str) -> Figure:
    """The paper's Table 2: error against depth, a line for plain networks and one for residual ones."""
    figure = figures.figure(8.0, 3.4)
    axes = figure.subplots()
    depths = table2.column("depth")
    for kind in ("plain", "residual"):
        errors = table2.column(kind)
        axes.plot(depths, errors, color=KIND_COLORS[kind], marker="so"[kind == "residual"], markersize=7)
        axes.text(34.6, errors[1], f"{kind}, {errors[1]:.2f} %", color=KIND_COLORS[kind], va="center")
    plain, residual = (table2.column(kind)[0] for kind in ("plain", "residual"))
    axes.text(17.6, plain + 0.12, f"{plain:.2f} %", color=VERMILION, ha="right", va="bottom")
    axes.text(17.6, residual - 0.12, f"{residual:.2f} %", color=BLUE, ha="right", va="top")
    axes.set(xlim=(14, 41), ylim=(24.5, 29.2), xticks=depths, xlabel="layers", ylabel="top-1 error (%)")
    axes.set_title(title)
    return figure


@figures.view
def draw_degradation(
    live: Mapping[str, np.ndarray], recorded: Mapping[str, np.ndarray], title: str
) -> Figure:
    """The training loss by pass: lines for the live runs, bands from the least to the largest of the seeds.

    live     : name -> (passes,)
    recorded : name -> (seeds, passes), for the same names
    """
    figure = figures.figure(9.5, 3.9)
    axes = figure.subplots()
    for name, losses in live.items():
        passes = np.arange(1, len(losses) + 1)
        seeds = recorded[name]
        axes.fill_between(passes, seeds.min(0), seeds.max(0), color=_style(name)["color"], alpha=0.15)
        axes.plot(passes, losses, **_style(name))
    ends = _spread_out([losses[-1] for losses in live.values()], 0.13)
    for (name, losses), end in zip(live.items(), ends, strict=True):
        axes.text(len(losses) + 0.15, end, name, color=_style(name)["color"], va="center")
    axes.axhline(np.log(10), color=GREY, linestyle=":", linewidth=1)
    axes.text(len(passes) + 0.15, np.log(10) + 0.02, "a guess among ten", fontsize=9.5, color=GREY)
    axes.set(xlim=(0.8, len(passes) + 1.6), xlabel="pass through the 2,560 images", ylabel="training loss")
    axes.set_xticks(passes)
    axes.set_title(title)
    return figure


@figures.view
def draw_complete(losses: Mapping[str, Sequence[float]], drops: Sequence[int], title: str) -> Figure:
    """The training loss of complete trainings by pass, in powers of ten.

    losses : name -> (passes,)
    drops  : the passes after which the learning rate was divided by 10
    """
    figure = figures.figure(9.5, 3.9)
    axes = figure.subplots()
    for name, values in losses.items():
        style = {**_style(name), "marker": ""}
        axes.plot(range(1, len(values) + 1), values, **style)
    passes = len(values)
    ends = 10 ** _spread_out([np.log10(values[-1]) for values in losses.values()], 0.13)
    for name, end in zip(losses, ends, strict=True):
        axes.text(passes + 1.5, end, name, color=_style(name)["color"], va="center")
    for drop in drops:
        axes.axvline(drop, color=GREY, linestyle=":", linewidth=1)
        axes.text(drop + 0.7, 2.9, "learning rate / 10", color=GREY, fontsize=9.5, va="top")
    axes.set_yscale("log")
    marks = (0.02, 0.05, 0.1, 0.2, 0.5, 1, 2)
    axes.set_yticks(marks, [f"{mark:g}" for mark in marks])
    axes.minorticks_off()
    axes.set(xlim=(0, 1.16 * passes), ylim=(0.018, 3), xticks=range(0, passes + 1, 25))
    axes.set(xlabel="pass through the 50,000 images", ylabel="training loss")
    axes.set_title(title)
    return figure


def _spread_out(values: Sequence[float], gap: float) -> np.ndarray:
    """The values, those closer than `gap` moved apart, so that words beside them do not overlap."""
    order = np.argsort(values)
    places = np.array(values, float)
    for below, above in pairwise(order):
        places[above] = max(places[above], places[below] + gap)
    return places


# --- gradients ------------------------------------------------------------------------------------------


@figures.view
def draw_gradients(norms: np.ndarray, losses: np.ndarray, passes: int) -> Figure:
    """The gradient by layer after some passes, two panels, and the training loss up to there, a third.

    norms  : (seeds, networks, 1 + passes, layers), as `run_gradients` gives it
    losses : (seeds, networks, passes)
    """
    figure = figures.figure(10.0, 3.9)
    *panels, right = figure.subplots(1, 3, width_ratios=(4, 4, 3))
    layers = np.arange(1, norms.shape[-1] + 1)
    for number, (axes, name) in enumerate(zip(panels, DEEP, strict=True)):
        color = _style(name)["color"]
        axes.plot(layers, norms[:, number, passes].T, color=color, linewidth=1, alpha=0.7)
        axes.set_title(f"{name}, after {passes} passes", fontsize=11, weight="normal")
        axes.set(xlabel="layer", xlim=(0, len(layers) + 1), xticks=(1, 20, 40, 56))
        _count_in_tens(axes, range(-3, 5), (3e-4, 3e4))
        for seed in losses[:, number]:
            right.plot(range(1, len(seed) + 1), seed, color=color, linewidth=1, alpha=0.25)
            right.plot(range(1, passes + 1), seed[:passes], color=color, linewidth=1.5)
    panels[0].set_ylabel("size of the gradient")
    panels[1].tick_params(labelleft=False)
    right.set_title("training loss", fontsize=11, weight="normal")
    right.set(xlabel="pass", xlim=(0.5, losses.shape[-1] + 0.5), ylim=(0, 3.3), xticks=(1, 2, 3, 4, 5))
    figure.suptitle(_gradients_title(norms, passes), x=0.01, ha="left")
    return figure


def _gradients_title(norms: np.ndarray, passes: int) -> str:
    spans = np.median(norms[:, :, passes].max(-1) / norms[:, :, passes].min(-1), axis=0)
    return f"Largest over smallest gradient: plain {spans[0]:,.0f}, residual {spans[1]:,.0f}"


def _count_in_tens(axes: Axes, powers: Sequence[int], ends: tuple[float, float]) -> None:
    """A logarithmic axis upwards whose only marks are these powers of ten, as plain text: it draws faster."""
    axes.set_yscale("log")
    axes.set_yticks([10.0**power for power in powers], [f"{10.0**power:g}" for power in powers])
    axes.set_ylim(ends)
    axes.minorticks_off()


def explore_gradients(norms: np.ndarray, losses: np.ndarray) -> widgets.Explorer:
    """`draw_gradients` behind a slider for the passes."""

    def caption(passes: int) -> str:
        plain, residual = np.median(norms[:, :, passes, 0] / norms[:, :, passes, -1], axis=0)
        return (
            f"The first layer's gradient over the last one's: plain-56 {_rounded(plain)}, residual-56 "
            f"{_rounded(residual)} (median of five seeds)."
        )

    return widgets.Explorer(
        lambda passes: draw_gradients(norms, losses, passes),
        caption=caption,
        passes=widgets.slider("passes", 0, losses.shape[-1], 0),
    )


def _rounded(ratio: float) -> str:
    return f"{ratio:,.0f}" if ratio >= 10 else f"{ratio:.1f}"


@figures.view
def draw_trust(cosine: np.ndarray, steps: Sequence[float], title: str) -> Figure:
    """How far a gradient keeps its direction: a network's mean over the seeds as a line, all as a band.

    cosine : (seeds, networks, steps), as `run_trust` gives it; steps : shares of the weights' length
    """
    figure = figures.figure(9.0, 3.9)
    axes = figure.subplots()
    percent = 100 * np.array(steps)
    for name, seeds in zip(TRUSTED, np.moveaxis(cosine, 1, 0), strict=True):
        style = _style(name)
        axes.fill_between(percent, seeds.min(0), seeds.max(0), color=style["color"], alpha=0.15)
        axes.plot(percent, seeds.mean(0), label=name, **style)
    axes.axhline(0, color=GREY, linewidth=1)
    axes.set(xscale="log", ylim=(-0.3, 1.05), xlabel="step against the gradient, in % of the weights' length")
    axes.set_ylabel("cosine: new gradient,\nold gradient")
    axes.set_xticks((0.001, 0.01, 0.1, 1), ("0.001", "0.01", "0.1", "1"))
    axes.minorticks_off()
    axes.legend(loc="center left")
    axes.set_title(title)
    return figure


# --- the block ------------------------------------------------------------------------------------------


@figures.view
def draw_blocks(title: str) -> Figure:
    """Three blocks with their shapes: plain, with the identity, and where the size changes."""
    figure = figures.figure(10.0, 4.9)
    panels = figure.subplots(1, 3)
    same, half = "28 × 28 × 128", "14 × 14 × 256"
    _draw_block(panels[0], "a plain block", "plain", same, same, None)
    _draw_block(panels[1], "a residual block", "residual", same, same, "identity")
    _draw_block(
        panels[2],
        "where the size changes",
        "residual",
        same,
        half,
        "A: every 2nd\npixel, zeros\nB, C: 1 × 1,\nstride 2",
    )
    figure.suptitle(title, x=0.01, ha="left")
    return figure


def _draw_block(axes: Axes, name: str, kind: str, before: str, after: str, shortcut: str | None) -> None:
    """One block from top to bottom: its layers as boxes, their shapes, the way around on the right."""
    axes.set(xlim=(0, 10), ylim=(-0.6, 10.6))
    axes.axis("off")
    axes.set_title(name, weight="normal")
    stride = "" if before == after else ", stride 2"
    boxes = {8.1: f"3 × 3{stride}, normalize", 6.3: "ReLU", 4.5: "3 × 3, normalize"}
    tail = {1.0: "ReLU"}
    middle = {"ha": "center", "va": "center"}
    frame = {"boxstyle": "round,pad=0.35", "facecolor": LIGHT[kind], "edgecolor": KIND_COLORS[kind]}
    stops = [10.0, *boxes, 2.7 if shortcut else None, *tail, -0.5]
    stops = [stop for stop in stops if stop is not None]
    for above, below in pairwise(stops):
        axes.annotate("", (3.6, below + 0.5), (3.6, above - 0.4), arrowprops={"arrowstyle": "->", "lw": 1.5})
    for height, words in {**boxes, **tail}.items():
        axes.text(3.6, height, words, fontsize=10.5, bbox=frame, **middle)
    axes.text(3.6, 10.2, before, fontsize=10, **middle)
    axes.text(3.3, 5.45, after, fontsize=9.5, ha="right", va="center", color=GREY)
    axes.text(3.6, -0.4, after, fontsize=10, **middle)
    if shortcut:
        axes.text(
            3.6,
            2.7,
            "+",
            fontsize=15,
            weight="bold",
            **middle,
            bbox={"boxstyle": "circle,pad=0.2", "facecolor": "white", "edgecolor": BLACK},
        )
        way = {"color": KIND_COLORS[kind], "lw": 2.5}
        axes.plot([3.6, 8.0, 8.0], [9.45, 9.45, 2.7], solid_joinstyle="round", **way)
        axes.annotate("", (4.25, 2.7), (8.0, 2.7), arrowprops={"arrowstyle": "->", **way})
        axes.text(
            7.8,
            5.9,
            shortcut,
            fontsize=10,
            color=KIND_COLORS[kind],
            **middle,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 2},
        )


@figures.view
def draw_parts(shortcut: np.ndarray, path: np.ndarray, title: str) -> Figure:
    """What comes back at each block's entry, in two parts: (blocks,) through the shortcut, and through F."""
    figure = figures.figure(9.0, 3.6)
    axes = figure.subplots()
    blocks = np.arange(1, len(shortcut) + 1)
    axes.plot(blocks, shortcut, color=BLUE, marker="o", markersize=5, label="through the shortcut: 1")
    axes.plot(blocks, path, color=ORANGE, marker="^", markersize=5, linestyle="--", label="through F: F′")
    axes.set(xlabel="block", ylabel="size of the gradient", xticks=blocks)
    _count_in_tens(axes, range(-2, 1), (0.01, 1))
    axes.legend(loc="upper right")
    axes.set_title(title)
    return figure


# --- the family -----------------------------------------------------------------------------------------


@cache
def _family(
    depth: int, stride_in: str, conv_bias: bool
) -> tuple[dict[str, tuple[int, float, int]], int, int, int]:
    """For each stage (layers, multiply-adds, side); the trainable weights, all of them, the multiply-adds."""
    rows = trace(depth, stride_in=stride_in, conv_bias=conv_bias)
    stages = {}
    for stage in STAGE_COLORS:
        own = [row for row in rows if row.name.startswith(stage)]
        on_the_way = [row for row in own if row.kind == "Conv2D" and "shortcut" not in row.name]
        stages[stage] = (len(on_the_way), sum(row.multiply_adds for row in own), own[-1].output_shape[0])
    whole = totals(rows)
    return stages, whole.trainable, whole.parameters, whole.multiply_adds


@figures.view
def draw_family(depth: int, stride_in: str = "1x1", conv_bias: bool = False) -> Figure:
    """A network of Table 1: its layers as cells in a row, a colour a stage; below, what each stage costs."""
    stages, trainable, _, multiply_adds = _family(depth, stride_in, conv_bias)
    figure = figures.figure(10.0, 3.8)
    row, cost = figure.subplots(2, 1, height_ratios=(2, 3))
    kind, counts = CONFIGURATIONS[depth]
    place = 0
    for number, (stage, (layers, spent, side)) in enumerate(stages.items()):
        color = STAGE_COLORS[stage]
        row.broken_barh([(place + layer + 0.15, 0.7) for layer in range(layers)], (0, 1), color=color)
        place += layers
        blocks = f"{counts[number - 1]} blocks" if number else "1 layer"
        cost.barh(number, spent / 1e9, color=color, height=0.75)
        cost.text(spent / 1e9 + 0.06, number, f"{blocks} at {side} × {side}", va="center", fontsize=10)
    row.broken_barh([(place + 0.15, 0.7)], (0, 1), color=BLACK)
    row.set(xlim=(0, 153), ylim=(0, 1), yticks=(), xlabel="layers with weights; the last is fc")
    row.spines["left"].set_visible(False)
    cost.set_yticks(range(5), STAGE_COLORS)
    cost.set(xlim=(0, 9.5), ylim=(4.6, -0.6), xlabel="multiply-adds (10⁹)")
    counts = f"{trainable / 1e6:.1f} M weights, {multiply_adds / 1e9:.2f} G multiply-adds"
    figure.suptitle(f"ResNet-{depth}, {kind} blocks: {counts}", x=0.01, ha="left")
    return figure


def explore_family() -> widgets.Explorer:
    """`draw_family` behind menus for the depth and for what implementations disagree on."""

    def caption(depth: int, stride_in: str, conv_bias: bool) -> str:
        _, trainable, every, multiply_adds = _family(depth, stride_in, conv_bias)
        return (
            f"{trainable:,} trainable weights, {every:,} with the moving statistics; {multiply_adds:,} "
            "multiply-adds."
        )

    return widgets.Explorer(
        draw_family,
        caption=caption,
        depth=widgets.menu("layers", list(CONFIGURATIONS), 50),
        stride_in=widgets.menu("stride in the", {"1 × 1": "1x1", "3 × 3": "3x3"}, "1x1"),
        conv_bias=widgets.menu("biases in convolutions", {"no": False, "yes": True}, False),
    )


# --- lesions --------------------------------------------------------------------------------------------


@figures.view
def draw_lesions(blocks: Sequence[str], errors: Mapping[str, np.ndarray], title: str) -> Figure:
    """The error without each block, a bar a block and network; lines for the whole networks.

    errors : name -> (1 + blocks,), the whole network first
    """
    figure = figures.figure(9.5, 3.9)
    axes = figure.subplots()
    width = 0.8 / len(errors)
    for number, (name, found) in enumerate(errors.items()):
        color, percent = _style(name)["color"], 100 * found
        places = np.arange(len(blocks)) + (number - (len(errors) - 1) / 2) * width
        hatch = {"hatch": "//", "edgecolor": "white"} if name.startswith("plain") else {}
        axes.bar(places, percent[1:], 0.95 * width, color=color, label=f"{name} without the block", **hatch)
        for place, value in zip(places, percent[1:], strict=True):
            axes.text(place, value + 1, f"{value:.0f}", ha="center", va="bottom", fontsize=9.5)
        axes.axhline(percent[0], color=color, linestyle="--", linewidth=1.5, label=f"{name}, whole")
    axes.axhline(90, color=GREY, linestyle=":", linewidth=1)
    axes.text(len(blocks) - 0.3, 91, "a guess", va="bottom", fontsize=9.5, color=GREY)
    axes.set_xticks(range(len(blocks)), blocks, rotation=90 if len(blocks) > 9 else 0)
    axes.set(xlim=(-0.6, 1.06 * len(blocks)), ylim=(0, 124), yticks=(0, 25, 50, 75, 100))
    axes.set(xlabel="the block taken out", ylabel="test error (%)")
    axes.legend(loc="upper left", ncols=4, fontsize=9.5)
    axes.set_title(title)
    return figure


# --- a slice through the loss ---------------------------------------------------------------------------


@figures.view
def draw_slices(places: np.ndarray, losses: Mapping[str, np.ndarray], title: str) -> Figure:
    """The loss along a random direction through the trained weights, a panel a network, a line a seed.

    Each panel has a scale of its own.
    """
    figure = figures.figure(9.5, 3.8)
    panels = figure.subplots(1, len(losses))
    for axes, (name, seeds) in zip(panels, losses.items(), strict=True):
        axes.plot(places, seeds.T, color=_style(name)["color"], linewidth=1.3, alpha=0.8)
        axes.axvline(0, color=GREY, linestyle=":", linewidth=1)
        axes.set(xlabel="moved along the direction, in filters' lengths", xticks=(-1, -0.5, 0, 0.5, 1))
        axes.set_title(f"{name}, five seeds", weight="normal")
    panels[0].set_ylabel("loss")
    figure.suptitle(title, x=0.01, ha="left")
    return figure


# --- the challenge --------------------------------------------------------------------------------------


@figures.view
def draw_winners(winners: Table, annotators: Table, title: str) -> Figure:
    """The winners' top-5 errors by year, a bar each, and a line for each of the two people measured."""
    figure = figures.figure(9.5, 3.9)
    axes = figure.subplots()
    years = winners.column("year")
    end = years[-1] + 0.6
    for row, words in zip(annotators.rows, ("a trained person", "a second person"), strict=True):
        error = row["top-5 error"]
        axes.hlines(error, years[0] - 0.6, end, color=VERMILION, linestyle="--", linewidth=1.5)
        axes.text(
            end + 0.1, error, f"{words}, {error:.1f},\n{row['images']:,} images", color=VERMILION, va="center"
        )
    paper = {"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none"}
    for row in winners.rows:
        year, error = row["year"], row["top-5 error"]
        axes.bar(year, error, color=BLUE if row["network"] == "ResNet" else SKY, width=0.7, zorder=3)
        words = f"{row['network'] or row['team']}\n{error:.1f}"
        axes.text(year, error + 0.4, words, ha="center", va="bottom", fontsize=9, bbox=paper, zorder=4)
    axes.set(xlim=(years[0] - 0.6, end + 2.1), ylim=(0, 33), ylabel="top-5 error (%)")
    axes.set_xticks(years)
    axes.set_title(title)
    return figure

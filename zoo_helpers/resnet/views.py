"""Lesson 06's pictures: degradation, gradients, the block, the family, lesions, a slice of the loss."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from zoo_helpers.core import figures, widgets
from zoo_helpers.core.anatomy import Totals, totals
from zoo_helpers.core.figures import BLACK, BLUE, GREEN, GREY, ON_WHITE, ORANGE, PURPLE, SKY, VERMILION
from zoo_helpers.core.papers import Table
from zoo_helpers.resnet.model import trace
from zoo_helpers.resnet.plan import CONFIGURATIONS, read_name

PLAIN = {"color": VERMILION, "marker": "s"}
RESIDUAL = {"color": BLUE, "marker": "o"}
STAGE_COLORS = {"conv1": GREY, "conv2": ORANGE, "conv3": SKY, "conv4": GREEN, "conv5": PURPLE}
LIGHT_RED, LIGHT_BLUE = "#F9E3D6", "#E3F0FA"
MIDDLE = {"ha": "center", "va": "center"}


def _style(name: str) -> dict[str, object]:
    """How a network is drawn: plain in vermilion and squares, residual in blue and dots; deep ones solid."""
    kind, depth, _ = read_name(name)
    style = PLAIN if kind == "plain" else RESIDUAL
    if depth > 20:
        return {**style, "markersize": 5, "linestyle": "-"}
    return {**style, "markersize": 5, "linestyle": "--", "markerfacecolor": "white"}


# --- degradation ----------------------------------------------------------------------------------------


@figures.view
def draw_published(table2: Table, title: str) -> Figure:
    """The paper's Table 2: error against depth, a line for plain networks and one for residual ones."""
    figure = figures.figure(8.0, 3.4)
    axes = figure.subplots()
    depths = table2.column("depth")
    for kind, style, below in (("plain", PLAIN, False), ("residual", RESIDUAL, True)):
        shallow, deep = table2.column(kind)
        color, at = style["color"], "top" if below else "bottom"
        axes.plot(depths, (shallow, deep), markersize=7, **style)
        axes.text(34.6, deep, f"{kind}, {deep:.2f} %", color=color, va="center")
        away = -0.12 if below else 0.12
        axes.text(17.6, shallow + away, f"{shallow:.2f} %", color=color, ha="right", va=at)
    axes.set(xlim=(14, 41), ylim=(24.5, 29.2), xticks=depths, xlabel="layers", ylabel="top-1 error (%)")
    axes.set_title(title)
    return figure


@figures.view
def draw_degradation(
    live: Mapping[str, np.ndarray], recorded: Mapping[str, np.ndarray], title: str
) -> Figure:
    """The training loss by epoch: lines for the live runs, bands from the least to the largest of the seeds.

    live     : name -> (epochs,)
    recorded : name -> (seeds, epochs), for the same names
    """
    figure = figures.figure(9.5, 3.9)
    axes = figure.subplots()
    for name, losses in live.items():
        epochs = np.arange(1, len(losses) + 1)
        seeds = recorded[name]
        axes.fill_between(epochs, seeds.min(0), seeds.max(0), color=_style(name)["color"], alpha=0.15)
        axes.plot(epochs, losses, **_style(name))
    _name_ends(axes, live, len(epochs) + 0.15)
    axes.axhline(np.log(10), color=GREY, linestyle=":", linewidth=1)
    axes.text(len(epochs) + 0.15, np.log(10) + 0.02, "a guess among ten", fontsize=9.5, color=GREY)
    axes.set(xlim=(0.8, len(epochs) + 1.6), xlabel="epoch (2,560 images)", ylabel="training loss")
    axes.set(xticks=epochs, title=title)
    return figure


@figures.view
def draw_complete(losses: Mapping[str, Sequence[float]], drops: Sequence[int], title: str) -> Figure:
    """The training loss of complete trainings by epoch, in powers of ten.

    losses : name -> (epochs,)
    drops  : the epochs after which the learning rate was divided by 10
    """
    figure = figures.figure(9.5, 3.9)
    axes = figure.subplots()
    axes.set_yscale("log")
    for name, values in losses.items():
        epochs = np.arange(1, len(values) + 1)
        axes.plot(epochs, values, **{**_style(name), "marker": ""})
    _name_ends(axes, losses, len(epochs) + 1.5)
    for drop in drops:
        axes.axvline(drop, color=GREY, linestyle=":", linewidth=1)
        axes.text(drop + 0.7, 2.9, "learning rate / 10", color=GREY, fontsize=9.5, va="top")
    marks = (0.02, 0.05, 0.1, 0.2, 0.5, 1, 2)
    axes.set_yticks(marks, [f"{mark:g}" for mark in marks])
    axes.minorticks_off()
    axes.set(xlim=(0, 1.2 * len(epochs)), ylim=(0.018, 3), xticks=range(0, len(epochs) + 1, 25))
    axes.set(xlabel="epoch (50,000 images)", ylabel="training loss", title=title)
    return figure


def _name_ends(axes: Axes, curves: Mapping[str, Sequence[float]], place: float) -> None:
    """Each curve's name at the right of its end, ends that are close moved apart so that no words overlap."""
    to_scale = axes.get_yaxis().get_transform()
    ends = {name: to_scale.transform([curve[-1]])[0] for name, curve in curves.items()}
    below = -np.inf
    for name, end in sorted(ends.items(), key=lambda each: each[1]):
        below = max(end, below + 0.13)
        height = to_scale.inverted().transform([below])[0]
        axes.text(place, height, name, color=_style(name)["color"], va="center")


# --- gradients ------------------------------------------------------------------------------------------


@figures.view
def draw_gradients(norms: Mapping[str, np.ndarray], losses: Mapping[str, np.ndarray], epochs: int) -> Figure:
    """The gradient by layer after some epochs, a panel a network, and the training loss up to there, a third.

    norms  : name -> (seeds, 1 + epochs, layers)
    losses : name -> (seeds, epochs), for the same two names
    """
    spans = [np.median(found[:, epochs].max(-1) / found[:, epochs].min(-1)) for found in norms.values()]
    title = "Largest over smallest gradient: plain {:,.0f}, residual {:,.0f}".format(*spans)
    figure = figures.figure(10.0, 3.9, title)
    *panels, right = figure.subplots(1, 3, width_ratios=(4, 4, 3))
    for axes, (name, found) in zip(panels, norms.items(), strict=True):
        color, last = _style(name)["color"], found.shape[-1]
        axes.plot(range(1, last + 1), found[:, epochs].T, color=color, linewidth=1, alpha=0.7)
        axes.set_title(f"{name}, after {epochs} epochs", fontsize=11, weight="normal")
        axes.set(xlabel="layer", xlim=(0, last + 1), xticks=(1, 20, 40, last))
        figures.powers_of_ten(axes, (-2, 0, 2, 4), (3e-4, 3e4))
        for curves, style in (
            (losses[name], {"linewidth": 1, "alpha": 0.25}),
            (losses[name][:, :epochs], {}),
        ):
            right.plot(range(1, curves.shape[1] + 1), curves.T, color=color, **style)
    panels[0].set_ylabel("size of the gradient")
    panels[1].tick_params(labelleft=False)
    right.set_title("training loss", fontsize=11, weight="normal")
    right.set(xlabel="epoch", xlim=(0.5, 5.5), ylim=(0, 3.3), xticks=(1, 3, 5), yticks=(0, 1, 2, 3))
    return figure


def explore_gradients(norms: Mapping[str, np.ndarray], losses: Mapping[str, np.ndarray]) -> widgets.Explorer:
    """`draw_gradients` behind a slider for the epochs."""

    def caption(epochs: int) -> str:
        ratios = {
            name: np.median(found[:, epochs, 0] / found[:, epochs, -1]) for name, found in norms.items()
        }
        said = ", ".join(f"{name} {_round(ratio)}" for name, ratio in ratios.items())
        return f"First over last layer's gradient: {said} (median of five seeds)."

    last = min(curves.shape[-1] for curves in losses.values())
    return widgets.Explorer(
        lambda epochs: draw_gradients(norms, losses, epochs),
        caption=caption,
        epochs=widgets.slider("epochs", 0, last, 0),
    )


def _round(ratio: float) -> str:
    return f"{ratio:,.0f}" if ratio >= 10 else f"{ratio:.1f}"


@figures.view
def draw_trust(cosine: Mapping[str, np.ndarray], steps: Sequence[float], title: str) -> Figure:
    """How far a gradient keeps its direction: a network's mean over the seeds as a line, all as a band.

    cosine : name -> (seeds, steps)
    steps  : shares of the weights' length
    """
    figure = figures.figure(9.0, 3.9)
    axes = figure.subplots()
    percent = 100 * np.array(steps)
    for name, seeds in cosine.items():
        axes.fill_between(percent, seeds.min(0), seeds.max(0), color=_style(name)["color"], alpha=0.15)
        axes.plot(percent, seeds.mean(0), label=name, **_style(name))
    axes.axhline(0, color=GREY, linewidth=1)
    axes.set(xscale="log", ylim=(-0.3, 1.05), title=title)
    axes.set_xlabel("step against the gradient, in % of the weights' length")
    axes.set_ylabel("cosine: new gradient,\nold gradient")
    axes.set_xticks((0.001, 0.01, 0.1, 1), ("0.001", "0.01", "0.1", "1"))
    axes.minorticks_off()
    axes.legend(loc="center left")
    return figure


@figures.view
def draw_parts(shortcut: np.ndarray, path: np.ndarray, title: str) -> Figure:
    """What comes back at each block's entry, in two parts: (blocks,) through the shortcut, and through F."""
    figure = figures.figure(9.0, 3.6)
    axes = figure.subplots()
    parts = {"through the shortcut: 1": shortcut, "through F: F′": path}
    figures.lines(axes, parts, markersize=5)
    axes.set(xlabel="block", ylabel="size of the gradient", xticks=range(1, len(path) + 1), title=title)
    figures.powers_of_ten(axes, range(-2, 1), (0.01, 1))
    axes.legend(loc="upper right")
    return figure


# --- the block ------------------------------------------------------------------------------------------


@figures.view
def draw_blocks(title: str) -> Figure:
    """Three blocks with their shapes: plain, with the identity, and where the size changes."""
    figure = figures.figure(10.0, 4.9, title)
    plain, residual, change = figure.subplots(1, 3)
    same, half = "28 × 28 × 128", "14 × 14 × 256"
    _draw_block(plain, "a plain block", same, same)
    _draw_block(residual, "a residual block", same, same, "identity")
    options = "A: every 2nd\npixel, zeros\nB, C: 1 × 1,\nstride 2"
    _draw_block(change, "where the size changes", same, half, options)
    return figure


def _draw_block(axes: Axes, name: str, before: str, after: str, shortcut: str = "") -> None:
    """One block from top to bottom: its layers as boxes, their shapes, the way around on the right."""
    axes.set(xlim=(0, 10), ylim=(-0.6, 10.6))
    axes.axis("off")
    axes.set_title(name, weight="normal")
    color, light = (BLUE, LIGHT_BLUE) if shortcut else (VERMILION, LIGHT_RED)
    stride = "" if before == after else ", stride 2"
    boxes = {8.1: f"3 × 3{stride}, normalize", 6.3: "ReLU", 4.5: "3 × 3, normalize", 1.0: "ReLU"}
    frame = {"boxstyle": "round,pad=0.35", "facecolor": light, "edgecolor": color}
    for height, words in boxes.items():
        axes.text(3.6, height, words, fontsize=10.5, bbox=frame, **MIDDLE)
    axes.text(3.6, 10.2, before, fontsize=10, **MIDDLE)
    axes.text(3.3, 5.45, after, fontsize=9.5, ha="right", va="center", color=GREY)
    axes.text(3.6, -0.4, after, fontsize=10, **MIDDLE)
    stops = (10.0, 8.1, 6.3, 4.5, 2.7, 1.0, -0.5) if shortcut else (10.0, 8.1, 6.3, 4.5, 1.0, -0.5)
    for above, below in pairwise(stops):
        axes.annotate("", (3.6, below + 0.5), (3.6, above - 0.4), arrowprops={"arrowstyle": "->", "lw": 1.5})
    if shortcut:
        circle = {"boxstyle": "circle,pad=0.2", "facecolor": "white", "edgecolor": BLACK}
        axes.text(3.6, 2.7, "+", fontsize=15, weight="bold", bbox=circle, **MIDDLE)
        way = {"color": color, "lw": 2.5}
        axes.plot([3.6, 8.0, 8.0], [9.45, 9.45, 2.7], solid_joinstyle="round", **way)
        axes.annotate("", (4.25, 2.7), (8.0, 2.7), arrowprops={"arrowstyle": "->", **way})
        axes.text(7.8, 5.9, shortcut, fontsize=10, color=color, bbox=ON_WHITE, **MIDDLE)


# --- the family -----------------------------------------------------------------------------------------


@cache
def sum_stages(depth: int, stride_in: str, conv_bias: bool) -> tuple[dict[str, tuple[int, int, int]], Totals]:
    """For each stage its layers with weights, multiply-adds and side; and the sums of the whole network."""
    rows = trace(depth, stride_in=stride_in, conv_bias=conv_bias)
    stages = {}
    for stage in STAGE_COLORS:
        own = [row for row in rows if row.name.startswith(stage)]
        on_the_way = [row for row in own if row.kind == "Conv2D" and "shortcut" not in row.name]
        stages[stage] = (len(on_the_way), sum(row.multiply_adds for row in own), own[-1].output_shape[0])
    return stages, totals(rows)


@figures.view
def draw_family(depth: int, stride_in: str = "1x1", conv_bias: bool = False) -> Figure:
    """A network of Table 1: its layers as cells in a row, a colour a stage; below, what each stage costs."""
    stages, whole = sum_stages(depth, stride_in, conv_bias)
    kind, counts = CONFIGURATIONS[depth]
    costs = f"{whole.trainable / 1e6:.1f} M weights, {whole.multiply_adds / 1e9:.2f} G multiply-adds"
    figure = figures.figure(10.0, 3.8, f"resnet-{depth}, {kind} blocks: {costs}")
    row, cost = figure.subplots(2, 1, height_ratios=(2, 3))
    said = ["1 layer", *(f"{count} blocks" for count in counts)]
    place = 0
    for number, (stage, (layers, spent, side)) in enumerate(stages.items()):
        color = STAGE_COLORS[stage]
        row.broken_barh([(place + layer + 0.15, 0.7) for layer in range(layers)], (0, 1), color=color)
        place += layers
        cost.barh(number, spent / 1e9, color=color, height=0.75)
        words = f"{said[number]} at {side} × {side}"
        cost.text(spent / 1e9 + 0.06, number, words, va="center", fontsize=10)
    row.broken_barh([(place + 0.15, 0.7)], (0, 1), color=BLACK)
    row.set(xlim=(0, 153), ylim=(0, 1), yticks=(), xticks=(0, 50, 100, 150))
    row.set_xlabel("layers with weights; the last is fc")
    row.spines["left"].set_visible(False)
    cost.set_yticks(range(5), STAGE_COLORS)
    cost.set(xlim=(0, 9.5), ylim=(4.6, -0.6), xticks=(0, 3, 6, 9), xlabel="multiply-adds (10⁹)")
    return figure


def explore_family() -> widgets.Explorer:
    """`draw_family` behind menus for the depth and for what implementations disagree on."""

    def caption(depth: int, stride_in: str, conv_bias: bool) -> str:
        _, whole = sum_stages(depth, stride_in, conv_bias)
        return (
            f"{whole.trainable:,} trainable weights, {whole.parameters:,} with the moving statistics; "
            f"{whole.multiply_adds:,} multiply-adds."
        )

    return widgets.Explorer(
        draw_family,
        caption=caption,
        depth=widgets.menu("layers", list(CONFIGURATIONS), 50),
        stride_in=widgets.menu("stride in the", {"1 × 1": "1x1", "3 × 3": "3x3"}, "1x1"),
        conv_bias=widgets.menu("biases in convolutions", {"no": False, "yes": True}, False),
    )


# --- lesions and slices ---------------------------------------------------------------------------------


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
        hatch = {"hatch": "//", "edgecolor": "white"} if read_name(name).kind == "plain" else {}
        axes.bar(places, percent[1:], 0.95 * width, color=color, label=f"{name}, cut", **hatch)
        for place, value in zip(places, percent[1:], strict=True):
            axes.text(place, value + 1, f"{value:.0f}", ha="center", va="bottom", fontsize=9.5)
        axes.axhline(percent[0], color=color, linestyle="--", linewidth=1.5, label=f"{name}, whole")
    axes.axhline(90, color=GREY, linestyle=":", linewidth=1)
    axes.text(len(blocks) - 0.3, 91, "a guess", va="bottom", fontsize=9.5, color=GREY)
    axes.set_xticks(range(len(blocks)), blocks, rotation=90 if len(blocks) > 9 else 0)
    axes.set(xlim=(-0.6, 1.06 * len(blocks)), ylim=(0, 124), yticks=(0, 25, 50, 75, 100))
    axes.set(xlabel="the block taken out", ylabel="test error (%)", title=title)
    axes.legend(loc="upper left", ncols=4, fontsize=9.5)
    return figure


@figures.view
def draw_slices(places: np.ndarray, losses: Mapping[str, np.ndarray], title: str) -> Figure:
    """The loss along a random direction through the trained weights, a panel a network, a line a seed.

    Each panel has a scale of its own.
    """
    figure = figures.figure(9.5, 3.8, title)
    panels = figure.subplots(1, len(losses))
    for axes, (name, seeds) in zip(panels, losses.items(), strict=True):
        axes.plot(places, seeds.T, color=_style(name)["color"], linewidth=1.3, alpha=0.8)
        axes.axvline(0, color=GREY, linestyle=":", linewidth=1)
        axes.set(xlabel="moved along the direction, in filters' lengths", xticks=(-1, -0.5, 0, 0.5, 1))
        axes.set_title(f"{name}, five seeds", weight="normal")
    panels[0].set_ylabel("loss")
    return figure

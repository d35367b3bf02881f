"""Lesson 06's pictures: degradation, gradients, noise, trust, the block, the family, lesions."""

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
    """The training loss by epoch, plain networks on the left, residual ones on the right.

    live     : name -> (epochs,), drawn as lines
    recorded : name -> (seeds, epochs), for the same names, drawn as bands from the least to the largest
    """
    figure = figures.figure(10.0, 4.0, title)
    panels = dict(zip(("plain", "resnet"), figure.subplots(1, 2, sharey=True), strict=True))
    for name, losses in live.items():
        axes, epochs = panels[read_name(name).kind], np.arange(1, len(losses) + 1)
        seeds, style = recorded[name], _style(name)
        hatch = {} if style["linestyle"] == "-" else {"hatch": "///"}
        axes.fill_between(epochs, seeds.min(0), seeds.max(0), color=style["color"], alpha=0.18, lw=0, **hatch)
        axes.plot(epochs, losses, **style)
    for kind, axes in panels.items():
        own = {name: losses for name, losses in live.items() if read_name(name).kind == kind}
        _name_ends(axes, own, len(epochs) + 0.15)
        axes.axhline(np.log(10), color=GREY, linestyle=":", linewidth=1)
        axes.set(xlim=(0.8, len(epochs) + 2.4), xlabel="epoch (1,280 images)", xticks=epochs)
    panels["resnet"].text(len(epochs) + 2.3, 2.33, "a guess among ten", fontsize=9.5, color=GREY, ha="right")
    panels["plain"].set_ylabel("training loss")
    panels["plain"].text(1, 0.05, "line: this run; band: five recorded seeds", fontsize=9.5, color=GREY)
    panels["plain"].set_ylim(0, 3.2)
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
        axes.set(xlabel="layer", xlim=(0, last + 1), xticks=(1, 10, 20, 30, last))
        figures.powers_of_ten(axes, (-2, -1, 0, 1, 2), (5e-3, 2e2))
        for curves, style in (
            (losses[name], {"linewidth": 1, "alpha": 0.25}),
            (losses[name][:, :epochs], {}),
        ):
            right.plot(range(1, curves.shape[1] + 1), curves.T, color=color, **style)
    panels[0].set_ylabel("size of the gradient")
    panels[1].tick_params(labelleft=False)
    right.set_title("training loss", fontsize=11, weight="normal")
    last = max(curves.shape[1] for curves in losses.values())
    for name, height in zip(losses, (2.5, 0.15), strict=True):
        right.text(last, height, name, color=_style(name)["color"], ha="right")
    right.set(
        xlabel="epoch", xlim=(0.5, last + 0.5), ylim=(0, 3.3), xticks=range(1, last + 1), yticks=(0, 1, 2, 3)
    )
    return figure


def explore_gradients(norms: Mapping[str, np.ndarray], losses: Mapping[str, np.ndarray]) -> widgets.Explorer:
    """`draw_gradients` behind a slider for the epochs."""

    def caption(epochs: int) -> str:
        ratios = {
            name: np.median(found[:, epochs, 0] / found[:, epochs, -2]) for name, found in norms.items()
        }
        said = ", ".join(f"{name} {_round(ratio)}" for name, ratio in ratios.items())
        return f"First over last convolution's gradient: {said} (median of five seeds)."

    last = min(curves.shape[-1] for curves in losses.values())
    return widgets.Explorer(
        lambda epochs: draw_gradients(norms, losses, epochs),
        caption=caption,
        epochs=widgets.slider("epochs", 0, last, 0),
    )


def _round(ratio: float) -> str:
    return f"{ratio:,.0f}" if ratio >= 10 else f"{ratio:.1f}"


@figures.view
def draw_moments(start: Mapping[str, np.ndarray], trained: Mapping[str, np.ndarray], title: str) -> Figure:
    """The gradient by layer over that of the last convolution, before training and after it, a panel a pair.

    start   : name -> (seeds, layers), of small networks before training
    trained : name -> (groups, layers), of the complete ones, in the same order
    """
    figure = figures.figure(10.0, 3.8, title)
    panels = figure.subplots(1, len(start), sharey=True)
    for axes, (small, before), (name, after) in zip(panels, start.items(), trained.items(), strict=True):
        for norms, dash, words in ((before, "--", f"{small}, untrained"), (after, "-", f"{name}, trained")):
            layers = range(1, norms.shape[-1])  # all but fc
            color = _style(name)["color"] if dash == "-" else GREY
            style = {"color": color, "linestyle": dash}
            axes.plot(layers, (norms[:, :-1] / norms[:, -2:-1]).T, **style, linewidth=1.2, alpha=0.8)
            axes.plot([], [], **style, label=words)
        axes.legend(loc="upper right")
        axes.set(xlabel="layer", xlim=(0, 56), xticks=(1, 10, 20, 30, 43, 55))
        figures.powers_of_ten(axes, range(-1, 5), (0.08, 5e4))
    panels[0].set_ylabel("gradient, over the last\nconvolution's")
    return figure


@figures.view
def draw_noise(noise: Mapping[str, np.ndarray], title: str) -> Figure:
    """How far noise on the pixels moves what each block gives, over the distance between two images.

    noise : name -> (seeds, blocks)
    """
    figure = figures.figure(9.0, 3.9)
    axes = figure.subplots()
    for name, seeds in noise.items():
        blocks = np.arange(1, seeds.shape[1] + 1)
        axes.fill_between(blocks, seeds.min(0), seeds.max(0), color=_style(name)["color"], alpha=0.18, lw=0)
        axes.plot(blocks, seeds.mean(0), label=name, **_style(name))
        below = (
            0.9 if read_name(name).depth == 20 else 1.05
        )  # the shallow one's name under the deep one's line
        end = {"color": _style(name)["color"], "va": "top" if below < 1 else "center"}
        axes.text(blocks[-1] + 0.3, below * seeds[:, -1].mean(), name, **end)
    axes.axhline(1, color=GREY, linestyle=":", linewidth=1)
    axes.text(1, 1.12, "as far as from one image to another", fontsize=9.5, color=GREY)
    axes.set(
        yscale="log", ylim=(0.008, 2), xlim=(0.5, 26), xticks=(1, 5, 9, 15, 21), xlabel="block", title=title
    )
    axes.set_yticks((0.01, 0.1, 1), ("0.01", "0.1", "1"))
    axes.minorticks_off()
    axes.set_ylabel("moved by the noise,\nover the distance of two images")
    return figure


@figures.view
def draw_trust(cosine: Mapping[str, np.ndarray], steps: Sequence[float], adam: float, title: str) -> Figure:
    """How far a gradient keeps its direction: a network's mean over the seeds as a line, all as a band.

    cosine : name -> (seeds, steps)
    steps  : shares of the weights' length
    adam   : the length of Adam's first step, such a share, too
    """
    figure = figures.figure(9.5, 4.0)
    axes = figure.subplots()
    for name, seeds in cosine.items():
        axes.fill_between(steps, seeds.min(0), seeds.max(0), color=_style(name)["color"], alpha=0.15, lw=0)
        axes.plot(steps, seeds.mean(0), label=name, **_style(name))
    axes.axhline(0, color=GREY, linewidth=1)
    axes.axvline(adam, color=GREY, linestyle=":", linewidth=1.5)
    axes.text(adam * 1.15, 0.92, "Adam's\nfirst step", fontsize=9.5, color=GREY, va="top")
    axes.set(xscale="log", xlim=(7e-9, 0.035), ylim=(-0.3, 1.05), title=title)
    axes.set_xlabel("step against the gradient, as a share of the weights' length")
    axes.set_ylabel("cosine: new gradient,\nold gradient")
    powers = range(-8, -1)
    axes.set_xticks(
        [10.0**power for power in powers],
        [f"10{str(power).translate(figures.SUPERSCRIPTS)}" for power in powers],
    )
    axes.minorticks_off()
    axes.set_title(title, pad=26)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=4, fontsize=9.5, borderaxespad=0.1)
    return figure


@figures.view
def draw_parts(shortcut: np.ndarray, path: np.ndarray, title: str) -> Figure:
    """What comes back at each block's entry, in two parts: (blocks,) through the shortcut, and through F."""
    figure = figures.figure(9.0, 3.6)
    axes = figure.subplots()
    parts = {"through the shortcut": shortcut, "through F": path}
    figures.lines(axes, parts, markersize=5)
    axes.set(xlabel="block", ylabel="size of the gradient", xticks=range(1, len(path) + 1), title=title)
    figures.powers_of_ten(axes, range(-2, 1), (0.01, 1))
    axes.legend(loc="upper right")
    return figure


@figures.view
def draw_sizes(path: np.ndarray, scales: Sequence[float], title: str) -> Figure:
    """What F gives over what it is added to, before training; and the last scale γ of each block, after it.

    path   : (seeds, blocks)
    scales : (blocks,), the mean size of γ; it begins at 1
    """
    figure = figures.figure(10.0, 3.7, title)
    left, right = figure.subplots(1, 2)
    blocks = np.arange(1, path.shape[1] + 1)
    left.fill_between(blocks, path.min(0), path.max(0), color=BLUE, alpha=0.18, lw=0)
    left.plot(blocks, path.mean(0), label="measured, five seeds", **{**RESIDUAL, "markersize": 5})
    left.plot(blocks, 1 / np.sqrt(blocks), color=BLACK, linestyle="--", label="1 / √block")
    left.legend(loc="upper right")
    left.set(xlabel="block", ylabel="size of F(x), over that of x", ylim=(0, 1.6))
    left.set_title("resnet-44-small, before training", fontsize=11, weight="normal")
    right.bar(range(1, len(scales) + 1), scales, color=BLUE, width=0.7)
    right.axhline(1, color=GREY, linestyle=":", linewidth=1.5)
    right.text(len(scales) - 2, 1.02, "where each began", fontsize=9.5, color=GREY, ha="right", va="bottom")
    right.set(xlabel="block", ylabel="mean size of the last γ", ylim=(0, 1.35))
    right.set_title("resnet-56-cifar, trained", fontsize=11, weight="normal")
    left.set_xticks((1, 7, 14, 21))
    right.set_xticks((1, 9, 18, 27))
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


@figures.view
def draw_bottleneck(title: str) -> Figure:
    """The two kinds of block with the identity, at about the same cost: basic, and the bottleneck."""
    figure = figures.figure(9.0, 5.2, title)
    basic, bottleneck = figure.subplots(1, 2)
    narrow, wide = "56 × 56 × 64", "56 × 56 × 256"
    _draw_block(basic, "basic: 18 and 34 layers", narrow, narrow, "identity")
    inside = ("1 × 1, to 64 channels", "3 × 3, 64 channels", "1 × 1, to 256 channels")
    _draw_block(bottleneck, "bottleneck: 50 layers and more", wide, wide, "identity", inside)
    return figure


def _draw_block(
    axes: Axes, name: str, before: str, after: str, shortcut: str = "", convolutions: Sequence[str] = ()
) -> None:
    """One block from top to bottom: its layers as boxes, their shapes, the way around on the right."""
    axes.set(xlim=(0, 10), ylim=(-0.6, 10.6))
    axes.axis("off")
    axes.set_title(name, weight="normal")
    color, light = (BLUE, LIGHT_BLUE) if shortcut else (VERMILION, LIGHT_RED)
    stride = "" if before == after else ", stride 2"
    convolutions = convolutions or (f"3 × 3{stride}", "3 × 3")
    inside = [words for each in convolutions for words in (f"{each}, normalize", "ReLU")][:-1]
    heights = np.linspace(8.5, 4.0, len(inside))
    boxes = {**dict(zip(heights, inside, strict=True)), 1.0: "ReLU"}
    frame = {"boxstyle": "round,pad=0.3", "facecolor": light, "edgecolor": color}
    for height, words in boxes.items():
        axes.text(3.6, height, words, fontsize=10, bbox=frame, **MIDDLE)
    axes.text(3.6, 10.2, before, fontsize=10, **MIDDLE)
    if after != before:
        axes.text(3.3, 5.2, after, fontsize=9.5, ha="right", va="center", color=GREY)
    axes.text(3.6, -0.4, after, fontsize=10, **MIDDLE)
    stops = (10.0, *heights, *([2.7] if shortcut else []), 1.0, -0.5)
    for above, below in pairwise(stops):
        axes.annotate("", (3.6, below + 0.4), (3.6, above - 0.34), arrowprops={"arrowstyle": "->", "lw": 1.5})
    if shortcut:
        circle = {"boxstyle": "circle,pad=0.2", "facecolor": "white", "edgecolor": BLACK}
        axes.text(3.6, 2.7, "+", fontsize=15, weight="bold", bbox=circle, **MIDDLE)
        way = {"color": color, "lw": 2.5}
        axes.plot([3.6, 8.4, 8.4], [9.5, 9.5, 2.7], solid_joinstyle="round", **way)
        axes.annotate("", (4.25, 2.7), (8.4, 2.7), arrowprops={"arrowstyle": "->", **way})
        axes.text(8.3, 5.9, shortcut, fontsize=10, color=color, bbox=ON_WHITE, **MIDDLE)


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
    place, gap = 0, depth / 250
    for number, (stage, (layers, spent, side)) in enumerate(stages.items()):
        color, a_block = STAGE_COLORS[stage], layers // counts[number - 1] if number else 1
        row.broken_barh([(place + layer, 1 - gap) for layer in range(layers)], (0, 1), color=color)
        starts = range(place, place + layers, a_block)
        row.broken_barh([(start, a_block - gap) for start in starts], (0.35, 0.3), color=color)
        place += layers
        cost.barh(number, spent / 1e9, color=color, height=0.75)
        words = f"{said[number]} at {side} × {side}"
        cost.text(spent / 1e9 + 0.06, number, words, va="center", fontsize=10)
    row.broken_barh([(place, 1 - gap)], (0, 1), color=BLACK)
    row.set(
        xlim=(-0.5, depth + 0.5), ylim=(0, 1), yticks=(), xticks=range(0, depth, 10 if depth < 90 else 25)
    )
    row.set_xlabel("layers with weights, those of a block joined; the last is fc")
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
            axes.text(place, value + 1.5, f"{value:.0f}", ha="center", fontsize=9, bbox=ON_WHITE, va="bottom")
        axes.axhline(percent[0], color=color, linestyle="--", linewidth=1.5, label=f"{name}, whole")
    axes.axhline(90, color=GREY, linestyle=":", linewidth=1, zorder=0)
    axes.set_xticks(range(len(blocks)), blocks, rotation=90 if len(blocks) > 9 else 0)
    axes.set(
        xlim=(-0.6, len(blocks) - 0.4), ylim=(0, 106), xlabel="the block taken out", ylabel="test error (%)"
    )
    axes.set_yticks((0, 25, 50, 75, 90), ("0", "25", "50", "75", "a guess: 90"))
    axes.set_title(title, pad=26)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=4, fontsize=9.5, borderaxespad=0.1)
    return figure


@figures.view
def draw_slices(places: np.ndarray, losses: Mapping[str, np.ndarray], title: str) -> Figure:
    """The loss along a random direction through the trained weights, a line a seed, on one scale.

    losses : name -> (seeds, places); beside it the first network's alone, stretched upwards
    """
    figure = figures.figure(9.5, 3.9, title)
    both, alone = figure.subplots(1, 2, width_ratios=(3, 2))
    for name, seeds in losses.items():
        style = {"color": _style(name)["color"], "linewidth": 1.3, "alpha": 0.8}
        both.plot(places, seeds.T, linestyle="--" if read_name(name).kind == "plain" else "-", **style)
        both.text(-1, seeds[:, 0].max() + 0.12, name, color=style["color"], bbox=ON_WHITE)
    name, seeds = next(iter(losses.items()))
    alone.plot(places, seeds.T, color=_style(name)["color"], linewidth=1.1, alpha=0.8)
    alone.set_title(f"{name} alone, stretched", fontsize=11, weight="normal")
    for axes in (both, alone):
        axes.axvline(0, color=GREY, linestyle=":", linewidth=1)
        axes.set(xlabel="moved, in filters' lengths", xticks=(-1, -0.5, 0, 0.5, 1))
    both.set(ylabel="loss", ylim=(0, None))
    return figure

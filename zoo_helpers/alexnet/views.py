"""Lesson 03's pictures: two towers, where the weights sit, the race, crops, gains, LRN, filters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, Rectangle

from zoo_helpers.alexnet.model import Convolution
from zoo_helpers.core import figures, widgets
from zoo_helpers.core.anatomy import Row
from zoo_helpers.core.figures import BLACK, BLUE, GREY, ON_WHITE, ORANGE, PALE, SERIES, SKY, VERMILION

CHANNELS = 9  # of the toy; the one in the middle has its own slider
COLUMNS = 12  # of kernels
ALPHAS = {"0": 0.0, "0.00001": 1e-5, "0.00002": 2e-5, "0.0001": 1e-4, "0.001": 1e-3, "0.01": 1e-2}

Normalize = Callable[[np.ndarray, int, float, float, float], np.ndarray]


@figures.view
def draw_towers(rows: Sequence[Row], convolutions: Sequence[Convolution], title: str) -> Figure:
    """The layers with weights as two rows of boxes; lines cross where a layer sees both towers.

    Each box says its kernels, its half of the output, and what follows: LRN, and the side after pooling.
    """
    figure = figures.figure(11.5, 3.9)
    axes = figure.subplots()
    table, layers = {conv.name: conv for conv in convolutions}, [row for row in rows if row.parameters]
    _box(axes, 0, 0, "image", "×".join(map(str, rows[0].output_shape)))
    for place, row in enumerate(layers, start=1):
        conv = table.get(row.name)
        for tower in (1, -1):
            sources = {tower} if conv and conv.split else {0} if place == 1 else {1, -1}
            for source in sources:
                crossing = source not in (0, tower)
                line = {"color": VERMILION if crossing else GREY, "linestyle": "--" if crossing else "-"}
                axes.plot([place - 0.55, place - 0.45], [source, tower], zorder=0, linewidth=1.5, **line)
            _box(axes, place, tower, row.name, *_words(row, conv, rows))
    for tower, name in ((1, "first GPU"), (-1, "second GPU")):
        axes.text(0, tower, name, ha="center", va="center", color=GREY)
    axes.set(title=title, xlim=(-0.5, len(layers) + 0.5), ylim=(-1.6, 1.6))
    axes.axis("off")
    return figure


def _words(row: Row, conv: Convolution | None, rows: Sequence[Row]) -> list[str]:
    """What a box of half a layer says."""
    *sides, width = row.output_shape
    if conv is None:
        return [f"{width // 2:,}"]
    kernel = f"{conv.kernel}×{conv.kernel}" + (f", stride {conv.stride}" if conv.stride > 1 else "")
    words = [kernel, "×".join(map(str, [*sides, width // 2]))]
    if conv.pool:
        side = next(other for other in rows if other.name == row.name.replace("conv", "pool")).output_shape[0]
        words.append(f"{'LRN, ' if conv.lrn else ''}pool → {side}")
    return words


def _box(axes: Axes, x: float, y: float, name: str, *words: str) -> None:
    box = FancyBboxPatch((x - 0.45, y - 0.5), 0.9, 1.0, boxstyle="round,pad=0,rounding_size=0.05")
    box.set(facecolor=PALE, edgecolor=BLUE)
    axes.add_patch(box)
    top = y + 0.12 * len(words)
    axes.text(x, top, name, ha="center", va="center", weight="bold")
    for line, word in enumerate(words, start=1):
        axes.text(x, top - 0.24 * line, word, ha="center", va="center", fontsize=9)


@figures.view
def draw_where(rows: Sequence[Row], title: str) -> Figure:
    """Each layer's share of the parameters and of the multiply-adds, as two bars."""
    layers = [row for row in rows if row.parameters]
    figure = figures.figure(8.5, 4.0)
    axes = figure.subplots()
    for name, counts, shift, color, hatch in (
        ("parameters", [row.parameters for row in layers], -0.2, BLUE, ""),
        ("multiply-adds", [row.multiply_adds for row in layers], 0.2, ORANGE, "///"),
    ):
        shares = 100 * np.array(counts) / sum(counts)
        style = {"color": color, "hatch": hatch, "edgecolor": "white"}
        bars = axes.barh(np.arange(len(layers)) + shift, shares, 0.4, **style)
        axes.bar_label(bars, [f"{share:.1f} %" for share in shares], padding=3, fontsize=9)
        bars.set_label(f"{name}, {sum(counts) / 1e6:.0f} million")
    axes.set_yticks(range(len(layers)), [row.name for row in layers])
    axes.set(title=title, xlabel="share of the whole (%)", xlim=(0, 70))
    axes.invert_yaxis()
    axes.legend(loc="center right")
    return figure


@figures.view
def draw_races(races: Mapping[str, Mapping[str, np.ndarray]], goal: float, title: str) -> Figure:
    """Training error by epoch, a panel for each start: {start: {activation: (seeds, epochs)}}.

    A thin line for each seed, a thick one for their median, and a dotted one at the goal, in per cent.
    """
    figure = figures.figure(min(10.0, 3.0 + 3.5 * len(races)), 3.9, title)
    panels = figure.subplots(1, len(races), sharex=True, sharey=True, squeeze=False)[0]
    for axes, (start, curves) in zip(panels, races.items(), strict=True):
        for (name, errors), series in zip(curves.items(), SERIES, strict=False):
            epochs = np.arange(1, errors.shape[1] + 1)
            style = {"color": series["color"], "linestyle": series["linestyle"]}
            axes.plot(epochs, 100 * errors.T, **style, linewidth=0.7, alpha=0.5)
            axes.plot(epochs, 100 * np.median(errors, axis=0), **style, linewidth=2.5, label=name)
        axes.axhline(goal, color=GREY, linestyle=":")
        axes.set_title(start, fontsize=11, weight="normal")
        axes.set(xlabel="epochs", ylim=(0, 100))
    panels[0].set_ylabel("training error (%)")
    panels[0].legend(loc="lower left")
    return figure


@figures.view
def draw_slopes(slopes: Mapping[str, np.ndarray], title: str) -> Figure:
    """How the slopes of tanh, 0 to 1, are spread before training, a panel for each start."""
    figure = figures.figure(8.5, 3.2, title)
    panels = figure.subplots(1, len(slopes), sharey=True)
    for axes, (start, values) in zip(panels, slopes.items(), strict=True):
        heights, edges = np.histogram(values, bins=20, range=(0, 1))
        axes.bar(edges[:-1], 100 * heights / values.size, width=0.05, align="edge", color=BLUE)
        axes.set_title(start, fontsize=11, weight="normal")
        axes.set(xlabel="slope of tanh in conv1", xlim=(0, 1))
    panels[0].set_ylabel("share of the units (%)")
    return figure


@figures.view
def draw_crops(image: np.ndarray, places: Sequence[tuple[int, int]], side: int, title: str) -> Figure:
    """An image with the frames of some crops, (row, column) each, and the crops with their mirror images."""
    figure = figures.figure(8.0, 3.4, title)
    whole, some = figure.subfigures(1, 2, width_ratios=[1, 1.6])
    left = whole.subplots()
    figures.picture(left, image, f"{image.shape[1]} × {image.shape[0]}")
    panels = some.subplots(2, len(places))
    for number, (row, column) in enumerate(places):
        color, dash = SERIES[number]["color"], SERIES[number]["linestyle"]
        frame = {"fill": False, "edgecolor": color, "linestyle": dash, "linewidth": 2.5, "clip_on": False}
        left.add_patch(Rectangle((column - 0.5, row - 0.5), side, side, **frame))
        crop = image[row : row + side, column : column + side]
        for axes, shown, name in zip(
            panels[:, number], (crop, crop[:, ::-1]), ("crop", "mirrored"), strict=True
        ):
            figures.picture(axes, shown, name)
            axes.add_patch(Rectangle((-0.5, -0.5), side, side, **frame))
    return figure


@figures.view
def draw_overfitting(errors: Mapping[str, np.ndarray], title: str) -> Figure:
    """Test error by epoch, a thick line for each network's mean, thin ones for its seeds: (seeds, epochs)."""
    figure = figures.figure(8.5, 4.0)
    axes = figure.subplots()
    for (name, curves), series in zip(errors.items(), SERIES, strict=False):
        epochs = np.arange(1, curves.shape[1] + 1)
        axes.plot(epochs, 100 * curves.T, color=series["color"], linewidth=0.5, alpha=0.4)
        axes.plot(epochs, 100 * curves.mean(axis=0), **series, markersize=5, markevery=3, label=name)
    axes.set(title=title, xlabel="epochs", ylabel="test error (%)", xticks=range(0, len(epochs) + 1, 4))
    axes.legend(ncols=2)
    return figure


@figures.view
def draw_gains(gains: Mapping[str, np.ndarray], papers: Mapping[str, float], title: str) -> Figure:
    """Paired gains in points, (seeds,): a dot each, their mean, a bar of three standard errors to each side.

    papers : the paper's own gains, drawn as diamonds where there are any
    """
    figure = figures.figure(9.0, 0.55 * len(gains) + 1.4)
    axes = figure.subplots()
    axes.axvline(0, color=GREY, linestyle=":")
    for place, (name, values) in enumerate(gains.items()):
        error = values.std(ddof=1) / np.sqrt(len(values))
        bar = {"color": PALE, "linewidth": 12, "solid_capstyle": "butt", "zorder": 0}
        axes.plot(values.mean() + np.array([-3, 3]) * error, [place, place], **bar)
        figures.dots(axes, place, values)
        if name in papers:
            axes.plot(papers[name], place, marker="D", markersize=9, color=VERMILION, markeredgecolor="white")
    axes.plot([], [], **{**SERIES[0], "linestyle": "none"}, label="one seed, with and without")
    axes.plot([], [], color=BLACK, linewidth=2.5, label="mean")
    axes.plot([], [], color=PALE, linewidth=8, label="3 standard errors to each side")
    axes.plot([], [], "D", color=VERMILION, label="the paper, on ImageNet")
    axes.legend(loc="upper center", bbox_to_anchor=(0.4, -0.13), ncols=4, fontsize=9, columnspacing=1)
    axes.set_yticks(range(len(gains)), list(gains))
    axes.set(title=title, xlabel="gain (points of test error)", ylim=(len(gains) - 0.5, -0.5))
    return figure


@figures.view
def draw_lrn(before: np.ndarray, after: np.ndarray, n: int) -> Figure:
    """Activations (C,) as outlines, filled what LRN leaves of them; the title reads three channels off."""
    middle, channels = len(before) // 2, np.arange(1, len(before) + 1)
    kept = 100 * np.divide(after, before, out=np.ones_like(after), where=before > 0)
    figure = figures.figure(8.0, 3.5)
    axes = figure.subplots()
    axes.bar(channels, before, color="none", edgecolor=GREY, linestyle="--")
    bars = axes.bar(channels, after, color=SKY, width=0.6)
    bars[middle].set_color(BLUE)
    for channel, height, share in zip(channels, before, kept, strict=True):
        axes.text(channel, height + 3, f"{share:.0f} %", ha="center", fontsize=9)
    title = f"Channel {middle + 1} keeps {kept[middle]:.0f} %, its neighbour {kept[middle + 1]:.0f} %"
    axes.set(title=f"{title}, the last {kept[-1]:.0f} %", ylabel="activation", ylim=(0, 235))
    axes.set(xlabel=f"channel (window: {n} channel{'s' * (n > 1)})", xticks=channels, yticks=(0, 100, 200))
    return figure


def explore_lrn(normalize: Normalize) -> widgets.Explorer:
    """`draw_lrn` behind sliders for one channel and for all others, and for the four constants.

    normalize : function (activations (C,), n, k, alpha, beta) -> (C,)
    """

    def view(one: float, others: float, n: int, k: float, alpha: float, beta: float) -> Figure:
        before = np.full(CHANNELS, others)
        before[CHANNELS // 2] = one
        return draw_lrn(before, np.asarray(normalize(before, n, k, alpha, beta)), n)

    return widgets.Explorer(
        view,
        caption="Dashed: the activations. Filled: what is left of them, in per cent above. All channels "
        "within reach of a strong one are divided by more, and so is the strong one itself.",
        one=widgets.slider("channel 5", 0.0, 200.0, 150.0, 5.0),
        others=widgets.slider("all others", 0.0, 200.0, 30.0, 5.0),
        n=widgets.menu("n", [1, 3, 5, 7, 9, 17], 5),
        k=widgets.slider("k", 0.5, 5.0, 2.0, 0.5),
        alpha=widgets.menu("alpha", ALPHAS, 1e-4),
        beta=widgets.slider("beta", 0.0, 1.5, 0.75, 0.05),
    )


@figures.view
def draw_readings(before: np.ndarray, readings: Mapping[str, np.ndarray], title: str) -> Figure:
    """Channels (C,) before, dashed, and after each reading of the same formula, filled."""
    figure = figures.figure(10.0, 4.6, title)
    channels = np.arange(1, len(before) + 1)
    panels = figure.subplots(2, 2, sharex=True, sharey=True)
    for axes, (name, after) in zip(panels.flat, readings.items(), strict=True):
        axes.bar(channels, before, color="none", edgecolor=GREY, linestyle="--", label="before")
        axes.bar(channels, after, color=BLUE, width=0.6, label="after")
        kept = 100 * after.sum() / before.sum()
        axes.set_title(f"{name}: keeps {kept:.1f} %", fontsize=10)
        axes.set_xticks([1, 6, 12, 18, 24])
        if kept < 2:
            words = {"ha": "center", "va": "center", "fontsize": 10, "bbox": ON_WHITE}
            axes.text(
                0.6 * len(before), 0.85 * before.max(), "the bars are there, too low to be seen", **words
            )
    panels[0, 0].legend()
    figure.supxlabel("channel", fontsize=11)
    figure.supylabel("activation", fontsize=11)
    return figure


@figures.view
def draw_falling(activations: np.ndarray, after: np.ndarray, title: str) -> Figure:
    """What LRN leaves of one active channel alone, (A,), over its activation, and its peak."""
    figure = figures.figure(8.0, 3.6)
    axes = figure.subplots()
    axes.plot(activations, after, color=BLUE)
    peak = int(after.argmax())
    axes.plot(activations[peak], after[peak], "o", color=VERMILION, markersize=9)
    words = f"{after[peak]:.0f}, at {activations[peak]:.0f}"
    axes.annotate(
        words, (activations[peak], after[peak]), xytext=(0, 9), textcoords="offset points", ha="center"
    )
    axes.set(title=title, xlabel="activation before LRN", ylabel="after LRN", xlim=(0, activations[-1]))
    axes.set_ylim(0, 1.25 * after.max())
    return figure


@figures.view
def draw_kept(pairs: Mapping[str, tuple[np.ndarray, np.ndarray]], share: float, title: str) -> Figure:
    """The share of an activation that LRN keeps, over the activation, for each (before, after).

    Of many activations every tenth is drawn: they show as much, in a quarter of the file.
    """
    figure = figures.figure(9.0, 4.0)
    axes = figure.subplots()
    axes.axhline(100 * share, color=GREY, linestyle="--", linewidth=1)
    for (name, (before, after)), series in zip(pairs.items(), SERIES, strict=False):
        active = np.flatnonzero(before.ravel() > 0)[:: 10 if before.size > 1000 else 1]
        style = {"color": series["color"], "marker": series["marker"], "linestyle": "none"}
        inputs = before.ravel()[active]
        axes.plot(inputs, 100 * after.ravel()[active] / inputs, markersize=2, **style)
        axes.plot([], [], markersize=7, label=name, **style)
    ticks = (0.01, 0.1, 1, 10, 100)
    axes.set(title=title, xlabel="activation before LRN", ylabel="share that LRN keeps (%)", xscale="log")
    axes.set(xlim=(0.005, 800), ylim=(0, 70))
    axes.set_xticks(ticks, map(str, ticks))
    axes.minorticks_off()
    axes.legend(loc="lower left", markerscale=1.0)
    return figure


@figures.view
def draw_filters(kernels: np.ndarray, title: str) -> Figure:
    """First-layer kernels (h, w, 3, n) as small pictures, each scaled to its own largest weight."""
    count = kernels.shape[-1]
    rows = int(np.ceil(count / COLUMNS))
    figure = figures.figure(0.8 * COLUMNS, 0.8 * rows + 0.5, title)
    for index, axes in enumerate(figure.subplots(rows, COLUMNS, squeeze=False).flat):
        axes.axis("off")
        if index < count:
            kernel = kernels[..., index]
            figures.picture(axes, 0.5 + 0.5 * kernel / np.abs(kernel).max())
    return figure

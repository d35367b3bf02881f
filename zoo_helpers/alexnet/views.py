"""Lesson 03's pictures: two towers, where the weights sit, the race, colours, LRN, filters."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch
from matplotlib.ticker import MaxNLocator

from zoo_helpers.core import figures, widgets
from zoo_helpers.core.anatomy import Row
from zoo_helpers.core.figures import BLUE, GREY, ORANGE, PALE, SERIES, SKY, VERMILION

CHANNELS = 9  # of the toy; the one in the middle has its own slider
COLUMNS = 8  # of kernels
ALPHAS = {"0": 0.0, "0.00001": 1e-5, "0.00002": 2e-5, "0.0001": 1e-4, "0.001": 1e-3, "0.01": 1e-2}

Normalize = Callable[[np.ndarray, int, float, float, float], np.ndarray]


@figures.view
def draw_towers(rows: Sequence[Row], split: Collection[str], title: str) -> Figure:
    """The layers with weights as two rows of boxes; lines cross where a layer sees both towers.

    split : the names of the layers that see their own tower only
    """
    figure = figures.figure(10.0, 3.6)
    axes = figure.subplots()
    layers = [row for row in rows if row.parameters]
    _box(axes, 0, 0, "image", "×".join(map(str, rows[0].output_shape)))
    for place, row in enumerate(layers, start=1):
        *sides, width = row.output_shape
        shape = "×".join(map(str, [*sides, width // 2])) if sides else f"{width // 2:,}"
        for tower in (1, -1):
            sources = {tower} if row.name in split else {0} if place == 1 else {1, -1}
            for source in sources:
                crossing = source not in (0, tower)
                line = {"color": VERMILION if crossing else GREY, "linestyle": "--" if crossing else "-"}
                axes.plot([place - 0.6, place - 0.4], [source, tower], zorder=0, linewidth=1.5, **line)
            _box(axes, place, tower, row.name, shape)
    for tower, name in ((1, "first GPU"), (-1, "second GPU")):
        axes.text(0, tower, name, ha="center", va="center", color=GREY)
    axes.set(title=title, xlim=(-0.5, len(layers) + 0.5), ylim=(-1.6, 1.6))
    axes.axis("off")
    return figure


def _box(axes: Axes, x: float, y: float, name: str, shape: str) -> None:
    box = FancyBboxPatch((x - 0.4, y - 0.35), 0.8, 0.7, boxstyle="round,pad=0,rounding_size=0.05")
    box.set(facecolor=PALE, edgecolor=BLUE)
    axes.add_patch(box)
    axes.text(x, y + 0.13, name, ha="center", va="center", weight="bold")
    axes.text(x, y - 0.14, shape, ha="center", va="center", fontsize=9)


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
    """Training error by epoch, a panel for each start, a line for each seed: {start: {units: (S, E)}}."""
    figure = figures.figure(min(10.0, 3.0 + 3.5 * len(races)), 4.0, title)
    panels = figure.subplots(1, len(races), sharey=True, squeeze=False)[0]
    for axes, (start, curves) in zip(panels, races.items(), strict=True):
        for (units, errors), style in zip(curves.items(), SERIES, strict=False):
            epochs = np.arange(1, errors.shape[1] + 1)
            lines = axes.plot(epochs, 100 * errors.T, **style, markersize=4, linewidth=1.2)
            lines[0].set_label(units)
        axes.axhline(goal, color=GREY, linestyle=":")
        axes.set_title(start, fontsize=11, weight="normal")
        axes.set(xlabel="epochs", ylim=(0, 100))
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    panels[0].set_ylabel("training error (%)")
    panels[0].legend(loc="lower left")
    return figure


@figures.view
def draw_colours(pictures: Mapping[str, np.ndarray], title: str) -> Figure:
    """Pictures in a row, each under its name."""
    figure = figures.figure(2.6 * len(pictures), 3.2, title)
    for axes, (name, picture) in zip(figure.subplots(1, len(pictures)), pictures.items(), strict=True):
        figures.picture(axes, picture, name)
    return figure


def explore_colours(
    image: np.ndarray, shift: Callable[[np.ndarray, np.ndarray], np.ndarray], title: str
) -> widgets.Explorer:
    """An image beside its shifted self, behind a slider for each principal component.

    shift : function (image, alphas (3,)) -> image
    """
    grey = np.full_like(image, 128)

    def view(first: float, second: float, third: float) -> Figure:
        alphas = np.array([first, second, third])
        pictures = {"as it is": image, "shifted": shift(image, alphas), "grey, shifted": shift(grey, alphas)}
        return draw_colours(pictures, title)

    return widgets.Explorer(
        view,
        caption="The paper draws each of the three numbers with a standard deviation of 0.1, anew for each "
        "image and each epoch; it hardly ever goes beyond 0.3.",
        first=widgets.slider("first", -2.0, 2.0, 1.0, 0.1),
        second=widgets.slider("second", -2.0, 2.0, 0.0, 0.1),
        third=widgets.slider("third", -2.0, 2.0, 0.0, 0.1),
    )


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
    axes.set(xlabel=f"channel (each divisor sums over up to {n})", xticks=channels, yticks=(0, 100, 200))
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
    panels[0, 0].legend()
    figure.supxlabel("channel", fontsize=11)
    figure.supylabel("activation", fontsize=11)
    return figure


@figures.view
def draw_bend(pairs: Mapping[str, tuple[np.ndarray, np.ndarray]], share: float, title: str) -> Figure:
    """Activations after LRN over those before, a panel for each pair; the line keeps `share` of each."""
    figure = figures.figure(9.5, 3.8, title)
    for axes, (name, (before, after)) in zip(figure.subplots(1, len(pairs)), pairs.items(), strict=True):
        axes.plot(before.ravel(), after.ravel(), ".", color=BLUE, markersize=2, rasterized=True)
        top = float(before.max())
        axes.plot([0, top], [0, share * top], "--", color=VERMILION, label=f"a plain factor, {share:.2f}")
        axes.set_title(name, fontsize=11, weight="normal")
        axes.set(xlabel="activation before", xlim=(0, top), ylim=(0, None))
        axes.legend(loc="upper left")
    figure.axes[0].set_ylabel("activation after")
    return figure


def explore_maps(images: np.ndarray, before: np.ndarray, after: np.ndarray) -> widgets.Explorer:
    """An image, one channel of conv1, and what LRN leaves of it; images (N, H, W, 3), maps (N, h, w, C)."""
    busiest = int(before.mean(axis=(0, 1, 2)).argmax()) + 1

    def view(image: int, channel: int) -> Figure:
        return draw_maps(images[image - 1], before[image - 1], after[image - 1], channel - 1)

    return widgets.Explorer(
        view,
        caption="Left the image, then one channel of conv1, then the share of each activation that LRN "
        "keeps: dark where the channel and its neighbours answer strongly.",
        image=widgets.slider("image", 1, len(images), 1),
        channel=widgets.slider("channel", 1, before.shape[-1], busiest),
    )


@figures.view
def draw_maps(image: np.ndarray, before: np.ndarray, after: np.ndarray, channel: int) -> Figure:
    """One image, its map (h, w) in one channel before LRN, bright is strong, and the share that LRN keeps."""
    figure = figures.figure(8.6, 3.1)
    left, middle, right = figure.subplots(1, 3)
    shown, top = before[..., channel], before.max()
    kept = np.divide(100 * after[..., channel], shown, out=np.full(shown.shape, np.nan), where=shown > 0)
    figures.picture(left, image, "the image")
    figures.picture(middle, shown, f"conv1, channel {channel + 1}: 0 to {top:.0f}", vmin=0, vmax=top)
    figures.picture(right, kept, "what LRN keeps of it: 0 to 60 %", cmap="cividis", vmin=0, vmax=60)
    return figure


@figures.view
def draw_ablations(pairs: Mapping[str, Mapping[str, np.ndarray]], title: str) -> Figure:
    """Test errors without and with a part, a panel each, a line for each seed: {part: {name: (S,)}}."""
    figure = figures.figure(10.0, 3.8, title)
    panels = figure.subplots(1, len(pairs), sharey=True)
    for axes, (part, errors) in zip(panels, pairs.items(), strict=True):
        table = 100 * np.stack(list(errors.values()))  # (2, S)
        axes.plot(range(len(table)), table, "-o", color=GREY, linewidth=1, markersize=4)
        axes.plot(range(len(table)), table.mean(axis=1), "-D", color=VERMILION, linewidth=2.5, label="mean")
        axes.set_xticks(range(len(table)), list(errors))
        axes.set_title(part, fontsize=11)
        axes.set(xlim=(-0.3, len(table) - 0.7))
    panels[0].set_ylabel("test error (%)")
    panels[0].legend()
    return figure


@figures.view
def draw_filters(kernels: np.ndarray, title: str) -> Figure:
    """First-layer kernels (h, w, 3, n) as small pictures, each scaled to its own largest weight."""
    count = kernels.shape[-1]
    rows = int(np.ceil(count / COLUMNS))
    figure = figures.figure(0.95 * COLUMNS, 0.95 * rows + 0.5, title)
    for index, axes in enumerate(figure.subplots(rows, COLUMNS, squeeze=False).flat):
        axes.axis("off")
        if index < count:
            kernel = kernels[..., index]
            figures.picture(axes, 0.5 + 0.5 * kernel / np.abs(kernel).max())
    return figure

"""Lesson 05's pictures: a product, a chain by hand, gradients and activations by layer, training."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from zoo_helpers.core import figures, widgets
from zoo_helpers.core.figures import BLACK, BLUE, GREY, ON_WHITE, SERIES, VERMILION, powers_of_ten
from zoo_helpers.gradients.experiment import DEPTHS, KINDS, SETTINGS
from zoo_helpers.gradients.model import CLASSES, INITIALIZERS
from zoo_helpers.gradients.theory import ACTIVATIONS, predict_norms, predicted_ratio, remaining

WORDS = {name: name for name in (*ACTIVATIONS, *INITIALIZERS)} | {
    "glorot": "Glorot",
    "he": "He",
    "relu": "ReLU",
}
FLOAT32 = np.finfo(np.float32)


def _draw_bound(axes: Axes, value: float, words: str) -> None:
    """A dashed line across at `value`, and what it stands for, at its right end."""
    axes.axhline(value, color=GREY, linestyle="--", linewidth=1)
    axes.annotate(
        words,
        (1, value),
        xycoords=("axes fraction", "data"),
        ha="right",
        va="bottom",
        fontsize=9.5,
        color=GREY,
    )


# --- a product of factors -------------------------------------------------------------------------------


@figures.view
def draw_remaining(factor: float, depth: int) -> Figure:
    """What is left of 1, layer by layer, on a logarithmic axis between the ends of float32."""
    left = remaining(factor, depth)
    figure = figures.figure(9.0, 3.9)
    axes = figure.subplots()
    for words, value in {
        "the largest number": FLOAT32.max,
        "below: fewer digits": FLOAT32.smallest_normal,
        "the smallest number": FLOAT32.smallest_subnormal,
    }.items():
        _draw_bound(axes, value, f"{words}, {value:.1e}")
    held = np.flatnonzero((left > 0) & np.isfinite(left))
    axes.plot(held, left[held], color=BLUE, linewidth=2.5)
    axes.set(xlim=(0, depth), xlabel="layers passed", ylabel="left of 1")
    powers_of_ten(axes, range(-45, 46, 15), (1e-52, 1e46))
    amount = {0: "nothing", np.inf: "infinity"}.get(left[-1], f"{left[-1]:.3g}")
    axes.set_title(f"{factor:.2f} a layer, {depth} layers: {amount} is left")
    return figure


def explore_remaining() -> widgets.Explorer:
    """`draw_remaining` behind sliders for the factor and the depth."""
    return widgets.Explorer(
        draw_remaining,
        caption=_caption_remaining,
        factor=widgets.slider("factor", 0.1, 2.0, 0.25, 0.05),
        depth=widgets.slider("layers", 1, 300, 100),
    )


def _caption_remaining(factor: float, depth: int) -> str:
    left = remaining(factor, 2000)
    if factor == 1:
        return "Only a factor of 1 keeps what comes in, through any number of layers."
    lost, end = (np.argmax(left == 0), "0") if factor < 1 else (np.argmax(np.isinf(left)), "infinity")
    return f"With this factor float32 says {end} from layer {lost} on."


# --- a chain by hand ------------------------------------------------------------------------------------


@figures.view
def draw_chain(
    weights: Sequence[float],
    sums: Sequence[float],
    outputs: Sequence[float],
    back: Sequence[float],
    title: str,
) -> Figure:
    """Three neurons in a row and the loss: what goes forward above, what comes back below.

    weights, sums, outputs, back : of the three neurons; back is the gradient in each sum
    """
    figure = figures.figure(10.5, 2.7)
    axes = figure.subplots()
    axes.set(xlim=(-1.5, 11.6), ylim=(-1.6, 1.1), title=title)
    axes.axis("off")
    box = {"boxstyle": "round,pad=0.5", "facecolor": "#E3F0FA", "edgecolor": BLUE}
    _write(axes, -1.0, 0, "x = 1")
    _write(axes, -1.0, -1.15, "gradient\nin s", color=VERMILION)
    loss = 3.2 * len(outputs) + 1.0  # its place
    _write(axes, loss, 0, f"loss\n½ · {outputs[-1]:.3f}²", bbox={**box, "edgecolor": GREY})
    _write(axes, loss, -1.15, f"{outputs[-1]:.3f}", color=VERMILION, weight="bold")
    _draw_arrow(axes, loss - 1.6, loss - 0.95, 0, BLUE)
    slopes = [output * (1 - output) for output in outputs]
    for number, (weight, total, output, gradient) in enumerate(
        zip(weights, sums, outputs, back, strict=True)
    ):
        x = 3.2 * number + 1.4
        _write(axes, x, 0, f"s{number + 1} = {total:.3f}\nsigmoid: {output:.3f}", bbox=box)
        _write(axes, x, -1.15, f"{gradient:.4f}", color=VERMILION, weight="bold")
        start, end = (x - 2.05 if number else -0.45), x - 1.05
        _draw_arrow(axes, start, end, 0, BLUE)
        _write(axes, (start + end) / 2, 0.35, f"× {weight:g}", color=BLUE)
        last = number == len(outputs) - 1
        factors = ([] if last else [f"× {weights[number + 1]:g}"]) + [f"× {slopes[number]:.3f}"]
        came = loss - 0.45 if last else x + 2.45
        _draw_arrow(axes, came, x + 0.7, -1.15, VERMILION, linestyle="--")
        _write(axes, (came + x + 0.7) / 2, -0.8, " ".join(factors), color=VERMILION)
    return figure


def _write(axes: Axes, x: float, y: float, words: str, **style: object) -> None:
    axes.text(x, y, words, ha="center", va="center", fontsize=11, **style)


def _draw_arrow(axes: Axes, start: float, end: float, y: float, color: str, **style: object) -> None:
    axes.annotate(
        "", (end, y), (start, y), arrowprops={"arrowstyle": "->", "color": color, "linewidth": 2, **style}
    )


# --- gradients by layer ---------------------------------------------------------------------------------


@figures.view
def draw_norms(measured: Mapping[str, np.ndarray], title: str) -> Figure:
    """The gradient's size by layer: a panel an activation for plain towers, and one with normalization.

    measured : of experiment.SETTINGS those shown, (layers,), over that in the last hidden layer; a panel
               that has none of them is left out
    """
    panels = {
        WORDS[activation]: {WORDS[name]: f"{activation}, {name}, plain" for name in INITIALIZERS}
        for activation in ACTIVATIONS
    }
    panels["normalized"] = {WORDS[name]: f"{name}, he, batch normalization" for name in ACTIVATIONS}
    shown = {name: towers for name, towers in panels.items() if set(towers.values()) <= set(measured)}
    figure = figures.figure(max(7.0, 2.5 + 2.5 * len(shown)), 4.1, title)
    row = figure.subplots(1, len(shown), sharey=True, squeeze=False)[0]
    for axes, (name, towers) in zip(row, shown.items(), strict=True):
        _draw_lines(axes, towers, measured)
        if len(shown) > 1:
            axes.set_title(name, weight="normal")
    row[0].set_ylabel("size of the gradient,\nover that in the last hidden layer")
    return figure


def _draw_lines(axes: Axes, shown: Mapping[str, str], measured: Mapping[str, np.ndarray]) -> None:
    """Of each tower that is shown, under its words, a line as predicted and a mark a layer as measured."""
    for (words, name), style in zip(shown.items(), SERIES, strict=False):
        sizes = measured[name]
        layers = np.arange(1, len(sizes) + 1)
        axes.plot(layers, _predict(name, len(sizes)), color=style["color"], linewidth=1.5)
        axes.plot(layers, sizes, style["marker"], color=style["color"], markersize=4, label=words)
    axes.set(yscale="log", xlabel="layer")
    axes.xaxis.set_major_locator(MaxNLocator(4, integer=True))
    axes.legend(loc="best")


def _predict(name: str, layers: int) -> np.ndarray:
    activation, initializer, kind = SETTINGS[name]
    return predict_norms(activation, initializer, layers + 1, **KINDS[kind])


@figures.view
def draw_profile(sizes: np.ndarray, name: str, title: str) -> Figure:
    """The gradient's size by layer, a dot a seed, (seeds, layers), and the predicted line if there is one.

    name : of the tower, one of experiment.SETTINGS
    """
    figure = figures.figure(9.0, 3.9)
    axes = figure.subplots()
    layers = np.arange(1, sizes.shape[1] + 1)
    if not name.endswith("shortcuts"):
        axes.plot(layers, _predict(name, len(layers)), color=BLACK, linewidth=1.5, label="predicted")
    dots = {"color": BLUE, "markersize": 3.5, "alpha": 0.6, "label": "measured, a dot a seed"}
    axes.plot(np.tile(layers, len(sizes)), sizes.ravel(), "o", **dots)
    axes.set(title=title, xlabel="layer", ylabel="size of the gradient", xlim=(0, len(layers) + 1))
    if len(layers) < 30:
        powers_of_ten(axes, range(-16, 5, 4), (1e-18, 1e6))
    else:
        powers_of_ten(axes, range(-40, 11, 10), (1e-45, 1e15))
    axes.set_xticks(range(5, len(layers) + 1, 5))
    axes.legend(loc="lower right")
    return figure


def explore_norms(recorded: Mapping[str, np.ndarray]) -> widgets.Explorer:
    """`draw_profile` behind menus for all that was recorded by `run_norms`."""
    ratios = {
        name: predicted_ratio(activation, initializer, **KINDS[kind])
        for name, (activation, initializer, kind) in SETTINGS.items()
        if kind != "shortcuts"
    }

    def draw(activation: str, initializer: str, kind: str, depth: int) -> Figure:
        name = f"{activation}, {initializer}, {kind}"
        sizes = recorded[f"depth{depth}/{name}"]
        first = np.median(sizes[:, 0])
        arrives = f"{first:.1e} of it arrives" if first else "nothing arrives"
        title = f"{WORDS[activation]}, {WORDS[initializer]}, {depth} layers: {arrives}"
        return draw_profile(sizes, name, title)

    def caption(activation: str, initializer: str, kind: str, depth: int) -> str:
        name = f"{activation}, {initializer}, {kind}"
        second = np.median(recorded[f"depth{depth}/{name}"][:, 1])
        if second == 0:
            return "So little is left in the first layers that TensorFlow takes it for 0."
        said = f"Measured: {second ** (1 / (depth - 3)):.2f} a layer, from the second to the last."
        if name in ratios:
            return f"{said} Predicted, far from the input: {ratios[name]:.2f}."
        return f"{said} With shortcuts our prediction does not hold."

    return widgets.Explorer(
        draw,
        caption=caption,
        activation=widgets.menu("activation", {WORDS[name]: name for name in ACTIVATIONS}, "sigmoid"),
        initializer=widgets.menu("weights", {WORDS[name]: name for name in INITIALIZERS}, "glorot"),
        kind=widgets.menu("tower", list(KINDS), "plain"),
        depth=widgets.menu("layers", list(DEPTHS), 20),
    )


# --- the forward twin -----------------------------------------------------------------------------------


@figures.view
def draw_histograms(towers: Mapping[str, Mapping[int, np.ndarray]], title: str) -> Figure:
    """Histograms of the activations: a row a tower, a column a layer; each share of all, to 1.

    towers : of each tower the outputs of some layers, by their number; the same layers for all

    A row's axis ends at the whole numbers around its activations; what is above 3 is counted there.
    """
    figure = figures.figure(10.0, 5.0, title)
    shown = list(next(iter(towers.values())))
    panels = figure.subplots(len(towers), len(shown), sharey=True, squeeze=False)
    for row, (name, outputs) in zip(panels, towers.items(), strict=True):
        low = np.floor(min(values.min() for values in outputs.values()))
        top = np.ceil(max(values.max() for values in outputs.values()))
        high = min(3, top)
        for axes, layer in zip(row, shown, strict=True):
            counts, edges = np.histogram(np.clip(outputs[layer], low, high), bins=30, range=(low, high))
            axes.stairs(counts / counts.sum(), edges, fill=True, color=BLUE)
            axes.set(ylim=(0, 0.6), xlim=(low, high), yticks=(0, 0.5), xticks=(low, (low + high) / 2, high))
            ends = [f"{low:g}", f"{(low + high) / 2:g}", f"{high:g}+" if top > high else f"{high:g}"]
            axes.set_xticklabels(ends)
        row[0].set_ylabel(name.replace(", ", ",\n"), rotation=0, ha="right", va="center", fontsize=10)
    for axes, layer in zip(panels[0], shown, strict=True):
        axes.set_title(f"layer {layer}", weight="normal")
    return figure


@figures.view
def draw_spreads(spreads: Mapping[str, np.ndarray], title: str) -> Figure:
    """How far the images lie apart in each layer, over the size of its outputs, a line a tower."""
    figure = figures.figure(9.0, 4.0)
    axes = figure.subplots()
    figures.lines(axes, spreads, markevery=3, markersize=4.5)
    axes.set(xlabel="layer", ylabel="spread between the images,\nover the size", title=title)
    powers_of_ten(axes, range(-15, 1, 3), (1e-16, 5))
    axes.set_xticks([1, *range(10, 1 + max(map(len, spreads.values())), 10)])
    axes.legend(loc="center right", bbox_to_anchor=(1.0, 0.33))
    return figure


# --- training -------------------------------------------------------------------------------------------


@figures.view
def draw_moved(moved: Mapping[str, np.ndarray], title: str) -> Figure:
    """How far each layer's weights went in training, over their size before, a line a tower."""
    figure = figures.figure(9.0, 3.9)
    axes = figure.subplots()
    figures.lines(axes, {name: np.where(ways, ways, np.nan) for name, ways in moved.items()})
    for ways, style in zip(moved.values(), SERIES, strict=False):
        still = np.flatnonzero(np.asarray(ways) == 0) + 1
        if len(still):
            crosses = {"color": style["color"], "clip_on": False, "label": "no weight changed at all"}
            axes.plot(still, np.full(len(still), 3e-18), "x", **crosses)
    axes.set(xlabel="layer", ylabel="distance that the weights moved,\nover their size at the start")
    axes.set_title(title)
    powers_of_ten(axes, range(-16, 1, 4), (1e-18, 10))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend(loc="lower right", bbox_to_anchor=(1.0, 0.1))
    return figure


@figures.view
def draw_remedies(misread: Mapping[str, np.ndarray], title: str) -> Figure:
    """The share of digits misread in the last epoch, a row a tower, a dot a seed, a bar the mean."""
    figure = figures.figure(9.0, 1.5 + 0.34 * len(misread), title)
    axes = figure.subplots()
    for place, shares in enumerate(misread.values()):
        figures.dots(axes, place, 100 * shares)
        _write_mean(axes, place, shares)
    _end_remedies(axes, misread)
    return figure


@figures.view
def draw_depths(misread: Mapping[int, Mapping[str, np.ndarray]], title: str) -> Figure:
    """As `draw_remedies`, for towers of two depths: in each row a line of dots for each depth.

    misread : of each depth the shares, (seeds,), by the towers' names; the same names for both
    """
    names = list(next(iter(misread.values())))
    figure = figures.figure(9.0, 1.6 + 0.62 * len(names), title)
    axes = figure.subplots()
    for (depth, found), style, shift in zip(misread.items(), SERIES, (-0.2, 0.2), strict=False):
        for place, name in enumerate(names):
            shares = found[name]
            label = f"{depth} layers" if place == 0 else None
            heights = np.full(len(shares), place + shift)
            dots = {"color": style["color"], "marker": style["marker"], "alpha": 0.8, "label": label}
            axes.plot(100 * shares, heights, linestyle="none", **dots)
            _write_mean(axes, place + shift, shares)
    _end_remedies(axes, names)
    axes.legend(loc="upper right", bbox_to_anchor=(0.88, 1.0))
    return figure


def _write_mean(axes: Axes, place: float, shares: np.ndarray) -> None:
    """The mean of the shares in per cent, beside the largest; on its left where the bound would cross it."""
    left = 78 < 100 * shares.max() < 92
    x = 100 * shares.min() - 2 if left else 100 * shares.max() + 2
    words = f"{100 * shares.mean():.0f} %"
    axes.text(x, place, words, ha="right" if left else "left", va="center", fontsize=10, bbox=ON_WHITE)


def _end_remedies(axes: Axes, names: Iterable[str]) -> None:
    names = list(names)
    axes.axvline(90, color=GREY, linestyle="--", linewidth=1, zorder=0)
    axes.text(90.7, len(names) - 0.5, "guessing", ha="left", va="bottom", fontsize=9.5, color=GREY)
    axes.set_yticks(range(len(names)), names)
    axes.set(xlim=(0, 100), ylim=(len(names) - 0.4, -0.6))
    axes.set(xlabel="training digits misread in the last epoch (%)")
    axes.grid(axis="x")


@figures.view
def draw_losses(losses: Mapping[str, np.ndarray], title: str) -> Figure:
    """The loss step by step, both axes logarithmic, a line a run, its name at the end of the line.

    losses : (seeds, steps); a line is the (geometric) mean over the seeds, and over more and more steps the
             later it is. It ends where a seed's loss is no number any more.
    """
    figure = figures.figure(9.5, 4.2)
    axes = figure.subplots()
    ends = []
    for (name, curves), style in zip(losses.items(), SERIES, strict=False):
        look = {"color": style["color"], "linestyle": style["linestyle"]}
        finite = np.isfinite(curves).sum(axis=1)  # the first so many steps of each seed
        steps, means = _thin(np.log(curves[:, : finite.min()]).mean(axis=0), curves.shape[1])
        axes.plot(steps, np.exp(means), **look)
        if finite.min() < curves.shape[1]:
            axes.plot(steps[-1], np.exp(means[-1]), "X", color=style["color"], markersize=9)
            beside = {"xytext": (10, 8), "textcoords": "offset points", "fontsize": 10}
            words = f"{name}: NaN from step {finite.max() + 1} on"
            axes.annotate(words, (steps[-1], np.exp(means[-1])), color=style["color"], **beside)
        else:
            ends.append((means[-1], name, style["color"]))
    height = -np.inf
    for end, name, color in sorted(ends):  # a name stands at its line's end, or as far above as it must
        height = max(end, height + 1.1)
        words = {"color": color, "va": "center", "fontsize": 10, "bbox": ON_WHITE}
        axes.text(1.1 * curves.shape[1], np.exp(height), name, **words)
    axes.axhline(np.log(CLASSES), color=GREY, linestyle="--", linewidth=1, zorder=0)
    axes.text(1, 0.8 * np.log(CLASSES), "guessing", va="top", fontsize=9.5, color=GREY)
    axes.set(xscale="log", xlabel="step", ylabel="loss", title=title, xlim=(0.9, 9 * curves.shape[1]))
    axes.set_xticks([1, 10, 100], ["1", "10", "100"])
    axes.minorticks_off()
    powers_of_ten(axes, range(-1, 9, 2), (0.1, 1e9))
    return figure


def _thin(curve: np.ndarray, length: int) -> tuple[np.ndarray, np.ndarray]:
    """The curve as means over 1, 1, … and then more and more values: their middles, counted from 1, and they.

    length : of the curve, had it not ended early; so curves of one picture are thinned alike
    """
    ends = np.unique(np.geomspace(1, length, 40).round().astype(int))
    pairs = [(low, high) for low, high in zip([0, *ends], ends, strict=False) if high <= len(curve)]
    middles = np.array([(low + 1 + high) / 2 for low, high in pairs])
    return middles, np.array([curve[low:high].mean() for low, high in pairs])

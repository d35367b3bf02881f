"""Lesson 05's pictures: the far voice, a chain by hand, gradients and activations by layer, training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from zoo_helpers.core import figures, widgets
from zoo_helpers.core.figures import BLACK, BLUE, GREEN, GREY, PURPLE, VERMILION
from zoo_helpers.gradients.experiment import (
    ACTIVATIONS,
    DEPTHS,
    INITIALIZERS,
    KINDS,
    SETTINGS,
    Scales,
    Trained,
    predict_norms,
    predicted_ratio,
)

Setting = tuple[str, str, str]

STYLES = (
    {"color": VERMILION, "marker": "s"},
    {"color": BLUE, "marker": "o"},
    {"color": GREEN, "marker": "^"},
    {"color": PURPLE, "marker": "D"},
)
WORDS = {
    "naive": "naive",
    "glorot": "Glorot",
    "he": "He",
    "sigmoid": "sigmoid",
    "tanh": "tanh",
    "relu": "ReLU",
}
FLOAT32 = np.finfo(np.float32)

# --- the far voice --------------------------------------------------------------------------------------


def tell_on(factor: float, depth: int) -> np.ndarray:
    """What is left of 1 after 0, 1, … depth layers that multiply by `factor`, as float32 holds it.

    >>> tell_on(0.5, 150)[[1, 149, 150]]
    array([5.e-01, 1.e-45, 0.e+00], dtype=float32)
    """
    factors = np.full(depth + 1, factor, np.float32)
    factors[0] = 1
    with np.errstate(over="ignore", under="ignore"):
        return np.multiply.accumulate(factors)


@figures.view
def draw_voice(factor: float, depth: int) -> Figure:
    """What is left of 1, layer by layer, on a logarithmic axis between the ends of float32."""
    left = tell_on(factor, depth)
    figure = figures.figure(9.0, 3.9)
    axes = figure.subplots()
    ends = {
        "the largest number": FLOAT32.max,
        "below: fewer digits": FLOAT32.smallest_normal,
        "the smallest number": FLOAT32.smallest_subnormal,
    }
    axes.hlines(list(ends.values()), 0, depth, color=GREY, linestyle="--", linewidth=1)
    for words, value in ends.items():
        axes.text(depth, value, f"{words}, {value:.1e}", ha="right", va="bottom", fontsize=9.5, color=GREY)
    held = np.flatnonzero((left > 0) & np.isfinite(left))
    axes.plot(held, left[held], color=BLUE, linewidth=2.5)
    axes.set(xlim=(0, depth), xlabel="layers passed", ylabel="left of 1")
    _count_in_powers(axes, range(-45, 46, 15), (1e-52, 1e46))
    axes.set_title(f"{factor:.2f} a layer, {depth} layers: {_amount(left[-1])} is left")
    return figure


def _count_in_powers(axes: Axes, powers: Sequence[int], ends: tuple[float, float]) -> None:
    """Give the axis upwards a logarithmic scale with these powers of ten as its only marks.

    As plain text: a drag of a slider waits for Matplotlib's own powers twice as long.
    """
    raised = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
    axes.set_yscale("log", nonpositive="mask")  # what is 0 is not drawn
    axes.set_yticks(
        [10.0**power for power in powers], [f"10{str(power).translate(raised)}" for power in powers]
    )
    axes.set_ylim(ends)
    axes.minorticks_off()


def _amount(value: float) -> str:
    if value == 0 or np.isinf(value):
        return "nothing" if value == 0 else "infinity"
    return f"{value:.3g}"


def explore_voice() -> widgets.Explorer:
    """`draw_voice` behind sliders for the factor and the depth."""
    return widgets.Explorer(
        draw_voice,
        caption=_caption_voice,
        factor=widgets.slider("factor", 0.1, 2.0, 0.25, 0.05),
        depth=widgets.slider("layers", 1, 300, 100),
    )


def _caption_voice(factor: float, depth: int) -> str:
    left = tell_on(factor, 2000)
    if factor == 1:
        return "Only a factor of 1 keeps what it hears, through any number of layers."
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
    """Three neurons in a row: what goes forward above, what comes back below.

    weights, sums, outputs, back : of the three neurons; back is the gradient in each sum
    """
    figure = figures.figure(9.5, 2.7)
    axes = figure.subplots()
    axes.set(xlim=(-1.5, 9.2), ylim=(-1.6, 1.1))
    axes.axis("off")
    middle = {"ha": "center", "va": "center"}
    axes.text(-1.0, 0, "x = 1", fontsize=12, **middle)
    for number, (weight, total, output, delta) in enumerate(zip(weights, sums, outputs, back, strict=True)):
        x = 3.2 * number + 1.4
        axes.text(
            x,
            0,
            f"s{number + 1} = {total:.3f}\nsigmoid: {output:.3f}",
            fontsize=11,
            **middle,
            bbox={"boxstyle": "round,pad=0.5", "facecolor": "#E3F0FA", "edgecolor": BLUE},
        )
        start = x - 2.05 if number else -0.45
        axes.annotate(
            "", (x - 1.05, 0.25), (start, 0.25), arrowprops={"arrowstyle": "->", "color": BLUE, "lw": 2}
        )
        axes.text((start + x - 1.05) / 2, 0.6, f"× {weight:g}", color=BLUE, fontsize=12, **middle)
        axes.text(x, -1.15, f"{delta:.4f}", color=VERMILION, fontsize=12, weight="bold", **middle)
        if number:
            slope = outputs[number - 1] * (1 - outputs[number - 1])
            axes.annotate(
                "",
                (x - 2.35, -1.15),
                (x - 0.75, -1.15),
                arrowprops={"arrowstyle": "->", "color": VERMILION, "lw": 2, "linestyle": "--"},
            )
            axes.text(x - 1.55, -0.8, f"× {weight:g} × {slope:.3f}", color=VERMILION, fontsize=10.5, **middle)
    axes.text(-1.0, -1.15, "gradient\nin s", color=VERMILION, fontsize=11, **middle)
    axes.set_title(title)
    return figure


# --- gradients by layer ---------------------------------------------------------------------------------


@figures.view
def draw_norms(measured: Mapping[Setting, np.ndarray], title: str) -> Figure:
    """The gradient's size by layer: a panel an activation for plain towers, and one with normalization.

    measured : (activation, initializer, kind) -> (layers,), over that in the last hidden layer
    """
    figure = figures.figure(10.0, 4.3)
    panels = figure.subplots(1, 4, sharey=True)
    for axes, activation in zip(panels, ACTIVATIONS, strict=False):
        for initializer, style in zip(INITIALIZERS, STYLES, strict=False):
            values = measured[activation, initializer, "plain"]
            _draw_line(
                axes,
                values,
                predict_norms(activation, initializer, len(values) + 1),
                style,
                WORDS[initializer],
            )
        axes.set_title(WORDS[activation], weight="normal")
    for activation, style in zip(ACTIVATIONS, STYLES, strict=False):
        values = measured[activation, "he", "batch normalization"]
        line = predict_norms(activation, "he", len(values) + 1, batch_norm=True)
        _draw_line(panels[3], values, line, style, WORDS[activation])
    panels[3].set_title("normalized, He", weight="normal")
    for axes in panels:
        axes.set(yscale="log", ylim=(1e-18, 1e4), xlabel="layer")
        axes.xaxis.set_major_locator(MaxNLocator(4, integer=True))
        axes.legend(loc="lower right")
    panels[0].set_ylabel("size of the gradient,\nover that in the last hidden layer")
    figure.suptitle(title, x=0.01, ha="left")
    return figure


def _draw_line(
    axes: Axes, values: np.ndarray, line: np.ndarray, style: Mapping[str, str], label: str
) -> None:
    layers = np.arange(1, len(values) + 1)
    axes.plot(layers, line, color=style["color"], linewidth=1.5)
    axes.plot(layers, values, style["marker"], color=style["color"], markersize=4, label=label)


@figures.view
def draw_profile(outputs: np.ndarray, setting: Setting, title: str) -> Figure:
    """The gradient's size by layer, a dot a seed, (seeds, layers), and the predicted line if there is one."""
    activation, initializer, kind = setting
    figure = figures.figure(9.0, 3.9)
    axes = figure.subplots()
    layers = np.arange(1, outputs.shape[1] + 1)
    if kind != "shortcuts":
        line = predict_norms(activation, initializer, len(layers) + 1, batch_norm=kind != "plain")
        axes.plot(layers, line, color=BLACK, linewidth=1.5, label="predicted")
    axes.plot(
        np.tile(layers, len(outputs)),
        outputs.ravel(),
        "o",
        color=BLUE,
        markersize=3.5,
        alpha=0.6,
        label="measured, five seeds",
    )
    axes.set(xlabel="layer", ylabel="size of the gradient", xlim=(0, len(layers) + 1))
    if len(layers) < 30:
        _count_in_powers(axes, range(-16, 5, 4), (1e-18, 1e6))
    else:
        _count_in_powers(axes, range(-40, 11, 10), (1e-45, 1e15))
    axes.set_xticks(range(5, len(layers) + 1, 5))
    axes.legend(loc="lower right")
    axes.set_title(title)
    return figure


def explore_norms(recorded: Mapping[str, np.ndarray]) -> widgets.Explorer:
    """`draw_profile` behind menus for all that was recorded by `run_norms`."""
    ratios = {
        (activation, initializer, kind): predicted_ratio(activation, initializer, kind != "plain")
        for activation, initializer, kind in SETTINGS
        if kind != "shortcuts"
    }

    def draw(activation: str, initializer: str, kind: str, depth: int) -> Figure:
        setting = (activation, initializer, kind)
        outputs = recorded[f"depth{depth}"][:, SETTINGS.index(setting)]
        first = np.median(outputs[:, 0])
        arrives = f"{first:.1e} of it arrives" if first else "nothing arrives"
        title = f"{WORDS[activation]}, {WORDS[initializer]}, {depth} layers: {arrives}"
        return draw_profile(outputs, setting, title)

    def caption(activation: str, initializer: str, kind: str, depth: int) -> str:
        setting = (activation, initializer, kind)
        second = np.median(recorded[f"depth{depth}"][:, SETTINGS.index(setting), 1])
        if second == 0:
            return "So little is left in the first layers that TensorFlow takes it for 0."
        said = f"Measured: {second ** (1 / (depth - 3)):.2f} a layer, from the second to the last."
        if setting in ratios:
            return f"{said} Predicted, far from the input: {ratios[setting]:.2f}."
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
def draw_histograms(
    towers: Mapping[str, Mapping[str, np.ndarray]], shown: Sequence[str], title: str
) -> Figure:
    """Histograms of the activations: a row a tower, a column a layer of `shown`; each share of all, to 1."""
    figure = figures.figure(10.0, 5.0)
    panels = figure.subplots(len(towers), len(shown), sharey=True, squeeze=False)
    for row, (name, traced) in zip(panels, towers.items(), strict=True):
        low, high = HISTOGRAM_RANGE[name.split(",")[0]]
        for axes, layer in zip(row, shown, strict=True):
            counts, edges = np.histogram(np.clip(traced[layer], low, high), bins=30, range=(low, high))
            axes.stairs(counts / counts.sum(), edges, fill=True, color=BLUE)
            axes.set(ylim=(0, 0.6), xlim=(low, high), yticks=(0, 0.5))
        row[0].set_ylabel(name.replace(", ", ",\n"), rotation=0, ha="right", va="center", fontsize=10)
    for axes, layer in zip(panels[0], shown, strict=True):
        axes.set_title(layer, weight="normal")
    figure.suptitle(title, x=0.01, ha="left")
    return figure


HISTOGRAM_RANGE = {"sigmoid": (0.0, 1.0), "tanh": (-1.0, 1.0), "ReLU": (0.0, 3.0)}


@figures.view
def draw_spreads(scales: Mapping[str, Scales], exact: np.ndarray, title: str) -> Figure:
    """How far the images lie apart in each layer, a line a tower, and the first one's in double precision."""
    figure = figures.figure(9.0, 4.0)
    axes = figure.subplots()
    layers = np.arange(1, len(exact) + 1)
    for (name, found), style in zip(scales.items(), STYLES, strict=False):
        axes.plot(layers, found.spreads, label=name, **style)
    axes.plot(layers, exact, color=VERMILION, linestyle=":", label="the first, in double precision")
    rounding = float(FLOAT32.eps) / 2
    axes.axhline(rounding, color=GREY, linestyle="--", linewidth=1)
    axes.text(1, rounding, "float32 cannot tell 1 from 1 + this", va="bottom", fontsize=9.5, color=GREY)
    axes.set(yscale="log", xlabel="layer", ylabel="spread between the images", title=title)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend(loc="lower left")
    return figure


# --- training -------------------------------------------------------------------------------------------


@figures.view
def draw_moved(trained: Mapping[str, Trained], title: str) -> Figure:
    """How far each layer's weights went in training, over their size before, a line a tower."""
    figure = figures.figure(9.0, 3.9)
    axes = figure.subplots()
    for (name, found), style in zip(trained.items(), STYLES, strict=False):
        layers = np.arange(1, len(found.moved) + 1)
        went = found.moved > 0
        axes.plot(layers[went], found.moved[went], label=name, **style)
        if not went.all():
            axes.plot(
                layers[~went],
                np.full(np.sum(~went), 3e-18),
                "x",
                color=style["color"],
                clip_on=False,
                label="no weight changed at all",
            )
    axes.set(yscale="log", ylim=(1e-18, 10), xlabel="layer", ylabel="way of the weights, over their size")
    axes.set_title(title)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend(loc="center right")
    return figure


@figures.view
def draw_remedies(misread: Mapping[str, np.ndarray], title: str) -> Figure:
    """The share of digits misread in the last pass, a row a tower, a dot a seed, a bar the mean."""
    figure = figures.figure(9.0, 1.4 + 0.34 * len(misread))
    axes = figure.subplots()
    for place, shares in enumerate(100 * np.stack(list(misread.values()))):
        axes.plot(shares, place + np.linspace(-0.18, 0.18, len(shares)), "o", color=BLUE, alpha=0.8)
        axes.plot([shares.mean()] * 2, [place - 0.36, place + 0.36], color=BLACK, linewidth=2.5)
        words = f"  {shares.mean():.0f} %"
        axes.text(shares.max() + 1, place, words, va="center", fontsize=10)
    axes.axvline(90, color=GREY, linestyle="--", linewidth=1)
    axes.text(89.5, -0.62, "a guess among ten", ha="right", va="bottom", fontsize=9.5, color=GREY)
    axes.set_yticks(range(len(misread)), misread)
    axes.set(xlim=(0, 100), ylim=(len(misread) - 0.4, -0.6))
    axes.set(xlabel="training digits misread in the last of three passes (%)")
    axes.grid(axis="x")
    figure.suptitle(title, x=0.01, ha="left")
    return figure


@figures.view
def draw_losses(losses: Mapping[str, np.ndarray], title: str) -> Figure:
    """The loss step by step, a line a run; a cross where a run's loss is no number any more."""
    figure = figures.figure(9.0, 3.9)
    axes = figure.subplots()
    for (name, curve), style in zip(losses.items(), STYLES, strict=False):
        steps = np.arange(1, len(curve) + 1)
        held = np.isfinite(curve)
        axes.plot(steps[held], curve[held], label=name, markersize=4, **style)
        if not held.all():
            last = int(np.argmin(held))
            axes.plot(last, curve[held][-1], "X", color=style["color"], markersize=13)
            axes.annotate(
                "NaN from here on",
                (last, curve[held][-1]),
                xytext=(12, 0),
                textcoords="offset points",
                fontsize=10,
                va="center",
            )
    axes.axhline(np.log(10), color=GREY, linestyle="--", linewidth=1)
    axes.text(steps[-1], np.log(10), "a guess among ten", ha="right", va="bottom", fontsize=9.5, color=GREY)
    axes.set(yscale="log", xlabel="step", ylabel="loss", title=title)
    axes.legend(loc="upper right")
    return figure

"""Lesson 07's pictures: guesses for a photograph, where they come from, errors, and what a network costs."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import ipywidgets
import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from PIL import Image

from zoo_helpers.core import arguments, figures, imagenet, widgets
from zoo_helpers.core.backend import keras
from zoo_helpers.core.figures import BLACK, BLUE, GREY, ON_WHITE, PALE, SERIES, SKY, VERMILION
from zoo_helpers.core.imagenet import Photograph
from zoo_helpers.pretrained import experiment, zoo

Guess = tuple[int, str, float]  # class number, name, probability
ORDINALS = ("first", "second", "third", "fourth", "fifth")
SHOWN = 256  # pixels of the longer side of an uploaded photograph, as it is drawn
DARKEST = 0.25  # how bright a photograph stays where a class has nothing


def best(probabilities: np.ndarray, k: int = 5) -> list[Guess]:
    """The k likeliest classes of (1000,) probabilities, the likeliest first."""
    probabilities = arguments.numbers("probabilities", probabilities, "(1000,)", imagenet.CLASSES)
    k = arguments.whole("k", k, high=imagenet.CLASSES)
    numbers = np.argsort(-probabilities, kind="stable")[:k]
    return [(int(n), imagenet.CLASS_NAMES[n], float(probabilities[n])) for n in numbers]


def in_words(names: Sequence[str]) -> str:
    """Names with "or" before the last."""
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


# --- guesses --------------------------------------------------------------------------------------------


@figures.view
def draw_guesses(photograph: Photograph, guesses: Sequence[Guess], title: str) -> Figure:
    """A photograph with its credit, and the guesses as bars; a right one is dark and has a tick."""
    figure = figures.figure(9.0, 3.4, title, layout=None)
    _draw_photograph(figure.add_axes((0.01, 0.14, 0.28, 0.74)), photograph.image, photograph)
    _draw_bars(figure.add_axes((0.56, 0.14, 0.38, 0.74)), guesses, photograph.labels)
    return figure


def _draw_photograph(axes: Axes, image: np.ndarray, photograph: Photograph | None) -> None:
    """The image, and below it who made the photograph, and its licence."""
    figures.picture(axes, image, interpolation="antialiased")
    if photograph is not None:
        axes.text(0.5, -0.03, _credit(photograph), transform=axes.transAxes, **_BELOW)


_BELOW = {"ha": "center", "va": "top", "fontsize": 9, "color": GREY}


def _credit(photograph: Photograph, width: int = 42) -> str:
    """Author and licence, in lines of at most `width` letters."""
    author = photograph.author if len(photograph.author) <= 60 else f"{photograph.author[:57]}…"
    return "\n".join(textwrap.wrap(f"{author}, {photograph.licence}", width))


def _draw_bars(
    axes: Axes, guesses: Sequence[Guess], right: Sequence[int] = (), chosen: int | None = None
) -> None:
    """The guesses as bars, the first on top. Right ones are dark and have a tick; `chosen` is framed."""
    bars = [Rectangle((0, place - 0.35), 100 * guess[2], 0.7) for place, guess in enumerate(guesses)]
    dark = [number in right for number, _, _ in guesses]
    frames = [2.0 * (place == chosen) for place in range(len(guesses))]
    colors = [BLUE if each else SKY for each in dark]
    axes.add_collection(PatchCollection(bars, facecolor=colors, edgecolor=BLACK, linewidth=frames))
    for place, ((_, name, probability), tick) in enumerate(zip(guesses, dark, strict=True)):
        axes.text(100 * probability + 2, place, f"{100 * probability:.0f} %", va="center", fontsize=10)
        words = f"{'✓ ' if tick else ''}{_short(name)}"
        weight = "bold" if place == chosen else "normal"
        axes.text(-2, place, words, ha="right", va="center", fontsize=10.5, weight=weight)
    axes.set(xlim=(0, 130), ylim=(4.6, -0.6))
    axes.axis("off")  # each bar bears its number; an explorer's answer comes a third sooner


def _short(name: str, longest: int = 26) -> str:
    return name if len(name) <= longest else f"{name[: longest - 1]}…"


@figures.view
def draw_wall(photographs: Sequence[Photograph], scores: np.ndarray, title: str) -> Figure:
    """A row of photographs, each with its first guess, what it shows if that is wrong, and its credit."""
    width, height, side = 9.8, 2.9, 1.32
    figure = figures.figure(width, height, title, layout=None)
    share = 1 / len(photographs)
    for place, (photograph, row) in enumerate(zip(photographs, scores, strict=True)):
        left = share * (place + 0.5) - side / width / 2
        axes = figure.add_axes((left, 0.28, side / width, side / height))
        figures.picture(axes, photograph.image, interpolation="antialiased")
        ((number, name, probability),) = best(row, 1)
        tick = "✓ " if number in photograph.labels else ""
        words = "\n".join([*textwrap.wrap(f"{tick}{name}", 18), f"{100 * probability:.0f} %"])
        axes.set_title(words, loc="center", fontsize=10, weight="normal")
        shown = in_words([imagenet.CLASS_NAMES[label] for label in photograph.labels]) or photograph.thing
        words = "" if tick else "\n".join(textwrap.wrap(f"shows: {shown}", 23)) + "\n"
        axes.text(0.5, -0.04, words + _credit(photograph, 23), transform=axes.transAxes, **_BELOW)
    return figure


# --- grades ---------------------------------------------------------------------------------------------


@figures.view
def draw_grades(
    grades: Mapping[str, tuple[float, float, float]], published: Mapping[str, float], title: str
) -> Figure:
    """Errors with their intervals, in per cent, above what was published, by the same names.

    grades : name -> (error, lower end, upper end), as fractions
    """
    figure = figures.figure(9.0, 0.9 + 0.7 * len(grades))
    axes = figure.subplots()
    for place, (name, (error, low, high)) in enumerate(grades.items()):
        axes.plot((100 * low, 100 * high), (place, place), color=BLUE, linewidth=6, alpha=0.35)
        axes.plot(100 * error, place, "o", color=BLUE, markersize=9)
        axes.text(100 * error, place - 0.22, f"{100 * error:.1f}", ha="center", va="bottom", fontsize=10)
        if paper := published.get(name):
            axes.plot(paper, place, "D", color=VERMILION, markersize=8, markerfacecolor="white")
            axes.text(paper, place + 0.18, f"{paper:.1f}", ha="center", va="top", fontsize=10)
    axes.plot([], [], "o-", color=BLUE, linewidth=6, alpha=0.6, label="our photographs, 95 % interval")
    axes.plot(
        [], [], "D", color=VERMILION, markerfacecolor="white", label="published, ImageNet validation set"
    )
    axes.set_yticks(range(len(grades)), list(grades))
    axes.set(title=title, xlabel="error (%)", xlim=(0, 52), ylim=(len(grades) - 0.5, -0.7))
    axes.legend(loc="lower right")
    return figure


# --- where it looks -------------------------------------------------------------------------------------


def lit(image: np.ndarray, class_map: np.ndarray) -> np.ndarray:
    """The image (H, W, 3), bright where the map (h, w) is high, dark where it is zero; uint8."""
    height, width = image.shape[:2]
    small = Image.fromarray((class_map / max(class_map.max(), 1e-9)).astype(np.float32))
    light = np.asarray(small.resize((width, height), Image.Resampling.BILINEAR))
    return (image * (DARKEST + (1 - DARKEST) * light)[..., None]).astype(np.uint8)


@figures.view
def _draw_look(
    image: np.ndarray,
    class_map: np.ndarray,
    guesses: Sequence[Guess],
    chosen: int,
    photograph: Photograph | None,
) -> Figure:
    figure = figures.figure(9.0, 2.8, layout=None)
    axes = figure.add_axes((0.01, 0.13, 0.52, 0.74))
    gap = np.full((len(image), len(image) // 16, 3), 255, np.uint8)
    figures.picture(axes, np.concatenate([image, gap, lit(image, class_map)], axis=1))
    axes.set_anchor("W")
    _, name, _ = guesses[chosen]
    figure.text(0.01, 0.925, f"where “{_short(name, 40)}” comes from", fontsize=11, weight="bold")
    if photograph is not None:
        figure.text(0.01, 0.09, _credit(photograph, 90), fontsize=9, color=GREY, va="top")
    right = photograph.labels if photograph is not None else ()
    _draw_bars(figure.add_axes((0.77, 0.13, 0.22, 0.76)), guesses, right, chosen)
    return figure


def explore_looks(photographs: Sequence[Photograph], maps: np.ndarray) -> widgets.Explorer:
    """Any photograph, and where the scores of its five guesses come from.

    maps : SqueezeNet's class maps of the photographs, (N, side, side, 1000)
    """
    looks = {}
    for photograph, own in zip(photographs, maps, strict=True):
        guesses = best(softmax(own.mean(axis=(0, 1))))
        looks[photograph.name] = photograph, guesses, [own[..., number] for number, _, _ in guesses]

    def view(photograph: str, guess: int) -> Figure:
        shown, guesses, class_maps = looks[photograph]
        return _draw_look(shown.image, class_maps[guess], guesses, guess, shown)

    def caption(photograph: str, guess: int) -> str:
        shown, guesses, class_maps = looks[photograph]
        row, column = np.unravel_index(class_maps[guess].argmax(), class_maps[guess].shape)
        place = f"row {row + 1}, column {column + 1} of {len(class_maps[guess])}"
        return f"“{guesses[guess][1]}” is strongest at {place}. {shown.credit}."

    return widgets.Explorer(
        view,
        caption=caption,
        photograph=widgets.menu("photograph", list(looks), photographs[0].name),
        guess=widgets.menu("guess", {f"{word} guess": n for n, word in enumerate(ORDINALS)}, 0),
    )


def softmax(scores: np.ndarray) -> np.ndarray:
    """Scores (..., classes) as probabilities."""
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


class _Own:
    """What the network says of an uploaded photograph; it is asked once for each."""

    def __init__(self, model: keras.Model, photograph: Photograph) -> None:
        self._model = model
        self._conv10 = keras.Model(model.input, model.get_layer("conv10").output)
        self._first = photograph
        self._seen: tuple[bytes | None, str] = None, ""
        self._credit: Photograph | None = photograph
        self._look = self._ask(photograph.image)

    def __call__(self, upload: Sequence[Mapping[str, Any]], guess: int) -> Figure:
        self._read(upload)
        image, guesses, class_maps = self._look
        return _draw_look(image, class_maps[guess], guesses, guess, self._credit)

    def caption(self, upload: Sequence[Mapping[str, Any]], guess: int) -> str:
        self._read(upload)
        content, problem = self._seen
        if problem:
            return f"{upload[0]['name']} does not work: {problem}. The photograph from before is still shown."
        if content is None:
            return f"Choose a photograph of yours; it stays on this machine. Here: {self._first.credit}."
        _, guesses, _ = self._look
        return f"{upload[0]['name']}: the first guess is “{guesses[0][1]}”, {guesses[0][2]:.0%}."

    def _read(self, upload: Sequence[Mapping[str, Any]]) -> None:
        content = bytes(upload[0]["content"]) if upload else None
        if content is None or content == self._seen[0]:
            return
        image, problem = read_upload(content)
        if image is not None:
            self._look, self._credit = self._ask(image), None
        self._seen = content, problem

    def _ask(self, image: np.ndarray) -> tuple[np.ndarray, list[Guess], list[np.ndarray]]:
        maps = np.asarray(self._conv10(zoo.prepare(self._model, image)))[0]
        guesses = best(softmax(maps.mean(axis=(0, 1))))
        small = Image.fromarray(image)
        small.thumbnail((SHOWN, SHOWN))
        square = Image.new("RGB", (SHOWN, SHOWN), "white")
        square.paste(small, ((SHOWN - small.width) // 2, (SHOWN - small.height) // 2))
        return np.asarray(square), guesses, [maps[..., number] for number, _, _ in guesses]


def read_upload(content: bytes) -> tuple[np.ndarray | None, str]:
    """An uploaded file as an image and "", or None and what is wrong with it, in a few words."""
    try:
        return zoo.read_image(content), ""
    except ValueError as error:
        return None, str(error).removeprefix("image must ").split(" (")[0]


def explore_own(model: keras.Model, photograph: Photograph) -> widgets.Explorer:
    """A photograph of the learner's own, its five guesses, and where they come from.

    model      : SqueezeNet
    photograph : what is shown before one is chosen
    """
    own = _Own(model, photograph)
    upload = ipywidgets.FileUpload(accept="image/*", description="your photograph")
    upload.layout.width = "max-content"
    guess = widgets.menu("guess", {f"{word} guess": n for n, word in enumerate(ORDINALS)}, 0)
    return widgets.Explorer(own, caption=own.caption, upload=upload, guess=guess)


# --- what is where --------------------------------------------------------------------------------------


@figures.view
def draw_scene(scene: np.ndarray, maps: np.ndarray, photographs: Sequence[Photograph], title: str) -> Figure:
    """A scene (H, W, 3), and the classes that are strongest at most of the places, one for each photograph.

    maps        : SqueezeNet's class maps of the scene, (side, side, 1000)
    photographs : what the scene is made of
    """
    figure = figures.figure(8.6, 4.2, title, layout=None)
    left, right = figure.add_axes((0.02, 0.34, 0.27, 0.53)), figure.add_axes((0.33, 0.12, 0.6, 0.75))
    figures.picture(left, scene)
    figures.picture(right, (0.3 * scene + 0.7 * 255).astype(np.uint8))
    right.set_anchor("W")
    strongest = maps.argmax(axis=-1)
    numbers, counts = np.unique(strongest, return_counts=True)
    step = len(scene) / len(maps)
    order = np.argsort(-counts)[: len(photographs)]
    for number, count, style in zip(numbers[order], counts[order], SERIES, strict=False):
        places = strongest == number
        for row, column in np.argwhere(places):
            cell = Rectangle((column * step, row * step), step, step, color=style["color"], alpha=0.55, lw=0)
            right.add_patch(cell)
        row, column = np.nonzero(places)
        row, column = max(np.percentile(row, 25) - 1, 3), np.median(column) + 0.5
        words = f"{imagenet.CLASS_NAMES[number]}\n{count} places"
        right.text(column * step, row * step, words, ha="center", va="bottom", fontsize=10, bbox=ON_WHITE)
    credits = "; ".join(_credit(one, 200) for one in photographs)
    figure.text(0.02, 0.055, "\n".join(textwrap.wrap(credits, 130)), va="top", fontsize=9, color=GREY)
    return figure


# --- other preparations ---------------------------------------------------------------------------------


@figures.view
def draw_preparations(
    images: Mapping[str, np.ndarray], wrong: Mapping[str, int], count: int, title: str
) -> Figure:
    """What a network gets under each preparation, drawn from its least to its largest number, and its errors.

    images : name -> pixels (side, side, 3)
    wrong  : name -> wrong first guesses of `count` photographs
    """
    figure = figures.figure(9.6, 4.0, title, layout=None)
    share = 0.92 / len(images)
    for place, (name, pixels) in enumerate(images.items()):
        axes = figure.add_axes((0.08 + share * place, 0.49, 0.9 * share, 0.35))
        low, high = pixels.min(), pixels.max()
        figures.picture(axes, (pixels - low) / (high - low), name)
        ends = f"{low:.0f} to {high:.0f}".replace("-", "−")
        axes.text(0.5, -0.04, ends, transform=axes.transAxes, **_BELOW)
    axes = figure.add_axes((0.08, 0.05, 0.92, 0.33))
    colors = [BLUE, *[VERMILION] * (len(wrong) - 1)]
    axes.bar(np.arange(len(wrong)) + 0.45, wrong.values(), 0.5, color=colors)
    for place, errors in enumerate(wrong.values()):
        axes.text(place + 0.45, errors + count / 40, str(errors), ha="center", fontsize=10)
    axes.axhline(count, color=GREY, linestyle=":", linewidth=1)
    axes.set(xlim=(0, len(wrong)), xticks=[], ylim=(0, 1.25 * count), yticks=(0, count))
    axes.set_ylabel("wrong first\nguesses", fontsize=10)
    return figure


# --- transfer -------------------------------------------------------------------------------------------


@figures.view
def draw_transfer(wrong: Mapping[str, int], count: int, title: str) -> Figure:
    """Errors of heads on several kinds of features, as bars, of `count` photographs."""
    figure = figures.figure(8.6, 0.9 + 0.5 * len(wrong))
    axes = figure.subplots()
    for place, errors in enumerate(wrong.values()):
        axes.barh(
            place, errors, 0.6, color=BLUE if place else PALE, hatch="" if place else "///", edgecolor="white"
        )
        axes.text(errors + count / 80, place, f"{errors} of {count}", va="center", fontsize=10)
    axes.set_yticks(range(len(wrong)), list(wrong))
    axes.set(
        title=title,
        xlabel="photographs named wrongly, each left out once",
        xlim=(0, 1.15 * max(wrong.values())),
    )
    axes.invert_yaxis()
    return figure


# --- which network --------------------------------------------------------------------------------------

BESIDE = {  # a network's name, and where its words stand, in points from its mark
    "squeezenet": (0, 8, "center"),
    "efficientnet-lite0": (0, 8, "center"),
    "MobileNetV2": (0, 8, "center"),
    "VGG16": (0, 8, "center"),
    "ResNet50": (0, 8, "center"),
    "EfficientNetV2B0": (0, -15, "center"),
    "NASNetLarge": (-8, -4, "right"),
}


@figures.view
def draw_choice(entries: Sequence[zoo.Entry], milliseconds: Mapping[str, float], title: str) -> Figure:
    """Top-1 error against multiply-adds, megabytes, and, for some, milliseconds on this machine."""
    figure = figures.figure(10.0, 4.4, title)
    panels = figure.subplots(1, 3, sharey=True)
    for axes, words, costs, ticks in (
        (
            panels[0],
            "multiply-adds (billions)",
            {e.name: e.multiply_adds / 1e9 for e in entries},
            (0.3, 1, 3, 10, 30),
        ),
        (panels[1], "file of weights (MB)", {e.name: e.megabytes for e in entries}, (3, 10, 30, 100, 300)),
        (panels[2], "one photograph here (ms)", milliseconds, (10, 20, 50, 100, 200, 500)),
    ):
        points = {e.name: (costs[e.name], e.top1_error) for e in entries if e.name in costs}
        frontier = _frontier(list(points.values()))
        axes.plot(*zip(*frontier, strict=True), color=GREY, linestyle=":", linewidth=1.5, zorder=0)
        for entry in (entry for entry in entries if entry.name in points):
            ours = entry.origin == "bundled"
            style = {"color": VERMILION, "marker": "D"} if ours else {"color": BLUE, "marker": "o"}
            axes.plot(*points[entry.name], **style, markersize=7, markeredgecolor="white")
        for name in BESIDE.keys() & points.keys():
            *away, side = BESIDE[name]
            style = {"textcoords": "offset points", "fontsize": 9}
            axes.annotate(name, points[name], xytext=away, ha=side, **style)
        axes.set(xlabel=words, xscale="log", ylim=(14, 46))
        axes.set_xticks(ticks, map(str, ticks))
        axes.minorticks_off()
        axes.margins(x=0.2)
    panels[0].set_ylabel("top-1 error on ImageNet (%)")
    return figure


def _frontier(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The points that no other beats in both numbers, from the least of the first."""
    kept: list[tuple[float, float]] = []
    for cost, error in sorted(points):
        if not kept or error < kept[-1][1]:
            kept.append((cost, error))
    return kept


# --- a class of one's own -------------------------------------------------------------------------------

MOST = 10  # photographs of a class of one's own


class _OwnClass:
    """How a head names photographs of a new class, each left out once; features are computed once."""

    def __init__(self, model: keras.Model, vectors: np.ndarray, things: Sequence[str]) -> None:
        self._model, self._vectors, self._things = model, vectors, list(things)
        self._seen: list[bytes] | None = None
        self._problems: list[str] = []

    def __call__(self, name: str, uploads: Sequence[Mapping[str, Any]]) -> Figure:
        named = self._name(name, uploads)[-len(self._images) :]
        return _draw_own_class(self._images, named, name)

    def caption(self, name: str, uploads: Sequence[Mapping[str, Any]]) -> str:
        named = self._name(name, uploads)
        own, others = named[-len(self._images) :], named[: len(self._things)]
        right = sum(guess == name for guess in own)
        lost = sum(guess != thing for guess, thing in zip(others, self._things, strict=True))
        words = f"{right} of {len(own)} photographs of “{name}” are named right. "
        words += f"Of the {len(others)} others, {lost} are named wrongly."
        if not uploads:
            words += " The photographs are of the course; their credits stand at the end."
        return " ".join([words, *self._problems])

    def _name(self, name: str, uploads: Sequence[Mapping[str, Any]]) -> list[str]:
        """What each of the five classes' photographs and of the new ones is called."""
        contents = [bytes(each["content"]) for each in uploads]
        if contents != self._seen:
            self._read(contents, uploads)
        things = [*self._things, *[name] * len(self._images)]
        return experiment.leave_one_out(np.concatenate([self._vectors, self._new]), things)

    def _read(self, contents: list[bytes], uploads: Sequence[Mapping[str, Any]]) -> None:
        read = [read_upload(content) for content in contents[:MOST]]
        images = [image for image, _ in read if image is not None]
        pairs = zip(uploads, read, strict=False)
        self._problems = [
            f"{file['name']} does not work: {problem}." for file, (_, problem) in pairs if problem
        ]
        if len(contents) > MOST:
            self._problems.append(f"Only the first {MOST} files were read.")
        if not images:
            hammer = imagenet.CLASS_NAMES.index("hammer")
            images = [photo.image for photo in imagenet.photographs() if hammer in photo.labels][:MOST]
        self._images, self._seen = images, contents
        self._new = experiment.features(self._model, images)


@figures.view
def _draw_own_class(images: Sequence[np.ndarray], named: Sequence[str], name: str) -> Figure:
    figure = figures.figure(9.6, 4.2, layout=None)
    axes = figure.add_axes((0.01, 0.01, 0.98, 0.98))
    for place, (image, guess) in enumerate(zip(images, named, strict=True)):
        left, top = place % 5, place // 5
        small = zoo.resize(image, 128)
        axes.imshow(small, extent=(left + 0.14, left + 0.86, top + 0.88, top + 0.16))
        words = f"✓ {_short(guess, 20)}" if guess == name else f"“{_short(guess, 18)}”"
        weight = "normal" if guess == name else "bold"
        axes.text(left + 0.5, top + 0.12, words, ha="center", va="bottom", fontsize=10.5, weight=weight)
    axes.set(xlim=(0, 5), ylim=(2, 0), aspect="auto")
    axes.axis("off")
    return figure


def explore_own_class(model: keras.Model, vectors: np.ndarray, things: Sequence[str]) -> widgets.Explorer:
    """Photographs of a class of the learner's own beside known things; each is left out once, and named.

    model   : whose features `vectors` are, (N, D), of photographs of `things`, N names
    """
    own = _OwnClass(model, vectors, things)
    name = ipywidgets.Text("hammer", description="your class", continuous_update=False)
    uploads = ipywidgets.FileUpload(accept="image/*", multiple=True, description="its photographs")
    uploads.layout.width = "max-content"
    return widgets.Explorer(own, caption=own.caption, name=name, uploads=uploads)

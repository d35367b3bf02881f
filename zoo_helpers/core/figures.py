"""Figures: one style, a palette for colour-blind readers too, and pictures that carry a caption."""

from __future__ import annotations

import functools
import io
import textwrap
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from zoo_helpers.core.arguments import text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito's palette. Colour is never the only cue: give markers, dashes or labels too. Orange, sky and
# yellow are fills: a thin line of theirs is too pale on white.
BLACK, ORANGE, SKY, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
YELLOW, BLUE, VERMILION, PURPLE = "#F0E442", "#0072B2", "#D55E00", "#CC79A7"
GREY = "#6E6E6E"
PALE = "#C9D3DB"  # what stands behind what matters

# How the lines of a picture differ, the first first: by colour, marker and dash at once.
SERIES = tuple(
    MappingProxyType({"color": color, "marker": marker, "linestyle": dash})
    for color, marker, dash in (
        (BLUE, "o", "-"),
        (VERMILION, "s", "--"),
        (GREEN, "D", ":"),
        (PURPLE, "^", "-."),
        (BLACK, "v", (0, (5, 1, 1, 1))),
    )
)
# `bbox` of words that a line or a bar may cross
ON_WHITE = MappingProxyType({"facecolor": "white", "edgecolor": "none", "pad": 1})
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")

CSS_DPI = 96  # a CSS pixel is 1/96 inch: a picture shown at this scale has its text at its nominal size
PICTURE_DPI = 144  # 1.5 dots a CSS pixel: sharp on a projector, small in a notebook
MANY_COLOURS = 20_000  # more than a drawing has, and fewer than a photograph
PHOTOGRAPH_COLOURS = 96

STYLE = {
    "font.family": "DejaVu Sans",
    "font.size": 11,
    "axes.titlesize": 12,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titley": 1.0,  # else Matplotlib looks for marks above the axes, a tenth of an explorer's answer
    "figure.titlesize": 12,
    "figure.titleweight": "bold",
    "axes.labelsize": 11,
    "xtick.labelsize": 10,
    "ytick.labelsize": 10,
    "legend.fontsize": 10,
    "legend.frameon": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": False,
    "grid.color": "#D9D9D9",
    "lines.linewidth": 2,
    "image.interpolation": "nearest",
    "figure.facecolor": "white",
}


def view(draw: Callable[..., Figure]) -> Callable[..., Figure]:
    """Decorator of a `draw_…` function: it draws in the house style, whatever the notebook has set."""

    @functools.wraps(draw)
    def styled(*args: Any, **kwargs: Any) -> Figure:
        import matplotlib

        with matplotlib.rc_context():
            matplotlib.rcdefaults()
            matplotlib.rcParams.update(STYLE)
            return draw(*args, **kwargs)

    return styled


def figure(width: float = 8.0, height: float = 3.6, title: str = "", **kwargs: Any) -> Figure:
    """An empty figure of `width` × `height` inches, its parts laid out without overlap.

    title : above all its parts; a picture with one part gives that its title

    It belongs to no window and no global list, so nothing has to close it.
    """
    from matplotlib.figure import Figure

    empty = Figure(figsize=(width, height), **{"layout": "constrained", **kwargs})
    if title:
        empty.suptitle(title, x=0.01, ha="left")
    return empty


def lines(axes: Axes, curves: Mapping[str, Sequence[float]], first: int = 1, **style: Any) -> None:
    """A line for each named curve, a point for each of its values at `first`, `first` + 1, …"""
    for (name, curve), own in zip(curves.items(), SERIES, strict=False):
        places = range(first, first + len(curve))
        axes.plot(places, curve, label=name, **{**own, **style})


def dots(axes: Axes, place: float, values: Sequence[float], **style: Any) -> None:
    """A dot for each seed, side by side at the height `place`, and a bar at their mean."""
    spread = np.linspace(-0.18, 0.18, len(values))
    axes.plot(values, place + spread, **{**SERIES[0], "linestyle": "none", "alpha": 0.8, **style})
    axes.plot([np.mean(values)] * 2, [place - 0.36, place + 0.36], color=BLACK, linewidth=2.5)


def picture(axes: Axes, image: np.ndarray, name: str = "", **style: Any) -> None:
    """An image without axes, under its name."""
    axes.imshow(image, **style)
    axes.set_title(name, loc="center", fontsize=10, weight="normal")
    axes.axis("off")


def powers_of_ten(axes: Axes, powers: Sequence[int], ends: tuple[float, float]) -> None:
    """A logarithmic axis upwards between two ends, whose only marks are these powers of ten.

    As plain text: a drag of a slider waits for Matplotlib's own powers twice as long.
    """
    axes.set_yscale("log", nonpositive="mask")  # what is 0 is not drawn
    marks = [f"10{str(power).translate(SUPERSCRIPTS)}" for power in powers]
    axes.set_yticks([10.0**power for power in powers], marks)
    axes.set_ylim(ends)
    axes.minorticks_off()


def still(figure: Figure, words: str = "") -> bytes:
    """The figure as the bytes of a small PNG, sharp enough for a projector: what a notebook stores.

    words : a line or two below the picture

    A photograph's many colours do not compress: with one in it the picture is coarser.
    """
    dpi, picture = PICTURE_DPI, _draw(figure, PICTURE_DPI)
    if _is_photographic(picture):
        dpi, picture = CSS_DPI, _draw(figure, CSS_DPI)
    if words:
        picture = np.concatenate([picture, _draw(_line_of_text(words, figure.get_figwidth()), dpi)])
    return _compact(picture)


def without_words(png: bytes, words: str, width: float) -> bytes:
    """A `still` picture, `width` CSS pixels wide, without the words below it, for who shows them as text."""
    from PIL import Image

    picture = Image.open(io.BytesIO(png))
    dpi = round(picture.width / width * CSS_DPI)
    strip = len(_draw(_line_of_text(words, width / CSS_DPI), dpi))
    buffer = io.BytesIO()
    picture.crop((0, 0, picture.width, picture.height - strip)).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def to_png(figure: Figure, dpi: int) -> bytes:
    """The figure as the bytes of a PNG, drawn as fast as possible."""
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(_draw(figure, dpi)).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def width_in_css_pixels(figure: Figure) -> int:
    """The width at which the figure's text has its nominal size on a screen."""
    return round(checked(figure).get_figwidth() * CSS_DPI)


def checked(figure: Figure, argument: str = "figure") -> Figure:
    """`figure`, if it is one; else a ValueError that says so."""
    from matplotlib.figure import FigureBase

    if not isinstance(figure, FigureBase):
        raise ValueError(f"{argument} must be a Matplotlib figure; got {figure!r}")
    return figure


def show(figure: Figure, caption: str) -> None:
    """Display the picture, and under it the caption as text.

    caption : what to notice, in words that also serve a reader who cannot see the picture; it goes
              with the PNG as its alternative text too
    """
    from IPython.display import display

    caption = text("caption", caption)
    display(
        {"image/png": still(figure), "text/plain": f"Picture: {caption}"},
        metadata={"image/png": {"width": width_in_css_pixels(figure), "alt": caption}},
        raw=True,
    )
    display({"text/markdown": f"*{caption}*", "text/plain": caption}, raw=True)


def _draw(figure: Figure, dpi: int) -> np.ndarray:
    """The figure's pixels, uint8 (H, W, 3)."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    checked(figure).set_dpi(dpi)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # `savefig` would draw twice
    return np.asarray(canvas.buffer_rgba())[..., :3]


@view
def _line_of_text(words: str, width: float) -> Figure:
    """A strip of `width` inches with the words in it."""
    lines = textwrap.wrap(words, round(width * 14))
    strip = figure(width, 0.05 + 0.18 * len(lines), layout=None)
    strip.text(0.01, 1, "\n".join(lines), va="top", fontsize=9.5, style="italic")
    return strip


def _compact(picture: np.ndarray) -> bytes:
    """The pixels as a PNG in 256 colours of its own, a third of the size: notebooks stay under a megabyte."""
    from PIL import Image

    buffer = io.BytesIO()
    # To choose the best colours of a photograph takes seconds, and is not seen.
    colours, rounds = (PHOTOGRAPH_COLOURS, 0) if _is_photographic(picture) else (256, 1)
    Image.fromarray(picture).quantize(colours, kmeans=rounds).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _is_photographic(picture: np.ndarray) -> bool:
    """Whether the picture has more colours than drawings have."""
    from PIL import Image

    return Image.fromarray(picture).getcolors(MANY_COLOURS) is None

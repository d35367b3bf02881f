"""Figures: the house style whatever the notebook has set, small stills, pictures with their captions."""

import io

import matplotlib
import numpy as np
import pytest
from PIL import Image

from zoo_helpers.core import figures


@figures.view
def draw(title="finding"):
    figure = figures.figure(4, 2)
    figure.subplots().set_title(title)
    return figure


def test_a_view_has_the_house_style_and_leaves_the_notebooks_alone():
    with matplotlib.rc_context({"axes.titlesize": 30, "font.size": 5}):
        title = draw().axes[0].title
        assert matplotlib.rcParams["axes.titlesize"] == 30
    assert title.get_fontsize() == figures.STYLE["axes.titlesize"]


def test_text_is_at_least_nine_points():
    sizes = [value for name, value in figures.STYLE.items() if name.endswith(("size", "fontsize"))]
    assert len(sizes) >= 6
    assert min(sizes) >= 9


def test_a_figure_belongs_to_no_global_list():
    import matplotlib.pyplot as plt

    before = plt.get_fignums()
    draw()
    assert plt.get_fignums() == before


def test_a_still_is_the_same_picture_in_fewer_bytes():
    fast, small = figures.to_png(draw(), figures.PICTURE_DPI), figures.still(draw())
    assert len(small) < len(fast) / 2
    one, other = (np.asarray(Image.open(io.BytesIO(png)).convert("RGB"), int) for png in (fast, small))
    assert one.shape == other.shape == (288, 576, 3)
    assert np.abs(one - other).mean() < 1


def test_words_stand_below_a_still_and_leave_it_as_it_is():
    plain, worded = (
        Image.open(io.BytesIO(png)).convert("RGB")
        for png in (figures.still(draw()), figures.still(draw(), "Note this."))
    )
    assert worded.width == plain.width
    assert worded.height > plain.height
    above, below = np.split(np.asarray(worded, int), [plain.height])
    assert np.abs(above - np.asarray(plain, int)).mean() < 1
    assert (below < 128).any()


def test_the_same_figure_gives_the_same_bytes():
    assert figures.still(draw()) == figures.still(draw())


def test_show_displays_the_picture_then_its_caption(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda data, **options: shown.append((data, options)))
    figures.show(draw(), "What to notice.")
    (picture, options), (caption, _) = shown
    assert picture == {"image/png": figures.still(draw()), "text/plain": "Picture: What to notice."}
    assert options["metadata"]["image/png"] == {"width": 384, "alt": "What to notice."}
    assert caption["text/markdown"] == "*What to notice.*"


def relative_luminance(colour):
    red, green, blue = matplotlib.colors.to_rgb(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(
    "colour", [figures.BLACK, figures.BLUE, figures.VERMILION, figures.GREY, figures.GREEN]
)
def test_colours_for_lines_stand_out_from_white(colour):
    assert (1.05) / (relative_luminance(colour) + 0.05) > 1.8

"""The drawing pad without a browser: what it holds, tells and shows."""

import numpy as np
import pytest

from zoo_helpers.core.drawing import DrawingPad


@pytest.fixture
def square():
    ink = np.zeros((56, 56), np.uint8)
    ink[10:20, 30:40] = 255
    return ink


def test_an_empty_pad_has_no_ink():
    pad = DrawingPad(label="Draw.")
    assert pad.ink.shape == (112, 112)
    assert not pad.ink.any()


def test_a_pad_begins_with_what_it_is_given(square):
    pad = DrawingPad(square, label="Draw.")
    np.testing.assert_array_equal(pad.ink, square)
    assert pad.side == 56


def test_a_stroke_in_the_browser_is_heard(square):
    pad, heard = DrawingPad(square, label="Draw."), []
    pad.observe(lambda change: heard.append(pad.ink.sum()), "pixels")
    pad.set_state({"pixels": memoryview(bytes(56 * 56 - 1) + b"\xff")})  # as the browser's message arrives
    assert heard == [255]
    assert isinstance(pad.pixels, bytes)


def test_stored_output_is_a_fixed_text_beside_the_widget():
    pad = DrawingPad(label="Draw a digit.")
    data, metadata = pad._repr_mimebundle_()
    assert data["text/plain"] == "Drawing pad. Draw a digit."
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == pad.model_id
    assert metadata == {}


def test_the_script_comes_with_the_package():
    script = DrawingPad(label="Draw.")._esm
    assert "import " not in script
    assert "http" not in script

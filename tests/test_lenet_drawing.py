"""The drawing pad without a browser: what it holds, tells and shows."""

import numpy as np
import pytest

from zoo_helpers.lenet.drawing import DrawingPad, read_ink


@pytest.fixture
def square():
    ink = np.zeros((56, 56), np.uint8)
    ink[10:20, 30:40] = 255
    return ink


def test_a_pad_begins_with_what_it_is_given(square):
    pad = DrawingPad(square, "Draw.")
    np.testing.assert_array_equal(read_ink(pad.value), square)
    assert pad.side == 56


def test_a_stroke_in_the_browser_is_heard(square):
    pad, heard = DrawingPad(square, "Draw."), []
    pad.observe(lambda change: heard.append(read_ink(change["new"]).sum()), "value")
    pad.set_state({"value": memoryview(bytes(56 * 56 - 1) + b"\xff")})  # as the browser's message arrives
    assert heard == [255]
    assert isinstance(pad.value, bytes)


def test_stored_output_is_a_fixed_text_beside_the_widget(square):
    pad = DrawingPad(square, "Draw a digit.")
    data, metadata = pad._repr_mimebundle_()
    assert data["text/plain"] == "Drawing pad. Draw a digit."
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == pad.model_id
    assert metadata == {}


def test_the_script_comes_with_the_package(square):
    script = str(DrawingPad(square, "Draw.").get_state("_esm")["_esm"])
    assert "export default { render }" in script
    assert "import " not in script
    assert "http" not in script

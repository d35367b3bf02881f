"""What every lesson's explorers must do, without a kernel."""

import io
import itertools

from PIL import Image


def check_explorer(explorer):
    """Move every control to both its ends, in all combinations: each draws a picture of the same size."""
    picture, text = explorer.children[1:]
    names, controls = zip(*explorer.controls.items(), strict=True)
    sizes, pictures = set(), set()
    for values in itertools.product(*map(ends, controls)):
        for control, value in zip(controls, values, strict=True):
            control.value = value
        assert explorer.values == dict(zip(names, values, strict=True))
        assert len(text.value) > 20
        pictures.add(picture.value)
        sizes.add(Image.open(io.BytesIO(picture.value)).size)
    assert len(sizes) == 1
    assert len(pictures) > 1


def ends(control):
    """Both ends of a slider, or the first and the last option of a menu."""
    if hasattr(control, "min"):
        return control.min, control.max
    values = [value for _, value in control._options_full]
    return values[0], values[-1]

"""The drawing pad: a square to draw on with a mouse, a finger, a pen, or the arrow keys."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import anywidget
import numpy as np
import traitlets

from zoo_helpers.core.widgets import mime_bundle


class DrawingPad(anywidget.AnyWidget):
    """A square to draw on; `read_ink` tells what is on it. Its value changes with every stroke.

    ink   : uint8 (side, side) to begin with, 0 is paper and 255 is ink
    label : what a screen reader says of it

    With the keyboard: the arrow keys draw, with Shift they move the pen, and Clear is a button.
    """

    _esm = Path(__file__).with_suffix(".js")
    _css = Path(__file__).with_suffix(".css")
    value = traitlets.CBytes().tag(sync=True)  # the ink, row after row
    side = traitlets.Int().tag(sync=True)
    label = traitlets.Unicode().tag(sync=True)

    def __init__(self, ink: np.ndarray, label: str) -> None:
        super().__init__(value=ink.astype(np.uint8).tobytes(), side=len(ink), label=label)

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        return mime_bundle(self, f"Drawing pad. {self.label}")


def read_ink(value: bytes) -> np.ndarray:
    """What is on a pad of this value, uint8 (side, side)."""
    side = math.isqrt(len(value))
    return np.frombuffer(value, np.uint8).reshape(side, side)

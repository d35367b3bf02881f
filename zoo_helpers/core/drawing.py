"""The drawing pad: a square to draw on with a mouse, a finger, a pen, or the arrow keys."""

from __future__ import annotations

from typing import Any

import anywidget
import numpy as np
import traitlets

from zoo_helpers.core.widgets import mime_bundle

# The canvas is transparent paper: a pixel's ink is its opacity, which needs no colours to be read back.
_SCRIPT = """
function render({ model, el }) {
  const side = model.get("side");
  const pen = { x: side / 2, y: side / 2 };
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", model.get("label"));
  const paper = canvas.getContext("2d", { willReadFrequently: true });
  Object.assign(paper, { lineWidth: side / 11, lineCap: "round", lineJoin: "round" });

  let waiting = false;
  function send() {  // at most once for each picture that the screen shows
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      const colours = paper.getImageData(0, 0, side, side).data;
      const ink = Uint8Array.from({ length: side * side }, (_, pixel) => colours[4 * pixel + 3]);
      model.set("pixels", new DataView(ink.buffer));
      model.save_changes();
    });
  }
  function move(x, y, draws) {
    if (draws) {
      paper.beginPath();
      paper.moveTo(pen.x, pen.y);
      paper.lineTo(x, y);
      paper.stroke();
      send();
    }
    Object.assign(pen, { x, y });
  }
  function clear() {
    paper.clearRect(0, 0, side, side);
    send();
  }
  function show(pixels) {
    const picture = paper.createImageData(side, side);
    for (let pixel = 0; pixel < pixels.byteLength; pixel++)
      picture.data[4 * pixel + 3] = pixels.getUint8(pixel);
    paper.putImageData(picture, 0, 0);
  }
  function place(event) {
    const frame = canvas.getBoundingClientRect();
    const scale = side / frame.width;
    return [(event.clientX - frame.left) * scale, (event.clientY - frame.top) * scale];
  }

  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    move(...place(event), false);
    move(...place(event), true);  // a touch alone leaves a dot
  });
  canvas.addEventListener("pointermove", (event) => {
    if (event.buttons & 1) move(...place(event), true);
  });
  canvas.addEventListener("keydown", (event) => {
    const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();  // else the notebook would go to its next cell
    const along = (at, by) => Math.min(side, Math.max(0, at + by * side / 20));
    move(along(pen.x, step[0]), along(pen.y, step[1]), !event.shiftKey);
  });

  const button = document.createElement("button");
  button.textContent = "Clear";
  button.className = "jupyter-button";
  button.addEventListener("click", clear);
  el.classList.add("zoo-drawing-pad");
  el.append(canvas, button);
  if (model.get("pixels").byteLength) show(model.get("pixels"));
}
export default { render };
"""

_STYLE = """
.zoo-drawing-pad { display: flex; flex-direction: column; gap: 6px; align-items: flex-start; }
.zoo-drawing-pad canvas {
  width: 224px; height: 224px; background: white; border: 2px solid #6E6E6E;
  cursor: crosshair; touch-action: none;
}
.zoo-drawing-pad canvas:focus-visible { outline: 3px solid #0072B2; }
"""


class DrawingPad(anywidget.AnyWidget):
    """A square to draw on; `ink` is what is on it. Observe "pixels" to hear of every stroke.

    ink   : uint8 (side, side) to begin with, 0 is paper and 255 is ink; nothing is an empty pad
    label : what a screen reader says of it

    With the keyboard: the arrow keys draw, with Shift they move the pen, and Clear is a button.
    """

    _esm = _SCRIPT
    _css = _STYLE
    pixels = traitlets.CBytes().tag(sync=True)  # the ink, row after row; empty until something is drawn
    side = traitlets.Int(112).tag(sync=True)
    label = traitlets.Unicode().tag(sync=True)

    def __init__(self, ink: np.ndarray | None = None, *, label: str) -> None:
        if ink is None:
            super().__init__(label=label)
        else:
            super().__init__(label=label, side=len(ink), pixels=ink.astype(np.uint8).tobytes())

    @property
    def ink(self) -> np.ndarray:
        """What is on the pad, uint8 (side, side)."""
        if not self.pixels:
            return np.zeros((self.side, self.side), np.uint8)
        return np.frombuffer(self.pixels, np.uint8).reshape(self.side, self.side)

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        return mime_bundle(self, f"Drawing pad. {self.label}")

"""Pictures drawn ahead: while the kernel rests, an explorer draws what the next move may ask for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import ipywidgets
import numpy as np

REST = 0.3  # seconds after a move or a cell; then drawing begins
LATE = 0.05  # a call that comes so late found the kernel at work
MOST = 256  # pictures kept, about 8 MB

Place = Mapping[str, Any]  # from the name of a control to where it is


class Album:
    """The picture of each place that some controls can have, drawn once.

    draw     : function of the controls' values -> the picture
    controls : by name; if one is no slider, menu or check box, its places are endless, and nothing is kept
    """

    def __init__(self, draw: Callable[..., bytes], controls: Mapping[str, ipywidgets.Widget]) -> None:
        self._draw = draw
        self._controls = controls
        self._places = {name: _places(control) for name, control in controls.items()}
        self._pictures: dict[tuple[Any, ...], bytes] = {}
        self._timer: asyncio.TimerHandle | None = None

    def picture(self) -> bytes:
        """The picture of the controls' values now."""
        if not self._keeps:
            return self._draw(**{name: control.value for name, control in self._controls.items()})
        self.rest()
        return self._at(self._here)

    def rest(self) -> None:
        """Draw, as soon as the kernel rests, the pictures of all places that are one control's move away."""
        if self._keeps:
            self._after(REST)

    @property
    def _keeps(self) -> bool:
        return None not in self._places.values()

    @property
    def _here(self) -> Place:
        return {name: _here(control) for name, control in self._controls.items()}

    def _at(self, place: Place) -> bytes:
        key = tuple(place.values())
        if key not in self._pictures:
            values = {name: self._places[name].get(where, where) for name, where in place.items()}
            self._pictures[key] = self._draw(**values)
            if len(self._pictures) > MOST:
                del self._pictures[next(iter(self._pictures))]  # the oldest
        return self._pictures[key]

    def _after(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # no kernel: nobody will move a control
            return
        due = loop.time() + seconds
        self._timer = loop.call_at(due, self._draw_nearest, loop, due)

    def _draw_nearest(self, loop: asyncio.AbstractEventLoop, due: float) -> None:
        if loop.time() > due + LATE:
            self._after(REST)
        elif (place := self._nearest()) is not None:
            try:
                self._at(place)
            except Exception:  # the move that asks for this picture will raise it, where the learner sees it
                return
            self._after(0)

    def _nearest(self) -> Place | None:
        """The place without a picture to which one control moves least; None if none is left, or no room."""
        here, moves = self._here, []
        for name, places in self._places.items():
            keys = list(places)
            now = keys.index(here[name]) if here[name] in keys else 0
            moves += [(abs(index - now), {**here, name: key}) for index, key in enumerate(keys)]
        moves.sort(key=lambda move: move[0])
        left = (place for _, place in moves if tuple(place.values()) not in self._pictures)
        return next(left, None) if len(self._pictures) < MOST else None


def _places(control: ipywidgets.Widget) -> dict[Any, Any] | None:
    """Where a control can be: from a key to the value that the view gets; None if that has no end."""
    if hasattr(control, "_options_full"):  # a menu
        return dict(enumerate(value for _, value in control._options_full))
    if isinstance(control, ipywidgets.Checkbox | ipywidgets.ToggleButton):
        return {False: False, True: True}
    if isinstance(control, ipywidgets.IntSlider):
        return {number: number for number in range(control.min, control.max + 1, control.step)}
    if isinstance(control, ipywidgets.FloatSlider):
        count = round((control.max - control.min) / control.step) + 1
        numbers = (control.min + control.step * np.arange(count)).tolist()
        return {_rounded(number): number for number in numbers}
    return None


def _here(control: ipywidgets.Widget) -> Any:
    """The key of the place where a control is."""
    return control.index if hasattr(control, "_options_full") else _rounded(control.value)


def _rounded(number: float) -> float:
    """A slider's number as a key: two ways to it may differ in the last digit."""
    return round(number, 9)

"""A progress bar for anything over three seconds: the stage, the share done, the time left."""

from __future__ import annotations

import time
from types import TracebackType

from zoo_helpers.core.claims import in_a_notebook


class Progress:
    """A bar in the cell's output while the block runs; outside a notebook it shows nothing.

    It is a widget, so standard output stays empty, and the stored output is the stage's name alone.

    >>> with Progress("counting", steps=3) as progress:
    ...     progress.reach(3)
    >>> progress.text
    'counting: done in 0 s'
    """

    def __init__(self, stage: str, steps: int) -> None:
        self.stage = stage
        self.steps = steps
        self.text = stage
        self._bar = self._label = None

    def __enter__(self) -> Progress:
        self._start = self._drawn = time.monotonic()
        if in_a_notebook():
            self._show()
        return self

    def reach(self, step: int) -> None:
        """Say that `step` of the steps are done; redraws at most ten times a second."""
        now = time.monotonic()
        if now - self._drawn < 0.1 and step < self.steps:
            return
        self._drawn = now
        left = (now - self._start) / max(step, 1) * (self.steps - step)
        self._say(f"{self.stage}: {step / self.steps:.0%}, about {left:.0f} s left", step)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        seconds = time.monotonic() - self._start
        if error is None:
            self._say(f"{self.stage}: done in {seconds:.0f} s", self.steps)
        else:
            self._say(f"{self.stage}: stopped after {seconds:.0f} s")

    def _say(self, text: str, step: int | None = None) -> None:
        self.text = text
        if self._label is not None:
            self._label.value = text
            self._bar.value = self._bar.value if step is None else step

    def _show(self) -> None:
        import ipywidgets
        from IPython.display import display

        from zoo_helpers.core.widgets import mime_bundle

        self._bar = ipywidgets.IntProgress(max=self.steps)
        self._label = ipywidgets.Label(self.stage)
        data, metadata = mime_bundle(ipywidgets.HBox([self._bar, self._label]), f"Progress: {self.stage}")
        display(data, metadata=metadata, raw=True)

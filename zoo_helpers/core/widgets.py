"""What a learner touches: an explorer in front of a view, a guess before the answer, a quiz.

Every widget works from the keyboard, prints nothing, and leaves the same stored output on every run: a
fixed text and, for an explorer, a still picture. So it also makes sense on a page without a kernel.
"""

from __future__ import annotations

import functools
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import anywidget
import ipywidgets
import numpy as np
from traitlets import TraitError

from zoo_helpers.core import diary, figures
from zoo_helpers.core.ahead import Album
from zoo_helpers.core.arguments import number, one_of, text
from zoo_helpers.core.claims import say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

EXPLORER_DPI = 96  # one dot a CSS pixel: a drag answers faster than with the still pictures' 144


def mime_bundle(
    widget: ipywidgets.Widget, text: str, png: bytes | None = None, **png_metadata: Any
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a widget displays: itself, a fixed `text` and perhaps a still picture, as (data, metadata)."""
    data: dict[str, Any] = {
        "text/plain": text,
        "application/vnd.jupyter.widget-view+json": {
            "version_major": 2,
            "version_minor": 0,
            "model_id": widget.model_id,
        },
    }
    if png is None:
        return data, {}
    return {**data, "image/png": png}, {"image/png": png_metadata}


def slider(label: str, low: float, high: float, start: float, step: float | None = None) -> ipywidgets.Widget:
    """A labelled slider from `low` to `high`: whole numbers where all four are, else a hundredth a step."""
    for argument, value in {"low": low, "high": high, "start": start, "step": step or 1}.items():
        number(argument, value)
    if not low < high or not low <= start <= high or (step is not None and not step > 0):
        raise ValueError(
            f"slider {label!r} must have low < high, start between them and step above 0; "
            f"got {low} to {high}, start {start}, step {step}"
        )
    text("label", label)
    low, high, start, step = (v.item() if isinstance(v, np.generic) else v for v in (low, high, start, step))
    numbers = {"min": low, "max": high, "value": start, "description": label}
    if all(isinstance(number, int) for number in (low, high, start, step or 1)):
        return ipywidgets.IntSlider(step=step or 1, **numbers)
    return ipywidgets.FloatSlider(step=step or (high - low) / 100, **numbers)


def menu(label: str, options: Sequence[Any] | Mapping[str, Any], start: Any) -> ipywidgets.Widget:
    """A labelled drop-down menu of `options`, which may map what is read to what the view gets."""
    if isinstance(options, str) or not isinstance(options, Iterable) or not list(options):
        raise ValueError(f"options must be a list or a mapping with at least one; got {options!r}")
    text("label", label)
    options = options if isinstance(options, Mapping) else list(options)
    try:
        return ipywidgets.Dropdown(
            options=options, value=start, description=label, layout={"width": "max-content"}
        )
    except TraitError:  # which names neither the menu nor its options
        raise ValueError(f"start must be an option of menu {label!r}, {options}; got {start!r}") from None


class _Names(anywidget.AnyWidget):
    """Nothing to see: it names an explorer's sliders and picture for screen readers, as ipywidgets does not.

    A slider's handle is named by its label, the picture by the words below it, which change with it. And it
    leaves a menu's keys to the menu: JupyterLab would take an arrow for a walk to the next cell.
    """

    _esm = """
    function render({ el }) {
      function name() {
        const explorer = el.closest(".zoo-explorer");
        const image = explorer?.querySelector(".widget-image");
        const words = explorer?.querySelector(":scope > .widget-html .widget-html-content");
        if (!image || !words) return;  // its neighbours are not there yet
        clearInterval(waiting);
        words.id ||= `zoo-words-${Math.random()}`;
        image.setAttribute("aria-labelledby", words.id);
        for (const slider of explorer.querySelectorAll(".widget-slider"))
          for (const handle of slider.querySelectorAll(".noUi-handle"))
            handle.setAttribute("aria-label", slider.querySelector(".widget-label").textContent);
        for (const menu of explorer.querySelectorAll("select"))
          menu.setAttribute("data-lm-suppress-shortcuts", "true");
      }
      const waiting = setInterval(name, 100);
      return () => clearInterval(waiting);
    }
    export default { render };
    """


class Explorer(ipywidgets.VBox):
    """Controls in front of a view: each change calls `view(**values)` again and shows its picture.

    view     : function of the controls' values -> Figure, always of the same size and with the same axes
    caption  : what to notice, or a function of the controls' values that says it
    controls : name=slider(…), menu(…) or any other widget with a value
    beside   : True puts the picture beside the controls, for a control that is as high as it
    """

    def __init__(
        self,
        view: Callable[..., Figure],
        *,
        caption: str | Callable[..., str],
        beside: bool = False,
        **controls: ipywidgets.Widget,
    ) -> None:
        if not controls:
            raise ValueError(
                "controls must be widgets, as widgets.slider and widgets.menu make them; got none"
            )
        for name, control in controls.items():
            if not isinstance(control, ipywidgets.Widget) or not hasattr(control, "value"):
                raise ValueError(
                    f"{name} must be a widget, as widgets.slider and widgets.menu make them; got {control!r}"
                )
        self.view = view
        self.caption = caption
        self.controls = controls
        if not callable(view):
            raise ValueError(f"view must be a function of the controls' values; got {view!r}")
        first = figures.checked(self.view(**self.values), "what view returns")
        self._first_words = self._says()
        self._width = figures.width_in_css_pixels(first)
        self._picture = ipywidgets.Image(
            value=figures.to_png(first, EXPLORER_DPI),
            format="png",
            layout={"width": f"{self._width}px", "max_width": "calc(100% - 4px)"},  # its margin is 2 pixels
        )
        # Every picture keeps the first one's layout: nothing jumps, and a drag is answered twice as fast.
        self._places = [axes.get_position(original=True) for axes in first.axes]
        self._album = Album(self._draw, self.controls)
        self._album.rest()
        self._first_png = figures.still(first, on_still(self._first_words))
        self._text = ipywidgets.HTML(layout={"width": "calc(100% - 4px)"})
        self._say()
        wrapping = {"flex_flow": "row wrap", "margin": "0 0 8px"}
        box = ipywidgets.VBox if beside else functools.partial(ipywidgets.HBox, layout=wrapping)
        names = _Names(layout={"display": "none"})
        parts = [box([*self._aligned_controls(), names]), self._picture, self._text]
        super().__init__(parts, layout=wrapping if beside else {})
        self.add_class("zoo-explorer")
        for control in self.controls.values():
            control.observe(self._redraw, "value")

    def _aligned_controls(self) -> list[ipywidgets.Widget]:
        """The controls, their labels of one width and whole: so sliders stand below each other."""
        labelled = [control for control in self.controls.values() if hasattr(control, "description")]
        longest = max((len(control.description) for control in labelled), default=0)
        for control in labelled:
            control.style.description_width = f"{longest + 1}ch"
        return list(self.controls.values())

    @property
    def values(self) -> dict[str, Any]:
        """The controls' values now, as the view gets them."""
        return {name: control.value for name, control in self.controls.items()}

    def _says(self) -> str:
        return text("caption", self.caption(**self.values) if callable(self.caption) else self.caption)

    def _say(self) -> None:
        self._text.value = _html(f"<em>{escape(self._says())}</em>")

    def _redraw(self, change: object) -> None:
        self._picture.value = self._album.picture()
        self._say()

    def _draw(self, **values: Any) -> bytes:
        figure = self.view(**values)
        figure.set_layout_engine("none")
        for axes, place in zip(figure.axes, self._places, strict=True):
            axes.set_position(place)
        return figures.to_png(figure, EXPLORER_DPI)

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        names = [getattr(control, "description", name) for name, control in self.controls.items()]
        text = f"Explorer: {', '.join(names)}. {self._first_words}"
        return mime_bundle(self, text, self._first_png, width=self._width, alt=self._first_words)


def on_still(words: str) -> str:
    """What stands below the still picture of an explorer that has these words."""
    return f"Run the cell to move its controls. {words}"


class Prediction(ipywidgets.VBox):
    """A guess that the learner commits to before the cell that answers it.

    >>> guess = Prediction("Which is larger?", ["5 × 5", "two 3 × 3"])
    >>> guess.reveal("5 × 5", "25 weights against 18.")
    Answer: 5 × 5. 25 weights against 18.
    """

    def __init__(self, question: str, options: Sequence[str]) -> None:
        self.options = _options("options", options)
        self._question = text("question", question)
        self._choices = _radio_buttons(self.options)
        self._text = ipywidgets.HTML("Choose one, then run the next cells.")
        super().__init__(
            [ipywidgets.HTML(_html(f"<b>Your guess.</b> {escape(question)}")), self._choices, self._text]
        )
        self.add_class("zoo-prediction")
        self._choices.observe(self._commit, "value")

    @property
    def guess(self) -> str | None:
        """What the learner has chosen, or None."""
        return self._choices.value

    def reveal(self, answer: str, because: str) -> None:
        """Print the answer, the reason, and how the guess compares; `answer` must be one of the options."""
        say(f"Answer: {one_of('answer', answer, self.options)}. {text('because', because)}")
        if self.guess is not None:
            say("You guessed right." if self.guess == answer else f"You guessed: {self.guess}.")

    def _commit(self, change: object) -> None:
        self._text.value = f"You said: <b>{escape(self.guess)}</b>. Run the next cells to find out."
        diary.note("guesses", self._question, self.guess)

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        lines = [*textwrap.wrap(f"Your guess. {self._question}", 90), *(f"( ) {o}" for o in self.options)]
        return mime_bundle(self, "\n".join(lines))


class Quiz(ipywidgets.GridBox):
    """Multiple-choice questions, each of whose choices answers back with its explanation.

    questions : mappings from a question to its choices; a choice maps to its explanation, and the right
                one's explanation begins with "Right"
    """

    def __init__(self, questions: Mapping[str, Mapping[str, str]]) -> None:
        if not isinstance(questions, Mapping) or not questions:
            raise ValueError(
                f"questions must map each question to its choices, at least one; got {questions!r}"
            )
        for question, choices in questions.items():
            if not isinstance(choices, Mapping):
                raise ValueError(f"choices must map each choice to its explanation; got {choices!r}")
            text("question", question)
            _options("choices", list(choices))
            _options("explanations", list(choices.values()))
            if sum(why.startswith("Right") for why in choices.values()) != 1:
                raise ValueError(f"exactly one choice must begin its explanation with 'Right': {question!r}")
        self.questions = questions
        self._first_answers: dict[str, bool] = {}
        self._score = ipywidgets.HTML(f"{len(questions)} questions.")
        parts = [self._part(number, question) for number, question in enumerate(questions, start=1)]
        columns = "repeat(auto-fit, minmax(460px, 1fr))"  # two on a slide, one beside the file browser
        super().__init__([*parts, self._score], layout={"grid_template_columns": columns})
        self.add_class("zoo-quiz")

    def _part(self, number: int, question: str) -> ipywidgets.Widget:
        buttons = _radio_buttons(self.questions[question])
        explanation = ipywidgets.HTML()

        def explain(change: Mapping[str, Any]) -> None:
            why = self.questions[question][change["new"]]
            right = why.startswith("Right")
            explanation.value = _html(f"{'✓' if right else '✗'} {escape(why)}")
            if question not in self._first_answers:
                self._first_answers[question] = right
                diary.note("quiz", question, change["new"])
            right_at_first = sum(self._first_answers.values())
            self._score.value = f"{right_at_first} of {len(self.questions)} right at the first try."

        buttons.observe(explain, "value")
        return ipywidgets.VBox(
            [ipywidgets.HTML(_html(f"<b>{number}.</b> {escape(question)}")), buttons, explanation]
        )

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        lines = [
            f"{number}. {question}\n" + "\n".join(f"   ( ) {choice}" for choice in choices)
            for number, (question, choices) in enumerate(self.questions.items(), start=1)
        ]
        return mime_bundle(self, "\n".join(["Quiz", *lines]))


def _html(words: str) -> str:
    """Text that wraps with the line height of text, and that a screen reader reads out when it changes."""
    return f'<div aria-live="polite" style="line-height: 1.4">{words}</div>'


def _options(argument: str, options: Sequence[str]) -> tuple[str, ...]:
    """The options, if they are at least two different texts."""
    listed = () if isinstance(options, str) or not isinstance(options, Iterable) else tuple(options)
    are_texts = all(isinstance(one, str) and one.strip() for one in listed)
    if len(set(map(str, listed))) < max(2, len(listed)) or not are_texts:
        raise ValueError(f"{argument} must be a list of two or more different texts; got {options!r}")
    return listed


def _radio_buttons(options: Sequence[str] | Mapping[str, Any]) -> ipywidgets.RadioButtons:
    return ipywidgets.RadioButtons(options=list(options), value=None, layout={"width": "max-content"})

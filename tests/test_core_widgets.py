"""Explorer, prediction and quiz without a kernel: their callbacks at both ends of every control."""

import importlib
from pathlib import Path

import ipywidgets
import pytest
import traitlets
from explorers import check_explorer

from zoo_helpers.core import figures, widgets

ROOT = Path(__file__).parents[1]


@figures.view
def draw_line(height, name="a"):
    figure = figures.figure(3.0, 2.0)
    figure.subplots().plot([0, height])
    return figure


def caption(height, name):
    return f"{name} ends at {height}"


def height():
    return widgets.slider("height", 0, 10, 4)


def explorer(**changes):
    controls = {"height": height(), "name": widgets.menu("name", ["a", "b"], "a")}
    return widgets.Explorer(draw_line, caption=caption, **(controls | changes))


def picture(explorer):
    return explorer.children[1].value


def said(explorer):
    return explorer.children[2].value


def test_every_end_of_every_control_draws_a_picture_of_the_same_size():
    check_explorer(explorer())


def test_a_control_that_is_moved_back_shows_the_first_picture_again():
    shown = explorer()
    first = picture(shown)
    shown.controls["height"].value = 9
    shown.controls["height"].value = 4
    assert picture(shown) == first


def test_a_change_draws_anew_and_prints_nothing(capsys):
    shown = explorer()
    before = picture(shown)
    shown.controls["height"].value = 9
    assert picture(shown) != before
    assert capsys.readouterr() == ("", "")


def test_stored_output_is_the_first_state_whatever_was_dragged():
    shown = explorer()
    first, metadata = shown._repr_mimebundle_()
    shown.controls["height"].value = 9
    assert shown._repr_mimebundle_() == (first, metadata)
    assert first["text/plain"] == "Explorer: height, name. a ends at 4"
    assert metadata["image/png"] == {"width": 288, "alt": "a ends at 4"}
    assert first["application/vnd.jupyter.widget-view+json"]["model_id"] == shown.model_id


def test_a_slider_has_whole_steps_if_its_numbers_are_whole():
    assert isinstance(widgets.slider("height", 0, 10, 4), ipywidgets.IntSlider)
    assert widgets.slider("size", 2.0, 4.0, 3.0).step == pytest.approx(0.02)
    assert widgets.slider("size", 2.0, 4.0, 3.0, 0.5).step == 0.5


def test_a_menu_may_show_other_words_than_the_view_gets():
    shown = explorer(name=widgets.menu("name", {"the first": "a", "the second": "b"}, "b"))
    assert shown.values == {"height": 4, "name": "b"}


def test_any_widget_with_a_value_is_a_control():
    class Plain(ipywidgets.DOMWidget):
        """A control without a description."""

        value = traitlets.Int(3)

    shown = explorer(height=Plain())
    before = picture(shown)
    shown.controls["height"].value = 9
    assert picture(shown) != before
    assert shown._repr_mimebundle_()[0]["text/plain"] == "Explorer: height, name. a ends at 3"


def test_a_picture_may_stand_beside_the_controls():
    above, beside = (
        widgets.Explorer(draw_line, caption="1 < 2", beside=beside, height=height())
        for beside in (False, True)
    )
    assert above.layout.flex_flow is None
    assert beside.layout.flex_flow == "row wrap"
    assert picture(above) == picture(beside)


def test_a_caption_may_be_a_fixed_text_and_is_escaped():
    shown = widgets.Explorer(draw_line, caption="1 < 2", height=height())
    assert "1 &lt; 2" in said(shown)


# --- prediction ------------------------------------------------------------------------------------------


def test_a_guess_is_remembered_and_compared(capsys):
    guess = widgets.Prediction("How many?", ["one", "two"])
    assert guess.guess is None
    guess.reveal("two", "We counted.")
    assert capsys.readouterr().out == "Answer: two. We counted.\n"
    guess.children[1].value = "one"
    assert "You said: <b>one</b>" in guess.children[2].value
    guess.reveal("two", "We counted.")
    assert capsys.readouterr().out == "Answer: two. We counted.\nYou guessed: one.\n"
    guess.children[1].value = "two"
    guess.reveal("two", "We counted.")
    assert capsys.readouterr().out.endswith("You guessed right.\n")


def test_an_answer_that_was_no_option_is_refused():
    with pytest.raises(ValueError, match="answer must be one of one, two; got 'three'"):
        widgets.Prediction("How many?", ["one", "two"]).reveal("three", "")


# --- quiz ------------------------------------------------------------------------------------------------

QUESTIONS = {
    "First?": {"yes": "Right: it is.", "no": "It is."},
    "Second?": {"yes": "It is not.", "no": "Right: it is not."},
}


def test_every_choice_answers_back():
    quiz = widgets.Quiz(QUESTIONS)
    for part, choices in zip(quiz.children, QUESTIONS.values(), strict=False):
        _, buttons, explanation = part.children
        assert explanation.value == ""
        for choice, why in choices.items():
            buttons.value = choice
            assert ("✓ " if why.startswith("Right") else "✗ ") + why in explanation.value


def test_the_score_counts_first_tries():
    quiz = widgets.Quiz(QUESTIONS)
    buttons = [part.children[1] for part in quiz.children[:2]]
    buttons[0].value = "no"
    buttons[0].value = "yes"  # too late
    buttons[1].value = "no"
    assert quiz.children[-1].value == "1 of 2 right at the first try."


def test_a_question_has_exactly_one_right_choice():
    for choices in ({"yes": "It is.", "no": "It is not."}, {"yes": "Right.", "no": "Right, too."}):
        with pytest.raises(ValueError, match="exactly one choice"):
            widgets.Quiz({"First?": choices})


def test_stored_output_of_a_quiz_reads_as_text():
    bundle, _ = widgets.Quiz(QUESTIONS)._repr_mimebundle_()
    assert bundle["text/plain"].splitlines() == [
        "Quiz",
        "1. First?",
        "   ( ) yes",
        "   ( ) no",
        "2. Second?",
        "   ( ) yes",
        "   ( ) no",
    ]


@pytest.mark.parametrize(
    "path",
    [
        path
        for path in sorted((ROOT / "zoo_helpers").glob("*/exercises.py"))
        if "QUIZ" in path.read_text("utf-8")
    ],
    ids=lambda path: path.parent.name,
)
def test_every_lessons_quiz_is_one(path):
    module = importlib.import_module(f"zoo_helpers.{path.parent.name}.exercises")
    for choices in widgets.Quiz(module.QUIZ).questions.values():
        assert len(choices) >= 3
        assert len(set(choices.values())) == len(choices)

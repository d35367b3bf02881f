"""Explorer, prediction and quiz without a kernel: their callbacks at both ends of every control."""

import asyncio
import importlib
import time
from pathlib import Path

import ipywidgets
import pytest
import traitlets
from explorers import check_explorer

from zoo_helpers.core import ahead, figures, widgets

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


# --- drawn ahead -----------------------------------------------------------------------------------------


async def rest(shown):
    """Wait until all is drawn; a busy machine takes its time."""
    for _ in range(600):
        if shown._album._nearest() is None:
            return
        await asyncio.sleep(0.05)


def drawn_in(moves, **controls):
    """What the view was asked for: at first and in a rest; then by `moves`, a coroutine function."""
    calls = []

    def draw(**values):
        calls.append(tuple(values.values()))
        return draw_line(values["height"])

    async def kernel():
        shown = widgets.Explorer(draw, caption="c", height=height(), **controls)
        await rest(shown)
        first = [*calls]
        calls.clear()
        await moves(shown)
        return first, calls

    return asyncio.run(kernel())


def test_a_rest_draws_every_place_one_move_away_the_nearest_first():
    async def move(shown):
        shown.controls["height"].value = 9
        shown.controls["height"].value = 4
        shown.controls["switch"].value = True

    switch = ipywidgets.Checkbox(value=False, description="switch")
    first, later = drawn_in(move, switch=switch)
    assert later == []  # all were there
    assert set(first) == {*((at, False) for at in range(11)), (4, True)}
    assert len(first) == 1 + 12  # the first picture, which gives all others their layout, and each place once
    assert set(first[2:5]) == {(3, False), (5, False), (4, True)}


def test_what_was_drawn_ahead_is_what_a_move_draws():
    async def move(shown):
        ahead_of_time = shown.controls["height"].value = 9
        drawn = picture(shown)
        fresh = widgets.Explorer(draw_line, caption="c", height=widgets.slider("height", 0, 10, 4))
        fresh.controls["height"].value = ahead_of_time
        assert drawn == picture(fresh)

    drawn_in(move)


def test_a_kernel_at_work_is_not_disturbed():
    calls = []

    async def kernel():
        widgets.Explorer(
            lambda height: calls.append(height) or draw_line(height), caption="c", height=height()
        )
        for _ in range(3):
            time.sleep(ahead.REST + 2 * ahead.LATE)  # a cell that computes
            await asyncio.sleep(0)

    asyncio.run(kernel())
    assert len(calls) == 1


def test_a_place_that_cannot_be_drawn_says_so_only_when_it_is_asked_for(caplog):
    parts = []

    def draw(part):
        parts.append(part)
        return draw_line(1 / part)

    async def kernel():
        shown = widgets.Explorer(draw, caption="c", part=widgets.slider("part", 0, 3, 1))
        while 0 not in parts:
            await asyncio.sleep(0.05)
        await asyncio.sleep(0)
        assert not caplog.records
        with pytest.raises(ZeroDivisionError):
            shown.controls["part"].value = 0

    asyncio.run(kernel())


def test_a_menu_keeps_options_that_no_dictionary_could():
    images = {"first": [1, 2], "second": [3, 4]}
    shown = widgets.Explorer(
        lambda image: draw_line(image[0]), caption="c", image=widgets.menu("image", images, [1, 2])
    )
    first = picture(shown)
    shown.controls["image"].value = [3, 4]
    assert picture(shown) != first


def test_no_more_pictures_are_kept_than_there_is_room_for(monkeypatch):
    monkeypatch.setattr(ahead, "MOST", 3)
    shown = explorer()
    for at in range(11):
        shown.controls["height"].value = at
    assert len(shown._album._pictures) == 3


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

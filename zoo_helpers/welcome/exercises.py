"""The welcome's warm-up: an exercise that shows how exercises answer back."""

from zoo_helpers.core.exercise import Exercise, Slip


def _warm_up():
    return 5 * 4


warm_up = Exercise(
    id="warm_up",
    prompt="Five pictures get four guesses each. How many guesses is that?",
    stub="warm_up = ...",
    hints=(
        "Each of the five pictures gets its own four.",
        "Four and four and four and four and four.",
        "Five times four.",
    ),
    solved=_warm_up,
    slips=(
        Slip(9, "That is the sum; each picture gets four."),
        Slip(625, "That is 5 to the power of 4."),
        Slip("20", "That is a string; the answer is a number."),
    ),
)

EXERCISES = (warm_up,)

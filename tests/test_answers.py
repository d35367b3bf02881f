"""Right and wrong answers to every exercise, kept in `tests/answers/`: one file a lesson, two tables in it.

RIGHT : the exercise's name -> answers that are right, in different styles
WRONG : the exercise's name -> pairs (a wrong answer, words that the verdict must contain, or None)

An answer is what a learner would give: a function, or a value. Besides these, every exercise gets what no
exercise asks for: loops without an end, values that cannot be compared or shown.
"""

import importlib
import inspect
import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from shared import exercises_of

from zoo_helpers.core import exercise as checker

LESSONS = sorted(path.stem for path in (Path(__file__).parent / "answers").glob("*.py"))
KEPT = {lesson: importlib.import_module(f"answers.{lesson}") for lesson in LESSONS}
EXERCISES = {exercise.name: (lesson, exercise) for lesson in LESSONS for exercise in exercises_of(lesson)}


def kept(table):
    """One test a kept answer, named by its exercise and by itself."""
    return [
        pytest.param(name, entry, id=f"{name}-{label(entry)}-{number}")
        for module in KEPT.values()
        for name, entries in getattr(module, table).items()
        for number, entry in enumerate(entries, start=1)
    ]


def label(entry):
    answer = entry[0] if isinstance(entry, tuple) and len(entry) == 2 else entry
    return getattr(answer, "__name__", type(answer).__name__)


def assert_readable(verdict, lesson):
    """The message is short, and its last line can be run as it stands."""
    if verdict.outcome == checker.NOT_ATTEMPTED:
        assert verdict.message.startswith("Not attempted yet")
        return
    *said, offer = verdict.message.splitlines()
    assert said, verdict.message
    assert len(said) < 9, verdict.message
    assert len(verdict.message) < 1500
    assert "Traceback" not in verdict.message
    assert "zoo_helpers" not in verdict.message
    exec(offer, {"exercises": importlib.import_module(f"zoo_helpers.{lesson}.exercises")})


@pytest.mark.parametrize("name", EXERCISES)
def test_every_exercise_has_answers_of_many_styles(name):
    module = KEPT[EXERCISES[name][0]]
    assert len(module.RIGHT[name]) >= 5
    assert len(module.WRONG[name]) >= 10
    assert len([words for _, words in module.WRONG[name] if words]) >= 3


@pytest.mark.parametrize("lesson", LESSONS)
def test_answers_are_kept_for_exercises_that_there_are(lesson):
    names = {exercise.name for exercise in exercises_of(lesson)}
    assert set(KEPT[lesson].RIGHT) == set(KEPT[lesson].WRONG) == names


@pytest.mark.parametrize(("name", "answer"), kept("RIGHT"))
def test_right_is_right(name, answer):
    verdict = EXERCISES[name][1].judge(answer)
    assert verdict.outcome == checker.PASSED, verdict.message


@pytest.mark.parametrize(("name", "entry"), kept("WRONG"))
def test_wrong_is_wrong(name, entry):
    answer, words = entry
    lesson, exercise = EXERCISES[name]
    verdict = exercise.judge(answer)
    assert verdict.outcome in (checker.WRONG, checker.CRASHED, checker.NOT_ATTEMPTED)
    assert_readable(verdict, lesson)
    if words:
        assert words in verdict.message
    else:  # a slip that is named is the one that was made: here none was
        assert not [slip.message for slip in exercise.slips if slip.message in verdict.message]


# --- What no exercise asks for --------------------------------------------------------------------------


class Unprintable:
    """Its representation fails."""

    def __repr__(self):
        raise RuntimeError("no words for it")


class Incomparable:
    """Its comparison fails."""

    __hash__ = None

    def __eq__(self, other):
        raise RuntimeError("not to be compared")

    def __array__(self, *_, **__):
        raise RuntimeError("not an array")


class Stranger:
    """A class that the course knows nothing of."""


VALUES = {
    "None": None,
    "a string": "seven",
    "a long string": "seven " * 20_000,
    "many lines": "\n" * 50,
    "a ragged list": [[1, 2, 3], [4, 5], [[6]]],
    "an array of strings": np.array(["one", "two"]),
    "an array of None": np.array([None, None, 1.5]),
    "an array of nothing": np.array([]),
    "a complex number": 1j,
    "a huge list": list(range(20_000)),
    "a huge array": np.zeros((300, 400)),
    "a huge number": 10**400,
    "bytes": b"\xff\x00",
    "a dictionary": {"a": [1, 2]},
    "a generator": (number for number in range(3)),
    "a range": range(3),
    "unhashable names": [["a"], ["b", "c"]],
    "a masked array": np.ma.masked_array([1.0, 2.0], [True, False]),
    "NaN": float("nan"),
    "infinity": np.inf,
    "NaNs": np.full(5, np.nan),
    "a bool": True,
    "bools": np.array([True, False]),
    "no words": Unprintable(),
    "a list without words": [Unprintable()],
    "no comparison": Incomparable(),
    "a list without comparison": [Incomparable(), Incomparable()],
    "unfinished": ...,
    "an unfinished list": [1, ..., 3],
    "an unfinished array": np.array([..., 1.0], dtype=object),
    "the checker's own": "the exercise",
    "a class": Stranger,
    "a module": json,
    "a function": json.dumps,
    "a type": int,
}
BEHAVIOURS = {}


def behaviour(function):
    BEHAVIOURS[function.__name__] = function
    return function


@behaviour
def never_ends(*arguments):
    while True:
        pass


@behaviour
def exits(*arguments):
    exit()


@behaviour
def exits_with_a_number(*arguments):
    raise SystemExit(3)


@behaviour
def interrupts(*arguments):
    raise KeyboardInterrupt


@behaviour
def recurses(*arguments):
    return recurses(*arguments)


@behaviour
def asserts(*arguments):
    assert not arguments


@behaviour
def is_to_be_written(*arguments):
    raise NotImplementedError


@behaviour
def says_much(*arguments):
    raise ValueError("no\n" * 5_000)


@behaviour
def raises_a_group_of_one_s_own(*arguments):
    class OwnError(Exception):
        def __str__(self):
            raise RuntimeError("no words for it")

    raise OwnError


@behaviour
def takes_nothing():
    return 0


@behaviour
def gives_something_else_each_time(*arguments, count=itertools.count()):  # noqa: B008
    return next(count) + 0.5


@behaviour
def exits_at_its_second_call(*arguments, count=itertools.count()):  # noqa: B008
    if next(count):
        exit()


@behaviour
def yields(*arguments):
    yield 1


@behaviour
async def waits(*arguments):
    return 1


@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning")
@pytest.mark.parametrize("name", EXERCISES)
def test_whatever_the_answer_is_the_verdict_is_a_few_clear_lines(name, monkeypatch):
    monkeypatch.setattr(checker, "PATIENCE", 0.3)
    lesson, exercise = EXERCISES[name]
    answers = {**VALUES, "the checker's own": exercise}
    if inspect.signature(exercise.solved).parameters:
        returned = {f"returns {said}": lambda *_, value=value: value for said, value in answers.items()}
        answers |= returned | BEHAVIOURS
    for said, answer in answers.items():
        verdict = exercise.judge(answer)
        assert verdict.outcome != checker.PASSED, said
        assert_readable(verdict, lesson)
        expects = "unfinished" in said
        assert (verdict.outcome == checker.NOT_ATTEMPTED) == expects, f"{said}: {verdict.message}"

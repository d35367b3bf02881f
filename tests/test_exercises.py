"""Every exercise of every lesson: the solution passes, the stub is not attempted, each slip is named."""

import dataclasses
import importlib
import inspect
from pathlib import Path

import nbformat
import numpy as np
import pytest

from zoo_helpers.core.exercise import CRASHED, NOT_ATTEMPTED, PASSED, WRONG

ROOT = Path(__file__).parents[1]
LESSONS = sorted(path.parent.name for path in (ROOT / "zoo_helpers").glob("*/exercises.py"))
MODULES = {lesson: importlib.import_module(f"zoo_helpers.{lesson}.exercises") for lesson in LESSONS}
ALL = [(lesson, exercise) for lesson, module in MODULES.items() for exercise in module.EXERCISES]
FUNCTIONS = [(lesson, exercise) for lesson, exercise in ALL if inspect.signature(exercise.solved).parameters]
NAMES = {"ids": lambda value: getattr(value, "id", value)}


def judge(exercise, answer):
    """The verdict with all hints still unused, as a learner meets it first."""
    return dataclasses.replace(exercise).judge(answer)


def notebook_of(exercise):
    """The cells of the notebook that holds the exercise."""
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        cells = nbformat.read(path, as_version=4).cells
        if any(cell.source == exercise.stub for cell in cells):
            return cells
    raise AssertionError(f"no notebook has the stub of {exercise.id}")


def run(source, exercise):
    """What a cell with `source` defines in the exercise's notebook, whose import cell was run before."""
    scope = {}
    exec(next(cell.source for cell in notebook_of(exercise) if cell.cell_type == "code"), scope)
    exec(source, scope)
    return scope[exercise.id]


@pytest.mark.parametrize(("lesson", "exercise"), ALL, **NAMES)
def test_solution_passes_as_written(lesson, exercise):
    assert judge(exercise, run(exercise.solution_source(), exercise)).outcome == PASSED


@pytest.mark.parametrize(("lesson", "exercise"), ALL, **NAMES)
def test_stub_is_not_attempted(lesson, exercise):
    verdict = judge(exercise, run(exercise.stub, exercise))
    assert verdict.outcome == NOT_ATTEMPTED
    assert "Not attempted yet" in verdict.message


@pytest.mark.parametrize(("lesson", "exercise"), ALL, **NAMES)
def test_each_slip_gets_the_message_meant_for_it(lesson, exercise):
    assert len(exercise.slips) >= 3
    assert len({slip.message for slip in exercise.slips}) == len(exercise.slips)
    for slip in exercise.slips:
        verdict = judge(exercise, slip.answer)
        assert verdict.outcome == WRONG, slip.message
        assert slip.message in verdict.message
        assert f"Hint 1 of 3: {exercise.hints[0]}" in verdict.message


@pytest.mark.parametrize(("lesson", "exercise"), ALL, **NAMES)
def test_hints_are_three_and_come_in_turn(lesson, exercise, capsys):
    fresh = dataclasses.replace(exercise)
    for _ in range(4):
        fresh.hint()
    said = capsys.readouterr().out
    assert len(exercise.hints) == 3
    assert all(hint in said for hint in exercise.hints)
    assert said.count("No hint is left") == 1


@pytest.mark.parametrize(("lesson", "exercise"), FUNCTIONS, **NAMES)
def test_answers_that_misbehave_get_a_clear_message(lesson, exercise):
    def raises(*arguments):
        raise IndexError("index 9 is out of bounds")

    def returns_nothing(*arguments):
        pass

    def returns_text(*arguments):
        return "seven"

    crashed = judge(exercise, raises)
    assert crashed.outcome == CRASHED
    assert "in its line 2, IndexError: index 9 is out of bounds" in crashed.message
    assert "return statement" in judge(exercise, returns_nothing).message
    assert "That is a string" in judge(exercise, returns_text).message
    assert "Expected a function" in judge(exercise, 3).message
    assert judge(exercise, lambda: 0).outcome == CRASHED  # it takes no arguments


@pytest.mark.parametrize(("lesson", "exercise"), FUNCTIONS, **NAMES)
def test_an_answer_that_changes_its_input_is_told(lesson, exercise):
    parameters = list(inspect.signature(exercise.solved).parameters)
    arrays = [index for index, value in enumerate(exercise.cases[0]) if isinstance(value, np.ndarray)]
    if not arrays:
        pytest.skip("its arguments cannot be changed")

    def changes(*arguments):
        result = exercise.solved(*arguments)
        arguments[arrays[0]][...] += 1
        return result

    verdict = judge(exercise, changes)
    assert verdict.outcome == WRONG
    assert f"changes its argument {parameters[arrays[0]]}" in verdict.message


@pytest.mark.parametrize(("lesson", "exercise"), ALL, **NAMES)
def test_the_notebook_holds_prompt_stub_and_check(lesson, exercise):
    sources = [cell.source for cell in notebook_of(exercise)]
    assert f"exercises.{exercise.id}.check({exercise.id})" in sources
    assert any(exercise.prompt in source for source in sources), (
        "the lesson's text has the prompt, word for word"
    )

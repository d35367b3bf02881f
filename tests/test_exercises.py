"""Every exercise of every lesson: the solution passes, the stub is not attempted, each slip is named."""

import dataclasses
import inspect
from pathlib import Path

import nbformat
import numpy as np
import pytest
from shared import exercises_of

from zoo_helpers.core.exercise import CRASHED, NOT_ATTEMPTED, PASSED, WRONG

ROOT = Path(__file__).parents[1]
LESSONS = sorted(path.parent.name for path in (ROOT / "zoo_helpers").glob("*/exercises.py"))
ALL = [exercise for lesson in LESSONS for exercise in exercises_of(lesson)]
FUNCTIONS = [exercise for exercise in ALL if inspect.signature(exercise.solved).parameters]
NOTEBOOKS = {path: nbformat.read(path, as_version=4) for path in (ROOT / "notebooks").glob("*.ipynb")}


def each(exercises=ALL):
    """Decorator: the test is run once for each exercise."""
    return pytest.mark.parametrize("exercise", exercises, ids=lambda exercise: exercise.name)


def cell_id(exercise, kind):
    return f"{exercise.name}-{kind}".replace("_", "-")


def notebook_of(exercise):
    """The cells of the notebook that holds the exercise."""
    stub = cell_id(exercise, "stub")
    found = [book.cells for book in NOTEBOOKS.values() if any(cell.id == stub for cell in book.cells)]
    assert len(found) == 1, f"{len(found)} notebooks have a cell {stub}"
    return found[0]


def run(source, exercise):
    """What a cell with `source` defines in the exercise's notebook, whose import cell was run before."""
    scope = {}
    exec(next(cell.source for cell in notebook_of(exercise) if cell.id == "imports"), scope)
    exec(source, scope)
    return scope[exercise.name]


def answer_of(slip, exercise):
    """What a learner gives who slips: the function, or the value that it returns."""
    return slip.answer if exercise in FUNCTIONS else slip.answer()


@each()
def test_the_notebook_holds_task_stub_and_check(exercise):
    cells = notebook_of(exercise)
    place = [cell.id for cell in cells].index(cell_id(exercise, "stub"))
    task, _, check = cells[place - 1 : place + 2]
    assert task.cell_type == "markdown"
    assert "exercise" in task.source.lower()
    assert check.id == cell_id(exercise, "check")
    assert check.source == f"exercises.{exercise.name}.check({exercise.name})"


@each()
def test_solution_passes_as_written(exercise):
    verdict = exercise.judge(run(exercise.solution_source(), exercise))
    assert verdict.outcome == PASSED, verdict.message


@each()
def test_stub_is_not_attempted(exercise):
    stub = next(cell.source for cell in notebook_of(exercise) if cell.id == cell_id(exercise, "stub"))
    verdict = exercise.judge(run(stub, exercise))
    assert verdict.outcome == NOT_ATTEMPTED
    assert "Not attempted yet" in verdict.message


@each()
def test_each_slip_gets_the_message_meant_for_it_and_no_hint(exercise):
    assert len(exercise.slips) >= 3
    assert len({slip.message for slip in exercise.slips}) == len(exercise.slips)
    for slip in exercise.slips:
        verdict = exercise.judge(answer_of(slip, exercise))
        assert verdict.outcome == WRONG, slip.message
        assert slip.message in verdict.message
        assert f"exercises.{exercise.name}.hint()" in verdict.message
        assert not [hint for hint in exercise.hints if hint in verdict.message]


@each()
def test_hints_are_three_and_come_in_turn(exercise, capsys):
    assert len(set(exercise.hints)) == 3
    fresh = dataclasses.replace(exercise)
    for number, hint in enumerate(exercise.hints, start=1):
        fresh.hint()
        assert capsys.readouterr().out == f"Hint {number} of 3: {hint}\n"
    fresh.hint()
    assert f"exercises.{exercise.name}.solution()" in capsys.readouterr().out


@each()
def test_what_messages_offer_can_be_called_in_the_notebook(exercise, capsys):
    scope = {}
    exec(next(cell.source for cell in notebook_of(exercise) if cell.id == "imports"), scope)
    exec(f"exercises.{exercise.name}.hint()\nexercises.{exercise.name}.solution()", scope)
    assert capsys.readouterr().out.endswith(f"{exercise.solution_source()}\n")
    assert isinstance(exercise.minutes, int)
    assert 1 <= exercise.minutes <= 15


@each(FUNCTIONS)
def test_answers_that_misbehave_get_a_clear_message(exercise):
    def raises(*arguments):
        raise IndexError("index 9 is out of bounds")

    def returns_nothing(*arguments):
        pass

    def returns_text(*arguments):
        return "seven"

    crashed = exercise.judge(raises)
    assert crashed.outcome == CRASHED
    assert "IndexError in its line 2: index 9 is out of bounds" in crashed.message
    assert "return statement" in exercise.judge(returns_nothing).message
    assert "That is a string" in exercise.judge(returns_text).message
    assert "The answer is a function" in exercise.judge(3).message
    assert exercise.judge(lambda: 0).outcome == CRASHED  # it takes no arguments


@each(FUNCTIONS)
def test_an_answer_that_changes_its_input_is_told(exercise):
    parameters = list(inspect.signature(exercise.solved).parameters)
    arrays = [index for index, value in enumerate(exercise.cases[0]) if isinstance(value, np.ndarray)]
    if not arrays:
        pytest.skip("its arguments cannot be changed")

    def changes(*arguments):
        result = exercise.solved(*arguments)
        arguments[arrays[0]][...] += 1
        return result

    verdict = exercise.judge(changes)
    assert verdict.outcome == WRONG
    assert f"changes its argument {parameters[arrays[0]]}" in verdict.message

"""The exercise object itself: verdicts on answers of every kind."""

import numpy as np
import pytest

from zoo_helpers.core.exercise import CRASHED, NOT_ATTEMPTED, PASSED, WRONG, Exercise, Slip, WrongError


def _column_means(table):
    return table.mean(axis=0)


def _row_means(table):
    return table.mean(axis=1)


def exercise(**changes):
    settings = {
        "id": "column_means",
        "prompt": "The mean of each column.",
        "stub": "def column_means(table):\n    return ...",
        "hints": ("first", "second", "third"),
        "solved": _column_means,
        "cases": ((np.array([[1.0, 2.0], [3.0, 4.0]]),), (np.array([[1, 2, 3]]),)),
        "slips": (Slip(_row_means, "That is the mean of each row."),),
    }
    return Exercise(**(settings | changes))


def test_another_way_to_the_same_answer_passes():
    assert exercise().judge(lambda table: np.sum(table, axis=0) / len(table)).outcome == PASSED


def test_a_wrong_answer_names_input_expected_and_got():
    verdict = exercise().judge(lambda table: table[0])
    assert verdict.outcome == WRONG
    assert "For table = [[1., 2.], [3., 4.]]: expected [2., 3.], got [1., 2.]." in verdict.message


def test_the_first_case_that_fails_is_the_one_named():
    verdict = exercise().judge(lambda table: np.array([2.0, 3.0]))
    assert "For table = [[1, 2, 3]]" in verdict.message


def test_a_typical_slip_is_named():
    assert "That is the mean of each row." in exercise().judge(_row_means).message


def test_a_wrong_shape_points_at_the_axis():
    verdict = exercise(slips=()).judge(lambda table: np.zeros(5))
    assert "Your shape is (5,), not (2,): is the axis the right one?" in verdict.message


def test_long_arrays_are_told_by_their_start_and_the_first_difference():
    table = np.arange(80.0).reshape(2, 40)
    doubled = exercise(id="doubled", solved=lambda table: 2 * table, cases=((table,),), slips=())
    wrong = 2 * table
    wrong[1, 5] = 7
    message = doubled.judge(lambda table: wrong).message
    assert "table = an array (2, 40) that begins 0., 1., 2., 3., 4., 5." in message
    assert "expected 90 at [1, 5], got 7." in message
    message = doubled.judge(lambda table: np.zeros(50)).message
    assert "expected an array (2, 40) that begins  0.,  2." in message
    assert "got an array (50,) that begins 0., 0." in message


def test_an_argument_that_is_a_function_is_told_by_its_docstring():
    def bowl(x):
        """x²"""
        return x**2

    at_two = exercise(solved=lambda function: function(2), cases=((bowl,),), slips=())
    assert "For function = x²: expected 4, got 5." in at_two.judge(lambda function: 5).message


@pytest.mark.parametrize(
    ("returned", "words"),
    [(None, "return statement"), ([2.0, 3.0], "That is a list; the answer is an array."), ("x", "a string")],
)
def test_a_wrong_type_is_named(returned, words):
    assert words in exercise().judge(lambda table: returned).message


def test_a_crash_names_the_learners_line():
    def answer(table):
        first = table[0]
        return first[7]

    verdict = exercise().judge(answer)
    assert verdict.outcome == CRASHED
    assert "in its line 3, IndexError" in verdict.message


def test_a_changed_input_is_named():
    def answer(table):
        table += 1
        return table.mean(axis=0) - 1

    verdict = exercise().judge(answer)
    assert verdict.outcome == WRONG
    assert "changes its argument table" in verdict.message


@pytest.mark.parametrize("answer", [..., lambda table: ...])
def test_dots_are_not_attempted(answer):
    task = exercise()
    assert task.judge(answer).outcome == NOT_ATTEMPTED
    assert task.judge(_row_means).message.endswith("Hint 1 of 3: first")  # an untouched stub uses no hint


def test_hints_are_used_up_one_by_one():
    task = exercise()
    messages = [task.judge(_row_means).message for _ in range(4)]
    assert [message.splitlines()[-1] for message in messages] == [
        "Hint 1 of 3: first",
        "Hint 2 of 3: second",
        "Hint 3 of 3: third",
        "No hint is left; column_means.solution() shows a solution.",
    ]


def test_check_prints_and_never_raises(capsys):
    task = exercise()
    for answer in (_column_means, None, 3, [], object(), lambda: 1, ValueError):
        task.check(answer)
    assert capsys.readouterr().out.startswith("Correct.\n")


def test_solution_is_printed_under_the_stubs_name(capsys):
    exercise().solution()
    assert capsys.readouterr().out == "def column_means(table):\n    return table.mean(axis=0)\n"


def _seven():
    return 3 + 4


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (7, PASSED),
        (7.0, PASSED),
        (np.float32(7), PASSED),
        (..., NOT_ATTEMPTED),
        (8, WRONG),
        ("7", WRONG),
        (None, WRONG),
    ],
)
def test_a_value_is_compared_with_the_solutions(answer, outcome):
    task = exercise(id="seven", solved=_seven, cases=((),), slips=(Slip(12, "That is the product."),))
    assert task.judge(answer).outcome == outcome
    assert "7" not in task.judge(8).message  # the answer stays secret
    assert "That is the product." in task.judge(12).message
    assert task.solution_source() == "seven = 3 + 4"


def test_an_open_answer_is_accepted_or_told_why_not():
    def even(answer):
        if answer % 2:
            raise WrongError(f"{answer} is odd.")

    task = exercise(id="even", solved=_seven, cases=((),), slips=(), accepts=even)
    assert task.judge(4).outcome == PASSED
    assert "3 is odd." in task.judge(3).message
    assert task.judge("four").outcome == CRASHED

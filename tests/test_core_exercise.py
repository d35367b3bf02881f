"""The exercise object itself: verdicts on answers of every kind."""

import numpy as np
import pytest

from zoo_helpers.core.exercise import CRASHED, NOT_ATTEMPTED, PASSED, WRONG, WrongError, exercise

TWO_TABLES = ((np.array([[1.0, 2.0], [3.0, 4.0]]),), (np.array([[1, 2, 3]]),))


@exercise("first", "second", "third", cases=TWO_TABLES, minutes=2)
def column_means(table):
    # One mean a column.
    return table.mean(axis=0)


@column_means.slip("That is the mean of each row.")
def _row_means(table):
    return table.mean(axis=1)


@column_means.slip("Those are sums; a mean divides.")
def _column_sums(table):
    return column_means(table) * len(table)


@column_means.slip("That wants two rows.")
def _of_two_rows(table):
    return table[0] - table[1]


@exercise("first", "second", "third", minutes=1)
def seven():
    return 3 + 4


@seven.slip("That is the product.")
def _twelve():
    return 12


def judge(solved, answer, *cases):
    """The verdict of a new exercise on an answer."""
    return exercise("a", "b", "c", cases=cases, minutes=1)(solved).judge(answer)


def test_an_exercise_is_called_what_its_solution_is_called():
    assert (column_means.name, column_means.minutes, column_means.hints) == (
        "column_means",
        2,
        ("first", "second", "third"),
    )


def test_an_exercise_can_be_called_like_its_solution():
    assert column_means(np.array([[1.0, 2.0], [3.0, 6.0]])).tolist() == [2.0, 4.0]
    assert seven() == 7


def test_a_slip_stays_a_function():
    assert _row_means(np.array([[1.0, 3.0]])).tolist() == [2.0]
    assert [slip.answer for slip in column_means.slips] == [_row_means, _column_sums, _of_two_rows]


def test_another_way_to_the_same_answer_passes():
    assert column_means.judge(lambda table: np.sum(table, axis=0) / len(table)).outcome == PASSED


def test_a_wrong_answer_names_input_expected_and_got():
    verdict = column_means.judge(lambda table: table[0])
    assert verdict.outcome == WRONG
    assert "For table = [[1., 2.], [3., 4.]]: expected [2., 3.], got [1., 2.]." in verdict.message


def test_the_first_case_that_fails_is_the_one_named():
    verdict = column_means.judge(lambda table: np.array([2.0, 3.0]))
    assert "For table = [[1, 2, 3]]" in verdict.message


def test_a_wrong_answer_is_told_where_a_hint_is_and_given_none():
    verdict = column_means.judge(lambda table: table[0])
    assert verdict.message.endswith("\nexercises.column_means.hint()  # gives a hint")
    assert "first" not in verdict.message


@pytest.mark.parametrize("slip", column_means.slips[:2])
def test_a_typical_slip_is_named(slip):
    assert slip.message in column_means.judge(slip.answer).message


def test_a_slip_is_named_only_if_the_answer_gives_the_same_in_all_cases():
    def sums_of_long_tables(table):  # the second table has one row, which is its own mean and sum
        return table.sum(axis=0) if len(table) > 1 else table.max(axis=0) - 1.0

    verdict = column_means.judge(sums_of_long_tables)
    assert "expected [2., 3.], got [4., 6.]." in verdict.message
    assert "sums" not in verdict.message


def test_a_slip_that_raises_in_a_case_is_passed_over():
    message = column_means.judge(
        lambda table: table[0] - table[-1]
    ).message  # as `_of_two_rows`, where that works
    assert "expected [2., 3.], got [-2., -2.]." in message
    assert "two rows" not in message


def test_a_wrong_shape_is_told_beside_the_right_one():
    verdict = column_means.judge(lambda table: np.zeros(5))
    assert "Your shape is (5,), not (2,)." in verdict.message


def test_long_arrays_are_told_by_their_start_and_the_first_difference():
    def doubled(table):
        return 2 * table

    table = np.arange(80.0).reshape(2, 40)
    wrong = 2 * table
    wrong[1, 5] = 7
    message = judge(doubled, lambda table: wrong, (table,)).message
    assert "table = an array (2, 40) that begins 0., 1., 2., 3., 4., 5." in message
    assert "at [1, 5] expected 90, got 7." in message
    message = judge(doubled, lambda table: np.zeros(50), (table,)).message
    assert "expected an array (2, 40) that begins 0., 2." in message
    assert "got an array (50,) that begins 0., 0." in message


def test_an_argument_that_is_a_function_is_told_by_its_docstring():
    def bowl(x):
        """x²"""
        return x**2

    def at_two(function):
        return function(2)

    assert "For function = x²: expected 4, got 5." in judge(at_two, lambda function: 5, (bowl,)).message


@pytest.mark.parametrize(
    ("returned", "words"),
    [
        (None, "return statement"),
        ([2.0, "x"], "That is a list; the answer is an array."),
        ("x", "That is a string; the answer is an array"),
    ],
)
def test_a_wrong_type_is_named(returned, words):
    assert words in column_means.judge(lambda table: returned).message


def test_a_crash_names_the_learners_line():
    def answer(table):
        first = table[0]
        return first[7]

    verdict = column_means.judge(answer)
    assert verdict.outcome == CRASHED
    assert "IndexError in its line 3:" in verdict.message
    assert verdict.message.endswith("exercises.column_means.hint()  # gives a hint")


def test_what_stops_more_than_an_error_does_is_a_crash_too():
    class StoppedError(BaseException):
        pass

    def answer(table):
        raise StoppedError("enough")

    verdict = column_means.judge(answer)
    assert verdict.outcome == CRASHED
    assert "StoppedError in its line 2: enough" in verdict.message
    assert column_means.judge(lambda table: 1 if len(table) > 1 else answer(table)).outcome == WRONG


def test_what_a_wrong_answer_prints_is_printed_once(capsys):
    def answer(table):
        print("rows", len(table))
        return 0

    column_means.judge(answer)
    assert capsys.readouterr().out == "rows 2\n"  # the first case, which fails


def test_a_changed_input_is_named():
    def answer(table):
        table += 1
        return table.mean(axis=0) - 1

    verdict = column_means.judge(answer)
    assert verdict.outcome == WRONG
    assert "changes its argument table" in verdict.message


@pytest.mark.parametrize("answer", [..., lambda table: ...])
def test_dots_are_not_attempted(answer):
    verdict = column_means.judge(answer)
    assert verdict.outcome == NOT_ATTEMPTED
    assert "hint" not in verdict.message


def test_hints_are_used_up_one_by_one_and_by_nothing_else(capsys):
    @exercise("first", "second", "third", minutes=1)
    def eight():
        return 8

    eight.judge(3)  # a wrong answer uses no hint
    for _ in range(4):
        eight.hint()
    assert capsys.readouterr().out.splitlines() == [
        "Hint 1 of 3: first",
        "Hint 2 of 3: second",
        "Hint 3 of 3: third",
        "No hint is left.",
        "exercises.eight.solution()  # shows a solution",
    ]


def test_check_prints_and_never_raises(capsys):
    for answer in (column_means.solved, None, 3, [], object(), lambda: 1, ValueError):
        column_means.check(answer)
    assert capsys.readouterr().out.startswith("Correct.\n")


def test_a_solution_is_printed_without_its_decorator(capsys):
    column_means.solution()
    assert capsys.readouterr().out == (
        "def column_means(table):\n    # One mean a column.\n    return table.mean(axis=0)\n"
    )


def test_a_solution_that_is_a_value_is_printed_as_one():
    assert seven.solution_source() == "seven = 3 + 4"


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
    assert seven.judge(answer).outcome == outcome


def test_a_wrong_value_is_not_told_the_right_one_but_its_slip():
    assert "7" not in seven.judge(8).message
    assert "8 is not it." in seven.judge(8).message
    assert "That is the product." in seven.judge(12).message


def test_an_open_answer_is_accepted_or_told_why_not():
    def even(answer):
        if answer % 2:
            raise WrongError(f"{answer} is odd.")

    @exercise("first", "second", "third", accepts=even, minutes=1)
    def some_even_number():
        return 2

    assert some_even_number.judge(4).outcome == PASSED
    assert "3 is odd." in some_even_number.judge(3).message
    assert "'four' is not what is asked for." in some_even_number.judge("four").message

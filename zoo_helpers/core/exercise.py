"""The exercise: a solution, hints, and the typical slips, each a function under a decorator.

    @exercise("What counts?", "Compare all scores.", "Sum the comparison.", cases=(...), minutes=4)
    def target_rank(scores, target):
        return int(np.sum(scores >= scores[target]))

    @target_rank.slip("Ranks begin with 1: count the true class too.")
    def counts_only_those_ahead(scores, target):
        return int(np.sum(scores > scores[target]))

The task and the stub stand in the notebook: the task in a Markdown cell, then the cells `target-rank-stub`
and `target-rank-check`.
"""

from __future__ import annotations

import ast
import copy
import functools
import inspect
import textwrap
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

PASSED, WRONG, CRASHED, NOT_ATTEMPTED = "passed", "wrong", "crashed", "not attempted"
LONGEST = 30  # numbers of an array that a message shows in full


@dataclass(frozen=True)
class Verdict:
    """What a checker found: one of the four outcomes, and the message for the learner."""

    outcome: str
    message: str


@dataclass(frozen=True)
class Slip:
    """A typical wrong answer, as a function, and what to say to a learner whose answer gives the same."""

    answer: Callable[..., Any]
    message: str


class WrongError(Exception):
    """Raised by an exercise's own test: the answer is wrong, and the message says how."""


class _NotAttemptedError(Exception):
    """The answer still holds its `...`."""


@dataclass
class Exercise:
    """One exercise of a lesson; a notebook calls `check(answer)`, `hint()` and `solution()`.

    solved  : a function that solves it. With parameters: the learner writes such a function, compared on
              `cases`; without: the learner gives the value that it returns in one line
    hints   : three, from a nudge to nearly the answer
    minutes : what a learner takes for it
    cases   : tuples of arguments, the telling ones first
    accepts : instead of comparing, for a value that many answers solve: a function (answer) that raises
              WrongError unless the answer does
    """

    solved: Callable[..., Any]
    hints: Sequence[str]
    minutes: int
    cases: Sequence[tuple[Any, ...]] = ((),)
    accepts: Callable[[Any], None] | None = None
    slips: list[Slip] = field(default_factory=list)
    _hints_used: int = field(default=0, init=False, repr=False)

    @property
    def name(self) -> str:
        """Its name in the lesson, which is the solution's."""
        return self.solved.__name__

    def __call__(self, *arguments: Any) -> Any:
        """What the solution gives: a slip may build on it."""
        return self.solved(*arguments)

    def slip(self, message: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Decorator of a typical wrong answer, with the message for a learner who gives it."""

        def add(answer: Callable[..., Any]) -> Callable[..., Any]:
            self.slips.append(Slip(answer, message))
            return answer

        return add

    def check(self, answer: Any) -> None:
        """Print the verdict on `answer`; whatever the answer does, this does not raise."""
        print(self.judge(answer).message)

    def hint(self) -> None:
        """Print the next hint."""
        if self._hints_used == len(self.hints):
            print(f"No hint is left. exercises.{self.name}.solution()")
            return
        self._hints_used += 1
        print(f"Hint {self._hints_used} of {len(self.hints)}: {self.hints[self._hints_used - 1]}")

    def solution(self) -> None:
        """Print a solution, as the learner would write it in the stub's place."""
        print(self.solution_source())

    def solution_source(self) -> str:
        """What `solution` prints."""
        source = textwrap.dedent(inspect.getsource(self.solved)).rstrip()
        function = ast.parse(source).body[0]
        if not self._names:
            return f"{self.name} = {ast.get_source_segment(source, function.body[-1].value)}"
        return "\n".join(source.splitlines()[function.lineno - 1 :])  # without the decorator

    @property
    def _names(self) -> list[str]:
        """The names of the arguments of the function that is asked for; none if it is a value."""
        return list(inspect.signature(self.solved).parameters)

    def judge(self, answer: Any) -> Verdict:
        """The verdict on `answer`, as data: what `check` prints."""
        more = f"For a hint: exercises.{self.name}.hint()"
        try:
            self._test(answer)
        except _NotAttemptedError:
            return Verdict(NOT_ATTEMPTED, "Not attempted yet: put your answer where the ... stands.")
        except WrongError as wrong:
            return Verdict(WRONG, f"Not yet. {wrong}\n{more}")
        except Exception as error:
            return Verdict(CRASHED, f"Your answer raised {_place(error, answer)}\n{more}")
        return Verdict(PASSED, "Correct.")

    def _test(self, answer: Any) -> None:
        if answer is ...:
            raise _NotAttemptedError
        if self._names and not callable(answer):
            raise WrongError(f"Expected a function, got {_shown(answer)}.")
        if self.accepts is not None:
            self.accepts(answer)
            return
        for case in self.cases:
            expected = self.solved(*copy.deepcopy(case))
            got = self._call(answer, case) if self._names else answer
            if not _same(got, expected):
                said = [self._contrast(case, expected, got), self._slip(answer) or _difference(got, expected)]
                raise WrongError(" ".join(filter(None, said)))

    def _call(self, function: Callable[..., Any], case: tuple[Any, ...]) -> Any:
        arguments = copy.deepcopy(case)
        got = function(*arguments)
        if got is ...:
            raise _NotAttemptedError
        for name, before, after in zip(self._names, case, arguments, strict=True):
            if not _same(after, before):
                raise WrongError(f"Your function changes its argument {name}; work on a copy.")
        return got

    def _contrast(self, case: tuple[Any, ...], expected: Any, got: Any) -> str:
        """What came instead of what; the answer to a question without arguments stays secret."""
        if not case:
            return f"{_shown(got)} is not it."
        given = ", ".join(f"{name} = {_shown(value)}" for name, value in zip(self._names, case, strict=True))
        return f"For {given}: expected {_contrast(expected, got)}."

    def _slip(self, answer: Any) -> str:
        """The message of the slip that gives the same as the answer in all cases, if there is one."""
        given = answer if self._names else lambda: answer
        for slip in self.slips:
            try:
                if all(
                    _same(*(each(*copy.deepcopy(case)) for each in (given, slip.answer)))
                    for case in self.cases
                ):
                    return slip.message
            except Exception:  # in some case one of the two fails
                continue
        return ""


def exercise(
    *hints: str,
    minutes: int,
    cases: Sequence[tuple[Any, ...]] = ((),),
    accepts: Callable[[Any], None] | None = None,
) -> Callable[[Callable[..., Any]], Exercise]:
    """Decorator that turns a solution into an `Exercise`, with its hints; for the rest see there."""
    return functools.partial(Exercise, hints=hints, minutes=minutes, cases=cases, accepts=accepts)


def _same(got: Any, expected: Any) -> bool:
    """Whether two answers agree: the same kind and shape, numbers to one part in a million."""
    if _kind(got) != _kind(expected) or np.shape(got) != np.shape(expected):
        return False
    if _kind(expected) in ("an array", "a number"):
        return bool(_close(got, expected).all())
    return bool(got == expected)


def _close(got: Any, expected: Any) -> np.ndarray:
    return np.isclose(got, expected, rtol=1e-6, atol=1e-9, equal_nan=True)


def _kind(value: Any) -> str:
    if isinstance(value, bool | np.bool_):
        return "True or False"
    if isinstance(value, np.ndarray) and value.ndim:
        return "an array"
    if np.ndim(value) == 0 and np.issubdtype(np.asarray(value).dtype, np.number):
        return "a number"
    return {str: "a string", list: "a list", tuple: "a tuple"}.get(type(value), f"a {type(value).__name__}")


def _difference(got: Any, expected: Any) -> str:
    if got is None:
        return "A function without a return statement returns None: is yours missing?"
    if _kind(got) != _kind(expected):
        return f"That is {_kind(got)}; the answer is {_kind(expected)}."
    if np.shape(got) != np.shape(expected):
        return f"Your shape is {np.shape(got)}, not {np.shape(expected)}: is the axis the right one?"
    return ""


def _contrast(expected: Any, got: Any) -> str:
    """What was expected and what came; of two long arrays the first place where they differ."""
    alike = _kind(got) == _kind(expected) == "an array" and got.shape == expected.shape
    if alike and expected.size > LONGEST:
        place = tuple(np.argwhere(~_close(got, expected))[0].tolist())
        return f"{_shown(expected[place].item())} at {list(place)}, got {_shown(got[place].item())}"
    return f"{_shown(expected)}, got {_shown(got)}"


def _shown(value: Any) -> str:
    """A value in words that fit a line or two."""
    if isinstance(value, np.ndarray):
        whole = value.size <= LONGEST
        numbers = np.array2string(value if whole else value.ravel()[:6], precision=4, separator=", ")
        return numbers.replace("\n", "") if whole else f"an array {value.shape} that begins {numbers[1:-1]}"
    if inspect.isfunction(value):
        return value.__doc__ or value.__name__
    return f"{value:.6g}" if isinstance(value, float) else repr(value)


def _place(error: Exception, answer: Any) -> str:
    """The error in one line, with the line of the learner's own function where it arose."""
    code = getattr(answer, "__code__", None)
    frames = traceback.extract_tb(error.__traceback__)
    lines = [f.lineno for f in frames if code and (f.filename, f.name) == (code.co_filename, code.co_name)]
    where = f"in its line {lines[0] - code.co_firstlineno + 1}, " if lines else ""
    return f"{where}{type(error).__name__}: {error}"

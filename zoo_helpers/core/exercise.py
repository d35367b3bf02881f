"""The exercise object: a stub for the learner, hints, a checker that names the slip, and the solution."""

from __future__ import annotations

import copy
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
    """A typical wrong answer, and what to say to a learner whose answer gives the same."""

    answer: Any
    message: str


class WrongError(Exception):
    """Raised by an exercise's own test: the answer is wrong, and the message says how."""


class _NotAttemptedError(Exception):
    """The answer still holds its `...`."""


@dataclass
class Exercise:
    """One exercise of a lesson; a notebook calls `check(answer)`, `hint()` and `solution()`.

    id       : its name in the lesson
    prompt   : the task, in a sentence or two
    stub     : the source that the learner's cell starts with; `...` stands for what is missing
    hints    : three, from a nudge to nearly the answer
    solved   : a function that solves it, without imports of its own. With parameters: the learner writes such
               a function, compared on `cases`; without: the learner gives the value of its one return line
    cases    : tuples of arguments, the telling ones first
    slips    : typical wrong answers with the messages meant for them
    accepts  : instead of comparing, for a value that many answers solve: a function (answer) that raises
               WrongError unless the answer does
    """

    id: str
    prompt: str
    stub: str
    hints: Sequence[str]
    solved: Callable[..., Any]
    cases: Sequence[tuple[Any, ...]] = ((),)
    slips: Sequence[Slip] = ()
    accepts: Callable[[Any], None] | None = None
    _hints_used: int = field(default=0, init=False, repr=False)

    def check(self, answer: Any) -> None:
        """Print the verdict on `answer`; whatever the answer does, this does not raise."""
        print(self.judge(answer).message)

    def hint(self) -> None:
        """Print the next hint."""
        print(self._next_hint())

    def solution(self) -> None:
        """Print a solution, under the name that the stub has."""
        print(self.solution_source())

    def solution_source(self) -> str:
        """A solution's source, as the learner would write it in the stub's place."""
        source = textwrap.dedent(inspect.getsource(self.solved)).rstrip()
        if self._names:
            return source.replace(self.solved.__name__, self.id)
        return f"{self.id} = {source.split('return ', 1)[1]}"

    @property
    def _names(self) -> list[str]:
        """The names of the arguments of the function that is asked for; none if it is a value."""
        return list(inspect.signature(self.solved).parameters)

    def judge(self, answer: Any) -> Verdict:
        """The verdict on `answer`, as data: what `check` prints."""
        try:
            self._test(answer)
        except _NotAttemptedError:
            return Verdict(NOT_ATTEMPTED, "Not attempted yet: put your answer where the ... stands.")
        except WrongError as wrong:
            return Verdict(WRONG, f"Not yet. {wrong}\n{self._next_hint()}")
        except Exception as error:
            return Verdict(CRASHED, f"Your answer raised {_place(error, answer)}\n{self._next_hint()}")
        return Verdict(PASSED, "Correct.")

    def _test(self, answer: Any) -> None:
        if answer is ...:
            raise _NotAttemptedError
        if self._names and not callable(answer):
            raise WrongError(f"Expected a function, got {_shown(answer)}.")
        if self.accepts is not None:
            self.accepts(answer)
        elif self._names:
            for case in self.cases:
                self._compare(self._call(answer, case), case)
        else:
            self._compare(answer, ())

    def _call(self, function: Callable[..., Any], case: tuple[Any, ...]) -> Any:
        arguments = copy.deepcopy(case)
        got = function(*arguments)
        if got is ...:
            raise _NotAttemptedError
        for name, before, after in zip(self._names, case, arguments, strict=True):
            if not _same(after, before):
                raise WrongError(f"Your function changes its argument {name}; work on a copy.")
        return got

    def _compare(self, got: Any, case: tuple[Any, ...]) -> None:
        expected = self.solved(*copy.deepcopy(case))
        if _same(got, expected):
            return
        given = ", ".join(f"{name} = {_shown(value)}" for name, value in zip(self._names, case, strict=True))
        where = f"For {given}: expected" if case else "Expected"
        # A value's answer stays secret: the message says only what came.
        said = f"{where} {_contrast(expected, got)}." if case else f"{_shown(got)} is not it."
        raise WrongError(" ".join(filter(None, [said, self._slip(got, case) or _difference(got, expected)])))

    def _slip(self, got: Any, case: tuple[Any, ...]) -> str:
        for slip in self.slips:
            wrong = slip.answer(*copy.deepcopy(case)) if case else slip.answer
            if _same(got, wrong):
                return slip.message
        return ""

    def _next_hint(self) -> str:
        if self._hints_used == len(self.hints):
            return f"No hint is left; {self.id}.solution() shows a solution."
        self._hints_used += 1
        return f"Hint {self._hints_used} of {len(self.hints)}: {self.hints[self._hints_used - 1]}"


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

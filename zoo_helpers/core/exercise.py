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
import contextlib
import copy
import functools
import inspect
import io
import textwrap
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from zoo_helpers.core import diary
from zoo_helpers.core.answers import agree, contrast, difference, is_unfinished, plain, shorten, shown
from zoo_helpers.core.claims import say
from zoo_helpers.core.patience import within

PASSED, WRONG, CRASHED, NOT_ATTEMPTED = "passed", "wrong", "crashed", "not attempted"
PATIENCE = 10  # seconds that a function may take for one case


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


class _CrashedError(Exception):
    """The answer raised something, or never ends."""


@dataclass
class Exercise:
    """One exercise of a lesson; a notebook calls `check(answer)`, `hint()` and `solution()`.

    solved  : a function that solves it. With parameters: the learner writes such a function, compared on
              `cases`; without: the learner gives the value that it returns in one line
    hints   : three, from a nudge to nearly the answer
    minutes : what a learner takes for it
    cases   : tuples of arguments, the telling ones first
    accepts : instead of comparing, for what many answers solve: a function (answer) that raises WrongError
              unless the answer does; a learner's function is called by `run`
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
        verdict = self.judge(answer)
        say(verdict.message)
        if verdict.outcome != NOT_ATTEMPTED:
            lesson = self.solved.__module__.split(".")[-2:][0]
            diary.note("exercises", f"{lesson}.{self.name}", verdict.outcome)

    def hint(self) -> None:
        """Print the next hint."""
        if self._hints_used == len(self.hints):
            say(f"No hint is left.\nexercises.{self.name}.solution()  # shows a solution")
            return
        self._hints_used += 1
        say(f"Hint {self._hints_used} of {len(self.hints)}: {self.hints[self._hints_used - 1]}")

    def solution(self) -> None:
        """Print a solution, as the learner would write it in the stub's place."""
        say(self.solution_source())

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

    @property
    def _more(self) -> str:
        """The last line of a verdict: it can be run as it is."""
        return f"exercises.{self.name}.hint()  # gives a hint"

    def judge(self, answer: Any) -> Verdict:
        """The verdict on `answer`, as data: what `check` prints."""
        try:
            self._test(answer)
        except _NotAttemptedError:
            return Verdict(NOT_ATTEMPTED, "Not attempted yet: put your answer where the ... stands.")
        except WrongError as wrong:
            return Verdict(WRONG, f"Not yet. {wrong}\n{self._more}")
        except _CrashedError as crashed:
            return Verdict(CRASHED, f"{crashed}\n{self._more}")
        except KeyboardInterrupt:
            return Verdict(CRASHED, f"You stopped it.\n{self._more}")
        return Verdict(PASSED, "Correct.")

    def _test(self, answer: Any) -> None:
        if is_unfinished(answer):
            raise _NotAttemptedError
        if self._names and (not callable(answer) or isinstance(answer, Exercise)):
            raise WrongError(f"The answer is a function; got {shown(answer)}.")
        if not self._names and inspect.isfunction(answer):
            raise WrongError("The answer is a value; got a function: call it.")
        if self.accepts is not None:
            self._ask(answer)
            return
        for case in self.cases:
            expected = self.solved(*copy.deepcopy(case))
            got = self._call(answer, case) if self._names else answer
            if not agree(got, expected):
                said = [self._contrast(case, expected, got), self._slip(answer) or self._form(got, expected)]
                raise WrongError(" ".join(filter(None, said)))

    def _ask(self, answer: Any) -> None:
        try:
            self.accepts(plain(answer))
        except (WrongError, _CrashedError, _NotAttemptedError):
            raise
        except Exception:  # it is of a kind that the test did not expect
            raise WrongError(f"{shown(answer)} is not what is asked for.") from None

    def _call(self, function: Callable[..., Any], case: tuple[Any, ...]) -> Any:
        arguments = copy.deepcopy(case)
        got = self.run(function, *arguments)
        for name, before, after in zip(self._names, case, arguments, strict=True):
            if not agree(after, before):
                raise WrongError(f"Your function changes its argument {name}; work on a copy.")
        return got

    def run(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """What the learner's function gives; if it gives nothing in time, the verdict says why.

        For `accepts`, where arguments such as Keras' symbolic tensors cannot be kept as cases.
        """
        try:
            got = within(PATIENCE, function, *arguments)
        except TimeoutError:
            raise _CrashedError(
                f"Your function had not returned after {PATIENCE} s: does a loop end?"
            ) from None
        except SystemExit:
            raise _CrashedError("Your function ends Python; let it return its result instead.") from None
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # such as asyncio's CancelledError
            raise _CrashedError(f"Your function raised {_place(error, function)}") from None
        if is_unfinished(got):
            raise _NotAttemptedError
        return got

    def _contrast(self, case: tuple[Any, ...], expected: Any, got: Any) -> str:
        """What came instead of what; the answer to a question without arguments stays secret."""
        if not case:
            return f"{shown(got, 10)} is not it."
        given = ", ".join(f"{name} = {shown(value)}" for name, value in zip(self._names, case, strict=True))
        return f"For {given}: {contrast(expected, got)}."

    def _form(self, got: Any, expected: Any) -> str:
        if got is None and self._names:
            return "A function without a return statement returns None: is yours missing?"
        if isinstance(got, tuple) and not self._names:
            return "A comma makes a tuple; write 99.5 for 99,5 and 12_345 for 12,345."
        if got is None:
            return "print(x) shows x and gives None; write x alone."
        return difference(got, expected)

    def _slip(self, answer: Any) -> str:
        """The message of the slip that gives the same as the answer in all cases, if there is one."""
        with contextlib.redirect_stdout(io.StringIO()):  # what the answer prints has been seen before
            given = [_outcome(answer, case) if self._names else answer for case in self.cases]
        for slip in self.slips:
            if all(map(agree, given, (_outcome(slip.answer, case) for case in self.cases))):
                return slip.message
        return ""


def _outcome(function: Callable[..., Any], case: tuple[Any, ...]) -> Any:
    """What a function gives for a case, or the name of the error that it raises."""
    try:
        return within(PATIENCE, function, *copy.deepcopy(case))
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        return f"raises {type(error).__name__}"


def exercise(
    *hints: str,
    minutes: int,
    cases: Sequence[tuple[Any, ...]] = ((),),
    accepts: Callable[[Any], None] | None = None,
) -> Callable[[Callable[..., Any]], Exercise]:
    """Decorator that turns a solution into an `Exercise`, with its hints; for the rest see there."""
    return functools.partial(Exercise, hints=hints, minutes=minutes, cases=cases, accepts=accepts)


def _place(error: BaseException, answer: Any) -> str:
    """The error in one line, with the line of the learner's own function where it arose."""
    code = getattr(answer, "__code__", None)
    frames = traceback.extract_tb(error.__traceback__)
    lines = [f.lineno for f in frames if code and (f.filename, f.name) == (code.co_filename, code.co_name)]
    where = f" in its line {lines[0] - code.co_firstlineno + 1}" if lines else ""
    try:
        words = shorten(str(error))
    except Exception:  # its own `__str__` fails
        words = ""
    return f"{type(error).__name__}{where}: {words or 'without a word'}"

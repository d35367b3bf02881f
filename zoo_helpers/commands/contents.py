"""What a lesson's notebook holds, read for whoever teaches it: sections, guesses, notes, exercises, quiz."""

from __future__ import annotations

import ast
import importlib
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

HEADING = re.compile(r"^## (Deeper: )?(.+?) \((\d+) min\)$", re.MULTILINE)
NEEDS = re.compile(r"You should (?:know|have) [^\n]+?\.(?=\s|$)")  # one sentence of the title cell
EXERCISES = re.compile(r"^from zoo_helpers\.(\w+) import .*\bexercises\b", re.MULTILINE)


@dataclass(frozen=True)
class Guess:
    """A question that learners answer before the lesson does: its options, the right one, and why."""

    question: str
    options: tuple[str, ...]
    answer: str = ""
    because: str = ""


@dataclass
class Section:
    """A part of a lesson under a heading of its own; `cells` are its code cells, by their places."""

    title: str
    minutes: int
    deeper: bool
    cells: list[int] = field(default_factory=list)
    guesses: list[Guess] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Contents:
    """All that a lesson holds; `module` is the part of the package that its exercises come from."""

    title: str
    needs: str
    module: str
    sections: tuple[Section, ...]
    exercises: tuple[str, ...]

    def minutes(self, deeper: bool) -> int:
        """The minutes of the core path, or of the sections "Deeper"."""
        return sum(section.minutes for section in self.sections if section.deeper == deeper)

    @property
    def guesses(self) -> list[Guess]:
        """All guesses, in their order."""
        return [guess for section in self.sections for guess in section.guesses]

    @property
    def lesson_exercises(self) -> list[Any]:
        """The exercises, in the order of the lesson, with their slips."""
        module = importlib.import_module(f"zoo_helpers.{self.module}.exercises")
        return [getattr(module, name) for name in self.exercises]

    @property
    def quiz(self) -> dict[str, dict[str, str]]:
        """Question -> choice -> its explanation; none where a lesson has no quiz."""
        return getattr(importlib.import_module(f"zoo_helpers.{self.module}.exercises"), "QUIZ", {})


def read(path: Path) -> Contents:
    """What the lesson at `path` holds."""
    cells = nbformat.read(path, as_version=4).cells
    sections: list[Section] = []
    answers = _answers(cells)
    for place, cell in enumerate(cells):
        heading = HEADING.search(cell.source) if cell.cell_type == "markdown" else None
        if heading:
            sections.append(Section(heading[2], int(heading[3]), bool(heading[1])))
        if not sections:
            continue
        if cell.metadata.get("slideshow", {}).get("slide_type") == "notes":
            sections[-1].notes.append(_note(cell.source))
        elif cell.cell_type == "code":
            sections[-1].cells.append(place)
            sections[-1].guesses += [
                Guess(question, options, *_right(answers.get(name, ""), options))
                for name, question, options in _predictions(cell.source)
            ]
    code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    return Contents(
        title=re.search(r"^# (.+)$", cells[0].source, re.MULTILINE)[1],
        needs=(NEEDS.search(cells[0].source) or [""])[0],
        module=EXERCISES.search(code)[1],
        sections=tuple(sections),
        exercises=tuple(re.findall(r"^exercises\.(\w+)\.check\(", code, re.MULTILINE)),
    )


def _note(source: str) -> str:
    """The words of a note, without the fold around them."""
    return " ".join(re.sub(r"<summary>.*?</summary>|</?details>", "", source).split())


def _predictions(source: str) -> list[tuple[str, str, tuple[str, ...]]]:
    """(its name, the question, the options) of each guess that a cell asks for."""
    return [
        (node.targets[0].id, *map(ast.literal_eval, node.value.args))
        for node in ast.parse(source).body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and ast.unparse(node.value.func).endswith("Prediction")
    ]


def _answers(cells: list[NotebookNode]) -> dict[str, str]:
    """name of a guess -> the answer and the reason: as written, or as stored where a cell computes them."""
    found = {}
    for cell in cells:
        for node in ast.walk(ast.parse(cell.source)) if cell.cell_type == "code" else ():
            if isinstance(node, ast.Call) and re.fullmatch(r"\w+\.reveal", name := ast.unparse(node.func)):
                said = "".join(output.get("text", "") for output in cell.outputs)
                stored = re.search(r"^Answer: (.+)$", said, re.MULTILINE)
                try:
                    answer, because = map(ast.literal_eval, node.args)
                    line = f"{answer}. {because}"
                except ValueError:
                    line = stored[1] if stored else ""
                found[name.removesuffix(".reveal")] = line
    return found


def _right(line: str, options: tuple[str, ...]) -> tuple[str, str]:
    """The right option and the reason, from the line that says both."""
    for option in sorted(options, key=len, reverse=True):
        if line.startswith(f"{option}. "):
            return option, line[len(option) + 2 :]
    return "", ""

"""A lesson's notebook as a page: the same cells and stored outputs, with what needs a kernel made to be read.

An explorer becomes its still picture; a guess, a list to choose from; its answer and each choice of the quiz
open on a click. Hints and solutions are a page of their own. The presenter's notes are left out.
"""

from __future__ import annotations

import ast
import base64
import importlib
import io
import re
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
from nbformat.v4 import new_markdown_cell, new_notebook, new_output

from zoo_helpers.commands.contents import EXERCISES
from zoo_helpers.core import figures, widgets

if TYPE_CHECKING:
    from types import ModuleType

    from nbformat import NotebookNode

    from zoo_helpers.core.exercise import Exercise

CHECK = re.compile(r"exercises\.(\w+)\.check\(")
QUIZ = "widgets.Quiz(exercises.QUIZ)"
TASK = re.compile(r"^### Exercise: (.+)$", re.MULTILINE)
ANSWER = re.compile(r"^Answer: (.*)\n", re.MULTILINE)
SILENT = ("Progress: ",)  # what stands for a widget that has nothing to read


class LessonPage:
    """What becomes of one notebook: `page`, a notebook to read, and `hints`, a page in Markdown."""

    def __init__(self, path: Path, pictures: Path, *, pdf: bool) -> None:
        """Read the notebook, and write its pictures into the folder `pictures`."""
        pictures.mkdir(parents=True)
        book = nbformat.read(path, as_version=4)
        self._lesson = EXERCISES.search("\n".join(cell.source for cell in book.cells))[1]
        self.name = path.stem
        self._pictures = pictures
        self._exercises: ModuleType = importlib.import_module(f"zoo_helpers.{self._lesson}.exercises")
        self._tasks: dict[str, str] = {}  # an exercise's name -> its title
        self._questions: dict[str, str] = {}  # the name that a guess's cell binds -> its question

        title, rest = book.cells[0].source.split("\n", 1)
        link = f'<a href="pdf/{self.name}.pdf">This page as PDF</a>' if pdf else ""
        first = new_markdown_cell(f'{title}\n\n<p class="zoo-online">{link}</p>\n{rest}')
        cells = [first, *(read for cell in book.cells[1:] for read in self._read(cell))]
        self.page = new_notebook(cells=cells, metadata=book.metadata)
        self.hints = self._hints(title.removeprefix("# "))

    def _read(self, cell: NotebookNode) -> list[NotebookNode]:
        """What stands on the page in a cell's place."""
        if cell.metadata.get("slideshow", {}).get("slide_type") == "notes":
            return []
        if cell.cell_type == "markdown":
            return [new_markdown_cell(self._text(cell))]
        shown = _plain(cell.outputs[0]) if cell.outputs else ""
        if shown.startswith("Your guess. "):
            return [new_markdown_cell(self._guess(cell, shown))]
        if cell.source == QUIZ:
            return [new_markdown_cell(_quiz(self._exercises.QUIZ))]
        if check := CHECK.match(cell.source):
            link = f"[Hints and a solution](#{self._place(check[1])}-hints)"
            return [new_markdown_cell(f"{{.zoo-online}}\n{link}")]
        return self._code(cell)

    def _text(self, cell: NotebookNode) -> str:
        """A cell's text; an exercise's task gets a name to link to."""
        if not cell.id.endswith("-task"):
            return cell.source
        name = cell.id.removesuffix("-task").replace("-", "_")
        title = TASK.search(cell.source)
        self._tasks[name] = title[1] if title else name
        return f"({self._place(name)}-task)=\n{cell.source}"

    def _place(self, exercise: str) -> str:
        """The beginning of the names that links to an exercise use; no other lesson has it."""
        return f"{self._lesson}-{exercise}".replace("_", "-")

    def _guess(self, cell: NotebookNode, shown: str) -> str:
        """A guess, of which `shown` is the stored text, as a list of radio buttons."""
        question, *options = shown.removeprefix("Your guess. ").split("\n( ) ")
        question = question.replace("\n", " ")
        self._questions[cell.source.split(" = ")[0]] = question
        lines = [
            '<fieldset class="zoo-guess">',
            f"<legend><strong>Your guess.</strong> {escape(question)}</legend>",
            *(f'<label><input type="radio" name="{cell.id}"> {escape(one)}</label>' for one in options),
            "</fieldset>",
        ]
        return "\n".join(lines)

    def _code(self, cell: NotebookNode) -> list[NotebookNode]:
        """A cell of code, a helper's folded, with its outputs; and below it the answer to a guess, folded."""
        if cell.metadata.get("jupyter", {}).get("source_hidden"):
            cell.metadata.setdefault("tags", []).append("hide-input")
        cell.source, guess = _without_reveal(cell.source)
        below = []
        for output in cell.outputs if guess else ():
            if answer := ANSWER.search(output.get("text", "")):
                output.text = output.text.replace(answer[0], "")
                question = f"Answer to your guess: {self._questions[guess]}"
                below.append(new_markdown_cell(_folded(question, f"<p>{escape(answer[1])}</p>")))
        cell.outputs = [
            self._figure(f"{cell.id}-{number}.png", output) if _words(output) else output
            for number, output in enumerate(cell.outputs)
            if output.get("text") != ""
            and not _plain(output).startswith(SILENT)
            and _plain(output) not in map(_words, cell.outputs[:number])  # a caption: the figure has it
        ]
        return [cell, *below] if cell.source or cell.outputs else below

    def _figure(self, name: str, output: NotebookNode) -> NotebookNode:
        """A picture with its caption, as HTML; an explorer's without the words that are part of it."""
        from PIL import Image

        png, of = base64.b64decode(output.data["image/png"]), output.metadata["image/png"]
        caption = escape(of["alt"])
        if _plain(output).startswith("Explorer: "):
            png = figures.without_words(png, widgets.on_still(of["alt"]), of["width"])
            controls = _plain(output).removeprefix("Explorer: ").removesuffix(f". {of['alt']}")
            caption = (
                f"<strong>Explorer</strong>; its controls, in the notebook: {escape(controls)}. {caption}"
            )
        (self._pictures / name).write_bytes(png)
        width, height = Image.open(io.BytesIO(png)).size
        image = (
            f'<img src="pictures/{self.name}/{name}" alt="{escape(of["alt"])}" '
            f'width="{of["width"]}" height="{round(height * of["width"] / width)}">'
        )
        html = f'<figure class="zoo-picture">{image}<figcaption>{caption}</figcaption></figure>'
        return new_output("display_data", {"text/html": html})

    def _hints(self, title: str) -> str:
        """The page with the exercises' hints and solutions, each folded; no menu or search leads there."""
        parts = [
            f"---\norphan: true\nnosearch: true\n---\n\n# Hints and solutions: {title}",
            f"What each exercise asks stands in [the lesson]({self.name}.ipynb).",
        ]
        for name, task in self._tasks.items():
            exercise: Exercise = getattr(self._exercises, name)
            slips = "".join(f"<li>{escape(slip.message)}</li>" for slip in exercise.slips)
            parts += [
                f"({self._place(name)}-hints)=\n## {task[0].upper()}{task[1:]}",
                f"[The task](#{self._place(name)}-task)",
                *(
                    _folded(f"Hint {number}", f"<p>{escape(hint)}</p>")
                    for number, hint in enumerate(exercise.hints, 1)
                ),
                _folded("What often goes wrong", f"<ul>{slips}</ul>"),
                _folded("A solution", f"\n```python\n{exercise.solution_source()}\n```\n"),
            ]
        return "\n\n".join(parts) + "\n"


def _plain(output: NotebookNode) -> str:
    """The text that stands for what a cell displays; none for what it prints."""
    return output.get("data", {}).get("text/plain", "")


def _words(output: NotebookNode) -> str | None:
    """The words that belong to a picture; None for all else."""
    return output.get("metadata", {}).get("image/png", {}).get("alt")


def _without_reveal(source: str) -> tuple[str, str]:
    """The source without its statement `guess.reveal(…)`, which tells the answer; and the guess's name."""
    for statement in ast.parse(source).body:
        call = getattr(statement, "value", None)
        if isinstance(call, ast.Call) and getattr(call.func, "attr", "") == "reveal":
            lines = source.splitlines()
            kept = lines[: statement.lineno - 1] + lines[statement.end_lineno :]
            return "\n".join(kept).strip(), call.func.value.id
    return source, ""


def _quiz(questions: Mapping[str, Mapping[str, str]]) -> str:
    """A quiz whose every choice opens its explanation."""
    lines = ['<div class="zoo-quiz">']
    for number, (question, choices) in enumerate(questions.items(), start=1):
        label = f"question-{number}"
        lines.append(f'<div role="group" aria-labelledby="{label}">')
        lines.append(f'<p id="{label}"><strong>{number}.</strong> {escape(question)}</p>')
        for choice, why in choices.items():
            mark = "✓" if why.startswith("Right") else "✗"
            lines.append(_folded(choice, f"<p>{mark} {escape(why)}</p>"))
        lines.append("</div>")
    return "\n".join([*lines, "</div>"])


def _folded(summary: str, inside: str) -> str:
    return f'<details class="zoo-folded">\n<summary>{escape(summary)}</summary>\n{inside}\n</details>'

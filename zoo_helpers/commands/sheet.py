"""Make run sheets to print, one page a lesson: minutes, waits, what to ask, where learners go wrong.

A lesson is run once, in a folder of its own, to measure its waits on this machine; they are kept in a small
file beside the sheets, and measured again when the lesson's code or the machine is another. All words come
from the lesson: its headings, guesses and notes, and what its exercises say to typical wrong answers.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import re
import tempfile
from collections.abc import Iterator
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any

from zoo_helpers.commands.lessons import Stop, lesson, lessons

WAIT = 1.0  # seconds: what is shorter is no wait
SLIPS = 3  # of each exercise: the first are the most typical
LARGEST, SMALLEST = 9.5, 7.5  # points of the letters
STYLE = """
@page { size: A4; margin: 11mm 12mm }
body { font: 9.5pt/1.28 "Helvetica Neue", Arial, "DejaVu Sans", sans-serif; color: #000; margin: 0 auto;
       max-width: 186mm }
section { break-after: page; break-inside: avoid; padding-top: 1px }
section:last-child { break-after: auto }
h1 { font-size: 1.45em; margin: 0 0 .2em }
h2 { font-size: 1.1em; margin: .8em 0 .25em; border-bottom: 1px solid #000 }
p { margin: .2em 0 }
table { border-collapse: collapse; width: 100%; margin-top: .5em }
th { text-align: left; border-bottom: 1px solid #000; font-weight: bold }
td, th { vertical-align: top; padding: .2em .6em .2em 0 }
tbody tr { border-bottom: 1px solid #bbb }
td:nth-child(-n + 2) { text-align: right; white-space: nowrap }
td:nth-child(3) { width: 24% }
td:nth-child(4) { width: 9%; font-weight: bold }
code { font-family: "DejaVu Sans Mono", monospace; font-size: .9em }
.deeper { background: #eee }
.slips { columns: 3; column-gap: 1.6em }
.slips div { break-inside: avoid; margin-bottom: .35em }
ul { margin: 0; padding-left: 1.1em }
@media screen { section { border-bottom: 1px dashed #999; margin: 2em 0; padding-bottom: 2em } }
@media print { .deeper { print-color-adjust: exact } }
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Which lessons, and where the sheets go."""
    parser.add_argument("lessons", nargs="*", metavar="LESSON", help="such as 03; all if left out")
    parser.add_argument(
        "--output", type=Path, default=Path("run-sheets.html"), help="run-sheets.html if left out"
    )


def run(options: argparse.Namespace) -> int:
    """Measure what is not measured yet, and write the sheets."""
    from zoo_helpers.commands import contents, running

    paths = [lesson(number) for number in options.lessons] or lessons()
    kept = _Kept(options.output.with_suffix(".json"), running.machine())
    pages = []
    try:
        options.output.parent.mkdir(parents=True, exist_ok=True)
        for path in paths:
            pages.append(page(contents.read(path), kept.seconds(path), kept.machine))
        options.output.write_text(whole(pages), encoding="utf-8")
    except OSError as error:
        raise Stop(f"{options.output} could not be written: {error.strerror or error}") from None
    print(f"{options.output}: {len(pages)} run sheets; open it in a browser and print it.")
    return 0


def whole(pages: list[str]) -> str:
    """The sheets as one file, which needs nothing beside it."""
    head = f'<meta charset="utf-8"><title>Run sheets of the CNN zoo</title><style>{STYLE}</style>'
    return f'<!doctype html><html lang="en"><head>{head}</head><body>{"".join(pages)}</body></html>\n'


def page(contents: Any, seconds: dict[int, tuple[int, float]], machine: str) -> str:
    """One lesson's sheet.

    seconds : place of a code cell -> its number in a run from top to bottom, and its seconds
    """
    rows, words = list(_rows(contents, seconds)), []
    for exercise in contents.lesson_exercises:
        slips = "".join(f"<li>{_html(slip.message)}</li>" for slip in exercise.slips[:SLIPS])
        words.append(f"<div><b>{exercise.name}</b> ({exercise.minutes} min)<ul>{slips}</ul></div>")
    deeper = contents.minutes(deeper=True)
    total = sum(spent for _, spent in seconds.values())
    head = [
        f"<h1>{_html(contents.title)}</h1>",
        f"<p><b>{contents.minutes(deeper=False)} min</b>" + f", and {deeper} min of Deeper" * bool(deeper),
        f". All cells: {total:.0f} s here ({escape(machine)}). {_html(contents.needs)}</p>",
    ]
    table = (
        "<table><thead><tr><th>clock</th><th>min</th><th>section</th><th>waits</th>"
        f"<th>what to ask, what to watch for</th></tr></thead><tbody>{''.join(rows)}</tbody></table>"
    )
    body = f"{''.join(head)}{table}<h2>Where learners go wrong</h2><div class='slips'>{''.join(words)}</div>"
    return f'<section style="font-size: {_points(body):.1f}pt">{body}</section>'


def _points(body: str) -> float:
    """Letters as large as one page allows."""
    return min(LARGEST, max(SMALLEST, LARGEST - (len(body) - 3500) / 900))


def _rows(contents: Any, seconds: dict[int, tuple[int, float]]) -> Iterator[str]:
    clock = 0
    for section in contents.sections:
        numbered = (seconds[place] for place in section.cells if place in seconds)
        waits = [f"[{number}]&nbsp;{spent:.0f}&nbsp;s" for number, spent in numbered if spent >= WAIT]
        asked = [
            f"<b>Ask.</b> {_html(one.question)}" + f" <b>→ {_html(one.answer)}.</b>" * bool(one.answer)
            for one in section.guesses
        ]
        cells = (
            "" if section.deeper else f"{clock // 60}:{clock % 60:02}",
            str(section.minutes),
            "Deeper: " * section.deeper + _html(section.title),
            ", ".join(waits),
            "".join(f"<p>{words}</p>" for words in [*asked, *map(_html, section.notes)]),
        )
        columns = "".join(f"<td>{cell}</td>" for cell in cells)
        yield f"<tr{' class=deeper' * section.deeper}>{columns}</tr>"
        clock += section.minutes * (not section.deeper)


def _html(words: str) -> str:
    """Words of a lesson, code and emphasis as such."""
    code = re.sub("`([^`]+)`", r"<code>\1</code>", escape(words, quote=False))
    return re.sub(r"(?<!\w)\*([^*\s][^*]*)\*(?!\w)", r"<i>\1</i>", code)


class _Kept:
    """The seconds that lessons took on this machine, in a file; one that cannot be read counts as empty."""

    def __init__(self, path: Path, machine: str) -> None:
        self.path, self.machine, self.runs = path, machine, {}
        with contextlib.suppress(OSError, ValueError, AttributeError, TypeError):
            stored = json.loads(path.read_text(encoding="utf-8"))
            if stored.get("machine") == machine:
                self.runs = dict(stored["runs"])

    def seconds(self, path: Path) -> dict[int, tuple[int, float]]:
        """place of a code cell -> its number and its seconds; the lesson is run if that is not known yet."""
        import nbformat

        cells = nbformat.read(path, as_version=4).cells
        code = [place for place, cell in enumerate(cells) if cell.cell_type == "code"]
        says = sha256("\0".join(cells[place].source for place in code).encode("utf-8")).hexdigest()
        known = self.runs.get(path.stem, {})
        if not (isinstance(known, dict) and known.get("code") == says):
            known = {"code": says, "seconds": self._measure(path.stem, cells)}
            self.runs[path.stem] = known
            stored = {"machine": self.machine, "runs": self.runs}
            self.path.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")
        pairs = zip(code, known["seconds"], strict=True)
        return {place: (number, spent) for number, (place, spent) in enumerate(pairs, start=1)}

    def _measure(self, name: str, cells: list[Any]) -> list[float]:
        from jupyter_client.manager import start_new_kernel

        from zoo_helpers.commands.running import run_cells

        print(f"{name}: running it once, to measure its waits ...", flush=True)
        with tempfile.TemporaryDirectory(prefix="zoo-sheet-", ignore_cleanup_errors=True) as folder:
            manager, client = start_new_kernel(cwd=folder, extra_arguments=["--log-level=ERROR"])
            try:
                return list(run_cells(client, cells, said=lambda share: None).values())
            finally:
                client.stop_channels()
                manager.shutdown_kernel(now=True)

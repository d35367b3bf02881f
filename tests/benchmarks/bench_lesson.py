"""Every lesson from top to bottom, in a kernel like a learner's: seconds, memory, and explorers' answers."""

import json
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell

from tests.benchmarks.timing import yes_or_no

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
SECONDS = {"01_topk_error": 60, "06_resnet": 120}  # a lesson's budget, where it is not
USUAL_SECONDS = 90
PICTURE_FIRST = "01_topk_error"  # its first picture does not wait for TensorFlow

LOADED = "import sys; print('tensorflow' in sys.modules)"
MEGABYTES = """
import resource, sys
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(peak / (1e6 if sys.platform == "darwin" else 1e3))
"""
ANSWERS = """
import asyncio, gc, json, statistics, time
from zoo_helpers.core.widgets import Explorer

def positions(control):
    if isinstance(control.value, bool):
        return [False, True]
    if hasattr(control, "min"):
        steps = round((control.max - control.min) / control.step)
        return [control.min + control.step * (steps * part // 10) for part in range(11)]
    return [value for _, value in getattr(control, "_options_full", ())]  # a pad, an upload: none to try

def answer(explorer, control, value, first):
    if first:
        explorer._album._pictures.clear()
    start = time.perf_counter()
    control.value = value
    return time.perf_counter() - start

def answers(explorer, first):
    for control in explorer.controls.values():
        before = control.value
        for value in positions(control):
            if value != control.value:
                yield answer(explorer, control, value, first)
        control.value = before

explorers = [thing for thing in gc.get_objects() if isinstance(thing, Explorer)]
while any(explorer._album._keeps and explorer._album._nearest() for explorer in explorers):
    await asyncio.sleep(0.1)
moves = [[list(answers(explorer, first)) for explorer in explorers] for first in (False, True)]
print(json.dumps([[statistics.median(times) for times in each if times] for each in moves]))
"""


def rows():
    """What was measured, its value, the bound, and whether it holds, lesson by lesson."""
    return [row for path in sorted(NOTEBOOKS.glob("*.ipynb")) for row in lesson_rows(path)]


def lesson_rows(path):
    """A lesson's rows."""
    lesson = Lesson(path)
    budget = SECONDS.get(path.stem, USUAL_SECONDS)
    slowest = max(lesson.seconds, key=lesson.seconds.get)
    total, worst = sum(lesson.seconds.values()), lesson.seconds[slowest]
    measured = [
        ("top to bottom", f"{total:.0f} s", f"under {budget} s", total < budget),
        (f"its slowest cell, {slowest}", f"{worst:.1f} s", "under 30 s", worst < 30),
        ("its kernel's memory at the peak", f"{lesson.gigabytes:.1f} GB", "under 3 GB", lesson.gigabytes < 3),
    ]
    for answers, when, bound in zip(lesson.answers, ("after a rest", "at once"), (100, 250), strict=True):
        if answers:
            answer = 1000 * max(answers)
            what = f"an answer {when} of its slowest of {len(answers)} explorers, median"
            measured.append((what, f"{answer:.0f} ms", f"under {bound} ms", answer < bound))
    if path.stem == PICTURE_FIRST:
        before = lesson.first_picture_without_tensorflow
        measured.append(("its first picture is there before TensorFlow", yes_or_no(before), "yes", before))
    return [(f"{path.stem}: {what}", *row) for what, *row in measured]


class Lesson:
    """A notebook, run once.

    seconds                          : from a cell's id to what it took; "the kernel's start" is among them
    gigabytes                        : the most memory that the kernel held
    answers                          : for each explorer, the median seconds from a move to its picture, where
                                       the kernel had the time to draw ahead, and where it had not
    first_picture_without_tensorflow : whether TensorFlow was not yet loaded at the first picture
    """

    def __init__(self, path):
        self.notebook = nbformat.read(path, as_version=4)
        self.seconds = {}
        self.first_picture_without_tensorflow = None
        self.client = NotebookClient(
            self.notebook,
            timeout=600,
            kernel_name="python3",
            resources={"metadata": {"path": str(path.parent)}},
            extra_arguments=["--log-level=ERROR"],
        )
        start = time.perf_counter()
        with self.client.setup_kernel():
            self.seconds["the kernel's start"] = time.perf_counter() - start
            for index, cell in enumerate(self.notebook.cells):
                if cell.cell_type == "code":
                    self.run(cell, index)
            self.gigabytes = float(self.ask(MEGABYTES)) / 1000
            self.answers = json.loads(self.ask(ANSWERS))

    def run(self, cell, index):
        start = time.perf_counter()
        self.client.execute_cell(cell, index)
        self.seconds[cell.id] = time.perf_counter() - start
        has_picture = any("image/png" in output.get("data", {}) for output in cell.outputs)
        if has_picture and self.first_picture_without_tensorflow is None:
            self.first_picture_without_tensorflow = self.ask(LOADED) == "False"

    def ask(self, source):
        """What a cell that is not in the notebook prints."""
        self.notebook.cells.append(new_code_cell(source))
        self.client.execute_cell(self.notebook.cells[-1], len(self.notebook.cells) - 1)
        return self.notebook.cells.pop().outputs[0].text.strip()

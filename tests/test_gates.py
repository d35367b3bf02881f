"""The gates on notebooks close: each one fails on a notebook that is wrong in just that way."""

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import test_notebooks as gates
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

TESTS = Path(__file__).parent
METADATA = {
    "kernelspec": {"name": "python3", "display_name": "Python 3"},
    "language_info": {"name": "python"},
}


def lesson(tmp_path):
    """A notebook that passes every gate."""
    caption = "A picture with a caption that is long enough."
    picture = new_output("display_data", {"image/png": "iVBORw0K", "text/plain": "Picture"})
    picture.metadata["image/png"] = {"alt": caption}
    shown = new_output("display_data", {"text/markdown": f"*{caption}*", "text/plain": "Markdown"})
    book = new_notebook(metadata=METADATA)
    book.cells = [
        new_markdown_cell("# Title\n\nAbout 5 minutes.", id="title"),
        new_markdown_cell("## Section (5 min)", id="section"),
        new_code_cell("draw()", id="draw", execution_count=1, outputs=[picture, shown]),
        new_markdown_cell("For the speaker.", id="notes"),
    ]
    for cell, kind in zip(book.cells, ("slide", "slide", "fragment", "notes"), strict=True):
        cell.metadata["slideshow"] = {"slide_type": kind}
    path = tmp_path / "lesson.ipynb"
    path.write_text(nbformat.writes(book))
    book.path = path
    return book


def output(kind, **content):
    return lambda book: book.cells[2].outputs.append(new_output(kind, **content))


WRONG = [  # (the gate, what is wrong with the notebook)
    ("cells_were_run_in_order", lambda book: book.cells[2].update(execution_count=2)),
    ("cells_were_run_in_order", lambda book: book.cells[2].update(execution_count=None)),
    ("no_errors_and_nothing_on_standard_error", output("stream", name="stderr", text="warning")),
    ("no_errors_and_nothing_on_standard_error", output("error", ename="E", evalue="", traceback=[])),
    ("nothing_stored_that_changes_from_run_to_run", lambda book: book.metadata.update(widgets={})),
    ("nothing_stored_that_changes_from_run_to_run", lambda book: book.cells[2].metadata.update(execution={})),
    (
        "nothing_stored_that_changes_from_run_to_run",
        output("display_data", data={"application/vnd.jupyter.widget-view+json": {}}),
    ),
    ("nothing_stored_that_changes_from_run_to_run", output("stream", text="<object at 0x7f2118688220>")),
    ("nbval_compares_every_output", lambda book: book.cells[2].update(source="# NBVAL_IGNORE_OUTPUT")),
    ("nbval_compares_every_output", lambda book: book.cells[2].metadata.update(tags=["nbval-skip"])),
    ("nbval_compares_every_output", lambda book: book.cells[2].metadata.update(tags=["raises-exception"])),
    ("cell_ids_are_unique_words", lambda book: book.cells[0].update(id="notes")),
    ("cell_ids_are_unique_words", lambda book: book.cells[0].update(id="4f1d2c3b")),
    ("headings_skip_no_level_and_there_is_one_title", lambda book: book.cells[1].update(source="### Deep")),
    ("headings_skip_no_level_and_there_is_one_title", lambda book: book.cells[1].update(source="# Title")),
    (
        "sections_carry_minutes_that_add_up_to_the_title_cells",
        lambda book: book.cells[1].update(source="## Bare"),
    ),
    (
        "sections_carry_minutes_that_add_up_to_the_title_cells",
        lambda book: book.cells[1].update(source="## Section (6 min)"),
    ),
    ("pictures_have_a_caption", lambda book: book.cells[2].outputs[0].metadata["image/png"].update(alt="")),
    (
        "pictures_have_a_caption",
        lambda book: book.cells[2].outputs[1].data.update({"text/markdown": "other"}),
    ),
    (
        "slide_types_are_ones_that_live_slides_know",
        lambda book: book.cells[1].metadata.slideshow.update(slide_type="-"),
    ),
    ("slide_types_are_ones_that_live_slides_know", lambda book: book.cells.pop()),
    ("cells_are_short", lambda book: book.cells[2].update(source="\n".join(26 * ["x"]))),
    ("cells_are_short", lambda book: book.cells[1].update(source=151 * "word ")),
    (
        "files_and_pictures_are_small",
        lambda book: book.cells[2].outputs[0].data.update({"image/png": 81_000 * "A"}),
    ),
    ("files_and_pictures_are_small", lambda book: book.path.write_bytes(bytes(1_000_000))),
    (
        "links_to_other_lessons_lead_somewhere",
        lambda book: book.cells[1].update(source="## Section (5 min)\n\n[next](gone.ipynb)"),
    ),
]


@pytest.mark.parametrize("name", sorted({name for name, _ in WRONG}))
def test_a_good_notebook_passes(name, tmp_path):
    getattr(gates, f"test_{name}")(lesson(tmp_path))


@pytest.mark.parametrize(("name", "spoil"), WRONG, ids=lambda value: value if isinstance(value, str) else "")
def test_a_wrong_notebook_fails(name, spoil, tmp_path):
    book = lesson(tmp_path)
    spoil(book)
    with pytest.raises(AssertionError):
        getattr(gates, f"test_{name}")(book)


def test_there_is_no_gate_without_a_notebook_that_it_stops():
    assert {f"test_{name}" for name, _ in WRONG} == {name for name in vars(gates) if name.startswith("test_")}


CELLS = {  # source -> outcomes of the first and of the second run
    "print('the same')": ("passed", "passed"),
    "import sys; runs = getattr(sys, 'runs', 0) + 1; sys.runs = runs; print(runs)": ("passed", "failed"),
    "import socket; socket.socket().connect_ex(('127.0.0.1', 9)); print('here')": ("passed", "passed"),
    "try:\n    socket.create_connection(('192.0.2.1', 80), 1)\nexcept OSError:\n    pass": (
        "failed",
        "failed",
    ),
    "try:\n    socket.gethostbyname('example.org')\nexcept OSError:\n    pass": ("failed", "failed"),
    "print('the same again')": ("passed", "passed"),
}
PRINTED = ["the same\n", "1\n", "here\n", "", "", "the same again\n"]


def test_a_notebook_is_run_twice_and_without_a_network(tmp_path):
    book = new_notebook(metadata=METADATA)
    for number, (source, text) in enumerate(zip(CELLS, PRINTED, strict=True), start=1):
        outputs = [new_output("stream", text=text)] if text else []
        book.cells.append(new_code_cell(source, execution_count=number, outputs=outputs))
    notebook = tmp_path / "gates.ipynb"
    notebook.write_text(nbformat.writes(book))
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "conftest",
        "-p",
        "no:cacheprovider",
        "-rN",  # in CI the summary would tell each failure once more
        "-v",
        str(notebook),
    ]
    run = subprocess.run(
        [*command, "--nbval", "--nbval-current-env", "--rootdir", str(tmp_path)],
        cwd=TESTS,
        capture_output=True,
        text=True,
    )
    for number, (source, outcomes) in enumerate(CELLS.items()):
        for name, outcome in zip((f"Cell {number} ", f"Cell {number} again "), outcomes, strict=True):
            assert f"::{name}{outcome.upper()}" in run.stdout, source
    assert run.stdout.count("tried to reach the network: socket.") == 4

"""What every notebook keeps, beside the outputs that nbval compares: order, form, size, captions, slides."""

import itertools
import re
from pathlib import Path

import nbformat
import pytest

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
SLIDE_TYPES = {"slide", "subslide", "fragment", "skip", "notes"}


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem, scope="module")
def notebook(request):
    book = nbformat.read(request.param, as_version=4)
    nbformat.validate(book)
    book.path = request.param
    return book


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def headings(notebook):
    """(level, text) of each heading, code fences left out."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            text = re.sub(r"```.*?```", "", cell.source, flags=re.DOTALL)
            yield from (
                (len(marks), words) for marks, words in re.findall(r"^(#+) (.+)$", text, re.MULTILINE)
            )


def test_cells_were_run_in_order(notebook):
    cells = code_cells(notebook)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))


def test_no_errors_and_nothing_on_standard_error(notebook):
    for cell in code_cells(notebook):
        for output in cell.outputs:
            assert output.output_type != "error", cell.id
            assert output.get("name") != "stderr", cell.id


def test_nothing_stored_that_changes_from_run_to_run(notebook):
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    for cell in code_cells(notebook):
        assert "execution" not in cell.metadata, cell.id
        for output in cell.outputs:
            assert not any("widget" in kind for kind in output.get("data", {})), cell.id
            assert " at 0x" not in str(output), cell.id


def test_nbval_compares_every_output(notebook):
    for cell in code_cells(notebook):
        assert "nbval" not in f"{cell.source} {cell.metadata}".lower(), (
            cell.id
        )  # its marks that skip or ignore
        assert "raises-exception" not in cell.metadata.get("tags", []), cell.id


def test_cell_ids_are_unique_words(notebook):
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    assert [name for name in ids if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name)] == []
    assert [name for name in ids if re.fullmatch(r"[0-9a-f]{6,}", name)] == []


def test_headings_skip_no_level_and_there_is_one_title(notebook):
    levels = [level for level, _ in headings(notebook)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below <= above + 1 for above, below in itertools.pairwise(levels))


def test_sections_carry_minutes_that_add_up_to_the_title_cells(notebook):
    sections = [words for level, words in headings(notebook) if level == 2]
    minutes = [re.search(r"\((\d+) min\)$", words) for words in sections]
    assert None not in minutes, sections
    announced = re.search(r"[Aa]bout (\d+) minutes", notebook.cells[0].source)
    assert int(announced[1]) == sum(int(found[1]) for found in minutes)


def test_pictures_have_a_caption(notebook):
    for cell in code_cells(notebook):
        for index, output in enumerate(cell.outputs):
            if "image/png" not in output.get("data", {}):
                continue
            assert len(output.metadata["image/png"]["alt"]) > 20, cell.id
            caption = output.metadata["image/png"]["alt"]
            if not output.data["text/plain"].startswith("Explorer"):  # it shows its caption itself
                assert cell.outputs[index + 1].data["text/markdown"] == f"*{caption}*", cell.id


def test_slide_types_are_ones_that_live_slides_know(notebook):
    types = [cell.metadata.get("slideshow", {}).get("slide_type") for cell in notebook.cells]
    assert set(types) - {None} <= SLIDE_TYPES
    assert types[0] == "slide"
    assert "notes" in types


def test_cells_are_short(notebook):
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert len(cell.source.splitlines()) <= 25, cell.id
        else:
            assert len(cell.source.split()) <= 150, cell.id


def test_files_and_pictures_are_small(notebook):
    assert notebook.path.stat().st_size < 1_000_000
    for cell in code_cells(notebook):
        for output in cell.outputs:
            assert len(output.get("data", {}).get("image/png", "")) * 3 / 4 < 60_000, cell.id


def test_links_to_other_lessons_lead_somewhere(notebook):
    for cell in notebook.cells:
        for target in re.findall(r"\]\(([^)#:]+)\)", cell.source if cell.cell_type == "markdown" else ""):
            assert (notebook.path.parent / target).exists(), f"{cell.id}: {target}"

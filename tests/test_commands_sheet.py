"""Run sheets: one page a lesson, out of what the lesson holds, with seconds that were measured."""

import json
import re
from html import unescape

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from zoo_helpers import commands
from zoo_helpers.commands import contents, sheet
from zoo_helpers.commands.lessons import lessons

BOOKS = {path.stem: contents.read(path) for path in lessons()}


def made_up_page(book):
    """A sheet on which every third cell takes long."""
    cells = [place for section in book.sections for place in section.cells]
    seconds = {place: (number, 12.3 * (number % 3 == 0)) for number, place in enumerate(cells, start=2)}
    return sheet.page(book, seconds, "a processor with a long name, 2 cores, Linux, Python 3.13.1")


def words_of(page):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


@pytest.mark.parametrize("name", BOOKS)
def test_a_sheet_says_what_the_lesson_says(name):
    book = BOOKS[name]
    page = made_up_page(book)
    words = words_of(page)
    assert page.count("<tr") == 1 + len(book.sections)
    assert words.count("Deeper: ") == sum(section.deeper for section in book.sections)
    for guess in book.guesses:
        assert words_of(sheet._html(guess.question)) in words
    for exercise in book.lesson_exercises:
        assert f"{exercise.name} ({exercise.minutes} min)" in words
        assert words_of(sheet._html(exercise.slips[0].message)) in words
    last = re.findall(r"<td>(\d):(\d\d)</td>\s*<td>(\d+)</td>", page)[-1]
    hours, minutes, lasts = map(int, last)
    assert 60 * hours + minutes + lasts == book.minutes(deeper=False)
    assert "[3] 12 s" in words.replace("\xa0", " ")


def test_every_guess_has_its_answer_and_every_note_its_section():
    for name, path in zip(BOOKS, lessons(), strict=True):
        cells = nbformat.read(path, as_version=4).cells
        notes = [cell for cell in cells if cell.metadata.get("slideshow", {}).get("slide_type") == "notes"]
        assert sum(len(section.notes) for section in BOOKS[name].sections) == len(notes), name
        reveals = sum(".reveal(" in cell.source for cell in cells)
        assert sum(bool(guess.answer) for guess in BOOKS[name].guesses) == reveals, name
        assert all(guess.answer in ("", *guess.options) for guess in BOOKS[name].guesses)


def test_it_prints_a_page_a_lesson(tmp_path):
    playwright = pytest.importorskip("playwright.sync_api")
    import shutil

    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no Chromium to print with")
    (tmp_path / "sheets.html").write_text(sheet.whole(list(map(made_up_page, BOOKS.values()))), "utf-8")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        page.goto((tmp_path / "sheets.html").as_uri())
        printed = page.pdf(prefer_css_page_size=True)
        browser.close()
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == len(BOOKS)


# The measurement, on a lesson of three cells


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    """A lesson that notes each run in a file; `write` gives it other code."""
    path, runs = tmp_path / "01_topk_error.ipynb", tmp_path / "runs.txt"

    def write(code):
        cells = [
            new_markdown_cell("# 1. Tiny\n\nAbout 2 minutes. You should know how to count."),
            new_code_cell("from zoo_helpers.topk import exercises"),
            new_markdown_cell("## Waiting (2 min)"),
            new_code_cell(f"open({str(runs)!r}, 'a').write('run ')"),
            new_code_cell(code),
        ]
        nbformat.write(new_notebook(cells=cells), path)

    write("import time; time.sleep(1.2)")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sheet, "lesson", lambda number: path)
    return write, runs


def test_a_lesson_is_run_once_and_again_when_its_code_or_the_machine_is_another(tiny, tmp_path, capsys):
    write, runs = tiny
    for times in (1, 1):
        assert commands.main(["sheet", "1"]) == 0
        assert runs.read_text() == "run " * times
    page = (tmp_path / "run-sheets.html").read_text(encoding="utf-8")
    assert "[3]&nbsp;1&nbsp;s" in page
    assert "You should know how to count." in page
    kept = tmp_path / "run-sheets.json"
    for damage in ('{"machine": "another", "runs": {}}', "{", "[]", '{"machine": 3}'):
        runs.unlink()
        kept.write_text(damage)
        assert commands.main(["sheet", "1"]) == 0
        assert runs.read_text() == "run "
    write("1 + 1")
    assert commands.main(["sheet", "1"]) == 0
    assert runs.read_text() == "run run "
    assert len(json.loads(kept.read_text())["runs"]) == 1
    assert capsys.readouterr().out.count("running it once") == 6


def test_a_cell_that_fails_is_named(tiny, capsys):
    write, _ = tiny
    write("1 / 0")
    assert commands.main(["sheet", "1"]) == 1
    assert re.fullmatch(r"CNN zoo: the cell \S+ fails: ZeroDivisionError: .*\n", capsys.readouterr().err)


def test_a_place_that_cannot_be_written_gets_a_line(tiny, tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert commands.main(["sheet", "1", "--output", "file/sheets.html"]) == 1
    assert "could not be written" in capsys.readouterr().err

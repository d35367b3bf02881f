"""The pages to read: each lesson whole, what needs a kernel made to be read, and all of it in one folder.

The browser's part of these tests is in `tests/browser/test_reading.py`.
"""

import base64
import io
import os
import re
import subprocess
import sys
from html import unescape
from html.parser import HTMLParser
from urllib.parse import unquote, urldefrag

import nbformat
import numpy as np
import pytest
import shared
from PIL import Image

from zoo_helpers.commands import main
from zoo_helpers.commands.lessons import lessons

LESSONS = {path.stem: nbformat.read(path, as_version=4) for path in lessons()}
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}


def build(folder):
    """Build the pages without PDFs; what the command said."""
    command = [sys.executable, "-m", "zoo_helpers.commands", "pages", str(folder)]
    environment = {**os.environ, "CHROMIUM": "no such browser"}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)


class Page(HTMLParser):
    """A page's text, with and without what is folded; its tags and their attributes; its places."""

    def __init__(self, path):
        super().__init__()
        self.path = path
        self.text = self.open_text = ""
        self.tags = []
        self.names = {""}
        self._inside = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.tags.append((tag, attributes))
        self.names.add(attributes.get("id"))
        if tag not in VOID:
            self._inside.append(tag)

    def handle_endtag(self, tag):
        if tag in self._inside:
            while self._inside.pop() != tag:
                pass

    def handle_data(self, data):
        if "script" in self._inside or "style" in self._inside:
            return
        self.text += data
        if "details" not in self._inside or "summary" in self._inside:
            self.open_text += data

    def all(self, tag, kind=None):
        """The attributes of all tags of this name, and of this class if one is named."""
        return [a for t, a in self.tags if t == tag and (kind is None or kind in a.get("class", "").split())]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reading") / "pages"
    said = build(folder)
    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout.startswith(f"{folder / 'index.html'}: {len(LESSONS)} lessons; no PDFs: ")
    assert "\n" not in said.stdout.rstrip(), "Sphinx complains"
    return folder


@pytest.fixture(scope="module")
def pages(folder):
    """All pages, by name."""
    return {path.stem: Page(path) for path in folder.glob("*.html")}


def squeezed(text):
    return re.sub(r"\s+", " ", text)


def stored(book, kind):
    """The stored texts of a notebook's outputs of one kind: stdout or a MIME type."""
    for cell in book.cells:
        for output in cell.get("outputs", ()):
            text = output.get("text") if kind == "stdout" else output.get("data", {}).get(kind)
            if text is not None:
                yield cell, text


def test_each_lesson_has_a_page_and_one_of_hints(pages):
    others = {"index", "images", "weights", "search"}
    assert set(pages) == {*LESSONS, *(f"{name}-hints" for name in LESSONS), *others}


@pytest.mark.parametrize("name", LESSONS)
def test_code_and_printed_text_are_the_notebooks(pages, name):
    text = squeezed(pages[name].text)
    for cell in LESSONS[name].cells:
        shown = cell.cell_type == "code" and "remove-cell" not in cell.metadata.get("tags", [])
        if shown and not re.search(r"Prediction\(|\.reveal\(|\.check\(|Quiz\(", cell.source):
            assert squeezed(cell.source) in text, cell.id
    for cell, printed in stored(LESSONS[name], "stdout"):
        if not cell.id.endswith("-check") or "claim(" in cell.source:
            for line in printed.splitlines():
                assert squeezed(line.removeprefix("Answer: ")) in text, cell.id


@pytest.mark.parametrize("name", LESSONS)
def test_notes_for_the_presenter_are_left_out(pages, name):
    notes = [c for c in LESSONS[name].cells if c.metadata.get("slideshow", {}).get("slide_type") == "notes"]
    assert notes
    assert "For the presenter" not in pages[name].text
    assert ".reveal(" not in pages[name].text


@pytest.mark.parametrize("name", LESSONS)
def test_each_picture_is_there_with_its_words(pages, folder, name):
    pngs = [(cell, png) for cell, png in stored(LESSONS[name], "image/png")]
    images = pages[name].all("img")
    assert len(images) == len(pages[name].all("figure", "zoo-picture")) == len(pngs)
    for image, (cell, png) in zip(images, pngs, strict=True):
        output = next(o for o in cell.outputs if o.get("data", {}).get("image/png") == png)
        assert image["alt"] == output.metadata["image/png"]["alt"]
        assert squeezed(image["alt"]) in squeezed(pages[name].open_text)
        shown = np.asarray(Image.open(folder / image["src"]).convert("RGB"))
        whole = np.asarray(Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB"))
        assert np.array_equal(shown, whole[: len(shown)])
        explorer = output.data["text/plain"].startswith("Explorer: ")
        assert (len(shown) < len(whole)) == explorer
        assert not explorer or shown[-1].min() > 240, f"{cell.id}: the words' strip was cut off too high"


@pytest.mark.parametrize("name", LESSONS)
def test_a_guess_can_be_made_and_its_answer_opens(pages, name):
    page = pages[name]
    guesses = [t for _, t in stored(LESSONS[name], "text/plain") if t.startswith("Your guess. ")]
    options = [option for guess in guesses for option in guess.split("\n( ) ")[1:]]
    assert len(page.all("fieldset", "zoo-guess")) == len(guesses) > 0
    assert len([one for one in page.all("input") if one.get("type") == "radio"]) == len(options)
    answers = re.findall(r"^Answer: (.*)$", "".join(t for _, t in stored(LESSONS[name], "stdout")), re.M)
    assert page.open_text.count("Answer to your guess: ") == len(answers) > 0
    for answer in answers:
        assert answer in page.text
        assert answer not in page.open_text


@pytest.mark.parametrize("name", [name for name in LESSONS if name != "00_welcome"])
def test_each_choice_of_the_quiz_opens_its_explanation(pages, name):
    page = pages[name]
    for question, choices in exercises(name).QUIZ.items():
        assert question in page.open_text
        for choice, why in choices.items():
            assert choice in page.open_text
            assert f" {why}" in page.text
            assert f" {why}" not in page.open_text


@pytest.mark.parametrize("name", LESSONS)
def test_hints_and_solutions_are_folded_on_a_page_apart(pages, name):
    page, hints = pages[name], pages[f"{name}-hints"]
    code = "\n".join(cell.source for cell in LESSONS[name].cells if cell.cell_type == "code")
    asked = re.findall(r"^exercises\.(\w+)\.check\(", code, re.MULTILINE)
    for exercise in (getattr(exercises(name), one) for one in asked):
        place = f"{exercise.solved.__module__.split('.')[1]}-{exercise.name}".replace("_", "-")
        for words in (
            *exercise.hints,
            *(slip.message for slip in exercise.slips),
            exercise.solution_source(),
        ):
            assert squeezed(words) in squeezed(hints.text)
            assert squeezed(words) not in squeezed(hints.open_text)
        assert squeezed(exercise.solution_source()) not in squeezed(page.text)
        assert f"{name}-hints.html#{place}-hints" in [link.get("href") for link in page.all("a")]
        assert f"{name}.html#{place}-task" in [link.get("href") for link in hints.all("a")]


def exercises(name):
    code = "\n".join(cell.source for cell in LESSONS[name].cells)
    lesson = re.search(r"^from zoo_helpers\.(\w+) import .*\bexercises\b", code, re.MULTILINE)[1]
    return sys.modules[shared.exercises_of(lesson)[0].solved.__module__]


def test_nothing_is_open_that_the_reader_has_not_opened(pages):
    assert all("open" not in details for page in pages.values() for details in page.all("details"))


def test_formulas_are_mathml(pages):
    formulas = sum(
        len(re.findall(r"(?s)\$\$.+?\$\$|\$[^$\n]+\$", cell.source))
        for book in LESSONS.values()
        for cell in book.cells
        if cell.cell_type == "markdown"
    )
    assert sum(len(page.all("math")) for page in pages.values()) == formulas > 0


def test_links_lead_to_pages_and_places_that_are_there(pages, folder):
    for page in pages.values():
        for link in page.all("a"):
            if link.get("href", "").startswith(("http://", "https://")):
                continue
            path, place = urldefrag(link.get("href", ""))
            path = (folder / unquote(path)).resolve() if path else page.path
            assert path.is_file(), f"{page.path.name}: {link}"
            if path.suffix == ".html":
                assert unquote(place) in pages[path.stem].names, f"{page.path.name}: {link}"


def test_nothing_is_loaded_from_elsewhere(pages, folder):
    for page in pages.values():
        tags = [attributes for tag, attributes in page.tags if tag != "a"]
        loaded = [one[name] for one in tags for name in ("src", "href") if one.get(name, "#") != "#"]
        assert len(loaded) > 5
        for address in loaded:
            assert (folder / address.split("?")[0].split("#")[0]).is_file(), f"{page.path.name}: {address}"
    for style in folder.rglob("*.css"):
        for address in re.findall(r"""url\(["']?([^"')]+)""", style.read_text(encoding="utf-8")):
            if not address.startswith(("data:", "#")):
                assert (style.parent / address.split("?")[0].split("#")[0]).is_file(), f"{style}: {address}"


def test_the_start_page_has_each_lesson_with_its_minutes_and_the_terms(pages):
    page = pages["index"]
    links = [link.get("href", "") for link in page.all("a")]
    assert {f"{name}.html" for name in LESSONS} <= set(links)
    assert len(re.findall(r"\d+ minutes", page.text)) == len(LESSONS)
    assert {"images.html", "weights.html"} <= set(links)
    assert any("creativecommons.org/licenses/by/4.0" in link for link in links)


def test_the_search_knows_the_lessons_and_not_the_solutions(folder):
    index = (folder / "searchindex.js").read_text(encoding="utf-8")
    assert "softmax" in index
    names = unescape(re.search(r'docnames:?"?:\[([^]]*)\]', index.replace('"docnames":', "docnames:"))[1])
    assert "01_topk_error" in names


def test_a_folder_of_something_else_is_left_alone(tmp_path, capsys):
    (tmp_path / "mine.txt").write_text("mine")
    assert main(["pages", str(tmp_path)]) == 1
    assert "holds something else" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_missing_package_is_named_with_its_cure(tmp_path, capsys, monkeypatch):
    from zoo_helpers.commands import pages

    monkeypatch.setitem(pages.NEEDED, "no_such_module", "no-such-package")
    assert main(["pages", str(tmp_path / "pages")]) == 1
    assert capsys.readouterr().err.strip().endswith("python -m pip install no-such-package")
    assert not (tmp_path / "pages").exists()

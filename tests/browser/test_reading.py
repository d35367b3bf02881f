"""The pages to read, opened from their folder in a real Chromium whose network is cut; and their PDFs."""

import os
import re
import subprocess
import sys

import axe
import pytest
from real_lab import NO_CHROMIUM, NOTEBOOKS, REPOSITORY, find_chromium

if find_chromium() is None and os.environ.get("ZOO_BROWSER") != "required":
    pytest.skip(NO_CHROMIUM, allow_module_level=True)

pytestmark = pytest.mark.release

NAMES = [path.stem for path in NOTEBOOKS]
PAGES = ["index", "search", "images", "weights", *NAMES, *(f"{name}-hints" for name in NAMES)]
SIZES = {"phone": (390, 800), "screen": (1280, 720)}
IS_WIDER_THAN_THE_WINDOW = "document.documentElement.scrollWidth > window.innerWidth"
IS_BROKEN = "images => images.filter(image => !image.naturalWidth).map(image => image.src)"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reading") / "pages"
    command = [sys.executable, "-m", "zoo_helpers.commands", "pages", str(folder)]
    said = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout == f"{folder / 'index.html'}: {len(NAMES)} lessons\n"
    return folder


class Reader:
    """Somebody who opens pages of a folder, offline, and notes what goes wrong."""

    def __init__(self, context, folder):
        self.page = context.new_page()
        self.folder = folder
        self.wrong = []
        self.page.on("console", lambda one: one.type in ("error", "warning") and self._note(one.text))
        self.page.on("pageerror", lambda error: self._note(str(error)))
        self.page.on("requestfailed", lambda request: self._note(f"failed: {request.url}"))
        self.page.on("request", lambda request: self._look_at(request.url))

    def open(self, name, query=""):
        """Open a page, and wait until its scripts have run."""
        self.page.goto(f"{(self.folder / f'{name}.html').as_uri()}{query}")
        return self.page

    def _look_at(self, url):
        if not url.startswith((self.folder.as_uri(), "data:")):
            self._note(f"asked for {url}")

    def _note(self, what):
        self.wrong.append(f"{self.page.url.rsplit('/', 1)[-1]}: {what}")


@pytest.fixture(scope="module", params=["light", "dark"])
def scheme(request):
    return request.param


@pytest.fixture(scope="module")
def reader(browser, folder, scheme):
    width, height = SIZES["screen"]
    size = {"width": width, "height": height}
    with browser.new_context(viewport=size, color_scheme=scheme, offline=True) as context:
        yield Reader(context, folder)


def test_all_pages_are_looked_at(folder):
    assert sorted(path.stem for path in folder.glob("*.html")) == sorted(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole_without_a_network_fits_and_can_be_read_by_all(reader, scheme, name):
    page = reader.open(name)
    assert page.locator("img").evaluate_all(IS_BROKEN) == []
    for size, (width, height) in SIZES.items():  # the last is the one that the page keeps
        page.set_viewport_size({"width": width, "height": height})
        page.screenshot(path=REPOSITORY / "screenshots" / "pages" / f"{name}-{size}-{scheme}.png")
        assert not page.evaluate(IS_WIDER_THAN_THE_WINDOW), size
    page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true; })")
    page.wait_for_timeout(400)  # the theme finds what has to scroll
    if scheme == "light":
        assert axe.serious(page) == []
    else:  # only colours differ; those of code are the same on all pages
        code = [] if name == "01_topk_error" else [["pre"]]
        assert axe.serious(page, rules=["color-contrast"], exclude=code) == []
    assert reader.wrong == []


def test_search_finds_a_word_and_leads_to_it(reader):
    page = reader.open("search", "?q=receptive+field")
    results = page.locator("#search-results li a")
    results.first.wait_for()
    found = results.evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert any(link.startswith("04_vgg.html") for link in found)
    assert not any("-hints" in link for link in found)
    results.first.click()
    page.get_by_text(re.compile("receptive field", re.IGNORECASE)).first.wait_for()
    assert reader.wrong == []


def test_guess_and_quiz_answer_to_the_keys(reader):
    page = reader.open("01_topk_error")
    guess = page.locator(".zoo-guess").first
    guess.locator("input").first.focus()
    page.keyboard.press("ArrowDown")
    assert guess.locator("input").nth(1).is_checked()
    choice = page.locator(".zoo-quiz details").first
    assert not choice.locator("p").is_visible()
    choice.locator("summary").focus()
    page.keyboard.press("Enter")
    assert choice.locator("p").is_visible()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_paper_shows_all_that_is_folded_and_the_screen_then_folds_it_again(reader):
    page = reader.open("01_topk_error")
    folded = page.locator("details:not([open])")
    before = folded.count()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert folded.count() == 0 < before
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert folded.count() == before


def test_each_lesson_has_its_pdf(folder):
    assert sorted(path.stem for path in (folder / "pdf").iterdir()) == NAMES
    for name in NAMES:
        pdf = (folder / "pdf" / f"{name}.pdf").read_bytes()
        assert f'"pdf/{name}.pdf"' in (folder / f"{name}.html").read_text(encoding="utf-8")
        assert pdf.startswith(b"%PDF")
        assert len(re.findall(rb"/Type /Page\b", pdf)) >= 4
        assert b"file:" not in pdf, "a link names this machine's folder"

"""One JupyterLab and one Chromium for all browser tests; each lesson is opened, seen, and run once.

`make test` looks at lesson 1, which has explorers, guesses, exercises, a quiz and slides; a release at all.
"""

import shutil

import pytest
from lesson_page import HEIGHT, WIDTH, LessonPage
from playwright.sync_api import sync_playwright
from real_lab import CHROMIUM_FLAGS, NO_CHROMIUM, NOTEBOOKS, REPOSITORY, RealLab, find_chromium


@pytest.fixture(scope="module")
def browser():
    executable = find_chromium()
    if executable is None:
        pytest.fail(NO_CHROMIUM, pytrace=False)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=executable, args=CHROMIUM_FLAGS, ignore_default_args=["--hide-scrollbars"]
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def lab(browser, tmp_path_factory):
    lab = RealLab(tmp_path_factory.mktemp("lab"))
    yield lab
    lab.stop()


ALWAYS = "01_topk_error"
LESSONS = [
    pytest.param(path, id=path.stem, marks=[] if path.stem == ALWAYS else pytest.mark.release)
    for path in NOTEBOOKS
]


@pytest.fixture(scope="module", params=LESSONS)
def lesson(request, browser, lab):
    """A lesson's page after Run All; `lesson.before` is what its cells showed before, with what is stored."""
    screenshots = REPOSITORY / "screenshots" / request.param.stem
    shutil.rmtree(screenshots, ignore_errors=True)
    with browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}) as context:
        lesson = LessonPage(context.new_page(), lab.address(request.param), screenshots)
        try:
            lesson.before = [(cell, lesson.outputs_on_screen(cell)) for cell in lesson.cells if cell.outputs]
            lesson.run_all()
            yield lesson
        finally:
            lesson.screenshot("last-seen")

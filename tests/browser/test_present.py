"""`present` in a real Chromium: a lesson, run beforehand, from first slide to last.

The slides of every lesson are looked at in test_lessons.py, where the lesson has been run anyway.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
from urllib.parse import urlsplit

import pytest
from lesson_page import HEIGHT, WIDTH, LessonPage
from real_lab import NO_CHROMIUM, NOTEBOOKS, REPOSITORY, find_chromium

if find_chromium() is None and os.environ.get("ZOO_BROWSER") != "required":
    pytest.skip(NO_CHROMIUM, allow_module_level=True)
pytest.importorskip("jupyterlab_slideshow")

SHORTEST, TRAINS = (next(path for path in NOTEBOOKS if path.stem[:2] == number) for number in ("00", "04"))
LESSONS = [
    pytest.param(SHORTEST, id=SHORTEST.stem),
    pytest.param(TRAINS, id=TRAINS.stem, marks=pytest.mark.release),
]
PRESENTS = "return notebook?.parent.node.classList.contains('jp-Deck')"
WIDGETS_ARE_THERE = "return !notebook.node.textContent.includes('Loading widget')"


class Presentation(LessonPage):
    """A lesson that `present` has opened: slides from the start."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self._wait(PRESENTS)
        self._wait(WIDGETS_ARE_THERE)


@pytest.fixture(scope="module", params=LESSONS)
def presentation(request, browser, tmp_path_factory):
    """A lesson presented, in the browser; its server ends as Ctrl + C ends it."""
    saved = request.param.read_bytes()
    folder = tmp_path_factory.mktemp("present")
    (folder / "config").mkdir()
    exposed = {"LabApp": {"expose_app_in_browser": True}}  # for the test to read the notebook's model
    (folder / "config" / "jupyter_config.json").write_text(json.dumps(exposed))
    threads = {"TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS"}
    environment = {name: value for name, value in os.environ.items() if name not in threads}
    for name in ("CONFIG", "DATA"):
        environment[f"JUPYTER_{name}_DIR"] = str(folder / name.lower())
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores Ctrl + C
    process = subprocess.Popen(
        [sys.executable, "-m", "zoo_helpers.commands", "present", request.param.name[:2], "--no-browser"],
        env=environment,
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        said = iter(process.stdout)
        address = next((line.strip() for line in said if line.startswith("http")), None)
        assert address, "present ended without an address"
        screenshots = REPOSITORY / "screenshots" / "present" / request.param.stem
        shutil.rmtree(screenshots, ignore_errors=True)
        with browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}) as context:
            presentation = Presentation(context.new_page(), address, screenshots)
            presentation.saved = request.param, saved
            yield presentation
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)


def test_it_was_run_beforehand(presentation):
    assert [cell.id for cell in presentation.cells if cell.problems] == []
    empty = [cell.id for cell in presentation.cells if cell.count is None and cell.source.strip()]
    assert empty == []
    explorers = presentation.cells_that_show("Explorer: ")
    assert all(cell.widgets for cell in explorers)


def test_its_slides_turn_by_key_and_fit_and_a_drag_answers(presentation):
    assert presentation.look_at_slides() == {}
    assert presentation.faults_of_moves() == {}


def test_esc_leaves_and_the_saved_notebook_is_as_it_was(presentation):
    presentation.find_slides()
    presentation.leave_slides()
    presentation.screenshot("left")
    path, content = presentation.saved
    assert path.read_bytes() == content
    hosts = {
        urlsplit(url.removeprefix("blob:")).hostname for url in presentation.requests if url[:5] != "data:"
    }
    assert hosts == {"127.0.0.1"}

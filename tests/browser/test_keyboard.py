"""A whole lesson by keyboard alone in a real JupyterLab; and what axe says of all that its cells show."""

import os

import axe
import pytest
from lesson_page import HEIGHT, WIDTH, LessonPage
from real_lab import NO_CHROMIUM, NOTEBOOKS, find_chromium

if find_chromium() is None and os.environ.get("ZOO_BROWSER") != "required":
    pytest.skip(NO_CHROMIUM, allow_module_level=True)

pytestmark = pytest.mark.release

LESSON = next(path for path in NOTEBOOKS if path.stem == "01_topk_error")  # sliders, menus, guesses, a quiz
OURS = ".zoo-explorer, .zoo-prediction, .zoo-quiz"
CONTROLS = ".noUi-handle, select, input"
FOCUS = """([ours, controls]) => {
    const here = document.activeElement;
    const same = here === window.lastFocus;
    window.lastFocus = here;
    return {
        same,
        in_notebook: here.closest('.jp-Notebook') !== null,
        is_control: here.closest(ours) !== null && here.matches(controls),
        index: window.jupyterapp.shell.currentWidget.content.activeCellIndex,
        kind: here.getAttribute('role') ?? here.type,
        value: here.getAttribute('aria-valuetext') ?? (here.type === 'radio' ? here.checked : here.value),
    };
}"""
# JupyterLab does not read the words that a stored picture brings with it; they stand below it as text.
JUPYTERLABS_OWN = ".jp-RenderedImage img"
KEYS = {"slider": ("ArrowRight", "ArrowLeft"), "select-one": ("ArrowDown", "ArrowUp"), "radio": ("Space",)}


@pytest.fixture(scope="module")
def lesson(browser, lab, tmp_path_factory):
    """The lesson, run by Shift and Enter from its first cell to its last, with no mouse."""
    size = {"width": WIDTH, "height": HEIGHT}
    with browser.new_context(viewport=size, reduced_motion="reduce") as context:
        lesson = LessonPage(context.new_page(), lab.address(LESSON), tmp_path_factory.mktemp("seen"))
        lesson.run_by_keys()
        yield lesson


def test_every_control_is_reached_moved_and_left_by_key(lesson):
    cells = lesson.cells
    shown = {cell.id: cell for cell in cells if cell.widgets}
    controls = {id: lesson.node(cell).locator(OURS).locator(CONTROLS).count() for id, cell in shown.items()}
    reached, stuck = dict.fromkeys(shown, 0), []
    lesson.go_to_top_by_keys()
    for _ in range(10 * len(cells)):
        lesson.page.keyboard.press("Tab")
        focus = lesson.page.evaluate(FOCUS, [OURS, CONTROLS])
        if not focus["in_notebook"]:
            break
        if focus["is_control"]:
            cell = cells[focus["index"]].id
            reached[cell] += 1
            if not moved(lesson.page, focus):
                stuck.append((cell, focus["kind"]))
    assert sum(controls.values()) > 30
    assert reached == controls
    assert stuck == []


def moved(page, before):
    """Whether one of the keys for such a control changes it, and the focus stays."""
    for key in KEYS[before["kind"]]:
        page.keyboard.press(key)
        after = page.evaluate(FOCUS, [OURS, CONTROLS])
        if not after["same"]:
            return False  # JupyterLab took the key
        if after["value"] != before["value"]:
            return True
    return False


def test_axe_finds_nothing_serious_in_what_cells_show(lesson):
    found = {}
    for cell in lesson.cells:
        lesson.node(cell)
        places = [
            f"[data-cell='{cell.id}'] {place}" for place in (".jp-OutputArea-output", ".jp-RenderedMarkdown")
        ]
        if serious := axe.serious(lesson.page, places, exclude=[[JUPYTERLABS_OWN]]):
            found[cell.id] = serious
    assert found == {}

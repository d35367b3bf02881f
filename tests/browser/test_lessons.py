"""Every lesson in a real JupyterLab with a real kernel and a real Chromium, at 1280 × 720.

It runs without an error, its explorers, guesses, quiz and exercises answer, and its slides fit the screen.
Screenshots of all it shows are left in `screenshots/<lesson>/`.
"""

import io
import os
import re
from urllib.parse import urlsplit

import pytest
import shared
from PIL import Image
from real_lab import NO_CHROMIUM, find_chromium

if find_chromium() is None and os.environ.get("ZOO_BROWSER") != "required":
    pytest.skip(NO_CHROMIUM, allow_module_level=True)


def exercises_of(cells):
    """The exercises of the lesson whose `exercises` the cells import."""
    sources = "\n".join(cell.source for cell in cells)
    lesson = re.search(r"^from zoo_helpers\.(\w+) import .*\bexercises\b", sources, re.MULTILINE)
    assert lesson, "no cell says: from zoo_helpers.<lesson> import exercises"
    return shared.exercises_of(lesson[1])


def test_stored_outputs_show_before_anything_runs(lesson):
    assert lesson.before
    for cell, seen in lesson.before:
        assert (seen["pictures"], seen["broken"]) == (cell.pictures, 0), f"{cell.id}: pictures are missing"
        assert "Error displaying widget" not in seen["text"], cell.id


def test_every_cell_runs_without_a_complaint(lesson):
    assert {cell.id: cell.problems for cell in lesson.cells if cell.problems} == {}


def test_pictures_and_widgets_fit_the_column(lesson):
    seen = {cell: lesson.outputs_on_screen(cell) for cell in lesson.cells if cell.pictures or cell.widgets}
    lesson.screenshot_cells(seen)
    assert [cell.id for cell in seen if seen[cell]["broken"]] == []
    assert {cell.id: seen[cell]["cut"] for cell in seen if seen[cell]["cut"]} == {}


def test_explorers_answer_key_and_mouse(lesson):
    for cell in lesson.cells_that_show("Explorer: "):
        assert list(lesson.explorer(cell).faults_of_moves()) == [], cell.id


def test_slides_turn_by_key_fit_the_screen_and_can_be_read_from_afar(lesson):
    pytest.importorskip("jupyterlab_slideshow")
    with lesson.live_slides():
        assert lesson.look_at_slides() == {}
        assert lesson.faults_of_moves() == {}
        lesson.leave_slides()


def test_guesses_can_be_made_by_mouse_and_by_key(lesson):
    for cell in lesson.cells_that_show("Your guess. "):
        guess = lesson.node(cell).locator(".zoo-prediction")
        first, second = guess.locator("label:has(input)").all()[:2]
        first.click()
        guess.get_by_text(f"You said: {first.inner_text()}.").wait_for()
        lesson.page.keyboard.press("Tab")
        lesson.page.keyboard.press("Space")
        guess.get_by_text(f"You said: {second.inner_text()}.").wait_for()


def test_quiz_explains_a_choice_made_by_mouse_or_by_key(lesson):
    for cell in lesson.cells_that_show("Quiz"):
        for question in lesson.node(cell).locator(".zoo-quiz > .widget-vbox").all():
            explanation = question.locator(".widget-html-content").last
            assert explanation.inner_text() == "", cell.id
            question.locator("label:has(input)").first.click()
            explanation.filter(has_text=re.compile("[✓✗] ")).wait_for()
            first = explanation.inner_text()
            lesson.page.keyboard.press("Tab")
            lesson.page.keyboard.press("Space")
            explanation.filter(has_text=re.compile("[✓✗] ")).filter(has_not_text=first).wait_for()


def test_an_uploaded_photograph_is_named_and_another_file_is_refused(lesson):
    small, large = io.BytesIO(), io.BytesIO()
    Image.linear_gradient("L").save(small, "PNG")
    Image.effect_noise((4000, 4000), 100).save(large, "PNG", compress_level=0)  # 16 MB
    files = {
        "mine.png": (small.getvalue(), "first guess"),
        "large.png": (large.getvalue(), "first guess"),
        "mine.txt": (b"words", "does not work"),
    }
    for cell in lesson.cells_that_show("Explorer: your photograph"):
        button = lesson.node(cell).locator(".jupyter-button", has_text="your photograph")
        for name, (content, answer) in files.items():
            with lesson.page.expect_file_chooser() as chooser:
                button.click()
            chooser.value.set_files({"name": name, "mimeType": "image/png", "buffer": content})
            lesson.node(cell).locator(".zoo-explorer em", has_text=name).get_by_text(answer).wait_for()


def test_exercises_answer_back(lesson):
    cells = lesson.cells
    for exercise in exercises_of(cells):
        stub, check = (f"{exercise.name}-{kind}".replace("_", "-") for kind in ("stub", "check"))
        assert lesson.run(check).printed.startswith("Not attempted yet"), exercise.name
        lesson.type_into(stub, exercise.solution_source())
        assert lesson.run(stub).source == exercise.solution_source(), f"{exercise.name} was not typed right"
        assert lesson.run(check).printed == "Correct.\n", exercise.name


def test_nothing_leaves_this_machine(lesson, lab):
    hosts = {urlsplit(url.removeprefix("blob:")).hostname for url in lesson.requests if url[:5] != "data:"}
    assert hosts == {"127.0.0.1"}
    assert lab.attempts.read_text() == ""

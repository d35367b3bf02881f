"""A learner's copies: an update brings what is new and loses nothing, whatever happened to them."""

import contextlib
import errno
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from zoo_helpers.commands import Stop, copies
from zoo_helpers.commands import lessons as all_lessons

NAMES = ["00_welcome.ipynb", "01_topk_error.ipynb", "02_lenet5.ipynb"]


def write(path, words, code="rank = ...", run=False):
    """A lesson as it ships; or the same after Run All, as JupyterLab saves it."""
    book = new_notebook(cells=[new_markdown_cell(words, id="words"), new_code_cell(code, id="code")])
    if run:
        book.cells[1].update(execution_count=7, outputs=[new_output("stream", text="0.42\n")])
        book.cells[1].metadata.jupyter = {"outputs_hidden": True}
        book.metadata.widgets = {"state": {}}
        book.cells.append(new_code_cell(""))  # Shift + Enter in the last cell makes one
    nbformat.write(book, path)


@pytest.fixture
def course(tmp_path):
    """The lessons as they ship, in version 1; `course.update()` copies them to a folder of a learner's."""

    class Course:
        folder = tmp_path / "my lessons"
        originals = tuple(tmp_path / "notebooks" / name for name in NAMES)

        def release(self, version):
            for path in self.originals:
                write(path, f"{path.stem}, version {version}")

        def update(self):
            return copies.update(self.folder, self.originals)

        def files(self):
            return {path.name: path.read_bytes() for path in self.folder.glob("*") if path.name[0] != "."}

        def version(self, name):
            return nbformat.read(self.folder / name, as_version=4).cells[0].source[-1]

    course = Course()
    course.originals[0].parent.mkdir()
    course.release(1)
    return course


WELCOME, TOPK, LENET = NAMES
BESIDE, BESIDE_2 = "01_topk_error-new.ipynb", "01_topk_error-new-2.ipynb"
EARLIER, EARLIER_2 = "01_topk_error-earlier-1.ipynb", "01_topk_error-earlier-2.ipynb"


def test_the_first_start_copies_all_and_the_second_does_nothing(course):
    assert course.update() == [f"3 lessons copied to {course.folder}."]
    assert course.files() == {path.name: path.read_bytes() for path in course.originals}
    assert course.update() == []


def test_what_is_untouched_is_brought_up_to_date_and_nothing_is_left_behind(course):
    course.update()
    course.release(2)
    assert course.update() == [f"{name} is up to date." for name in NAMES]
    assert course.files() == {path.name: path.read_bytes() for path in course.originals}


def test_a_copy_that_was_only_run_is_brought_up_to_date_and_its_outputs_are_kept(course):
    course.update()
    write(course.folder / TOPK, "01_topk_error, version 1", run=True)
    ran = (course.folder / TOPK).read_bytes()
    assert course.update() == []
    course.release(2)
    said = course.update()
    assert f"{TOPK} is up to date; what you ran before is kept as {EARLIER}." in said
    assert course.version(TOPK) == "2"
    assert course.files()[EARLIER] == ran
    assert course.update() == []


def test_an_update_of_outputs_alone_leaves_a_copy_that_was_run(course):
    course.update()
    write(course.folder / TOPK, "01_topk_error, version 1", run=True)
    ran = (course.folder / TOPK).read_bytes()
    book = nbformat.read(course.originals[1], as_version=4)
    book.cells[1].outputs = [new_output("stream", text="0.40\n")]
    nbformat.write(book, course.originals[1])
    assert course.update() == []
    assert course.files()[TOPK] == ran


CHANGES = {
    "an answer": lambda book: book.cells[1].update(source="rank = 3"),
    "a note": lambda book: book.cells.append(new_markdown_cell("Ask why.")),
    "a picture in the text": lambda book: book.cells[0].update(attachments={"me.png": {"image/png": "iVBO"}}),
    "another order": lambda book: book.cells.reverse(),
    "a cell less": lambda book: book.cells.pop(),
    "code made text": lambda book: book.cells[1].update(cell_type="raw"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_copy_stays_and_the_new_version_is_put_beside_it_once(course, change):
    course.update()
    book = nbformat.read(course.folder / TOPK, as_version=4)
    CHANGES[change](book)
    (course.folder / TOPK).write_text(json.dumps(book))
    changed = (course.folder / TOPK).read_bytes()
    assert course.update() == []
    course.release(2)
    line = f"{TOPK} has changes of yours: it stays as it is, and a new copy is {BESIDE}."
    assert line in course.update()
    assert course.files()[TOPK] == changed
    assert course.version(BESIDE) == "2"
    assert course.update() == []
    (course.folder / BESIDE).unlink()
    assert course.update() == []  # who deletes it has seen it


def test_the_next_update_renews_the_copy_beside_or_leaves_it_if_it_was_used(course):
    course.update()
    write(course.folder / TOPK, "mine")
    for version, newest in ((2, BESIDE), (3, BESIDE)):
        course.release(version)
        course.update()
        assert course.version(newest) == str(version)
    write(course.folder / BESIDE, "mine, too")
    course.release(4)
    assert any(line.endswith(f"a new copy is {BESIDE_2}.") for line in course.update())
    assert course.version(BESIDE_2) == "4"
    assert "mine, too" in (course.folder / BESIDE).read_text()
    assert sorted(course.files()) == sorted([*NAMES, BESIDE, BESIDE_2])


def test_changes_that_were_taken_back_are_no_changes(course):
    course.update()
    write(course.folder / TOPK, "mine")
    course.release(2)
    course.update()
    write(course.folder / TOPK, "01_topk_error, version 1")
    course.release(3)
    course.update()
    assert course.version(TOPK) == "3"


@pytest.mark.parametrize(
    "content", [b'{"cells": [{"cell_ty', b"\0\0\0", b"[]", b'{"cells": 3}', b"[" * 100_000]
)
def test_a_copy_that_broke_stays_and_a_whole_one_is_put_beside_it_once(course, content):
    course.update()
    (course.folder / TOPK).write_bytes(content)
    line = f"{TOPK} cannot be read as a notebook: it stays as it is, and a new copy is {BESIDE}."
    assert course.update() == [line]
    assert course.update() == []
    course.release(2)
    assert line in course.update()
    assert course.files()[TOPK] == content
    assert course.version(BESIDE) == "2"


def test_an_empty_file_or_none_is_a_copy_that_is_missing(course):
    course.update()
    (course.folder / TOPK).write_bytes(b"")
    (course.folder / LENET).unlink()
    assert course.update() == [f"Copied to {course.folder}: 01_topk_error, 02_lenet5."]
    assert course.version(TOPK) == course.version(LENET) == "1"


def test_a_folder_in_a_copys_place_is_left_alone(course):
    (course.folder / TOPK).mkdir(parents=True)
    assert any("cannot be read as a notebook" in line for line in course.update())
    assert (course.folder / TOPK).is_dir()
    assert course.version(BESIDE) == "1"


def test_a_read_only_copy_stays(course):
    course.update()
    (course.folder / TOPK).chmod(0o444)
    course.release(2)
    assert f"{TOPK} is read-only: it stays as it is, and a new copy is {BESIDE}." in course.update()
    assert course.version(TOPK) == "1"
    (course.folder / TOPK).chmod(0o644)


@pytest.mark.parametrize("content", [None, b"", b"{", b"[]", b'{"copies": {"01": 1}, "offers": {}}'])
def test_without_the_memory_all_that_differs_counts_as_the_learners(course, content):
    course.update()
    write(course.folder / TOPK, "01_topk_error, version 1", run=True)
    memory = course.folder / copies.MEMORY
    memory.unlink() if content is None else memory.write_bytes(content)
    course.release(2)
    assert len(course.update()) == 3
    assert [course.version(name) for name in NAMES] == ["1", "1", "1"]
    assert course.version(BESIDE) == "2"
    assert course.update() == []


# What the machine does.


def test_a_folder_that_cannot_be_made_is_one_clear_line(course):
    course.folder.write_text("a file")
    with pytest.raises(Stop, match=r"my lessons cannot be written to \(.+\): free it, or name another"):
        course.update()


@pytest.mark.parametrize(
    "error", [PermissionError(errno.EACCES, "Permission denied"), OSError(30, "Read-only")]
)
def test_in_a_read_only_folder_the_lessons_open_as_they_are(course, monkeypatch, error):
    course.update()
    before = course.files()
    course.release(2)

    def refuse(*arguments, **options):
        raise error

    monkeypatch.setattr(Path, "open", refuse)
    (line,) = course.update()
    monkeypatch.undo()
    assert f"cannot be written to ({error.strerror}): the lessons open as they are" in line
    assert course.files() == before


@pytest.mark.skipif(not hasattr(os, "fork"), reason="other rights on Windows")
def test_in_a_folder_of_somebody_else_the_lessons_open_as_they_are(course):
    """For real; root may write anywhere, so a root becomes nobody for this."""
    with tempfile.TemporaryDirectory() as folder:
        course.folder = Path(folder, "my lessons")
        course.update()
        before = course.files()
        course.release(2)
        for path in course.folder.iterdir():
            path.chmod(0o444)
        Path(folder).chmod(0o755)
        course.folder.chmod(0o555)
        said = Path(folder, "said")
        said.touch()
        said.chmod(0o666)
        if not (child := os.fork()):
            with contextlib.suppress(PermissionError):
                os.setuid(65534)
            with contextlib.suppress(Exception):
                said.write_text("\n".join(course.update()))
            os._exit(0)
        os.waitpid(child, 0)
        assert "cannot be written to (Permission denied): the lessons open as they are" in said.read_text()
        assert course.files() == before
        course.folder.chmod(0o755)


@pytest.fixture
def full_after(monkeypatch):
    """A disk that takes so many bytes more, and half of what is one too many, as a real one does."""

    def full_after(room):
        really = Path.write_bytes

        def write_bytes(path, content):
            nonlocal room
            taken = content[: max(room, 0)]
            room -= len(content)
            really(path, taken)
            if room < 0:
                raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(Path, "write_bytes", write_bytes)

    return full_after


@pytest.mark.parametrize("room", [0, 100, 500, 900])
def test_a_full_disk_leaves_whole_files_and_the_rest_comes_later(course, monkeypatch, full_after, room):
    full_after(room)
    with contextlib.suppress(Stop):
        assert "cannot be written to (No space left on device)" in course.update()[0]
    whole = {path.name: path.read_bytes() for path in course.originals}
    assert course.files().items() <= whole.items()
    monkeypatch.undo()
    course.update()
    assert course.files() == whole
    write(course.folder / TOPK, "mine")
    mine = course.files()[TOPK]
    course.release(2)
    full_after(room)
    course.update()
    monkeypatch.undo()
    assert course.files()[TOPK] == mine
    course.update()
    assert [course.version(name) for name in (WELCOME, BESIDE, LENET)] == ["2", "2", "2"]
    assert sorted(course.files()) == sorted([*NAMES, BESIDE])


def steps_of(monkeypatch, stop_at):
    """Let the program die before its step number `stop_at` that changes a file; its steps are counted."""
    steps = []

    def counted(really):
        def step(*arguments, **options):
            steps.append(really)
            if len(steps) == stop_at:
                raise KeyboardInterrupt
            return really(*arguments, **options)

        return step

    for name in ("write_bytes", "write_text", "replace", "unlink", "touch"):
        monkeypatch.setattr(Path, name, counted(getattr(Path, name)))
    return steps


def test_an_update_that_dies_anywhere_loses_nothing_and_is_finished_by_the_next(course, monkeypatch):
    """Untouched, run and changed copies, stopped before each step in turn."""
    for stop_at in range(1, 100):
        with contextlib.suppress(FileNotFoundError):
            for path in course.folder.iterdir():
                path.unlink()
        course.release(1)
        course.update()
        write(course.folder / TOPK, "01_topk_error, version 1", run=True)
        write(course.folder / LENET, "mine")
        precious = {course.files()[TOPK], course.files()[LENET]}
        course.release(2)
        with monkeypatch.context() as context:
            steps = steps_of(context, stop_at)
            with contextlib.suppress(KeyboardInterrupt):
                course.update()
        assert precious <= set(course.files().values())
        course.update()
        assert precious <= set(course.files().values())
        assert course.version(WELCOME) == course.version(TOPK) == course.version("02_lenet5-new.ipynb") == "2"
        assert not list(course.folder.glob(f"{copies.HALF}*"))
        if len(steps) < stop_at:
            break
    assert stop_at > 15


def test_a_save_in_the_very_moment_of_an_update_is_kept(course, monkeypatch):
    course.update()
    course.release(2)
    really = copies._take_a_name

    def saved_meanwhile(path, what):
        if path.name == TOPK:
            write(path, "mine, just now")
        return really(path, what)

    monkeypatch.setattr(copies, "_take_a_name", saved_meanwhile)
    course.update()
    assert "mine, just now" in (course.folder / EARLIER).read_text()
    assert course.version(TOPK) == "2"


def test_two_at_once_do_each_thing_once(course):
    course.update()
    write(course.folder / TOPK, "mine")
    write(course.folder / LENET, "02_lenet5, version 1", run=True)
    mine, ran = course.files()[TOPK], course.files()[LENET]
    course.release(2)
    program = """if True:
        import pathlib, sys, zoo_helpers.commands.copies as copies
        folder, *originals = map(pathlib.Path, sys.argv[1:])
        for _ in range(50):
            copies.update(folder, originals)"""
    command = [sys.executable, "-c", program, course.folder, *course.originals]
    for process in [subprocess.Popen(command) for _ in range(2)]:
        assert process.wait(60) == 0
    files = course.files()
    assert sorted(files) == sorted([*NAMES, BESIDE, "02_lenet5-earlier-1.ipynb"])
    assert files[TOPK] == mine
    assert files["02_lenet5-earlier-1.ipynb"] == ran


@pytest.mark.skipif(sys.platform == "win32", reason="signals as on Unix")
def test_who_is_killed_holds_nobody_up(course):
    course.update()
    program = """if True:
        import sys, pathlib, zoo_helpers.commands.copies as copies
        with copies._alone(pathlib.Path(sys.argv[1]), [pathlib.Path("notebooks/00")]):
            print("alone", flush=True)
            sys.stdin.read()"""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", program, course.folder], **pipes) as holder:
        assert holder.stdout.readline() == "alone\n"
        holder.kill()
    course.release(2)
    assert len(course.update()) == 3


def test_a_file_that_another_program_holds_on_windows_stays_and_is_updated_later(course, monkeypatch):
    course.update()
    before = course.files()
    course.release(2)
    really = Path.replace

    def in_use(path, target):
        if path.name == TOPK:
            raise PermissionError(errno.EACCES, "The process cannot access the file")
        return really(path, target)

    monkeypatch.setattr(Path, "replace", in_use)
    (line,) = course.update()
    monkeypatch.undo()
    assert "(The process cannot access the file): the lessons open as they are" in line
    assert course.files().keys() == before.keys()
    assert course.files()[TOPK] == before[TOPK]
    course.update()
    assert course.files() == {path.name: path.read_bytes() for path in course.originals}


def test_the_lock_on_windows(monkeypatch):
    locked = []
    monkeypatch.setitem(
        sys.modules, "msvcrt", SimpleNamespace(LK_LOCK=1, locking=lambda *given: locked.append(given))
    )
    monkeypatch.setattr(copies, "os", SimpleNamespace(name="nt"))
    copies._lock(5)
    assert locked == [(5, 1, 1)]


# Afresh.


def afresh(course, monkeypatch):
    monkeypatch.setattr(all_lessons, "lessons", lambda: course.originals)
    return copies.start_afresh(course.folder, "1")


def test_a_lesson_starts_afresh_and_the_old_copies_are_kept(course, monkeypatch):
    course.update()
    write(course.folder / TOPK, "mine")
    assert afresh(course, monkeypatch) == f"{TOPK} is new; the old copy is {EARLIER}."
    write(course.folder / TOPK, "mine again")
    assert afresh(course, monkeypatch) == f"{TOPK} is new; the old copy is {EARLIER_2}."
    assert "mine" in (course.folder / EARLIER).read_text()
    assert "mine again" in (course.folder / EARLIER_2).read_text()
    assert course.files()[TOPK] == course.originals[1].read_bytes()
    assert course.update() == []


def test_afresh_leaves_no_copy_of_what_nobody_changed(course, monkeypatch):
    assert afresh(course, monkeypatch) == f"{TOPK} is new."
    assert afresh(course, monkeypatch) == f"{TOPK} is new; there was nothing of yours in the old copy."
    assert list(course.files()) == [TOPK]


def test_afresh_with_a_number_of_no_lesson_says_which_there_are(course, monkeypatch):
    monkeypatch.setattr(all_lessons, "lessons", lambda: course.originals)
    with pytest.raises(Stop, match="lesson must be a number from 0 to 2; got '9'"):
        copies.start_afresh(course.folder, "9")


# Which folder.


def test_the_folder_of_the_lessons_themselves_is_refused(course):
    with pytest.raises(Stop, match=r"notebooks holds the lessons themselves; `lab --sources` opens them"):
        copies.update(course.originals[0].parent, course.originals)
    assert len(list(course.originals[0].parent.iterdir())) == len(NAMES)


def test_the_copies_lie_in_the_project_or_in_the_folder_where_one_is(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert copies.default_folder() == Path(__file__).parents[1] / "my-lessons"
    monkeypatch.setattr(copies, "checkout", lambda: None)
    assert copies.default_folder() == Path("my-lessons")
    (tmp_path / copies.MEMORY).touch()
    assert copies.default_folder() == Path()

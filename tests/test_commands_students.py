"""The students' zip: lessons without notes and outputs, in a wheel that installs and opens them."""

import json
import os
import subprocess
import sys
import zipfile

import nbformat
import pytest

from zoo_helpers import commands
from zoo_helpers.commands import students
from zoo_helpers.commands.copies import what_it_says
from zoo_helpers.commands.lessons import lessons


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    """The zip, unpacked."""
    folder = tmp_path_factory.mktemp("students")
    assert commands.main(["students", str(folder / "students.zip")]) == 0
    with zipfile.ZipFile(folder / "students.zip") as packed:
        packed.extractall(folder / "unpacked")
    return folder / "unpacked"


@pytest.mark.parametrize("path", lessons(), ids=lambda path: path.stem)
def test_a_copy_lacks_notes_and_outputs_and_nothing_else(path):
    before = nbformat.read(path, as_version=4)
    after = nbformat.reads(students.student_copy(path).decode("utf-8"), as_version=4)
    nbformat.validate(after)
    notes = [
        cell.id for cell in before.cells if cell.metadata.get("slideshow", {}).get("slide_type") == "notes"
    ]
    assert notes
    assert [cell.id for cell in after.cells] == [cell.id for cell in before.cells if cell.id not in notes]
    sources = {cell.id: cell.source for cell in before.cells}
    for cell in after.cells:
        assert cell.source == sources[cell.id]
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None
    assert not any("For the presenter" in cell.source for cell in after.cells)


def test_the_zip_holds_lessons_a_wheel_and_how_to_start(bundle):
    names = sorted(path.relative_to(bundle).as_posix() for path in bundle.rglob("*") if path.is_file())
    (wheel,) = bundle.glob("*.whl")
    assert names == sorted([wheel.name, "START.txt", *(f"lessons/{path.name}" for path in lessons())])
    start = (bundle / "START.txt").read_text(encoding="utf-8")
    assert start.count(wheel.name) == 2
    assert start.count("cnn-zoo") >= 2


def test_the_wheel_installs_and_its_lessons_are_the_students(bundle, tmp_path):
    (wheel,) = bundle.glob("*.whl")
    alone = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}

    def run(*command):
        done = subprocess.run(command, cwd=tmp_path, env=alone, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    run(*pip, "--target", str(tmp_path / "site"), str(wheel))  # pip checks the wheel's list of contents
    alone["PYTHONPATH"] = str(tmp_path / "site")
    code = "from zoo_helpers.commands import copies, lessons; import pathlib, json; "
    code += "copies.update(pathlib.Path('mine')); print(json.dumps([str(p) for p in lessons.lessons()]))"
    installed = json.loads(run(sys.executable, "-c", code))
    assert all(path.startswith(str(tmp_path / "site")) for path in installed)
    for path in lessons():
        copy = (tmp_path / "mine" / path.name).read_bytes()
        assert what_it_says(copy) == what_it_says(students.student_copy(path))
        assert b"For the presenter" not in copy
    again = tmp_path / "again.zip"  # an instructor who has installed the wheel can pass it on
    run(sys.executable, "-m", "zoo_helpers.commands", "students", str(again))
    with zipfile.ZipFile(again) as passed_on:
        assert wheel.name in passed_on.namelist()


def test_a_place_that_cannot_be_written_gets_a_line(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(students, "build_wheel", lambda root, folder: pytest.fail("it is not needed"))
    assert commands.main(["students", str(tmp_path / "nowhere" / "x.zip")]) == 1
    assert "could not be written" in capsys.readouterr().err

"""Make the students' zip: lessons without your notes and without outputs, and a wheel that brings the rest.

The wheel is the package as it is here, with the students' lessons in place of yours: `pip install` of it,
then `cnn-zoo lab`, opens them. The same lessons lie beside it as notebooks, for any other place to run them.
"""

from __future__ import annotations

import argparse
import io
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from zoo_helpers.commands.lessons import Stop, checkout, lessons
from zoo_helpers.commands.wheelhouse import build_wheel, repack_wheel, write_wheel

NOTEBOOKS = "zoo_helpers/notebooks/"
START = """The CNN zoo: how to start

You need Python 3.10 to 3.13, 4 GB of disk space, and a network once. In this folder:

  Linux, macOS    python3 -m venv zoo
                  zoo/bin/python -m pip install {wheel}
                  zoo/bin/cnn-zoo lab

  Windows         py -m venv zoo
                  zoo\\Scripts\\python -m pip install {wheel}
                  zoo\\Scripts\\cnn-zoo lab

The last line opens the lessons in your browser, as copies of your own in my-lessons. Run it again whenever
you come back. To hand in what you did, run it with `answers --mine` in place of `lab`: it makes one small
file, without your name.
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Where the zip goes."""
    parser.add_argument(
        "output", nargs="?", type=Path, default=Path("cnn-zoo-students.zip"), help="the zip's path"
    )


def run(options: argparse.Namespace) -> int:
    """Make the zip."""
    books = {path.name: student_copy(path) for path in lessons()}
    try:
        with tempfile.TemporaryDirectory(prefix="zoo-students-") as folder:
            options.output.parent.resolve(strict=True)  # before a wheel is built for nothing
            root = checkout()
            wheel = build_wheel(root, Path(folder)) if root else repack_wheel(Path(folder))
            with zipfile.ZipFile(options.output, "w", zipfile.ZIP_DEFLATED) as bundle:
                bundle.writestr(wheel.name, with_lessons(wheel, books), zipfile.ZIP_STORED)
                bundle.writestr("START.txt", START.format(wheel=wheel.name))
                for name, book in books.items():
                    bundle.writestr(f"lessons/{name}", book)
    except OSError as error:
        raise Stop(f"{options.output} could not be written: {error.strerror or error}") from None
    print(f"{options.output}: {len(books)} lessons, the wheel, and START.txt, which says how to install it.")
    return 0


def student_copy(path: Path) -> bytes:
    """A lesson without notes for the presenter, without outputs and what belongs to them."""
    import nbformat

    book = nbformat.read(path, as_version=4)
    book.cells = [
        cell for cell in book.cells if cell.metadata.get("slideshow", {}).get("slide_type") != "notes"
    ]
    for cell in book.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
            cell.metadata.pop("code", None)  # of stored numbers that are gone
    return (nbformat.writes(book).rstrip("\n") + "\n").encode("utf-8")


def with_lessons(wheel: Path, books: Mapping[str, bytes]) -> bytes:
    """The wheel with these lessons in place of its own, and its list of contents to match."""
    with zipfile.ZipFile(wheel) as old:
        contents = {name: old.read(name) for name in old.namelist() if not name.endswith("/RECORD")}
    file = io.BytesIO()
    write_wheel(file, contents | {f"{NOTEBOOKS}{name}": book for name, book in books.items()})
    return file.getvalue()

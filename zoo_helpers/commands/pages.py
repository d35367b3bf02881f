"""Build pages to read with nothing installed: each lesson as HTML and as PDF, in one folder.

They show what the notebooks have stored; nothing is run. The folder works offline: it can be opened as it is,
copied, or put on any web server.
"""

from __future__ import annotations

import argparse
import importlib.util
import shutil
import tempfile
from pathlib import Path

from zoo_helpers.commands.lessons import Stop, lessons

NEEDED = {  # module -> its package
    "sphinx": "sphinx",
    "myst_nb": "myst-nb",
    "sphinx_book_theme": "sphinx-book-theme",
    "latex2mathml": "latex2mathml",
    "playwright": "playwright",
}
MARK = ".buildinfo"  # Sphinx leaves it in each folder that it has built


def configure(parser: argparse.ArgumentParser) -> None:
    """Where the pages go."""
    parser.add_argument("folder", nargs="?", type=Path, default=Path("pages"), help="where they go (pages)")


def run(options: argparse.Namespace) -> int:
    """Build them beside the folder, and put them in its place once they are whole."""
    missing = [package for module, package in NEEDED.items() if importlib.util.find_spec(module) is None]
    if missing:
        raise Stop(f"pages needs {', '.join(missing)}: python -m pip install {' '.join(missing)}")
    folder = options.folder.resolve()
    if folder.exists() and not (folder.is_dir() and (not any(folder.iterdir()) or (folder / MARK).is_file())):
        raise Stop(f"{folder} holds something else than pages: name another folder.")

    from zoo_helpers.commands.reading import pdf, site

    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with (
            tempfile.TemporaryDirectory(prefix=".pages-", dir=folder.parent) as work,
            pdf.chromium() as browser,
        ):
            built = Path(work) / "built"
            said = site.build(lessons(), Path(work) / "source", built, pdfs=browser is not None)
            if browser is not None:
                pdf.print_lessons(browser, built, [path.stem for path in lessons()])
            shutil.rmtree(folder, ignore_errors=True)
            built.rename(folder)
    except OSError as error:
        raise Stop(f"the pages could not be written: {error}") from None
    print(said, end="")
    print(f"{folder / 'index.html'}: {len(lessons())} lessons" + ("" if browser else "; " + pdf.NO_CHROMIUM))
    return 1 if said else 0

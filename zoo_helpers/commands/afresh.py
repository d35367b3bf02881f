"""Start a lesson afresh: a new copy in place of yours, which is kept beside it."""

from __future__ import annotations

import argparse
from pathlib import Path

from zoo_helpers.commands import copies
from zoo_helpers.core.claims import say


def configure(parser: argparse.ArgumentParser) -> None:
    """Which lesson, and where the copies are."""
    parser.add_argument("lesson", help="its number, such as 1")
    parser.add_argument("--folder", type=Path, default=copies.default_folder(), help="your copies' folder")


def run(options: argparse.Namespace) -> int:
    """Replace the copy, and say where the old one is."""
    say(copies.start_afresh(options.folder, options.lesson))
    return 0

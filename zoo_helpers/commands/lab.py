"""Open the lessons in JupyterLab: copies of your own in my-lessons/, which an update never overwrites."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from zoo_helpers.commands import copies
from zoo_helpers.commands.lessons import Stop, checkout, lessons
from zoo_helpers.core.claims import say


def configure(parser: argparse.ArgumentParser) -> None:
    """Where the copies are, and how JupyterLab is started."""
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--folder", type=Path, default=copies.default_folder(), help="your copies' folder")
    which.add_argument("--sources", action="store_true", help="open notebooks/ itself, for maintainers")
    parser.add_argument("--port", type=int, default=8888, help="8888 if left out, or the next that is free")
    parser.add_argument(
        "--no-browser", action="store_true", help="only print the address; so does BROWSER=none"
    )


def run(options: argparse.Namespace) -> int:
    """Bring the copies up to date and start JupyterLab on them; it ends when JupyterLab ends."""
    if options.sources:
        if checkout() is None:
            raise Stop("--sources is for maintainers: it needs a checkout of the project.")
        return start_jupyterlab(lessons()[0].parent, options.port, options.no_browser)
    for line in copies.update(options.folder):
        say(line)
    return start_jupyterlab(options.folder, options.port, options.no_browser)


def start_jupyterlab(folder: Path, port: int, no_browser: bool, *more: str) -> int:
    """JupyterLab on a folder, with the lessons' settings and `more` of its own options, until it ends."""
    from jupyterlab.labapp import LabApp

    arguments = ["--ip=127.0.0.1", f"--port={port}", f"--ServerApp.root_dir={folder.resolve()}"]
    arguments.append(f"--config={Path(__file__).with_name('lab_config.py')}")
    if no_browser or os.environ.get("BROWSER") == "none":
        arguments.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        arguments.append(
            "--allow-root"
        )  # it refuses to run as root, in a container say, unless this is meant
    LabApp.launch_instance([*arguments, *more])
    return 0

"""Programs that maintainers run in a checkout, with the Python that runs the command."""

from __future__ import annotations

import subprocess
import sys

from zoo_helpers.commands.lessons import checkout


def run_python(*arguments: str) -> int:
    """Run Python with these arguments in the project's folder; its exit status."""
    return subprocess.call([sys.executable, *arguments], cwd=checkout())

"""Write requirements.lock anew, with the newest of everything that pyproject.toml allows."""

from __future__ import annotations

import argparse

from zoo_helpers.commands.programs import run_python

COMPILE = (  # uv resolves for every platform and Python at once; pip cannot
    *("-m", "uv", "pip", "compile", "pyproject.toml", "--all-extras", "--universal", "--python-version=3.10"),
    *("--generate-hashes", "--no-header", "--no-annotate", "--quiet", "--upgrade", "-o", "requirements.lock"),
)


def configure(parser: argparse.ArgumentParser) -> None:
    """There is nothing to choose."""


def run(options: argparse.Namespace) -> int:
    """Fetch uv, and let it write the lock."""
    return run_python("-m", "pip", "install", "--quiet", "uv") or run_python(*COMPILE)

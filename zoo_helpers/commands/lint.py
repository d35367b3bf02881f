"""Format code and notebooks, and check them."""

from __future__ import annotations

import argparse

from zoo_helpers.commands.programs import run_python


def configure(parser: argparse.ArgumentParser) -> None:
    """There is nothing to choose."""


def run(options: argparse.Namespace) -> int:
    """Ruff, twice; the second only where the first went well."""
    return run_python("-m", "ruff", "format", ".") or run_python("-m", "ruff", "check", "--fix", ".")

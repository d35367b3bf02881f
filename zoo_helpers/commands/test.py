"""Run the tests: all that `make test` runs, or what pytest's arguments choose."""

from __future__ import annotations

import argparse

from zoo_helpers.commands.programs import run_python


def configure(parser: argparse.ArgumentParser) -> None:
    """All arguments go to pytest."""
    parser.set_defaults(passed_on=[])


def run(options: argparse.Namespace) -> int:
    """Two files at a time, for most keep one core busy; a file's tests together, a notebook in one kernel."""
    return run_python("-m", "pytest", "-n", "2", "--dist", "loadfile", *options.passed_on)

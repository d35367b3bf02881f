"""Measure how long things take, and print the table."""

from __future__ import annotations

import argparse

from zoo_helpers.commands.programs import run_python


def configure(parser: argparse.ArgumentParser) -> None:
    """All arguments name benchmarks."""
    parser.set_defaults(passed_on=[])


def run(options: argparse.Namespace) -> int:
    """What `tests/benchmarks` does."""
    return run_python("-m", "tests.benchmarks", *options.passed_on)

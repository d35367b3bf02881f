"""Run notebooks afresh and store their outputs: all of them, or those named."""

from __future__ import annotations

import argparse

from zoo_helpers.commands.programs import run_python


def configure(parser: argparse.ArgumentParser) -> None:
    """All arguments are paths of notebooks."""
    parser.set_defaults(passed_on=[])


def run(options: argparse.Namespace) -> int:
    """What `zoo_helpers/authoring/refresh.py` does."""
    return run_python("-m", "zoo_helpers.authoring.refresh", *options.passed_on)

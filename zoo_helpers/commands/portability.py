"""Hold every notebook to its outputs under other settings and in other orders."""

from __future__ import annotations

import argparse

from zoo_helpers.commands.programs import run_python


def configure(parser: argparse.ArgumentParser) -> None:
    """All arguments go on, such as `--order`."""
    parser.set_defaults(passed_on=[])


def run(options: argparse.Namespace) -> int:
    """What `zoo_helpers/authoring/portability.py` does."""
    return run_python("-m", "zoo_helpers.authoring.portability", *options.passed_on)

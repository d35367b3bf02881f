"""Say whether this machine has what the lessons need, as the welcome page does."""

from __future__ import annotations

import argparse

from zoo_helpers.core.claims import say


def configure(parser: argparse.ArgumentParser) -> None:
    """There is nothing to choose."""


def run(options: argparse.Namespace) -> int:
    """Print the check's lines; 1 if one of them says no."""
    from zoo_helpers.welcome import checks

    status = 0
    for line, yes in checks.answers():
        say(line)
        status = status if yes else 1
    return status

"""What learners and instructors call: `cnn-zoo COMMAND`, or `python zoo.py COMMAND` in the project's folder.

A command is a module of this folder. Its docstring's first line is its help, `configure(parser)` adds its
arguments, and `run(options)` does the work and gives the exit status. What ends a command with one clear line
is a `Stop`. The list of commands is read from the docstrings, and only the command that was called is
imported: what another one needs may be missing.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import sys
from pathlib import Path
from typing import NamedTuple

from zoo_helpers.commands.lessons import PROGRAM, Stop, checkout

__all__ = ["COMMANDS", "PROGRAM", "Command", "Stop", "main"]


class Command(NamedTuple):
    """The module of this folder that a command is, and for whom: learner, instructor or maintainer."""

    module: str
    whom: str


COMMANDS = {
    "lab": Command("lab", "learner"),
    "check": Command("check", "learner"),
    "afresh": Command("afresh", "learner"),
    "wheelhouse": Command("wheelhouse", "instructor"),
    "pages": Command("pages", "instructor"),
    "present": Command("present", "instructor"),
    "sheet": Command("sheet", "instructor"),
    "students": Command("students", "instructor"),
    "answers": Command("answers", "instructor"),
    "test": Command("test", "maintainer"),
    "refresh": Command("refresh", "maintainer"),
    "portability": Command("portability", "maintainer"),
    "bench": Command("bench", "maintainer"),
    "lint": Command("lint", "maintainer"),
    "lock": Command("lock", "maintainer"),
}


def main(argv: list[str] | None = None) -> int:
    """Run the command that `argv` names, or say which there are; the exit status."""
    name, *arguments = (sys.argv[1:] if argv is None else argv) or ["--help"]
    if name in ("-h", "--help"):
        print(overview())
        return 0
    try:
        if name not in COMMANDS:
            raise Stop(f"there is no command {name!r}; `{PROGRAM} --help` lists them.")
        if COMMANDS[name].whom == "maintainer" and checkout() is None:
            raise Stop(f"{name} is for maintainers: it needs a checkout of the project.")
        module = importlib.import_module(f"{__name__}.{COMMANDS[name].module}")
        parser = argparse.ArgumentParser(prog=f"{PROGRAM} {name}", description=module.__doc__.split("\n")[0])
        module.configure(parser)
        options, rest = parser.parse_known_args(arguments)
        if rest and "passed_on" not in options:
            parser.error(f"unrecognized arguments: {' '.join(rest)}")
        options.passed_on = rest  # to the program that the command calls
        return module.run(options)
    except Stop as reason:
        print(f"CNN zoo: {reason}", file=sys.stderr)
        return 1


def overview() -> str:
    """All commands with their help, for each of those whom they are for; read without importing one."""
    lines = [f"usage: {PROGRAM} COMMAND ...; `{PROGRAM} COMMAND --help` says more"]
    for whom in dict.fromkeys(command.whom for command in COMMANDS.values()):
        if whom == "maintainer" and checkout() is None:
            continue
        lines += ["", f"for the {whom}"]
        lines += [f"  {name:12}{_help(one.module)}" for name, one in COMMANDS.items() if one.whom == whom]
    return "\n".join(lines)


def _help(module: str) -> str:
    source = Path(__file__).with_name(f"{module}.py").read_text(encoding="utf-8")
    return ast.get_docstring(ast.parse(source)).split("\n")[0]

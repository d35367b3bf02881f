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

from zoo_helpers.commands.lessons import PROGRAM, Stop, checkout

__all__ = ["COMMANDS", "PROGRAM", "Stop", "main"]

COMMANDS = {  # the module of this folder that a command is -> for whom
    "lab": "learner",
    "check": "learner",
    "afresh": "learner",
    "wheelhouse": "instructor",
    "pages": "instructor",
    "present": "instructor",
    "sheet": "instructor",
    "students": "instructor",
    "answers": "instructor",
    "test": "maintainer",
    "refresh": "maintainer",
    "portability": "maintainer",
    "bench": "maintainer",
    "lint": "maintainer",
    "lock": "maintainer",
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
        if COMMANDS[name] == "maintainer" and checkout() is None:
            raise Stop(f"{name} is for maintainers: it needs a checkout of the project.")
        module = importlib.import_module(f"{__name__}.{name}")
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
    for whom in dict.fromkeys(COMMANDS.values()):
        if whom == "maintainer" and checkout() is None:
            continue
        lines += ["", f"for the {whom}"]
        lines += [f"  {name:12}{_help(name)}" for name, one in COMMANDS.items() if one == whom]
    return "\n".join(lines)


def _help(command: str) -> str:
    source = Path(__file__).with_name(f"{command}.py").read_text(encoding="utf-8")
    return ast.get_docstring(ast.parse(source)).split("\n")[0]

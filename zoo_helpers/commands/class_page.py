"""The page that shows what a class thought: a picture a question, a table of exercises, a scoreboard."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any

from zoo_helpers.commands import contents
from zoo_helpers.commands.handed_in import HandedIn
from zoo_helpers.core import figures, recordings
from zoo_helpers.core.diary import KINDS
from zoo_helpers.your_own import views
from zoo_helpers.your_own.scoreboard import Idea

FEW = 5  # answers that say nothing of a class yet
HARDEST = 5  # questions to talk about first
ON_PICTURE = 20  # ideas whose stars leave room for each other; each has its place in the table as its name
STYLE = """
body { font: 18px/1.4 "Helvetica Neue", Arial, "DejaVu Sans", sans-serif; color: #111; background: #fff;
       max-width: 60em; margin: 1em auto 4em; padding: 0 1em }
h2 { margin-top: 2em; border-bottom: 2px solid #111 }
table { border-collapse: collapse; width: 100%; margin: 1em 0 1.6em; break-inside: avoid }
caption { text-align: left; font-weight: bold; padding-bottom: .3em }
td, th { text-align: left; padding: .2em .6em .2em 0; vertical-align: top }
.option { width: 45% } .bar { width: 42% } .number { text-align: right; white-space: nowrap }
.bar div { background: #9ab; height: 1.2em; min-width: 1px; print-color-adjust: exact }
.right .bar div { background: #0072b2 } .right .option { font-weight: bold }
.list tbody tr { border-top: 1px solid #bbb }
img { max-width: 100% }
"""


def draw(learners: Sequence[HandedIn], lines: Sequence[str], paths: Iterable[Path]) -> str:
    """The page, as HTML that needs nothing beside it.

    lines : what was said of files that could not be used, or came twice
    paths : the lessons' notebooks, whose questions these are
    """
    given = {kind: [learner.answers[kind] for learner in learners] for kind in KINDS}
    known = {kind: set() for kind in KINDS}
    parts, questions, exercises = [], [], []
    for path in paths:
        lesson = contents.read(path)
        asked = list(_questions(lesson, given))
        tried = list(_exercises(lesson, given["exercises"]))
        known["guesses"] |= {guess.question for guess in lesson.guesses}
        known["quiz"] |= set(lesson.quiz)
        known["exercises"] |= {name for name, *_ in tried}
        questions += asked
        exercises += [(lesson.title, *one) for one in tried if one[1]]
        if asked:
            parts.append(f"<h2>{escape(lesson.title)}</h2>{''.join(table for *_, table in asked)}")
    strange = sum(name not in known[kind] for kind in KINDS for one in given[kind] for name in one)
    ideas = [idea for learner in learners for idea in learner.ideas]
    body = [
        f"<h1>What the class thought</h1><p>{len(learners)} learners.",
        f" {strange} answers are to questions that these lessons do not have." * bool(strange),
        "</p>",
        _hardest(questions),
        *parts,
        _exercise_table(exercises),
        _scoreboard(ideas),
        _left_out(lines),
    ]
    head = f'<meta charset="utf-8"><title>What the class thought</title><style>{STYLE}</style>'
    return f'<!doctype html><html lang="en"><head>{head}</head><body>{"".join(body)}</body></html>\n'


def _questions(lesson: contents.Contents, given: dict[str, Any]) -> Iterator[tuple[str, int, int, str]]:
    """(question, how many answered, how many rightly, its picture) of each that somebody answered."""
    asked = [(guess.question, guess.options, guess.answer, "guesses") for guess in lesson.guesses]
    for question, choices in lesson.quiz.items():
        right = next(choice for choice, why in choices.items() if why.startswith("Right"))
        asked.append((question, tuple(choices), right, "quiz"))
    for question, options, right, kind in asked:
        counted = Counter(one[question] for one in given[kind] if question in one)
        if total := counted.total():
            said = "Guess" if kind == "guesses" else "Quiz, first choice"
            table = _bars(f"{said}: {question}", options, right, counted)
            yield question, total if right else 0, counted[right], table


def _bars(caption: str, options: Sequence[str], right: str, counted: Counter[str]) -> str:
    """A row with a bar for each option; what is no option of the lesson is counted, and not shown."""
    total = counted.total()
    rows = [(option, counted[option], option == right) for option in options]
    if others := total - sum(count for _, count, _ in rows):
        rows.append(("another answer", others, False))
    cells = "".join(
        f'<tr{" class=right" * is_right}><td class="option">{"✓ " * is_right}{escape(option)}</td>'
        f'<td class="bar"><div style="width: {100 * count / total:.0f}%"></div></td>'
        f'<td class="number">{count} of {total}</td></tr>'
        for option, count, is_right in rows
    )
    return f"<table><caption>{escape(caption)}</caption><tbody>{cells}</tbody></table>"


def _hardest(questions: Sequence[tuple[str, int, int, str]]) -> str:
    """The questions that most of the class answered wrong."""
    enough = [one for one in questions if one[1] >= FEW and one[2] < one[1]]
    hardest = sorted(enough, key=lambda one: one[2] / one[1])[:HARDEST]
    rows = "".join(f"<li>{escape(one[0])} {one[2]} of {one[1]} were right.</li>" for one in hardest)
    return f"<h2>To talk about first</h2><ol>{rows}</ol>" * bool(hardest)


def _exercises(lesson: contents.Contents, given: Sequence[dict[str, str]]) -> Iterator[tuple[str, int, int]]:
    """(exercise, how many tried, how many passed)."""
    for name in lesson.exercises:
        full = f"{lesson.module}.{name}"
        verdicts = [one[full] for one in given if full in one]
        yield full, len(verdicts), verdicts.count("passed")


def _exercise_table(exercises: Sequence[tuple[str, str, int, int]]) -> str:
    rows = [
        (lesson, name.split(".")[-1], str(tried), str(passed)) for lesson, name, tried, passed in exercises
    ]
    return _table("Exercises", ("lesson", "exercise", "tried", "solved"), rows)


def _scoreboard(ideas: Sequence[Idea]) -> str:
    """The ideas of lesson 08, the best first: the first as a picture, all as a table."""
    if not ideas:
        return ""
    best = sorted(ideas, key=lambda idea: idea.mean)
    recorded = recordings.load("your_own_baselines")
    weights = {name: int(count[0]) for name, count in recorded.group("parameters").items()}
    title = f"The class's ideas, the best {min(len(best), ON_PICTURE)} of {len(best)}, among the baselines"
    stars = [replace(idea, name=str(place)) for place, idea in enumerate(best[:ON_PICTURE], start=1)]
    picture = views.draw_scoreboard(recorded.group("error"), weights, stars, title)
    png = base64.b64encode(figures.still(picture)).decode()
    rows = [
        (str(place), idea.name, f"{idea.mean:.1%}", str(len(idea.errors)), f"{idea.parameters:,}")
        for place, idea in enumerate(best, start=1)
    ]
    table = _table("Scoreboard", ("", "idea", "error", "seeds", "weights"), rows)
    alt = f"{title}: error against weights, a star for each idea with its place in the table below."
    return table.replace(
        "<table", f'<p><img alt="{escape(alt)}" src="data:image/png;base64,{png}"></p><table', 1
    )


def _left_out(lines: Sequence[str]) -> str:
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f"<h2>Files</h2><ul>{items}</ul>" * bool(lines)


def _table(title: str, names: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table under a heading; none without rows."""
    if not rows:
        return ""
    head = "".join(f"<th>{name}</th>" for name in names)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f'<h2>{title}</h2><table class="list"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'

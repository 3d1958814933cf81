"""The order of ``templates/words``: sections by where a sentence is read, sorted within, alike in every language.

``python -m tests.house.word_files`` puts the files in order; with a FOLDER, what they lack is taken from those there.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment

from bot.render.renderer import SHIPPED
from tests.house.inventory import inventory

FOLDER = SHIPPED / "words"
HEAD = """\
{#
What the desk itself says, in this language, by its English sentences. Values in {braces}, `commands` and what people
type stay as they are; words that an operator chose are not here. Sections say where a sentence is read; within one
they are sorted. `python -m tests.house.word_files` puts new ones where they belong.
#}
"""
SECTIONS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "lists": (
        "Lists and forms: priorities, closing reasons, concerns, fields of a case, placeholders of saved replies.",
        ("lists", "fields", "placeholders", "bot/commands/missing_fields.py"),
    ),
    "verbs": (
        "Help: what each command does, and how it is typed. No capital letter, no full stop.",
        ("meanings of verbs", "usage of verbs"),
    ),
    "history": (
        "History: the steps of a case and their details, behind a time and before “by NAME”.",
        ("steps of a history", "steps of a history, details", "bot/queries/step_words.py"),
    ),
    "notices": (
        "What the desk calls a notice that could not be delivered: the subject of a sentence.",
        ("notices", "bot/notices/notice.py"),
    ),
    "slack": (
        "Slack: cards, forms, lists, the home. Titles have 24 characters at most, buttons and labels 75.",
        ("Slack", "messages in Slack", "views of Slack", "choices", "channels/slack"),
    ),
    "mail": (
        "Mail: how a sender was proven or not, and signing in at a provider. The desk and operators read it.",
        ("channels/email", "mail"),
    ),
    "report": (
        "The report, its page and the weekly digest: heads of tables are short.",
        (
            "report",
            "bot/reports",
            "templates/report",
            "bot/cli/report.py",
            "bot/cli/terminal/report_table.py",
        ),
    ),
    "terminal": ("Answers of `casebot …` in a terminal: heads of tables are short.", ("terminal", "bot/cli")),
    "formats": ("How days are written, and how sentences and names are joined.", ("formats",)),
    "answers": ("Answers to what somebody asked for, refusals, and what the desk is told of it.", ("",)),
}
"""Each section: what it is, and where its sentences stand; the first that fits."""


def section_of(where: str) -> str:
    """The section of what stands there."""
    return next(name for name, (_, places) in SECTIONS.items() if where.startswith(places))


def words_in(file: Path) -> dict[str, str]:
    """What a file translates."""
    module = Environment().from_string(file.read_text(encoding="utf-8")).module
    return dict(module.words)  # type: ignore[attr-defined]


def written(words: Mapping[str, str]) -> str:
    """The file of these words."""
    places = inventory()
    parts = [HEAD]
    for name, (about, _) in SECTIONS.items():
        own = sorted(
            (key for key in words if section_of(places.get(key, "")) == name),
            key=lambda key: (_plain(key), key),
        )
        rows = "".join(f"  {_quoted(key)}: {_quoted(words[key])},\n" for key in own)
        parts.append(f"\n{{# {about} #}}\n{{% set {name} = {{\n{rows}}} %}}\n")
    whole = " + ".join(f"{name}.items()|list" for name in SECTIONS)
    return "".join(parts) + f"\n{{% set words = dict({whole}) %}}\n"


def _plain(key: str) -> str:
    """What a sentence is sorted by: its letters."""
    return " ".join(re.sub(r"\{\w+\}|[\W_]", " ", key).casefold().split())


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def put_in_order(more: Path | None = None) -> None:
    """Write every file anew; what it lacks is taken from its namesake in ``more``."""
    for file in sorted(FOLDER.glob("*.j2")):
        other = words_in(more / file.name) if more else {}
        file.write_text(written({**other, **words_in(file)}), encoding="utf-8")


if __name__ == "__main__":
    put_in_order(Path(sys.argv[1]) if len(sys.argv) > 1 else None)

"""Placeholders of saved replies: ``{{ customer }}``; replaced once, so that no value is read as one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from bot.model.errors import BadCommand
from bot.model.translatable import listed, saying

MEANINGS: Mapping[str, str] = {
    "customer": "the requester's name",
    "first_name": "the first word of it",
    "case": "the case's number",
    "subject": "its subject",
    "ids": "its IDs, as order numbers are",
    "type": "its type",
    "priority": "its priority",
    "account": "the customer's organisation",
    "specialist": "the name of who sends it",
    "desk": "the desk's name",
    "docs_url": "where the documentation is",
}
"""All that there are."""
_PLACEHOLDER = re.compile(r"\{\{[ \t]*(\w+)[ \t]*(?:\|[ \t]*([^{}\n]*?)[ \t]*)?\}\}", re.ASCII)
"""``{{ name }}``, or ``{{ name | what is said if the case has none }}``."""
_SIGNS = re.compile(r"\{\{|\}\}|\{%|%\}")


def mistakes(text: str) -> Iterator[str]:
    """What is wrong in a text: placeholders that there are not, and signs that make none."""
    for match in _PLACEHOLDER.finditer(text):
        if match[1] not in MEANINGS:
            yield saying(
                "{name} is no placeholder; there are: {choices}.",
                name=f"{{{{ {match[1]} }}}}",
                choices=", ".join(MEANINGS),
            )
    if stray := _SIGNS.search(_PLACEHOLDER.sub("", text)):
        yield saying(
            "{sign} belongs to no placeholder: they are written {example}.",
            sign=stray[0],
            example="{{ customer }}",
        )


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders replaced, in one pass: what a customer wrote is never read as one.

    Raises ``BadCommand`` if a value is missing that has no other words.
    """
    missing: list[str] = []

    def value(match: re.Match[str]) -> str:
        words = values.get(match[1], "").strip() or (match[2] or "")
        if not words:
            missing.append(saying(MEANINGS[match[1]]) if match[1] in MEANINGS else match[1])
        return words

    filled = _PLACEHOLDER.sub(value, text)
    if missing:
        raise BadCommand(
            saying(
                "Nothing was sent: this reply names what this case has not ({names}). Write it yourself, or set the "
                "case's fields first.",
                names=listed(*dict.fromkeys(missing)),
            ),
            {"name": saying("names what this case lacks")},
        )
    return filled

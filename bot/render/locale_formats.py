"""Locale formats: dates, sizes and numbers in each language."""

from __future__ import annotations

from bot.languages.catalogue import languages
from bot.languages.language import Writing

WRITINGS = {code: language.formats for code, language in languages().items() if language.formats}
"""By language."""
PLAIN = Writing(
    tuple(f"{month:02}" for month in range(1, 13)),
    "{year}-{month}-{day:02} {time} UTC",
    day="{year}-{month}-{day:02}",
    octets=(" B", " kB", " MB", " GB"),
)
"""For languages that are not in the table: dates as ISO 8601 has them."""

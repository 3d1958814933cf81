"""Names of fields and priorities in all languages, in lower case."""

from __future__ import annotations

from bot.languages.catalogue import every_of, languages

FIELDS = {
    word: field
    for language in languages().values()
    for field, words in language.field_names._asdict().items()
    for word in words
}
"""A word before the colon → the field."""
LEVELS = {
    level: (f"p{number}", *every_of(lambda language: language.priorities, level))
    for number, level in enumerate(("Blocker", "Critical", "Medium", "Low"), 1)
}
"""A priority of the usual list → what else it is called."""

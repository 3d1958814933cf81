"""The catalogue of verbs: their names in all languages, help, and the command that a line asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from bot.commands import (
    absence,
    attention,
    broadcast,
    browse,
    case,
    dispatch,
    people,
    redaction,
    snippets,
    triage,
    urgency,
    work,
)
from bot.commands.verb import REGISTERED, Arguments, Verb, usage_in_words
from bot.languages.catalogue import languages
from bot.model.facts import HelpLine
from bot.model.identity import Identity
from bot.model.request import Command
from bot.model.translatable import saying
from bot.syntax.case_numbers import ParsedCommand
from bot.syntax.fields import Choices

_MODULES = [
    module.__name__
    for module in (
        case,
        dispatch,
        urgency,
        people,
        work,
        snippets,
        attention,
        absence,
        broadcast,
        triage,
        redaction,
        browse,
    )
]
VERBS = tuple(sorted(REGISTERED, key=lambda verb: _MODULES.index(verb.command.__module__)))
"""All verbs, in the order of help: module by module, and as they stand there."""
ENGLISH = {name: verb for verb in VERBS for name in (verb.name, *verb.aliases)}
"""Name or alias → verb."""
NAMES = {code: language.verbs for code, language in languages().items() if language.verbs}
"""Language → verb → its names, the usual one first; all in lower case."""
BY_NAME = ENGLISH | {
    name: ENGLISH[verb] for own in NAMES.values() for verb, names in own.items() for name in names
}
LONGEST_NAME = max(map(len, BY_NAME))
FOREIGN_LIKENESS = 0.85
"""Enough for a letter too few, too many or swapped; hardly a word of another language comes as near."""
_FOREIGN = [name for name in BY_NAME if name not in ENGLISH and len(name) > 4 and " " not in name]
_STAFF_ROLES = frozenset({"staff", "specialist", "manager", "operator"})


def command(
    parsed: ParsedCommand, case: int | None, lists: Choices, mentioned: Sequence[Identity] = ()
) -> Command:
    """The command of a parsed line, about the case that it names, else about ``case``.

    ``mentioned``: the people whom its message mentions, as its channel vouches for them.
    Raises ``BadCommand`` whose ``fields`` say what is missing or wrong.
    """
    words = Arguments(parsed.verb, parsed.text, lists, parsed.case, case, mentioned)
    return ENGLISH[parsed.verb].read(words)


def nearest(word: str, likeness: float = 0.78) -> str:
    """A verb's name in any language that ``word`` (of four letters at least) is like, or ``""``."""
    if not 4 <= len(word) <= LONGEST_NAME:
        return ""
    word, names = word.lower(), [name for name in ENGLISH if len(name) > 3 and " " not in name]
    swapped = [name for name in names if sorted(name) == sorted(word)]
    near = [*swapped, *get_close_matches(word, names, 1, likeness)]
    return next(iter(near or get_close_matches(word, _FOREIGN, 1, FOREIGN_LIKENESS)), "")


def help_lines(prefix: str, role: str, language: str = "", topic: str = "") -> tuple[HelpLine, ...]:
    """A line for each verb that ``role`` may use (``specialist``, ``manager``, ``operator``: all).

    Of a ``topic`` that is one of them, or has its name in the language, that line alone.

    A verb that has a name of its own in the language is called by both.
    """
    own, staff = NAMES.get(language, {}), role in _STAFF_ROLES
    return tuple(
        HelpLine(_usage(verb, prefix, own.get(verb.name, ())), saying(verb.means(staff=staff)))
        for verb in about(topic, staff=staff, names=own)
    )


def _usage(verb: Verb, prefix: str, names: Sequence[str]) -> str:
    own = "".join(f"{prefix}{name}, " for name in names[:1])
    return usage_in_words(f"{own}{prefix}{verb.name}", verb.usage.partition(" ")[2])


def about(topic: str, *, staff: bool, names: Mapping[str, Sequence[str]] | None = None) -> Sequence[Verb]:
    """The verb that help is asked for by its name, or all that somebody may use.

    ``names``: other names of verbs, by verb.
    """
    verbs = [verb for verb in VERBS if staff or not verb.staff_only]
    word = topic.strip().lower().lstrip("#!")
    named = [verb for verb in verbs if word in (verb.name, *verb.aliases, *(names or {}).get(verb.name, ()))]
    return named or verbs

"""Names of the verbs in all languages."""

from __future__ import annotations

from bot.languages.catalogue import languages
from bot.model.facts import HelpLine
from bot.syntax.verbs import ENGLISH, STAFF_ROLES, VERBS

NAMES = {code: language.verbs for code, language in languages().items() if language.verbs}
"""Language → verb → its names, the usual one first; all in lower case."""
BY_NAME = ENGLISH | {
    name: ENGLISH[verb] for own in NAMES.values() for verb, names in own.items() for name in names
}


def help_lines(prefix: str, role: str, language: str = "") -> tuple[HelpLine, ...]:
    """A line for each verb that ``role`` may use (``specialist``, ``manager``, ``operator``: all).

    A verb that has a name of its own in the language is called by both.
    """
    own, staff = NAMES.get(language, {}), role in STAFF_ROLES
    return tuple(
        HelpLine(
            "".join(f"{prefix}{name}, " for name in own.get(verb.name, ())[:1]) + prefix + verb.usage,
            verb.means(staff=staff),
        )
        for verb in VERBS
        if verb.who == "everybody" or staff
    )

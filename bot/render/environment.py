"""The Jinja environments that everything is rendered in: strict, with our filters."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import BaseLoader, Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.filters import do_join
from jinja2.runtime import Context
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import escape

from bot.render.filters import FILTERS, language
from bot.render.translations import SHIPPED, Translations

_PLACE = re.compile(r"%\((\w+)\)s|%%")
_ELIDED = re.compile(r"\b(il|dal) (?=(?:8|11)\b)")
"""Italian articles before a date that begins with a vowel: ``l’8 aprile``, ``dall’11 aprile``."""


def environment(
    loader: BaseLoader,
    kind: type[Environment] = Environment,
    translations: Translations | None = None,
    *,
    escapes: bool = True,
    **options: Any,
) -> Environment:
    """A Jinja environment with our filters.

    ``kind``: a sandbox for templates of the operator's own; ``options``: Jinja's others.
    """
    created = kind(
        loader=loader,
        autoescape=escapes,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        **options,
    )
    created.filters.update(FILTERS)
    if translations:
        _install(translations, created)
    return created


def page_environment(channel: str, *folders: Path) -> Environment:
    """Return the environment of a channel's pages; its global ``translations`` has the catalogs.

    ``folders``: the operator's own, which come before the shipped ones; with pages of theirs it is a sandbox.
    """
    loader = FileSystemLoader([folder / channel for folder in (*folders, SHIPPED)])
    return environment(loader, SandboxedEnvironment if folders else Environment, Translations(*folders))


def _install(translations: Translations, environment: Environment) -> None:
    """Give templates ``_``, ``ngettext``, ``pgettext`` and ``{% trans %}``.

    A template's language is its variable ``language``. Translations are plain text: they are escaped like values.
    """

    def filled(context: Context, english: str, text: str, values: Mapping[str, Any]) -> str:
        escaped = escape if context.eval_ctx.autoescape else str
        if text != english and not _fits(text, values):
            text = english
        text = escaped(text) % values
        if language(context) != "it":
            return text
        return type(text)(_ELIDED.sub(lambda match: "l’" if match[1] == "il" else "dall’", text))

    @pass_context
    def gettext(context: Context, message: str, /, **values: Any) -> str:
        return filled(context, message, translations.catalog(language(context)).gettext(message), values)

    @pass_context
    def pgettext(context: Context, about: str, message: str, /, **values: Any) -> str:
        text = translations.catalog(language(context)).pgettext(about, message)
        return filled(context, message, text, values)

    @pass_context
    def ngettext(context: Context, singular: str, plural: str, count: int, /, **values: Any) -> str:
        text = translations.catalog(language(context)).ngettext(singular, plural, count)
        return filled(context, plural, text, {"num": count, **values})

    @pass_context
    def translated(context: Context, word: str, about: str = "") -> str:
        catalog = translations.catalog(language(context))
        text = catalog.pgettext(about, word) if about else word
        return text if text != word else catalog.words.get(word, word)

    @pass_context
    def listed(context: Context, items: Sequence[object]) -> str:
        joined: str = do_join(context.eval_ctx, items, gettext(context, ", "))
        return joined

    environment.add_extension("jinja2.ext.i18n")
    environment.newstyle_gettext = True  # type: ignore[attr-defined]
    environment.globals |= {
        "gettext": gettext,
        "_": gettext,
        "ngettext": ngettext,
        "pgettext": pgettext,
        "translations": translations,
    }
    environment.filters |= {"translated": translated, "listed": listed}


def _fits(text: str, values: Mapping[str, Any]) -> bool:
    """Return whether a translation has only values that are given, and no other per cent sign."""
    return "%" not in _PLACE.sub("", text) and values.keys() >= {*filter(None, _PLACE.findall(text))}

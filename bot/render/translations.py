"""Translations: gettext catalogs of the operator and the shipped ones."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Any

import structlog
from jinja2 import Environment, pass_context
from jinja2.filters import do_join
from jinja2.runtime import Context
from markupsafe import escape

SHIPPED = Path(__file__).resolve().parents[2] / "templates"
"""By place, not by import: a folder ``templates`` of somebody else's must not stand in for it."""
CATALOG = Path("LC_MESSAGES", "casebot.po")
INSTALLED_WITHIN = 60.0
"""Seconds: an installer may write the ``.po`` file after the ``.mo`` file."""
log = structlog.get_logger(__name__)
_PLACE = re.compile(r"%\((\w+)\)s|%%")
_ELIDED = re.compile(r"\b(il|dal) (?=(?:8|11)\b)")
"""Italian articles before a date that begins with a vowel: ``l’8 aprile``, ``dall’11 aprile``."""


class Catalog:
    """The messages of one language. The English text is the key of each."""

    def __init__(self, files: Sequence[Path]) -> None:
        """``files``: ``.po`` files, the first first. One that cannot be read is left out."""
        self._translations: NullTranslations = NullTranslations()
        for file in reversed(files):
            try:
                read = read_catalog(file)
            except Exception as error:  # a damaged file raises errors of many types
                log.warning("catalog not used", file=str(file), error=str(error))
                continue
            read.add_fallback(self._translations)
            self._translations = read
        self.gettext, self.ngettext = self._translations.gettext, self._translations.ngettext
        self.pgettext = self._translations.pgettext

    @cached_property
    def words(self) -> Mapping[str, str]:
        """The messages without context or plural: English text → translation."""
        words: dict[str, str] = {}
        catalog: NullTranslations | None = self._translations
        while isinstance(catalog, GNUTranslations):
            messages: Mapping[Any, str] = catalog._catalog  # type: ignore[attr-defined]
            words = {
                key: text for key, text in messages.items() if isinstance(key, str) and "\x04" not in key
            } | words
            catalog = catalog._fallback  # type: ignore[attr-defined]
        words.pop("", None)
        return words


def read_catalog(file: Path) -> GNUTranslations:
    """Read a catalog from its ``.mo`` file; where that is missing or older, compile it in memory."""
    compiled = file.with_suffix(".mo")
    if compiled.is_file() and compiled.stat().st_mtime + INSTALLED_WITHIN >= file.stat().st_mtime:
        return GNUTranslations(BytesIO(compiled.read_bytes()))
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with file.open("rb") as text:
        catalog = read_po(text)
    binary = BytesIO()
    write_mo(binary, catalog)
    binary.seek(0)
    return GNUTranslations(binary)


class Translations:
    """The catalogs of the operator's folders of templates, the first first, and the shipped ones."""

    def __init__(self, *folders: Path) -> None:
        self._folders = folders = (*folders, SHIPPED)
        catalogs = (
            path.name for folder in folders for path in folder.glob("locale/*") if (path / CATALOG).is_file()
        )
        templates = (
            path.stem.partition(".")[2] for folder in folders for path in folder.glob("notices/*.*.j2")
        )
        self.languages = frozenset({"en", *catalogs, *templates})
        """Those with a catalog, or at least a template of their own."""
        self.catalog = cache(self._catalog)

    def _catalog(self, language: str) -> Catalog:
        files = (folder / "locale" / language / CATALOG for folder in self._folders)
        return Catalog([file for file in files if file.is_file()])

    def closest(self, language: str) -> str:
        """Return the language that a reader gets: ``de-AT`` → ``de``; English where there is no catalog."""
        short = language.replace("_", "-").partition("-")[0].lower()
        return short if short in self.languages else "en"

    def words(self, language: str) -> Mapping[str, str]:
        """The translations of whole sentences by their English text, for ``in_words``."""
        return self.catalog(self.closest(language)).words

    def install(self, environment: Environment) -> None:
        """Give templates ``_``, ``ngettext``, ``pgettext`` and ``{% trans %}``.

        A template's language is its variable ``language``. Translations are plain text: they are escaped like values.
        """

        def filled(context: Context, english: str, text: str, values: Mapping[str, Any]) -> str:
            escaped = escape if context.eval_ctx.autoescape else str
            if text != english and not _fits(text, values):
                text = english
            text = escaped(text) % values
            if _language(context) != "it":
                return text
            return type(text)(_ELIDED.sub(lambda match: "l’" if match[1] == "il" else "dall’", text))

        @pass_context
        def gettext(context: Context, message: str, /, **values: Any) -> str:
            return filled(context, message, self.catalog(_language(context)).gettext(message), values)

        @pass_context
        def pgettext(context: Context, about: str, message: str, /, **values: Any) -> str:
            text = self.catalog(_language(context)).pgettext(about, message)
            return filled(context, message, text, values)

        @pass_context
        def ngettext(context: Context, singular: str, plural: str, count: int, /, **values: Any) -> str:
            text = self.catalog(_language(context)).ngettext(singular, plural, count)
            return filled(context, plural, text, {"num": count, **values})

        @pass_context
        def translated(context: Context, word: str, about: str = "") -> str:
            catalog = self.catalog(_language(context))
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
            "translations": self,
        }
        environment.filters |= {"translated": translated, "listed": listed}


def _fits(text: str, values: Mapping[str, Any]) -> bool:
    """Return whether a translation has only values that are given, and no other per cent sign."""
    return "%" not in _PLACE.sub("", text) and values.keys() >= {*filter(None, _PLACE.findall(text))}


def _language(context: Context) -> str:
    return str(context.get("language", "en"))

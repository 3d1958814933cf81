"""Translations: gettext catalogs of the operator and the shipped ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Any

import structlog

SHIPPED = Path(__file__).resolve().parents[2] / "templates"
"""By place, not by import: a folder ``templates`` of somebody else's must not stand in for it."""
CATALOG = Path("LC_MESSAGES", "casebot.po")
INSTALLED_WITHIN = 60.0
"""Seconds: an installer may write the ``.po`` file after the ``.mo`` file."""
log = structlog.get_logger(__name__)


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

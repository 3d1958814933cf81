"""The gettext catalogs: which messages there are. ``python -m tests.house.catalogs`` brings each catalog up to date.

A new message is added without a translation, and one that is gone is removed. A message is where a template marks it
by ``_``, ``ngettext`` or ``pgettext``, or what ``inventory`` finds in Python.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages import Catalog
from babel.messages.pofile import read_po, write_po

from bot.render.environment import page_environment
from bot.render.translations import CATALOG, SHIPPED
from tests.house.inventory import inventory

FOLDER = SHIPPED / "locale"
LANGUAGES = sorted(path.name for path in FOLDER.iterdir())


def in_templates() -> Iterator[tuple[str, str | None, Any]]:
    """Yield the file, the context and the key of each message of the templates."""
    environment: Any = page_environment("web")
    for file in sorted(SHIPPED.rglob("*.j2")):
        for _, function, found in environment.extract_translations(file.read_text("utf-8")):
            texts = tuple(text for text in (found if isinstance(found, tuple) else (found,)) if text)
            context = texts[0] if function == "pgettext" else None
            key: Any = texts[:2] if function == "ngettext" else texts[-1 if context is None else 1]
            yield file.relative_to(SHIPPED.parent).as_posix(), context, key


@cache
def messages() -> Catalog:
    """Return all messages, with the files that they are in."""
    catalog = Catalog(fuzzy=False)
    catalog.add(", ", auto_comments=["Between the items of a list."])
    for file, context, key in in_templates():
        catalog.add(key, context=context, locations=[(file, 0)])
    for sentence, where in inventory().items():
        catalog.add(sentence, locations=[(where, 0)] if "/" in where else ())
    return catalog


def catalog_file(language: str) -> Path:
    return FOLDER / language / CATALOG


def read(language: str) -> Catalog:
    with catalog_file(language).open("rb") as file:
        return read_po(file)


def updated(language: str) -> bytes:
    """Return a catalog's file as it should be."""
    catalog, written = read(language), BytesIO()
    catalog.update(messages(), no_fuzzy_matching=True, update_creation_date=False)
    write_po(written, catalog, width=0, sort_output=True, ignore_obsolete=True, include_lineno=False)
    return written.getvalue()


if __name__ == "__main__":
    for code in LANGUAGES:
        catalog_file(code).write_bytes(updated(code))

"""Writing: how each language writes dates, sizes and numbers of things."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Writing:
    """One language's ways; the months' names as they stand in its dates."""

    months: tuple[str, ...]
    date: str
    """With ``day``, ``month`` (a name), ``year``, ``time`` (24 hours)."""
    octets: tuple[str, str, str, str]
    """Bytes, kilobytes, megabytes, gigabytes, with the space before them."""
    point: str = ","
    """Between a whole number and its tenths."""
    day: str = "{day} {month} {year}"
    """A date without its time."""


_DMY = "{day} {month} {year}, {time} UTC"
_BYTES = (" B", " kB", " MB", " GB")
WRITINGS: Mapping[str, Writing] = {
    "en": Writing(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
        _DMY,
        (" bytes", " kB", " MB", " GB"),
        ".",
    ),
    "fr": Writing(
        ("janv.", "févr.", "mars", "avril", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."),
        "{day}\xa0{month} {year} à {time}\xa0UTC",
        ("\xa0octets", "\xa0ko", "\xa0Mo", "\xa0Go"),
        day="{day}\xa0{month} {year}",
    ),
    "de": Writing(
        ("Jan.", "Feb.", "März", "April", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez."),
        "{day}. {month} {year}, {time} Uhr UTC",
        (" Byte", " kB", " MB", " GB"),
        day="{day}. {month} {year}",
    ),
    "ja": Writing(
        tuple(str(month) for month in range(1, 13)),
        "{year}年{month}月{day}日 {time} UTC",
        (" バイト", " KB", " MB", " GB"),
        ".",
        day="{year}年{month}月{day}日",
    ),
    "es": Writing(
        ("ene.", "feb.", "mar.", "abr.", "may.", "jun.", "jul.", "ago.", "sept.", "oct.", "nov.", "dic."),
        _DMY,
        _BYTES,
    ),
    "it": Writing(
        ("gen", "feb", "mar", "apr", "mag", "giu", "lug", "ago", "set", "ott", "nov", "dic"), _DMY, _BYTES
    ),
    "pt": Writing(
        ("jan.", "fev.", "mar.", "abr.", "maio", "jun.", "jul.", "ago.", "set.", "out.", "nov.", "dez."),
        "{day} de {month} de {year}, {time} UTC",
        _BYTES,
        day="{day} de {month} de {year}",
    ),
    "pl": Writing(
        (
            "stycznia", "lutego", "marca", "kwietnia", "maja", "czerwca",
            "lipca", "sierpnia", "września", "października", "listopada", "grudnia",
        ),
        _DMY,
        _BYTES,
    ),
}  # fmt: skip
"""By language."""
PLAIN = Writing(
    tuple(f"{month:02}" for month in range(1, 13)),
    "{year}-{month}-{day:02} {time} UTC",
    _BYTES,
    day="{year}-{month}-{day:02}",
)
"""For languages that are not in the table: dates as ISO 8601 has them."""

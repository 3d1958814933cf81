"""SPF: may this host send for that domain (RFC 7208)? pyspf, with our DNS."""

from __future__ import annotations

from typing import Any

import spf as pyspf

from channels.email.auth.resolver import Inquiry, NotKnown, Unanswered

LONGEST, LONGEST_TERM = 2048, 400
"""Bytes of a record and of one of its terms. Longer ones do not occur, and pyspf's reading takes the square of a
term's length."""


def verdict(*, peer: str, helo: str, mail_from: str, ask: Inquiry) -> str:
    """SPF's verdict on a sender: ``pass``, ``fail``, ``softfail``, ``neutral``, ``none`` or ``permerror``.

    ``Unanswered`` for temperror. At most ten lookups, two of them void, and no longer than ``ask`` may take.
    """
    try:
        result = str(_Query(i=peer, s=mail_from, h=helo, ask=ask).check()[0])
    except (Unanswered, NotKnown):
        raise
    except Exception:  # pyspf meets odd records and names with whatever comes to its mind
        return "permerror"
    if result == "temperror":
        raise Unanswered(f"SPF of {mail_from.rpartition('@')[2]} cannot be had just now")
    return result


class _Query(pyspf.query):  # type: ignore[misc]
    """One SPF evaluation; explanations are not asked for, since we give none."""

    def __init__(self, *, i: str, s: str, h: str, ask: Inquiry) -> None:
        self._ask = ask
        super().__init__(i=i, s=s, h=h, strict=True)

    def get_explanation(self, spec: str) -> None:
        return None

    def dns(self, name: str, qtype: str, cnames: Any = None, ignore_void: bool = False) -> list[Any]:
        """Values as pyspf expects them; the resolver follows aliases."""
        values = self._values(str(name), qtype)
        if not values and not ignore_void:
            self.void_lookups += 1
            if self.void_lookups > pyspf.MAX_VOID_LOOKUPS:
                raise pyspf.PermError("too many names that do not exist")
        return values

    def _values(self, name: str, kind: str) -> list[Any]:
        if not all(0 < len(label) < 64 for label in name.rstrip(".").split(".")):
            return []
        try:
            records = self._ask.records(name, kind)
        except Unanswered as error:
            raise pyspf.TempError(str(error)) from None
        return [value for record in records if (value := _value(record, kind)) is not None]


def _value(record: Any, kind: str) -> Any:
    if kind in ("A", "AAAA"):
        return record.address
    if kind == "MX":
        return (record.preference, record.exchange.to_text(True))
    if kind == "PTR":
        return record.target.to_text(True)
    text = b"".join(record.strings)
    fits = len(text) <= LONGEST and max(map(len, text.split(b" "))) <= LONGEST_TERM
    return (text,) if fits else None

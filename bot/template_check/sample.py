"""Samples: all that a notice's template is given, of the examples that its facts have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.notices.conversation import DeskNews, News
from bot.notices.examples import CASE, DESK
from bot.notices.notice import Notice

SECTIONS: Mapping[str, tuple[str, str]] = {
    News.name: ("case closed", "added"),
    DeskNews.name: ("customer acted", "note written"),
}
"""The notices that stand in a mail of several, by its name."""
_BARE_CASE = {
    "subject": "",
    "type": "",
    "category": "",
    "ids": (),
    "feature": "",
    "owner": "",
    "url": "",
    "upload_url": "",
}
_FOR_THE_DESK = {
    "as_it_came": "https://support.example.com/mail/sample",
    "note_address": "support+note@example.com",
}


def sample(notice: type[Notice], *, bare: bool = False) -> dict[str, Any]:
    """All sample facts for a notice.

    ``bare``: without the optional ones, and with one of each that may be several.
    """
    facts: dict[str, Any] = {"desk": DESK, "to": "Ana Lima", "case": None}
    if notice.example_case is not None:
        facts["case"] = replace(CASE, **dict[str, Any](notice.example_case))
    if notice.audience == "staff":
        facts |= _FOR_THE_DESK
    if bare:
        facts |= {"desk": replace(DESK, docs_url=""), "to": ""}
        facts["case"] = facts["case"] and replace(facts["case"], **_BARE_CASE)
        facts |= dict.fromkeys(facts.keys() & _FOR_THE_DESK.keys(), "")
    return facts | notice.example(bare=bare)

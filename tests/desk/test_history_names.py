"""The history of a case shows people by name, whatever a step knows of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from bot.model.translatable import packed, saying
from bot.queries.case_detail import event_line
from store.cases.case import EventRow


def test_step_about_somebody_named_by_a_sentence_can_be_read() -> None:
    who = packed(saying("{who} (in {channel})", who="Ana", channel="Slack"))
    row = EventRow(1, datetime.now(UTC), "delivery delayed", None, None, json.dumps({"who": who, "why": "x"}))
    event_line(row, detail=True, names={"t0home/u0ana": "Ana Lima"})


def test_step_about_an_address_in_a_chat_names_the_person() -> None:
    row = EventRow(1, datetime.now(UTC), "participant added", None, None, '{"who": "t0home/u0ana"}')
    assert "Ana Lima" in str(event_line(row, detail=True, names={"t0home/u0ana": "Ana Lima"}).detail)

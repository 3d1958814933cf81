"""The benches that let operations fail, and that compare two checkouts."""

from __future__ import annotations

import pytest

from bench.crash.__main__ import crash
from bench.same import content

pytestmark = pytest.mark.slow


def test_records_are_compared_without_ids_and_a_changed_word_is_found() -> None:
    def record(number: str, word: str) -> content.Topics:
        mail = f"[{number}] m001\nMessage-ID: <{number}-12345678901234567890@desk.example>\nIt {word}."
        return content.topics([("Mon 10:00", "mail to ana", f"[{number}] m001", mail)], {number: "m001"})

    assert content.differences(record("CS-000001", "works"), record("CS-000002", "works")) == []
    [found] = content.differences(record("CS-000001", "works"), record("CS-000002", "fails"))
    assert "-Mon 10:00 It works." in found


@pytest.mark.parametrize("store", ["sqlite", "postgresql"])
def test_nothing_is_lost_or_done_twice_after_a_kill_and_a_failed_commit(store: str) -> None:
    points = [("kill", "send", 1), ("kill", "committed", 2), ("fails", "write", 1)]
    counts = crash("new-mail", store, points=points)
    assert [counts[name] for name in ("points", "lost", "twice", "other")] == [3, 0, 0, 0]

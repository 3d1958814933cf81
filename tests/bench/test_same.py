"""The bench that compares two checkouts."""

from __future__ import annotations

from bench.same import content


def test_records_are_compared_without_ids_and_a_changed_word_is_found() -> None:
    def record(number: str, word: str) -> content.Topics:
        mail = f"[{number}] m001\nMessage-ID: <{number}-12345678901234567890@desk.example>\nIt {word}."
        return content.topics([("Mon 10:00", "mail to ana", f"[{number}] m001", mail)], {number: "m001"})

    old, other = record("CS-000001", "works"), record("CS-000002", "fails")
    assert not content.differing(old, record("CS-000002", "works"))
    [found] = content.differences(old, other, content.differing(old, other))
    assert "-Mon 10:00 It works." in found

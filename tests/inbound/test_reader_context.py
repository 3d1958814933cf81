"""Reader contexts: what the reader of a mail is given of the cases that it may belong to."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from bot.channel.protocols import LINES, Anchor
from bot.inbound.reader_context import MOST_KNOWN, contexts
from bot.links.tokens import Links
from store.cases import entry as entries
from store.people import person as people
from store.queues import outbox
from store.queues.outbox import Outgoing
from tests.support.houses.house import House
from tests.support.setup.config import SECRET

ANA, BOB, DESK = "ana@acme.example", "bob@borg.example", "support@example.com"
NOW = datetime.now(UTC)


def test_a_busy_case_and_a_huge_note_hide_nothing_of_the_others(url: str, tmp_path: Path) -> None:
    with House(url, tmp_path) as house:
        for sender in (ANA, BOB):
            house.send(sender, DESK, "No export", "It stopped.")
            house.mails(sender)
        house.settled()
        with house.app.database.writing() as tx:
            ids = [people.find(tx, "email", address).id for address in (ANA, BOB, "sam@desk.example")]
            for number in (1, 2):
                entries.remember(tx, number, [f"<{number}@a.example>"])
            for number in range(1, 501):
                row = Outgoing(number << 40, "email", BOB, "", b"x", NOW, 0, 0, case_id=2)
                packed = LINES + number.to_bytes(8)
                outbox.post(
                    tx, row, person_id=ids[1 + number % 2], notice="answer", message_id=f"<{number}@d.example>",
                    lines=packed, due_at=NOW, outcome="sent",
                )  # fmt: skip
            for text in ("The oldest.", "They do not pay.", "x" * MOST_KNOWN * 2, *["y"] * 150):
                entries.say(
                    tx, 1, person_id=ids[2], visibility="internal", text=text, received_at=datetime.now(UTC)
                )
        links = Links([SECRET])
        anchors = {
            1: [Anchor("id", "<1@a.example>")],
            2: [Anchor("ours", links.message_id(2, 1 << 40, "d.example"))],
        }
        with house.app.database.reading() as tx:
            known = contexts(tx, links, anchors, now=NOW)
    assert known[1].internal[150] == "x" * (1 << 16), "the newest come first"
    assert known[1].internal[-1] == "The oldest."
    assert known[1].sent == ()
    assert "They do not pay." in known[1].internal
    assert known[2].internal == ()
    assert {packed[-1] % 2 for packed in known[2].sent if len(packed) == 16} == {1}, "of one reader"
    assert len(known[2].sent) == 200, "however many the other reader has"

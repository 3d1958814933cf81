"""Effects and deliveries of a story, compared with those of a run without a fault."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from bench.crash.stories import Scene
from bench.slack.promises import UNPOSTED

BEFORE, AFTER = 1.0, 0.3
"""Seconds around a fault: a mail that the relay took then may be sent once more, if its 250 or its record was lost."""


def row(*cells: object) -> str:
    """Return a row of a table."""
    return "".join(f"{cell!s:>11}" for cell in cells)


class Facts:
    """The effects and deliveries of a story; ``copies`` are unavoidable second copies of mails."""

    def __init__(
        self, scene: Scene, since: float = 0.0, until: float = 0.0, *, loses_answers: bool = False
    ) -> None:
        """``since`` and ``until``: when the fault began and ended, in seconds since 1970.

        ``loses_answers``: the fault can lose the relay's answer, or the record of it; then the mail is sent again.
        """
        self.scene, self.copies = scene, 0
        self._since, self._until, self._loses_answers = since, until, loses_answers
        marker = f"LIKE '%{scene.marker}%'"
        mine = f"case_id IN (SELECT id FROM support_case WHERE subject {marker})"
        cases, entries, files, notices = scene.desk.look.rows(
            f"SELECT id, state FROM support_case WHERE subject {marker}",
            # An entry without text has files that came by a page, or that Slack did not provide at once.
            f"SELECT visibility, text FROM entry WHERE ({mine} OR text {marker}) AND text <> ''",
            f"SELECT name, sha256 FROM attachment WHERE {mine} OR name {marker}",
            f"SELECT * FROM outgoing WHERE ({mine} OR recipient {marker}) AND key = ''",
        )
        cards = scene.desk.board.card_counts()
        facts = [
            *(f"case {case.state} with {cards[case.id]} cards" for case in cases),
            *(f"entry {entry.visibility} {entry.text!r}" for entry in entries),
            *(
                f"file {file.name} {'as sent' if file.sha256 in scene.hashes else 'damaged'}"
                for file in files
            ),
            *self._delivered(notices),
        ]
        self.counts = Counter(fact.replace(scene.marker, "*") for fact in facts)

    def _delivered(self, notices: Sequence[Any]) -> Iterator[str]:
        posted = self.scene.desk.board.posted()
        for row in notices:
            times = 1 if row.notice in UNPOSTED else posted[row.id]
            times = self._sent(row.message_id) if row.channel == "email" else times
            yield from [f"{row.channel} {row.notice} to {row.recipient} {row.outcome}"] * times

    def _sent(self, message_id: str) -> int:
        """Return how often the relay took a mail, without one unavoidable copy."""
        times = [mail.at for mail in self.scene.desk.sink.taken if mail.message_id == message_id]
        during = any(self._since - BEFORE <= at <= self._until + AFTER for at in times)
        copy = int(self._loses_answers and during and len(times) > 1)
        self.copies += copy
        return len(times) - copy

    def again(self) -> Facts:
        """Return the facts as they are now."""
        return Facts(self.scene, self._since, self._until, loses_answers=self._loses_answers)

    def compare(self, reference: Counter[str]) -> tuple[list[str], list[str]]:
        """Return what is missing, and what is there too often."""
        lost, twice = reference - self.counts, self.counts - reference
        return [f"lost: {fact}" for fact in lost.elements()], [f"twice: {fact}" for fact in twice.elements()]

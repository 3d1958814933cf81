"""What must be true in Slack once everything has drained: nothing acked is lost, nothing has two effects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from bench.slack.board import Board
from bench.slack.book import INWARD, Act, Book
from bench.slack.mail import Mailbox, Mailer
from bench.support.databases import Look

_QUERIES = (
    "SELECT id, source, key, outcome, reason FROM inbox",
    "SELECT case_id, visibility, channel, text, message_id FROM entry",
    "SELECT id, subject FROM support_case",
    "SELECT event.case_id, event.name, identity.address FROM event "
    "JOIN identity ON identity.person_id = event.person_id AND identity.channel = 'slack'",
    "SELECT id, channel, key, notice, message_id, outcome, reason, case_id, place FROM outgoing",
)

UNPOSTED = ("transcript", "status", "case opened")
"""Notices that are no message of their own: for one pair of eyes, a reaction, and what stands on the card."""


class Promises:
    """Compares the people's book, the store, the workspace and the relay. ``broken``: a sentence for each.

    Without ``mails`` only what came and went by Slack: another book has the rest.
    """

    def __init__(
        self, book: Book, look: Look, board: Board, *, mails: tuple[Mailer, Mailbox] | None = None
    ) -> None:
        self.acts = book.acts()
        self.inbox, self.entries, self.cases, self.history, self.notices = look.rows(*_QUERIES)
        self._mailed, self._told_by_mail = (
            (set(mails[0].acknowledged), mails[1].ids) if mails else (set(), set())
        )
        if not mails:
            self.inbox = [row for row in self.inbox if row.source == "slack"]
            self.notices = [row for row in self.notices if row.channel == "slack"]
        self._board = board
        self.posted = board.posted()
        self.effects = self._effects()
        self.losses, self.twice = self._losses(), self._twice()
        self.broken = [
            *self.losses,
            *self.twice,
            *self._astray(),
            *self._settled(),
            *self._told(),
            *self._receipts(),
        ]

    @property
    def copies(self) -> int:
        """Second copies of one notice in Slack."""
        return sum(count - 1 for count in self.posted.values())

    def _effects(self) -> Mapping[str, int]:
        """How often each act's marker took effect: an entry, a case, or a step in the history."""
        words = Counter(entry.text.split(" ", 1)[0] for entry in self.entries if entry.channel == "slack")
        taken = Counter((row.case_id, row.address) for row in self.history if row.name == "taken")
        steps = {
            act.marker: taken[act.case, f"t0home/u0{act.user}"] for act in self.acts if act.kind == "take"
        }
        return {act.marker: steps.get(act.marker, words[act.marker]) for act in self.acts}

    def _losses(self) -> list[str]:
        mails = Counter(entry.message_id for entry in self.entries)
        return [
            *(f"lost: {_shown(act)}" for act in self.acts if act.acked and not self.effects[act.marker]),
            *(f"refused: {_shown(act)}: {act.refused}" for act in self.acts if act.refused),
            *(f"lost: the mail {one}" for one in self._mailed if not mails[one]),
        ]

    def _twice(self) -> list[str]:
        opened = Counter(row.subject.rpartition(" ")[2] for row in self.cases)
        keys = Counter(row.key for row in self.inbox)
        count = {act.marker: self.effects[act.marker] for act in self.acts}
        told = Counter((row.channel, row.message_id) for row in self.notices)
        return [
            *(
                f"second effect: {count[act.marker]} of {_shown(act)}"
                for act in self.acts
                if count[act.marker] > 1
            ),
            *(f"second effect: {cases} cases of {one}" for one, cases in opened.items() if cases > 1),
            *(f"second effect: kept {n} times: {key}" for key, n in keys.items() if n > 1),
            *(f"second effect: {n} notices {one}" for one, n in told.items() if n > 1),
            *(f"second card: {n} of case {case}" for case, n in self._board.card_counts().items() if n > 1),
        ]

    def _astray(self) -> list[str]:
        """What was said stands on its own case, and on its own side."""
        acts = {act.marker: act for act in self.acts}
        found = [(acts.get(entry.text.split(" ", 1)[0]), entry) for entry in self.entries]
        return [
            f"astray: {_shown(act)} is {entry.visibility} on case {entry.case_id}"
            for act, entry in found
            if act is not None
            and (
                (act.kind in INWARD) != (entry.visibility == "internal") or act.case not in (0, entry.case_id)
            )
        ]

    def _settled(self) -> list[str]:
        return [
            *(
                f"inbox {row.id} is {row.outcome}: {row.reason}"
                for row in self.inbox
                if row.outcome != "done"
            ),
            *(
                f"not told: {row.message_id} is {row.outcome}"
                for row in self.notices
                if row.outcome != "sent"
            ),
        ]

    def _told(self) -> list[str]:
        """Slack has each notice of the outbox, the relay each mail, and neither has any other."""
        slack = {int(row.id): row.notice for row in self.notices if row.channel == "slack"}
        due = {one for one, notice in slack.items() if notice not in UNPOSTED}
        mail = {row.message_id for row in self.notices if row.channel == "email"}
        cards = self._board.cards()
        return [
            *(f"never posted: {one}" for one in due - set(self.posted)),
            *(f"posted, but not in the outbox: {one}" for one in set(self.posted) - set(slack)),
            *(f"never sent: {one}" for one in mail - self._told_by_mail),
            *(f"sent, but not in the outbox: {one}" for one in self._told_by_mail - mail),
            *(f"no card of case {row.id}" for row in self.cases if row.id not in cards),
        ]

    def _receipts(self) -> list[str]:
        """Each message that was sent on carries the one sign that is true."""
        shown = [row.place for row in self.notices if row.notice == "status" and row.place]
        return [
            f"receipt: {place} carries {signs}"
            for place in shown
            if (signs := self._board.signs(place.partition("#")[0])) != [place.partition("#")[2]]
        ]


def _shown(act: Act) -> str:
    return f"{act.kind} {act.marker} of {act.user} on case {act.case or 'its own'}"

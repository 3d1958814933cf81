"""The four windows between a message's first byte and its settled answer, and who was caught in which."""

from __future__ import annotations

from bench.kill.ledger import Ledger
from bench.support.databases import Look
from bench.support.kill_rounds import WindowCounts
from channels.email.mime.prescan import content_key

WINDOWS = {
    "before 250": "its sender had begun and has no answer",
    "250 to effect": "kept, not yet worked off",
    "effect to send": "its notice lies in the outbox",
    "sent to settled": "its notice is at the relay, and the store does not know",
}


class Windows(WindowCounts):
    """Counts kills and messages for each window; a message counts once in each."""

    def __init__(self, ledger: Ledger, look: Look) -> None:
        super().__init__(WINDOWS)
        self._ledger, self._look = ledger, look
        self.kept_unanswered = 0
        """Of those before their 250: kept already, so the next try must be known for a repetition."""

    def look(self) -> None:
        """While the house is dead: who was caught this time that was not before."""
        begun = dict(self._ledger.under_way)  # a copy: the last answers may still be on their way to senders
        keys = {content_key(self._ledger.sent[one].raw) for one in begun.values()}
        kept, inbox, outbox = self._look.rows(
            f"SELECT count(*) FROM inbox WHERE key IN ({', '.join(map(repr, keys)) or repr('')})",
            "SELECT id FROM inbox WHERE due_at IS NOT NULL",
            "SELECT message_id FROM outgoing WHERE due_at IS NOT NULL",
        )
        self.kept_unanswered += int(kept[0][0])
        self._note("before 250", set(begun.items()))
        self._note("250 to effect", {row[0] for row in inbox})
        notices = {row[0] for row in outbox}
        self._note("effect to send", notices - self._ledger.delivered)
        self._note("sent to settled", notices & self._ledger.delivered)

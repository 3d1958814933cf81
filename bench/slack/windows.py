"""The windows between an act in Slack and what came of it, and who was caught in which."""

from __future__ import annotations

from collections.abc import Set

from bench.slack.board import Board
from bench.slack.book import SAID, Act, Book
from bench.support.databases import Look
from bench.support.kill_rounds import WindowCounts

WINDOWS = {
    "before keep": "begun, neither kept nor acked",
    "keep to ack": "kept (or done), and Slack has heard no ack",
    "ack to effect": "acked, not yet worked off",
    "effect to post": "what came of it lies in the outbox",
    "post to settled": "it stands in Slack, and the store does not know",
}
_QUERIES = (
    "SELECT key, due_at FROM inbox WHERE source = 'slack'",
    "SELECT text FROM entry WHERE channel = 'slack'",
    "SELECT id FROM outgoing WHERE channel = 'slack' AND due_at IS NOT NULL AND key = ''",
)


class Windows(WindowCounts):
    """Counts kills and acts for each window; an act counts once in each."""

    def __init__(self, book: Book, look: Look, board: Board) -> None:
        super().__init__(WINDOWS)
        self._book, self._look, self._board = book, look, board

    def look(self) -> None:
        """While the house is dead: who was caught this time that was not before."""
        inbox, entries, outbox = self._look.rows(*_QUERIES)
        kept, done = {row.key for row in inbox}, {row.text.split(" ", 1)[0] for row in entries}
        waiting = {row.key for row in inbox if row.due_at is not None}
        acts = [act for act in self._book.acts() if act.kind != "take"]
        open_ = [act for act in acts if not act.acked and not act.over]
        held = {act.marker for act in open_ if _kept(act, kept, done)}
        posted = set(self._board.posted())
        notices = {int(row.id) for row in outbox}
        self._note("before keep", {act.marker for act in open_} - held)
        self._note("keep to ack", held)
        self._note("ack to effect", {act.marker for act in acts if act.acked and act.key in waiting})
        self._note("effect to post", notices - posted)
        self._note("post to settled", notices & posted)


def _kept(act: Act, kept: Set[str], done: Set[str]) -> bool:
    return act.key in kept if act.kind in SAID else act.marker in done

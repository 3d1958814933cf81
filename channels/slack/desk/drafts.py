"""Drafts of answers: kept while somebody types, so that a closed form loses nothing.

``view_closed`` tells that a form was closed, but not what was in it (its ``state.values`` are empty); what is typed
comes with ``dispatch_action`` ("Block actions payload").
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from channels.slack.desk.user import Who

LIFE = timedelta(days=7)
Remember = Callable[[str, Mapping[str, Any] | None], Mapping[str, Any] | None]
"""``ChannelContext.remember``."""


@dataclass(frozen=True, slots=True)
class AnswerDraft:
    """What somebody has typed, and when."""

    text: str
    at: datetime


class Drafts:
    """One draft for each specialist and case."""

    def __init__(self, remember: Remember, *, now: Callable[[], datetime]) -> None:
        self._remember = remember
        self._now = now

    def find(self, who: Who, case: int) -> AnswerDraft | None:
        """Somebody's draft of an answer on a case; None if there is none, or it is a week old."""
        stored = self._remember(_name(who, case), None) or {}
        draft = AnswerDraft(stored["text"], datetime.fromisoformat(stored["at"])) if "at" in stored else None
        return draft if draft and draft.text.strip() and self._now() - draft.at < LIFE else None

    def keep(self, who: Who, case: int, text: str, *, view: str) -> None:
        """Keep what stands in the form; not what comes late from one that was sent or emptied."""
        name = _name(who, case)
        if (self._remember(name, None) or {}).get("done") != view:
            self._remember(name, {"text": text, "at": self._now().isoformat()})

    def drop(self, who: Who, case: int, *, view: str) -> None:
        """Forget the draft: the form with this id was sent, or its writer wants it empty."""
        self._remember(_name(who, case), {"done": view})


def _name(who: Who, case: int) -> str:
    return f"form draft/{who.address.lower()}/{case}"

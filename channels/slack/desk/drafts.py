"""Drafts of forms: kept while somebody types, so that a closed form loses nothing.

``view_closed`` tells that a form was closed, but not what was in it (its ``state.values`` are empty); what is typed
comes with ``dispatch_action`` ("Block actions payload").
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog

from bot.model.request import SentDraft
from channels.slack.desk.user import Who
from channels.slack.text.view_state import meta_of

log = structlog.get_logger("slack")
LIFE = timedelta(days=7)
PREVIEWS = {"reply_preview": "reply", "broadcast_preview": "broadcast"}
"""Views that show what another form was filled with."""
Remember = Callable[[str, Mapping[str, Any] | None], Mapping[str, Any] | None]
"""``ChannelContext.remember``."""
Amend = Callable[[str, Callable[[Mapping[str, Any]], Mapping[str, Any] | None]], Future[None]]
"""``ChannelContext.amend``."""
View = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SavedDraft:
    """What somebody has typed into a form, by the name of the field, and when."""

    typed: Mapping[str, str]
    at: datetime


class Drafts:
    """One draft for each person, form, and case (or message) that it is about.

    Nothing waits for a draft to be written: people type faster than a busy store writes.
    """

    def __init__(self, remember: Remember, amend: Amend, *, now: Callable[[], datetime]) -> None:
        self._remember = remember
        self._amend = amend
        self._now = now

    def find(self, who: Who, form: View) -> SavedDraft | None:
        """Somebody's draft of a form; None if there is none, or it is a week old."""
        stored = self._remember(_name(who, form), None) or {}
        if "at" not in stored:
            return None
        draft = SavedDraft(stored["typed"], datetime.fromisoformat(stored["at"]))
        return draft if any(draft.typed.values()) and self._now() - draft.at < LIFE else None

    def keep(self, who: Who, form: View, typed: Mapping[str, str], *, ts: str) -> None:
        """Keep what stands in the form.

        Not what comes late: from a form that was sent, or typed before what is kept.
        ``ts``: the ``action_ts`` of what was typed. Each keystroke is an event, and threads take them in any order.
        """
        draft = {"typed": dict(typed), "at": self._now().isoformat(), "ts": ts}
        self._amend(_name(who, form), partial(_newer, draft, form=str(form["id"]))).add_done_callback(
            _written
        )

    def discard(self, who: Who, form: View, *, ts: str) -> None:
        """Forget the draft: its writer wants it empty since ``ts``."""
        emptied = {"done": "", "ts": ts}
        self._amend(_name(who, form), lambda stored: emptied if stored else None).add_done_callback(_written)

    def sent(self, who: Who, form: View, *, by: str) -> SentDraft:
        """The draft of a form that is being sent, to be put away with what the form asks for.

        ``by``: the id of the view that it was typed into.
        """
        return SentDraft(_name(who, form), {"done": by, "ts": "0"})


def _newer(draft: Mapping[str, Any], stored: Mapping[str, Any], *, form: str) -> Mapping[str, Any] | None:
    """The draft, unless it was typed before what is stored, or into a form that was sent."""
    late = stored.get("done") == form or float(stored.get("ts", 0)) > float(draft["ts"])
    return None if late else draft


def _written(done: Future[None]) -> None:
    if error := done.exception():
        log.warning("draft not kept", error=type(error).__name__)


def _name(who: Who, form: View) -> str:
    meta, kind = meta_of(form), str(form["callback_id"])
    return f"form draft/{who.address.lower()}/{PREVIEWS.get(kind, kind)}/{meta.case or meta.letter}"[:200]

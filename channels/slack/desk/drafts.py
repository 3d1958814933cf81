"""Drafts of forms: kept while somebody types, so that a closed form loses nothing.

``view_closed`` tells that a form was closed, but not what was in it (its ``state.values`` are empty); what is typed
comes with ``dispatch_action`` ("Block actions payload").
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from channels.slack.desk.user import Who
from channels.slack.text.view_state import meta_of

LIFE = timedelta(days=7)
PREVIEWS = {"reply_preview": "reply", "broadcast_preview": "broadcast"}
"""Views that show what another form was filled with."""
Remember = Callable[[str, Mapping[str, Any] | None], Mapping[str, Any] | None]
"""``ChannelContext.remember``."""
View = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SavedDraft:
    """What somebody has typed into a form, by the name of the field, and when."""

    typed: Mapping[str, str]
    at: datetime


class Drafts:
    """One draft for each person, form, and case (or message) that it is about."""

    def __init__(self, remember: Remember, *, now: Callable[[], datetime]) -> None:
        self._remember = remember
        self._now = now
        self._lock = threading.Lock()

    def find(self, who: Who, form: View) -> SavedDraft | None:
        """Somebody's draft of a form; None if there is none, or it is a week old."""
        stored = self._remember(_name(who, form), None) or {}
        if "at" not in stored:
            return None
        draft = SavedDraft(stored["typed"], datetime.fromisoformat(stored["at"]))
        return draft if any(draft.typed.values()) and self._now() - draft.at < LIFE else None

    def keep(self, who: Who, form: View, typed: Mapping[str, str], *, ts: str) -> None:
        """Keep what stands in the form; not what comes late: from one that was sent, or typed before what is kept.

        ``ts``: the ``action_ts`` of what was typed. Each keystroke is an event, and threads take them in any order.
        """
        name = _name(who, form)
        with self._lock:
            stored = self._remember(name, None) or {}
            if stored.get("done") != str(form["id"]) and float(stored.get("ts", 0)) <= float(ts):
                self._remember(name, {"typed": dict(typed), "at": self._now().isoformat(), "ts": ts})

    def drop(self, who: Who, form: View, *, sent: str = "", ts: str = "0") -> None:
        """Forget the draft: the form with this id was ``sent``, or its writer wants it empty (``ts``: since when)."""
        with self._lock:
            if self._remember(_name(who, form), None) is not None:
                self._remember(_name(who, form), {"done": sent, "ts": ts})


def _name(who: Who, form: View) -> str:
    meta, kind = meta_of(form), str(form["callback_id"])
    return f"form draft/{who.address.lower()}/{PREVIEWS.get(kind, kind)}/{meta.case or meta.letter}"[:200]

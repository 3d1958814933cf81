"""A reply to the other side of a case, and what a specialist looks at before it leaves."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.desk import CardView
from channels.slack.speaking import _
from channels.slack.views.blocks import (
    Json,
    context,
    divider,
    field,
    line,
    modal,
    safe,
    said,
    section,
    text_input,
)

COLLISION = timedelta(minutes=2)
LONGEST = 2900
"""Characters: the preview carries them in its private_metadata, 3000 with the case before them."""


def reply(number: str, *, meta: str, preview: bool) -> Json:
    """The form. ``preview``: what is written is shown once more before it is sent."""
    label = "Your answer to the customer" if preview else _("Your message")
    blocks = [field("text", label, text_input("typed", most=LONGEST, lines=True))]
    return modal(
        "reply",
        _("Reply on {case}", case=number),
        blocks,
        submit="Preview" if preview else _("Send"),
        meta=meta,
    )


def preview(view: CardView, text: str, *, signed: str, now: datetime, meta: str) -> Json:
    """What the customer will get, to whom it goes, and who was quicker."""
    blocks = [*_collision(view, signed, now), section(_to(view)), divider(), said(text), divider()]
    blocks.append(
        context(f"Signed *{safe(line(signed), 100)}* · {view.number} {safe(line(view.subject), 150)}")
    )
    return modal("reply_preview", "Send this?", blocks, submit="Send", close="Back", meta=meta)


def _to(view: CardView) -> str:
    return f"This goes to *{safe(line(view.requester), 200)}*{_more(view)}, by mail or in Slack:"


def customers(view: CardView) -> str:
    """Who reads what is public, in plain words."""
    return f"{line(view.requester)}{_more(view)}"


def _more(view: CardView) -> str:
    others = view.collaborators
    return f" and {others} collaborator{'s' if others != 1 else ''}" if others else ""


def _collision(view: CardView, signed: str, now: datetime) -> list[Json]:
    """A public answer that is younger than two minutes."""
    if view.last is None:
        return []
    who, at, ours = view.last
    if not ours or who == signed or now - at > COLLISION:
        return []
    seconds = max(int((now - at).total_seconds()), 0)
    return [section(f"⚠️ *{safe(line(who), 200)} answered {seconds} s ago.* Does yours still fit?")]

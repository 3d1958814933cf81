"""A reply to the other side of a case, and what a specialist looks at before it leaves."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.queries.card import CardView
from channels.slack.text.i18n import _
from channels.slack.views.blocks import (
    Json,
    actions,
    context,
    divider,
    external_select,
    field,
    line,
    modal,
    safe,
    said,
    section,
    text_input,
)

COLLISION = timedelta(minutes=2)
LONGEST = 2850
"""Characters: the preview carries them in its private_metadata, 3000 with the case before them."""


SAVED_REPLY = "saved_reply"
"""The menu of saved replies: its action_id."""


def reply(
    number: str,
    *,
    meta: str,
    preview: bool,
    text: str = "",
    drawn: int = 0,
    why: str = "",
) -> Json:
    """The form. ``preview``: the text is shown once more before it is sent.

    ``text`` is in the field at first; Slack keeps what somebody typed unless the field has another name each time that
    it is ``drawn`` ("Updating modal views"). ``why``: a reply could not be put in.
    """
    label = _("Your answer to the customer") if preview else _("Your message")
    block_id = f"text:{drawn}" if drawn else "text"
    typed = text_input("typed", most=LONGEST, lines=True, start=text)
    blocks = [field(block_id, label, typed)]
    if preview:
        menu = external_select(SAVED_REPLY, placeholder=_("Use a saved reply"))
        blocks.insert(0, actions([menu], block_id=SAVED_REPLY))
        blocks += [context(f"⚠️ {safe(why, 1000)}")] if why else []
    return modal(
        "reply",
        _("Reply on {case}", case=number),
        blocks,
        submit=_("Preview") if preview else _("Send"),
        meta=meta,
    )


def preview(
    view: CardView, text: str, *, signed: str, now: datetime, meta: str, overtaken: bool = False
) -> Json:
    """The text as the customer will get it, who gets it, and who answered first.

    ``overtaken``: while it was being previewed.
    """
    within = now - datetime.min.replace(tzinfo=now.tzinfo) if overtaken else COLLISION
    blocks = [*_collision(view, signed, now, within), section(_to(view)), divider(), said(text), divider()]
    blocks.append(
        context(
            f"{_('Signed *{who}*', who=safe(line(signed), 100))} · {view.number} {safe(line(view.subject), 150)}"
        )
    )
    return modal("reply_preview", _("Send this?"), blocks, submit=_("Send"), close=_("Back"), meta=meta)


def _to(view: CardView) -> str:
    readers = _readers(f"*{safe(line(view.requester), 200)}*", view.collaborators)
    return _("This goes to {who}, by mail or in Slack:", who=readers)


def customers(view: CardView) -> str:
    """The readers of public entries, in plain words."""
    return _readers(line(view.requester), view.collaborators)


def _readers(name: str, others: int) -> str:
    if not others:
        return name
    return (
        _("{who} and 1 other", who=name)
        if others == 1
        else _("{who} and {count} others", who=name, count=others)
    )


def overtaken(view: CardView, signed: str, after: int) -> bool:
    """Has a colleague answered after that moment?"""
    return view.last is not None and view.last[2] and view.last[0] != signed and answered(view) > after


def answered(view: CardView) -> int:
    """When the last answer was given, in seconds since 1970; 0: the last word is the customer's."""
    return int(view.last[1].timestamp()) if view.last and view.last[2] else 0


def _collision(view: CardView, signed: str, now: datetime, within: timedelta) -> list[Json]:
    """A warning about a recent public answer by somebody else."""
    if view.last is None:
        return []
    who, at, by_desk = view.last
    if not by_desk or who == signed or now - at > within:
        return []
    seconds = max(int((now - at).total_seconds()), 0)
    ago = f"{seconds} s" if seconds < 120 else f"{seconds // 60} min"
    words = _("⚠️ *{who} answered {time} ago.* Does yours still fit?", who=safe(line(who), 200), time=ago)
    return [section(words)]

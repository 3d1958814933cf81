"""The card: a case at a glance in the desk's channel, with what a specialist does next."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime

from bot.queries.card import CardView
from bot.syntax.case_numbers import number
from channels.slack.text.fallback_text import of_blocks
from channels.slack.text.i18n import _
from channels.slack.text.message import split
from channels.slack.text.states import state_name
from channels.slack.views.blocks import (
    Json,
    Message,
    actions,
    button,
    context,
    fields,
    header,
    line,
    moment,
    option,
    options,
    overflow,
    safe,
    said,
    section,
    select,
)

OVER = ("resolved", "closed")
HELD = "held:"
"""How the block with a held case's buttons is called."""
DESERTED = "nobody yet (nobody was there whose turn it could be)"
SIGNS = {"Blocker": "🔴", "Critical": "🟠", "Medium": "🟡", "Low": "🟢"}


def card(view: CardView, *, reasons: Mapping[str, str] | None = None) -> Message:
    """A card's fallback text and blocks. ``reasons``: those for closing, key → words."""
    subject = f"{safe(line(view.requester), 200)}: {safe(line(view.subject), 300)}"
    title = f"{view.number} · {_(view.priority)} · {line(view.subject)}"
    head, body = header(f"{SIGNS.get(view.priority, '⚪')} {title}"), [*_warnings(view), *_facts(view)]
    body += [_standing(view), _buttons(view, reasons or {"resolved": "Resolved"})]
    words = safe(view.said, LONGEST_READ) if view.entry else ""
    fallback = of_blocks(body, subject, words, f"{view.number} · {safe(_(view.priority), 40)}")
    return fallback, [head, *_said(view), *body]


LONGEST_READ = 2400
"""Characters of the first words that notifications and screen readers get."""
MOST_SAID, MOST_LINES = 1500, 20
"""Characters and lines of the first words that a card shows."""


def _said(view: CardView) -> list[Json]:
    """The words with which the case was opened, as far as they fit, and what leads to all of them."""
    if not view.entry:
        return []
    text, whole = beginning(view.said.strip() or _("(no words)"))
    block = said(text if whole else f"{text} …")
    case = str(number(view.number) or "")
    about = f"{view.number}: {view.subject}"
    block["accessory"] = button(_("Read all"), "case_read", f"{case}:{view.entry}", about=about)
    below = [context(_("A forwarded message came with it. *Read all* shows it."))] if view.folded else []
    return [block, *below]


def beginning(text: str) -> tuple[str, bool]:
    """The first lines of a text, cut between words; and whether they are all of it."""
    lines = text.split("\n")
    head = "\n".join(lines[:MOST_LINES])
    if len(head) > MOST_SAID:
        head = next(split(head, MOST_SAID))
    return head.rstrip(), len(head.rstrip()) == len(text.rstrip())


def _warnings(view: CardView) -> list[Json]:
    warnings = []
    if view.concern:
        warnings.append(
            section(_("🚨 *A concern was raised,* and nobody has taken it yet. Please look here first."))
        )
        case = str(number(view.number) or "")
        take = button(_("I take the concern"), "case_acknowledge", case, style="danger", about=view.number)
        warnings.append(actions([take], block_id=f"concern:{number(view.number)}"))
    if view.wanted:
        warnings.append(
            section(
                _(
                    "⏫ *The customer asks for {priority}*: why stands in the thread. Please decide.",
                    priority=safe(_(view.wanted), 40),
                )
            )
        )
        warnings.append(_decide_priority(view))
    if view.held and view.writer:
        warnings += [section(_(WRITER, who=safe(view.writer, 254))), _decide(view)]
    elif view.held:
        warnings.append(
            section(
                _(
                    "⚠️ *Held:* anybody could have written this, so its sender was sent the number at most. "
                    "*Accept sender* lets it go on, *Spam* closes it."
                )
            )
        )
        warnings.append(_decide(view))
    return warnings


WRITER = (
    "⚠️ *Held:* its sender takes no replies. It names {who} as the writer. Accept that address to continue the case, or "
    "close the case with *Spam*."
)


def _decide(view: CardView) -> Json:
    case = f"{number(view.number) or ''}:"
    label = _("Accept {who}", who=view.writer) if view.writer else _("Accept sender")
    accept = button(label, "case_accept", f"{case}{view.writer}", style="primary", about=view.number)
    spam = (
        []
        if view.state in OVER
        else [button(_("Spam"), "case_spam", case, style="danger", about=view.number)]
    )
    return actions([accept, *spam], block_id=f"{HELD}{case}")


def _decide_priority(view: CardView) -> Json:
    case = str(number(view.number) or "")
    grant = button(_("Grant…"), "case_grant", case, style="primary", about=view.number)
    decline = button(_("Decline…"), "case_decline", case, about=view.number)
    return actions([grant, decline], block_id=f"wanted:{case}")


def _facts(view: CardView) -> list[Json]:
    kind = " / ".join(safe(line(word), 200) for word in (view.type, view.category) if word)
    return fields(
        (
            (_("Customer"), safe(line(view.requester), 300)),
            (_("Account"), safe(line(view.account), 300) if view.account else ""),
            (_("Phone"), safe(line(view.phone), 60) if view.phone else ""),
            (_("Linked case"), view.linked),
            (_("Feature"), safe(line(view.feature), 150) if view.feature else ""),
            (_("Type / Category"), kind),
            (_("IDs"), safe(", ".join(view.ids), 500) if view.ids else ""),
            (_("Opened"), f"{moment(view.opened_at)} {_via(view.via)}"),
            (_("First reply"), _first_reply(view)),
            (_("Next reply"), _due(view.next_due_at)),
            (_("Solution"), _due(view.resolve_due_at)),
            (_("Call at any time"), safe(line(view.contact), 200) if view.contact else ""),
        )
    )


VIA = {"email": "by mail", "slack": "in Slack", "web": "on the web", "cli": "on the command line"}


def _via(channel: str) -> str:
    return _(VIA[channel]) if channel in VIA else safe(channel, 40)


def _first_reply(view: CardView) -> str:
    if view.answered_at:
        return _("given {when}", when=moment(view.answered_at))
    return _due(view.first_due_at)


def _due(at: datetime | None) -> str:
    return _("due *{when}*", when=moment(at)) if at else ""


def _standing(view: CardView) -> Json:
    helpers = view.collaborators
    return context(
        _("Owner: *{who}*", who=_owner(view)),
        _("Status: *{state}*", state=safe(_(state_name(view.state)), 40)),
        _("💤 Snoozed until {when}", when=moment(view.snoozed_until)) if view.snoozed_until else "",
        _("Collaborators: {count}", count=helpers) if helpers else "",
        f"📎 {view.files}" if view.files else "",
        _last(view),
    )


def _owner(view: CardView) -> str:
    if view.owner:
        return safe(line(view.owner), 100)
    return _(DESERTED) if view.deserted else _("nobody yet")


def _last(view: CardView) -> str:
    if view.last is None:
        return ""
    who, at, by_desk = view.last
    pattern = "Last answer: {who}, {when}" if by_desk else "Last word of the customer: {who}, {when}"
    return _(pattern, who=safe(line(who), 100), when=moment(at))


def _buttons(view: CardView, reasons: Mapping[str, str]) -> Json:
    case = str(number(view.number) or "")
    over = view.state in OVER
    words, style = (_("Take over"), "") if view.owner else (_("Take it"), "primary")
    take = button(words, "case_take", case, style=style, about=view.number)
    return actions(
        [
            *([] if over else [take]),
            button(_("Reply to customer"), "case_reply", case, about=view.number),
            button(_("Add note"), "case_note", case, about=view.number),
            select("case_status", _next_states(case, reasons, over=over), placeholder=_("Status")),
            overflow("case_more", more(case)),
        ],
        block_id=f"{MENU}{case}:{secrets.token_hex(3)}",
    )


MENU = "case:"
"""What the block_id of a card's buttons begins with; each drawing has another one, which resets the menu."""


def is_menu(block_id: str) -> bool:
    """Is it the block of a card's buttons?"""
    return block_id.startswith(MENU)


def _next_states(case: str, reasons: Mapping[str, str], *, over: bool) -> list[Json]:
    if over:
        return [option(_("Reopen…"), f"{case}:reopen"), option(_(STEPS["redact"]), f"{case}:redact")]
    steps = [option(_(words), f"{case}:{step}") for step, words in STEPS.items()]
    return [
        *steps,
        *options(
            (f"{case}:close:{key}", _("Close: {reason}", reason=_(words))) for key, words in reasons.items()
        ),
    ]


STEPS = {
    "ask": "Ask for information…",
    "workaround": "Give a workaround…",
    "priority": "Change the priority…",
    "contact": "Technical contact…",
    "merge": "Merge with another…",
    "snooze": "Snooze…",
    "watch": "Watch",
    "mute": "Mute",
    "redact": "Redact…",
}
"""What a specialist does with a case in work, besides closing it."""


def more(case: str) -> list[Json]:
    """Further options of a case's menu."""
    return [
        option(_("Show everything"), f"{case}:show"),
        option(_("Hand over…"), f"{case}:assign"),
        option(_("Attach files…"), f"{case}:attach"),
        option(_("Raise a concern…"), f"{case}:concern"),
    ]

"""The card: a case at a glance in the desk's channel, with what a specialist does next."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from bot.queries.card import CardView
from bot.syntax.case_numbers import number
from channels.slack.text.fallback_text import of_blocks
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
DESERTED = " (nobody was there whose turn it could be)"
SIGNS = {"Blocker": "🔴", "Critical": "🟠", "Medium": "🟡", "Low": "🟢"}


def card(view: CardView, *, reasons: Mapping[str, str] | None = None) -> Message:
    """A card's fallback text and blocks. ``reasons``: those for closing, key → words."""
    subject = f"{safe(line(view.requester), 200)}: {safe(line(view.subject), 300)}"
    title = f"{view.number} · {view.priority} · {line(view.subject)}"
    head, body = header(f"{SIGNS.get(view.priority, '⚪')} {title}"), [*_warnings(view), *_facts(view)]
    body += [_standing(view), _buttons(view, reasons or {"resolved": "Resolved"})]
    words = safe(view.said, LONGEST_READ) if view.entry else ""
    fallback = of_blocks(body, subject, words, f"{view.number} · {safe(view.priority, 40)}")
    return fallback, [head, *_said(view), *body]


LONGEST_READ = 2400
"""Characters of the first words that notifications and screen readers get."""
MOST_SAID, MOST_LINES = 1500, 20
"""Characters and lines of the first words that a card shows."""


def _said(view: CardView) -> list[Json]:
    """The words with which the case was opened, as far as they fit, and what leads to all of them."""
    if not view.entry:
        return []
    text, whole = beginning(view.said.strip() or "(no words)")
    block = said(text if whole else f"{text} …")
    case = str(number(view.number) or "")
    about = f"{view.number}: {view.subject}"
    block["accessory"] = button("Read all", "case_read", f"{case}:{view.entry}", about=about)
    return [block]


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
            section("🚨 *A concern was raised,* and nobody has taken it yet. Please look here first.")
        )
        case = str(number(view.number) or "")
        take = button("I take the concern", "case_acknowledge", case, style="danger", about=view.number)
        warnings.append(actions([take], block_id=f"concern:{number(view.number)}"))
    if view.wanted:
        warnings.append(
            section(
                f"⏫ *The customer asks for {safe(view.wanted, 40)}*: why stands in the thread. Please decide."
            )
        )
        warnings.append(_decide_priority(view))
    if view.held:
        warnings.append(
            section(
                "⚠️ *Held:* anybody could have written this, so its sender was sent the number at most. "
                "*Accept sender* lets it go on, *Spam* closes it."
            )
        )
        warnings.append(_decide(view))
    return warnings


def _decide(view: CardView) -> Json:
    case = f"{number(view.number) or ''}:"
    accept = button("Accept sender", "case_accept", case, style="primary", about=view.number)
    spam = (
        [] if view.state in OVER else [button("Spam", "case_spam", case, style="danger", about=view.number)]
    )
    return actions([accept, *spam], block_id=f"{HELD}{case}")


def _decide_priority(view: CardView) -> Json:
    case = str(number(view.number) or "")
    grant = button("Grant…", "case_grant", case, style="primary", about=view.number)
    decline = button("Decline…", "case_decline", case, about=view.number)
    return actions([grant, decline], block_id=f"wanted:{case}")


def _facts(view: CardView) -> list[Json]:
    kind = " / ".join(safe(line(word), 200) for word in (view.type, view.category) if word)
    return fields(
        (
            ("Customer", safe(line(view.requester), 300)),
            ("Account", safe(line(view.account), 300) if view.account else ""),
            ("Phone", safe(line(view.phone), 60) if view.phone else ""),
            ("Linked case", view.linked),
            ("Feature", safe(line(view.feature), 150) if view.feature else ""),
            ("Type / Category", kind),
            ("IDs", safe(", ".join(view.ids), 500) if view.ids else ""),
            ("Opened", f"{moment(view.opened_at)} {VIA.get(view.via, safe(view.via, 40))}"),
            ("First reply", _first_reply(view)),
            ("Next reply", f"due *{moment(view.next_due_at)}*" if view.next_due_at else ""),
            ("Solution", f"due *{moment(view.resolve_due_at)}*" if view.resolve_due_at else ""),
            ("Call at any time", safe(line(view.contact), 200) if view.contact else ""),
        )
    )


VIA = {"email": "by mail", "slack": "in Slack", "web": "on the web", "cli": "on the command line"}


def _first_reply(view: CardView) -> str:
    if view.answered_at:
        return f"given {moment(view.answered_at)}"
    return f"due *{moment(view.first_due_at)}*" if view.first_due_at else ""


def _standing(view: CardView) -> Json:
    helpers = view.collaborators
    return context(
        f"Owner: *{safe(line(view.owner), 100)}*"
        if view.owner
        else f"Owner: *nobody yet*{DESERTED * view.deserted}",
        f"Status: *{safe(state_name(view.state), 40)}*",
        f"💤 Snoozed until {moment(view.snoozed_until)}" if view.snoozed_until else "",
        f"{helpers} collaborator{'s' if helpers != 1 else ''}" if helpers else "",
        f"📎 {view.files}" if view.files else "",
        _last(view),
    )


def _last(view: CardView) -> str:
    if view.last is None:
        return ""
    who, at, by_desk = view.last
    return (
        f"{'Last answer' if by_desk else 'Last word of the customer'}: {safe(line(who), 100)}, {moment(at)}"
    )


def _buttons(view: CardView, reasons: Mapping[str, str]) -> Json:
    case = str(number(view.number) or "")
    over = view.state in OVER
    words, style = ("Take over", "") if view.owner else ("Take it", "primary")
    take = button(words, "case_take", case, style=style, about=view.number)
    return actions(
        [
            *([] if over else [take]),
            button("Reply to customer", "case_reply", case, about=view.number),
            button("Add note", "case_note", case, about=view.number),
            select("case_status", _next_states(case, reasons, over=over), placeholder="Status"),
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
        return [option("Reopen…", f"{case}:reopen")]
    steps = [option(words, f"{case}:{step}") for step, words in STEPS.items()]
    return [*steps, *options((f"{case}:close:{key}", f"Close: {words}") for key, words in reasons.items())]


STEPS = {
    "ask": "Ask for information…",
    "workaround": "Give a workaround…",
    "priority": "Change the priority…",
    "contact": "Technical contact…",
    "merge": "Merge with another…",
    "snooze": "Snooze…",
    "watch": "Watch",
    "mute": "Mute",
}
"""What a specialist does with a case in work, besides closing it."""


def more(case: str) -> list[Json]:
    """Further options of a case's menu."""
    return [
        option("Show everything", f"{case}:show"),
        option("Hand over…", f"{case}:assign"),
        option("Attach files…", f"{case}:attach"),
        option("Raise a concern…", f"{case}:concern"),
    ]

"""One case in full, as its customers may see it: its facts, what was said, what happened, what one can do."""

from __future__ import annotations

from collections.abc import Sequence

from bot.desk import CaseFacts, EventLine, Outcome, PublicEntry
from bot.grammar import number
from channels.slack.speaking import _
from channels.slack.views.blocks import (
    Json,
    Message,
    actions,
    button,
    context,
    fields,
    header,
    line,
    modal,
    moment,
    overflow,
    safe,
    said,
    section,
)
from channels.slack.views.card import OVER, more

MOST_ENTRIES, MOST_STEPS = 8, 12
LONGEST_ENTRY = 900
"""Characters: eight of them, and all else, stay below what Slack takes in a message."""


def case(outcome: Outcome, *, staff: bool) -> Message:
    """What ``Show`` answered: the notification and the blocks; the refusal where it was refused."""
    facts = outcome.view
    if facts is None:
        words = safe("\n".join(line.text for line in outcome.answered), 2000)
        return words, [section(words)]
    blocks = [
        header(f"{facts.number} · {_(facts.priority)} · {line(facts.subject)}"),
        _facts(facts),
        *_said(outcome.entries),
        *_steps(outcome.history),
        _buttons(facts, staff=staff),
    ]
    return safe(f"{facts.number} · {line(facts.subject)}", 300), blocks


def case_modal(message: Message) -> Json:
    """The same, where there is no message to answer with."""
    return modal("seen", _("Your case"), message[1], close=_("Close"))


def waiting() -> Json:
    """What is opened at once, to be filled a moment later."""
    return modal("seen", _("One moment"), [section(_("Looking it up…"))], close=_("Close"))


def only(words: str) -> list[Json]:
    """Words and nothing else."""
    return [section(words)]


def _facts(facts: CaseFacts) -> Json:
    kind = " / ".join(safe(line(word), 200) for word in (facts.type, facts.category) if word)
    return fields(
        (
            (_("Status"), _(facts.state.capitalize())),
            (_("Handled by"), safe(line(facts.owner), 200) if facts.owner else _("nobody yet")),
            (_("Opened by"), safe(line(facts.requester), 200)),
            (_("Opened"), moment(facts.opened_at) if facts.opened_at else ""),
            (_("Feature"), safe(line(facts.feature), 150) if facts.feature else ""),
            (_("Type / Category"), kind),
            ("IDs", safe(", ".join(facts.ids), 500) if facts.ids else ""),
        )
    )


def _said(entries: Sequence[PublicEntry]) -> list[Json]:
    blocks: list[Json] = []
    left_out = len(entries) - MOST_ENTRIES
    if left_out > 0:
        blocks.append(context(_("Earlier messages that are not shown: {count}", count=left_out)))
    for entry in entries[-MOST_ENTRIES:]:
        blocks += [context(f"*{safe(line(entry.author), 100)}* · {moment(entry.at)}"), _words(entry.text)]
    return blocks


def _words(text: str) -> Json:
    short = text if len(text) <= LONGEST_ENTRY else text[:LONGEST_ENTRY].rstrip() + " …"
    return said(short or _("(files only)"))


def _steps(history: Sequence[EventLine]) -> list[Json]:
    steps = [f"{moment(step.at)}  {safe(_(step.name), 60)}{_by(step)}" for step in history[-MOST_STEPS:]]
    return [context("\n".join((f"*{_('What happened')}*", *steps)))] if steps else []


def _by(step: EventLine) -> str:
    return f" · {safe(line(step.by), 60)}" if step.by else ""


def _buttons(facts: CaseFacts, *, staff: bool) -> Json:
    case, over = str(number(facts.number) or ""), facts.state in OVER
    shown = [button(_("Reply"), "case_reply", case), button(_("Attach"), "case_attach", case)]
    if over:
        shown.append(button(_("Reopen"), "case_reopen", case))
    if facts.state != "closed":
        shown.append(button(_("Close"), "case_close", case))
    if staff:
        return actions(
            [*shown, button("Add note", "case_note", case), overflow("case_more", more(case))], block_id="do"
        )
    return actions(
        [*shown, button(_("Raise a concern"), "case_concern", case, style="danger")], block_id="do"
    )

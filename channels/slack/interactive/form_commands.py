"""What the forms of ``views/steering`` ask, as commands."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.commands.urgency import ChangePriority, DecidePriority, NameContact, TakeConcern
from bot.commands.work import AskFor, Workaround
from bot.model.request import Command
from channels.slack.interactive.submission import Sent

COMMANDS: Mapping[str, Callable[[Sent], Command]] = {
    "ask": lambda sent: AskFor(sent.meta.case, sent.text()),
    "workaround": lambda sent: Workaround(sent.meta.case, sent.text()),
    "priority": lambda sent: ChangePriority(sent.meta.case, sent.values.choice("priority"), sent.text()),
    "grant": lambda sent: DecidePriority(sent.meta.case, True, sent.text(), sent.meta.text),
    "decline": lambda sent: DecidePriority(sent.meta.case, False, sent.text(), sent.meta.text),
    "contact": lambda sent: NameContact(sent.meta.case, sent.text("phone"), sent.text("name")),
    "acknowledge": lambda sent: TakeConcern(sent.meta.case, sent.values.text("text")),
}
"""By the form's callback_id. Each raises ``sent.Wrong`` for a field that is empty and must not be."""

"""Commands that the forms of ``views/case_forms`` ask for."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.commands.urgency import ChangePriority, DecidePriority, NameContact, TakeConcern
from bot.commands.work import AskFor, Workaround
from bot.model.request import Command
from channels.slack.interactive.submission import Submission

COMMANDS: Mapping[str, Callable[[Submission], Command]] = {
    "ask": lambda form: AskFor(form.meta.case, form.text()),
    "workaround": lambda form: Workaround(form.meta.case, form.text()),
    "priority": lambda form: ChangePriority(form.meta.case, form.values.choice("priority"), form.text()),
    "grant": lambda form: DecidePriority(form.meta.case, True, form.text(), form.meta.text),
    "decline": lambda form: DecidePriority(form.meta.case, False, form.text(), form.meta.text),
    "contact": lambda form: NameContact(form.meta.case, form.text("phone"), form.text("name")),
    "acknowledge": lambda form: TakeConcern(form.meta.case, form.values.text("text")),
}
"""By the form's callback_id. Each raises ``submission.Wrong`` for a field that is empty and must not be."""

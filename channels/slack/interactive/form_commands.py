"""The commands that forms ask for: one for each, made of its fields."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from bot.commands.attention import Snooze
from bot.commands.broadcast import PlanBroadcast
from bot.commands.redaction import Redact
from bot.commands.triage import Merge
from bot.commands.urgency import ChangePriority, DecidePriority, NameContact, TakeConcern
from bot.commands.work import AskFor, Workaround
from bot.model.request import Command
from bot.model.translatable import saying
from bot.syntax.case_numbers import number
from channels.slack.interactive.submission import Submission, Wrong
from channels.slack.views import merge_form

COMMANDS: Mapping[str, Callable[[Submission], Command]] = {
    "ask": lambda form: AskFor(form.meta.case, form.text()),
    "workaround": lambda form: Workaround(form.meta.case, form.text()),
    "priority": lambda form: ChangePriority(form.meta.case, form.values.choice("priority"), form.text()),
    "grant": lambda form: DecidePriority(form.meta.case, True, form.text(), form.meta.text),
    "decline": lambda form: DecidePriority(form.meta.case, False, form.text(), form.meta.text),
    "contact": lambda form: NameContact(form.meta.case, form.text("phone"), form.text("name")),
    "snooze": lambda form: Snooze(form.meta.case, form.either("until", "chosen")),
    "redact": lambda form: Redact(form.meta.case, form.values.choice("entry"), form.values.text("why")),
    "acknowledge": lambda form: TakeConcern(form.meta.case, form.values.text("text")),
}
"""By the form's callback_id. Each raises ``sent.Wrong`` for a field that is empty and must not be."""


def merge_of(form: Submission) -> Merge:
    """The command for a form to merge; what was typed comes before what was chosen."""
    here, written = form.meta.case, form.values.text("into") or form.values.choice("chosen")
    other = number(written)
    if other is None or other == here:
        raise Wrong(
            {"into": saying("Please choose a case, or write the number of another one, as CS-000123.")}
        )
    way = (other, here) if form.values.choice("way") == merge_form.TAKE_IN else (here, other)
    return Merge(*way, why=form.values.text("why"))


def broadcast_of(form: Submission, types: Iterable[str]) -> PlanBroadcast:
    """The command for a form to tell many customers the same. Raises ``Wrong``."""
    kind, state = one_of(form.values.choice("type"), types), form.values.choice("state")
    written = _listed(form.values.text("numbers"))
    numbers = [number(word) for word in written]
    if None in numbers:
        word = written[numbers.index(None)][:40]
        raise Wrong({"numbers": saying("“{word}” is no case number, as CS-000123 is.", word=word)})
    return PlanBroadcast(
        form.text(),
        types=(kind,) if kind else (),
        accounts=_listed(form.values.text("accounts"), within=r"[,;\n]"),
        ids=_listed(form.values.text("ids"), within=r"[,;\n]"),
        states=tuple(state.split()),
        numbers=tuple(one_number for one_number in numbers if one_number is not None),
    )


def _listed(written: str, within: str = r"[,;\s]") -> tuple[str, ...]:
    return tuple(word.strip() for word in re.split(within, written) if word.strip())


def one_of(value: str, names: Any) -> str:
    """The name whose option was chosen; options hold its first 150 characters."""
    return next((name for name in names if value and name[:150] == value), "")

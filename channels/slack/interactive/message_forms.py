"""Forms that make a case of a message: for its author, and once."""

from __future__ import annotations

from bot.commands.case import Open
from bot.commands.triage import OpenFor
from bot.model.errors import Refusal
from bot.syntax.case_numbers import label
from channels.slack.desk.desk_client import DeskClient
from channels.slack.interactive.message_actions import ALREADY
from channels.slack.interactive.submission import Submission, Wrong
from channels.slack.text.i18n import _

FIELDS = ("subject", "text", "priority", "type", "category", "feature", "ids")


def refuse_second(counter: DeskClient, form: Submission) -> None:
    """Raise ``Wrong`` if another form, or a sign, has made a case of the message meanwhile."""
    letter = form.meta.letter
    case = counter.made_of(letter) if letter else 0
    if case and not counter.asked(form.key):
        raise Wrong({"subject": _(ALREADY, case=label(case))})


def for_author(counter: DeskClient, form: Submission, command: Open) -> Open | OpenFor:
    """The case for whoever wrote the message, where that is somebody else and no colleague of the desk."""
    if not form.meta.author:
        return command
    try:
        author = counter.somebody(form.meta.author, home=form.who.home)
    except Refusal as refusal:
        raise Wrong({"subject": refusal.said}) from None
    if counter.staff(author):
        return command
    values = {name: getattr(command, name) for name in FIELDS}
    return OpenFor(author.identity(counter.name(author)), **values)

"""View submissions: durable before they are acknowledged, each once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

import structlog

from bot.channel.outbound import DeliveryFailed
from bot.commands.broadcast import SendBroadcast
from bot.commands.browse import Show
from bot.commands.case import Close, Note, Reopen, Reply
from bot.commands.people import Assign
from bot.commands.urgency import ChangePriority, Concern
from bot.model.errors import BadCommand
from bot.model.outcome import Outcome
from bot.model.request import Command, SentDraft
from bot.model.translatable import saying
from bot.queries.broadcasts import PlannedBy
from bot.queries.card import CardOf, CardView
from bot.syntax.case_numbers import label, number
from channels.slack.desk.desk_client import DeskClient, Late, SlackRequest
from channels.slack.interactive.form_commands import COMMANDS, broadcast_of, merge_of, one_of
from channels.slack.interactive.form_files import keep_files
from channels.slack.interactive.message_actions import BEING_PUT, message_at, put
from channels.slack.interactive.new_case_submissions import NewCaseForms
from channels.slack.interactive.submission import (
    EMPTY,
    Submission,
    Wrong,
    international_number,
    updated,
    words_of,
)
from channels.slack.text.choices import rows
from channels.slack.text.i18n import _, translating
from channels.slack.text.markup import plain
from channels.slack.views import broadcast_form, simple_forms
from channels.slack.views import reply_form as reply
from channels.slack.views.blocks import Json, safe, section
from channels.slack.views.confirmation import again, done, not_done
from channels.slack.workspace.web_api import Calls

log = structlog.get_logger("slack")
AGAIN = (
    "We are slow just now, and cannot tell yet whether this was done. Press again in a moment: "
    "nothing is done twice."
)
SAME_PRIORITY = "{case} is {priority} already."
FAILED = "Something went wrong on our side, and nothing was done. Please press again in a minute."


class Forms:
    """The handlers of forms; each method returns what the ack says (``response_action``)."""

    def __init__(self, counter: DeskClient) -> None:
        self._counter = counter
        self._new_case = NewCaseForms(counter)

    def listeners(self) -> Mapping[str, Callable[[Submission], Json]]:
        """The handlers by callback_id."""
        return {
            **self._new_case.listeners(),
            "reply": self.reply,
            "reply_preview": self.send,
            "note": lambda form: self._do(form, Note(form.meta.case, form.text())),
            "reopen": self.reopen,
            "close": self.close,
            "concern": self.concern,
            "assign": lambda form: self._do(form, Assign(form.meta.case, form.values.choice("to"))),
            "attach": self.attach,
            "broadcast": self.plan,
            "broadcast_preview": lambda form: self._do(form, SendBroadcast(int(form.meta.text))),
            "merge": lambda form: self._do(form, merge_of(form)),
            "message_add": self.add,
            **{name: partial(self._steer, make=make) for name, make in COMMANDS.items()},
        }

    def handle(self, form: Submission) -> Json:
        """Do what a form asks, within three seconds; errors are shown at its fields."""
        try:
            return self._counter.within(lambda: self._answer(form), since=form.began)
        except Exception as error:  # whoever sent it is told, and may send it again
            with translating(form.words):
                return _errors(form, _why(form, error))

    def _answer(self, form: Submission) -> Json:
        """What the form's handler says, in its sender's language; who that is, Slack may have to be asked."""
        form.who = self._counter.known(form.who)
        form.words = self._counter.words(form.who)
        with translating(form.words):
            return self.listeners()[form.name](form)

    def reply(self, form: Submission) -> Json:
        """Send a customer's reply; preview a specialist's."""
        text = form.text()
        if not self._counter.staff(form.who):
            return self._do(form, Reply(form.meta.case, text))
        view = self._counter.look(CardOf(form.meta.case))
        if view is None:
            raise Wrong({"text": saying("There is no {case}.", case=label(form.meta.case))})
        typed = form.values.typed("text")
        return {"response_action": "push", "view": self._preview(form, view, typed)}

    def _preview(self, form: Submission, view: CardView, text: str, *, overtaken: bool = False) -> Json:
        """The text as it was typed, shown as its readers will see it."""
        meta = replace(form.meta, text=text, after=reply.answered(view)).dump()
        signed, now = self._counter.signs(form.who), self._counter.now()
        return reply.preview(view, plain(text), signed=signed, now=now, meta=meta, overtaken=overtaken)

    def send(self, form: Submission) -> Json:
        """Send what was previewed; preview it once more if a colleague has answered meanwhile."""
        view = self._counter.look(CardOf(form.meta.case))
        if view and reply.overtaken(view, self._counter.signs(form.who), form.meta.after):
            return updated(self._preview(form, view, form.meta.text, overtaken=True))
        outcome = self._ask(form, Reply(form.meta.case, plain(form.meta.text)), draft=self._draft(form))
        if outcome.repeated or any(line.outcome != "done" for line in outcome.answered):
            return updated(_result(outcome, form.meta.text))
        if not form.meta.thread:
            return updated(done(words_of(outcome), choices=outcome.choices, closes_all=True))
        form.confirmation, form.choices = words_of(outcome), outcome.choices
        return {"response_action": "clear"}

    def close(self, form: Submission) -> Json:
        """Close the case for a reason."""
        return self._do(
            form, Close(form.meta.case, form.values.choice("reason") or None, form.values.text("text"))
        )

    def reopen(self, form: Submission) -> Json:
        """Reopen the case, and with it ask for another priority, if that was ticked."""
        case, text = form.meta.case, form.text()
        if not form.values.options(simple_forms.WISH):
            return self._do(form, Reopen(case, text))
        priority = one_of(form.values.choice("priority"), self._counter.lists.priorities)
        if not priority:
            raise Wrong({"priority": EMPTY})
        if priority == self._counter.form_facts(form.who, case).priority and not self._counter.asked(
            form.key
        ):
            raise Wrong({"priority": _(SAME_PRIORITY, case=label(case), priority=_(priority))})
        return self._do(form, Reopen(case, text), ChangePriority(case, priority, form.text("why")))

    def concern(self, form: Submission) -> Json:
        """Raise a concern; a phone number, if given, must be valid."""
        phone = international_number(form.values.text("phone"), "phone")
        return self._do(form, Concern(form.meta.case, phone, form.values.choice("category"), form.text()))

    def attach(self, form: Submission) -> Json:
        """Attach files to a case that one may see; a specialist's stay internal unless they say otherwise."""
        outcome = self._ask(form, Show(form.meta.case))
        if any(line.outcome != "done" for line in outcome.answered):
            raise Wrong({"files": words_of(outcome)})
        staff = self._counter.staff(form.who)
        inward = staff and form.values.choice("to") != simple_forms.TO_CUSTOMER
        confirmation = (
            f"{label(form.meta.case)}: {keep_files(self._counter, form, form.meta.case, inward=inward)}"
        )
        if staff:
            reach = _("Only the support team gets to see them.") if inward else _("They go to the customer.")
            confirmation = f"{confirmation} {reach}"
        return updated(done(confirmation, repeated=outcome.repeated))

    def plan(self, form: Submission) -> Json:
        """Plan a broadcast, and show what it would do."""
        outcome = self._ask(form, broadcast_of(form, self._counter.lists.types))
        planned = self._counter.look(PlannedBy(self._counter.config, "slack", form.who.address))
        if planned is None or any(line.outcome != "done" for line in outcome.answered):
            return updated(not_done(words_of(outcome), text=form.values.text("text")))
        meta = replace(form.meta, text=str(planned.id)).dump()
        return {"response_action": "push", "view": broadcast_form.preview(planned, meta=meta)}

    def add(self, form: Submission) -> Json:
        """Put a message on a case that one may see."""
        chosen, message = number(form.values.choice("case")), message_at(form.meta.letter)
        if not chosen or message is None:
            raise Wrong({"case": EMPTY})
        outcome = self._ask(form, Show(chosen))
        if any(line.outcome != "done" for line in outcome.answered):
            raise Wrong({"case": words_of(outcome)})
        put(self._counter, form.who, message, case=chosen, words=True, name=f"{chosen}")
        return updated(done(_(BEING_PUT, case=label(chosen))))

    def _steer(self, form: Submission, make: Callable[[Submission], Command]) -> Json:
        return self._do(form, make(form))

    def _do(self, form: Submission, *commands: Command) -> Json:
        outcome = self._ask(form, *commands, draft=self._draft(form))
        words = (getattr(command, "text", "") for command in commands)
        return updated(_result(outcome, "\n\n".join(filter(None, words))))

    def _ask(self, form: Submission, *commands: Command, draft: SentDraft | None = None) -> Outcome:
        return self._counter.ask(
            SlackRequest(form.who, form.key, commands, form.said, form=True, draft=draft)
        )

    def _draft(self, form: Submission) -> SentDraft:
        """The draft of the form, or of the one that a preview shows."""
        filled = form.before if form.name.endswith("_preview") else form.id
        return self._counter.drafts.sent(form.who, form.view, by=filled)


def confirm(form: Submission, calls: Calls) -> None:
    """Confirm to whoever submitted the form, where it was opened, else in a direct message."""
    if not form.confirmation:
        return
    text, channel = f"✅ {safe(form.confirmation, 1000)}", form.meta.place.partition("/")[2]
    blocks = [section(text), *rows(form.choices, form.words)]
    try:
        calls.post_ephemeral(channel, form.who.user, text=text, blocks=blocks, root=form.meta.thread)
    except DeliveryFailed as failure:
        log.info("a confirmation is not shown where it was asked for", error=str(failure))
        _confirm_directly(form.who.user, calls, text=text, blocks=blocks)


def _confirm_directly(user: str, calls: Calls, *, text: str, blocks: list[Json]) -> None:
    try:
        calls.post(calls.direct(user), text=text, blocks=blocks)
    except DeliveryFailed as failure:
        log.warning("a confirmation was not shown", error=str(failure))


def _said(outcome: Outcome) -> str:
    return " ".join(line.text for line in outcome.answered)


def _result(outcome: Outcome, text: str) -> Json:
    if all(line.outcome == "done" for line in outcome.answered):
        return done(words_of(outcome), repeated=outcome.repeated, choices=outcome.choices)
    return not_done(words_of(outcome), text=text)


def _why(form: Submission, error: Exception) -> Mapping[str, str]:
    """Why a form was not answered, by its fields."""
    if isinstance(error, Wrong):
        return error.fields
    if isinstance(error, BadCommand):
        return error.fields or {"": error.said}
    if isinstance(error, Late):
        return {"": AGAIN}
    log.error("a form failed", form=form.name, error=type(error).__name__, exc_info=error)
    return {"": FAILED}


def _errors(form: Submission, fields: Mapping[str, str]) -> Json:
    """Show each error at its field, others at the first. A form without fields is shown again, below it."""
    errors = {name: _(words) for name, words in fields.items()}
    if not form.inputs:
        return updated(again(form.view, " ".join(errors.values())))
    placed: dict[str, str] = {}
    for name, words in errors.items():
        block = next(
            (block_id for block_id in form.inputs if block_id.partition(":")[0] == name), form.inputs[0]
        )
        placed[block] = f"{placed[block]} {words}" if block in placed else words
    return {"response_action": "errors", "errors": placed}

"""View submissions: durable before they are acknowledged, each once."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import structlog
from slack_sdk import WebClient

from bot.commands.browse import Show
from bot.commands.case import Close, Note, Open, Reopen, Reply
from bot.commands.people import Assign
from bot.commands.urgency import Concern
from bot.model.errors import BadCommand, Refusal
from bot.model.identity import Identity
from bot.model.message import Said
from bot.model.outcome import Outcome
from bot.model.request import Command
from bot.queries.card import AccountOf, CardOf, CardView
from bot.syntax import fields
from bot.syntax.case_numbers import label
from channels.slack.inbound.message_files import named
from channels.slack.interactive import menu_options
from channels.slack.interactive.desk_client import DeskClient, Late, SlackRequest
from channels.slack.interactive.form_commands import COMMANDS
from channels.slack.interactive.modals import SLACKS_ERRORS, why
from channels.slack.interactive.submission import Sent, Wrong, digest
from channels.slack.text.i18n import _
from channels.slack.views import new_case_form, simple_forms
from channels.slack.views import reply_form as reply
from channels.slack.views.blocks import Json, safe
from channels.slack.views.confirmation import again, done, not_done

log = structlog.get_logger("slack")
AGAIN = (
    "We are slow just now, and cannot tell yet whether this was done. Press again in a moment: "
    "nothing is done twice."
)
FILES = {
    (False, True): "1 file will be there in a moment.",
    (False, False): "{count} files will be there in a moment.",
    (True, True): "1 file had reached us before.",
    (True, False): "{count} files had reached us before.",
}
"""By whether they had come before, and whether it is one."""
FAILED = "Something went wrong on our side, and nothing was done. Please press again in a minute."


class Forms:
    """One method for each form: it returns what the ack says (``response_action``)."""

    def __init__(self, counter: DeskClient) -> None:
        self._counter = counter

    def listeners(self) -> Mapping[str, Callable[[Sent], Json]]:
        """By callback_id."""
        return {
            "new_case": self.new_case,
            "reply": self.reply,
            "reply_preview": self.send,
            "note": lambda sent: self._do(sent, Note(sent.meta.case, sent.text())),
            "reopen": lambda sent: self._do(sent, Reopen(sent.meta.case, sent.text())),
            "close": self.close,
            "concern": self.concern,
            "assign": lambda sent: self._do(sent, Assign(sent.meta.case, sent.values.choice("to"))),
            "attach": self.attach,
            **{name: partial(self._steer, make=make) for name, make in COMMANDS.items()},
        }

    def handle(self, sent: Sent) -> Json:
        """Do what a form asks, within three seconds; errors stand on its fields."""
        try:
            return self._counter.within(lambda: self.listeners()[sent.name](sent))
        except Wrong as wrong:
            return _errors(sent, wrong.fields)
        except BadCommand as refusal:
            return _errors(sent, refusal.fields or {"": refusal.said})
        except Late:
            return _errors(sent, {"": AGAIN})
        except Exception as error:  # whoever sent it is told, and may send it again
            log.error("a form failed", form=sent.name, error=type(error).__name__, exc_info=error)
            return _errors(sent, {"": FAILED})

    def new_case(self, sent: Sent) -> Json:
        """Open the case; its files follow it, already durable."""
        command = self._open(sent)
        said = Said(copied=self._people(sent))
        request = SlackRequest(sent.who, sent.key, (command,), said, self._place(sent), form=True)
        outcome = self._counter.ask(request)
        if outcome.case is None:
            return _update(not_done(_said(outcome), text=command.text))
        told = self._keep_files(sent, outcome.case)
        return _update(
            new_case_form.opened(
                label(outcome.case), command.subject, _said(outcome), case=str(outcome.case), told=told
            )
        )

    def reply(self, sent: Sent) -> Json:
        """A customer's goes out; a specialist's is shown once more."""
        text = sent.text()
        if not self._counter.staff(sent.who):
            return self._do(sent, Reply(sent.meta.case, text))
        view = self._counter.look(CardOf(sent.meta.case))
        if view is None:
            raise Wrong({"text": f"There is no {label(sent.meta.case)}."})
        return {"response_action": "push", "view": self._preview(sent, view, text)}

    def _preview(self, sent: Sent, view: CardView, text: str, *, overtaken: bool = False) -> Json:
        meta = replace(sent.meta, text=text, after=reply.answered(view)).dump()
        signed, now = self._counter.signs(sent.who), self._counter.now()
        return reply.preview(view, text, signed=signed, now=now, meta=meta, overtaken=overtaken)

    def send(self, sent: Sent) -> Json:
        """What was previewed; if a colleague has answered meanwhile, it is asked once more."""
        view = self._counter.look(CardOf(sent.meta.case))
        if view and reply.overtaken(view, self._counter.signs(sent.who), sent.meta.after):
            return _update(self._preview(sent, view, sent.meta.text, overtaken=True))
        outcome = self._ask(sent, Reply(sent.meta.case, sent.meta.text))
        if outcome.repeated or any(line.outcome != "done" for line in outcome.answered):
            return _update(_result(outcome, sent.meta.text))
        sent.told = _said(outcome)
        return {"response_action": "clear"}

    def close(self, sent: Sent) -> Json:
        """Close for a reason."""
        return self._do(
            sent, Close(sent.meta.case, sent.values.choice("reason") or None, sent.values.text("text"))
        )

    def concern(self, sent: Sent) -> Json:
        """Raise a concern; a phone number, if there is one, must be one."""
        phone = phone_number(sent.values.text("phone"), "phone")
        return self._do(sent, Concern(sent.meta.case, phone, sent.values.choice("category"), sent.text()))

    def attach(self, sent: Sent) -> Json:
        """Files for a case that one may see; a specialist's stay with the desk unless they say otherwise."""
        outcome = self._ask(sent, Show(sent.meta.case))
        if any(line.outcome != "done" for line in outcome.answered):
            raise Wrong({"files": _said(outcome)})
        staff = self._counter.staff(sent.who)
        inward = staff and sent.values.choice("to") != simple_forms.TO_CUSTOMER
        told = f"{label(sent.meta.case)}: {self._keep_files(sent, sent.meta.case, inward=inward)}"
        if staff:
            told += " Only the support team gets to see them." if inward else " They go to the customer."
        return _update(done(told, repeated=outcome.repeated))

    def _open(self, sent: Sent) -> Open:
        """The fields of the form as a command. Raises ``Wrong``."""
        values, lists = sent.values, self._counter.lists
        subject, text = " ".join(sent.text("subject").split()), sent.text("text")
        kind = _one_of(values.choice("type"), lists.types)
        category = _one_of(values.choice(new_case_form.category_block(kind)), lists.types.get(kind, ()))
        given = [" ".join(one.split()) for one in re.split(r"[,;\n]", values.text("ids")) if one.strip()]
        ids = [found for one in given for found in fields.ids(one) or (one[:60],)]
        ids += fields.ids(f"{subject}\n{text}")
        priority = _one_of(values.choice("priority"), lists.priorities) or None
        unique = tuple(dict.fromkeys(ids))[:20]
        phone = phone_number(values.text("phone"), "phone")
        feature = _one_of(values.choice("feature"), lists.features) or None
        said = (subject, text, priority, kind or None, category or None, unique)
        return Open(*said, contact=phone, feature=feature)

    def _people(self, sent: Sent) -> tuple[Identity, ...]:
        """Those who shall follow the case, without whoever opens it."""
        others = [user for user in sent.values.people("people") if user != sent.who.user]
        try:
            chosen = [self._counter.somebody(user, home=sent.who.home) for user in others]
        except Refusal as refusal:
            raise Wrong({"people": refusal.said}) from None
        users = tuple(one.identity(self._counter.name(one)) for one in chosen)
        return users + menu_options.identities(sent.values.options("people"))

    def _place(self, sent: Sent) -> str:
        """Where the form was opened, if that place is an account's own: the case lives there."""
        place = sent.meta.place
        return place if place and self._counter.look(AccountOf("slack", place)) else ""

    def _keep_files(self, sent: Sent, case: int, *, inward: bool = False) -> str:
        """Durable before the ack; they are fetched afterwards. What to say of them."""
        files = [named(file) for file in sent.values.files("files")]
        if not files:
            return ""
        ids = [file["id"] for file in files]
        about = {"case": case, "team": sent.who.team, "user": sent.who.user, "inward": inward}
        raw = json.dumps({**about, "kind": "files", "files": files}).encode()
        try:
            kept = self._counter.keep(f"f:{sent.id}:{digest(*ids)}", raw, {"kind": "files", "files": ids})
        except Exception as error:  # the case is there; sent again, only this is done again
            log.error("files could not be kept", case=label(case), error=type(error).__name__)
            later = _("{case}: its files could not be taken yet. Please press again.", case=label(case))
            raise Wrong({"files": later}) from None
        return _(FILES[kept.duplicate, len(files) == 1], count=len(files))

    def _steer(self, sent: Sent, make: Callable[[Sent], Command]) -> Json:
        return self._do(sent, make(sent))

    def _do(self, sent: Sent, command: Command) -> Json:
        return _update(_result(self._ask(sent, command), getattr(command, "text", "")))

    def _ask(self, sent: Sent, command: Command) -> Outcome:
        return self._counter.ask(SlackRequest(sent.who, sent.key, (command,), form=True))


def whisper(sent: Sent, client: WebClient) -> None:
    """A word to the one who sent the form, where it was opened; only a courtesy."""
    channel = sent.meta.place.partition("/")[2]
    if not channel or not sent.told:
        return
    try:
        client.chat_postEphemeral(
            channel=channel,
            user=sent.who.user,
            text=f"✅ {safe(sent.told, 1000)}",
            thread_ts=sent.meta.thread or None,
        )
    except SLACKS_ERRORS as error:
        log.info("a confirmation was not shown", error=why(error))


_PHONE = re.compile(r"\+[1-9]\d{6,14}")


def phone_number(written: str, block_id: str) -> str:
    """``+49 30/123456`` → ``+4930123456`` (ITU-T E.164); ``""`` for nothing. Raises ``Wrong``."""
    if not written:
        return ""
    digits = re.sub(r"[\s()./-]|\(0\)", "", written.replace("(0)", ""))
    digits = f"+{digits[2:]}" if digits.startswith("00") else digits
    if not _PHONE.fullmatch(digits):
        raise Wrong({block_id: "Please write it with the country's code, as +49 30 123456."})
    return digits


def _one_of(value: str, names: Any) -> str:
    """The name whose option was chosen; options hold its first 150 characters."""
    return next((name for name in names if value and name[:150] == value), "")


def _said(outcome: Outcome) -> str:
    return " ".join(line.text for line in outcome.answered)


def _result(outcome: Outcome, text: str) -> Json:
    if all(line.outcome == "done" for line in outcome.answered):
        return done(_said(outcome), repeated=outcome.repeated)
    return not_done(_said(outcome), text=text)


def _update(view: Json) -> Json:
    return {"response_action": "update", "view": view}


def _errors(sent: Sent, fields: Mapping[str, str]) -> Json:
    """Each on its field; what belongs to none, on the first. A form without fields is shown again, below it."""
    said = {name: _(words) for name, words in fields.items()}
    if not sent.inputs:
        return _update(again(sent.view, " ".join(said.values())))
    placed: dict[str, str] = {}
    for name, words in said.items():
        block = next((one for one in sent.inputs if one.partition(":")[0] == name), sent.inputs[0])
        placed[block] = f"{placed[block]} {words}" if block in placed else words
    return {"response_action": "errors", "errors": placed}

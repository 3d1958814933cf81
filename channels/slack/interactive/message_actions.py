"""What people do with a message: put it on a case, make a case of it, send it to the customer."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import structlog

from bot.queries.message_status import CaseAt, RawOf, StatusOf
from bot.syntax.case_numbers import label
from channels.slack.desk.desk_client import DeskClient
from channels.slack.desk.respond import FAILED
from channels.slack.desk.user import Who
from channels.slack.inbound.events import message_of
from channels.slack.interactive.actions import Click
from channels.slack.interactive.modals import Modals, fill, open_modal
from channels.slack.text.i18n import _
from channels.slack.text.view_state import Meta
from channels.slack.views import message_forms, reply_form
from channels.slack.views.blocks import SECTION, Json, section
from channels.slack.views.case import waiting
from channels.slack.views.new_case_form import FormDraft

log = structlog.get_logger("slack")
ALREADY = "That message is on {case} already."
BEING_PUT = "➡️ It is being put on {case}."
BEING_OPENED = "➡️ Your case is being opened; its number comes here in a moment."
PUT_BEFORE = "That was done before, so nothing was done now."
NOT_HERE = "That works in the thread of a case in the support team's channel only."
KEPT_OPEN = "It stays open."
_LETTER = re.compile(r"m:([A-Z0-9]+)/([A-Z0-9]+)/(\d+\.\d+)")


class MessageAt(NamedTuple):
    """A message by its place."""

    home: str
    channel: str
    ts: str

    @property
    def letter(self) -> str:
        """Its key in the inbox, if it was kept."""
        return f"m:{self.home}/{self.channel}/{self.ts}"


class MessageActions:
    """The handlers of such clicks and shortcuts."""

    def __init__(self, counter: DeskClient, modals: Modals) -> None:
        self._counter = counter
        self._modals = modals

    def listeners(self) -> Mapping[str, Callable[[Click], None]]:
        """The handlers of buttons by action_id."""
        return {"case_put": self.put, "case_open": self.open, "case_leave": self.leave}

    def shortcuts(self) -> Mapping[str, Callable[[Click], None]]:
        """The handlers of message shortcuts by callback_id."""
        return {"message_case": self.case, "message_add": self.add, "message_send": self.send}

    def put(self, click: Click) -> None:
        """Put the message that somebody was asked about on the case that they choose: ``12:KEY``."""
        case, message = int(click.value.partition(":")[0]), _message(click.value)
        if message:
            self._keep(click, message, case=case, done=_(BEING_PUT, case=label(case)))

    def open(self, click: Click) -> None:
        """Open the form with the message in it; for people of another organisation, the case itself."""
        message = _message(click.value)
        if message is None:
            click.acked(_(FAILED))
        elif click.who.team != click.who.home and not self._counter.staff(click.who):
            self._keep(click, message, case=0, done=_(BEING_OPENED))
        else:
            self._form(click, message, self._as_kept(message), author="")

    def leave(self, click: Click) -> None:
        """Take a question away without doing anything."""
        click.turn_page(_(KEPT_OPEN), [section(_(KEPT_OPEN))])

    def case(self, click: Click) -> None:
        """Open the form for a case with this message in it."""
        message, body = _clicked(click), click.body["message"]
        self._form(click, message, body, author=str(body.get("user") or ""))

    def add(self, click: Click) -> None:
        """Open the form that puts this message on a case."""
        click.ack()
        message, body = _clicked(click), click.body["message"]
        inward = self._counter.staff(click.who) and self._counter.desk_channels.owns(message.channel)
        meta = Meta(place=click.who.place, letter=message.letter).dump()
        self._show(click, body, partial(message_forms.add_to_case, inward=inward, meta=meta))

    def send(self, click: Click) -> None:
        """Open the reply to the customer with this message in it: it is previewed, and sent like any other."""
        click.ack()
        message, body = _clicked(click), click.body["message"]
        root = str(body.get("thread_ts") or message.ts)
        case = self._counter.look(CaseAt("slack", f"{message.home}/{message.channel}/{root}"))
        if (
            not case
            or not self._counter.staff(click.who)
            or not self._counter.desk_channels.owns(message.channel)
        ):
            click.say(_(NOT_HERE))
            return
        meta = Meta(case, click.who.place, root).dump()

        def form(words: str) -> Json:
            return reply_form.reply(label(case), meta=meta, preview=True, text=words)

        self._show(click, body, form, instead=self._modals.instead("reply", case))

    def _form(self, click: Click, message: MessageAt, body: Json, *, author: str) -> None:
        """Open the form for a new case, unless the message is on one."""
        click.ack()
        root = str(body.get("thread_ts") or message.ts)
        if case := self._case_of(message, root):
            click.say(_(ALREADY, case=label(case)))
            return
        other = author if author != click.who.user and self._counter.staff(click.who) else ""
        meta = Meta(letter=message.letter, thread=root, author=other)

        def form(words: str) -> Json:
            draft = FormDraft(subject=_first_line(words), text=words)
            return self._modals.of_message(draft, click.who, replace(meta, cut=len(words) > SECTION))

        self._show(click, body, form, instead=self._modals.instead("new"))

    def _show(self, click: Click, message: Json, form: Callable[[str], Json], *, instead: str = "") -> None:
        """Open a form with the message's words in it, and those that it forwards.

        If Slack must be asked for names first, a view that waits is opened, and then filled.
        """
        text, us, home = self._counter.text, self._counter.ourselves(), click.who.home
        if text.needs_no_names(message):
            view = form(text.of(message, us, home)[0])
            open_modal(click.client, click.body, view, say=click.say, instead=instead)
        elif opened := open_modal(click.client, click.body, waiting(), say=click.say, instead=instead):
            fill(click.client, opened, form(text.of(message, us, home)[0]))

    def _case_of(self, message: MessageAt, root: str) -> int:
        status = self._counter.look(StatusOf("slack", message.letter))
        address = f"{message.home}/{message.channel}/{root}"
        return (status.case if status and status.case else 0) or self._counter.look(CaseAt("slack", address))

    def _as_kept(self, message: MessageAt) -> Json:
        raw = self._counter.look(RawOf("slack", message.letter))
        return dict(message_of(json.loads(raw)["event"])) if raw else {}

    def _keep(self, click: Click, message: MessageAt, *, case: int, done: str) -> None:
        """Keep the wish durably, then acknowledge it; it is done as soon as the message was read."""
        try:
            kept_before = put(self._counter, click.who, message, case=case, words=True)
        except Exception as error:  # whoever clicked is told, and may click again
            log.error("a message could not be put on a case", error=type(error).__name__)
            click.acked(_(FAILED))
            return
        words = _(PUT_BEFORE) if kept_before else done
        click.turn_page(words, [section(words)])


def put(
    counter: DeskClient,
    who: Who,
    message: MessageAt,
    *,
    case: int,
    words: bool,
    below: bool = False,
    name: str = "",
) -> bool:
    """Keep durably that a message goes on a case (0: on a new one); was that so before?

    Its files go along. ``words``: also its words; ``below``: also what stands below it.
    ``name``: of one among several such wishes.
    """
    about = {"home": message.home, "channel": message.channel, "ts": message.ts}
    by = {"team": who.team, "user": who.user, "case": case, "words": words, "below": below}
    envelope = {"kind": "put", "team": message.home, "bot_user": counter.ourselves()}
    key = f"p:{message.letter}{name and f'/{name}'}"
    return counter.keep(key, json.dumps({"kind": "put", **about, **by}).encode(), envelope).duplicate


def message_at(letter: str) -> MessageAt | None:
    """The message with a key of the inbox."""
    match = _LETTER.fullmatch(letter)
    return MessageAt(*match.groups()) if match else None


def _message(value: str) -> MessageAt | None:
    return message_at(value.partition(":")[2])


def _clicked(click: Click) -> MessageAt:
    return MessageAt(click.who.home, click.who.channel, str(click.body["message"]["ts"]))


def _first_line(words: str) -> str:
    lines = (line.strip("> ") for line in words.splitlines())
    line = next(filter(None, lines), "")
    return line if len(line) <= 80 else line[:80].rsplit(" ", 1)[0] + " …"


def shortcut_click(ack: Any, body: Mapping[str, Any], context: Any, client: Any, respond: Any) -> Click:
    """A message shortcut as a click on that message."""
    action = {"action_id": str(body["callback_id"])}
    return Click(ack, {**body, "actions": [action]}, context, client, respond)

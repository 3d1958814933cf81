"""The slash command: the one grammar, done at once where its words suffice, else with a form."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from slack_sdk import WebClient

from bot.commands import catalogue, parser
from bot.commands.case import Open
from bot.commands.catalogue import VERBS
from bot.commands.people import AddPerson, Assign, RemovePerson
from bot.model.errors import BadCommand
from bot.model.outcome import Outcome
from bot.model.request import Command
from bot.syntax.case_numbers import ParsedCommand
from bot.syntax.fields import fields
from channels.slack.interactive.desk_client import DeskClient, SlackRequest
from channels.slack.interactive.modals import Modals, open_modal
from channels.slack.interactive.respond import answer, plainly, whisper
from channels.slack.interactive.user import who
from channels.slack.text import view_state
from channels.slack.text.i18n import _
from channels.slack.text.view_state import Meta
from channels.slack.views import case_forms
from channels.slack.views.blocks import Json, Message
from channels.slack.views.case import case
from channels.slack.views.case_list import listing
from channels.slack.views.help import help_message
from channels.slack.views.new_case_form import FormDraft

WITH_WORDS = ("reply", "note", "close", "reopen", "concern", "assign", *case_forms.NAMES)
"""Without words behind the number these open their form; ``attach`` does always."""
LISTS = ("my", "queue", "search")
"""They are answered by a list of cases."""
DESK_ONLY = "Only the support team can do that."
STAFF_VERBS = frozenset(verb.name for verb in VERBS if verb.staff_only)


class Typed:
    """One command as it was typed: who, where, what, and how to answer."""

    def __init__(
        self, ack: Any, body: Mapping[str, Any], context: Any, client: WebClient, respond: Any
    ) -> None:
        self.ack, self.body, self.client = ack, body, client
        self.who = who(body, context)
        self.raw = str(body.get("text") or "")
        self.words = view_state.words(self.raw)
        self.say = partial(whisper, respond)

    def open(self, make: Callable[[], Json], *, instead: str) -> None:
        """A form; acked before it is made. ``instead``: what to do where Slack does not open it."""
        self.ack()
        open_modal(self.client, self.body, make(), say=self.say, instead=instead)


class Slash:
    """``/case …``, whatever it is called here."""

    def __init__(self, counter: DeskClient, modals: Modals, *, command: str) -> None:
        self._counter = counter
        self._modals = modals
        self._command = command

    def handle(self, said: Typed) -> None:
        """Open a form, do it, or help."""
        try:
            asked = parser.parse(said.words or "new")
            self._do(said, asked)
        except BadCommand as refusal:
            self._help(said, why=_(refusal.said))

    def opens_form(self, said: Typed) -> bool:
        """Is it answered by a form, and by nothing else? Pure, and quick."""
        try:
            asked = parser.parse(said.words or "new")
        except BadCommand:
            return False
        if asked.verb in STAFF_VERBS and not self._counter.staff(said.who):
            return False
        return asked.verb == "new" or (asked.case is not None and _wants_form(asked))

    def _do(self, said: Typed, asked: ParsedCommand) -> None:
        if asked.verb in STAFF_VERBS and not self._counter.staff(said.who):
            said.ack(_(DESK_ONLY))
        elif asked.verb == "new":
            draft = draft_of(asked.text, self._counter.lists)
            new = partial(self._modals.new, draft, said.who)
            said.open(new, instead=self._modals.instead("new"))
        elif asked.verb == "help":
            self._help(said, topic=asked.text.strip().lower())
        elif asked.case is not None and _wants_form(asked):
            about = partial(self._modals.about, asked.verb, said.who, Meta(asked.case, said.who.place))
            said.open(about, instead=self._modals.instead(asked.verb, asked.case))
        else:
            self._ask(said, asked)

    def _ask(self, said: Typed, asked: ParsedCommand) -> None:
        asked, page = _page(asked) if asked.verb in ("my", "queue") else (asked, 1)
        commands = self._commands(said, asked)

        def slack_request() -> SlackRequest:
            return SlackRequest(said.who, f"i:{said.body['trigger_id']}", commands())

        answer(self._counter, slack_request, self._shown(said, asked, page), now=said.ack, later=said.say)

    def _commands(self, said: Typed, asked: ParsedCommand) -> Callable[[], tuple[Command, ...]]:
        """One, or one for each person mentioned: who these are, Slack has to tell. Raises ``BadCommand`` at once."""
        users, number = view_state.mentioned(said.raw), asked.case
        if users and number is not None and asked.verb in ("add", "remove"):
            return partial(self._about_people, asked.verb, number, users, home=said.who.home)
        if users and number is not None and asked.verb == "assign":
            colleague = self._counter.mail_of(said.who.team, users[0]) or asked.text
            return lambda: (Assign(number, colleague),)
        command = catalogue.command(asked, None, self._counter.lists)
        return lambda: (command,)

    def _about_people(
        self, verb: str, number: int, users: Sequence[str], *, home: str
    ) -> tuple[Command, ...]:
        people = [self._counter.somebody(user, home=home) for user in users]
        if verb == "remove":
            return tuple(RemovePerson(number, f"slack:{one.address}") for one in people)
        return tuple(AddPerson(number, f"slack:{one.address}", self._counter.name(one)) for one in people)

    def _shown(self, said: Typed, asked: ParsedCommand, page: int) -> Callable[[Outcome], Message]:
        docs_url = self._counter.docs_url
        if asked.verb == "show":
            return partial(case, staff=self._counter.staff(said.who))
        if asked.verb in LISTS:
            return partial(listing, page=page, again=f"{asked.verb} {asked.text}".strip(), docs_url=docs_url)
        return plainly

    def _help(self, said: Typed, *, why: str = "", topic: str = "") -> None:
        staff, docs_url = self._counter.staff(said.who), self._counter.docs_url
        said.ack(*help_message(self._command, staff=staff, docs_url=docs_url, why=why, topic=topic))


def draft_of(text: str, lists: Any) -> FormDraft:
    """``critical Deal ID 12333: no delivery`` → what the form begins with."""
    words = text.split(None, 1)
    told, _ = fields(f"Priority: {words[0]}" if words else "", lists)
    if len(words) < 2 and (not words or told.get("priority")):
        return FormDraft(priority=told.get("priority", ""))
    opened = catalogue.command(ParsedCommand("new", None, text, text), None, lists)
    if not isinstance(opened, Open):
        return FormDraft(text=text)
    return FormDraft(opened.priority or "", opened.subject[:150], opened.text, ", ".join(opened.ids))


def _wants_form(asked: ParsedCommand) -> bool:
    return asked.verb == "attach" or (asked.verb in WITH_WORDS and not asked.text.strip())


_PAGE = re.compile(r"(?:^|\s+)(\d{1,4})$")


def _page(asked: ParsedCommand) -> tuple[ParsedCommand, int]:
    """``my open 2`` → the second page of ``my open``."""
    found = _PAGE.search(asked.text)
    if not found:
        return asked, 1
    return ParsedCommand(asked.verb, asked.case, asked.text[: found.start()], asked.line), int(found.group(1))

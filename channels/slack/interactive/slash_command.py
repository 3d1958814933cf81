"""The slash command: the one grammar, done at once where its words suffice, else with a form."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from slack_sdk import WebClient

from bot.commands import catalogue, parser
from bot.commands.browse import CaseListing
from bot.commands.case import Open
from bot.commands.catalogue import VERBS
from bot.commands.people import AddPerson, Assign, JoinContacts, RemovePerson
from bot.commands.verb import ADDRESS
from bot.model.errors import BadCommand
from bot.model.message import Said
from bot.model.outcome import Outcome
from bot.model.request import Command
from bot.syntax.case_numbers import ParsedCommand
from bot.syntax.fields import fields
from channels.slack.desk.case_lists import VERBS as VERBS_OF_LISTS
from channels.slack.desk.case_lists import ListDesk
from channels.slack.desk.desk_client import DeskClient, SlackRequest
from channels.slack.desk.join_offer import JoinOffers
from channels.slack.desk.respond import answer, plainly, show_ephemeral, tell
from channels.slack.desk.user import who
from channels.slack.interactive.modals import Modals, open_modal
from channels.slack.text import view_state
from channels.slack.text.i18n import _
from channels.slack.text.view_state import Meta
from channels.slack.views import case_forms
from channels.slack.views.blocks import Json, Message
from channels.slack.views.case import case
from channels.slack.views.help import help_message
from channels.slack.views.new_case_form import FormDraft

WITH_WORDS = ("reply", "note", "close", "reopen", "concern", "assign", "merge", "redact", *case_forms.NAMES)
"""Without words behind the number these open their form; ``attach`` does always."""
DESK_ONLY = "Only the support team can do that."
MANAGERS_ONLY = "Only managers tell many customers the same at once."
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
        self.say = partial(show_ephemeral, respond)

    def open(self, make: Callable[[], Json], *, instead: str) -> None:
        """Open a form; acked before it is made. ``instead``: what to do if Slack does not open it."""
        self.ack()
        open_modal(self.client, self.body, make(), say=self.say, instead=instead)


class Slash:
    """Handles ``/case …``, whatever the command is called here."""

    def __init__(
        self, counter: DeskClient, modals: Modals, lists: ListDesk, joins: JoinOffers, *, command: str
    ) -> None:
        self._counter = counter
        self._lists = lists
        self._modals = modals
        self._joins = joins
        self._command = command

    def handle(self, typed: Typed) -> None:
        """Open a form, do the command, or help."""
        try:
            parsed = parser.parse(typed.words or "new")
            self._do(typed, parsed)
        except BadCommand as refusal:
            self._help(typed, why=_(refusal.said))

    def opens_form(self, typed: Typed) -> bool:
        """Is it answered by a form, and by nothing else? Pure, and quick."""
        try:
            parsed = parser.parse(typed.words or "new")
        except BadCommand:
            return False
        if parsed.verb in STAFF_VERBS and not self._counter.staff(typed.who):
            return False
        if parsed.verb == "broadcast":
            return self._counter.may_broadcast(typed.who)
        return parsed.verb == "new" or (parsed.case is not None and _wants_form(parsed))

    def _do(self, typed: Typed, parsed: ParsedCommand) -> None:
        if parsed.verb in STAFF_VERBS and not self._counter.staff(typed.who):
            typed.ack(_(DESK_ONLY))
        elif parsed.verb == "new":
            draft = draft_of(parsed.text, self._counter.lists)
            typed.ack()
            self._modals.open_new(typed.client, typed.body, draft, typed.who, say=typed.say)
        elif parsed.verb == "broadcast" and not self._counter.may_broadcast(typed.who):
            typed.ack(_(MANAGERS_ONLY))
        elif parsed.verb == "broadcast":
            typed.open(partial(self._modals.broadcast, typed.who), instead=self._modals.instead("broadcast"))
        elif parsed.verb == "help":
            self._help(typed, topic=parsed.text.strip().lower())
        elif parsed.case is not None and _wants_form(parsed):
            about = partial(self._modals.about, parsed.verb, typed.who, Meta(parsed.case, typed.who.place))
            typed.open(about, instead=self._modals.instead(parsed.verb, parsed.case))
        elif parsed.verb in VERBS_OF_LISTS:
            self._list(typed, parsed)
        else:
            self._ask(typed, parsed)

    def _list(self, typed: Typed, parsed: ParsedCommand) -> None:
        wanted = catalogue.command(parsed, None, self._counter.lists)
        if isinstance(wanted, CaseListing):
            make = partial(self._lists.message, typed.who, wanted)
            tell(self._counter, make, now=typed.ack, later=typed.say)
            self._offer_join(typed)

    def _ask(self, typed: Typed, parsed: ParsedCommand) -> None:
        commands = self._commands(typed, parsed)

        def slack_request() -> SlackRequest:
            message = Said(emphasis=view_state.emphasis(typed.raw))
            return SlackRequest(typed.who, f"i:{typed.body['trigger_id']}", commands(), message)

        answer(self._counter, slack_request, self._shown(typed, parsed), now=typed.ack, later=typed.say)
        self._offer_join(typed)

    def _offer_join(self, typed: Typed) -> None:
        if offer := self._joins.once_a_week(typed.who):
            typed.say(*offer)

    def _commands(self, typed: Typed, parsed: ParsedCommand) -> Callable[[], tuple[Command, ...]]:
        """One command, or one for each mentioned person, whom Slack must identify.

        Raises ``BadCommand`` at once.
        """
        users, number = view_state.mentioned(typed.raw), parsed.case
        if users and number is not None and parsed.verb in ("add", "remove"):
            return partial(self._about_people, parsed.verb, number, users, home=typed.who.home)
        if users and number is not None and parsed.verb == "assign":
            colleague = self._counter.mail_of(typed.who.team, users[0]) or parsed.text
            return lambda: (Assign(number, colleague),)
        if users and parsed.verb == "join" and (mail := ADDRESS.search(parsed.text)):
            return partial(self._join, mail.group().rstrip(".").lower(), users[0], home=typed.who.home)
        command = catalogue.command(parsed, None, self._counter.lists)
        return lambda: (command,)

    def _join(self, mail: str, user: str, *, home: str) -> tuple[Command, ...]:
        return (JoinContacts(mail, f"slack:{self._counter.somebody(user, home=home).address}"),)

    def _about_people(
        self, verb: str, number: int, users: Sequence[str], *, home: str
    ) -> tuple[Command, ...]:
        people = [self._counter.somebody(user, home=home) for user in users]
        if verb == "remove":
            return tuple(RemovePerson(number, f"slack:{person.address}") for person in people)
        return tuple(
            AddPerson(number, f"slack:{person.address}", self._counter.name(person)) for person in people
        )

    def _shown(self, typed: Typed, parsed: ParsedCommand) -> Callable[[Outcome], Message]:
        if parsed.verb == "show":
            return partial(case, staff=self._counter.staff(typed.who))
        return plainly

    def _help(self, typed: Typed, *, why: str = "", topic: str = "") -> None:
        staff, docs_url = self._counter.staff(typed.who), self._counter.docs_url
        typed.ack(*help_message(self._command, staff=staff, docs_url=docs_url, why=why, topic=topic))


def draft_of(text: str, lists: Any) -> FormDraft:
    """The form's initial values: ``critical Order no. 4711 has not arrived``."""
    words = text.split(None, 1)
    values, _ = fields(f"Priority: {words[0]}" if words else "", lists)
    if len(words) < 2 and (not words or values.get("priority")):
        return FormDraft(priority=values.get("priority", ""))
    opened = catalogue.command(ParsedCommand("new", None, text, text), None, lists)
    if not isinstance(opened, Open):
        return FormDraft(text=text)
    return FormDraft(opened.priority or "", opened.subject[:150], opened.text, ", ".join(opened.ids))


def _wants_form(parsed: ParsedCommand) -> bool:
    return parsed.verb == "attach" or (parsed.verb in WITH_WORDS and not parsed.text.strip())

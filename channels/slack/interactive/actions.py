"""Clicks: what the buttons and menus of cards, lists, cases and forms do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import structlog
from slack_sdk import WebClient

from bot.commands.browse import Show
from bot.commands.catalogue import command
from bot.model.outcome import Outcome
from bot.model.request import Command
from bot.queries.replies import ReplyOn
from bot.queries.whole_entry import ReadEntry
from bot.syntax.case_numbers import ParsedCommand
from channels.slack.desk.desk_client import DeskClient, SlackRequest
from channels.slack.desk.join_offer import JoinOffers
from channels.slack.desk.respond import Answer, answer, plainly, show_ephemeral, shown, tell
from channels.slack.desk.user import who
from channels.slack.interactive import card_menu
from channels.slack.interactive.modals import ABOUT, SLACKS_ERRORS, Modals, fill, open_modal, why
from channels.slack.text.fallback_text import of_blocks
from channels.slack.text.i18n import _
from channels.slack.text.message import offers
from channels.slack.text.view_state import Meta, meta_of
from channels.slack.views import case as case_view
from channels.slack.views.blocks import Json, Message, context
from channels.slack.views.card import HELD
from channels.slack.views.case_list import listing_modal
from channels.slack.views.case_opened import OPENED
from channels.slack.views.entry import entry_modal, whole_entry
from channels.slack.views.new_case_form import FormDraft
from channels.slack.views.reply_form import SAVED_REPLY
from channels.slack.views.simple_forms import WISH

log = structlog.get_logger("slack")
DECIDED = {"accept": "✅ Accepted by {who}", "spam": "🗑️ Put away as spam by {who}"}
"""What a message says in place of its buttons."""
AT_ONCE = ("watch", "mute")
"""Steps of a card's menu that open no form."""


class Click:
    """One click: who, on what, and how to answer it."""

    def __init__(
        self, ack: Any, body: Mapping[str, Any], context: Any, client: WebClient, respond: Any
    ) -> None:
        self.ack, self.body, self.client = ack, body, client
        self.who = who(body, context)
        action = body["actions"][0]
        self.name = str(action["action_id"])
        self.block = str(action.get("block_id") or "")
        self.value = str(action.get("value") or (action.get("selected_option") or {}).get("value") or "")
        self.ts = str(action.get("action_ts") or 0)
        """When it was made, in seconds since 1970."""
        self.in_view = "view" in body
        self.in_home = (body.get("view") or {}).get("type") == "home"
        self._respond = respond
        self._thread = _thread(body)

    @property
    def key(self) -> str:
        return f"i:{self.body['trigger_id']}"

    @property
    def view_case(self) -> int:
        """The case that the form is about in which it was clicked."""
        return meta_of(self.body["view"]).case

    def meta(self, case: str) -> Meta:
        """The metadata for a form about this case."""
        return Meta(int(case or 0), self.who.place, self._root)

    def say(self, text: str, blocks: Any = None) -> None:
        """Tell the person who clicked, in the thread if it was in one. In a view only a view can say anything.

        A ``response_url`` answers one person in the channel only, whatever ``thread_ts`` it is given.
        """
        if not self.in_view and not self._said_in_thread(text, blocks):
            show_ephemeral(self._respond, text, blocks)

    def _said_in_thread(self, text: str, blocks: Any) -> bool:
        if not self._thread:
            return False
        where, whom = self.who.channel, self.who.user
        try:
            self.client.chat_postEphemeral(
                channel=where, user=whom, thread_ts=self._thread, text=text, blocks=blocks
            )
        except SLACKS_ERRORS as error:
            log.info("an answer stands in the channel, not in its thread", error=why(error))
            return False
        return True

    def acked(self, text: str, blocks: Any = None) -> None:
        """Ack, now that the command is done, and say what came of it."""
        self.ack()
        self.say(text, blocks)

    def turn_page(self, text: str, blocks: Any = None) -> None:
        """Replace the list that was clicked in."""
        self.ack()
        self._respond(text, blocks=blocks, replace_original=True)

    @property
    def thread_place(self) -> str:
        """The address of the thread that was clicked in, or ``""``."""
        return f"{self.who.place}/{self._thread}" if self._thread and self.who.place else ""

    def replace(self, text: str, blocks: Any = None) -> None:
        """Say it in place of the message that was clicked in."""
        self._respond(text, blocks=blocks, replace_original=True)

    def without_buttons(self, words: str) -> None:
        """Show what was done in place of the clicked message's buttons."""
        blocks = (self.body.get("message") or {}).get("blocks", ())
        left = [block for block in blocks if block.get("type") != "actions"]
        done = [*left, context(f"{words} <@{self.body['user']['id']}>")]
        self._respond(of_blocks(done), blocks=done, replace_original=True)

    def decided(self, words: str) -> None:
        """Remove the buttons of the clicked message, and show what was done and by whom."""
        if self.block.startswith(HELD):
            return  # a card is drawn anew
        message = self.body.get("message") or {}
        blocks_left = [block for block in message.get("blocks", ()) if not offers(block)]
        done = [*blocks_left, context(_(words, who=f"<@{self.body['user']['id']}>"))]
        self._respond(of_blocks(done), blocks=done, replace_original=True)

    @property
    def _root(self) -> str:
        """The first message of the thread that was clicked in, though nobody may have replied to it yet.

        ``""`` in a view, and in what one person alone sees: nothing can stand below that, and the app need not be in
        the channel to answer a command there.
        """
        container = self.body.get("container") or {}
        alone = container.get("is_ephemeral")
        return "" if alone else self._thread or str(container.get("message_ts") or "")


def _thread(body: Mapping[str, Any]) -> str:
    """The thread that was clicked in, or ``""``: the first message of a thread is in the channel."""
    container = body.get("container") or {}
    thread = str(container.get("thread_ts") or (body.get("message") or {}).get("thread_ts") or "")
    return thread if thread != str(container.get("message_ts")) else ""


class Actions:
    """The handlers of clicks, one method for each kind."""

    def __init__(self, counter: DeskClient, modals: Modals, offers: JoinOffers) -> None:
        self._counter = counter
        self._modals = modals
        self._offers = offers

    def listeners(self) -> Mapping[str, Callable[[Click], None]]:
        """The handlers by action_id."""
        forms = {f"case_{form}": partial(self.form, form=form) for form in ABOUT}
        return {
            **forms,
            "case_accept": partial(self.judge, verb="accept"),
            "case_spam": partial(self.judge, verb="spam"),
            "case_show": self.show,
            "case_read": self.read,
            "case_read_on": self.read,
            "case_read_back": self.read,
            "case_earlier": self.leaf,
            "case_later": self.leaf,
            "case_status": self.step,
            "case_more": self.step,
            "new_case": self.new,
            WISH: self.wish,
            SAVED_REPLY: self.put_in,
            "join_offer": self.join,
            "documentation": lambda click: click.ack(),
        }

    def ask(self, click: Click, parsed: ParsedCommand) -> None:
        """Do what needs no form."""
        request = SlackRequest(click.who, click.key, (command(parsed, None, self._counter.lists),))
        answer(self._counter, lambda: request, plainly, now=click.acked, later=click.say)

    def judge(self, click: Click, *, verb: str) -> None:
        """Accept or hide what an unproven person said: ``123:e-k4q7x2``, ``123:ana@acme.com``, or ``123:``."""
        case, _, entry = click.value.partition(":")
        parsed = ParsedCommand(verb, int(case), entry, verb)
        request = SlackRequest(click.who, click.key, (command(parsed, None, self._counter.lists),))
        done: list[Outcome] = []

        def show(outcome: Outcome) -> Message:
            done.append(outcome)
            return plainly(outcome)

        def say(how: Callable[[str, Any], None], text: str, blocks: Any = None) -> None:
            how(text, blocks)
            if done:
                click.decided(DECIDED[verb])

        answer(
            self._counter, lambda: request, show, now=partial(say, click.acked), later=partial(say, click.say)
        )

    def form(self, click: Click, *, form: str, reason: str = "", case: str = "") -> None:
        """Open a form about the case."""
        click.ack()
        meta = click.meta(case or click.value)
        view = self._modals.about(form, click.who, meta, reason=reason)
        instead = self._modals.instead(form, meta.case, who=click.who)
        previewed = form == "reply" and self._counter.staff(click.who)
        open_modal(click.client, click.body, view, say=click.say, instead=instead, leads_on=previewed)

    def step(self, click: Click) -> None:
        """A menu's option: ``123:close:resolved``, ``123:show``."""
        case, _, step_and_reason = click.value.partition(":")
        step, _, reason = step_and_reason.partition(":")
        if step == "show":
            click.value = case
            self.show(click)
        elif step in AT_ONCE:
            self.ask(click, ParsedCommand(step, int(case), "", step))
        else:
            self.form(click, form=step, reason=reason, case=case)
        if click.name == "case_status":
            card_menu.reset(self._counter, click.client, click.body, case=int(case))

    def show(self, click: Click) -> None:
        """Show a case in full: below the message that was clicked in, or in its own view.

        In place of what says that it was opened: a stack has three views ("Modals").
        """
        staff, confirmed = self._counter.staff(click.who), click.block == OPENED
        self._seen(click, Show(int(click.value)), partial(case_view.case, staff=staff), in_place=confirmed)

    def read(self, click: Click) -> None:
        """Show one entry in full, in a view of its own: ``123:e-k4q7x2``; another page of it: ``…:2``."""
        case, _, named = click.value.partition(":")
        entry, _, page = named.partition(":")
        wanted = ReadEntry(int(case), entry, "slack", click.who.address)

        def make() -> Message:
            whole, links = self._counter.look(wanted), self._counter.pages
            mail = whole.inbox if whole.channel != "slack" else None
            return whole_entry(
                whole,
                page=int(page or 1),
                mail=links.of_desk("mail", mail, whole.reader) if mail else "",
                files=links.of_desk("files", int(case), whole.reader),
            )

        click.ack()
        view = str(click.body["view"]["id"]) if page else ""
        view = view or open_modal(click.client, click.body, case_view.waiting(), say=click.say)
        if view:
            show = partial(update, click.client, view, entry_modal)
            tell(self._counter, make, now=show, later=show)

    def leaf(self, click: Click) -> None:
        """Show another page of a case's entries, in place of the one that was clicked in: ``123:2``."""
        case, _, page = click.value.partition(":")
        staff = self._counter.staff(click.who)
        show = partial(case_view.case, staff=staff, page=int(page))
        self._seen(click, Show(int(case)), show, in_place=True)

    def new(self, click: Click) -> None:
        """Open the form for a new case."""
        click.ack()
        self._modals.open_new(click.client, click.body, FormDraft(), click.who, say=click.say)

    def wish(self, click: Click) -> None:
        """Show the fields for another priority in the form to reopen, or take them away; what was typed stays."""
        click.ack()
        view = click.body["view"]
        try:
            fresh = self._modals.with_wish(view, click.who)
            click.client.views_update(view_id=view["id"], hash=view["hash"], view=fresh)
        except SLACKS_ERRORS as error:
            log.info("a form was not redrawn", error=why(error))

    def put_in(self, click: Click) -> None:
        """Put the chosen saved reply into the form for an answer, as this case's customer would read it."""
        click.ack()
        view, who = click.body["view"], click.who
        asked = ReplyOn(self._counter.config, "slack", who.address, click.value, click.view_case)
        text, missing = self._counter.look(asked)
        try:
            click.client.views_update(
                view_id=view["id"], hash=view["hash"], view=self._modals.with_reply(view, text, why=missing)
            )
        except SLACKS_ERRORS as error:
            log.info("a saved reply was not put in", error=why(error))

    def join(self, click: Click) -> None:
        """Have a link mailed that joins the person with the address of their profile."""
        request = SlackRequest(click.who, click.key, (self._offers.command(click.who),))
        see(self._counter, click, lambda: shown(self._counter.ask(request), plainly), listing_modal)

    def _seen(
        self,
        click: Click,
        command: Command,
        show: Callable[[Outcome], Message],
        *,
        in_place: bool = False,
    ) -> None:
        """Show the result in a message or its own view; ``in_place``: in the one that was clicked in."""
        request = SlackRequest(click.who, click.key, (command,))

        def make() -> Answer:
            return shown(self._counter.ask(request), show)

        see(self._counter, click, make, case_view.case_modal, in_place=in_place)


Modal = Callable[[Message], Json]


def see(
    counter: DeskClient, click: Click, make: Callable[[], Answer], modal: Modal, *, in_place: bool = False
) -> None:
    """Show an answer to a click: where it was clicked, or in a view above it.

    ``in_place``: in the very message or view that was clicked in.
    """
    if not click.in_view:
        tell(counter, make, now=click.turn_page if in_place else click.acked, later=click.say)
        return
    click.ack()
    closes_all = in_place and bool(click.body["view"].get("clear_on_close"))
    if in_place:
        view_id = str(click.body["view"]["id"])
    else:
        view_id = open_modal(click.client, click.body, case_view.waiting(), say=click.say)
    if view_id:
        show = partial(
            update, click.client, view_id, lambda message: modal(message) | {"clear_on_close": closes_all}
        )
        tell(counter, make, now=show, later=show)


def update(client: WebClient, view_id: str, modal: Modal, text: str, blocks: Any = None) -> None:
    """Fill a view that is open with an answer."""
    fill(client, view_id, modal((text, blocks or case_view.only(text))))

"""Clicks: what the buttons and menus of cards, lists, cases and forms do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import structlog
from slack_sdk import WebClient

from bot.commands.articles import Deflect
from bot.commands.browse import My, Show
from bot.commands.catalogue import command
from bot.commands.parser import parse
from bot.commands.people import Take
from bot.model.errors import BadCommand
from bot.model.facts import Suggestion
from bot.model.outcome import Outcome
from bot.model.request import Command
from bot.syntax.case_numbers import ParsedCommand
from channels.slack.interactive.article_hints import Hints
from channels.slack.interactive.desk_client import DeskClient, SlackRequest
from channels.slack.interactive.join_offer import JoinOffers
from channels.slack.interactive.modals import ABOUT, SLACKS_ERRORS, Modals, open_modal, why
from channels.slack.interactive.respond import answer, plainly, whisper
from channels.slack.interactive.slash_command import LISTS
from channels.slack.interactive.user import who
from channels.slack.text.fallback_text import of_blocks
from channels.slack.text.i18n import _
from channels.slack.text.message import offers
from channels.slack.text.view_state import Meta, Values
from channels.slack.views import articles
from channels.slack.views import case as case_view
from channels.slack.views import case_list as listing_view
from channels.slack.views.blocks import Json, Message, context
from channels.slack.views.card import HELD
from channels.slack.views.new_case_form import FormDraft

log = structlog.get_logger("slack")
DECIDED = {"accept": "✅ Accepted", "spam": "🗑️ Put away as spam"}
"""What a message says in place of its buttons."""


class Click:
    """One click: who, on what, and how to answer it."""

    def __init__(
        self, ack: Any, body: Mapping[str, Any], context: Any, client: WebClient, respond: Any
    ) -> None:
        self.ack, self.body, self.client = ack, body, client
        self.who = who(body, context)
        action = body["actions"][0]
        self.name = str(action["action_id"])
        self.value = str(action.get("value") or (action.get("selected_option") or {}).get("value") or "")
        self.in_view = "view" in body
        self.in_home = (body.get("view") or {}).get("type") == "home"
        self._respond = respond
        self._thread = _thread(body)

    @property
    def key(self) -> str:
        return f"i:{self.body['trigger_id']}"

    def meta(self, case: str) -> Meta:
        """The metadata for a form about this case."""
        thread = str((self.body.get("container") or {}).get("message_ts") or "")
        return Meta(int(case or 0), self.who.place, thread)

    def say(self, text: str, blocks: Any = None) -> None:
        """Tell the person who clicked, in the thread if it was in one. In a view only a view can say anything.

        A ``response_url`` answers one person in the channel only, whatever ``thread_ts`` it is given.
        """
        if not self.in_view and not self._said_in_thread(text, blocks):
            whisper(self._respond, text, blocks)

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
        if str(self.body["actions"][0].get("block_id")).startswith(HELD):
            return  # a card is drawn anew
        message = self.body.get("message") or {}
        blocks_left = [block for block in message.get("blocks", ()) if not offers(block)]
        done = [*blocks_left, context(f"{words} by <@{self.body['user']['id']}>")]
        self._respond(of_blocks(done), blocks=done, replace_original=True)


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
        self._hints = Hints(counter)

    def listeners(self) -> Mapping[str, Callable[[Click], None]]:
        """The handlers by action_id."""
        forms = {f"case_{form}": partial(self.form, form=form) for form in ABOUT}
        return {
            **forms,
            "case_take": self.take,
            "case_accept": partial(self.judge, verb="accept"),
            "case_spam": partial(self.judge, verb="spam"),
            "case_show": self.show,
            "case_earlier": self.leaf,
            "case_later": self.leaf,
            "case_status": self.step,
            "case_more": self.step,
            "new_case": self.new,
            "my_cases": self.my,
            "cases_on": self.turn,
            "cases_back": self.turn,
            "priority": self.redraw,
            "type": self.redraw,
            "subject": self.suggest,
            "article_solved": self.solved,
            "join_offer": self.join,
            "documentation": lambda click: click.ack(),
        }

    def take(self, click: Click) -> None:
        """Make the specialist the owner."""
        request = SlackRequest(click.who, click.key, (Take(int(click.value)),))
        answer(self._counter, lambda: request, plainly, now=click.acked, later=click.say)

    def judge(self, click: Click, *, verb: str) -> None:
        """Accept or hide what an unproven person said: ``123:e-k4q7x2``, or ``123:`` for the held case."""
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
        instead = self._modals.instead(form, meta.case)
        open_modal(click.client, click.body, view, say=click.say, instead=instead)

    def step(self, click: Click) -> None:
        """A menu's option: ``123:close:resolved``, ``123:show``."""
        case, _, step_and_reason = click.value.partition(":")
        step, _, reason = step_and_reason.partition(":")
        if step == "show":
            click.value = case
            self.show(click)
        else:
            self.form(click, form=step, reason=reason, case=case)

    def show(self, click: Click) -> None:
        """Show a case in full: below the message that was clicked in, or in its own view."""
        staff = self._counter.staff(click.who)
        self._seen(click, Show(int(click.value)), partial(case_view.case, staff=staff), case_view.case_modal)

    def leaf(self, click: Click) -> None:
        """Show another page of a case's entries, in place of the one that was clicked in: ``123:2``."""
        case, _, page = click.value.partition(":")
        staff = self._counter.staff(click.who)
        show = partial(case_view.case, staff=staff, page=int(page))
        self._seen(click, Show(int(case)), show, case_view.case_modal, in_place=True)

    def my(self, click: Click) -> None:
        """List the user's own cases."""
        show = partial(listing_view.listing, again="my", docs_url=self._counter.docs_url)
        self._seen(click, My(), show, listing_view.listing_modal)

    def turn(self, click: Click) -> None:
        """Show another page of a list: ``2:my open``; from the home, its first page in its own view."""
        page, _, again = click.value.partition(":")
        if again.partition(" ")[0] not in LISTS:  # a button of before lists had names
            again = f"my {again}".strip()
        show = partial(listing_view.listing, page=int(page), again=again, docs_url=self._counter.docs_url)
        try:
            listing_command = command(parse(again), None, self._counter.lists)
        except BadCommand as refusal:
            click.acked(str(refusal))
            return
        modal = _lists_modal(again)
        self._seen(click, listing_command, show, modal, in_place=not click.in_home)

    def new(self, click: Click) -> None:
        """Open the form for a new case."""
        click.ack()
        view = self._modals.new(FormDraft(), click.who)
        open_modal(click.client, click.body, view, say=click.say, instead=self._modals.instead("new"))

    def redraw(self, click: Click) -> None:
        """Redraw the form with the fields for this priority and type; what was typed stays."""
        click.ack()
        view = click.body["view"]
        try:
            self._redrawn(click, view, self._hints.look(Values(view).text("subject")))
        except SLACKS_ERRORS as error:  # a newer click has redrawn it already, or Slack is busy
            log.info("a form was not redrawn", error=why(error))

    def suggest(self, click: Click) -> None:
        """Show articles for the subject that is being typed."""
        click.ack()
        self._hints.typed(click.body["view"], partial(self._redrawn, click))

    def solved(self, click: Click) -> None:
        """Record that an article solved it; the form is replaced by our thanks, and no case is opened."""
        click.ack()
        view = click.body["view"]["id"]  # a form is solved once, however often its buttons are clicked
        request = SlackRequest(click.who, f"solved:{view}", (Deflect(int(click.value)),))
        update = partial(self._update, click.client, view, articles.solved)
        answer(self._counter, lambda: request, plainly, now=update, later=update)

    def join(self, click: Click) -> None:
        """Have a link mailed that joins the person with the address of their profile."""
        modal = partial(listing_view.listing_modal, title=_("Your cases"))
        self._seen(click, self._offers.command(click.who), plainly, modal)

    def _redrawn(self, click: Click, view: Json, suggestions: tuple[Suggestion, ...]) -> Json:
        values = Values(view)
        draft = FormDraft(
            priority=values.choice("priority"), type=values.choice("type"), articles=suggestions
        )
        fresh = self._modals.again(draft, view, click.who)
        redrawn: Json = click.client.views_update(view_id=view["id"], hash=view["hash"], view=fresh)["view"]
        return redrawn

    def _seen(
        self,
        click: Click,
        command: Command,
        show: Callable[[Outcome], Message],
        modal: Callable[[Message], Json],
        *,
        in_place: bool = False,
    ) -> None:
        """Show the result in a message or its own view; ``in_place``: in the one that was clicked in."""
        request = SlackRequest(click.who, click.key, (command,))
        if not click.in_view:
            now = click.turn_page if in_place else click.acked
            answer(self._counter, lambda: request, show, now=now, later=click.say)
            return
        click.ack()
        if in_place:
            view_id = str(click.body["view"]["id"])
        else:
            view_id = open_modal(click.client, click.body, case_view.waiting(), say=click.say)
        if view_id:
            update = partial(self._update, click.client, view_id, modal)
            answer(self._counter, lambda: request, show, now=update, later=update)

    def _update(
        self, client: WebClient, view_id: str, modal: Callable[[Message], Json], text: str, blocks: Any = None
    ) -> None:
        try:
            client.views_update(view_id=view_id, view=modal((text, blocks or case_view.only(text))))
        except SLACKS_ERRORS as error:
            log.warning("a view could not be filled", error=why(error))


def _lists_modal(again: str) -> Callable[[Message], Json]:
    """The view for the list that these words ask for."""
    if again.partition(" ")[0] == "my":
        return listing_view.listing_modal
    return partial(listing_view.listing_modal, title="Cases")

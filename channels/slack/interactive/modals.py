"""Modals: opened at once, because a trigger is valid for three seconds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from http.client import HTTPException
from typing import Any

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.model.translatable import saying
from bot.queries.card import CardOf
from bot.queries.case_detail import EntryView, ShowCase
from bot.queries.merge_candidates import MergeCandidates
from bot.syntax.case_numbers import label
from channels.slack.desk.desk_client import DeskClient
from channels.slack.desk.respond import Say
from channels.slack.desk.user import Who
from channels.slack.interactive.submission import callable_from_abroad
from channels.slack.text.i18n import _
from channels.slack.text.view_state import Meta, Values, meta_of
from channels.slack.views import broadcast_form, case_forms, merge_form, redact_form, reply_form, simple_forms
from channels.slack.views import new_case_form as new
from channels.slack.views.blocks import Json
from channels.slack.views.draft import begun, dispatching, named_as, with_draft
from channels.slack.views.new_case_form import FormDraft

log = structlog.get_logger("slack")
SLACKS_ERRORS = (SlackClientError, OSError, HTTPException)
"""What a call to Slack may raise."""
NOT_OPENED = "Slack did not let me open the form. Nothing was done; please try again."
TYPE_IT = "Or type it: {typed}"
TELL_ME = "Or tell me in a direct message: {typed}"
NOT_PUT_IN = "The reply was not put in: with it the text would be too long for this form."
ATTACH = "Or put the files into the thread of the case."
ABOUT = (
    "reply",
    "note",
    "close",
    "reopen",
    "attach",
    "assign",
    "concern",
    "merge",
    "redact",
    *case_forms.NAMES,
)
"""The forms about one case."""


class Modals:
    """Makes the forms and opens them."""

    def __init__(self, counter: DeskClient, *, command: str) -> None:
        self._counter = counter
        self._command = command

    def new(self, draft: FormDraft, who: Who) -> Json:
        """The form for a new case."""
        return self._begun(self._new_of(draft, who, Meta()), who)

    def open_new(
        self, client: WebClient, body: Mapping[str, Any], draft: FormDraft, who: Who, *, say: Say
    ) -> None:
        """Open the form for a new case; in a channel of nobody's it may be told of there, too.

        Whether the app is in it is asked once the form is open, for when it is sent.
        """
        memberships, possible = self._counter.memberships, self._counter.is_nobodys(who)
        post = possible and memberships.remembered(who.channel) is not False
        view = self.new(replace(draft, post=post), who)
        if open_modal(client, body, view, say=say, instead=self.instead("new"), leads_on=True) and post:
            memberships.learn(who.channel)

    def of_message(self, draft: FormDraft, who: Who, meta: Meta) -> Json:
        """The same form for a message that ``meta`` names."""
        return self._begun(self._new_of(draft, who, meta), who)

    def _new_of(self, draft: FormDraft, who: Who, meta: Meta) -> Json:
        return self._new(draft, who, replace(meta, place=who.place))

    def again(self, draft: FormDraft, view: Mapping[str, Any], who: Who) -> Json:
        """The same form with other fields."""
        draft = replace(draft, post=new.offers_post(view))
        fresh = self._new(draft, who, meta_of(view))
        return named_as(dispatching(fresh), view)

    def _new(self, draft: FormDraft, who: Who, meta: Meta) -> Json:
        scope, team = self._counter.scope, self._counter.local_team(who, meta.place)
        web = self._counter.new_case_url(who)
        return new.new_case(self._counter.lists, draft, meta=meta.dump(), scope=scope, team=team, web=web)

    def broadcast(self, who: Who) -> Json:
        """The form to tell the customers of many cases the same."""
        form = broadcast_form.form(self._counter.lists.types, meta=Meta(place=who.place).dump())
        return self._begun(form, who)

    def instead(self, form: str, case: int = 0, *, who: Who | None = None) -> str:
        """What somebody can do if Slack does not open a form, in their language.

        People of another organisation have no command ("Slack Connect").
        """
        command = "@Case" if who and who.team != who.home else self._command
        if form == "new":
            example = next(iter(self._counter.lists.subject_examples), "Hello")
            return _(TELL_ME, typed=f"`!new {_(example)}`")
        if form == "attach":
            return _(ATTACH)
        if form == "broadcast":
            return _("Or on the command line: `casebot broadcast send`")
        return _(TYPE_IT, typed=f"`{command} {form} {label(case)} …`")

    def with_reply(self, view: Mapping[str, Any], text: str, *, why: str) -> Json:
        """The form for an answer, drawn anew with this text below what was typed in it."""
        meta, typed = meta_of(view), Values(view).typed("text")
        whole = "\n\n".join(filter(None, (typed, text)))
        if len(whole) > reply_form.LONGEST:
            whole, why = typed, saying(NOT_PUT_IN)
        number, drawn = label(meta.case), _times_drawn(view) + 1
        return dispatching(
            reply_form.reply(number, meta=meta.dump(), preview=True, text=whole, drawn=drawn, why=_(why))
        )

    def about(self, form: str, who: Who, meta: Meta, *, reason: str = "") -> Json:
        """One of the forms in ``ABOUT``, with what its reader has typed in it before."""
        return self._begun(self._about(form, who, meta, reason=reason), who)

    def _begun(self, form: Json, who: Who) -> Json:
        """The form, with the reader's draft unless it begins with other words; it tells what is typed in it."""
        form = dispatching(form)
        draft = None if begun(form) else self._counter.drafts.find(who, form)
        return with_draft(form, draft.typed, draft.at) if draft else form

    def _about(self, form: str, who: Who, meta: Meta, *, reason: str) -> Json:
        number, lists, dumped = label(meta.case), self._counter.lists, meta.dump()
        if form == "reply":
            return reply_form.reply(number, meta=dumped, preview=self._counter.staff(who))
        if form == "close":
            staff = self._counter.staff(who)
            return simple_forms.close(number, lists.close_reasons, meta=dumped, reason=reason, staff=staff)
        if form == "concern":
            return self._concern(who, meta)
        if form == "assign":
            return simple_forms.assign(number, self._counter.colleagues, meta=dumped)
        if form == "merge":
            return merge_form.merge(number, self._counter.look(MergeCandidates(meta.case)), meta=dumped)
        if form == "redact":
            return redact_form.redact(number, self._entries(meta.case), meta=dumped)
        if form == "attach" and self._counter.staff(who):
            return simple_forms.attach_as_staff(number, self._customers(meta.case), meta=dumped)
        if form in ("grant", "decline"):
            view = self._counter.look(CardOf(meta.case))
            wanted = view.wanted if view else ""
            return case_forms.decision(form, number, wanted, meta=replace(meta, text=wanted).dump())
        if form in case_forms.NAMES:
            choices, staff = lists.meanings, self._counter.staff(who)
            return case_forms.form(form, number, meta=dumped, priorities=choices, staff=staff)
        if form == "reopen":
            return simple_forms.reopen(number, meta=dumped, staff=self._counter.staff(who))
        if form == "attach":
            return simple_forms.attach(number, meta=dumped, page=self._counter.upload_url(who, meta.case))
        return simple_forms.note(number, meta=dumped)

    def with_wish(self, view: Mapping[str, Any], who: Who) -> Json:
        """The form to reopen, with the fields for another priority if their box is ticked."""
        wished = bool(Values(view).options(simple_forms.WISH))
        staff, priorities = self._counter.staff(who), self._counter.lists.meanings
        return simple_forms.with_wish(view, priorities, wished=wished, staff=staff)

    def _concern(self, who: Who, meta: Meta) -> Json:
        facts = self._counter.form_facts(who, meta.case)
        return case_forms.concern(
            label(meta.case),
            self._counter.lists.concern_categories,
            meta=meta.dump(),
            phone=facts.phone if callable_from_abroad(facts.phone) else "",
            answered_at=facts.answered_at,
        )

    def _entries(self, case: int) -> Sequence[EntryView]:
        """What was said on a case."""
        view = self._counter.look(ShowCase(case))
        return view.entries if view else ()

    def _customers(self, case: int) -> str:
        """The people who would receive it, in words."""
        view = self._counter.look(CardOf(case))
        return reply_form.customers(view) if view else _("the customer")


def _times_drawn(view: Mapping[str, Any]) -> int:
    """How often the field of a form for an answer was drawn anew."""
    names = (str(block.get("block_id")).partition(":") for block in view["blocks"])
    return max((int(number) for name, _, number in names if name == "text" and number), default=0)


def open_modal(
    client: WebClient,
    body: Mapping[str, Any],
    view: Json,
    *,
    say: Say,
    instead: str = "",
    leads_on: bool = False,
) -> str:
    """Open a view, above the clicked modal if there is one; its id, or ``""`` if Slack refuses.

    Then the person is told at once, and what they can do ``instead``. ``leads_on``: another view comes above it, so
    it takes the place of the clicked one where that is the second: a stack has three ("Modals").
    """
    clicked = body.get("view") or {}
    show: Callable[..., Any] = partial(client.views_open, trigger_id=body["trigger_id"])
    if clicked.get("type") == "modal":
        show = partial(client.views_push, trigger_id=body["trigger_id"])
    if leads_on and clicked.get("previous_view_id"):
        show = partial(client.views_update, view_id=clicked["id"])
    try:
        return str(show(view=view)["view"]["id"])
    except SLACKS_ERRORS as error:
        log.warning("a form could not be opened", error=why(error))
        say(" ".join(filter(None, (_(NOT_OPENED), instead))))
        return ""


def fill(client: WebClient, view_id: str, view: Json) -> None:
    """Fill a view that is open."""
    try:
        client.views_update(view_id=view_id, view=view)
    except SLACKS_ERRORS as error:
        log.warning("a view could not be filled", error=why(error))


def why(error: Exception) -> str:
    """Slack's own error code, or the kind of the error."""
    if isinstance(error, SlackApiError):
        return str(error.response.get("error", ""))
    return type(error).__name__

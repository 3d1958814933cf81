"""Modals: opened at once, because a trigger is valid for three seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from http.client import HTTPException
from typing import Any

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.queries.card import CardOf
from bot.syntax.case_numbers import label
from channels.slack.interactive.desk_client import DeskClient
from channels.slack.interactive.respond import Say
from channels.slack.interactive.user import Who
from channels.slack.text.i18n import _
from channels.slack.text.view_state import Meta, meta_of
from channels.slack.views import case_forms, reply_form, simple_forms
from channels.slack.views import new_case_form as new
from channels.slack.views.blocks import Json
from channels.slack.views.new_case_form import FormDraft

log = structlog.get_logger("slack")
SLACKS_ERRORS = (SlackClientError, OSError, HTTPException)
"""What a call to Slack may raise."""
NOT_OPENED = "Slack did not let me open the form. Nothing was done; please try again."
TYPE_IT = "Or type it: {typed}"
TELL_ME = "Or tell me in a direct message: {typed}"
ATTACH = "Or put the files into the thread of the case."
ABOUT = ("reply", "note", "close", "reopen", "attach", "assign", "concern", *case_forms.NAMES)
"""The forms about one case."""


class Modals:
    """Makes the forms and opens them."""

    def __init__(self, counter: DeskClient, *, command: str) -> None:
        self._counter = counter
        self._command = command

    def new(self, draft: FormDraft, who: Who) -> Json:
        """The form for a new case; collaborators are a customer's own colleagues, if they have an account."""
        colleagues = self._counter.colleagues_of(who) is not None
        return self._new(replace(draft, colleagues=colleagues), who, who.place)

    def again(self, draft: FormDraft, view: Mapping[str, Any], who: Who) -> Json:
        """The same form with other fields."""
        return self._new(replace(draft, colleagues=new.offers_colleagues(view)), who, meta_of(view).place)

    def _new(self, draft: FormDraft, who: Who, place: str) -> Json:
        meta, scope = Meta(place=place).dump(), self._counter.scope
        team = self._counter.local_team(who, place)
        return new.new_case(self._counter.lists, draft, meta=meta, scope=scope, team=team)

    def instead(self, form: str, case: int = 0) -> str:
        """What somebody can do if Slack does not open a form, in their language."""
        if form == "new":
            return _(TELL_ME, typed="`!new Deal ID 12333: no delivery`")
        if form == "attach":
            return _(ATTACH)
        return _(TYPE_IT, typed=f"`{self._command} {form} {label(case)} …`")

    def about(self, form: str, who: Who, meta: Meta, *, reason: str = "") -> Json:
        """One of the forms in ``ABOUT``."""
        number, lists, dumped = label(meta.case), self._counter.lists, meta.dump()
        if form == "reply":
            staff = self._counter.staff(who)
            draft = self._counter.drafts.find(who, meta.case) if staff else None
            earlier = (draft.text, draft.at) if draft else None
            return reply_form.reply(number, meta=dumped, preview=staff, draft=earlier)
        if form == "close":
            return simple_forms.close(number, lists.close_reasons, meta=dumped, reason=reason)
        if form == "concern":
            return case_forms.concern(number, lists.concern_categories, meta=dumped)
        if form == "assign":
            return simple_forms.assign(number, self._counter.colleagues, meta=dumped)
        if form == "attach" and self._counter.staff(who):
            return simple_forms.attach_as_staff(number, self._customers(meta.case), meta=dumped)
        if form in ("grant", "decline"):
            view = self._counter.look(CardOf(meta.case))
            wanted = view.wanted if view else ""
            return case_forms.decision(form, number, wanted, meta=replace(meta, text=wanted).dump())
        if form in case_forms.NAMES:
            choices, staff = lists.priorities, self._counter.staff(who)
            return case_forms.form(form, number, meta=dumped, priorities=choices, staff=staff)
        simple = {"note": simple_forms.note, "reopen": simple_forms.reopen, "attach": simple_forms.attach}
        return simple[form](number, meta=dumped)

    def _customers(self, case: int) -> str:
        """The people who would receive it, in words."""
        view = self._counter.look(CardOf(case))
        return reply_form.customers(view) if view else "the customer"


def open_modal(client: WebClient, body: Mapping[str, Any], view: Json, *, say: Say, instead: str = "") -> str:
    """Open a view, above the clicked modal if there is one; its id, or ``""`` if Slack refuses.

    Then the person is told at once, and what they can do ``instead``.
    """
    within = (body.get("view") or {}).get("type") == "modal"
    show = client.views_push if within else client.views_open
    try:
        return str(show(trigger_id=body["trigger_id"], view=view)["view"]["id"])
    except SLACKS_ERRORS as error:
        log.warning("a form could not be opened", error=why(error))
        say(" ".join(filter(None, (_(NOT_OPENED), instead))))
        return ""


def why(error: Exception) -> str:
    """Slack's own error code, or the kind of the error."""
    if isinstance(error, SlackApiError):
        return str(error.response.get("error", ""))
    return type(error).__name__

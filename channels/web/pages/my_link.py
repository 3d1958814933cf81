"""The page that mails people the link to their own cases: its answer tells nobody who is a customer."""

from __future__ import annotations

import asyncio
import logging
from random import SystemRandom
from typing import Any

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request as HttpRequest
from starlette.responses import RedirectResponse, Response

from bot.channel.context import ChannelContext
from bot.commands.house import CountLinkRequest, MailLink
from bot.model.identity import CLOCK, Proof
from bot.model.outcome import Outcome
from bot.model.pages import LinkPage
from bot.model.request import Command, Request
from bot.queries.people import LinkRequestsSpent
from channels.form_memory import FormMemories
from channels.text import line
from channels.web.http import body_stream
from channels.web.http.connection import network_of
from channels.web.http.settings import Settings
from channels.web.pages.new_case_form import mail_address
from channels.web.templating.templating import Templating

log = logging.getLogger("web")
SENT = "?sent=1"
"""The page that says so, the same for everybody."""
LATER = 0.3, 1.5
"""Seconds until the address is looked up: a mail that is written then slows down no page whose reader measures it."""
_CHANCE = SystemRandom()


class MyLinks:
    """Takes an address, answers, and only then looks whether anybody has it: all wait equally long."""

    def __init__(
        self, context: ChannelContext[Settings], templating: Templating, forms: FormMemories
    ) -> None:
        self._desk = context.desk
        self._templating, self._forms = templating, forms

    async def page(self, request: HttpRequest) -> Response:
        """The form, and what it is answered with."""
        if request.method != "POST":
            return await run_in_threadpool(self._show, request)
        with self._forms.one() as holding:
            form = await body_stream.read_form(request, holding)
            return await run_in_threadpool(self._asked, request, form)

    def _show(self, request: HttpRequest, *, status: int = 200, **more: Any) -> Response:
        facts = {"address": "", "wrong": "", "trouble": "", "sent": "sent" in request.query_params, **more}
        return self._templating.page(
            request, "link.j2", front=self._templating.front(request), status=status, **facts
        )

    def _asked(self, request: HttpRequest, form: dict[str, str]) -> Response:
        if form.get("action") != "link":
            raise HTTPException(400)
        typed = line(form.get("address", ""))
        anew: dict[str, Any] = {"address": typed, "sent": False}
        address = mail_address(typed)
        if not address:
            return self._show(request, status=422, wrong="address", **anew)
        front = self._templating.front(request)
        key = self._desk.pages.receipt(LinkPage(front), form.get("nonce", ""), now=self._desk.now())
        if not key:
            return self._show(request, status=422, trouble="old", **anew)
        try:
            asked = self._counted(f"link-asked-{key}", network_of(request))
        except Exception as error:
            log.error("a request for a link was not counted: %s", type(error).__name__, exc_info=error)
            return self._show(request, status=503, trouble="later", **anew)
        if not asked:
            return self._show(request, status=429, trouble="many", **anew)
        command = MailLink(address, self._templating.language(request, front))
        sent = f"{SENT}&{front.to}" if front.to else SENT
        return RedirectResponse(sent, 303, background=BackgroundTask(self._mail, key, command))

    def _counted(self, key: str, network: str) -> bool:
        """Count a request for a link; False if there are too many. Those beyond leave nothing in the store."""
        if not self._desk.before("web", key) and self._desk.ask(LinkRequestsSpent(network, self._desk.now())):
            return False
        return self._do(key, CountLinkRequest(network)).answered[0].outcome == "done"

    async def _mail(self, key: str, command: MailLink) -> None:
        """Mail the link, once the browser has its answer, and has fetched the page that it is led to."""
        await asyncio.sleep(LATER[0] + _CHANCE.random() * (LATER[1] - LATER[0]))
        await run_in_threadpool(self._mailed, key, command)

    def _mailed(self, key: str, command: MailLink) -> None:
        try:
            self._do(f"link-mailed-{key}", command)
        except Exception as error:
            log.error("a link was not mailed: %s", type(error).__name__, exc_info=error)

    def _do(self, key: str, command: Command) -> Outcome:
        return self._desk.handle(
            Request(
                source="web",
                key=key,
                asker=CLOCK,
                proof=Proof.LINKED,
                commands=(command,),
                at=self._desk.now(),
            )
        )

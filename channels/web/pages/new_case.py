"""The page on which a case is opened: by somebody whom a signed link names, or by anybody."""

from __future__ import annotations

from functools import partial
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, RedirectResponse, Response

from bot.channel.context import ChannelContext
from bot.model.errors import BadCommand, TooMany
from bot.model.identity import Identity, Proof
from bot.model.message import Said
from bot.model.outcome import Outcome
from bot.model.pages import NewPage
from bot.model.request import Command, Request
from bot.model.translatable import saying
from bot.queries.articles import Suggest
from bot.queries.people import ReservedAddresses
from channels.web.http.connection import network_of
from channels.web.http.settings import Settings
from channels.web.pages import new_case_form
from channels.web.pages.forms import UnfitForm
from channels.web.templating.templating import Templating, mailbox_of
from channels.web.uploads.file_form import FileForm, FileForms, ShownAgain, named_files
from channels.web.uploads.incoming import MOST_DRAFTS, ClientShare, IncomingFile, UploadSpace, UploadSpaces
from channels.web.uploads.multipart import Multipart

MOST_UNPROVEN = 25_000_000
"""Bytes of files that somebody may send along whom nobody knows."""
MOST_WAITING = 1_000_000_000
"""Bytes of such files that may be waiting for a form in which nothing is wrong, of everybody together; a tenth of one
network's."""
MOST_OF_NETWORK = 100
"""Such files of one network."""


class NewCases:
    """Both pages for new cases; they differ in who asks, and in what that proves."""

    def __init__(
        self,
        context: ChannelContext[Settings],
        templating: Templating,
        spaces: UploadSpaces,
        forms: FileForms,
    ) -> None:
        self._desk = context.desk
        self._templating = templating
        self._spaces, self._forms = spaces, forms

    async def anybody(self, request: HttpRequest) -> Response:
        """The page for everybody: the case is held until a specialist or a mail confirms its requester."""
        page = self._desk.pages.anybody(mailbox_of(request))
        if page is None:
            return await run_in_threadpool(self._templating.refusal, request, 403)
        return await self._answer(request, page)

    async def known(self, request: HttpRequest) -> Response:
        """The page for the holder of a link."""
        page = await run_in_threadpool(self._desk.page, "new", request.path_params["token"])
        if not isinstance(page, NewPage):
            return await run_in_threadpool(self._templating.no_page, request, page)
        return await self._answer(request, page)

    def suggest(self, request: HttpRequest) -> Response:
        """Articles that may answer ``?subject=``, while the form is filled in: ``[{"title": …, "url": …}]``.

        Each ``url`` is relative to this one, and leads to the article through a page that counts.
        """
        subject = request.query_params.get("subject", "")[: new_case_form.LONGEST_SUBJECT]
        suggestions = self._desk.ask(Suggest(subject)) if subject.strip() else ()
        return JSONResponse(
            [{"title": suggestion.title, "url": f"article/{suggestion.id}"} for suggestion in suggestions]
        )

    async def _answer(self, request: HttpRequest, page: NewPage) -> Response:
        if request.method != "POST":
            return await run_in_threadpool(self._looked, request, page)
        space = await run_in_threadpool(self._space, page, network_of(request))
        async with self._forms.arrived(request, space) as body:
            return await run_in_threadpool(self._sent, request, page, body=body, space=space)

    def _space(self, page: NewPage, network: str) -> UploadSpace:
        if page.reader is None:
            share = ClientShare("", MOST_DRAFTS, MOST_WAITING)  # a proxy that names nobody is many people
            if network:
                share = ClientShare(network, MOST_OF_NETWORK, MOST_WAITING // 10)
            return self._spaces.of(
                "new-nobody", left=MOST_WAITING, over="full", most=MOST_UNPROVEN, share=share
            )
        return self._spaces.of(f"new-{page.numbers[0]}", left=page.left)

    def _looked(self, request: HttpRequest, page: NewPage) -> Response:
        number = self._desk.pages.number(request.query_params.get("opened", ""), now=self._desk.now())
        return self._show(
            request, page, typed={**new_case_form.BLANK, "priority": page.priority}, number=number
        )

    def _show(
        self, request: HttpRequest, page: NewPage, *, typed: dict[str, str], status: int = 200, **more: Any
    ) -> Response:
        suggestions = self._desk.ask(Suggest(typed["subject"], typed["text"])) if typed["subject"] else ()
        facts: dict[str, Any] = {
            "wrong": new_case_form.BLANK, "trouble": "", "kept": (), "turned_away": (), "number": "", "looked": False,
            "suggestions": suggestions,
            "nonce": self._desk.pages.form(page), **more,
        }  # fmt: skip
        return self._templating.page(
            request, "new.j2", front=page.front, status=status, page=page, typed=typed, **facts
        )

    # opening

    def _sent(self, request: HttpRequest, page: NewPage, *, body: Multipart, space: UploadSpace) -> Response:
        if body.fields.get("action", [""])[0] != "open":
            body.drop()
            raise HTTPException(400)
        values, files = new_case_form.typed(body.fields), named_files(body)
        show = partial(self._show, request, page, typed=values)
        if "look" in body.fields:
            whole = space.whole(files)
            return show(looked=True, kept=whole, turned_away=[file for file in files if file not in whole])
        form = FileForm(new_case_form.head(values), body.fields.get("nonce", [""])[0], files, space)
        receipt = self._desk.pages.receipt(page, form.nonce, now=self._desk.now())
        key = f"new-{receipt}" if receipt else ""
        act = partial(self._open, page, values, form, key)
        return self._forms.answer(form, key, show=show, act=act, done=partial(self._done, request, page))

    def _open(
        self, page: NewPage, values: dict[str, str], form: FileForm, key: str, whole: list[IncomingFile]
    ) -> tuple[Outcome, str]:
        barred = self._desk.ask(ReservedAddresses(self._desk.config, new_case_form.addresses(values)))
        try:
            new_case_form.check(values, page, barred=barred)
            command = new_case_form.opening(values, page)
            files, gist = form.placed(whole)
            copied = new_case_form.copied(values) if page.reader else ()
            along = Said(attachments=files, copied=copied, subject=command.subject)
            who = page.reader or new_case_form.asker(values)
            asked = self._request(page, key, who, command=command, message=along, gist=gist)
            return self._desk.handle(asked), gist
        except (UnfitForm, BadCommand) as unfit:
            wrong = unfit.wrong if isinstance(unfit, UnfitForm) else {}
            raise ShownAgain("check", wrong=new_case_form.BLANK | wrong) from unfit
        except TooMany as many:
            raise ShownAgain("many") from many

    def _done(self, request: HttpRequest, page: NewPage, outcome: Outcome) -> Response:
        if outcome.case is None:
            return self._templating.refusal(request, 403, front=page.front)
        return RedirectResponse(self._next(page, outcome.case), 303)

    def _request(
        self, page: NewPage, key: str, who: Identity, *, command: Command, message: Said, gist: str
    ) -> Request:
        by_link = page.reader is not None
        how = "opened on a page that a signed link led to" if by_link else "opened on the page for everybody"
        return Request(
            source="web",
            public_form=True,
            key=key,
            asker=who,
            proof=Proof.LINKED if by_link else Proof.UNPROVEN,
            commands=(command,),
            words=(gist,),
            said=message,
            at=self._desk.now(),
            mailbox=page.mailbox,
            form=True,
            evidence=(saying(how),),
        )

    def _next(self, page: NewPage, case: int) -> str:
        """The address of its page; for an unknown person, one that shows only its number."""
        if page.reader is None:
            to = f"&{page.front.to}" if page.front.to else ""
            return f"?opened={self._desk.pages.receipt_of(case)}{to}"
        return f"{self._desk.pages.opened(case, page.numbers[0])}?done=opened"

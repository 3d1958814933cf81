"""The upload page: files are attached when they are there in whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request as HttpRequest
from starlette.responses import RedirectResponse, Response

from bot.channel.context import ChannelContext
from bot.commands.case import Attach
from bot.model.identity import Proof
from bot.model.message import Attachment, Said
from bot.model.outcome import Outcome
from bot.model.pages import CasePage, UploadPage
from bot.model.request import Request
from bot.model.translatable import saying
from channels.web.http.settings import Settings
from channels.web.templating.templating import Templating
from channels.web.uploads.file_form import FileForm, FileForms, named_files
from channels.web.uploads.incoming import IncomingFile, UploadSpace, UploadSpaces
from channels.web.uploads.multipart import Multipart


class Uploads:
    """The upload page and its form."""

    def __init__(
        self,
        context: ChannelContext[Settings],
        templating: Templating,
        spaces: UploadSpaces,
        forms: FileForms,
    ) -> None:
        self._context = context
        self._desk = context.desk
        self._templating = templating
        self._spaces, self._forms = spaces, forms

    async def page(self, request: HttpRequest) -> Response:
        """GET shows the form; POST attaches its files, and those uploaded before."""
        page = await run_in_threadpool(self._desk.page, "upload", request.path_params["token"])
        if not isinstance(page, UploadPage):
            return await run_in_threadpool(self._templating.no_page, request, page)
        if request.method != "POST":
            return await run_in_threadpool(self._show, request, page)
        space = await run_in_threadpool(space_of, self._spaces, page)
        async with self._forms.arrived(request, space) as body:
            return await run_in_threadpool(self._sent, request, page, body=body, space=space)

    def _show(self, request: HttpRequest, page: UploadPage, *, status: int = 200, **more: Any) -> Response:
        done = request.query_params.get("done", "") if request.method != "POST" else ""
        facts = {"trouble": "", "kept": (), "turned_away": (), "nonce": self._desk.pages.form(page), **more}
        return self._templating.page(
            request,
            "upload.j2",
            front=page.front,
            status=status,
            page=page,
            largest=self._context.settings.upload_max,
            done=done if done in ("attach", "changed") else "",
            token=request.path_params["token"],
            **facts,
        )

    def _sent(
        self, request: HttpRequest, page: UploadPage, *, body: Multipart, space: UploadSpace
    ) -> Response:
        if body.fields.get("action", [""])[0] != "attach":
            body.drop()
            raise HTTPException(400)
        form = FileForm("attach", body.fields.get("nonce", [""])[0], named_files(body), space)
        if not form.files:
            return self._show(request, page, status=422, trouble="none")
        key = self._desk.pages.receipt(page, form.nonce, now=self._desk.now())
        act = partial(self._attach, page, form, key)
        return self._forms.answer(form, key, show=partial(self._show, request, page), act=act, done=_done)

    def _attach(
        self, page: UploadPage, form: FileForm, key: str, whole: list[IncomingFile]
    ) -> tuple[Outcome, str]:
        files, gist = form.placed(whole)
        return self._desk.handle(_request(page, key, files, gist=gist, now=self._desk.now())), gist


def space_of(spaces: UploadSpaces, page: UploadPage | CasePage) -> UploadSpace:
    """The upload space of a page; a case's own page and its upload page have the same."""
    return spaces.of("-".join(map(str, page.numbers)), left=page.left)


def _done(outcome: Outcome) -> Response:
    """A redirect that says what was done; the same for a repeated form."""
    done = "attach" if all(line.outcome == "done" for line in outcome.answered) else "changed"
    return RedirectResponse(f"?done={done}", 303)


def _request(page: UploadPage, key: str, files: Sequence[Attachment], *, gist: str, now: datetime) -> Request:
    return Request(
        source="web",
        public_form=True,
        key=key,
        asker=page.reader,
        proof=Proof.LINKED,
        commands=(Attach(page.numbers[0]),),
        words=(gist,),
        said=Said(attachments=tuple(files)),
        at=now,
        mailbox=page.mailbox,
        form=True,
        evidence=(saying("uploaded on a page that a signed link led to"),),
    )

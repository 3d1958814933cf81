"""The upload page: files are attached when they are there in whole."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request as HttpRequest
from starlette.responses import RedirectResponse, Response

from bot.channel.context import ChannelContext
from bot.channel.upload_drafts import InUse
from bot.commands.case import Attach
from bot.model.errors import NoRoom
from bot.model.identity import Proof
from bot.model.message import Attachment, Said
from bot.model.outcome import Outcome
from bot.model.pages import CasePage, UploadPage
from bot.model.request import Request
from channels.form_memory import FormMemories
from channels.web.http.settings import Settings
from channels.web.templating.templating import Templating
from channels.web.uploads import form_digest
from channels.web.uploads.incoming import IncomingFile, UploadSpace, UploadSpaces, is_full, read_word
from channels.web.uploads.multipart import Multipart

log = logging.getLogger("web")
STATUS = {"large": 413, "day": 413, "full": 507}
"""By why a file is not taken."""


class Uploads:
    """The upload page and its form."""

    def __init__(
        self,
        context: ChannelContext[Settings],
        templating: Templating,
        spaces: UploadSpaces,
        forms: FormMemories,
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
        form = Multipart(request.headers.get("content-type", ""), space)
        with self._forms.one() as holding:
            with form.arriving():
                await self._spaces.arrivals.arrive_in(form, request, holding)
            return await run_in_threadpool(self._sent, request, page, form=form, space=space)

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
        self, request: HttpRequest, page: UploadPage, *, form: Multipart, space: UploadSpace
    ) -> Response:
        if form.fields.get("action", [""])[0] != "attach":
            form.drop()
            raise HTTPException(400)
        nonce = form.fields.get("nonce", [""])[0]
        key = self._desk.pages.receipt(page, nonce, now=self._desk.now())
        files = came(form)
        if files and key and (before := self._desk.before("web", key)):
            return self._again(request, page, before, space=space, files=files)
        whole = space.whole(files)
        anew: dict[str, Any] = {"kept": whole, "turned_away": [file for file in files if file not in whole]}
        if anew["turned_away"] or not files:
            trouble = anew["turned_away"][0].why_not or "lost" if files else "none"
            return self._show(request, page, status=STATUS.get(trouble, 422), trouble=trouble, **anew)
        if not key:
            return self._show(request, page, status=422, trouble="old", **anew)
        return self._attached(request, page, key=key, nonce=nonce, space=space, anew=anew)

    def _attached(
        self,
        request: HttpRequest,
        page: UploadPage,
        *,
        key: str,
        nonce: str,
        space: UploadSpace,
        anew: dict[str, Any],
    ) -> Response:
        again = {**anew, "nonce": nonce}
        try:
            files = [space.place(file) for file in anew["kept"]]
            gist = form_digest.gist("attach", files)
            outcome = self._desk.handle(_request(page, key, files, gist=gist, now=self._desk.now()))
        except (NoRoom, OSError, InUse) as error:
            trouble = why_not(error)
            return self._show(request, page, status=STATUS.get(trouble, 503), trouble=trouble, **again)
        except Exception as error:
            log.error("files could not be attached: %s", type(error).__name__, exc_info=error)
            return self._show(request, page, status=503, trouble="later", **again)
        if outcome.repeated and outcome.answered[0].words != gist:
            return self._show(request, page, status=422, trouble="used", **anew)
        space.settle(anew["kept"])
        return _done(outcome)

    def _again(
        self,
        request: HttpRequest,
        page: UploadPage,
        before: Outcome,
        *,
        space: UploadSpace,
        files: list[IncomingFile],
    ) -> Response:
        """Answer a repeated form: its answer was lost, or another form has the same nonce."""
        whole, words = space.whole(files), before.answered[0].words
        if not form_digest.same(words, "attach", files, space):
            lost = [file for file in form_digest.others(words, files) if file not in whole]
            return self._show(request, page, status=422, trouble="used", kept=whole, turned_away=lost)
        space.settle(whole)
        return _done(before)


def space_of(spaces: UploadSpaces, page: UploadPage | CasePage) -> UploadSpace:
    """The upload space of a page; a case's own page and its upload page have the same."""
    return spaces.of("-".join(map(str, page.numbers)), left=page.left)


def came(form: Multipart) -> list[IncomingFile]:
    """The files that a form brings, or that it names and were uploaded before, in order, each once."""
    named = [file for word in form.fields.get("sent", ()) if (file := read_word(word))]
    return list({file.draft: file for file in (*named, *form.files)}.values())


def _done(outcome: Outcome) -> Response:
    """A redirect that says what was done; the same for a repeated form."""
    done = "attach" if all(line.outcome == "done" for line in outcome.answered) else "changed"
    return RedirectResponse(f"?done={done}", 303)


def why_not(error: Exception) -> str:
    """The key of the reason why files could not be kept."""
    if isinstance(error, NoRoom):
        return "day"
    if isinstance(error, FileNotFoundError):
        return "lost"
    if isinstance(error, InUse):
        return "later"
    full = isinstance(error, OSError) and is_full(error)
    if not full:
        log.error("files could not be kept: %s", type(error).__name__, exc_info=error)
    return "full" if full else "later"


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
        evidence=("uploaded on a page that a signed link led to",),
    )

"""The pages that signed links lead to: GET shows and changes nothing, POST acts once for each form."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request as HttpRequest
from starlette.responses import RedirectResponse, Response

from bot.channel.context import ChannelContext
from bot.model.errors import BadCommand
from bot.model.identity import Proof
from bot.model.message import Attachment, Said
from bot.model.outcome import Outcome
from bot.model.pages import CasePage, FilesPage, JoinPage, MyPage, RawMail, SolvedPage, SurveyPage
from bot.model.request import Command, Request
from bot.model.translatable import saying
from bot.queries.articles import ArticleAt
from channels.form_memory import FormMemories
from channels.language_detection import detect_language
from channels.web.http import body_stream
from channels.web.http.security_headers import PICTURE, POLICY
from channels.web.http.settings import Settings
from channels.web.pages import forms
from channels.web.pages.downloads import FileDownloads, file_id
from channels.web.pages.forms import FIELDS, UnfitForm
from channels.web.templating.templating import Templating

log = logging.getLogger("web")

FormPurpose = Literal["survey", "solved", "join"]
ActivePage = SurveyPage | SolvedPage | JoinPage
"""Pages with one form, which acts."""
ACTIONS = {
    "survey": ("rate",),
    "solved": ("solved",),
    "join": ("join",),
}
DONE = {
    "survey": ("rate", "changed"),
    "solved": ("solved", "changed"),
    "join": ("join", "changed"),
}
"""What a page may be told to say was done: codes, so that no link can put words on it."""
BLANK = dict.fromkeys(FIELDS, "")
_PURPOSES = ("sec-purpose", "purpose", "x-purpose", "x-moz")
"""Headers by which browsers say that they fetch something which nobody has clicked (yet)."""
_AHEAD = ("prefetch", "prerender", "preview")


class PageRoutes:
    """One method for each page; what uses the store runs in Starlette's thread pool."""

    def __init__(
        self, context: ChannelContext[Settings], templating: Templating, forms: FormMemories
    ) -> None:
        self._desk = context.desk
        self._downloads = FileDownloads(context, templating)
        self._templating = templating
        self._forms = forms

    def front(self, request: HttpRequest) -> Response:
        """The first page with the three entries."""
        return self._templating.page(request, "front.j2", front=self._templating.front(request))

    async def survey(self, request: HttpRequest) -> Response:
        """A survey; ``?rating=4`` only preselects a button."""
        return await self._answer(request, "survey")

    async def solved(self, request: HttpRequest) -> Response:
        """An article, and whether it solved the case."""
        return await self._answer(request, "solved")

    async def join(self, request: HttpRequest) -> Response:
        """Whether somebody in a chat and the reader of a mail are one person."""
        return await self._answer(request, "join")

    def mail(self, request: HttpRequest) -> Response:
        """A message as it came, for the desk: a download, never shown by a browser."""
        mail = self._desk.page("mail", request.path_params["token"])
        if not isinstance(mail, RawMail):
            return self._templating.no_page(request, mail)
        kind = "message/rfc822"
        if mail.file is not None:
            return self._downloads.stored(request, mail.file, name=mail.name, kind=kind)
        headers = {"Content-Disposition": f'attachment; filename="{mail.name}"'}
        return Response(mail.data, media_type=kind, headers=headers)

    def my(self, request: HttpRequest) -> Response:
        """All cases of the link's holder."""
        part = request.query_params.get("page", "")
        number = int(part) if part.isdecimal() and len(part) < 6 else 1
        page = self._desk.page("my", request.path_params["token"], part=number)
        if not isinstance(page, MyPage):
            return self._templating.no_page(request, page)
        return self._templating.page(request, "my.j2", front=page.front, page=page)

    def files(self, request: HttpRequest) -> Response:
        """All files of a case, for the desk."""
        page = self._desk.page("files", request.path_params["token"])
        if not isinstance(page, FilesPage):
            return self._templating.no_page(request, page)
        token = request.path_params["token"]
        return self._templating.page(request, "files.j2", front=page.front, page=page, token=token)

    def desk_file(self, request: HttpRequest) -> Response:
        """A file of a case, for the desk."""
        return self._downloads.file(request, "files")

    def article(self, request: HttpRequest) -> Response:
        """Redirect to an imported article's own address; a click is counted, a prefetch is not."""
        number = file_id(request.path_params["article"])
        url = self._desk.ask(ArticleAt(number)) if number else ""
        if not url:
            return self._templating.refusal(request, 404)
        if request.method == "GET" and not _ahead(request.headers):
            self._desk.clicks.count(number)
        return RedirectResponse(url, 302)

    def logo(self, request: HttpRequest) -> Response:
        """A brand's logo; another one has another address. Opened by itself, it can do nothing."""
        logo = self._desk.pages.logo(request.path_params["name"])
        if logo is None:
            return self._templating.refusal(request, 404)
        headers = {POLICY: PICTURE, "Cache-Control": "public, max-age=31536000, immutable"}
        return Response(logo.data, media_type=logo.kind, headers=headers)

    def script(self, request: HttpRequest) -> Response:
        """A script of the pages, which work without it."""
        return Response(self._templating.scripts[request.url.path.strip("/")], media_type="text/javascript")

    async def _answer(self, request: HttpRequest, purpose: FormPurpose) -> Response:
        if request.method != "POST":
            return await run_in_threadpool(self._opened, request, purpose, form={})
        page = await run_in_threadpool(self._active_page, request, purpose)
        if isinstance(page, Response):  # nobody is listened to without a link of ours
            return page
        with self._forms.one() as holding:
            form = await body_stream.read_form(request, holding)
            return await run_in_threadpool(self._opened, request, purpose, form=form)

    def _active_page(self, request: HttpRequest, purpose: FormPurpose) -> ActivePage | Response:
        """The page that the link leads to, or why there is none."""
        page = self._desk.page(purpose, request.path_params["token"])
        return page if isinstance(page, ActivePage) else self._templating.no_page(request, page)

    def _opened(self, request: HttpRequest, purpose: FormPurpose, *, form: dict[str, str]) -> Response:
        page = self._active_page(request, purpose)
        if isinstance(page, Response):
            return page
        if request.method == "POST":
            return self._act(request, purpose, page=page, form=form)
        rated = page.rating if isinstance(page, SurveyPage) else None
        rating = request.query_params.get("rating", "")[:1] or str(rated or "")
        return self._show(request, purpose, page=page, typed={**BLANK, "rating": rating})

    def _show(
        self,
        request: HttpRequest,
        purpose: FormPurpose,
        *,
        page: ActivePage,
        typed: dict[str, str],
        status: int = 200,
        **more: Any,
    ) -> Response:
        done = request.query_params.get("done", "") if request.method != "POST" else ""
        facts = {"action": "", "wrong": BLANK, "trouble": "", "nonce": self._desk.pages.form(page), **more}
        return self._templating.page(
            request,
            f"{purpose}.j2",
            front=page.front,
            status=status,
            page=page,
            done=done if done in DONE[purpose] else "",
            typed=typed,
            blank=BLANK,
            token=request.path_params["token"],
            **facts,
        )

    # acting

    def _act(
        self, request: HttpRequest, purpose: FormPurpose, *, page: ActivePage, form: dict[str, str]
    ) -> Response:
        action, typed = form.get("action", ""), forms.typed(form)
        if action not in ACTIONS[purpose]:
            raise HTTPException(400)
        nonce = form.get("nonce", "")
        key = self._desk.pages.receipt(page, nonce, now=self._desk.now())
        anew: dict[str, Any] = {"page": page, "typed": typed, "action": action}
        again = {**anew, "nonce": nonce}  # what is sent again is the same thing again
        if not key:
            return self._show(request, purpose, status=422, trouble="old", **anew)
        gist = forms.gist(action, typed)
        try:
            command = forms.command(action, typed, page.numbers)
            asked = request_of(page, command, key=key, gist=gist, text=typed["text"], now=self._desk.now())
            outcome = self._desk.handle(asked)
        except (UnfitForm, BadCommand) as unfit:
            wrong = BLANK | forms.wrong(unfit)
            return self._show(request, purpose, status=422, trouble="check", wrong=wrong, **again)
        except Exception as error:
            log.error("a form could not be handled: %s", type(error).__name__, exc_info=error)
            return self._show(request, purpose, status=503, trouble="later", **again)
        if outcome.repeated and outcome.answered[0].words != gist:
            return self._show(request, purpose, status=422, trouble="used", **anew)
        return RedirectResponse(f"?done={what_was_done(action, page, outcome)}", 303)


def request_of(
    page: ActivePage | CasePage,
    command: Command,
    *,
    key: str,
    gist: str,
    text: str,
    now: datetime,
    files: Sequence[Attachment] = (),
) -> Request:
    """What a form asks of the desk, with the words and files that it brings."""
    return Request(
        source="web",
        public_form=True,
        key=key,
        asker=page.reader,
        proof=Proof.LINKED,
        commands=(command,),
        words=(gist,),
        said=Said(attachments=tuple(files)),
        at=now,
        mailbox=page.mailbox,
        form=True,
        language=detect_language(text),
        evidence=(saying("asked on a page that a signed link led to"),),
    )


def what_was_done(action: str, page: ActivePage | CasePage, outcome: Outcome) -> str:
    """The name of what the page says next; the same for a repeated form."""
    if any(line.outcome != "done" for line in outcome.answered):
        return "changed"
    return action if outcome.case in (None, page.numbers[0]) else "new"


def _ahead(headers: Headers) -> bool:
    purposes = " ".join(headers.get(name, "") for name in _PURPOSES).lower()
    return any(word in purposes for word in _AHEAD)

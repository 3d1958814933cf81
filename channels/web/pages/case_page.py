"""The page of a case: what its customer reads there, and the forms by which they act, with files."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request as HttpRequest
from starlette.responses import RedirectResponse, Response

from bot.channel.context import ChannelContext
from bot.model.errors import BadCommand
from bot.model.facts import FileFacts
from bot.model.outcome import Outcome
from bot.model.pages import CasePage
from channels.form_memory import FormMemories
from channels.web.http import body_stream
from channels.web.http.settings import Settings
from channels.web.pages import conversation, forms
from channels.web.pages.downloads import FileDownloads
from channels.web.pages.forms import FIELDS, UnfitForm
from channels.web.pages.pages import request_of, what_was_done
from channels.web.pictures import picture_header
from channels.web.pictures.picture_header import Picture
from channels.web.templating.templating import Templating
from channels.web.uploads.file_form import FileForm, FileForms, ShownAgain, named_files
from channels.web.uploads.incoming import IncomingFile, UploadSpace, UploadSpaces
from channels.web.uploads.multipart import Multipart
from channels.web.uploads.page import space_of

ACTIONS = ("reply", "close", "reopen", "concern", "priority", "contact")
WITH_FILES = ("reply", "reopen")
DONE = (*ACTIONS, "new", "opened", "changed")
"""What the page may be told to say was done: codes, so that no link can put words on it."""
BLANK = dict.fromkeys(FIELDS, "")


@dataclass(frozen=True, slots=True)
class SentForm:
    """A form of the page as it was sent, cleaned."""

    action: str
    nonce: str
    typed: dict[str, str]
    files: list[IncomingFile]


class CasePages:
    """The page, its files and its forms."""

    def __init__(
        self,
        context: ChannelContext[Settings],
        templating: Templating,
        spaces: UploadSpaces,
        forms: FileForms,
        memories: FormMemories,
    ) -> None:
        self._context = context
        self._desk = context.desk
        self._templating = templating
        self._spaces, self._forms, self._memories = spaces, forms, memories
        self.downloads = FileDownloads(context, templating)

    def file(self, request: HttpRequest) -> Response:
        """A file of a case that its customer may have."""
        return self.downloads.file(request, "case")

    async def page(self, request: HttpRequest) -> Response:
        """GET shows the case, POST acts on it."""
        page = await run_in_threadpool(self._desk.page, "case", request.path_params["token"])
        if not isinstance(page, CasePage):  # nobody is listened to without a link of ours
            return await run_in_threadpool(self._templating.no_page, request, page)
        if request.method != "POST":
            return await run_in_threadpool(self._show, request, page, typed=BLANK)
        space = await run_in_threadpool(space_of, self._spaces, page)
        if request.headers.get("content-type", "").lower().startswith("multipart/"):
            async with self._forms.arrived(request, space) as body:
                return await run_in_threadpool(self._sent, request, page, sent=_with_files(body), space=space)
        with self._memories.one() as holding:
            fields = await body_stream.read_form(request, holding)
            return await run_in_threadpool(self._sent, request, page, sent=_plain(fields), space=space)

    def _show(
        self,
        request: HttpRequest,
        page: CasePage,
        *,
        typed: dict[str, str],
        status: int = 200,
        **more: Any,
    ) -> Response:
        done = request.query_params.get("done", "") if request.method != "POST" else ""
        part = request.query_params.get("page", "")
        number = int(part) if part.isdecimal() and len(part) < 6 else 1
        facts: dict[str, Any] = {
            "action": "", "wrong": BLANK, "trouble": "", "kept": (), "turned_away": (),
            "nonce": self._desk.pages.form(page), **more,
        }  # fmt: skip
        return self._templating.page(
            request,
            "case.j2",
            front=page.front,
            status=status,
            page=page,
            talk=conversation.page_of(page.told, number, lambda file: self._picture(page, file)),
            largest=self._context.settings.upload_max,
            done=done if done in DONE else "",
            typed=typed,
            blank=BLANK,
            token=request.path_params["token"],
            **facts,
        )

    def _picture(self, page: CasePage, file: FileFacts) -> Picture | None:
        sha256 = page.stored.get(file.id)
        return picture_header.read(self._context.path_of(sha256)) if sha256 else None

    # acting

    def _sent(self, request: HttpRequest, page: CasePage, *, sent: SentForm, space: UploadSpace) -> Response:
        if sent.action not in ACTIONS:
            space.settle(sent.files)
            raise HTTPException(400)
        if sent.action not in WITH_FILES and sent.files:
            space.settle(sent.files)
            sent.files.clear()
        form = FileForm(forms.gist(sent.action, sent.typed), sent.nonce, sent.files, space)
        key = self._desk.pages.receipt(page, sent.nonce, now=self._desk.now())
        return self._forms.answer(
            form,
            key,
            show=partial(self._show, request, page, typed=sent.typed, action=_shown(sent, page)),
            act=partial(self._act, page, sent, form, key),
            done=lambda outcome: RedirectResponse(f"?done={what_was_done(sent.action, page, outcome)}", 303),
        )

    def _act(
        self, page: CasePage, sent: SentForm, form: FileForm, key: str, whole: list[IncomingFile]
    ) -> tuple[Outcome, str]:
        choices = {"concerns": page.concerns, "priorities": page.priorities}
        try:
            command = forms.command(sent.action, sent.typed, page.numbers, files=bool(whole), **choices)
            files, gist = form.placed(whole)
            text, now = sent.typed["text"], self._desk.now()
            asked = request_of(page, command, key=key, gist=gist, text=text, now=now, files=files)
            return self._desk.handle(asked), gist
        except (UnfitForm, BadCommand) as unfit:
            raise ShownAgain("check", wrong=BLANK | forms.wrong(unfit)) from unfit


def _shown(sent: SentForm, page: CasePage) -> str:
    """The form of the page that has what was typed: its own may be gone since, because the case is over."""
    if sent.action in WITH_FILES and sent.action not in page.may:
        return next((action for action in WITH_FILES if action in page.may), sent.action)
    return sent.action


def _plain(fields: dict[str, str]) -> SentForm:
    return SentForm(fields.get("action", ""), fields.get("nonce", ""), forms.typed(fields), [])


def _with_files(body: Multipart) -> SentForm:
    fields = {name: values[0] for name, values in body.fields.items()}
    return SentForm(fields.get("action", ""), fields.get("nonce", ""), forms.typed(fields), named_files(body))

"""The page of a case: what its customer reads there, and the forms by which they act, with files."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request as HttpRequest
from starlette.responses import RedirectResponse, Response

from bot.channel.context import ChannelContext
from bot.channel.upload_drafts import InUse
from bot.model.errors import BadCommand, NoRoom
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
from channels.web.uploads import form_digest
from channels.web.uploads.incoming import IncomingFile, UploadSpace, UploadSpaces
from channels.web.uploads.multipart import Multipart
from channels.web.uploads.page import STATUS, came, space_of, why_not

log = logging.getLogger("web")

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

    @property
    def head(self) -> str:
        """A digest of all but its files."""
        return forms.gist(self.action, self.typed)


class CasePages:
    """The page, its files and its forms."""

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
        with self._forms.one() as holding:
            kind = request.headers.get("content-type", "")
            if not kind.lower().startswith("multipart/"):
                fields = await body_stream.read_form(request, holding)
                return await run_in_threadpool(self._sent, request, page, form=_plain(fields), space=space)
            body = Multipart(kind, space)
            with body.arriving():
                await self._spaces.arrivals.arrive_in(body, request, holding)
            return await run_in_threadpool(self._sent, request, page, form=_with_files(body), space=space)

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

    def _sent(self, request: HttpRequest, page: CasePage, *, form: SentForm, space: UploadSpace) -> Response:
        if form.action not in ACTIONS:
            space.settle(form.files)
            raise HTTPException(400)
        if form.action not in WITH_FILES and form.files:
            space.settle(form.files)
            form.files.clear()
        key = self._desk.pages.receipt(page, form.nonce, now=self._desk.now())
        if key and (before := self._desk.before("web", key)):
            return self._again(request, page, before, form=form, space=space)
        whole = space.whole(form.files)
        anew: dict[str, Any] = {"typed": form.typed, "action": _shown(form, page), "kept": whole}
        anew["turned_away"] = [file for file in form.files if file not in whole]
        if anew["turned_away"]:
            trouble = anew["turned_away"][0].why_not or "lost"
            return self._show(request, page, status=STATUS.get(trouble, 422), trouble=trouble, **anew)
        if not key:
            return self._show(request, page, status=422, trouble="old", **anew)
        return self._act(request, page, form=form, key=key, space=space, anew=anew)

    def _act(
        self,
        request: HttpRequest,
        page: CasePage,
        *,
        form: SentForm,
        key: str,
        space: UploadSpace,
        anew: dict[str, Any],
    ) -> Response:
        again = {**anew, "nonce": form.nonce}  # what is sent again is the same thing again
        try:
            outcome, gist = self._done(page, form, key, space=space, whole=anew["kept"])
        except (UnfitForm, BadCommand) as unfit:
            wrong = BLANK | forms.wrong(unfit)
            return self._show(request, page, status=422, trouble="check", wrong=wrong, **again)
        except (NoRoom, OSError, InUse) as error:
            trouble = why_not(error)
            return self._show(request, page, status=STATUS.get(trouble, 503), trouble=trouble, **again)
        except Exception as error:
            log.error("a form could not be handled: %s", type(error).__name__, exc_info=error)
            return self._show(request, page, status=503, trouble="later", **again)
        if outcome.repeated and outcome.answered[0].words != gist:
            return self._show(request, page, status=422, trouble="used", **anew)
        space.settle(anew["kept"])
        return RedirectResponse(f"?done={what_was_done(form.action, page, outcome)}", 303)

    def _done(
        self, page: CasePage, form: SentForm, key: str, *, space: UploadSpace, whole: list[IncomingFile]
    ) -> tuple[Outcome, str]:
        """Do what a form asks; its outcome and digest. Raises what ``Desk.handle`` does, and ``UnfitForm``."""
        choices = {"concerns": page.concerns, "priorities": page.priorities}
        command = forms.command(form.action, form.typed, page.numbers, files=bool(whole), **choices)
        files = [space.place(file) for file in whole]
        gist, text = form_digest.gist(form.head, files), form.typed["text"]
        now = self._desk.now()
        asked = request_of(page, command, key=key, gist=gist, text=text, now=now, files=files)
        return self._desk.handle(asked), gist

    def _again(
        self, request: HttpRequest, page: CasePage, before: Outcome, *, form: SentForm, space: UploadSpace
    ) -> Response:
        """Answer a repeated form: its answer was lost, or another form has the same nonce."""
        whole, words = space.whole(form.files), before.answered[0].words
        if form_digest.same(words, form.head, form.files, space):
            space.settle(whole)
            return RedirectResponse(f"?done={what_was_done(form.action, page, before)}", 303)
        missing = [file for file in form_digest.others(words, form.files) if file not in whole]
        return self._show(
            request, page, status=422, trouble="used", typed=form.typed, action=_shown(form, page),
            kept=whole, turned_away=missing,
        )  # fmt: skip


def _shown(form: SentForm, page: CasePage) -> str:
    """The form of the page that has what was typed: its own may be gone since, because the case is over."""
    if form.action in WITH_FILES and form.action not in page.may:
        return next((action for action in WITH_FILES if action in page.may), form.action)
    return form.action


def _plain(fields: dict[str, str]) -> SentForm:
    return SentForm(fields.get("action", ""), fields.get("nonce", ""), forms.typed(fields), [])


def _with_files(body: Multipart) -> SentForm:
    fields = {name: values[0] for name, values in body.fields.items()}
    return SentForm(fields.get("action", ""), fields.get("nonce", ""), forms.typed(fields), came(body))

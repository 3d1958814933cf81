"""A form that may bring files: done once, or shown again with what came, and with why."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from bot.channel.context import ChannelContext
from bot.channel.upload_drafts import InUse
from bot.model.errors import NoRoom
from bot.model.message import Attachment
from bot.model.outcome import Outcome
from channels.form_memory import FormMemories
from channels.web.http.settings import Settings
from channels.web.uploads import form_digest
from channels.web.uploads.incoming import IncomingFile, UploadSpace, UploadSpaces, is_full, read_word
from channels.web.uploads.multipart import Multipart

log = logging.getLogger("web")
STATUS = {"large": 413, "day": 413, "full": 507, "many": 429, "later": 503}
"""By why a form, or a file, is not taken; otherwise 422."""


@dataclass(frozen=True, slots=True)
class FileForm:
    """A form as it came. ``head``: a digest of all but its files."""

    head: str
    nonce: str
    files: Sequence[IncomingFile]
    space: UploadSpace

    def placed(self, whole: Sequence[IncomingFile]) -> tuple[tuple[Attachment, ...], str]:
        """Its files, moved to those of cases, and its digest. Raises ``OSError``, ``NoRoom`` and ``InUse``."""
        files = tuple(map(self.space.place, whole))
        return files, form_digest.gist(self.head, files)


class ShownAgain(Exception):
    """A form that is not done: ``trouble`` is the key of why, ``facts`` what else its page is told."""

    def __init__(self, trouble: str, **facts: Any) -> None:
        super().__init__(trouble)
        self.trouble, self.facts = trouble, facts


Show = Callable[..., Response]
"""Shows the form once more: ``status``, ``trouble``, and what came with it."""
Act = Callable[[list[IncomingFile]], tuple[Outcome, str]]
"""Does what the form asks, with the files that are whole; its outcome and digest. Raises ``ShownAgain``."""
Done = Callable[[Outcome], Response]
"""Leads to what was done; the same for a repeated form."""


class FileForms:
    """What happens to such forms, alike on every page that has one."""

    def __init__(
        self, context: ChannelContext[Settings], spaces: UploadSpaces, memories: FormMemories
    ) -> None:
        self._desk = context.desk
        self._spaces, self._memories = spaces, memories

    @asynccontextmanager
    async def arrived(self, request: HttpRequest, space: UploadSpace) -> AsyncIterator[Multipart]:
        """A form that is here in whole; its memory is held until it is handled."""
        body = Multipart(request.headers.get("content-type", ""), space)
        with self._memories.one() as holding:
            with body.arriving():
                await self._spaces.arrivals.arrive_in(body, request, holding)
            yield body

    def answer(self, form: FileForm, key: str, *, show: Show, act: Act, done: Done) -> Response:
        """Do what a form asks, once. ``key``: of its receipt; empty if its page is too old."""
        whole = form.space.whole(form.files)
        came: dict[str, Any] = {
            "kept": whole,
            "turned_away": [file for file in form.files if file not in whole],
        }
        if key and (before := self._desk.before("web", key)):
            return _again(form, before, came, show=show, done=done)
        if came["turned_away"]:
            trouble = came["turned_away"][0].why_not or "lost"
            return show(status=STATUS.get(trouble, 422), trouble=trouble, **came)
        if not key:
            return show(status=422, trouble="old", **came)
        try:
            outcome, gist = act(whole)
        except Exception as error:
            again = _shown_again(error)
            facts = {**came, **again.facts, "nonce": form.nonce}  # what is sent again is the same thing again
            return show(status=STATUS.get(again.trouble, 422), trouble=again.trouble, **facts)
        if outcome.repeated and outcome.answered[0].words != gist:
            return show(status=422, trouble="used", **came)
        form.space.settle(whole)
        return done(outcome)


def _again(form: FileForm, before: Outcome, came: dict[str, Any], *, show: Show, done: Done) -> Response:
    """Answer a repeated form: its answer was lost, or another form has the same nonce."""
    words = before.answered[0].words
    if form_digest.same(words, form.head, form.files, form.space):
        form.space.settle(came["kept"])
        return done(before)
    missing = form_digest.others(words, came["turned_away"])
    return show(status=422, trouble="used", kept=came["kept"], turned_away=missing)


def _shown_again(error: Exception) -> ShownAgain:
    if isinstance(error, ShownAgain):
        return error
    if isinstance(error, NoRoom | OSError | InUse):
        return ShownAgain(why_not(error))
    log.error("a form could not be handled: %s", type(error).__name__, exc_info=error)
    return ShownAgain("later")


def named_files(body: Multipart) -> list[IncomingFile]:
    """The files that a form brings, or that it names and were uploaded before, in order, each once."""
    named = [file for word in body.fields.get("sent", ()) if (file := read_word(word))]
    return list({file.draft: file for file in (*named, *body.files)}.values())


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

"""Templating of pages: a template, a reader's language and facts."""

from __future__ import annotations

import logging
from collections.abc import Collection
from functools import cache
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.types import Receive, Scope, Send

from bot.channel.context import ChannelContext
from bot.languages import reader_zone
from bot.model.pages import Gone, LinkPage, Page, PageFrame, StoredFile
from channels.web.http.connection import AGAIN
from channels.web.http.settings import Settings
from channels.web.templating import language_choice
from channels.web.templating.brand_style import brand_style

log = logging.getLogger("web")

SCRIPTS = ("upload.js", "new.js", "time.js", "language.js")
KINDS = {403: "closed", 404: "missing", 405: "method", 408: "silent", 410: "gone", 413: "large", 503: "busy"}
"""Statuses that have words of their own; other refusals are malformed."""
LINKED = {"closed", "missing", "method", "gone", "malformed"}
"""Refusals on whose page people can have their own link mailed; it would not help with the others."""
OF_DESK = ("/mail/", "/files/")
"""What the addresses of pages begin with that are the desk's, not customers'."""


class Templating:
    """Renders pages, with ``say`` as the texts that several pages choose from, in the reader's language."""

    def __init__(self, context: ChannelContext[Settings]) -> None:
        self._templates = context.pages
        self._desk = context.desk
        translations: Any = context.pages.globals["translations"]
        self.languages: frozenset[str] = translations.languages
        """Those that pages are there in."""
        self._texts = cache(self._texts_in)
        settings = context.settings
        self.base_url = settings.base_url or f"http://{settings.listen}"
        self.style: str = context.pages.get_template("style.css").render()
        self.brand_styles = tuple(brand_style(palette) for palette in self._desk.pages.palettes())
        """What brands of their own colour change in it."""
        self.scripts = {name: context.pages.get_template(name).render() for name in SCRIPTS}

    def front(self, request: Request) -> PageFrame:
        """The frame of a page for anybody: of the mailbox that ``?to=`` names, else of the first."""
        return self._desk.pages.front(mailbox_of(request))

    def page(
        self, request: Request, name: str, *, front: PageFrame, status: int = 200, **facts: Any
    ) -> HTMLResponse:
        """Render the template ``name``; ``front`` is what every page shows of the desk."""
        language = self.language(request, front)
        usual = {
            "language": language,
            "languages": tuple(language_choice.choice(request.query_params, self.languages)),
            "say": self._texts(language),
            "front": front,
            "root": _root(request),
            "nonce": self._desk.pages.form(LinkPage(front)),
            "style": self.style,
            "brand_style": brand_style(front.desk.palette),
        }
        with reader_zone.reading(front.zone or reader_zone.zone()):
            html = self._templates.get_template(name).render({**usual, **facts})
        choice = language_choice.chosen(request.query_params, self.languages)
        return HTMLResponse(language_choice.along(html, choice, self.base_url), status)

    def words(self, request: Request, front: PageFrame, key: str) -> str:
        """A sentence about a refused file, for a script to show."""
        return str(self._texts(self.language(request, front)).unwelcome[key])

    def language(self, request: Request, front: PageFrame) -> str:
        """The language of a page: what its address asks for, else the reader's, the browser's, the desk's."""
        if choice := language_choice.chosen(request.query_params, self.languages):
            return choice
        wanted = f"{front.reader},{request.headers.get('accept-language', '')}"
        return best_language(wanted, self.languages, front.language)

    def _texts_in(self, language: str) -> Any:
        return self._templates.get_template("texts.j2").make_module({"language": language})

    def refusal(self, request: Request, status: int, *, front: PageFrame | None = None) -> HTMLResponse:
        """A page that says why there is no page, and what to do."""
        kind = KINDS.get(status, "malformed" if status < 500 else "failed")
        link = kind in LINKED and not request.url.path.startswith(OF_DESK)
        front = front or self.front(request)
        return self.page(request, "refusal.j2", front=front, status=status, kind=kind, link=link)

    def no_page(self, request: Request, page: Page | StoredFile | None) -> HTMLResponse:
        """Why a link leads to no page: it was never ours (404), or has expired (410)."""
        return self.refusal(
            request, 410 if page else 404, front=page.front if isinstance(page, Gone) else None
        )

    def refused(self, request: Request, error: Exception) -> HTMLResponse:
        """A page for Starlette's errors: no such page or method, too large, unreadable."""
        status, headers = 400, None
        if isinstance(error, HTTPException):
            status, headers = error.status_code, error.headers
        page = self.refusal(request, status)
        page.headers.update(headers or {})
        return page

    async def busy(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An ASGI application that asks clients with too many requests to come back."""
        answer = await run_in_threadpool(self.refused, Request(scope), too_busy())
        await answer(scope, receive, send)

    def crowded(self, request: Request, error: Exception) -> HTMLResponse:
        """The answer when there is no memory for so large a form."""
        return self.refused(request, too_busy())

    def failed(self, request: Request, error: Exception) -> HTMLResponse:
        """The answer to a fault of ours."""
        log.error("a page could not be made: %s", type(error).__name__)
        return self.refusal(request, 500)


def mailbox_of(request: Request) -> str:
    """The mailbox that the address of a page for anybody names, or whatever else stands there."""
    return request.query_params.get("to", "").lower()


def _root(request: Request) -> str:
    """The way from a page to the first one: a proxy may have it anywhere."""
    path: bytes = request.scope.get("raw_path") or request.url.path.encode()
    return "../" * (path.count(b"/") - 1)


def too_busy() -> HTTPException:
    """The error for a temporary overload."""
    return HTTPException(503, headers={"Retry-After": str(AGAIN)})


def best_language(accepted: str, supported: Collection[str], usual: str) -> str:
    """The best language for an ``Accept-Language`` header; if none fits, ``usual``, else English."""
    wanted = sorted(map(_range, accepted[:1000].split(",")), key=lambda pair: -pair[1])
    language = next((name for name, weight in wanted if name in supported and weight > 0), "")
    usual = _short(usual)
    return language or (usual if usual in supported else "en")


def _range(text: str) -> tuple[str, float]:
    """A language range: ``de-AT;q=0.8`` → ``("de", 0.8)``."""
    name, _, weight = text.partition(";")
    try:
        return _short(name), float(weight.strip().removeprefix("q=") or 1)
    except ValueError:
        return _short(name), 0.0


def _short(language: str) -> str:
    return language.strip().replace("_", "-").partition("-")[0].lower()

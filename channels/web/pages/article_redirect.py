"""The redirect to an article, which counts its readers."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.requests import Request as HttpRequest
from starlette.responses import RedirectResponse, Response

from bot.channel.context import ChannelContext
from bot.queries.articles import ArticleAt
from channels.web.http.settings import Settings
from channels.web.templating.templating import Templating

DIGITS = 19
"""Of an article's id, at most."""
LARGEST = (1 << 63) - 1
_PURPOSES = ("sec-purpose", "purpose", "x-purpose", "x-moz")
"""Headers by which browsers say that they fetch something which nobody has clicked (yet)."""
_AHEAD = ("prefetch", "prerender", "preview")


class Articles:
    """Redirects to imported articles, and nowhere else."""

    def __init__(self, context: ChannelContext[Settings], templating: Templating) -> None:
        self._desk = context.desk
        self._templating = templating

    def read(self, request: HttpRequest) -> Response:
        """Redirect to the article's own address; a click is counted, a prefetch is not."""
        number = _number(request.path_params["article"])
        url = self._desk.ask(ArticleAt(number)) if number else ""
        if not url:
            return self._templating.refusal(request, 404)
        if request.method == "GET" and not _ahead(request.headers):
            self._desk.clicks.count(number)
        return RedirectResponse(url, 302)


def _number(text: str) -> int:
    """An id as we write it; 0 for anything else."""
    number = int(text) if text.isascii() and text.isdecimal() and len(text) <= DIGITS else 0
    return number if number <= LARGEST else 0


def _ahead(headers: Headers) -> bool:
    purposes = " ".join(headers.get(name, "") for name in _PURPOSES).lower()
    return any(word in purposes for word in _AHEAD)

"""The choice of a page's language, which goes along in the address: ``?lang=ja``, and no cookie."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from html import escape, unescape
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import MutableHeaders, QueryParams
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.languages.catalogue import languages

KEY = "lang"
_STAYING = ("page", "rating", "opened", "sent", "to")
"""What else of an address leads to the same page in another language; what was done is said once."""
_ADDRESS = re.compile(r'(?<=\s)(href|action)="([^"]*)"')
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//|#", re.IGNORECASE)


class LanguageLink(NamedTuple):
    """One language of the choice."""

    code: str
    name: str
    """What those who speak it call it."""
    url: str
    """The same page in it."""


def chosen(query: QueryParams, offered: Collection[str]) -> str:
    """The language that an address asks for; ``""``: none that we have."""
    code = query.get(KEY, "")
    return code if code in offered else ""


def choice(query: QueryParams, offered: Iterable[str]) -> Iterator[LanguageLink]:
    """The languages that a page is offered in, in the order of their codes."""
    others = [(key, value) for key, value in query.multi_items() if key in _STAYING]
    for code in sorted(offered):
        language = languages().get(code)
        name = language.own_name if language else ""
        yield LanguageLink(code, name or code, f"?{urlencode([*others, (KEY, code)])}")


def along(html: str, code: str, base_url: str) -> str:
    """The page, with the language in each address of ours to which its links and forms lead."""
    if not code:
        return html
    return _ADDRESS.sub(
        lambda match: f'{match[1]}="{escape(within(unescape(match[2]), code, base_url))}"', html
    )


def within(address: str, code: str, base_url: str) -> str:
    """An address with the language in it, if it is one of ours and has none yet."""
    if not _ours(address, base_url):
        return address
    path, _, fragment = address.partition("#")
    path, _, query = path.partition("?")
    if KEY in dict(parse_qsl(query, keep_blank_values=True)):
        return address
    query = f"{query}&{KEY}={code}" if query else f"{KEY}={code}"
    return f"{path}?{query}" + (f"#{fragment}" if fragment else "")


def _ours(address: str, base_url: str) -> bool:
    if base_url and (address == base_url or address.startswith((f"{base_url}/", f"{base_url}?"))):
        return True
    return not _ELSEWHERE.match(address)


class LanguageKept:
    """Keeps the choice in redirects, whichever page makes them."""

    def __init__(self, app: ASGIApp, offered: Collection[str], base_url: str) -> None:
        self._app, self._offered, self._base_url = app, offered, base_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        code = chosen(QueryParams(scope.get("query_string", b"")), self._offered)
        if scope["type"] != "http" or not code:
            await self._app(scope, receive, send)
            return

        async def keeping(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if "location" in headers:
                    headers["location"] = within(headers["location"], code, self._base_url)
            await send(message)

        await self._app(scope, receive, keeping)

"""Pages fetched from one host: bounded in size and time, and never led elsewhere."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPException
from typing import IO
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, Request, build_opener

from bot.articles.draft import Unfit

PATIENCE = 10.0
"""Seconds for each step of the network."""
LONGEST = 30.0
"""Seconds for a whole page."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page: its bytes, its media type and charset as the server says them."""

    data: bytes
    type: str
    charset: str


def host_of(url: str) -> str:
    """``docs.acme.com:8443``, in lower case; the usual port is left out. ``""`` if it is no http(s) URL."""
    try:
        parts = urlsplit(url)
        usual = {"http": 80, "https": 443}[parts.scheme]
        port = parts.port or usual
    except (KeyError, ValueError):
        return ""
    return (parts.hostname or "") + (f":{port}" if port != usual else "")


class Host:
    """One host of http(s) pages."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._opener: OpenerDirector = build_opener(_Staying(name))

    def fetch(self, url: str, *, largest: int) -> Fetched:
        """A page; of more than ``largest`` bytes, one byte more than that. Raises ``Unfit``."""
        if not self.name or host_of(url) != self.name:
            raise Unfit(f"it lies on another host than {self.name}")
        request = Request(url, headers={"User-Agent": "casebot", "Accept": "text/html, text/markdown"})  # noqa: S310 - host_of knows http(s) only
        try:
            with self._opener.open(request, timeout=PATIENCE) as answer:
                data = b"".join(_within(answer, largest + 1, time.monotonic() + LONGEST))
                kind: Message = answer.headers
                return Fetched(data[: largest + 1], kind.get_content_type(), kind.get_content_charset() or "")
        except HTTPError as error:
            error.close()
            raise Unfit(f"the server answers {error.code}") from None
        except (URLError, OSError, HTTPException) as error:
            raise Unfit(
                f"it could not be fetched ({getattr(error, 'reason', '') or type(error).__name__})"
            ) from None


def _within(answer: IO[bytes], most: int, end: float) -> Iterable[bytes]:
    while most > 0 and (chunk := answer.read(min(most, 65_536))):
        if time.monotonic() > end:
            raise Unfit(f"it takes longer than {LONGEST:.0f} seconds")
        most -= len(chunk)
        yield chunk


class _Staying(HTTPRedirectHandler):
    """Follows where it is sent on the same host only."""

    def __init__(self, host: str) -> None:
        self._host = host

    def redirect_request(  # noqa: PLR0917 - as urllib calls it
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> Request | None:
        if host_of(newurl) != self._host or (req.type == "https" and not newurl.startswith("https:")):
            raise Unfit(f"it leads elsewhere: {newurl[:200]}")
        return super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]

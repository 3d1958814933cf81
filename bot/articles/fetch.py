"""Pages fetched from one host: bounded in size and time, and never led elsewhere."""

from __future__ import annotations

import time
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from io import BufferedReader, RawIOBase
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit
from urllib.request import (
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    Request,
    build_opener,
)

from bot.articles.article import UnfitArticle

PATIENCE = 10.0
"""Seconds for each step of the network."""
LONGEST = 30.0
"""Seconds for a whole answer, from its first header to its last byte."""


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """A page: its bytes, and the server's media type and charset."""

    data: bytes
    type: str
    charset: str


def host_of(url: str) -> str:
    """A URL's host, ``docs.acme.com:8443``, lower case, without the usual port; ``""`` if not http(s)."""
    try:
        parts = urlsplit(url)
        usual = {"http": 80, "https": 443}[parts.scheme]
        port = parts.port or usual
    except (KeyError, ValueError):
        return ""
    return (parts.hostname or "") + (f":{port}" if port != usual else "")


class Host:
    """Fetches pages of one http(s) host."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._opener: OpenerDirector = build_opener(_Staying(name), _Http(), _Https())

    def fetch(self, url: str, *, largest: int) -> FetchedPage:
        """A page; if it has more than ``largest`` bytes, one more than that. Raises ``UnfitArticle``."""
        if not self.name or host_of(url) != self.name:
            raise UnfitArticle(f"it lies on another host than {self.name}")
        headers = {"User-Agent": "casebot", "Accept": "text/html, text/markdown"}
        request = Request(_ascii(url), headers=headers)  # noqa: S310 - host_of knows http(s) only
        try:
            with self._opener.open(request, timeout=PATIENCE) as answer:
                data = answer.read(largest + 1)
                kind: Message = answer.headers
                return FetchedPage(data, kind.get_content_type(), kind.get_content_charset() or "")
        except HTTPError as error:
            error.close()
            raise UnfitArticle(f"the server answers {error.code}") from None
        except (URLError, OSError, HTTPException, ValueError) as error:
            raise UnfitArticle(
                f"it could not be fetched ({getattr(error, 'reason', '') or type(error).__name__})"
            ) from None


def _ascii(url: str) -> str:
    """The URL as sent: non-ASCII in path and query is escaped, and the host is for the network."""
    parts = urlsplit(url)
    path, query = (quote(part, safe="%/:?@!$&'()*+,;=~[]") for part in (parts.path, parts.query))
    return parts._replace(path=path, query=query, fragment="").geturl()


class _Timed(RawIOBase):
    """A stream that ends when the time is up, however little comes at once."""

    def __init__(self, raw: RawIOBase) -> None:
        self._raw = raw
        self._end = time.monotonic() + LONGEST

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int | None:
        if time.monotonic() > self._end:
            raise UnfitArticle(f"it takes longer than {LONGEST:.0f} seconds")
        return self._raw.readinto(into)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Answer(HTTPResponse):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fp = BufferedReader(_Timed(self.fp.detach()))


class _PublicConnection(HTTPConnection):
    response_class = _Answer


class _SecureConnection(HTTPSConnection):
    response_class = _Answer


class _Http(HTTPHandler):
    def http_open(self, req: Request) -> HTTPResponse:
        return self.do_open(_PublicConnection, req)


class _Https(HTTPSHandler):
    def https_open(self, req: Request) -> HTTPResponse:
        return self.do_open(_SecureConnection, req)


class _Staying(HTTPRedirectHandler):
    """Follows redirects on the same host only."""

    def __init__(self, host: str) -> None:
        self._host = host

    def redirect_request(  # noqa: PLR0917 - as urllib calls it
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> Request | None:
        if host_of(newurl) != self._host or (req.type == "https" and not newurl.startswith("https:")):
            raise UnfitArticle(f"it leads elsewhere: {newurl[:200]}")
        fp.close()  # urllib would read all of it
        return super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]

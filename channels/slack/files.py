"""Files in Slack: fetched with our token from Slack's own host only, and put into a thread."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.channel import House
from bot.commands import Attachment

SLACKS_OWN = ("files.slack.com",)
CHUNK = 1 << 16
MOST = 200_000_000
"""Bytes of one file that are fetched."""
PATIENCE = 20.0
"""Seconds without a byte."""


class NoFile(Exception):
    """A file that could not be had; ``str()`` says why, in words for people. ``again``: it may work later."""

    def __init__(self, why: str, *, again: bool = False) -> None:
        super().__init__(why)
        self.again = again


class _NoRedirect(HTTPRedirectHandler):
    """Our token goes where it was sent, and nowhere else."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


class Files:
    """Fetches by id, never by a URL that an event named."""

    def __init__(self, client: WebClient, house: House, token: str) -> None:
        self._client = client
        self._house = house
        self._token = token
        rehearsed = urlsplit(client.base_url).hostname or ""
        self._hosts = (*SLACKS_OWN, rehearsed) if rehearsed in ("127.0.0.1", "localhost") else SLACKS_OWN
        self._open = build_opener(_NoRedirect).open

    def fetch(self, file_id: str) -> Attachment:
        """A file of somebody's, into our store. Raises ``NoFile``."""
        try:
            info: dict[str, Any] = self._client.files_info(file=file_id)["file"]
        except SlackApiError as error:
            busy = error.response.status_code in (429, 500, 502, 503)
            raise NoFile("Slack did not hand it over", again=busy) from error
        except OSError as error:
            raise NoFile("Slack did not answer", again=True) from error
        name, kind = str(info.get("name") or info.get("title") or file_id), str(info.get("mimetype") or "")
        if info.get("mode") in ("external", "tombstone", "hidden_by_limit") or info.get("is_external"):
            raise NoFile("it does not lie in Slack")
        if int(info.get("size") or 0) > MOST:
            raise NoFile("it is too large")
        kept = self._house.receive(self._bytes(info, kind))
        return Attachment(name, kind or kept.type, kept.size, kept.sha256)

    def _bytes(self, info: Mapping[str, Any], kind: str) -> Iterator[bytes]:
        url = str(info.get("url_private_download") or info.get("url_private") or "")
        if urlsplit(url).hostname not in self._hosts:
            raise NoFile("it does not lie in Slack")
        request = Request(url, headers={"Authorization": f"Bearer {self._token}"})  # noqa: S310 - host checked
        try:
            with self._open(request, timeout=PATIENCE) as answer:
                first = answer.read(CHUNK)
                if _login_page(answer.headers.get_content_type(), first, kind):
                    raise NoFile("the app lacks the scope files:read")
                while first:
                    yield first
                    first = answer.read(CHUNK)
        except HTTPError as error:
            raise NoFile("Slack did not hand it over", again=error.code >= 500) from error
        except OSError as error:  # URLError and timeouts are such
            raise NoFile("Slack did not answer", again=True) from error

    def put(self, channel: str, thread: str, *, name: str, content: bytes) -> None:
        """Put a file of ours into a thread (files v2: get an URL, upload, complete)."""
        self._client.files_upload_v2(
            channel=channel, thread_ts=thread, filename=name or "file", title=name or "file", content=content
        )


def _login_page(answered: str, first: bytes, kind: str) -> bool:
    """Without the scope Slack answers 200 with a page to log in at."""
    looks = first[:200].lstrip().lower().startswith((b"<!doctype html", b"<html"))
    return (answered == "text/html" or looks) and kind != "text/html"

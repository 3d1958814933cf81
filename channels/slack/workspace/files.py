"""Files in Slack: fetched with our token from Slack's own host only, and put into a thread."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator, Mapping
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from slack_sdk import WebClient

from bot.channel.context import ChannelContext
from bot.channel.outbound import DeliveryFailed
from bot.model.message import Attachment
from bot.model.translatable import saying
from channels.slack.text.view_state import clean
from channels.slack.workspace.settings import Settings
from channels.slack.workspace.web_api import Calls

SLACKS_OWN = ("files.slack.com",)
CHUNK = 1 << 16
MOST = 200_000_000
"""Bytes of one file that are fetched."""
PATIENCE = 20.0
"""Seconds without a byte."""
LONGEST = 900.0
"""Seconds for one file."""
TOO_LARGE, REFUSED = saying("it is too large"), saying("Slack did not provide it")
ELSEWHERE = saying("it is not stored in Slack")
DOCUMENTS = ("application/vnd.slack-docs", "application/vnd.slack-list")
"""MIME types of canvases and lists, which have a page in Slack and no bytes of their own."""


class NoFile(Exception):
    """A file that cannot be fetched, and why. ``again``: it may work later.

    ``name`` and ``link``: as far as Slack has told them. ``kept``: the link is all that casebot needs to keep.
    """

    def __init__(self, why: str, *, again: bool = False) -> None:
        super().__init__(why)
        self.why, self.again = why, again
        self.name, self.link, self.kept = "", "", False


class _NoRedirect(HTTPRedirectHandler):
    """Follows no redirect: our token goes where it was sent, and nowhere else."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


class Files:
    """Fetches files by id, never by a URL that an event named."""

    def __init__(
        self, client: WebClient, calls: Calls, context: ChannelContext[Settings], token: str
    ) -> None:
        self._client = client
        self._calls = calls
        self._context = context
        self._token = token
        rehearsed = urlsplit(client.base_url).hostname or ""
        self._hosts = (*SLACKS_OWN, rehearsed) if rehearsed in ("127.0.0.1", "localhost") else SLACKS_OWN
        self._open = build_opener(_NoRedirect).open
        self._leaving = threading.Event()

    def fetch(self, file_id: str) -> Attachment:
        """Fetch somebody's file into our store. Raises ``NoFile``."""
        info = self._info(file_id)
        name = name_of(info)
        try:
            return self._fetched(info, name or file_id)
        except NoFile as missing:
            linked = link_of(info)
            missing.name, missing.kept = name, bool(linked)
            missing.link = linked or safe_link(info.get("permalink"))
            raise

    def _fetched(self, info: Mapping[str, Any], name: str) -> Attachment:
        kind = str(info.get("mimetype") or "")
        if info.get("mode") == "tombstone":
            raise NoFile(saying("it was deleted"))
        if info.get("mode") == "hidden_by_limit" or link_of(info):
            raise NoFile(ELSEWHERE)
        if int(info.get("size") or 0) > MOST:
            raise NoFile(TOO_LARGE)
        stored = self._kept(info, kind)
        return Attachment(name, kind or stored.type, stored.size, stored.sha256)

    def _info(self, file_id: str) -> Mapping[str, Any]:
        """The answer of ``files.info``; what a token, a scope or a pause keeps from us may be had later."""
        try:
            return self._calls.file(file_id)
        except DeliveryFailed as failure:
            raise NoFile(REFUSED, again=failure.after > 0) from failure

    def _kept(self, info: Mapping[str, Any], kind: str) -> Attachment:
        """Store all its bytes; a full disk is our fault, and may be solved."""
        try:
            free = shutil.disk_usage(self._context.files_folder).free
            if free < self._context.min_free + int(info.get("size") or 0):
                raise NoFile("there is no room for it", again=True)
            return self._context.receive(self._bytes(info, kind))
        except OSError as error:
            raise NoFile("there is no room for it", again=True) from error

    def _bytes(self, info: Mapping[str, Any], kind: str) -> Iterator[bytes]:
        url = str(info.get("url_private_download") or info.get("url_private") or "")
        if urlsplit(url).hostname not in self._hosts:
            raise NoFile(ELSEWHERE)
        request = Request(url, headers={"Authorization": f"Bearer {self._token}"})  # noqa: S310 - host checked
        try:
            with self._open(request, timeout=PATIENCE) as answer:
                yield from self._whole(answer, info, kind)
        except HTTPError as error:
            busy = error.code == 429 or error.code >= 500
            raise NoFile(REFUSED, again=busy) from error
        except (OSError, HTTPException) as error:  # URLError and timeouts are OSErrors
            raise NoFile("Slack did not answer", again=True) from error

    def _whole(self, answer: Any, info: Mapping[str, Any], kind: str) -> Iterator[bytes]:
        """The bytes of an answer. Raises ``NoFile`` if they are another's, too many, too slow or incomplete."""
        end, read, chunk = time.monotonic() + LONGEST, 0, answer.read1(CHUNK)
        if _login_page(answer.headers.get_content_type(), chunk, kind):
            raise NoFile("the app lacks the scope files:read", again=True)
        while chunk:
            read += len(chunk)
            if read > MOST:
                raise NoFile(TOO_LARGE)
            if time.monotonic() > end or self._leaving.is_set():
                raise NoFile("it took too long", again=True)
            yield chunk
            chunk = answer.read1(CHUNK)
        if _announced(answer, info) - {0, read}:
            raise NoFile("it broke off on the way", again=True)

    def close(self) -> None:
        """Break off downloads."""
        self._leaving.set()

    def put(self, channel: str, thread: str, *, name: str, content: bytes) -> None:
        """Upload a file of ours to a thread, or (``""``) to the channel (files v2).

        Get an URL, upload, complete.
        """
        self._client.files_upload_v2(
            channel=channel,
            thread_ts=thread or None,
            filename=name or "file",
            title=name or "file",
            content=content,
        )


def name_of(file: Mapping[str, Any]) -> str:
    """Return the name that people read for a file, or ``""``."""
    return " ".join(clean(str(file.get("name") or file.get("title") or "")).split())[:200]


def link_of(file: Mapping[str, Any]) -> str:
    """Return the link of an external file, a canvas or a list; ``""`` for a file with bytes in Slack.

    docs.slack.dev: "File object".
    """
    if file.get("mode") == "external" or file.get("is_external"):
        return safe_link(file.get("external_url") or file.get("url_private") or file.get("permalink"))
    document = file.get("mimetype") in DOCUMENTS or file.get("filetype") in ("quip", "canvas", "list")
    return safe_link(file.get("permalink")) if document else ""


def safe_link(link: object) -> str:
    """Return a link if it leads to a page by HTTPS, otherwise ``""``."""
    text = str(link or "")
    return text if text.startswith("https://") and not any(sign.isspace() for sign in text) else ""


def _announced(answer: Any, info: Mapping[str, Any]) -> set[int]:
    """The announced number of bytes; 0 if unknown. Snippets and posts differ from what Slack says."""
    announced = int(info.get("size") or 0) if info.get("mode") == "hosted" else 0
    return {int(answer.headers.get("Content-Length") or 0), announced}


def _login_page(answered: str, first: bytes, kind: str) -> bool:
    """Is it the login page that Slack answers with (status 200) if the scope is missing?"""
    looks = first[:200].lstrip().lower().startswith((b"<!doctype html", b"<html"))
    return (answered == "text/html" or looks) and kind != "text/html"

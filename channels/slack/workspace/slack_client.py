"""Slack's client over connections that are kept for a while; by itself it opens one for each call."""

from __future__ import annotations

import ssl
import time
from copy import copy
from email.message import Message
from io import BytesIO
from typing import Any, Self, cast
from urllib.error import HTTPError, URLError
from urllib.parse import unquote
from urllib.request import Request

import urllib3
from slack_sdk import WebClient
from urllib3.exceptions import ProtocolError, ReadTimeoutError

A_WHILE = 20.0
"""Seconds for which connections are kept: shorter than servers and what lies between (NAT) keep quiet ones."""
KEPT = 64
"""Connections that are kept: more than there are threads that call at once."""


class SlackClient(WebClient):
    """``slack_sdk.WebClient``, whose calls share connections. Safe between threads."""

    def __init__(self, token: str, *, base_url: str, timeout: int) -> None:
        """Without the client's own retries.

        A message whose answer was lost is looked for before it is posted again.
        """
        context = ssl.create_default_context() if base_url.startswith("https:") else None  # 5 ms each
        super().__init__(token, base_url=base_url, timeout=timeout, ssl=context, retry_handlers=[])
        self._connections = KeptConnections(self.proxy, context)

    def like(self, other: WebClient) -> Self:
        """A client that calls as the other would, over these connections."""
        twin = copy(self)
        vars(twin).update(vars(other))
        return twin

    def _perform_urllib_http_request_internal(self, url: str, req: Request) -> dict[str, Any]:
        """As in ``BaseClient`` (slack_sdk 3.48): raises what ``urlopen`` raises."""
        answer = self._connections.post(
            url, cast("bytes | None", req.data), dict(req.header_items()), timeout=self.timeout
        )
        if answer.status >= 300:
            raise HTTPError(url, answer.status, answer.reason or "", _message(answer), BytesIO(answer.data))
        return {"status": answer.status, "headers": dict(answer.headers), "body": answer.data.decode()}


class KeptConnections:
    """Connections that are kept for a while, through the proxy if there is one. Safe between threads."""

    def __init__(self, proxy: str | None, context: ssl.SSLContext | None) -> None:
        self._pools = _pools(proxy, context)
        self._until = 0.0

    def post(
        self, url: str, body: bytes | None, headers: dict[str, str], *, timeout: float
    ) -> urllib3.BaseHTTPResponse:
        """One request, and its whole answer whatever its status. Raises what ``urlopen`` raises."""
        if time.monotonic() > self._until:
            self._pools.clear()  # one that is in use is closed after it
            self._until = time.monotonic() + A_WHILE
        try:
            return self._pools.request(
                "POST", url, body=body, headers=headers, timeout=timeout, retries=False, redirect=False
            )
        except urllib3.exceptions.HTTPError as error:
            raise _as_urlopen_says(error) from error


def _pools(proxy: str | None, context: ssl.SSLContext | None) -> urllib3.PoolManager:
    if not proxy:
        return urllib3.PoolManager(maxsize=KEPT, ssl_context=context)
    auth = urllib3.util.parse_url(proxy).auth
    headers = urllib3.make_headers(proxy_basic_auth=unquote(auth)) if auth else None
    return urllib3.ProxyManager(proxy, proxy_headers=headers, maxsize=KEPT, ssl_context=context)


def _as_urlopen_says(error: urllib3.exceptions.HTTPError) -> Exception:
    """The error that ``urlopen`` raises in this case, which slack_sdk's retries and our callers know."""
    if isinstance(error, ReadTimeoutError):
        return TimeoutError(str(error))
    if isinstance(error, ProtocolError) and isinstance(error.args[-1], Exception):
        return error.args[-1]  # ConnectionResetError, RemoteDisconnected, IncompleteRead
    return URLError(error)


def _message(answer: urllib3.BaseHTTPResponse) -> Message:
    headers = Message()
    for name, value in answer.headers.items():
        headers[name] = value
    return headers

"""An OAuth provider on loopback, for tests."""

from __future__ import annotations

import http.server
import json
import threading
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.support.houses.dovecot import USER


class Provider:
    """An OAuth provider: hands out access tokens, a new refresh token each time, and vouches for them."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/token"
        self.check_url = f"http://127.0.0.1:{port}/check?token="
        self.asked: list[dict[str, str]] = []
        self.seen: list[str] = []
        """The paths of what was asked by GET."""
        self.error = ""
        self.good = True
        self.lifetime = 3600
        self.answer: Any = None
        """What it answers instead of a token."""


@contextmanager
def provider() -> Iterator[Provider]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            form = self.rfile.read(int(self.headers["Content-Length"])).decode()
            there.asked.append(dict(urllib.parse.parse_qsl(form)))
            token = f"access-{len(there.asked)}"
            usual = {"access_token": token, "expires_in": there.lifetime, "refresh_token": "next"}
            answer = usual if there.answer is None else there.answer
            self._answer(400 if there.error else 200, {"error": there.error} if there.error else answer)

        def do_GET(self) -> None:
            there.seen.append(self.path)
            self._answer(200 if there.good else 401, {"email": USER, "active": there.good})

        def _answer(self, status: int, answer: Any) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, *args: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http_server:
        there = Provider(http_server.server_port)
        threading.Thread(target=http_server.serve_forever, daemon=True).start()
        try:
            yield there
        finally:
            http_server.shutdown()

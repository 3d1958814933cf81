"""Signed HTTP: deliveries to the app's request URL (docs.slack.dev: "Verifying requests from Slack")."""

from __future__ import annotations

import asyncio
import http.client
import json
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode, urlsplit

from slack_sdk.signature import SignatureVerifier

from rehearsal.slack.wire.wire import PATIENCE, Json, Outcome
from rehearsal.slack.workspace.workspace import Workspace


class Requests:
    """Posts to the request URL from a pool of threads of its own."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._pool = ThreadPoolExecutor(32, thread_name_prefix="slack-requests")

    async def send(self, kind: str, payload: Json, *, attempt: int, reason: str) -> Outcome:
        """One request and its answer; 2xx within three seconds is an ack."""
        start = time.perf_counter()
        loop = asyncio.get_running_loop()
        try:
            work = loop.run_in_executor(self._pool, self._post, kind, payload, attempt, reason)
            outcome = await asyncio.wait_for(work, self._workspace.app.patience)
        except TimeoutError:
            outcome = Outcome(False, "http_timeout")
        except (OSError, http.client.HTTPException):
            outcome = Outcome(False, "connection_failed")
        ms = round((time.perf_counter() - start) * 1000, 3)
        if outcome.acked and self._workspace.faults.take("no_ack"):
            return Outcome(False, "http_timeout", ms=ms)
        return Outcome(outcome.acked, outcome.reason, outcome.body, ms, outcome.stop)

    def close(self) -> None:
        """Close the pool without waiting for requests."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _post(self, kind: str, payload: Json, attempt: int, reason: str) -> Outcome:
        url = urlsplit(self._workspace.app.request_url)
        body, content = _body(kind, payload)
        headers = {"Content-Type": content, **self.sign(body), "User-Agent": "Slackbot 1.0 (+rehearsal)"}
        if attempt:
            headers |= {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": reason}
        line = http.client.HTTPConnection(url.hostname or "", url.port, timeout=PATIENCE)
        try:
            line.request("POST", url.path or "/", body, headers)
            return _read(line.getresponse())
        finally:
            line.close()

    def sign(self, body: bytes) -> dict[str, str]:
        """The two headers that prove it is Slack, ``v0``."""
        stale = self._workspace.faults.take("stale")
        forged = self._workspace.faults.take("forged", arguments=body)
        stamp = str(int(time.time() - ((stale.seconds or 400) if stale else 0)))
        secret = "somebody else's" if forged else self._workspace.app.signing_secret
        signature = SignatureVerifier(secret).generate_signature(timestamp=stamp, body=body)
        return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature or ""}


def _body(kind: str, payload: Json) -> tuple[bytes, str]:
    if kind == "events_api":
        return json.dumps(payload).encode(), "application/json"
    form = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
    return urlencode(form).encode(), "application/x-www-form-urlencoded"


def _read(answer: http.client.HTTPResponse) -> Outcome:
    text = answer.read().decode("utf-8", "replace")
    if not 200 <= answer.status < 300:
        return Outcome(False, "http_error", stop=answer.headers.get("X-Slack-No-Retry") == "1")
    if not text.strip():
        return Outcome(True)
    try:
        body = json.loads(text)
    except ValueError:
        return Outcome(True, body={"text": text})
    return Outcome(True, body=body if isinstance(body, dict) else {"text": text})

"""Slack by HTTP: who has the secret and talks nonsense is told so, and who says nothing is not waited for."""

from __future__ import annotations

import json
import socket
from typing import Any
from urllib.parse import urlencode

import pytest

from channels.slack.http import LARGEST
from channels.web.http import body_stream
from tests.slack.inbound.test_app import COMMAND, asked, kept, signed
from tests.support.houses.house import until
from tests.support.houses.slack_house import SlackHouse

__all__ = ["signed"]

FORM_SENT = {"id": "V1", "callback_id": "reply", "blocks": [], "state": {"values": {}}}


@pytest.mark.parametrize(
    "said",
    [
        {"type": "event_callback", "team_id": "T0HOME", "event": None},
        {"type": "event_callback", "team_id": "T0HOME", "event": "hello"},
        {"type": "event_callback", "authorizations": "T0HOME", "event": {"type": "message"}},
        {"type": "view_submission", "user": {"id": "U0ANA"}, "view": FORM_SENT | {"state": {"values": []}}},
        {
            "type": "view_submission",
            "user": {"id": "U0ANA"},
            "view": FORM_SENT | {"state": {"values": {"text": 5}}},
        },
        {"type": "view_submission", "user": None, "view": FORM_SENT},
        {"type": "block_actions", "user": {"id": "U0ANA"}, "actions": ["case_take"]},
        {"type": "block_actions", "user": "U0ANA", "actions": []},
    ],
)
def test_what_slack_would_never_send_is_400_and_one_line_in_the_log(
    signed: SlackHouse, said: dict[str, Any], capfd: pytest.CaptureFixture[str]
) -> None:
    body = json.dumps(said).encode()
    form = urlencode({"payload": json.dumps(said)}).encode()
    assert asked(signed, body if said["type"] == "event_callback" else form) == 400
    told = "".join(capfd.readouterr())
    assert told.count("a request signed by Slack cannot be read") == 1
    assert "Traceback" not in told
    assert kept(signed) == 0


def test_refused_and_abandoned_requests_release_their_memory(
    signed: SlackHouse,
) -> None:
    host, _, port = signed.web.partition(":")
    large = COMMAND + b"&more=" + b"x" * 1_900_000
    for _ in range(10):
        assert asked(signed, large, secret="another secret") == 401
        assert asked(signed, large + b"x" * LARGEST) == 413
        with socket.create_connection((host, int(port)), timeout=60) as wire:
            wire.sendall(b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 1999999\r\n\r\n" + large)
    assert until(lambda: asked(signed, large) == 200)


def test_who_sends_to_slacks_route_and_goes_silent_is_let_go(
    signed: SlackHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(body_stream, "SILENCE", 0.5)
    host, _, port = signed.web.partition(":")
    with socket.create_connection((host, int(port)), timeout=60) as wire:
        wire.sendall(b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{")
        assert wire.recv(100).startswith(b"HTTP/1.1 408")

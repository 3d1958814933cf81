"""The control API: another process acts in the rehearsal workspace, and watches."""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from rehearsal.slack.server import Server
from tests.support.houses.slack_app import Heard, connected


class Caller:
    def __init__(self, site: str) -> None:
        self.site = site

    def __call__(self, path: str, body: Any = None, *, method: str = "") -> dict[str, Any]:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.site}/rehearsal/{path}", data, method=method or None)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                found: dict[str, Any] = json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                found = json.load(error)
        return found

    def act(self, act: str, user: str, **facts: Any) -> dict[str, Any]:
        return self("act", {"act": act, "user": user, **facts})


@pytest.fixture
def call(server: Server) -> Caller:
    return Caller(server.site)


def test_it_works(call: Caller) -> None:
    said = call.act("post", "ana", channel="general", text="hello")
    state = call("state?user=ana")
    [general] = [channel for channel in state["channels"] if channel["name"] == "general"]
    [message] = general["messages"]
    assert (message["ts"], message["name"], message["text"]) == (said["ts"], "Ana Acme", "hello")
    assert {channel["name"] for channel in state["channels"]} == {"general", "acme"}
    assert state["team"]["id"] == "T0HOME"


def test_a_case_is_opened_by_somebody_elsewhere(server: Server, call: Caller) -> None:
    with connected(server, Heard()):
        seen = call.act("slash", "ana", channel="general", text="/case new", wait=5)
        assert (seen["acked"], seen["error"], seen["modal"]["depth"]) == (True, "", 1)
        view = seen["modal"]["id"]
        call.act("type", "ana", view=view, block_id="subject", text="No delivery")
        call.act("choose", "ana", view="modal", block_id="type", value="api", wait=5)
        file = {"name": "a.csv", "base64": base64.b64encode(b"a,b").decode()}
        call.act("attach", "ana", view="modal", block_id="files", files=[file])
        done = call.act("submit", "ana", view="modal")
        assert (done["errors"], done["modal"]["callback_id"]) == ({}, "done")
        call.act("close", "ana", view="modal")
        server.workspace.wait_for(lambda: server.workspace.channel("triage").messages)
        state = call("state")
        [card] = next(each["messages"] for each in state["channels"] if each["name"] == "triage")
        assert (card["name"], card["bot"], state["modals"]) == ("Case", True, {})
        clicked = call.act("click", "sam", channel="triage", ts=card["ts"], action_id="take", wait=5)
        assert clicked["ephemerals"][0]["text"] == "Yours now."
        assert call("state?user=sam")["ephemerals"]["U0SAM"][0]["ephemeral"] is True
        home = call.act("open_home", "sam", wait=5)["home"]
        assert home["type"] == "home"


def test_nonsense_is_answered(call: Caller) -> None:
    for act in (
        {"act": "dance", "user": "ana"},
        {"act": "post", "user": "nobody", "channel": "general", "text": "x"},
        {"act": "post", "user": "ana", "channel": "triage", "text": "x"},
        {"act": "post", "user": "ana"},
        {"act": "submit", "user": "ana", "view": "modal"},
        {"act": "react", "user": "ana", "channel": "general", "ts": "1", "emoji": "eyes"},
    ):
        answer = call("act", act)
        assert answer["ok"] is False
        assert answer["error"]


def test_a_stream_tells_what_changed(server: Server) -> None:
    request = urllib.request.Request(
        f"{server.site}/rehearsal/events", headers={"Accept": "text/event-stream"}
    )
    with urllib.request.urlopen(request, timeout=60) as stream:
        assert stream.readline() == b": here\n"
        server.people.post("ana", "general", "hello")
        lines = iter(stream.readline, b"")
        [change] = [json.loads(line[6:]) for line in _until_data(lines)]
    assert change["what"] == "message"


def _until_data(lines: Iterator[bytes]) -> Iterator[bytes]:
    for line in lines:
        if line.startswith(b"data: "):
            yield line
            return

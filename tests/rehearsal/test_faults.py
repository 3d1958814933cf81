"""Faults on request: limits, refusals, lost answers, and a workspace that is away for a while."""

from __future__ import annotations

import socket

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

from rehearsal.slack.server import Server
from rehearsal.slack.workspace.faults import NAMES
from rehearsal.slack.workspace.workspace import Workspace


def test_rate_limits_are_kept_on_request(client: WebClient, workspace: Workspace) -> None:
    workspace.app.limits = True
    for _ in range(5):
        client.chat_postMessage(channel="C0TRIAGE", text="x")
    with pytest.raises(SlackApiError) as error:
        client.chat_postMessage(channel="C0TRIAGE", text="x")
    assert error.value.response.status_code == 429
    assert error.value.response.headers["retry-after"] == "1"
    client.chat_postMessage(channel="C0GENERAL", text="another channel")


def test_faults_strike_as_often_as_told(client: WebClient, server: Server, workspace: Workspace) -> None:
    faults = workspace.faults
    faults.add("error", method="chat.postMessage", error="fatal_error", times=1)
    with pytest.raises(SlackApiError, match="fatal_error"):
        client.chat_postMessage(channel="C0TRIAGE", text="x")
    client.chat_postMessage(channel="C0TRIAGE", text="one")
    faults.add("ratelimited", times=1, retry_after=1)
    client.retry_handlers.append(RateLimitErrorRetryHandler(max_retry_count=1))
    client.chat_postMessage(channel="C0TRIAGE", text="two")
    faults.add("down", times=1)
    with pytest.raises(SlackApiError) as error:
        client.chat_postMessage(channel="C0TRIAGE", text="x")
    assert error.value.response.status_code == 503
    faults.add("lost", method="chat.postMessage", times=1)
    client.retry_handlers.clear()
    with pytest.raises(Exception, match="closed"):
        client.chat_postMessage(channel="C0TRIAGE", text="three")
    texts = [message.text for message in workspace.channel("triage").messages.values()]
    assert texts == ["one", "two", "three"], "what was lost was done"
    [lost] = workspace.transcript.calls("chat.postMessage", lost=True)
    assert lost["text"] == "three"
    assert not any(map(faults.take, NAMES))


def test_a_workspace_can_be_away_for_a_while(client: WebClient, server: Server) -> None:
    server.refuse(0.5)
    server.workspace.wait_for(lambda: _refuses(server.port))
    server.workspace.wait_for(lambda: not _refuses(server.port))
    assert client.auth_test()["ok"]


def _refuses(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0

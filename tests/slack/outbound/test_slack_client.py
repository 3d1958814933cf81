"""Calls of Slack share connections, and whatever becomes of these is told as Slack's own client tells it."""

from __future__ import annotations

import base64
import socket
import threading
import time
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path
from urllib.error import URLError

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from channels.slack.workspace import slack_client
from channels.slack.workspace.slack_client import SlackClient
from rehearsal.ports import free_port
from rehearsal.slack.server import Server
from tests.support.houses.house import until
from tests.support.mail.proxy import Proxy
from tests.support.setup import certificates
from tests.support.setup.fixtures import open_per_test

slack = open_per_test(Server)


@pytest.fixture
def line(slack: Server) -> Iterator[Proxy]:
    with Proxy(slack.port) as line:
        yield line


def client_of(slack: Server, port: int, *, timeout: int = 5) -> SlackClient:
    address = slack.url.replace(f":{slack.port}", f":{port}")
    return SlackClient(slack.workspace.app.bot_token, base_url=address, timeout=timeout)


def test_many_calls_go_over_one_connection(slack: Server, line: Proxy) -> None:
    client = client_of(slack, line.port)
    stamps = {client.chat_postMessage(channel="C0GENERAL", text=f"No. {n}")["ts"] for n in range(20)}
    assert (len(stamps), line.connections) == (20, 1)


def test_tls_is_spoken_once_for_many_calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = certificates.make(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", made.file)
    with Server(certificate=(made.file, made.key)) as slack, Proxy(slack.port) as line:
        client = client_of(slack, line.port)
        assert all(client.auth_test()["ok"] for _ in range(5))
        assert line.connections == 1


def test_nothing_is_said_to_whom_nobody_vouches_for(tmp_path: Path) -> None:
    made = certificates.make(tmp_path)
    with Server(certificate=(made.file, made.key)) as slack, pytest.raises(URLError, match="verify failed"):
        client_of(slack, slack.port).auth_test()


def test_slack_may_hang_up_between_two_calls(slack: Server, line: Proxy) -> None:
    client = client_of(slack, line.port)
    for calls in range(1, 4):
        assert client.auth_test()["ok"]
        assert until(lambda expected=calls: line.connections == expected)  # type: ignore[misc]
        line.cut()


def test_who_answers_nothing_is_not_waited_for(slack: Server, line: Proxy) -> None:
    client = client_of(slack, line.port, timeout=1)
    client.auth_test()
    line.freeze()
    with pytest.raises(TimeoutError):
        client.auth_test()
    assert client.auth_test()["ok"]


def test_an_answer_that_was_lost_is_an_error(slack: Server, line: Proxy) -> None:
    slack.workspace.faults.add("lost", method="auth.test", times=1)
    with pytest.raises((OSError, HTTPException)):
        client_of(slack, line.port).auth_test()


def test_nobody_there_is_an_error() -> None:
    nowhere = SlackClient("xoxb-1", base_url=f"http://127.0.0.1:{free_port()}/api/", timeout=1)
    with pytest.raises(URLError, match="refused"):
        nowhere.auth_test()


def test_a_pause_that_slack_asks_for_is_told_with_its_length(slack: Server) -> None:
    slack.workspace.faults.add("ratelimited", method="auth.test", times=1, retry_after=7)
    with pytest.raises(SlackApiError) as told:
        client_of(slack, slack.port).auth_test()
    assert told.value.response.status_code == 429
    assert told.value.response.headers["Retry-After"] == "7"


def test_another_client_goes_over_the_same_connections(slack: Server, line: Proxy) -> None:
    client = client_of(slack, line.port)
    client.auth_test()
    other = WebClient("xoxb-of-nobody", base_url=client.base_url, team_id="T0HOME")
    with pytest.raises(SlackApiError, match="invalid_auth"):
        client.like(other).auth_test()
    assert client.auth_test()["ok"]
    assert line.connections == 1


def test_a_connection_is_not_kept_for_ever(
    slack: Server, line: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slack_client, "A_WHILE", 0.2)
    client = client_of(slack, line.port)
    client.auth_test()
    time.sleep(0.3)
    client.auth_test()
    assert line.connections == 2


def test_a_proxy_is_told_who_asks_and_whom(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://me:p%40ss@127.0.0.1:{proxy.getsockname()[1]}")
        asked: list[bytes] = []

        def refuse() -> None:
            asking, _ = proxy.accept()
            with asking:
                asked.append(asking.recv(4096))
                asking.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")

        thread = threading.Thread(target=refuse)
        thread.start()
        with pytest.raises(URLError):
            SlackClient("xoxb-1", base_url="https://slack.invalid/api/", timeout=60).auth_test()
        thread.join(60)
    assert asked[0].startswith(b"CONNECT slack.invalid:443 ")
    assert base64.b64encode(b"me:p@ss") in asked[0]

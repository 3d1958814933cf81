"""Socket Mode of the rehearsal workspace, with slack_sdk's own client."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.socket_mode import SocketModeClient
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.webhook import WebhookClient

from rehearsal.slack.server import Server
from tests.support.houses.slack_app import hang_up

Answer = Callable[[SocketModeRequest], bool]


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        server.workspace.app.retry_scale = 0.001
        yield server


@contextmanager
def listening(
    server: Server, got: list[SocketModeRequest], answer: Answer = lambda request: True
) -> Iterator[SocketModeClient]:
    web = WebClient(token=server.workspace.app.bot_token, base_url=server.url)
    client = SocketModeClient(
        server.workspace.app.app_token, web_client=web, ping_interval=0.5, logger=logging.getLogger("sockets")
    )

    def listen(client: BaseSocketModeClient, request: SocketModeRequest) -> None:
        got.append(request)
        if answer(request):
            client.send_socket_mode_response(SocketModeResponse(request.envelope_id))

    client.socket_mode_request_listeners.append(listen)
    before = server.connected
    client.connect()
    server.workspace.wait_for(lambda: server.connected > before)
    try:
        yield client
    finally:
        hang_up(server, client)


def texts(got: list[SocketModeRequest]) -> list[Any]:
    return [request.payload["event"]["text"] for request in got]


def test_it_works(server: Server) -> None:
    got: list[SocketModeRequest] = []
    with listening(server, got):
        server.people.post("ana", "general", "hello")
        server.workspace.wait_for(lambda: server.workspace.transcript.deliveries("message", acked=True))
    assert (got[0].type, got[0].retry_attempt, got[0].payload["type"]) == ("events_api", 0, "event_callback")


def test_an_event_that_is_not_acked_comes_again_three_times(server: Server) -> None:
    got: list[SocketModeRequest] = []
    with listening(server, got, lambda request: request.retry_attempt == 1):
        server.people.post("ana", "general", "hello")
        server.workspace.wait_for(lambda: server.workspace.transcript.deliveries("message", acked=True))
    assert [request.retry_attempt for request in got] == [0, 1]
    assert got[1].retry_reason == "http_timeout"
    assert got[0].payload["event_id"] == got[1].payload["event_id"]
    assert got[0].envelope_id != got[1].envelope_id


def test_acks_that_are_lost_bring_the_event_again(server: Server) -> None:
    got: list[SocketModeRequest] = []
    server.workspace.faults.add("no_ack", times=1)
    with listening(server, got):
        server.people.post("ana", "general", "hello")
        server.workspace.wait_for(lambda: server.workspace.transcript.deliveries("message", acked=True))
    assert len(got) == 2


def test_an_event_nobody_takes_is_tried_four_times(server: Server) -> None:
    server.people.post("ana", "general", "hello")
    server.workspace.wait_for(lambda: len(server.workspace.transcript.deliveries("message")) == 4)
    tries = server.workspace.transcript.deliveries("message")
    assert [(each["try"], each["reason"]) for each in tries] == [(n, "connection_failed") for n in range(4)]


def test_duplicates_come_at_once(server: Server) -> None:
    got: list[SocketModeRequest] = []
    server.workspace.faults.add("duplicate", copies=4)
    with listening(server, got):
        server.people.post("ana", "general", "hello")
        server.workspace.wait_for(
            lambda: len(server.workspace.transcript.deliveries("message", acked=True)) == 4
        )
    assert len({request.payload["event_id"] for request in got}) == 1


def test_each_payload_goes_to_one_of_several_sockets(server: Server) -> None:
    one: list[SocketModeRequest] = []
    other: list[SocketModeRequest] = []
    with listening(server, one), listening(server, other):
        for number in range(10):
            server.people.post("ana", "general", str(number))
        server.workspace.wait_for(lambda: len(one) + len(other) == 10)
    assert len(one) == len(other) == 5
    assert sorted(texts(one) + texts(other)) == [str(number) for number in range(10)]


@pytest.mark.parametrize("reason", ["refresh_requested", "warning"])
def test_a_client_that_is_asked_comes_again(server: Server, reason: str) -> None:
    got: list[SocketModeRequest] = []
    with listening(server, got):
        server.refresh(reason)
        calls = server.workspace.transcript.calls
        server.workspace.wait_for(lambda: len(calls("apps.connections.open")) == 2 and server.connected == 1)
        server.people.post("ana", "general", "hello")
        server.workspace.wait_for(lambda: got)
    assert set(texts(got)) == {"hello"}, "the client may be deaf for three seconds, and hear it twice then"


def test_a_response_url_is_good_five_times(server: Server) -> None:
    got: list[SocketModeRequest] = []
    with listening(server, got):
        assert server.people.slash("ana", "general", "/case help").acked
    hook = WebhookClient(got[0].payload["response_url"])
    answers = [hook.send(text=str(number)) for number in range(6)]
    assert [(each.status_code, each.body) for each in answers[:5]] == [(200, "ok")] * 5
    assert (answers[5].status_code, "used_url" in answers[5].body) == (404, True)
    assert [each.text for each in server.workspace.ephemerals] == ["0", "1", "2", "3", "4"]


def test_a_cut_is_an_end_of_file_without_a_close_frame(server: Server) -> None:
    web = WebClient(token=server.workspace.app.bot_token, base_url=server.url)
    url = web.apps_connections_open(app_token=server.workspace.app.app_token)["url"]
    with _handshake(server, url) as line:
        server.workspace.wait_for(lambda: server.connected)
        server.cut()
        rest = b"".join(iter(lambda: line.recv(4096), b""))
    assert b'"type": "hello"' in rest
    assert not rest.endswith(b"\x88"), "no close frame"
    assert rest.endswith(b"}")
    server.workspace.wait_for(lambda: not server.connected)


def test_a_client_that_stands_still_is_given_up_on_although_its_connection_is_full(server: Server) -> None:
    web = WebClient(token=server.workspace.app.bot_token, base_url=server.url)
    url = web.apps_connections_open(app_token=server.workspace.app.app_token)["url"]
    server.workspace.app.patience = 0.3
    with _handshake(server, url):  # which takes in nothing from now on
        server.workspace.wait_for(lambda: server.connected)
        for _ in range(400):
            server.people.post("ana", "general", "many words " * 3_000)
        seen = server.people.slash("ana", "general", "/case list")
    assert not seen.acked
    assert server.workspace.transcript.deliveries("/case", reason="http_timeout")


def test_a_ticket_is_good_once(server: Server) -> None:
    web = WebClient(token=server.workspace.app.bot_token, base_url=server.url)
    url = web.apps_connections_open(app_token=server.workspace.app.app_token)["url"]
    with _handshake(server, url) as line:
        assert line.recv(12) == b"HTTP/1.1 101"
    with _handshake(server, url) as line:
        assert line.recv(12) == b"HTTP/1.1 403"


def _handshake(server: Server, url: str) -> socket.socket:
    line = socket.create_connection(("127.0.0.1", server.port), timeout=60)
    path = "/" + url.split("/", 3)[3]
    line.sendall(
        f"GET {path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    return line

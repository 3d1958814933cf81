"""Signed HTTP from the rehearsal workspace, to bolt behind its own Starlette adapter."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import uvicorn
from slack_bolt import App
from slack_bolt.adapter.starlette.handler import SlackRequestHandler
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rehearsal.slack.server import Server
from tests.support.houses.slack_app import Heard, build


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        server.workspace.app.retry_scale = 0.001
        yield server


@pytest.fixture
def heard(server: Server) -> Iterator[Heard]:
    heard = Heard()
    with serving(build(server, heard)) as url:
        server.workspace.app.request_url = url
        yield heard


@contextmanager
def serving(app: App) -> Iterator[str]:
    handler = SlackRequestHandler(app)

    async def events(request: Request) -> Response:
        return await handler.handle(request)

    site = Starlette(routes=[Route("/slack/events", events, methods=["POST"])])
    config = uvicorn.Config(site, port=0, log_config=None, access_log=False, lifespan="off")
    web = uvicorn.Server(config)
    thread = threading.Thread(target=web.run)
    thread.start()
    while not web.started:
        time.sleep(0.01)
    port = web.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}/slack/events"
    web.should_exit = True
    thread.join()


def test_it_works(server: Server, heard: Heard) -> None:
    server.people.post("ana", "general", "hello")
    server.workspace.wait_for(lambda: heard.named("message"))
    [delivery] = server.workspace.wait_for(lambda: server.workspace.transcript.deliveries("message"))
    assert (delivery["via"], delivery["acked"]) == ("http", True)


def test_a_modal_opens_and_its_errors_come_back(server: Server, heard: Heard) -> None:
    people = server.people
    assert people.slash("ana", "general", "/case help").text == "Not a verb: help"
    assert people.slash("ana", "general", "/case new", wait=5).modal
    people.type_into("ana", "modal", "subject", "bad")
    people.choose("ana", "modal", "type", "api", wait=5)
    assert people.submit("ana", "modal").errors == {"subject": "Please say more."}


@pytest.mark.parametrize("fault", ["forged", "stale"])
def test_a_wrong_signature_reaches_nobody(server: Server, heard: Heard, fault: str) -> None:
    server.workspace.faults.add(fault)
    server.people.post("ana", "general", "hello")
    server.workspace.wait_for(lambda: len(server.workspace.transcript.deliveries("message")) == 4)
    assert {each["reason"] for each in server.workspace.transcript.deliveries()} == {"http_error"}
    assert not heard.bodies
    assert server.people.slash("ana", "general", "/case new").error == "dispatch_failed"


def test_what_is_not_acked_comes_again_and_says_so(server: Server, heard: Heard) -> None:
    server.workspace.faults.add("no_ack", times=1)
    server.people.post("ana", "general", "hello")
    server.workspace.wait_for(lambda: server.workspace.transcript.deliveries("message", acked=True))
    first, second = heard.headers
    assert "x-slack-retry-num" not in first
    assert second["x-slack-retry-num"] == ["1"]
    assert second["x-slack-retry-reason"] == ["http_timeout"]


def test_an_app_that_is_away_is_tried_again(server: Server) -> None:
    server.workspace.app.request_url = "http://127.0.0.1:9/slack/events"
    server.people.post("ana", "general", "hello")
    server.workspace.wait_for(lambda: len(server.workspace.transcript.deliveries("message")) == 4)
    assert {each["reason"] for each in server.workspace.transcript.deliveries()} == {"connection_failed"}

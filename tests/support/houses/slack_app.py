"""A small app of bolt's, unmodified, for the rehearsal workspace: what casebot does, in a page."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.socket_mode import SocketModeClient

from rehearsal.slack.server import Server


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def option(value: str) -> dict[str, Any]:
    return {"text": plain(value.title()), "value": value}


def field(block_id: str, element: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "input", "block_id": block_id, "label": plain(block_id), "element": element, **more}


SUBJECT = field("subject", {"type": "plain_text_input", "action_id": "typed", "max_length": 150})
TYPE = field(
    "type",
    {"type": "static_select", "action_id": "chosen", "options": [option("report"), option("api")]},
    dispatch_action=True,
)
FILES = field("files", {"type": "file_input", "action_id": "held", "max_files": 2}, optional=True)


def modal(*blocks: dict[str, Any], callback_id: str = "new", **more: Any) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain("New case"),
        "submit": plain("Open"),
        "blocks": list(blocks or (SUBJECT, TYPE, FILES)),
        **more,
    }


class Heard:
    """What the app was told, in order."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.headers: list[dict[str, Any]] = []
        self.bodies: list[dict[str, Any]] = []
        self.silent = threading.Event()
        """Set: answer nothing."""

    def named(self, kind: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["type"] == kind]


def build(server: Server, heard: Heard) -> App:
    rehearsed = server.workspace.app
    app = App(
        client=WebClient(token=rehearsed.bot_token, base_url=server.url),
        signing_secret=rehearsed.signing_secret,
        raise_error_for_unhandled_request=False,
    )

    @app.middleware
    def listen(body: dict[str, Any], request: Any, next: Any) -> None:
        heard.bodies.append(body)
        heard.headers.append(dict(request.headers))
        if not heard.silent.is_set():
            next()

    @app.command("/case")
    def case(ack: Any, body: dict[str, Any], client: WebClient) -> None:
        if not body["text"].startswith("new"):
            ack(f"Not a verb: {body['text']}")
            return
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=modal())

    @app.action("chosen")
    def chosen(ack: Any, body: dict[str, Any], client: WebClient) -> None:
        ack()
        kind = body["actions"][0]["selected_option"]["value"]
        extra = field(f"category:{kind}", {"type": "plain_text_input", "action_id": "typed"}, optional=True)
        view = body["view"]
        client.views_update(view_id=view["id"], hash=view["hash"], view=modal(SUBJECT, TYPE, extra, FILES))

    @app.view("new")
    def submitted(ack: Any, view: dict[str, Any], client: WebClient) -> None:
        subject = view["state"]["values"]["subject"]["typed"]["value"]
        if subject == "bad":
            ack(response_action="errors", errors={"subject": "Please say more."})
            return
        ack(response_action="update", view=modal(SUBJECT, callback_id="done"))
        client.chat_postMessage(channel="C0TRIAGE", text=subject, blocks=card(subject))

    @app.action("take")
    def take(ack: Any, body: dict[str, Any], respond: Any) -> None:
        ack()
        if "response_url" in body:
            respond("Yours now.", response_type="ephemeral", replace_original=False)

    @app.options("people")
    def people(ack: Any, payload: dict[str, Any]) -> None:
        ack(options=[option(payload["value"] + "a"), option(payload["value"] + "b")])

    @app.event({"type": "app_home_opened"})
    def home(event: dict[str, Any], client: WebClient) -> None:
        client.views_publish(user_id=event["user"], view={"type": "home", "blocks": card("home")})

    @app.event({"type": re.compile(".*")})  # type: ignore[dict-item]
    def anything(event: dict[str, Any]) -> None:
        heard.events.append(event)

    return app


def card(words: str) -> list[dict[str, Any]]:
    button = {"type": "button", "action_id": "take", "text": plain("Take it"), "value": "1"}
    return [
        {"type": "section", "block_id": "words", "text": plain(words)},
        {"type": "actions", "block_id": "acts", "elements": [button]},
    ]


@contextmanager
def connected(server: Server, heard: Heard) -> Iterator[SocketModeHandler]:
    app = build(server, heard)
    handler = SocketModeHandler(app, server.workspace.app.app_token, ping_interval=0.5)
    handler.connect()  # type: ignore[no-untyped-call]
    server.workspace.wait_for(lambda: server.connected)
    try:
        yield handler
    finally:
        hang_up(server, handler.client)


def hang_up(server: Server, client: SocketModeClient) -> None:
    """Close a client. A cut wakes its receive, which would otherwise hold ``close`` for three seconds."""
    client.auto_reconnect_enabled = False
    server.cut()
    closing = threading.Thread(target=client.close)
    closing.start()
    while closing.is_alive():  # a session that just begins resets this, and would never end
        client.current_session_state.terminated = True
        closing.join(0.1)

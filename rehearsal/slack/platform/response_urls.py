"""Response URLs: an interaction's right to answer where it happened, five times within half an hour.

docs.slack.dev: "Handling user interaction", section "Message responses". ``thread_ts`` is known to ``in_channel``
answers only (section "Publishing responses in thread"): what one person alone sees stands in the channel, also where
they clicked in a thread (slackapi/node-slack-sdk, issue 674; slackapi/bolt-js, issue 963).
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from rehearsal.slack.platform.board import Board
from rehearsal.slack.rules import blocks
from rehearsal.slack.wire.capture import capture
from rehearsal.slack.wire.wire import Json, SlackError, secret
from rehearsal.slack.workspace.conversation import Channel, Message
from rehearsal.slack.workspace.workspace import Workspace

USES = 5
LIFE = 1800.0
"""Seconds."""


@dataclass(slots=True)
class Right:
    """Whose interaction it was, where, and about which message (None for commands)."""

    user: str
    channel: Channel
    message: Message | None
    dies: float
    uses: int = USES


class ResponseUrls:
    """Issues response URLs, and does what is posted to them."""

    def __init__(self, workspace: Workspace, board: Board) -> None:
        self.life = LIFE
        self._workspace, self._board = workspace, board
        self._rights: dict[str, Right] = {}
        self._lock = threading.Lock()

    def issue(self, user: str, channel: Channel, message: Message | None = None) -> str:
        """A new URL."""
        name = secret(24)
        with self._lock:
            self._rights[name] = Right(user, channel, message, time.monotonic() + self.life)
        kind = "actions" if message else "commands"
        return f"{self._workspace.site}/{kind}/{self._workspace.home.id}/{name}"

    def respond(self, name: str, body: Json) -> None:
        """Do what was posted to the URL; SlackError for one that is spent, late or unknown."""
        with self._lock:
            right = self._rights.get(name)
            if right is None or time.monotonic() > right.dies:
                raise SlackError("expired_url" if right else "no_service")
            if right.uses == 0:
                raise SlackError("used_url")
            right.uses -= 1
        self.say(right.user, right.channel, right.message, body=body)

    def say(self, user: str, channel: Channel, message: Message | None, *, body: Json) -> None:
        """Say or replace, as the body tells; also for a body that came with an ack."""
        capture("response", body)
        checked = blocks.message_blocks(body.get("blocks") or [])
        text = str(body.get("text") or "")
        if not text and not checked:
            raise SlackError("no_text")
        if body.get("replace_original") and message:
            self._replace(channel, message, text=text, blocks=checked)
        else:
            self._new(user, channel, message, text=text, blocks=checked, body=body)

    def _new(
        self,
        user: str,
        channel: Channel,
        message: Message | None,
        *,
        text: str,
        blocks: list[Json],
        body: Json,
    ) -> None:
        app = self._workspace.app
        new = Message(
            "", app.bot_user, text, self._workspace.home.id, blocks, bot_id=app.bot_id, app_id=app.id
        )
        if body.get("response_type") == "in_channel":
            new.thread_ts = str(body.get("thread_ts") or "")
            self._board.post(channel, new)
        else:
            self._board.whisper(channel, new, user)

    def _replace(self, channel: Channel, message: Message, *, text: str, blocks: list[Json]) -> None:
        if not message.ephemeral_to:
            self._board.edit(channel, message, text=text, blocks=blocks, by=self._workspace.app.bot_user)
            return
        with self._workspace.lock:
            message.text, message.blocks = text, blocks
            self._workspace.changed("ephemeral", user=message.ephemeral_to, channel=channel.id, ts=message.ts)

"""A message that somebody does something to by a sign, a shortcut or a button: its words and files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.channel.classification import Verdict
from bot.channel.context import ChannelContext
from bot.channel.outbound import DeliveryFailed
from bot.channel.protocols import Inbound, Letter
from bot.model.identity import Identity, Proof
from bot.queries.message_status import CaseAt, MessageStatus, RawOf, StatusOf
from channels.slack.inbound import forwarded
from channels.slack.inbound.authors import NOT_KNOWN_YET, Authors
from channels.slack.inbound.events import message_of
from channels.slack.inbound.message_files import Attached, MessageFiles, named
from channels.slack.inbound.message_text import MessageText
from channels.slack.inbound.read_later import ReadLater, ask
from channels.slack.text.markup import Emphasis
from channels.slack.workspace.settings import Settings
from channels.slack.workspace.workspace import Workspace

Json = Mapping[str, Any]
MOST = 100
"""Replies of a thread that go along with its first message."""


@dataclass(frozen=True, slots=True)
class MarkedMessage:
    """One message, and where it stands."""

    home: str
    channel: str
    body: Json
    us: str
    """Our own user id."""

    @property
    def ts(self) -> str:
        return str(self.body.get("ts"))

    @property
    def root(self) -> str:
        """The first message of its thread, or itself."""
        return str(self.body.get("thread_ts") or self.ts)

    @property
    def key(self) -> str:
        """Its key in the inbox, if it was kept."""
        return f"m:{self.home}/{self.channel}/{self.ts}"

    @property
    def address(self) -> str:
        """Its thread's."""
        return f"{self.home}/{self.channel}/{self.root}"

    @property
    def author(self) -> str:
        """Who wrote it; ``""``: we ourselves, or an app without a user."""
        user = str(self.body.get("user") or "")
        return "" if user == self.us else user


class MarkedMessages:
    """Finds such messages and reads them. Raises ``ReadLater`` while that is not possible."""

    def __init__(
        self,
        context: ChannelContext[Settings],
        authors: Authors,
        text: MessageText,
        attached: Attached,
        workspace: Workspace,
    ) -> None:
        self.context = context
        self.authors = authors
        self.signs = context.settings.signs
        self.desk_channels = workspace.desk_channels
        ours, none = context.mailboxes[0].address, Verdict(activity=False)
        self.nothing = Inbound(None, Proof.LINKED, none, ours, "", (), opens=False, addressed=False)
        """The reading of a letter that leads nowhere and asks nothing."""
        self._text = text
        self._attached = attached
        self._calls = workspace.posting

    def find(self, letter: Letter, home: str, channel: str, ts: str) -> MarkedMessage | None:
        """The message as Slack has it now, else as it was kept; None if there is none."""
        us = str(letter.envelope.get("bot_user") or "")
        try:
            body = next((each for each in self._thread(channel, ts) if each.get("ts") == ts), None)
        except ReadLater:
            if self.context.desk.now() - letter.received_at < NOT_KNOWN_YET:
                raise
            body = None
        body = body or self._as_kept(f"m:{home}/{channel}/{ts}")
        return MarkedMessage(home, channel, body, us) if body else None

    def status(self, letter: Letter, message: MarkedMessage) -> MessageStatus | None:
        """What became of the message itself, once that is decided."""
        status = ask(self.context.desk, StatusOf("slack", message.key))
        if status is not None and status.outcome == "waiting":
            self.authors.patiently(letter, "the message itself is not handled yet")
        return status

    def on_case(self, message: MarkedMessage, status: MessageStatus | None) -> bool:
        """Is it on a case, or in the thread of one?"""
        return bool(status and status.case) or bool(ask(self.context.desk, CaseAt("slack", message.address)))

    def writer(self, letter: Letter, message: MarkedMessage) -> Identity | None:
        """Whoever wrote it; None: nobody that the desk could know."""
        return self.authors.identity(self._team(letter, message), message.author) if message.author else None

    def words(self, letter: Letter, message: MarkedMessage) -> str:
        """Its words."""
        team = self._team(letter, message) if message.author else message.home
        return self._text.of(message.body, message.us, team)[0]

    def emphasis(self, message: MarkedMessage) -> Emphasis:
        """Which of its words are emphasised how."""
        return self._text.emphasis(message.body, message.home)

    def below(self, letter: Letter, message: MarkedMessage) -> str:
        """What stands below it, each with its author; ``""`` for a reply."""
        if message.root != message.ts or not message.body.get("reply_count"):
            return ""
        thread = self._thread(message.channel, message.ts)
        below = [reply for reply in thread if reply.get("ts") != message.ts][:MOST]
        replies = (MarkedMessage(message.home, message.channel, reply, message.us) for reply in below)
        parts = [self.quoted(letter, reply) for reply in replies if reply.author]
        return "\n\n".join(parts)

    def quoted(self, letter: Letter, message: MarkedMessage) -> str:
        """Its words below its author's name."""
        name = self.authors.name(message.home, message.author) if message.author else "An app"
        return f"{name}:\n{self.words(letter, message)}".strip()

    def files(self, letter: Letter, message: MarkedMessage, by: Json, *, alone: bool) -> MessageFiles:
        """Its files; those that are not here yet follow the letter, on behalf of ``by``."""
        files = [named(file) for file in forwarded.files(message.body)]
        if not files:
            return MessageFiles()
        about = {"place": message.address, **by, "after": letter.key}
        if alone:
            return self._attached.of_letter(letter, {**about, "files": files})
        return self._attached.with_words(letter, files, about, case_known=True)

    def _team(self, letter: Letter, message: MarkedMessage) -> str:
        event = {"event": message.body, "authorizations": [{"team_id": message.home}]}
        return self.authors.team(letter, event, message.body)

    def _thread(self, channel: str, ts: str) -> list[Json]:
        """Return a message as Slack has it now, and the replies below it; empty if it is gone.

        docs.slack.dev: "conversations.replies". Raises ``ReadLater`` while Slack does not answer.
        """
        try:
            return self._calls.thread(channel, ts, most=MOST + 1)
        except DeliveryFailed as failure:
            if failure.permanent:
                return []
            raise ReadLater(str(failure), failure.after or 5.0) from None

    def _as_kept(self, key: str) -> Json | None:
        raw = ask(self.context.desk, RawOf("slack", key))
        return message_of(json.loads(raw)["event"]) if raw else None


def made_of(letter: str) -> str:
    """Return the key of the receipt for a case opened from a message."""
    return f"create:{letter}:{Proof.LINKED.value}"

"""The board: what stands in the workspace's channels, as people there find it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator

from rehearsal.slack.workspace.conversation import Message
from rehearsal.slack.workspace.workspace import Workspace

_NUMBER = re.compile(r"CS-(\d{6,})")


class Board:
    """A look at what the house has posted so far."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def cards(self) -> dict[int, Message]:
        """The first card of each case."""
        found: dict[int, Message] = {}
        for message in self._roots("C0TRIAGE"):
            if number := _NUMBER.search(message.text):
                found.setdefault(int(number[1]), message)
        return found

    def card_counts(self) -> Counter[int]:
        """Return the number of cards of each case."""
        numbers = [_NUMBER.search(message.text) for message in self._roots("C0TRIAGE")]
        return Counter(int(number[1]) for number in numbers if number)

    def own(self, user: str) -> dict[int, Message]:
        """A customer's cases: what their threads in the direct messages hang on."""
        workspace = self._workspace
        channel = workspace.direct(workspace.user("@app").id, workspace.user(user).id)
        found: dict[int, Message] = {}
        for message in self._roots(channel.id):
            if number := _NUMBER.search(message.text + json.dumps(message.blocks)):
                found.setdefault(int(number[1]), message)
        return found

    def posted(self) -> Counter[int]:
        """How often each delivery of the outbox stands anywhere, by its id in the metadata."""
        return Counter(one for one, _ in self._notices())

    def posts(self, delivery: int) -> list[float]:
        """When it was posted, each time, in seconds since 1970."""
        return sorted(float(ts) for one, ts in self._notices() if one == delivery)

    def signs(self, address: str) -> list[str]:
        """The reactions of the house at a message, ``TEAM/CHANNEL/TS``."""
        _, channel, ts = address.split("/")
        with self._workspace.lock:
            reactions = self._workspace.message(channel, ts).reactions
            return [name for name, users in reactions.items() if self._workspace.app.bot_user in users]

    def _notices(self) -> list[tuple[int, str]]:
        """Delivery and ts of each message of the house that tells one."""
        with self._workspace.lock:
            said = [
                message
                for channel in self._workspace.channels.values()
                for message in channel.messages.values()
            ]
        ids = (str((message.metadata or {}).get("event_payload", {}).get("id") or "") for message in said)
        # a card that stands in for one that was deleted has the id of what is said below it, and "/card"
        return [
            (int(one), message.ts)
            for one, message in zip(ids, said, strict=True)
            if one.isdigit() and int(one)
        ]

    def _roots(self, channel: str) -> Iterator[Message]:
        with self._workspace.lock:
            messages = list(self._workspace.channel(channel).messages.values())
        bot = self._workspace.app.bot_user
        return (message for message in messages if message.user == bot and not message.is_reply)

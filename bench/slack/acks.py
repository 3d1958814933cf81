"""How long Slack waited for each ack, by what it had sent; read from the workspace's transcript."""

from __future__ import annotations

from collections.abc import Set

from rehearsal.slack.wire.wire import Json
from rehearsal.slack.workspace.transcript import Transcript

KINDS = {
    "event": "somebody's message",
    "slash command": "/case note, done before it is acked",
    "click": "on a card's button",
    "form": "sent, done before it is acked",
    "echo": "what the app itself posted or edited, told to it",
}


class Acks:
    """``hear`` now and then, for the transcript forgets; counts what came after this was made."""

    def __init__(self, transcript: Transcript) -> None:
        self._transcript = transcript
        self._read = transcript.entries()[-1]["seq"]
        self._deliveries: list[Json] = []
        self.posts = 0
        """Messages that Slack took from the app."""

    def hear(self) -> None:
        """Read on."""
        for entry in self._transcript.entries(since=self._read):
            self._read = entry["seq"]
            if entry["kind"] == "delivery":
                self._deliveries.append(entry)
            self.posts += entry["kind"] == "call" and entry["method"] == "chat.postMessage" and entry["ok"]

    def waits(self, said: Set[str]) -> dict[str, list[float]]:
        """Milliseconds of each kind, ascending; ``said`` are the timestamps of people's messages."""
        found: dict[str, list[float]] = {kind: [] for kind in KINDS}
        for each in self._deliveries:
            if each["acked"]:
                found[_kind(each, said)].append(each["ack_ms"])
        return {kind: sorted(waits) for kind, waits in found.items()}

    def missed(self) -> list[str]:
        """What Slack got no ack for in its three seconds, or not at all."""
        return [
            f"{each['what']} (try {each['try']}): {each['reason']}"
            for each in self._deliveries
            if not each["acked"]
        ]


def _kind(delivery: Json, said: Set[str]) -> str:
    if delivery["type"] == "events_api":
        return "event" if delivery["ts"] in said else "echo"
    if delivery["type"] == "slash_commands":
        return "slash command"
    return "form" if delivery["what"] == "view_submission" else "click"

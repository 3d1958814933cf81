"""Status of dispatches: a reaction at a message says what became of what was sent with it."""

from __future__ import annotations

from typing import Any

from bot.channel.outbound import DeliveryFailed, Parcel, Stands
from bot.queries.dispatches import DispatchStatusOf
from channels.slack.workspace.web_api import Calls

EMOJI = {
    "waits": "hourglass_flowing_sand",
    "sent": "envelope",
    "failed": "warning",
    "undone": "leftwards_arrow_with_hook",
}
NOT_YET, PATIENCE = 2.0, 120.0
"""Seconds until a message that is shown first stands, and after which it is waited for no longer."""


def show(calls: Calls, ask: Any, parcel: Parcel, *, now: float) -> Stands | None:
    """Set the reaction that is true now, and remove the one that was."""
    status = ask(DispatchStatusOf(int(parcel.key.rpartition("/")[2])))
    if status is None or status.state == "replaced":  # what was sent instead shows its own
        return None
    message = _message(status.key) or status.note
    if not message:
        if now - parcel.since > PATIENCE:
            return None
        raise DeliveryFailed("waits for its message", permanent=False, after=NOT_YET, untried=True)
    _, channel, ts = message.split("/")
    before, emoji = parcel.place.partition("#")[2], EMOJI[status.state]
    if emoji != before:
        calls.react(channel, ts, emoji)
        for other in _others(emoji, before, tries=parcel.tries):
            calls.unreact(channel, ts, other)
    return Stands(f"{message}#{emoji}")


def _message(key: str) -> str:
    """The message that was a request, by its key (``events.key_of``); ``""``: it was a command or a form."""
    kind, _, address = key.partition(":")
    return address if kind == "m" and address.count("/") == 2 else ""


def _others(emoji: str, before: str, *, tries: int) -> list[str]:
    """The reactions that stand there, or may: an earlier try that was broken off may have set any."""
    if before or tries < 2:
        return [before] if before else []
    return [other for other in EMOJI.values() if other != emoji]

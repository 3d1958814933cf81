"""Redactions: a message of ours is written anew where it stands, and files of ours are deleted."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from bot.channel.outbound import Stands
from bot.queries.redacted import RedactedMessage
from channels.slack.earlier_messages import APART
from channels.slack.workspace.error_codes import GONE
from channels.slack.workspace.users import People
from channels.slack.workspace.web_api import Calls, SlackRefused


class Redactions:
    """Writes messages anew; may be done twice."""

    def __init__(self, calls: Calls, people: People, present: Callable[[str], str]) -> None:
        """``present``: a place with the present id of its channel."""
        self._calls = calls
        self._people = people
        self._present = present

    def write_anew(self, message: RedactedMessage) -> Stands | None:
        """Write a message anew, and delete the files that it has no more; None if it is gone already."""
        try:
            return self._written(message, json.loads(message.payload))
        except SlackRefused as refused:
            if refused.code not in GONE:
                raise
            return None

    def _written(self, message: RedactedMessage, frozen: Mapping[str, Any]) -> Stands | None:
        _, channel, ts = self._present(message.place).split("/")
        around = list(self._calls.recent(channel, self._root(channel, ts), message.since - APART))
        self._delete_files(around, Counter(frozen.get("dropped") or ()))
        own = self._posted(around, message, ts)
        if own is None or not frozen["blocks"]:
            return None
        self._calls.update(channel, own, text=frozen["text"], blocks=frozen["blocks"])
        return Stands(message.place)

    def _root(self, channel: str, ts: str) -> str:
        """What the thread begins with that a message stands in: files of it stand in the same thread."""
        return str((self._calls.message(channel, ts) or {}).get("thread_ts") or ts)

    def _posted(self, around: Iterable[Mapping[str, Any]], message: RedactedMessage, ts: str) -> str | None:
        """The ts of the message itself: it may stand below a card that was posted for it."""
        for posted in around:
            about = (posted.get("metadata") or {}).get("event_payload") or {}
            if str(about.get("id")) == str(message.id):
                return str(posted["ts"])
        return ts if any(str(posted["ts"]) == ts and not _is_card(posted) for posted in around) else None

    def _delete_files(self, around: Iterable[Mapping[str, Any]], sizes: Counter[int]) -> None:
        """Delete the files of ours that have these sizes, as many of each."""
        us = self._people.ourselves()["user_id"]
        for posted in around:
            for file in posted.get("files") or () if posted.get("user") == us else ():
                if sizes[int(file.get("size") or 0)] > 0:
                    sizes[int(file["size"])] -= 1
                    self._calls.delete_file(str(file["id"]))


def _is_card(posted: Mapping[str, Any]) -> bool:
    return bool(((posted.get("metadata") or {}).get("event_payload") or {}).get("case"))

"""Signs: an emoji on a message is read as what it asks for, by whoever put it there.

docs.slack.dev: "reaction_added event", "reaction_removed event": they name the message, not its thread.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.channel.classification import Verdict
from bot.channel.protocols import Anchor, Inbound, Letter, Original
from bot.model.identity import Identity
from bot.model.mark import Mark, Meaning
from bot.model.message import Part
from bot.queries.message_status import MessageStatus
from channels.language_detection import detect_language
from channels.slack.inbound.events import home_of
from channels.slack.inbound.forwarded import append_links
from channels.slack.inbound.marked import MarkedMessage, MarkedMessages
from channels.slack.inbound.message_files import MessageFiles
from channels.slack.text.emoji import sign

WITH_FILES: tuple[Meaning, ...] = ("create", "send", "attach")


class SignReader:
    """Reads letters of kind ``sign``."""

    def __init__(self, marked: MarkedMessages) -> None:
        self._marked = marked

    def read(self, letter: Letter, body: Mapping[str, Any]) -> Inbound:
        """The sign as a mark on its message; nothing if the message is gone."""
        event, home = body["event"], home_of(body)
        name, item = str(event["reaction"]), event["item"]
        meaning = self._marked.signs.get(name.partition("::")[0])
        message = self._marked.find(letter, home, item["channel"], item["ts"]) if meaning else None
        if message is None or meaning is None:
            return self._marked.nothing
        off = event["type"] == "reaction_removed"
        team, user = self._marked.authors.team(letter, body, event), str(event["user"])
        mark = Mark(
            meaning,
            sign(name),
            at=f"{'-' if off else '+'}{message.channel}/{message.ts}/{name}",
            letter=message.key,
            own=message.author == user,
            off=off,
        )
        by = {"team": team, "user": user}
        colleague = self._marked.authors.is_colleague(letter, body, **by)
        return replace(self._inbound(letter, message, mark, by=by), colleague=colleague)

    def _inbound(
        self, letter: Letter, message: MarkedMessage, mark: Mark, *, by: Mapping[str, str]
    ) -> Inbound:
        status, creates = self._marked.status(letter, message), mark.meaning == "create"
        text = self._words(letter, message, mark.meaning)
        files = self._files(letter, message, mark, by=by, text=text)
        text = append_links(text, files.links)
        return replace(
            self._marked.nothing,
            sender=self._marked.authors.identity(by["team"], by["user"]),
            verdict=Verdict(),
            parts=(Part("new", text),),
            emphasis=self._marked.emphasis(message) if text else (),
            language=detect_language(text) if mark.own else "",
            anchors=anchors(message, status),
            attachments=files.had,
            opens=creates,
            prefix="!",
            place=message.address,
            below=creates,
            mark=mark,
            forwarded=original(self._marked.writer(letter, message)) if creates else None,
            twin=f"create:{message.key}" if creates and not self._marked.on_case(message, status) else "",
            missed=files.missed,
        )

    def _words(self, letter: Letter, message: MarkedMessage, meaning: Meaning) -> str:
        if meaning not in ("create", "send", "concern"):
            return ""
        words = self._marked.words(letter, message)
        below = self._marked.below(letter, message) if meaning == "create" else ""
        return "\n\n".join(filter(None, (words, below)))

    def _files(
        self, letter: Letter, message: MarkedMessage, mark: Mark, *, by: Mapping[str, str], text: str
    ) -> MessageFiles:
        if mark.meaning not in WITH_FILES or (mark.meaning == "send" and not mark.own):
            return MessageFiles()
        return self._marked.files(letter, message, by, alone=not text)


def anchors(message: MarkedMessage, status: MessageStatus | None) -> tuple[Anchor, ...]:
    """What leads a message to its case: its thread, or what became of it when it was said."""
    tag = (Anchor("tag", str(status.case)),) if status and status.case else ()
    return (Anchor("thread", message.address), *tag)


def original(writer: Identity | None) -> Original | None:
    """The message as somebody else's, for whom a case may be opened."""
    return Original(writer, "", "", "", "") if writer else None

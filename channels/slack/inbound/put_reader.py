"""Puts: a message that somebody puts on a case, or makes one of, by a button or a shortcut."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.channel.classification import Verdict
from bot.channel.protocols import Anchor, Inbound, Letter
from bot.model.identity import Identity
from bot.model.message import Part
from bot.queries.message_status import UNCHOSEN, StatusOf, TakesPart
from channels.language_detection import detect_language
from channels.slack.inbound.events import home_of
from channels.slack.inbound.forwarded import append_links
from channels.slack.inbound.marked import MarkedMessage, MarkedMessages, made_of
from channels.slack.inbound.read_later import ask

Json = Mapping[str, Any]


class PutReader:
    """Reads letters of kind ``put``: which message, by whom, on which case (0: a new one)."""

    def __init__(self, marked: MarkedMessages) -> None:
        self._marked = marked

    def read(self, letter: Letter, body: Json) -> Inbound:
        """Return the message as an entry of the case, by its author or by the person who adds it."""
        message = self._marked.find(letter, body["home"], body["channel"], body["ts"])
        who = self._marked.authors.identity(body["team"], body["user"])
        reading = replace(self._marked.nothing, sender=who, verdict=Verdict(), prefix="")
        if message is None:
            return self._marked.nothing
        if body["case"] or "event" in body:
            return self._on_case(letter, body, message, reading)
        return self._new(letter, body, message, reading)

    def unchosen(self, letter: Letter, body: Json) -> Inbound:
        """Return a message whose sender chose no case, unless it was deleted or became a case."""
        event, first, desk = body["event"], letter.key.removeprefix(UNCHOSEN), self._marked.context.desk
        if ask(desk, StatusOf("slack", f"{first}/deleted")) or desk.before("copy", made_of(first)):
            return self._marked.nothing
        by = {"team": self._marked.authors.team(letter, body, event), "user": event["user"], "case": 0}
        about = {"home": home_of(body), "channel": event["channel"], "ts": event["ts"], "words": True}
        return replace(self.read(letter, {**body, **by, **about}), addressed=True, alone=True, original="")

    def _new(self, letter: Letter, body: Json, message: MarkedMessage, reading: Inbound) -> Inbound:
        words, below = self._marked.words(letter, message), self._marked.below(letter, message)
        text = "\n\n".join(filter(None, (words, below)))
        files = self._marked.files(letter, message, _by(body), alone=not text)
        return replace(
            reading,
            parts=(Part("new", append_links(text, files.links)),),
            language=detect_language(words),
            anchors=(Anchor("thread", message.address),),
            attachments=files.had,
            missed=files.missed,
            opens=True,
            place=message.address,
            below=True,
            twin=f"create:{message.key}",
        )

    def _on_case(self, letter: Letter, body: Json, message: MarkedMessage, reading: Inbound) -> Inbound:
        """On an existing case; ``words`` false: its words are there already.

        With ``below`` comes what stands below it.
        """
        writer = self._marked.writer(letter, message)
        own = message.author == body["user"]
        sender, inward = self._speaker(body, reading, writer, message)
        text = ""
        if body["words"]:
            written = self._marked.words if own or sender == writer else self._marked.quoted
            text = written(letter, message)
        if below := body.get("below", not body["words"]):  # kept by an earlier version, it does not say so
            text = "\n\n".join(filter(None, (text, self._marked.below(letter, message))))
        by = _by(body) | {"case": body["case"], "inward": inward}
        files = self._marked.files(letter, message, by, alone=not text or "event" in body)
        text = append_links(text, files.links)
        if not (text or files.had or files.missed):
            return self._marked.nothing
        return replace(
            reading,
            sender=sender,
            parts=(Part("new", text),),
            anchors=(Anchor("tag", str(body["case"])),),
            attachments=files.had,
            missed=files.missed,
            inward=inward,
            place=message.address if below else "",
            original=f"{UNCHOSEN}{message.key}",
        )

    def _speaker(
        self, body: Json, reading: Inbound, writer: Identity | None, message: MarkedMessage
    ) -> tuple[Identity | None, bool]:
        """Who says it on the case, and whether to the desk alone.

        A specialist may put a customer's own words there; anybody else's they note.
        """
        if not self._marked.authors.is_staff(body["team"], body["user"]):
            return reading.sender, False
        at_desk = self._marked.desk_channels.owns(message.channel)
        if (
            writer
            and not at_desk
            and ask(self._marked.context.desk, TakesPart(body["case"], "slack", writer.address))
        ):
            return writer, False
        return reading.sender, True


def _by(body: Json) -> dict[str, Any]:
    return {"team": body["team"], "user": body["user"]}

"""From a kept Slack event to what it says: who, where, the words, the files."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any

from bot.channel import Anchor, Inbound, Letter, Unreadable, Verdict
from bot.commands import Attachment, Identity, Part, Proof
from channels.slack.files import Files, NoFile
from channels.slack.people import People

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_SPECIAL = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads letters; looks names and files up, so it runs where Slack's pace holds up nobody else."""

    people: People
    files: Files
    mailbox: str

    def read(self, letter: Letter) -> Inbound | Unreadable:
        """One letter. Never raises."""
        try:
            kept = json.loads(letter.raw)
            if letter.envelope.get("kind") == "files":
                return self._files_of_a_form(kept)
            return self._event(kept, letter.envelope)
        except NoFile as error:
            return Unreadable(f"a file could not be fetched: {error}", "house")
        except Exception as error:
            return Unreadable(f"{type(error).__name__} while reading an event")

    def _event(self, kept: Mapping[str, Any], envelope: Mapping[str, Any]) -> Inbound:
        event, us = kept["event"], str(envelope.get("bot_user") or "")
        change = str(event.get("subtype") or "")
        said = event.get("message") or event.get("previous_message") or event
        user, team = str(said.get("user") or ""), _team(said, kept)
        text, called = self._words(str(said.get("text") or ""), us, team)
        if change == "message_changed":
            text = f"✏️ edited: {text}"
        elif change == "message_deleted":
            text = f"🗑️ deleted: {text}"
        edited = change in ("message_changed", "message_deleted")
        root = str(said.get("thread_ts") or said.get("ts"))
        address = f"{kept.get('team_id')}/{event['channel']}/{root}"
        attachments, missing = ((), ()) if edited else self._fetched(said.get("files") or ())
        return Inbound(
            sender=Identity("slack", f"{team}/{user}", self.people.name(team, user)) if user else None,
            proof=Proof.LINKED,
            verdict=Verdict(activity=not edited),
            mailbox=self.mailbox,
            subject="",
            parts=(Part("new", "\n".join((text, *missing)).strip()),),
            anchors=(Anchor("thread", address),),
            attachments=attachments,
            opens=False,
            addressed=called or event.get("channel_type") == "im",
            prefix="!",
            place=address,
        )

    def _files_of_a_form(self, kept: Mapping[str, Any]) -> Inbound:
        """The files that were put into a modal: they follow the case that it opened."""
        team, user = str(kept["team"]), str(kept["user"])
        attachments, missing = self._fetched([{"id": one} for one in kept["files"]])
        return Inbound(
            sender=Identity("slack", f"{team}/{user}", self.people.name(team, user)),
            proof=Proof.LINKED,
            verdict=Verdict(),
            mailbox=self.mailbox,
            subject="",
            parts=(Part("new", "\n".join(missing)),),
            anchors=(Anchor("tag", str(kept["case"])),),
            attachments=attachments,
            opens=False,
            addressed=False,
            prefix="!",
        )

    def _fetched(self, files: Any) -> tuple[tuple[Attachment, ...], tuple[str, ...]]:
        """What could be had, and a line for each that never will."""
        had: list[Attachment] = []
        missing: list[str] = []
        for file in files:
            try:
                had.append(self.files.fetch(str(file["id"])))
            except NoFile as error:
                if error.again:
                    raise
                missing.append(
                    f"(A file could not be kept, because {error}: {file.get('name') or file['id']})"
                )
        return tuple(had), tuple(missing)

    def _words(self, text: str, us: str, team: str) -> tuple[str, bool]:
        """Plain words as people see them, and whether they call us; ``@Case close`` is ``!close``."""
        called = bool(us) and f"<@{us}>" in text
        if called:
            before, _, after = text.partition(f"<@{us}>")
            after = after.lstrip(" ,:")
            text = (
                after
                if after.startswith("!")
                else f"{before}!{after}"
                if not before.strip()
                else before + after
            )
        return clean(_SPECIAL.sub(_shown(self.people, team), text)), called


def clean(text: str) -> str:
    """Entities undone, controls gone."""
    return _CONTROLS.sub("", unescape(text.replace("\r\n", "\n"))).strip()


def _shown(people: People, team: str) -> Callable[[re.Match[str]], str]:
    """What stands for ``<@U1>``, ``<#C1|name>``, ``<!here>`` and ``<https://…|label>``."""

    def shown(found: re.Match[str]) -> str:
        sign, what, label = found.groups()
        if sign == "@":
            return "@" + (label or people.name(team, what) or what)
        if sign == "#":
            return "#" + (label or what)
        if sign == "!":
            return label or "@" + what.partition("^")[0]
        what = what.removeprefix("mailto:")
        return what if not label or label == what else f"{label} ({what})"

    return shown


def _team(said: Mapping[str, Any], kept: Mapping[str, Any]) -> str:
    """The team that somebody belongs to, which in a shared channel need not be ours."""
    return str(
        said.get("user_team") or said.get("source_team") or said.get("team") or kept.get("team_id") or ""
    )

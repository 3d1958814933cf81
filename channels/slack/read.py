"""From a kept Slack event to what it says: who, where, the words, the files."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from html import unescape
from typing import Any, Literal

from bot.channel import Anchor, House, Inbound, Letter, Unreadable, Verdict
from bot.commands import Identity, Part, Proof
from bot.desk import Became, CaseAt, OnItsWay
from channels.slack.attached import Attached, Gathered, Wait, named, wait_after
from channels.slack.downloads import Downloads
from channels.slack.events import home_of
from channels.slack.files import Files
from channels.slack.people import People
from channels.spoken import spoken

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
NOT_KNOWN_YET = timedelta(minutes=10)
"""An answer of Slack's was lost at most so long ago; then it is known what stands where."""
EDITED = "✏️ edited: "
_SPECIAL = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")


class Reader:
    """Reads letters; looks names and files up, so it runs where Slack's pace holds up nobody else."""

    def __init__(self, house: House, people: People, files: Files) -> None:
        self._house = house
        self._mailbox = house.mailboxes[0].address
        self._people = people
        self._files = files
        self._attached = Attached(house, Downloads(files.fetch))

    def read(self, letter: Letter) -> Inbound | Unreadable:
        """One letter. Never raises."""
        try:
            kept = json.loads(letter.raw)
            if letter.envelope.get("kind") == "files":
                return self._only_files(letter, kept)
            return self._event(letter, kept)
        except Wait as wait:
            return Unreadable(str(wait), "house", wait.after)
        except Exception as error:
            return Unreadable(f"{type(error).__name__} while reading an event")

    def close(self) -> None:
        """Break off what is being fetched."""
        self._files.close()
        self._attached.close()

    def _event(self, letter: Letter, kept: Mapping[str, Any]) -> Inbound:
        event, us = kept["event"], str(letter.envelope.get("bot_user") or "")
        change = str(event.get("subtype") or "")
        said = event.get("message") or event.get("previous_message") or event
        user, team = str(said.get("user") or ""), _team(said, kept)
        text, called = self._words(str(said.get("text") or ""), us, team)
        if change == "message_changed":
            text = f"{EDITED}{text}"
        elif change == "message_deleted":
            text = f"🗑️ deleted: {text}"
        edited = change in ("message_changed", "message_deleted")
        root = str(said.get("thread_ts") or said.get("ts"))
        address = f"{home_of(kept)}/{event['channel']}/{root}"
        addressed = called or event.get("channel_type") == "im"
        ours = bool(us) and said.get("parent_user_id") == us
        talk = (f"{team}/{user}", f"{home_of(kept)}/{event['channel']}") if addressed else ()
        known = self._known(letter, address, ours=ours, talk=talk)
        files = said.get("files") or () if (known or addressed) and not edited else ()
        about = {"place": address, "team": team, "user": user, "after": letter.key}
        gathered = self._gathered(letter, files, about, alone=known and not text, known=known)
        return Inbound(
            sender=self._sender(team, user) if user else None,
            proof=Proof.LINKED,
            verdict=Verdict(activity=not edited),
            mailbox=self._mailbox,
            subject="",
            parts=(Part("new", text),),
            language="" if edited else spoken(text),
            anchors=(Anchor("thread", address),),
            attachments=gathered.had,
            opens=False,
            addressed=addressed,
            prefix="!",
            place=address,
            change=self._changes(letter, event, text, us) if edited else "",
            missed=gathered.missed,
        )

    def _changes(
        self, letter: Letter, event: Mapping[str, Any], new: str, us: str
    ) -> Literal["kept", "heard", "late"]:
        """What a change changes: its key continues that of the first words (``events.key_of``)."""
        first = self._house.desk.ask(Became("slack", letter.key.rpartition("/")[0]))
        if first and first.public:
            return "heard"
        before, _ = self._words(str((event.get("previous_message") or {}).get("text") or ""), us, "")
        return "late" if new.startswith(f"{EDITED}!") and not before.startswith("!") else "kept"

    def _gathered(
        self, letter: Letter, files: Iterable[Any], about: Mapping[str, Any], *, alone: bool, known: bool
    ) -> Gathered:
        """Files go with their words; those that stand ``alone`` are waited for."""
        mine = [named(file) for file in files]
        if not mine:
            return Gathered()
        if alone:
            return self._attached.of_letter(letter, {**about, "files": mine})
        return self._attached.with_words(letter, mine, about, known=known)

    def _known(self, letter: Letter, address: str, *, ours: bool, talk: tuple[str, ...]) -> bool:
        """Does the thread belong to a case? Below words of ours (``ours``) it may, once we know where they stand.

        ``talk``: to whom or what we speak where it was said to us; unless words for them are on their way, we know.
        """
        whom = tuple(name.lower() for name in talk)
        try:
            case = self._house.desk.ask(CaseAt("slack", address))
            early = not case and ours and (not whom or self._house.desk.ask(OnItsWay("slack", whom)))
        except Exception as error:
            raise Wait(f"the desk does not answer: {type(error).__name__}", 5.0) from error
        age = self._house.desk.now() - letter.received_at
        if early and age < NOT_KNOWN_YET:
            raise Wait("its thread is not known yet", wait_after(age) / 2)
        return bool(case)

    def _only_files(self, letter: Letter, kept: Mapping[str, Any]) -> Inbound:
        """The files of a form, or those that could not come along with their words: they go where these went."""
        team, user, place = str(kept["team"]), str(kept["user"]), str(kept.get("place") or "")
        case, inward = int(kept.get("case") or 0), bool(kept.get("inward"))
        if kept.get("after"):
            fate = self._attached.fate(letter, kept)
            case, inward = (fate.case or 0, not fate.public) if fate else (0, True)
        gathered = self._attached.of_letter(letter, kept) if case else Gathered()
        places = [Anchor("thread", place)] if place and case else []
        numbers = [Anchor("tag", str(case))] if case else []
        return Inbound(
            sender=self._sender(team, user),
            proof=Proof.LINKED,
            verdict=Verdict(),
            mailbox=self._mailbox,
            subject="",
            parts=(),
            anchors=(*places, *numbers) if inward else (*numbers, *places),
            attachments=gathered.had,
            opens=False,
            addressed=False,
            prefix="!",
            place=place,
            inward=inward,
            missed=gathered.missed,
        )

    def _sender(self, team: str, user: str) -> Identity:
        name = self._people.name(team, user)
        return Identity("slack", f"{team}/{user}", name, self._people.language(user))

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
        return clean(_SPECIAL.sub(_shown(self._people, team), text)), called


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

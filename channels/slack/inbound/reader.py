"""From a kept Slack event to what it says: who, where, the words, the files."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from functools import partial
from html import unescape
from typing import Any, Literal

from bot.channel.classification import Verdict
from bot.channel.context import ChannelContext
from bot.channel.protocols import Anchor, Inbound, Letter, Unreadable
from bot.commands.parser import begin
from bot.model.identity import Identity, Proof
from bot.model.message import DELETED, EDITED, Part
from bot.queries.message_status import CaseAt, OnItsWay, StatusOf
from channels.language_detection import detect_language
from channels.slack.inbound import forwarded
from channels.slack.inbound.downloads import Downloads
from channels.slack.inbound.events import home_of, is_taken_back, message_of
from channels.slack.inbound.message_files import Attached, MessageFiles, ReadLater, named, wait_after
from channels.slack.workspace.files import Files
from channels.slack.workspace.settings import Settings
from channels.slack.workspace.users import People, is_team

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
NOT_KNOWN_YET = timedelta(minutes=10)
"""An answer of Slack's was lost at most so long ago; then it is known what stands where."""
LOCKS = ("🔒", "🔐", "🔏", ":lock:", ":closed_lock_with_key:", ":lock_with_ink_pen:")
"""What a specialist's message in a customer's thread begins with that is no part of the case."""
_SPECIAL = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")


class EventReader:
    """Reads letters; looks up names and files, so it runs where Slack's pace delays nobody else."""

    def __init__(self, context: ChannelContext[Settings], people: People, files: Files) -> None:
        settings: Settings = context.settings
        self._context = context
        self._bots = frozenset(settings.bots)
        self._boards = {settings.triage, *settings.routes.values()} - {""}
        self._mailbox = context.mailboxes[0].address
        self._people = people
        self._files = files
        self._attached = Attached(context, Downloads(files.fetch))

    def read(self, letter: Letter) -> Inbound | Unreadable:
        """Read one letter. Never raises."""
        try:
            body = json.loads(letter.raw)
            if letter.envelope.get("kind") == "files":
                return self._only_files(letter, body)
            return self._event(letter, body)
        except ReadLater as wait:
            return Unreadable(str(wait), "house", wait.after)
        except Exception as error:
            return Unreadable(f"{type(error).__name__} while reading an event")

    def close(self) -> None:
        """Break off downloads."""
        self._files.close()
        self._attached.close()

    def _event(self, letter: Letter, body: Mapping[str, Any]) -> Inbound:
        event, us = body["event"], str(letter.envelope.get("bot_user") or "")
        message, change = message_of(event), _change(event)
        user = str(message.get("user") or "")
        if self._by_another_bot(letter, message):
            return self._nothing()
        team = self._team(letter, body, message) if user else ""
        text, called = self._text(message, us, team)
        if self._kept_out(event, text, us, team):
            return self._nothing()
        anew = text if change == EDITED and not text.startswith(LOCKS) else ""  # what is locked is not sent
        text = f"{change}{text}"
        edited = bool(change)
        root = str(message.get("thread_ts") or message.get("ts"))
        address = f"{home_of(body)}/{event['channel']}/{root}"
        addressed = called or event.get("channel_type") == "im"
        below_ours = bool(us) and message.get("parent_user_id") == us
        talk = (f"{team}/{user}", f"{home_of(body)}/{event['channel']}") if addressed else ()
        on_case = self._known(letter, address, below_ours=below_ours, talk=talk)
        files = forwarded.files(message) if (on_case or addressed) and not edited else ()
        about = {"place": address, "team": team, "user": user, "after": letter.key}
        fetched = self._with_files(letter, files, about, alone=on_case and not text, on_case=on_case)
        return Inbound(
            sender=self._sender(team, user) if user else None,
            proof=Proof.LINKED,
            verdict=Verdict(activity=not edited),
            mailbox=self._mailbox,
            subject="",
            parts=(Part("new", text),),
            language="" if edited else detect_language(text),
            anchors=(Anchor("thread", address),),
            attachments=fetched.had,
            opens=False,
            addressed=addressed,
            prefix="!",
            place=address,
            change=self._changes(letter, event, text, us) if edited else "",
            original=letter.key.rpartition("/")[0] if edited else "",
            anew=anew,
            missed=fetched.missed,
        )

    def _nothing(self) -> Inbound:
        """The reading of an event that does not concern the desk: it leads nowhere and asks nothing."""
        return Inbound(
            None, Proof.LINKED, Verdict(activity=False), self._mailbox, "", (), opens=False, addressed=False
        )

    def _by_another_bot(self, letter: Letter, message: Mapping[str, Any]) -> bool:
        """Is it from an unlisted bot? A person may post through an app, under their own name."""
        if not message.get("bot_id") or message.get("bot_id") in self._bots:
            return False
        is_bot = self._people.is_bot(str(message.get("user") or ""))
        if is_bot is None:
            self._patiently(letter, "Slack does not say who wrote it")
        return is_bot is not False

    def _team(self, letter: Letter, body: Mapping[str, Any], message: Mapping[str, Any]) -> str:
        """The author's team, which in a shared channel need not be ours."""
        user, team = str(message["user"]), _named_team(body["event"], message)
        try:
            team = self._people.same(user, team) if team else self._people.met_as(user)
        except Exception as error:
            raise ReadLater(f"the desk does not answer: {type(error).__name__}", 5.0) from error
        if not team and body.get("is_ext_shared_channel") is False:
            team = home_of(body)
        team = team or self._people.team(user)
        if not team:
            self._patiently(letter, "Slack does not say whose team it is")
        return team or str(message.get("user_team") or body.get("team_id") or home_of(body))

    def _patiently(self, letter: Letter, why: str) -> None:
        """Read it again later, but not for ever. Raises ``ReadLater``."""
        age = self._context.desk.now() - letter.received_at
        if age < NOT_KNOWN_YET:
            raise ReadLater(why, wait_after(age) / 2)

    def _kept_out(self, event: Mapping[str, Any], text: str, us: str, team: str) -> bool:
        """Is it a specialist's locked aside in a customer's thread, or a change of one that stays locked?"""
        before, _ = self._words(_before(event), us, team)
        locked = all(version.startswith(LOCKS) for version in (text, *([before] if _change(event) else [])))
        at_desk = str(event.get("channel")) in self._boards
        return locked and not at_desk and self._staff(team, str(message_of(event).get("user")))

    def _staff(self, team: str, user: str) -> bool:
        there = f"{team}/{user}".lower()
        return any(there == address.lower() for address, _ in self._colleagues())

    def _changes(
        self, letter: Letter, event: Mapping[str, Any], new: str, us: str
    ) -> Literal["kept", "heard", "late"]:
        """What a change changes: its key continues that of the first message (``events.key_of``)."""
        first = self._context.desk.ask(StatusOf("slack", letter.key.rpartition("/")[0]))
        if first and (first.public or first.sent):
            return "heard"
        before, _ = self._words(_before(event), us, "")
        asks = new.startswith(EDITED) and begin(new.removeprefix(EDITED), "!").asked
        return "late" if asks and not begin(before, "!").asked else "kept"

    def _with_files(
        self, letter: Letter, files: Iterable[Any], about: Mapping[str, Any], *, alone: bool, on_case: bool
    ) -> MessageFiles:
        """The files of a message; for files that stand ``alone`` it waits."""
        mine = [named(file) for file in files]
        if not mine:
            return MessageFiles()
        if alone:
            return self._attached.of_letter(letter, {**about, "files": mine})
        return self._attached.with_words(letter, mine, about, case_known=on_case)

    def _known(self, letter: Letter, address: str, *, below_ours: bool, talk: tuple[str, ...]) -> bool:
        """Does the thread belong to a case?

        Below words of ours (``below_ours``) it may, once we know where they stand. ``talk``: to whom or what
        we speak where it was said to us; unless words for them are on their way, we know.
        """
        whom = tuple(name.lower() for name in talk)
        try:
            case = self._context.desk.ask(CaseAt("slack", address))
            early = not case and below_ours and (not whom or self._context.desk.ask(OnItsWay("slack", whom)))
        except Exception as error:
            raise ReadLater(f"the desk does not answer: {type(error).__name__}", 5.0) from error
        age = self._context.desk.now() - letter.received_at
        if early and age < NOT_KNOWN_YET:
            raise ReadLater("its thread is not known yet", wait_after(age) / 2)
        return bool(case)

    def _only_files(self, letter: Letter, body: Mapping[str, Any]) -> Inbound:
        """The files of a form, or those that came after their message: they go where that went."""
        team, user, place = str(body["team"]), str(body["user"]), str(body.get("place") or "")
        case, inward = int(body.get("case") or 0), bool(body.get("inward"))
        if body.get("after"):
            status = self._attached.status_of(letter, body)
            case, inward = (status.case or 0, not status.public) if status else (0, True)
        fetched = self._attached.of_letter(letter, body) if case else MessageFiles()
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
            attachments=fetched.had,
            opens=False,
            addressed=False,
            prefix="!",
            place=place,
            inward=inward,
            missed=fetched.missed,
        )

    def _sender(self, team: str, user: str) -> Identity:
        name = self._people.name(team, user)
        return Identity("slack", f"{team}/{user}", name, self._people.language(user))

    def _text(self, message: Mapping[str, Any], us: str, team: str) -> tuple[str, bool]:
        """The message's own words, then those that it forwards; and whether they mention us."""
        plain = partial(self._plain, team)
        text, called = self._words(str(message.get("text") or ""), us, team)
        others = forwarded.quotations(message, plain)
        if not text and not others and message.get("bot_id"):
            others = forwarded.posted_by_app(message, plain)
        return "\n\n".join(filter(None, (text, others))), called

    def _words(self, text: str, us: str, team: str) -> tuple[str, bool]:
        """Plain text as people see it, and whether it mentions us; ``@Case close`` becomes ``!close``."""
        called = bool(us) and f"<@{us}>" in text
        if called:
            text = "\n".join(_called(line, f"<@{us}>") for line in text.split("\n"))
        return self._plain(team, text), called

    def _plain(self, team: str, text: str) -> str:
        return clean(_SPECIAL.sub(_shown(partial(self._name_of, team)), text))

    def _name_of(self, team: str, user: str) -> str:
        """The name of a user; a colleague's as in the desk's config, so that ``!assign @Kim`` means them."""
        there = f"/{user}".lower()
        colleague = next(
            (name for address, name in self._colleagues() if address.lower().endswith(there)), ""
        )
        return colleague or self._people.name(team, user) or user

    def _colleagues(self) -> Iterator[tuple[str, str]]:
        """Address and name of everybody of the desk who is in Slack."""
        for colleague in self._context.desk.config.staff:
            if address := colleague.addresses.get("slack"):
                yield address, colleague.name


def _called(line: str, us: str) -> str:
    """A line without our mention; one that begins with it becomes a command, if it asks for anything."""
    before, name, after = line.partition(us)
    if not name:
        return line
    after = after.replace(us, "").lstrip(" ,:")
    if before.strip() or after.startswith("!"):
        return before + after
    return f"{before}!{after}" if begin(f"!{after}", "!").asked else f"{before}{after}"


def _change(event: Mapping[str, Any]) -> str:
    """The mark of a change to an earlier message; ``""`` for a new message."""
    if is_taken_back(event):
        return DELETED
    return EDITED if event.get("subtype") == "message_changed" else ""


def _before(event: Mapping[str, Any]) -> str:
    return str((event.get("previous_message") or {}).get("text") or "")


def clean(text: str) -> str:
    """Text with entities decoded and controls removed."""
    return _CONTROLS.sub("", unescape(text.replace("\r\n", "\n"))).strip()


def _shown(name: Callable[[str], str]) -> Callable[[re.Match[str]], str]:
    """The replacement for ``<@U1>`` (by ``name``), ``<#C1|name>``, ``<!here>`` and ``<https://…|label>``."""

    def shown(match: re.Match[str]) -> str:
        sign, what, label = match.groups()
        if sign == "@":
            return "@" + (label or name(what))
        if sign == "#":
            return "#" + (label or what)
        if sign == "!":
            return label or "@" + what.partition("^")[0]
        what = what.removeprefix("mailto:")
        return what if not label or label == what else f"{label} ({what})"

    return shown


def _named_team(event: Mapping[str, Any], message: Mapping[str, Any]) -> str:
    """The workspace that an event names as its author's, or ``""``.

    An organisation's id (``E…``) is nobody's workspace, and the ``team`` of an ``app_mention`` beside one is
    ours (``slack_bolt/request/internals.py``, ``extract_actor_team_id``).
    """
    named = [message.get("user_team"), message.get("source_team")]
    if event.get("type") != "app_mention" or not any(named):
        named.append(message.get("team"))
    return next((str(team) for team in named if is_team(team)), "")

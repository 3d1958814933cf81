"""From a kept Slack event to what it says: who, where, the words, the files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Literal, TypeVar

from bot.channel.classification import Verdict
from bot.channel.context import ChannelContext
from bot.channel.protocols import Anchor, Inbound, Letter, Unreadable
from bot.commands.parser import begin, is_bare_reply
from bot.model.message import DELETED, EDITED, Part
from bot.model.question import Question
from bot.queries.case_threads import CasePlaces, PlacesOfCases
from bot.queries.message_status import (
    UNCHOSEN,
    CaseAt,
    ChangesOf,
    MessageStatus,
    OnItsWay,
    RawOf,
    StatusOf,
    TakesPart,
)  # fmt: skip
from bot.syntax import small_talk
from bot.syntax.case_numbers import ParsedCommand
from channels.language_detection import detect_language
from channels.slack.inbound import forwarded
from channels.slack.inbound.authors import NOT_KNOWN_YET, Authors
from channels.slack.inbound.downloads import Downloads
from channels.slack.inbound.events import (
    bot_user,
    concerned_us,
    home_of,
    is_taken_back,
    message_of,
    types_command,
)
from channels.slack.inbound.marked import MarkedMessages
from channels.slack.inbound.message_files import Attached, MessageFiles, named
from channels.slack.inbound.message_text import MessageText
from channels.slack.inbound.put_reader import PutReader
from channels.slack.inbound.read_later import ReadLater, ask
from channels.slack.inbound.sign_reader import SignReader
from channels.slack.workspace.openings import How, Openings
from channels.slack.workspace.settings import Settings
from channels.slack.workspace.workspace import Workspace

T = TypeVar("T")
LOCKS = ("🔒", "🔐", "🔏", ":lock:", ":closed_lock_with_key:", ":lock_with_ink_pen:")
"""What a specialist's message in a customer's thread begins with that is no part of the case."""


class EventReader:
    """Reads letters; looks up names and files, so it runs where Slack's pace delays nobody else."""

    def __init__(self, context: ChannelContext[Settings], workspace: Workspace) -> None:
        settings: Settings = context.settings
        self._context = context
        self._desk_channels = workspace.desk_channels
        self._openings = Openings(settings, lambda: context.desk.config.accounts, workspace.ids)
        self._authors = Authors(context, workspace.people)
        self._text = MessageText(self._authors)
        self._files = workspace.files
        self._note_thread = workspace.posting.note_thread
        self._attached = Attached(context, Downloads(workspace.files.fetch))
        parts = MarkedMessages(context, self._authors, self._text, self._attached, workspace)
        self._nothing = parts.nothing
        signs, puts = SignReader(parts), PutReader(parts)
        self._readers: Mapping[str, Callable[[Letter, Mapping[str, Any]], Inbound]] = {
            "files": self._only_files, "sign": signs.read, "put": puts.read, UNCHOSEN: puts.unchosen,
        }  # fmt: skip

    def read(self, letter: Letter) -> Inbound | Unreadable:
        """Read one letter. Never raises."""
        try:
            kind = UNCHOSEN if letter.key.startswith(UNCHOSEN) else str(letter.envelope.get("kind"))
            return self._readers.get(kind, self._event)(letter, json.loads(letter.raw))
        except ReadLater as wait:
            return Unreadable(str(wait), "house", wait.after)
        except Exception as error:
            return Unreadable(f"{type(error).__name__} while reading an event", error=error)

    def close(self) -> None:
        """Break off downloads."""
        self._files.close()
        self._attached.close()

    def _ask(self, question: Question[T]) -> T:
        return ask(self._context.desk, question)

    def _event(self, letter: Letter, body: Mapping[str, Any]) -> Inbound:
        event, us = body["event"], str(letter.envelope.get("bot_user") or "")
        message, change = message_of(event), _change(event)
        user = str(message.get("user") or "")
        if self._authors.is_another_bot(letter, message) or (change and self._says_it_already(letter, body)):
            return self._nothing
        team = self._authors.team(letter, body, message) if user else ""
        text, called = self._text.of(message, us, team)
        if self._kept_out(event, text, us, team):
            return self._nothing
        anew = text if change == EDITED and not text.startswith(LOCKS) else ""  # what is locked is not sent
        text = f"{change}{text}"
        edited = bool(change)
        root = str(message.get("thread_ts") or message.get("ts"))
        place = f"{home_of(body)}/{event['channel']}"
        address = f"{place}/{root}"
        if root != str(message.get("ts")):
            self._note_thread(str(event["channel"]), root, reply_deleted=change == DELETED)
        alone = event.get("channel_type") == "im"
        addressed = called or alone
        below_ours = bool(us) and message.get("parent_user_id") == us
        typed = types_command(event, self._desk_channels.owns)
        whom = (f"{team}/{user}".lower(), place.lower()) if addressed or typed else ()
        on_case = self._known(letter, address, below_ours=below_ours, whom=whom)
        addressed = addressed or (typed and not on_case)
        by_staff = self._authors.is_staff(team, user)
        colleague = self._authors.is_colleague(letter, body, team=team, user=user)
        how = self._how(body, message, text, by_staff=by_staff or colleague)
        beside = (
            self._corrects(letter)
            if edited and not (by_staff and on_case)
            else self._beside(letter, body, message, how)
        )
        opens, offers = how == "all" and not edited, how == "offer" and not addressed and not edited
        files = forwarded.files(message) if (on_case or addressed or opens) and not edited else ()
        about = {"place": address, "team": team, "user": user, "after": letter.key}
        theirs = on_case or opens or self._on_own_case(text, f"{team}/{user}", by_staff=by_staff)
        alone_files = theirs and (not text or bool(_about_files(text)))
        fetched = self._with_files(letter, files, about, alone=alone_files, on_case=on_case)
        text = forwarded.append_links(text, fetched.links)
        return replace(
            self._nothing,
            sender=self._authors.identity(team, user) if user else None,
            verdict=Verdict(activity=not edited),
            parts=(Part("new", text),),
            emphasis=self._text.emphasis(message, team),
            language="" if edited else detect_language(text),
            anchors=(Anchor("thread", address), *beside),
            attachments=fetched.had,
            opens=opens,
            addressed=addressed,
            alone=alone,
            offers=offers,
            below=opens,
            prefix="!",
            place=address,
            change=self._changes(letter, event, text, us) if edited else "",
            original=_original(letter) if edited else "",
            anew=anew,
            mentioned=self._text.people(message, text, team),
            colleague=colleague,
            missed=fetched.missed,
        )

    def _says_it_already(self, letter: Letter, body: Mapping[str, Any]) -> bool:
        """Was the message itself kept with this change, as one that is read afterwards is?

        While it may still come, the change waits for it: it changes what the message asks for.
        """
        key, message = _original(letter), message_of(body["event"])
        first = self._ask(StatusOf("slack", key))
        if (first.outcome == "waiting") if first else self._may_come(body, message):
            self._authors.patiently(letter, "the message that was changed is not handled yet")
        if is_taken_back(body["event"]):
            return False  # that it is gone, no message says itself
        raw = self._ask(RawOf("slack", key)) if first else b""
        original = message_of(json.loads(raw)["event"]) if raw else {}
        return _edited_at(message) > 0 and _edited_at(original) >= _edited_at(message)

    def _may_come(self, body: Mapping[str, Any], message: Mapping[str, Any]) -> bool:
        """May Slack still deliver a message that is not here? It tries for six minutes (``NOT_KNOWN_YET``)."""
        event = body["event"]
        how = self._openings.how(home_of(body), str(event.get("channel") or ""))
        said_to_us = how != "command" or concerned_us(event, bot_user(body), self._desk_channels.owns)
        age = self._context.desk.now().timestamp() - float(message.get("ts") or 0)
        return said_to_us and age < NOT_KNOWN_YET.total_seconds()

    def _how(self, body: Mapping[str, Any], message: Mapping[str, Any], text: str, *, by_staff: bool) -> How:
        """How these words open a case without a command.

        Not those of the desk, nor in threads, nor small talk.
        """
        how = self._openings.how(home_of(body), str(body["event"].get("channel") or ""))
        begins = message.get("thread_ts") in (None, "", message.get("ts")) and message.get("user")
        if how == "command" or by_staff or not begins:
            return "command"
        names = [colleague.name for colleague in self._context.desk.config.staff]
        names += self._text.mentioned_names(message)
        return "command" if not message.get("files") and small_talk.mere(text, names) else how

    def _beside(
        self, letter: Letter, body: Mapping[str, Any], message: Mapping[str, Any], how: How
    ) -> tuple[Anchor, ...]:
        """Anchors of what goes with another message of its channel.

        It was said just before or after that, or below one that was.
        """
        place, ts = f"{home_of(body)}/{body['event']['channel']}", str(message.get("ts"))
        root = str(message.get("thread_ts") or ts)
        if root == ts:
            return (Anchor("beside", f"{place}/{ts}"),) if how == "all" else ()
        first = self._ask(StatusOf("slack", f"m:{place}/{root}"))
        if first and first.outcome == "waiting":
            self._authors.patiently(letter, "the message that it stands below is not handled yet")
        lives_there = self._openings.is_customers(home_of(body), str(body["event"]["channel"]))
        return (Anchor("tag", str(first.case)),) if first and first.case and lives_there else ()

    def _corrects(self, letter: Letter) -> tuple[Anchor, ...]:
        """The case of the words that are changed, also where these stand in no thread of it."""
        first, shown = self._changed(letter)
        heard = first and first.case and (shown or first.public or first.sent)
        return (Anchor("tag", str(first.case)),) if first and heard else ()

    def _changed(self, letter: Letter) -> tuple[MessageStatus | None, bool]:
        """The status of a changed message, on the case chosen for it if any; whether it was shown without one."""
        keys = (f"{prefix}{_original(letter)}" for prefix in ("p:", UNCHOSEN, ""))
        put, shown, first = (self._ask(StatusOf("slack", key)) for key in keys)
        return (put if put and put.public else shown or first), bool(shown)

    def _kept_out(self, event: Mapping[str, Any], text: str, us: str, team: str) -> bool:
        """Is it a specialist's locked aside in a customer's thread, or a change of one that stays locked?"""
        before, _ = self._text.words(_before(event), us, team)
        locked = all(version.startswith(LOCKS) for version in (text, *([before] if _change(event) else [])))
        at_desk = self._desk_channels.owns(str(event.get("channel")))
        return locked and not at_desk and self._authors.is_staff(team, str(message_of(event).get("user")))

    def _changes(
        self, letter: Letter, event: Mapping[str, Any], new: str, us: str
    ) -> Literal["kept", "heard", "late"]:
        """What became of the message that a change changes."""
        original = _original(letter)
        first, _ = self._changed(letter)
        changes = self._ask(ChangesOf("slack", original)) if first else {}
        earlier = [outcome for key, outcome in changes.items() if key < letter.key]
        if first and "waiting" in (first.outcome, *earlier):
            self._authors.patiently(letter, "what it changes is not handled yet")
        if any(outcome == "done" for key, outcome in changes.items() if key > letter.key):
            return "kept"
        if first and (first.public or first.sent):
            return "heard"
        before, _ = self._text.words(_before(event), us, "")
        asks = new.startswith(EDITED) and begin(new.removeprefix(EDITED), "!").asked
        return "late" if asks and not begin(before, "!").asked else "kept"

    def _on_own_case(self, text: str, address: str, *, by_staff: bool) -> bool:
        """Does it ask for its files to go to a case that it names, and that its writer may add them to?"""
        cases = [line.case for line in _about_files(text) if line.case]
        return any(by_staff or self._ask(TakesPart(case, "slack", address)) for case in cases)

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

    def _known(self, letter: Letter, address: str, *, below_ours: bool, whom: tuple[str, ...]) -> bool:
        """Does the thread belong to a case?

        Below words of ours (``below_ours``) it may, once we know where they stand. ``whom``: to whom or what
        we speak where it was said to us; unless words for them are on their way, we know.
        """
        sought = OnItsWay("slack", whom, board=address.split("/")[1])
        early = below_ours and (not whom or self._ask(sought))
        case = self._ask(CaseAt("slack", address))  # last: its thread may begin meanwhile
        if early and not case:
            self._authors.patiently(letter, "its thread is not known yet")
        return bool(case)

    def _once_begun(self, letter: Letter, case: int, *, whom: tuple[str, ...]) -> None:
        """Raise ``ReadLater`` while the words that begin a new case's thread are on their way.

        What is told before they stand, those who read along there would never see.
        """
        recipients = tuple(name.lower() for name in whom)
        threads = self._ask(PlacesOfCases((case,), "slack")).get(case, CasePlaces())
        if not threads.customer and self._ask(OnItsWay("slack", recipients)):
            self._authors.patiently(letter, "its case's thread has not begun yet")

    def _only_files(self, letter: Letter, body: Mapping[str, Any]) -> Inbound:
        """The files of a form, or those that came after their message: they go where that went."""
        team, user, place = str(body["team"]), str(body["user"]), str(body.get("place") or "")
        case, inward = int(body.get("case") or 0), bool(body.get("inward"))
        if body.get("after"):
            status = self._attached.status_of(letter, body)
            case, inward = (status.case or 0, not status.public) if status else (0, True)
        if begins := str(body.get("begins") or ""):
            self._once_begun(letter, case, whom=(f"{team}/{user}", begins))
        fetched = self._attached.of_letter(letter, body) if case else MessageFiles()
        places = [Anchor("thread", place)] if place and case else []
        numbers = [Anchor("tag", str(case))] if case else []
        return replace(
            self._nothing,
            sender=self._authors.identity(team, user),
            verdict=Verdict(),
            parts=(Part("new", forwarded.append_links("", fetched.links)),),
            anchors=(*places, *numbers) if inward else (*numbers, *places),
            attachments=fetched.had,
            prefix="!",
            place=place,
            inward=inward,
            original=str(body.get("after") or "").removeprefix(UNCHOSEN),
            missed=fetched.missed,
        )


def _about_files(text: str) -> list[ParsedCommand]:
    """Its lines that say nothing without its files: ``!attach``, and ``!reply`` without words."""
    lines = [item for item in begin(text, "!").asked if isinstance(item, ParsedCommand)]
    return [line for line in lines if line.verb == "attach" or is_bare_reply(line)]


def _original(letter: Letter) -> str:
    """The key of the message that a change is of: that of the change continues it (``events.key_of``)."""
    return letter.key.rpartition("/")[0]


def _change(event: Mapping[str, Any]) -> str:
    """The mark of a change to an earlier message; ``""`` for a new message."""
    if is_taken_back(event):
        return DELETED
    return EDITED if event.get("subtype") == "message_changed" else ""


def _edited_at(message: Mapping[str, Any]) -> float:
    """When a message was last edited (Slack's seconds); 0: never."""
    return float((message.get("edited") or {}).get("ts") or 0)


def _before(event: Mapping[str, Any]) -> str:
    """The words of a message before its change, as Slack sends them; ``""`` if it was not changed."""
    return str((event.get("previous_message") or {}).get("text") or "")

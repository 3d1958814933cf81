"""Delivery to Slack: a message finds its thread, a card is drawn from the present state."""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Literal

import structlog

from bot.channel.context import ChannelContext
from bot.channel.outbound import DeliveryFailed, Parcel, Stands, TakenOver
from bot.model.translatable import saying
from bot.queries.card import CardOf, CardOutcome, ThreadOf
from bot.queries.redacted import RedactedDelivery
from bot.syntax.case_numbers import label
from channels.slack import dispatch_status
from channels.slack.earlier_messages import EarlierMessages
from channels.slack.redactions import Redactions
from channels.slack.text.i18n import translating
from channels.slack.text.message import as_ephemeral, with_banner
from channels.slack.views.card import card
from channels.slack.views.case import only
from channels.slack.workspace.error_codes import CLOSED, GONE, UNDIRECTED
from channels.slack.workspace.settings import Settings
from channels.slack.workspace.web_api import Name, SlackRefused, in_words
from channels.slack.workspace.workspace import Workspace

log = structlog.get_logger("slack")
A_MOMENT = 1.0
"""Seconds to wait for what comes first, to begin with."""
LONGEST_WHILE = 60.0
"""Seconds after which it is not waited for any longer, unless it is still in the outbox; then between two looks."""
EPHEMERAL = ("transcript", "turned away", "case sought", "closing asked")
"""Notices that only the one who asked sees, where they asked (``chat.postEphemeral``)."""
CONFIRMATION = "confirmation"
"""The notice that is the app's first word in a thread that a customer has begun."""


class SlackDelivery:
    """Delivers parcels; called from several threads."""

    def __init__(self, context: ChannelContext[Settings], workspace: Workspace) -> None:
        self._context = context
        self._calls = workspace.posting
        self._people = workspace.people
        self._files = workspace.files
        self._ids = workspace.ids
        self._earlier = EarlierMessages(workspace.posting)
        self._redactions = Redactions(workspace.posting, workspace.people, self._present)

    def fault(self) -> str:
        """The known reason why something cannot be delivered, or ``""``; asks nobody."""
        calls = self._calls
        if calls.refused:
            return in_words(calls.refused)
        if calls.unscoped:
            return saying("the app lacks a scope for {calls}", calls=", ".join(sorted(calls.unscoped)))
        return ""

    def deliver(self, parcel: Parcel) -> Stands | None:
        """Post a message, or edit an existing one. Raises ``DeliveryFailed``."""
        if parcel.key.startswith("status/"):
            now = self._context.desk.now().timestamp()
            return dispatch_status.show(self._calls, self._context.desk.ask, parcel, now=now)
        parcel = replace(parcel, recipient=self._ids.now(parcel.recipient))
        if parcel.key.startswith("redacted/"):
            standing = self._context.desk.ask(RedactedDelivery(int(parcel.key.rpartition("/")[2])))
            return self._redactions.write_anew(standing) if standing else None
        if parcel.key:
            return self._card(parcel, int(parcel.key.rpartition("/")[2]))
        frozen = self._addressed(json.loads(parcel.payload))
        if frozen["side"] == "desk":
            return self._to_desk(parcel, frozen)
        if frozen.get("mark"):
            self._react(frozen["mark"])
            return None
        if frozen["notice"] in EPHEMERAL:
            self._to_asker_alone(frozen)
            return None
        return self._to_customer(parcel, frozen)

    def _addressed(self, frozen: dict[str, Any]) -> Mapping[str, Any]:
        """A frozen message with the present ids of its channels."""
        place, near = self._present(frozen["place"]), self._present(frozen.get("near") or "")
        return frozen | {"to": self._ids.now(frozen["to"]), "place": place, "near": near}

    def _present(self, place: str) -> str:
        """A place (``TEAM/CHANNEL``) or a thread's address in it with the present id of its channel."""
        team, *channel = place.split("/")
        return "/".join((team, self._ids.now(channel[0]), *channel[1:])) if channel else place

    # the desk's side

    def _card(self, parcel: Parcel, case: int) -> Stands:
        """Update the newest card of a case, or post a new one."""
        place = self._thread(case, "desk") or parcel.place
        moved = self._moved(parcel, case, place) if place else None
        if moved:
            return moved
        if place:
            _, channel, ts = place.split("/")
            text, blocks = self._drawn(case)
            try:
                self._calls.update(channel, ts, text=text, blocks=blocks)
                return Stands(place)
            except SlackRefused as refused:
                closed = refused.code in CLOSED and channel != parcel.recipient
                if refused.code not in GONE and not closed:
                    raise
        ts = self._new_card(parcel, parcel.recipient, case)
        return Stands(self._address(parcel.recipient, ts), "desk", case)

    def _moved(self, parcel: Parcel, case: int, place: str) -> Stands | None:
        """Post the card in the channel that the case belongs to now.

        None if it is there already, or that channel refuses us.
        """
        _, channel, ts = place.split("/")
        if channel == parcel.recipient:
            return None
        try:
            fresh = self._new_card(parcel, parcel.recipient, case)
        except SlackRefused as refused:
            if not refused.permanent:
                raise
            return None
        moved = saying("➡️ {case} is in {channel} now.", case=label(case), channel=f"<#{parcel.recipient}>")
        notice = self._in_words(moved)
        with contextlib.suppress(DeliveryFailed):  # a courtesy: the case is reached from there all the same
            self._calls.update(channel, ts, text=notice, blocks=only(notice))
        return Stands(self._address(parcel.recipient, fresh), "desk", case)

    def _new_card(self, parcel: Parcel, channel: str, case: int, *, id: str = "") -> str:
        """Post a card, unless an earlier try has: its ts."""
        id = id or str(parcel.id)
        before = self._earlier.find(parcel, channel, id=id)
        if before:
            return before
        text, blocks = self._drawn(case)
        _keep(parcel)
        ts = self._calls.post(channel, id=id, case=label(case), text=text, blocks=blocks)
        self._earlier.give_way(parcel, channel, ts, id=id)
        return ts

    def _drawn(self, case: int) -> tuple[str, Any]:
        """A card's text and blocks, from the present state. Raises ``DeliveryFailed``."""
        view = self._context.desk.ask(CardOf(case))
        if view is None:
            raise DeliveryFailed(saying("there is no such case"), permanent=True)
        with translating(self._in_words):
            return card(view, reasons=self._context.desk.config.lists.close_reasons)

    def _in_words(self, sentence: str) -> str:
        """A sentence in the language of the desk's places."""
        desk = self._context.desk
        return desk.in_words(desk.config.desk.language, sentence)

    def _to_desk(self, parcel: Parcel, frozen: Mapping[str, Any]) -> Stands:
        """Post into the case's thread below its card, or directly to one person."""
        if "/" in frozen["to"]:
            channel = self._calls.direct(_user(frozen["to"]))
            return self._posted(parcel, frozen, channel, "")
        if not frozen["case"]:
            return self._posted(parcel, frozen, frozen["to"], "")
        thread = self._thread(frozen["case"], "desk")
        if not thread:
            self._wait_for_the_card(parcel, frozen["case"])
            return self._below_a_new_card(parcel, frozen, frozen["to"])
        _, channel, root = thread.split("/")
        try:
            return self._posted(parcel, frozen, channel, root)
        except SlackRefused as refused:
            if refused.code not in GONE:
                raise
        return self._below_a_new_card(parcel, frozen, channel)

    def _wait_for_the_card(self, parcel: Parcel, case: int) -> None:
        """Postpone, for as long again as it has waited, while the card is still to come.

        What is said later waits behind it. Among hundreds of new cases it comes late, and another would be a second.
        """
        waited = self._context.desk.now().timestamp() - parcel.since
        outcome = self._context.desk.ask(CardOutcome(case, "slack"))
        if outcome == "waiting" or (outcome != "dead" and waited < LONGEST_WHILE):
            why, after = "waits for the case's card", min(max(waited, A_MOMENT), LONGEST_WHILE)
            raise DeliveryFailed(why, permanent=False, after=after, untried=True)

    def _below_a_new_card(self, parcel: Parcel, frozen: Mapping[str, Any], channel: str) -> Stands:
        """Post a new card and this message below it: the card was deleted, or never came."""
        root = self._new_card(parcel, channel, frozen["case"], id=f"{parcel.id}/card")
        try:
            self._posted(parcel, frozen, channel, root)
        except DeliveryFailed as failure:
            failure.untried = False  # the card is there
            raise
        return Stands(self._address(channel, root), "desk", frozen["case"])

    # the customer's side

    def _to_customer(self, parcel: Parcel, frozen: Mapping[str, Any]) -> Stands:
        """Post where this customer reads the case, else where it begins, else in a direct message."""
        if frozen["private"] or not frozen["case"]:
            return self._in_a_talk(parcel, frozen)
        if not frozen["person"]:  # to all who read this thread, or this channel
            _, channel, *root = frozen["place"].split("/")
            return self._posted(parcel, frozen, channel, *(root or [""]))
        thread = self._thread(frozen["case"], "customer", frozen["person"])
        _, channel, root = [*thread.split("/"), "", ""][:3]
        if channel.startswith("D"):
            return self._in_a_talk(parcel, frozen, thread)
        try:
            if thread:
                first = frozen["notice"] == CONFIRMATION
                return self._posted(parcel, with_banner(frozen) if first else frozen, channel, root)
            place = frozen["place"].split("/")
            if len(place) == 2:  # decided at the desk: a place of their account
                stands = self._posted(parcel, with_banner(frozen), place[1], "")
                return Stands(stands.place, "customer", frozen["case"])
        except SlackRefused as refused:
            if refused.code not in CLOSED | GONE:
                raise
            return replace(self._in_a_talk(parcel, frozen), apart=refused.code)
        return self._in_a_talk(parcel, frozen)

    def _in_a_talk(self, parcel: Parcel, frozen: Mapping[str, Any], thread: str = "") -> Stands:
        """Post in a direct message; where Slack takes none for this person, show it for a while."""
        try:
            return self._directly(parcel, frozen, thread)
        except SlackRefused as refused:
            if refused.code not in UNDIRECTED or not frozen["person"]:
                raise
            return self._as_ephemeral(frozen, refused)

    def _directly(self, parcel: Parcel, frozen: Mapping[str, Any], thread: str) -> Stands:
        """Post in a direct message: in the thread that is given, in this case's own there, or in a new one."""
        # Slack posts to who is deactivated, but opens nothing
        channel = self._calls.direct(_user(frozen["to"]))
        case, person = frozen["case"], frozen["person"]
        side: Literal["private", "customer"] = "private" if frozen["private"] else "customer"
        if case and not thread:
            thread = self._thread(case, "private" if side == "private" else "own", person)
        _, where, root = thread.split("/") if thread else ("", "", "")
        if where == channel:
            try:
                return self._posted(parcel, frozen, channel, root)
            except SlackRefused as refused:
                if refused.code not in GONE:
                    raise
        stands = self._posted(parcel, frozen, channel, "")
        return Stands(stands.place, side, case, person) if case else stands

    def _as_ephemeral(self, frozen: Mapping[str, Any], refused: SlackRefused) -> Stands:
        """Show it to one person alone where they last did something: Slack takes no direct messages to them.

        Raises that they cannot be reached, where that place is not known or does not take it either.
        """
        _, channel, root = [*str(frozen["near"]).split("/"), "", ""][:3]
        if not channel or channel.startswith("D"):
            raise SlackRefused(refused.code, unreached=True)
        shown = _said(as_ephemeral(frozen, self._people.ourselves()["user_id"]))
        try:
            self._calls.post_ephemeral(channel, _user(frozen["to"]), root=root, **shown)
        except SlackRefused as also:
            if not also.permanent:
                raise
            raise SlackRefused(refused.code, unreached=True) from None
        return Stands("", ephemeral=True)

    def _to_asker_alone(self, frozen: Mapping[str, Any]) -> None:
        """Post to whoever asked, where they did: an ephemeral message, or plain words where nobody else reads."""
        user, place = _user(frozen["to"]), frozen["place"].split("/")
        root = place[2] if len(place) > 2 else ""
        if len(place) < 2 or place[1].startswith("D"):
            channel = place[1] if len(place) > 1 else self._calls.direct(user)
            self._calls.post(channel, root=root, **_said(frozen))
        else:
            self._calls.post_ephemeral(place[1], user, root=root, **_said(frozen))

    def _react(self, mark: str) -> None:
        """Show a sign that somebody has put on a message (``Mark.at``); only a courtesy."""
        channel, ts, name = mark[1:].split("/", 2)
        change = self._calls.unreact if mark.startswith("-") else self._calls.react
        change(channel, ts, name)

    # both

    def _posted(self, parcel: Parcel, frozen: Mapping[str, Any], channel: str, root: str) -> Stands:
        """Post the message, then its files."""
        self._calls.may_post(channel)
        if not frozen["blocks"] and root:
            return self._files_alone(parcel, frozen, channel, root)
        ts = self._earlier.find(parcel, channel, root)
        there = self._names_after(channel, _below(frozen, root, ts), ts) if ts else Counter()
        if not ts:
            under = self._name(frozen) if root else None
            _keep(parcel)
            ts = self._calls.post(channel, id=str(parcel.id), root=root, under=under, **_said(frozen))
            self._earlier.give_way(parcel, channel, ts, root)
        self._put_missing(channel, _below(frozen, root, ts), frozen["files"], there)
        return Stands(self._address(channel, ts))

    def _name(self, frozen: Mapping[str, Any]) -> Name | None:
        """Under whose name a message to customers stands: its specialist's, within a thread.

        What begins a thread stands under our own: Slack names no author of a message under another name, and by the
        author an answer to it is known as ours before we know where it stands ("message event", ``bot_message``).
        """
        speaker = _user(str(frozen.get("speaker") or ""))
        if frozen["side"] != "customer" or not speaker or not frozen["author"]:
            return None
        return Name(str(frozen["author"])[:80], self._people.image(speaker))

    def _files_alone(self, parcel: Parcel, frozen: Mapping[str, Any], channel: str, root: str) -> Stands:
        """Put files below the card that shows the words they came with."""
        there = self._names_after(channel, root, root) if parcel.tries > 1 else Counter()
        self._put_missing(channel, root, frozen["files"], there)
        return Stands(self._address(channel, root))

    def _put_missing(
        self, channel: str, below: str, files: Iterable[Mapping[str, Any]], there: Counter[str]
    ) -> None:
        """Put the files that an earlier try has not; several may have one name, as pasted pictures do."""
        for file in files:
            if there[file["name"]]:
                there[file["name"]] -= 1
            else:
                self._put(channel, below, file)

    def _put(self, channel: str, below: str, file: Mapping[str, Any]) -> None:
        content = self._context.fetch(file["sha256"])
        try:
            upload = partial(self._files.put, channel, below, name=file["name"], content=content)
            self._calls.guard("files.completeUploadExternal", channel, upload)
        except SlackRefused as refused:
            if not (refused.permanent or refused.unknown):
                raise
            why = saying(
                "its words are there, its file {name} is not: {reason}",
                name=str(file["name"]),
                reason=refused.why,
            )
            raise DeliveryFailed(why, permanent=refused.permanent, unknown=refused.unknown) from None

    def _names_after(self, channel: str, root: str, ts: str) -> Counter[str]:
        """Names of the files that we put into the thread after a message, and how many have each."""
        us = self._people.ourselves()["user_id"]
        return Counter(
            str(file.get("name"))
            for message in self._calls.recent(channel, root, float(ts))
            if str(message["ts"]) >= ts and message.get("user") == us
            for file in _files(message)
        )

    def _thread(self, case: int, side: str, person: int | None = None) -> str:
        """The address of a case's thread on this side, or ``""``; this person's, if one is given."""
        return str(self._context.desk.ask(ThreadOf(case, "slack", side, person)))

    def _address(self, channel: str, ts: str) -> str:
        return f"{self._people.ourselves()['team_id']}/{channel}/{ts}"


def _keep(parcel: Parcel) -> None:
    """Raise ``TakenOver`` unless it is ours still: a process that was stopped does not know by itself."""
    if not parcel.ours():
        raise TakenOver


def _said(frozen: Mapping[str, Any]) -> dict[str, Any]:
    """What a frozen message says, as Slack's calls take it."""
    return {"text": frozen["text"], "blocks": frozen["blocks"]}


def _below(frozen: Mapping[str, Any], root: str, ts: str) -> str:
    """The thread for a message's files; ``""``: they stand beside it, if it is about no case."""
    return root or (ts if frozen["case"] else "")


def _files(message: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    return message.get("files") or ()


def _user(address: str) -> str:
    """A user id from an address in the store: ``t1/u5`` → ``U5``."""
    return address.rpartition("/")[2].upper()

"""Out to Slack: a frozen message finds its thread, a card is drawn from the case's present state."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from slack_sdk import WebClient

from bot.channel import DeliveryFailed, House, Parcel, Stands
from bot.desk import CardOf, ThreadOf
from channels.slack.calls import Calls
from channels.slack.files import Files
from channels.slack.people import People
from channels.slack.views.card import card

A_MOMENT = 1.0
"""Seconds to wait for what comes first."""
RECENT = 60
"""Messages among which one is looked for that may have been posted before."""


class Delivery:
    """Delivers parcels; called from several threads."""

    def __init__(self, house: House, client: WebClient, people: People, files: Files) -> None:
        self._house = house
        self._calls = Calls(client)
        self._people = people
        self._files = files

    def deliver(self, parcel: Parcel) -> Stands | None:
        """Post, or edit what stands already. Raises ``DeliveryFailed``."""
        if parcel.key:
            return self._card(parcel, int(parcel.key.rpartition("/")[2]))
        frozen = json.loads(parcel.payload)
        if frozen["side"] == "desk":
            return self._to_desk(parcel, frozen)
        if frozen["notice"] == "transcript":
            self._whisper(frozen)
            return None
        return self._to_customer(parcel, frozen)

    # the desk's side

    def _card(self, parcel: Parcel, case: int) -> Stands:
        view = self._house.desk.ask(CardOf(case))
        if view is None:
            raise DeliveryFailed("there is no such case", permanent=True)
        text, blocks = card(view, reasons=self._house.desk.config.lists.close_reasons)
        place = parcel.place or self._thread(case, "desk")
        if place:
            _, channel, ts = place.split("/")
            try:
                self._calls.update(channel, ts, text=text, blocks=blocks)
                return Stands(place)
            except DeliveryFailed as failure:
                if "message_not_found" not in str(failure):
                    raise
        known = self._posted_before(parcel, parcel.recipient)
        ts = known or self._calls.post(parcel.recipient, id=parcel.id, text=text, blocks=blocks)
        return Stands(self._address(parcel.recipient, ts), "desk", case)

    def _to_desk(self, parcel: Parcel, frozen: Mapping[str, Any]) -> Stands:
        """Into the case's thread below its card, or straight to one person."""
        if "/" in frozen["to"]:
            channel = self._calls.direct(_user(frozen["to"]))
            return self._posted(parcel, frozen, channel, "")
        thread = self._thread(frozen["case"], "desk")
        if not thread:
            raise DeliveryFailed("waits for the case's card", permanent=False, after=A_MOMENT)
        _, channel, root = thread.split("/")
        return self._posted(parcel, frozen, channel, root)

    # the customer's side

    def _to_customer(self, parcel: Parcel, frozen: Mapping[str, Any]) -> Stands:
        case, person = frozen["case"], frozen["person"]
        thread = self._thread(case, "customer", person) if case else ""
        if frozen["private"]:
            direct = self._calls.direct(_user(frozen["to"]))
            own = thread.split("/") if thread else ["", "", ""]
            return self._posted(parcel, frozen, direct, own[2] if own[1] == direct else "")
        if thread:
            _, channel, root = thread.split("/")
            return self._posted(parcel, frozen, channel, root)
        place = frozen["place"].split("/")
        shared = place[1] if len(place) > 1 else ""  # the customer's own channel
        channel = shared or self._calls.direct(_user(frozen["to"]))
        stands = self._posted(parcel, frozen, channel, "")
        return Stands(stands.place, "customer", case, None if shared else person) if case else stands

    def _whisper(self, frozen: Mapping[str, Any]) -> None:
        """To one person alone, where they asked."""
        user, place = _user(frozen["to"]), frozen["place"].split("/")
        if len(place) < 2 or place[1].startswith("D"):
            channel = place[1] if len(place) > 1 else self._calls.direct(user)
            self._calls.post(channel, root=place[2] if len(place) > 2 else "", **_said(frozen))
        else:
            self._calls.whisper(place[1], user, root=place[2] if len(place) > 2 else "", **_said(frozen))

    # both

    def _posted(self, parcel: Parcel, frozen: Mapping[str, Any], channel: str, root: str) -> Stands:
        ts = self._posted_before(parcel, channel, root)
        there = self._names_after(channel, root or ts, ts) if ts else set()
        if not ts:
            ts = self._calls.post(channel, id=parcel.id, root=root, **_said(frozen))
        for file in frozen["files"]:
            if file["name"] not in there:
                content = self._house.fetch(file["sha256"])
                self._calls.guard(self._files.put, channel, root or ts, name=file["name"], content=content)
        return Stands(self._address(channel, ts))

    def _posted_before(self, parcel: Parcel, channel: str, root: str = "") -> str:
        """The ts of this very message, if an earlier try got through without our hearing of it, else ``""``.

        Slack knows no idempotency for ``chat.postMessage``; our metadata does.
        """
        if parcel.tries < 2:
            return ""
        for message in self._calls.recent(channel, root, RECENT):
            about = (message.get("metadata") or {}).get("event_payload") or {}
            if str(about.get("id")) == str(parcel.id):
                return str(message["ts"])
        return ""

    def _names_after(self, channel: str, root: str, ts: str) -> set[str]:
        """Names of the files that we put into the thread after a message."""
        return {
            str(file.get("name"))
            for message in self._calls.recent(channel, root, RECENT)
            if str(message["ts"]) >= ts
            for file in _files(message)
        }

    def _thread(self, case: int, side: str, person: int | None = None) -> str:
        return str(self._house.desk.ask(ThreadOf(case, "slack", side, person)))

    def _address(self, channel: str, ts: str) -> str:
        return f"{self._people.ourselves()['team_id']}/{channel}/{ts}"


def _said(frozen: Mapping[str, Any]) -> dict[str, Any]:
    return {"text": frozen["text"], "blocks": frozen["blocks"]}


def _files(message: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    return message.get("files") or ()


def _user(address: str) -> str:
    """``t1/u5``, as the store has it → ``U5``."""
    return address.rpartition("/")[2].upper()

"""Openings: how what is said in a customer's own channel opens cases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, Protocol

from channels.slack.workspace.channel_ids import ChannelIds
from channels.slack.workspace.settings import Settings

How = Literal["command", "offer", "all"]


class PlacesOfAccount(Protocol):
    """What an account says of its own places, by channel."""

    @property
    def places(self) -> Mapping[str, Sequence[str]]: ...

    @property
    def opens(self) -> Mapping[str, How]: ...


class Openings:
    """Knows for each bound place how cases are opened in it."""

    def __init__(self, settings: Settings, accounts: Iterable[PlacesOfAccount], ids: ChannelIds) -> None:
        self._ids = ids
        self._how: dict[str, How] = {
            place.upper(): account.opens.get("slack", settings.opens)
            for account in accounts
            for place in account.places.get("slack", ())
        }

    def how(self, home: str, channel: str) -> How:
        """In a place that is nobody's own, by a command alone. The config may have the channel by an older id."""
        return next((self._how[place] for place in self._bound(home, channel)), "command")

    def is_customers(self, home: str, channel: str) -> bool:
        """Is it an account's own? Then cases that are opened there live there."""
        return bool(self._bound(home, channel))

    def _bound(self, home: str, channel: str) -> list[str]:
        places = [f"{home}/{id}".upper() for id in (channel, *self._ids.older(channel))]
        return [place for place in places if place in self._how]

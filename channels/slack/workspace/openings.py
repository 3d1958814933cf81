"""Openings: how what is said in a customer's own channel opens cases."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
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

    def __init__(
        self, settings: Settings, accounts: Callable[[], Iterable[PlacesOfAccount]], ids: ChannelIds
    ) -> None:
        """``accounts``: those of this moment."""
        self._ids = ids
        self._accounts = accounts
        self._usual: How = settings.opens

    @property
    def _how(self) -> dict[str, How]:
        return {
            place.upper(): account.opens.get("slack", self._usual)
            for account in self._accounts()
            for place in account.places.get("slack", ())
        }

    def how(self, home: str, channel: str) -> How:
        """In a place that is nobody's own, by a command alone. The config may have the channel by an older id."""
        how = self._how
        return next((how[place] for place in self._places(home, channel) if place in how), "command")

    def is_customers(self, home: str, channel: str) -> bool:
        """Is it an account's own? Then cases that are opened there live there."""
        how = self._how
        return any(place in how for place in self._places(home, channel))

    def _places(self, home: str, channel: str) -> list[str]:
        return [f"{home}/{id}".upper() for id in (channel, *self._ids.older(channel))]

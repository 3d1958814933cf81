"""Lifecycle: what Slack's events tell of the app, of channels and of people.

docs.slack.dev, reference of events; shapes as in java-slack-sdk, ``json-logs/samples/events``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import structlog

from bot.channel.context import ChannelContext
from bot.commands.house import PlaceMoved, ShowAnew
from bot.model.identity import CLOCK, Proof
from bot.model.request import Request
from bot.model.translatable import saying, together
from bot.queries.backfill import BoundPlaces, CasesWithoutCard
from channels.slack.workspace.desk_channels import ARCHIVED, DELETED, LEFT, OF_CUSTOMER, SHARED
from channels.slack.workspace.settings import Settings
from channels.slack.workspace.workspace import Workspace

log = structlog.get_logger("slack")
CLOSES = {"archive": ARCHIVED, "deleted": DELETED, "left": LEFT}
"""By the end of an event's name, why its channel can be used no more."""
REOPENS = {"unarchive": ARCHIVED, "unshared": SHARED}
"""By the end of an event's name, which reason is none any more."""


class Lifecycle:
    """Hears of the app, of channels and of people.

    ``hear`` returns when what must last is durable, and raises what kept it from that.
    """

    def __init__(self, context: ChannelContext[Settings], workspace: Workspace) -> None:
        self._desk = context.desk
        self._people = workspace.people
        self._desk_channels = workspace.desk_channels
        self._ids = workspace.ids
        self._revoked = workspace.posting.revoked
        self._forget_direct = workspace.posting.forget_direct
        self._customers: dict[str, str] = {}
        """Channels of customers that cannot be used, and what is said of that."""
        self._state = workspace.state
        self.returned: Callable[[str, datetime], None] = lambda channel, since: None
        """Called with a channel that the app is in again, and since when it was not."""

    def unusable(self) -> Mapping[str, str]:
        """Channels in which the app cannot speak any more: what happened, and what is done about it."""
        return {**self._desk_channels.unusable(), **self._customers}

    def hear(self, event: Mapping[str, Any], *, home: str, us: str) -> None:
        """Handle an event of the workspace ``home``; ``us``: our own user there."""
        name = str(event.get("type") or "")
        kind, _, what = name.partition("_")
        if name == "app_uninstalled":
            self._revoked("account_inactive")
        elif name == "tokens_revoked":
            self._token_revoked(event, us)
        elif name == "user_change":
            self._user_changed(event.get("user") or {})
        elif name == "channel_id_changed":
            self._moved(home, str(event["old_channel_id"]), str(event["new_channel_id"]))
        elif kind == "member":
            self._membership(event, home=home, us=us, what=what)
        elif kind in ("channel", "group"):
            self._channel(event, home=home, what=what)

    def rebind(self) -> None:
        """Bind the places that the config names by an older id to their present one. Never raises."""
        try:
            for place in self._desk.ask(BoundPlaces("slack")):
                home, _, channel = place.partition("/")
                if self._ids.now(channel) != channel:
                    self._move_places(home, channel, self._ids.now(channel))
        except Exception:
            log.exception("customers' channels with new ids are not bound; the next start tries again")

    def _user_changed(self, user: Mapping[str, Any]) -> None:
        self._people.forget(str(user.get("id") or ""))
        if user.get("deleted"):
            self._forget_direct(str(user.get("id") or ""))

    def _token_revoked(self, event: Mapping[str, Any], us: str) -> None:
        users = (event.get("tokens") or {}).get("bot") or ()
        if not us or us in users:
            self._revoked("token_revoked")

    def _membership(self, event: Mapping[str, Any], *, home: str, us: str, what: str) -> None:
        if us and event.get("user") == us:
            channel = str(event.get("channel"))
            if what.startswith("left"):
                self._lost(home, channel, LEFT)
            else:
                self._regained(channel, LEFT)

    def _channel(self, event: Mapping[str, Any], *, home: str, what: str) -> None:
        channel = event.get("channel")
        if what == "rename" and isinstance(channel, dict):
            self._desk_channels.renamed(str(channel.get("id")), str(channel.get("name")))
        elif what == "shared" or (what == "unshared" and event.get("is_ext_shared")):
            self._desk_channels.hear(str(channel), SHARED)
        elif what in CLOSES:
            self._lost(home, str(channel), CLOSES[what])
        elif what in REOPENS:
            self._regained(str(channel), REOPENS[what])

    def _regained(self, channel: str, why: str) -> None:
        """Note that a channel is no longer unusable for this reason."""
        self._customers.pop(channel, None)
        self._desk_channels.over(channel, why)
        if lost_at := self._state.fresh(_row(channel)).get("lost_at"):
            self._state.put(_row(channel), {})
            self.returned(channel, datetime.fromisoformat(lost_at))

    def show_missing_cards(self, since: datetime) -> None:
        """Post the cards of cases that were opened since then and have none."""
        for number in self._desk.ask(CasesWithoutCard("slack", since)):
            now = self._desk.now()
            key = f"card {number} {now.isoformat()}"
            self._desk.handle(Request("slack", key, CLOCK, Proof.LINKED, (ShowAnew(number),), now))

    def _lost(self, home: str, channel: str, why: str) -> None:
        """Note why a channel cannot be used, and since when."""
        if not self._state.fresh(_row(channel)):
            self._state.put(_row(channel), {"lost_at": self._desk.now().isoformat()})
        if self._desk_channels.owns(channel):
            self._desk_channels.hear(channel, why)
        elif f"{home}/{channel}" in self._desk.ask(BoundPlaces("slack")):
            name = self._desk_channels.look_up(channel)
            self._customers[channel] = together(
                saying(OF_CUSTOMER[why], channel=name), saying("Its cases go on in direct messages.")
            )
            log.warning("a customer's channel changed", channel=channel, what=why)

    def _moved(self, home: str, old: str, new: str) -> None:
        """Let threads, bindings and what is on its way follow a channel's new id."""
        self._ids.changed(old, new)
        self._move_places(home, old, new)
        log.info("a channel has another id", old=old, new=new)

    def _move_places(self, home: str, old: str, new: str) -> None:
        now = self._desk.now()
        command = PlaceMoved("slack", f"{home}/{old}", f"{home}/{new}")
        key = f"moved {home}/{old} {new} {now.isoformat()}"
        self._desk.handle(Request("slack", key, CLOCK, Proof.LINKED, (command,), now))


def _row(channel: str) -> str:
    return f"slack-absence/{channel}"

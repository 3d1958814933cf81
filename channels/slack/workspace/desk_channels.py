"""The desk's channels: can they be used? Not if outsiders read them, or the app cannot speak there.

Slack tells one process when a channel is shared, archived or left ("channel_shared event" and others), and that one
tells the others (``SharedState``); of what it told while nobody listened we learn by ``conversations.info``, which is
asked before anything is posted there, every few minutes.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from typing import Any

import structlog

from bot.channel.outbound import DeliveryFailed
from bot.model.translatable import saying, together
from channels.slack.workspace.channel_ids import ChannelIds
from channels.slack.workspace.error_codes import CLOSED
from channels.slack.workspace.settings import Settings
from channels.slack.workspace.shared_state import SharedState, Value
from channels.slack.workspace.web_api import Calls, SlackRefused

log = structlog.get_logger("slack")
A_WHILE = 300.0
"""Seconds for which an answer of Slack's holds, if no event tells otherwise."""
AGAIN = 5.0
"""Seconds until Slack is asked again that did not answer, if it does not say."""
A_MOMENT = 1.0
"""Seconds until a delivery is tried again whose channel got another id just now."""
NOT_FOUND = "channel_not_found"
NEVER: tuple[float, Value] = (0.0, {})
SHARED, ARCHIVED, DELETED, LEFT = "shared", "archived", "deleted", "left"
"""Why nothing may or can be said in a channel."""
WORDS = {
    SHARED: "{channel} is shared with another organisation.",
    ARCHIVED: "{channel} was archived.",
    DELETED: "{channel} was deleted.",
    LEFT: "{channel} no longer has the app in it.",
}
OF_CUSTOMER = {
    SHARED: "{channel}, a customer's channel, is shared with another organisation.",
    ARCHIVED: "{channel}, a customer's channel, was archived.",
    DELETED: "{channel}, a customer's channel, was deleted.",
    LEFT: "{channel}, a customer's channel, no longer has the app in it.",
}
MEND = {
    ARCHIVED: "Unarchive it, or name another channel in the config (slack.triage, slack.routes).",
    DELETED: "Name another channel in the config (slack.triage, slack.routes) and start casebot anew.",
    LEFT: "Write /invite @app there, and cards and notes go on.",
}
BY_MAIL = saying("What the desk would read there comes by mail.")


class DeskChannels:
    """The channels with cards; safe between threads."""

    def __init__(self, settings: Settings, calls: Calls, *, ids: ChannelIds, state: SharedState) -> None:
        self._settings = settings
        self._calls = calls
        self._ids = ids
        self._state = state
        """Of each channel, why nothing is said there (``why``), and a mark that each event changes (``heard``)."""
        self._names: dict[str, str] = {}
        """What people call them."""
        self._answered: dict[str, Value] = {}
        """Channels of which Slack told us, and what was noted of each then."""
        self._asked: dict[str, tuple[float, Value]] = {}
        """Until when (monotonic) Slack is not asked of them again, and what was noted when it was."""
        self._unanswered: dict[str, str] = {}
        """Why Slack did not answer when it was asked last."""

    def for_case(self, *, type: str, category: str, account: str) -> str:
        """The account's own channel, else the category's, the type's, or triage; the first that can be used."""
        routes = self._settings.routes
        keys = (f"account:{account}", f"{type} / {category}", type)
        wanted = (*map(routes.get, keys), self._settings.triage)
        for channel in map(self._ids.now, filter(None, wanted)):
            if not self._why(channel) or not self._noted(channel, fresh=True).get("why"):
                return channel
            self._ask_again(channel)
        return ""

    def owns(self, channel: str, *, fresh: bool = False) -> bool:
        """Is it one of them, usable or not? ``fresh``: by what is stored at this moment."""
        ids = {channel, *self._ids.older(channel, fresh=fresh)}
        return bool(ids & self._written()) and self._ids.now(channel) == channel

    def all(self) -> set[str]:
        """All of them, by their present ids."""
        return set(map(self._ids.now, self._written()))

    def _written(self) -> set[str]:
        """Their ids as the config has them."""
        return {self._settings.triage, *self._settings.routes.values()} - {""}

    def exposed(self) -> Mapping[str, str]:
        """Channels that outsiders read, as far as we know, and their names."""
        return {channel: self.name(channel) for channel, why in self._reasons() if why == SHARED}

    def unusable(self) -> Mapping[str, str]:
        """Channels in which the app cannot speak, as far as we know: what happened, and how to mend it."""
        return {
            channel: together(saying(WORDS[why], channel=self.name(channel)), BY_MAIL, saying(MEND[why]))
            for channel, why in self._reasons()
            if why != SHARED
        }

    def hear(self, channel: str, why: str) -> None:
        """Note why a channel cannot be used, as an event told. Durable on return."""
        if not self.owns(channel):
            return
        self._note(channel, why)
        self._answered[channel] = self._noted(channel)
        self.look_up(channel)

    def over(self, channel: str, why: str) -> None:
        """Note that this is no reason any more.

        Slack is asked, by each process, whether there is another before anything is said.
        """
        if self.owns(channel):
            standing = self._noted(channel, fresh=True).get("why", "")
            self._note(channel, "" if standing == why else standing)

    def renamed(self, channel: str, name: str) -> None:
        """Note a channel's new name."""
        self._names[channel] = f"#{name}"

    def refuse_outsiders(self, channel: str) -> None:
        """Raise ``DeliveryFailed`` if outsiders would read it, nobody could, or Slack has not said so far."""
        if not self.owns(channel, fresh=True):
            self._refuse_older(channel)
            return
        self._noted(channel, fresh=True)
        if self._due(channel):
            self._ask(channel)
        if why := self._why(channel):
            raise DeliveryFailed(saying(WORDS[why], channel=self.name(channel)), permanent=True)
        if not self._known(channel):
            raise self._not_known(channel)

    def _refuse_older(self, channel: str) -> None:
        """Raise ``DeliveryFailed`` if the channel got another id just now."""
        if self._ids.now(channel) != channel:
            raise DeliveryFailed(
                "its channel has another id now", permanent=False, after=A_MOMENT, untried=True
            )

    def _not_known(self, channel: str) -> DeliveryFailed:
        """The failure of what waits until Slack says who reads the channel."""
        why = f"Slack has not said yet who reads {self.name(channel)}: {self._unanswered.get(channel, '')}"
        until, _ = self._asked.get(channel, NEVER)
        after = max(until - time.monotonic(), A_MOMENT)
        return DeliveryFailed(why, permanent=False, after=after, untried=True)

    def name(self, channel: str) -> str:
        """What people call a channel; its id while that is not known."""
        return self._names.get(channel, channel)

    def look_up(self, channel: str) -> str:
        """What people call a channel, asking Slack if need be."""
        if channel not in self._names:
            try:
                self._about(channel)
            except DeliveryFailed as failure:
                log.debug("a channel could not be looked up", why=str(failure))
        return self.name(channel)

    def ask_of_closed(self) -> None:
        """Ask Slack whether the channels that were last heard to be closed still are. Never raises."""
        for channel in self.all():
            if self._why(channel):
                self._ask_safely(channel)

    # what is noted, for all processes

    def _reasons(self) -> Iterator[tuple[str, str]]:
        """Channels that cannot be used, and why; what stood there before we began, once Slack says it too."""
        for channel in sorted(self.all()):
            if not (why := self._why(channel)):
                continue
            if self._known(channel):
                yield channel, why
            else:
                self._ask_again(channel)

    def _why(self, channel: str) -> str:
        return str(self._noted(channel).get("why", ""))

    def _noted(self, channel: str, *, fresh: bool = False) -> Value:
        return self._state.fresh(_row(channel)) if fresh else self._state.get(_row(channel))

    def _note(self, channel: str, why: str) -> None:
        before = self._noted(channel).get("why", "")
        self._state.put(_row(channel), {"why": why, "heard": time.time_ns()})
        if before != why:
            say = log.error if why else log.info
            what = why or "can be used again"
            say("a channel of the desk changed", channel=channel, what=what)

    # what Slack is asked

    def _known(self, channel: str) -> bool:
        """Did Slack answer, and was nothing heard of the channel since?"""
        return self._answered.get(channel) == self._noted(channel)

    def _due(self, channel: str) -> bool:
        """Is Slack to be asked? At once if something was heard of the channel since it was asked last."""
        until, noted = self._asked.get(channel, NEVER)
        return time.monotonic() >= until or noted != self._noted(channel)

    def _ask_again(self, channel: str) -> None:
        """In the background, now and then: the event that told of its return may have been lost."""
        if self._due(channel):
            self._asked[channel] = time.monotonic() + A_WHILE, self._noted(channel)
            # a daemon: what it would still note holds up nobody who leaves
            threading.Thread(
                target=self._ask_safely, args=(channel,), name="slack-channels", daemon=True
            ).start()

    def _ask_safely(self, channel: str) -> None:
        try:
            self._ask(channel)
        except Exception as error:
            log.warning("a channel of the desk could not be looked at", error=type(error).__name__)

    def _ask(self, channel: str) -> None:
        """Ask Slack whether a channel can be used; without an answer the last one holds, if there was any.

        What is heard meanwhile is newer than the answer. Of a private channel that the app is not in, Slack says
        that it is not there.
        """
        noted = self._noted(channel, fresh=True)
        try:
            why = _why(self._about(channel))
        except SlackRefused as refused:
            if refused.code not in CLOSED:
                self._put_off(channel, noted, refused)
                return
            why = str(noted.get("why", "")) or (LEFT if refused.code == NOT_FOUND else "")
        except DeliveryFailed as failure:
            self._put_off(channel, noted, failure)
            return
        if self._noted(channel, fresh=True) != noted:
            return
        if why != noted.get("why", ""):
            self._note(channel, why)
        self._answered[channel] = self._noted(channel)
        self._asked[channel] = time.monotonic() + A_WHILE, self._noted(channel)

    def _put_off(self, channel: str, noted: Value, failure: DeliveryFailed) -> None:
        """Ask no more for a while: Slack did not answer."""
        log.info("Slack does not say who reads a channel", channel=channel, why=str(failure))
        self._unanswered[channel] = str(failure)
        self._asked[channel] = time.monotonic() + (failure.after or AGAIN), noted

    def _about(self, channel: str) -> Mapping[str, Any]:
        """Slack's description of a channel, whose name is noted. Raises ``DeliveryFailed``."""
        about = self._calls.about(channel)
        self._names[channel] = f"#{about['name']}" if about.get("name") else channel
        return about


def _row(channel: str) -> str:
    return f"slack-desk-channel/{channel}"


def _why(about: Mapping[str, Any]) -> str:
    """Why a channel cannot be used, from its conversation object, or ``""``."""
    if about.get("is_archived"):
        return ARCHIVED
    if about.get("is_ext_shared"):
        return SHARED
    return LEFT if about.get("is_member") is False else ""

"""Authors: who wrote a message or did something to it, by team and user."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import timedelta
from typing import Any

from bot.channel.context import ChannelContext
from bot.channel.protocols import Letter
from bot.model.identity import Identity
from channels.slack.inbound.events import home_of
from channels.slack.inbound.read_later import ReadLater, asking_desk, wait_after
from channels.slack.workspace.settings import Settings
from channels.slack.workspace.users import People, is_team

UNKNOWN = "Slack does not say whose team it is"
NOT_KNOWN_YET = timedelta(minutes=10)
"""An answer of Slack's was lost at most so long ago; then it is known what stands where."""


class Authors:
    """Identifies the people of events; raises ``ReadLater`` while Slack does not say."""

    def __init__(self, context: ChannelContext[Settings], people: People) -> None:
        self._context = context
        self._people = people
        self._bots: Collection[str] = frozenset(context.settings.bots)

    def is_another_bot(self, letter: Letter, message: Mapping[str, Any]) -> bool:
        """Is it from an unlisted bot? A person may post through an app, under their own name."""
        if not message.get("bot_id") or message.get("bot_id") in self._bots:
            return False
        is_bot = self._people.is_bot(str(message.get("user") or ""))
        if is_bot is None:
            self.patiently(letter, "Slack does not say who wrote it")
        return is_bot is not False

    def team(self, letter: Letter, body: Mapping[str, Any], message: Mapping[str, Any]) -> str:
        """The author's team, which in a shared channel need not be ours."""
        user, named = str(message["user"]), _named_team(body["event"], message)
        with asking_desk():
            team = self._people.same(user, named) if named else self._people.met_as(user)
            if not team and not named:
                team = _only_team(body) or self._people.team(user)
            if team:
                return team
            self.patiently(letter, UNKNOWN)
            team = self._people.met_as(user) or named
        if not team:  # a guess would make them somebody else for good
            raise ReadLater(UNKNOWN, wait_after(self._age(letter)) / 2)
        return team

    def _age(self, letter: Letter) -> timedelta:
        age: timedelta = self._context.desk.now() - letter.received_at
        return age

    def patiently(self, letter: Letter, why: str) -> None:
        """Read it again later, but not for ever. Raises ``ReadLater``."""
        age = self._age(letter)
        if age < NOT_KNOWN_YET:
            raise ReadLater(why, wait_after(age) / 2)

    def is_staff(self, team: str, user: str) -> bool:
        """Is it somebody of the desk?"""
        there = f"{team}/{user}".lower()
        return any(there == address.lower() for address, _ in self._colleagues())

    def is_colleague(self, letter: Letter, body: Mapping[str, Any], *, team: str, user: str) -> bool:
        """Return whether a full member of the own workspace, but no staff, writes in a shared channel."""
        if not body.get("is_ext_shared_channel") or body["event"].get("channel_type") == "im":
            return False
        if not user or self.is_staff(team, user):
            return False
        is_own = self._people.is_full_member(user, home_of(body))
        if is_own is None:
            self.patiently(letter, "Slack does not say whether they are a guest")
        return bool(is_own)

    def identity(self, team: str, user: str) -> Identity:
        """The person as the desk meets them."""
        name = self._people.name(team, user)
        return Identity("slack", f"{team}/{user}", name, self._people.language(user))

    def name(self, team: str, user: str) -> str:
        """The name of a user; a colleague's as in the desk's config, so that ``!assign @Kim`` means them."""
        return self._colleague(user) or self._people.name(team, user) or user

    def team_of(self, user: str) -> str:
        """The team of somebody who is mentioned; ``""`` while Slack does not tell it."""
        return self._people.team(user)

    def knows(self, user: str) -> bool:
        """Would a name be told without asking Slack?"""
        return bool(self._colleague(user)) or self._people.knows(user)

    def _colleague(self, user: str) -> str:
        there = f"/{user}".lower()
        return next((name for address, name in self._colleagues() if address.lower().endswith(there)), "")

    def _colleagues(self) -> Iterator[tuple[str, str]]:
        """Address and name of everybody of the desk who is in Slack."""
        for colleague in self._context.desk.config.staff:
            if address := colleague.addresses.get("slack"):
                yield address, colleague.name


def _only_team(body: Mapping[str, Any]) -> str:
    """Our workspace, where nobody else's people can be; ``""`` in shared channels."""
    home = home_of(body) if body.get("is_ext_shared_channel") is False else ""
    return home if is_team(home) else ""


def _named_team(event: Mapping[str, Any], message: Mapping[str, Any]) -> str:
    """The workspace that an event names as its author's, or ``""``.

    An organisation's id (``E…``) is nobody's workspace, and the ``team`` of an ``app_mention`` beside one is
    ours (``slack_bolt/request/internals.py``, ``extract_actor_team_id``).
    """
    named = [message.get("user_team"), message.get("source_team")]
    if event.get("type") != "app_mention" or not any(named):
        named.append(message.get("team"))
    return next((str(team) for team in named if is_team(team)), "")

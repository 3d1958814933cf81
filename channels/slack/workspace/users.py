"""Users: name, team, language, and whether one is a bot; looked up once a day."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from slack_sdk import WebClient

from bot.queries.message_status import AddressesOf

log = structlog.get_logger("slack")
A_DAY = 24 * 3600.0
SOON = 300.0
"""Seconds after which a name that could not be had is asked for again."""


@dataclass(frozen=True, slots=True)
class SlackUser:
    """A user as Slack describes them; empty while Slack does not answer."""

    name: str = ""
    team: str = ""
    locale: str = ""
    mail: str = ""
    """The address in their profile, which proves nothing; empty without the scope ``users:read.email``."""
    is_bot: bool | None = None
    teams: frozenset[str] = frozenset()
    """The workspaces of their organisation, where there is one: in all of these they are the same user."""
    image: str = ""
    """The address of their picture."""
    is_guest: bool = False


class People:
    """Names, teams and languages of users (``users.info``, Tier 4), and our own ids (``auth.test``)."""

    def __init__(
        self, client: WebClient, ask: Callable[[Any], Any], *, staff: Callable[[], Iterable[str]] = tuple
    ) -> None:
        """``ask``: ``Desk.ask``; ``staff``: the desk's people of this moment, ``TEAM/USER`` each."""
        self._client = client
        self._ask_desk = ask
        self._staff = staff
        self._teams: dict[str, str] = {}
        """The teams of those whom the desk has met."""
        self._users: dict[str, tuple[float, SlackUser]] = {}
        self._self: dict[str, str] = {}
        self._lock = threading.Lock()

    def name(self, team: str, user: str, fallback: str = "") -> str:
        """The name to show; ``fallback`` (or nothing) while Slack does not say."""
        return self._of(user).name or fallback

    def knows(self, user: str) -> bool:
        """Would a name be told without asking Slack?"""
        with self._lock:
            return time.monotonic() < self._users.get(user, (0.0, SlackUser()))[0]

    def language(self, user: str) -> str:
        """The language of their Slack (``de-DE``), or ``""``; never asks only for this."""
        with self._lock:
            return self._users.get(user, (0.0, SlackUser()))[1].locale

    def mail(self, user: str) -> str:
        """The mail address in their profile, or ``""``; never asks only for this."""
        with self._lock:
            return self._users.get(user, (0.0, SlackUser()))[1].mail

    def team(self, user: str) -> str:
        """The id of a user's team, which need not be ours; ``""`` while unknown.

        If the desk has met them, it is the team by which it did: Slack names the workspace or the whole
        organisation of one and the same user, by the kind of event ("Enterprise Grid"), and one person stays
        one person.
        """
        return self.met_as(user) or self._slacks_team(user)

    def same(self, user: str, team: str) -> str:
        """The team by which we know a user who now appears with this one; ``""`` while that is not known.

        That is while Slack does not say whether two workspaces are of one organisation.
        """
        met = self.met_as(user)
        if not met or met == team:
            return team
        slacks = self._user(user)
        if slacks.is_bot is None:
            return ""
        return met if met in slacks.teams else team

    def image(self, user: str) -> str:
        """The address of their picture (``profile.image_192``), or ``""``."""
        return self._of(user).image

    def _named(self, user: str) -> str:
        """The team that the config names of one of the desk's people, or ``""``."""
        addresses = (address.upper().partition("/") for address in self._staff())
        return next((team for team, _, name in addresses if name == user.upper()), "")

    def met_as(self, user: str) -> str:
        """The team of a user whom the desk knows already, or ``""``.

        Has it met two, it is the one that the config names of its own people, else the one that Slack does.
        """
        if user not in self._teams:
            teams = {
                address.partition("/")[0].upper() for address in self._ask_desk(AddressesOf("slack", user))
            }
            teams = {team for team in teams if is_team(team)}
            if not teams:
                return ""
            named = self._named(user)
            if named not in teams:
                named = self._slacks_team(user) if len(teams) > 1 else min(teams)
            if named not in teams:
                return str(min(teams))  # Slack is silent: a guess, which is not kept
            self._teams[user] = named
        return self._teams[user]

    def is_bot(self, user: str) -> bool | None:
        """Is it a bot? None while Slack does not say."""
        return self._user(user).is_bot

    def is_full_member(self, user: str, home: str) -> bool | None:
        """Return whether a user is a member of a workspace and no guest; None while Slack does not say."""
        profile = self._user(user)
        if profile.is_bot is None:
            return None
        return home in (profile.team, *profile.teams) and not profile.is_guest

    def surely_a_bot(self, user: str) -> bool:
        """Has Slack said that it is a bot? Never asks."""
        with self._lock:
            return bool(self._users.get(user, (0.0, SlackUser()))[1].is_bot)

    def forget(self, user: str) -> None:
        """Ask again who somebody is, the next time: their name or their account changed."""
        with self._lock:
            self._users.pop(user, None)

    def _slacks_team(self, user: str) -> str:
        return self._user(user).team

    def _user(self, user: str) -> SlackUser:
        """The user as Slack describes them; asks again at once if there was no answer yet."""
        with self._lock:
            until, user_cached = self._users.get(user, (0.0, SlackUser()))
        return (
            user_cached if user_cached.is_bot is not None and time.monotonic() < until else self._look(user)
        )

    def by_mail(self, mail: str) -> str:
        """``T…/U…`` of the member whose profile has the address (``users.lookupByEmail``, Tier 3), or ``""``."""
        try:
            user = self._client.users_lookupByEmail(email=mail).get("user") or {}
            team = user.get("team_id") or self.ourselves()["team_id"]
        except Exception as error:  # nobody has it, the scope is missing, Slack is away
            log.debug("nobody was found by mail address", error=type(error).__name__)
            return ""
        return f"{team}/{user['id']}" if user.get("id") else ""

    def ourselves(self) -> dict[str, str]:
        """``team_id``, ``user_id`` and ``bot_id`` of the app, and the workspace's ``url``.

        Raises what the client raises.
        """
        if not self._self:
            answer = self._client.auth_test()
            self._self = {
                key: str(answer.get(key) or "")
                for key in ("team_id", "user_id", "bot_id", "url", "enterprise_id")
            }
        return self._self

    def known_ourselves(self) -> Mapping[str, str]:
        """The same, as far as Slack has said it; never asks."""
        return self._self

    def known_id(self) -> str:
        """Our own user id, if it is known. Never asks."""
        return self._self.get("user_id", "")

    def _of(self, user: str) -> SlackUser:
        with self._lock:
            until, user_cached = self._users.get(user, (0.0, SlackUser()))
        return user_cached if time.monotonic() < until else self._look(user)

    def _look(self, user: str) -> SlackUser:
        details = self._ask(user)
        with self._lock:
            if details.is_bot is None:  # Slack is silent: what it said before holds
                _, details = self._users.get(user, (0.0, details))
                self._users[user] = time.monotonic() + SOON, details
            else:
                self._users[user] = time.monotonic() + (A_DAY if details.name else SOON), details
        return details

    def _ask(self, user: str) -> SlackUser:
        try:
            details: dict[str, Any] = (
                self._client.users_info(user=user, include_locale=True).get("user") or {}
            )
        except Exception as error:  # a name is not worth failing for
            log.debug("a name could not be looked up", error=type(error).__name__)
            return SlackUser()
        profile = details.get("profile") or {}
        names = (
            profile.get("real_name"),
            details.get("real_name"),
            profile.get("display_name"),
            details.get("name"),
        )
        name = " ".join(str(next((name for name in names if name), "")).split())[:200]
        team = next((str(id) for id in (details.get("team_id"), profile.get("team")) if is_team(id)), "")
        teams = frozenset((details.get("enterprise_user") or {}).get("teams") or ())
        image = str(profile.get("image_192") or profile.get("image_72") or "")
        return SlackUser(
            name,
            team,
            locale=str(details.get("locale") or ""),
            mail=str(profile.get("email") or "").lower(),
            is_bot=bool(details.get("is_bot")),
            teams=teams,
            is_guest=bool(details.get("is_restricted") or details.get("is_ultra_restricted")),
            image=image if image.startswith("https://") else "",
        )


def is_team(id: object) -> bool:
    """Is it a workspace's id, and not a whole organisation's (``E…``)?"""
    return isinstance(id, str) and id.startswith("T")

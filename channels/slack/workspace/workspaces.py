"""The workspaces that the app is installed in: whose token answers what comes from which.

One static token stands in the config, so there is one. Whoever adds a second adds an entry here, and gives each its
own ``WebClient``, ``Calls``, ``People`` and ``DeskChannels``: these are made for one workspace and know no other.
"""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from channels.slack.workspace.users import People

log = structlog.get_logger("slack")


@dataclass(frozen=True, slots=True)
class Installation:
    """The app in one workspace, or in an organisation with all of its workspaces."""

    token: str
    team: str = ""
    """Empty while Slack has not said whose the token is (``auth.test``)."""
    organisation: str = ""
    """The organisation (``E…``) that the workspace belongs to, or ``""``."""

    def serves(self, team: str, organisation: str) -> bool:
        """Is it the one that a request from there is for?"""
        return (
            not self.team
            or team in (self.team, "")
            or bool(organisation and organisation == self.organisation)
        )


class Workspaces:
    """Installations by team."""

    def __init__(self, token: str, people: People) -> None:
        self._token = token
        self._people = people
        self._strangers: set[str] = set()

    def of(self, team: str, organisation: str = "") -> Installation | None:
        """The installation that a request from a team is for; None: the app is not installed there. At once."""
        us = self._people.known_ourselves()
        only = Installation(self._token, us.get("team_id", ""), us.get("enterprise_id", ""))
        if only.serves(team, organisation):
            return only
        if team not in self._strangers:
            self._strangers.add(team)
            log.error("a request of a workspace that has no token in the config is not answered", team=team)
        return None

    def learn(self) -> None:
        """Ask Slack whose the token is. Never raises."""
        try:
            self._people.ourselves()
        except Exception as error:
            log.warning("Slack does not say whose the token is", error=type(error).__name__)

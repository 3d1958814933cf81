"""The workspace that the app is installed in: its clients, and what is remembered of it.

One static token stands in the config, so there is one (or one organisation with all of its workspaces); listeners,
reader, delivery and backfill are built for it. ``Workspaces`` says whether a request is for it. What is kept of
channels in the store goes by the channel alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import structlog

from bot.channel.context import ChannelContext
from channels.slack.workspace.channel_ids import ChannelIds
from channels.slack.workspace.desk_channels import DeskChannels
from channels.slack.workspace.files import Files
from channels.slack.workspace.pace import Paces
from channels.slack.workspace.permalinks import Permalinks
from channels.slack.workspace.settings import Settings
from channels.slack.workspace.shared_state import SharedState
from channels.slack.workspace.slack_client import SlackClient
from channels.slack.workspace.users import People
from channels.slack.workspace.web_api import Calls

log = structlog.get_logger("slack")
TIMEOUT = 10
"""Seconds for one call of the Web API."""


def _staff(context: ChannelContext[Settings]) -> Iterator[str]:
    """The desk's people, as they are in Slack just now."""
    for colleague in context.desk.config.staff:
        yield colleague.addresses.get("slack", "")


class Workspace:
    """The app in one workspace, or in an organisation with all of its workspaces."""

    def __init__(self, context: ChannelContext[Settings]) -> None:
        settings = context.settings
        self.token = settings.bot_token.get_secret_value()
        self.client = SlackClient(self.token, base_url=settings.api_url, timeout=TIMEOUT)
        self.people = People(self.client, context.desk.ask, staff=lambda: _staff(context))
        paces = Paces()
        self.posting = Calls(self.client, paces=paces)
        self.files = Files(self.client, self.posting, context, self.token)
        self.state = SharedState(context.remember)
        self.ids = ChannelIds(self.state)
        self.desk_channels = DeskChannels(settings, self.posting, ids=self.ids, state=self.state)
        self.posting.may_post = self.desk_channels.refuse_outsiders
        self.permalinks = Permalinks(self.people)
        self.reading = Calls(self.client, paces=paces, reads_back=True)

    def serves(self, team: str, organisation: str) -> bool:
        """Is a request from there for this one? While Slack has not said whose the token is, it is."""
        us = self.people.known_ourselves()
        ours = us.get("team_id", "")
        return (
            not ours or team in (ours, "") or bool(organisation and organisation == us.get("enterprise_id"))
        )

    def learn(self) -> None:
        """Ask Slack whose the token is, and whether what could not be used still cannot. Never raises."""
        try:
            self.people.ourselves()
        except Exception as error:
            log.warning("Slack does not say whose the token is", error=type(error).__name__)
        self.desk_channels.ask_of_closed()


class Workspaces:
    """Tells by its team whether a request is for an installed workspace."""

    def __init__(self, installed: Sequence[Workspace]) -> None:
        self._installed = installed
        self._strangers: set[str] = set()

    def of(self, team: str, organisation: str = "") -> Workspace | None:
        """The workspace that a request from a team is for; None: the app is not installed there. At once."""
        for workspace in self._installed:
            if workspace.serves(team, organisation):
                return workspace
        if team not in self._strangers:
            self._strangers.add(team)
            log.error("a request of a workspace that has no token in the config is not answered", team=team)
        return None

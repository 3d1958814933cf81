"""Who did something in Slack, and where: the same for commands, clicks, forms and events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.model.identity import Identity


@dataclass(frozen=True, slots=True)
class Who:
    """A user of a team. In a shared channel the team need not be the one our app is installed in."""

    team: str
    user: str
    home: str
    """The team that the app is installed in, whose channels these are."""
    channel: str = ""
    fallback: str = ""
    """A name, while Slack does not tell a better one."""

    @property
    def address(self) -> str:
        """``TEAM/USER``, as Slack writes them."""
        return f"{self.team}/{self.user}"

    @property
    def place(self) -> str:
        """``TEAM/CHANNEL``, or empty."""
        return f"{self.home}/{self.channel}" if self.channel else ""

    def identity(self, name: str, language: str = "") -> Identity:
        return Identity("slack", self.address, name, language)


def who(body: Mapping[str, Any], context: Mapping[str, Any]) -> Who:
    """The user, from a payload and bolt's context ("Interaction payloads", "Slash commands")."""
    user = body.get("user")
    details = user if isinstance(user, dict) else {}
    home = str(context.get("team_id") or "")
    return Who(
        team=str(details.get("team_id") or context.get("actor_team_id") or home),
        user=str(details.get("id") or context.get("actor_user_id") or context.get("user_id") or ""),
        home=home,
        channel=str(context.get("channel_id") or ""),
        fallback=str(details.get("name") or body.get("user_name") or ""),
    )

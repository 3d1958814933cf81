"""Teams and the people in them, as Slack describes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rehearsal.slack.wire.wire import Json


@dataclass(slots=True)
class Team:
    """A workspace; the first one has the app, the others share channels with it (Slack Connect)."""

    id: str
    name: str
    domain: str = ""
    enterprise: str = ""
    """The organisation that it belongs to (``E…``, Enterprise Grid); empty: it stands alone."""

    @property
    def organisation(self) -> str:
        """The id by which others know the workspace in a shared channel."""
        return self.enterprise or self.id


@dataclass(slots=True)
class User:
    """Somebody: a person, a bot, or a stranger from another team whom ``users.info`` hardly knows."""

    id: str
    team: str
    name: str
    real_name: str = ""
    email: str = ""
    """Empty: an administrator hides it, or there is none."""
    is_bot: bool = False
    is_stranger: bool = False
    is_restricted: bool = False
    """A guest of the workspace."""
    phone: str = ""
    image: str = ""
    locale: str = "en-US"
    deleted: bool = False
    undirected: str = ""
    """Why the app may not write to them directly (an error of ``conversations.open``), or empty."""

    @property
    def shown(self) -> str:
        """The name people see."""
        return self.real_name or self.name

    def wire(self, *, with_email: bool, enterprise: str = "", teams: Sequence[str] = ()) -> Json:
        """A user object (docs.slack.dev: "User object"); strangers and bots never show an e-mail address.

        ``teams``: the workspaces of their organisation.
        """
        profile: Json = {
            "real_name": self.shown,
            "display_name": self.name,
            "phone": self.phone,
            "team": self.team,
            "image_72": self.image,
        }
        if with_email and self.email and not (self.is_bot or self.is_stranger):
            profile["email"] = self.email
        grid = {"id": self.id, "enterprise_id": enterprise, "teams": list(teams)}
        return ({"enterprise_user": grid} if enterprise else {}) | {
            "id": self.id,
            "team_id": self.team,
            "name": self.name,
            "real_name": self.shown,
            "deleted": self.deleted,
            "is_bot": self.is_bot,
            "is_stranger": self.is_stranger,
            "is_restricted": self.is_restricted,
            "is_ultra_restricted": False,
            "is_app_user": False,
            "tz": "Europe/Berlin",
            "profile": profile,
        }

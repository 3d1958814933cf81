"""Teams and the people in them, as Slack describes them."""

from __future__ import annotations

from dataclasses import dataclass

from rehearsal.slack.wire import Json


@dataclass(slots=True)
class Team:
    """A workspace; the first one is home to the app, the others meet it in shared channels (Slack Connect)."""

    id: str
    name: str
    domain: str = ""


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
    phone: str = ""
    image: str = ""
    locale: str = "en-US"
    deleted: bool = False

    @property
    def shown(self) -> str:
        """The name people see."""
        return self.real_name or self.name

    def wire(self, *, with_email: bool) -> Json:
        """A user object (docs.slack.dev: "User object"); strangers and bots never show an e-mail address."""
        profile: Json = {
            "real_name": self.shown,
            "display_name": self.name,
            "phone": self.phone,
            "team": self.team,
            "image_72": self.image,
        }
        if with_email and self.email and not (self.is_bot or self.is_stranger):
            profile["email"] = self.email
        return {
            "id": self.id,
            "team_id": self.team,
            "name": self.name,
            "real_name": self.shown,
            "deleted": self.deleted,
            "is_bot": self.is_bot,
            "is_stranger": self.is_stranger,
            "is_app_user": False,
            "tz": "Europe/Berlin",
            "profile": profile,
        }

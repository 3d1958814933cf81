"""The ``[slack]`` section of config.toml."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from bot.model.channel_profile import AddressForm, ChannelProfile, MarkupTemplate
from bot.model.mark import Meaning

ChannelId = Annotated[str, Field(pattern=r"^[CG][A-Z0-9]+$", examples=["C0123ABCD"])]
"""A channel's id; names change, ids do not."""


EmojiName = Annotated[str, Field(pattern=r"^:?[^\s:]*:?$", examples=["eyes"])]
USUAL_EMOJI: Mapping[Meaning, str] = {
    "create": "ticket", "take": "eyes", "resolve": "white_check_mark", "reopen": "repeat", "send": "outbox_tray",
    "internal": "lock", "concern": "rotating_light", "attach": "paperclip",
}  # fmt: skip


def _beside_usual(chosen: Mapping[Meaning, str]) -> dict[Meaning, str]:
    """The usual emoji for whatever has no other."""
    return {**USUAL_EMOJI, **{meaning: name.strip(":") for meaning, name in chosen.items()}}


def _desk_channels(written: Mapping[str, Any]) -> dict[str, str]:
    """The channels with cards, by their keys; from the section as it is written."""
    routes = written.get("routes")
    keys = {"triage": written.get("triage")}
    if isinstance(routes, dict):
        keys |= {f"routes.{key}": channel for key, channel in routes.items()}
    return {key: str(channel) for key, channel in keys.items() if channel}


MOMENT = "<!date^{seconds}^{{date_short}}, {{time}}|{words}>"
"""A moment in a sentence, in each reader's own zone ("Formatting message text", "Date formatting")."""


class Settings(BaseModel):
    """``[slack]``. Without a ``bot_token`` Slack is off."""

    PROFILE: ClassVar = ChannelProfile(
        label="Slack",
        people=AddressForm(
            r"[TE][A-Z0-9]{2,}/[UW][A-Z0-9]{2,}",
            "T0123ABCD/U0123ABCD",
            capitals=True,
            workspaces=True,
            columns=("slackid", "slackaddress", "slackuser", "slackuserid", "slackmember", "slackmemberid"),
        ),
        places=AddressForm(r"T[A-Z0-9]+/[CG][A-Z0-9]+", "T0123ABCD/C0123ABCD", capitals=True),
        markup=MarkupTemplate("blocks", "slack/blocks.j2", moment=MOMENT),
        desk_places=_desk_channels,
        command="command",
        shown=("triage",),
    )

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    bot_token: SecretStr = SecretStr("")
    """``xoxb-…``."""
    app_token: SecretStr = SecretStr("")
    """``xapp-…``, for Socket Mode."""
    signing_secret: SecretStr = SecretStr("")
    """For HTTP."""
    mode: Literal["socket", "http"] = "socket"
    api_url: str = Field(
        default="https://slack.com/api/", pattern=r"^https?://.+/api/$", examples=["https://slack.com/api/"]
    )
    """Where Slack's Web API is; a rehearsal workspace elsewhere."""
    triage: Annotated[str, Field(pattern=r"^([CG][A-Z0-9]+)?$", examples=["C0123ABCD"])] = ""
    """The desk's channel: each case is a card there."""
    routes: Mapping[str, ChannelId] = Field(default_factory=dict)
    """A case's type, ``type / category`` or ``account:NAME`` → the channel its card goes to instead."""
    command: str = Field(default="/case", pattern=r"^/[a-z0-9_-]{1,31}$", examples=["/case"])
    opens: Literal["command", "offer", "all"] = "command"
    """How what customers say in their own channel opens cases: by a command alone, by a button that is offered to
    whoever wrote, or each by itself. An account may have it otherwise (``[[account]] opens``)."""
    emoji: Annotated[Mapping[Meaning, EmojiName], AfterValidator(_beside_usual)] = USUAL_EMOJI
    """What a sign on a message asks for → the emoji's name; empty: there is none for it."""
    bots: tuple[Annotated[str, Field(pattern=r"^B[A-Z0-9]+$", examples=["B0123ABCD"])], ...] = ()
    """Other bots whose messages count as messages."""

    @property
    def signs(self) -> Mapping[str, Meaning]:
        """Emoji name → what it asks for."""
        return {name: meaning for meaning, name in self.emoji.items() if name}

    @property
    def on(self) -> bool:
        """Is Slack configured?"""
        return bool(self.bot_token.get_secret_value())

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if len(self.signs) < sum(map(bool, self.emoji.values())):
            raise ValueError("each emoji can ask for one thing only (slack.emoji)")
        if not self.on:
            return self
        if self.mode == "socket" and not self.app_token.get_secret_value():
            raise ValueError('app_token is needed for Socket Mode (mode = "socket")')
        if self.mode == "http" and not self.signing_secret.get_secret_value():
            raise ValueError('signing_secret is needed for mode = "http"')
        return self

"""The questions about Slack: the app, its tokens, and the desk's channel."""

from __future__ import annotations

from collections.abc import Callable

from bot.channel.setup import Dialog, EditedConfig
from channels.slack.workspace.manifest import link, manifest


class SlackStep:
    """A ``bot.channel.setup.SetupStep``."""

    name, title, door = "slack", "Slack", "slack"

    def summary(self, config: EditedConfig) -> str:
        """The channel, once there is an app."""
        triage = config.get("slack.triage", "")
        if not config.get("slack.bot_token", ""):
            return ""
        return f"cards in {triage}" if triage else "an app, without a channel for cards"

    def ask(self, config: EditedConfig, dialog: Dialog) -> None:
        """Lead through Slack's own pages, and ask for what they show."""
        if not dialog.confirm("Do your people work in Slack? Each case is a card there.", default=False):
            return
        app = manifest(command=str(config.get("slack.command", "/case")))
        dialog.say(f"\n1. Open this link, choose your workspace, and create the app:\n\n{link(app)}\n")
        dialog.say("2. Basic Information, App-Level Tokens: make one with the scope connections:write.")
        app_token = dialog.ask(
            "App-level token (xapp-…; it is not shown)", check=_begins("xapp-"), secret=True
        )
        dialog.say("3. Install App: install it, and copy the Bot User OAuth Token.")
        bot_token = dialog.ask("Bot token (xoxb-…; it is not shown)", check=_begins("xoxb-"), secret=True)
        dialog.say(
            "4. In Slack, make a channel for your people alone, and /invite @Case there. Its id stands at the"
            " bottom of the channel's details."
        )
        triage = dialog.ask("The channel's id (C…)", check=_channel)
        config.put("slack.app_token", app_token)
        config.put("slack.bot_token", bot_token)
        config.put("slack.triage", triage)


def _begins(start: str) -> Callable[[str], str]:
    def check(answer: str) -> str:
        if not answer.startswith(start):
            raise ValueError(f"it begins with {start}")
        return answer

    return check


def _channel(answer: str) -> str:
    if answer[:1] not in ("C", "G") or not answer.isalnum() or answer != answer.upper():
        raise ValueError("an id, please, as C0123ABCD: names change, ids do not")
    return answer

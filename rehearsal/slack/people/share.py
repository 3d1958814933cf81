"""A share: a message that somebody forwards, as it hangs below what they say."""

from __future__ import annotations

from rehearsal.slack.wire.wire import Json
from rehearsal.slack.workspace.conversation import Message
from rehearsal.slack.workspace.workspace import Workspace


def share(workspace: Workspace, message: Message) -> Json:
    """The attachment (java-slack-sdk, issue 1179; slackapi/slack-skills-plugin, issue 149)."""
    author, channel = workspace.users[message.user], workspace.channels[message.channel]
    link = f"{workspace.site}/archives/{channel.id}/p{message.ts.replace('.', '')}"
    files = {"files": [file.wire(workspace.site) for file in message.files]} if message.files else {}
    return files | {
        "id": 1,
        "ts": message.ts,
        "is_msg_unfurl": True,
        "is_share": True,
        "author_id": author.id,
        "author_name": author.shown,
        "author_subname": author.name,
        "channel_id": channel.id,
        "channel_team": author.team,
        "from_url": link.replace("http://", "https://"),
        "text": message.text,
        "fallback": f"[{author.shown}] {message.text}",
        "footer": "Posted in a channel",
        "message_blocks": [
            {
                "team": author.team,
                "channel": channel.id,
                "ts": message.ts,
                "message": {"blocks": message.blocks},
            }
        ],
    }

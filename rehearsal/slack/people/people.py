"""People: everything that somebody at a Slack client can do, by name."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterable, Sequence

from rehearsal.slack.people import keyboard
from rehearsal.slack.people.forms import Forms
from rehearsal.slack.people.hands import Hands
from rehearsal.slack.platform.scene import Scene
from rehearsal.slack.wire.wire import Json, new_id
from rehearsal.slack.workspace.conversation import Channel, File, Message
from rehearsal.slack.workspace.view import View
from rehearsal.slack.workspace.workspace import Unknown, Workspace


class People:
    """The people of the workspace; talking returns the message, working with the app returns `Seen`.

    ``user`` and ``channel`` are ids or names. An unknown one raises `Unknown`; what Slack's client would not
    let a person do raises `ValueError`.
    """

    def __init__(self, scene: Scene) -> None:
        self._scene, self._workspace = scene, scene.workspace
        hands = Hands(scene)
        forms = Forms(scene, hands)
        self.slash, self.click, self.suggest = hands.slash, hands.click, hands.suggest
        self.shortcut, self.message_shortcut = hands.shortcut, hands.message_shortcut
        self.type_into, self.choose, self.attach = forms.type_into, forms.choose, forms.attach
        self.submit, self.close_view = forms.submit, forms.close_view
        self.admin = scene.administration
        """What owners and administrators do: archive, kick, uninstall, …"""

    def post(
        self,
        user: str,
        channel: str,
        text: str = "",
        *,
        thread_ts: str = "",
        files: Iterable[File] = (),
        broadcast: bool = False,
        forward: Message | None = None,
        through: str = "",
        attachments: Iterable[Json] = (),
    ) -> Message:
        """Say something; ``@name`` becomes a mention, an address a link and 🎉 ``:tada:``, as when one types.

        ``forward``: share this message, with or without words. ``through``: the name of an app that posts for this
        person (a GIF, "send as me"), with its ``attachments``.
        """
        person, place = self._member(user, channel)
        author = self._workspace.users[person]
        attached = list(files)
        written = keyboard.message_text(self._workspace, text)
        subtype = "file_share" if attached else "thread_broadcast" if broadcast else ""
        message = Message(
            "",
            person,
            written,
            author.team,
            keyboard.rich_text(self._workspace, written) if written else [],
            thread_ts=thread_ts,
            subtype=subtype,
            files=attached,
            attachments=[*attachments, *([share(self._workspace, forward)] if forward else [])],
            client_msg_id=str(uuid.uuid4()),
        )
        if through:
            message.bot_id, message.app_id, message.username = (
                f"B{through.upper()}",
                f"A{through.upper()}",
                through,
            )
        elif author.is_bot:
            message.subtype, message.bot_id, message.username = "bot_message", f"B{person[1:]}", author.shown
        return self._scene.board.post(place, message)

    def upload(self, user: str, name: str, data: bytes, *, mimetype: str = "") -> File:
        """Upload a file, to be posted or attached."""
        person = self._workspace.user(user).id
        return self._scene.board.add_file(File(new_id("F"), name, person, data, mimetype))

    def add_external_file(self, user: str, title: str, url: str) -> File:
        """Add a file that is stored elsewhere, as the app of Google Drive does for a pasted link."""
        about = {"mode": "external", "is_external": True, "external_type": "gdrive", "size": 0}
        about |= {"external_url": url, "url_private": url, "url_private_download": ""}
        return self._described(user, title, about)

    def add_canvas(self, user: str, title: str) -> File:
        """Create a canvas, to be posted."""
        about = {"mode": "quip", "filetype": "quip", "mimetype": "application/vnd.slack-docs"}
        link = f"https://example-support.slack.com/docs/T0HOME/{new_id('F')}"
        return self._described(user, title, about | {"pretty_type": "Canvas", "permalink": link})

    def delete_file(self, file: File) -> None:
        """Delete an uploaded file; a tombstone without its name stays ("File object", ``mode``)."""
        file.described = {"mode": "tombstone", "name": None, "title": None, "url_private_download": ""}

    def _described(self, user: str, title: str, about: Json) -> File:
        file = self.upload(user, title, b"")
        file.described = about
        return file

    def edit(self, user: str, channel: str, ts: str, text: str) -> Message:
        """Edit a message of one's own."""
        person, place, message = self._own(user, channel, ts)
        written = keyboard.message_text(self._workspace, text)
        blocks = keyboard.rich_text(self._workspace, written)
        self._scene.board.edit(place, message, text=written, blocks=blocks, by=person)
        return message

    def delete(self, user: str, channel: str, ts: str) -> None:
        """Delete a message of one's own."""
        _, place, message = self._own(user, channel, ts)
        self._scene.board.delete(place, message)

    def react(self, user: str, channel: str, ts: str, emoji: str) -> None:
        """Add an emoji, ``eyes``."""
        person, place = self._member(user, channel)
        message = self._workspace.message(place.id, ts)
        self._scene.board.react(place, message, user=person, name=emoji.strip(":"))

    def unreact(self, user: str, channel: str, ts: str, emoji: str) -> None:
        """Take an emoji off again."""
        person, place = self._member(user, channel)
        message = self._workspace.message(place.id, ts)
        self._scene.board.unreact(place, message, user=person, name=emoji.strip(":"))

    def open_home(self, user: str, *, wait: float = 0.0) -> View | None:
        """Look at the app's Home tab: what is there, at most ``wait`` seconds later."""
        person = self._workspace.user(user).id
        home = self._workspace.homes.get(person)
        before = home.hash if home else ""
        self._scene.events.home_opened(person, "home", home.wire() if home else None)
        with contextlib.suppress(TimeoutError):
            self._workspace.wait_for(lambda: self._renewed(person, before), seconds=wait)
        return self._workspace.homes.get(person)

    def open_dm(self, user: str, other: str = "@app") -> Channel:
        """The direct messages of two people."""
        return self._workspace.direct(self._workspace.user(user).id, self._workspace.user(other).id)

    def join(self, user: str, channel: str) -> None:
        """Become a member."""
        self._scene.board.join(self._workspace.channel(channel), self._workspace.user(user).id)

    def invite(self, user: str, channel: str, others: Sequence[str]) -> None:
        """Make others members."""
        for other in others:
            self.join(other, channel)

    def share(self, channel: str, team: str) -> None:
        """An administrator shares a channel with another organisation."""
        self._scene.board.share(self._workspace.channel(channel), self._workspace.teams[team].id)

    def unshare(self, channel: str, team: str) -> None:
        """An administrator stops sharing a channel."""
        self._scene.board.unshare(self._workspace.channel(channel), team)

    def modal(self, user: str) -> View | None:
        """The person's top modal, if any."""
        stack = self._workspace.stacks.get(self._workspace.user(user).id)
        return stack[-1] if stack else None

    def home(self, user: str) -> View | None:
        """The person's App Home as it was last published, if it ever was."""
        return self._workspace.homes.get(self._workspace.user(user).id)

    def _renewed(self, person: str, before: str) -> bool:
        home = self._workspace.homes.get(person)
        return bool(home and home.hash != before)

    def _member(self, user: str, channel: str) -> tuple[str, Channel]:
        person, place = self._workspace.user(user).id, self._workspace.channel(channel)
        if person not in place.members:
            raise Unknown(f"{user} is not in {channel}")
        return person, place

    def _own(self, user: str, channel: str, ts: str) -> tuple[str, Channel, Message]:
        person, place = self._member(user, channel)
        message = self._workspace.message(place.id, ts)
        if message.user != person:
            raise ValueError("that is somebody else's message")
        return person, place, message


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

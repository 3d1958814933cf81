"""Administration: what owners and administrators of a workspace do to channels, people and the app.

docs.slack.dev, reference of events: ``channel_archive``, ``channel_unarchive``, ``channel_rename``,
``channel_deleted``, ``channel_left``, ``channel_id_changed``, ``member_left_channel``, their ``group_…`` twins for
private channels, ``user_change``, ``tokens_revoked``, ``app_uninstalled``.
"""

from __future__ import annotations

from rehearsal.slack.platform.events import Events
from rehearsal.slack.wire.wire import Json
from rehearsal.slack.workspace.conversation import Channel
from rehearsal.slack.workspace.workspace import Workspace


class Administration:
    """Changes the workspace and emits the events of it; channels and users are ids or names."""

    def __init__(self, workspace: Workspace, events: Events) -> None:
        self._workspace, self._events = workspace, events

    def archive(self, channel: str, *, by: str = "") -> None:
        """Archive a channel: nothing can be said in it (``is_archived``)."""
        place = self._workspace.channel(channel)
        place.archived = True
        self._of_channel(place, "archive", {"channel": place.id, "user": by, "is_moved": 0})

    def unarchive(self, channel: str, *, by: str = "") -> None:
        """End that."""
        place = self._workspace.channel(channel)
        place.archived = False
        self._of_channel(place, "unarchive", {"channel": place.id, "user": by})

    def rename_channel(self, channel: str, name: str) -> None:
        """Give a channel another name; it keeps its id."""
        place = self._workspace.channel(channel)
        place.name = name
        about: Json = {"id": place.id, "name": name, "name_normalized": name, "created": 1}
        about |= {"is_channel": place.kind == "public", "is_mpim": False}
        self._of_channel(place, "rename", {"channel": about})

    def delete_channel(self, channel: str, *, by: str = "") -> None:
        """Delete a channel with all that was said in it (``channel_not_found``)."""
        place = self._workspace.channel(channel)
        del self._workspace.channels[place.id]
        self._of_channel(place, "deleted", {"channel": place.id, "actor_id": by})

    def kick(self, channel: str, user: str = "@app", *, by: str = "") -> None:
        """Remove somebody, or the app, from a channel."""
        place, person = self._workspace.channel(channel), self._workspace.user(user)
        place.members.remove(person.id)
        kind = "C" if place.kind == "public" else "G"
        left = {"user": person.id, "channel": place.id, "channel_type": kind, "team": person.team}
        self._events.happened("member_left_channel", left, scope=_scope(place))
        if person.id == self._workspace.app.bot_user:
            self._of_channel(place, "left", {"channel": place.id, "actor_id": by})

    def change_id(self, channel: str, new: str) -> None:
        """Give a channel another id, as when it is shared with another organisation; the old one is gone."""
        place = self._workspace.channel(channel)
        with self._workspace.lock:
            del self._workspace.channels[place.id]
            old, place.id = place.id, new
            self._workspace.channels[new] = place
            for message in place.messages.values():
                message.channel = new
        event = {"old_channel_id": old, "new_channel_id": new}
        self._events.happened("channel_id_changed", event, scope=_scope(place))

    def rename_user(self, user: str, real_name: str) -> None:
        """Somebody has another name."""
        person = self._workspace.user(user)
        person.real_name = real_name
        self._user_changed(person.id)

    def deactivate(self, member: str) -> None:
        """Deactivate somebody's account (``user_disabled``)."""
        person = self._workspace.user(member)
        person.deleted = True
        self._user_changed(person.id)

    def forbid_direct(self, member: str, error: str) -> None:
        """Let the app write to somebody directly no more; ``conversations.open`` says why, and no event does."""
        self._workspace.user(member).undirected = error

    def revoke(self) -> None:
        """Revoke the app's token (``token_revoked``)."""
        self._workspace.app.revoked = True
        bot = {"oauth": [], "bot": [self._workspace.app.bot_user]}
        self._events.happened("tokens_revoked", {"tokens": bot}, scope="")

    def uninstall(self) -> None:
        """Remove the app from the workspace (``account_inactive``)."""
        self._workspace.app.installed = False
        bot = {"oauth": [], "bot": [self._workspace.app.bot_user]}
        self._events.happened("tokens_revoked", {"tokens": bot}, scope="")
        self._events.happened("app_uninstalled", {}, scope="")

    def install(self) -> None:
        """Install it again: its token is worth something as before."""
        self._workspace.app.installed, self._workspace.app.revoked = True, False

    def _of_channel(self, channel: Channel, what: str, body: Json) -> None:
        name = "channel" if channel.kind == "public" else "group"
        self._events.happened(f"{name}_{what}", body, scope=_scope(channel))
        self._workspace.changed("channel", channel=channel.id)

    def _user_changed(self, user: str) -> None:
        person = self._workspace.users[user]
        with_email = "users:read.email" in self._workspace.app.scopes
        self._events.happened("user_change", {"user": person.wire(with_email=with_email)}, scope="users:read")
        self._workspace.changed("user", user=user)


def _scope(channel: Channel) -> str:
    return "channels:read" if channel.kind == "public" else "groups:read"

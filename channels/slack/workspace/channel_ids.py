"""Channels whose ids changed: what config and store call by an old id, by its present one.

docs.slack.dev, "channel_id_changed event": Slack gives a channel another id when it is shared with another
organisation, or moves within one.
"""

from __future__ import annotations

from collections.abc import Mapping

from channels.slack.workspace.shared_state import SharedState

EARLIER = "slack-channel-ids"
"""The name under which earlier versions kept all changes together; it is read still."""


class ChannelIds:
    """Present ids by older ones; what one process learns, all know."""

    def __init__(self, state: SharedState) -> None:
        self._state = state
        self._earlier: Mapping[str, str] = {
            str(old): str(new) for old, new in state.fresh(EARLIER).items() if old != new
        }

    def now(self, channel: str) -> str:
        """The present id of a channel."""
        seen: set[str] = set()
        while channel not in seen and (following := self._near(channel).get("now")):
            seen.add(channel)
            channel = following
        return channel

    def older(self, channel: str, *, fresh: bool = False) -> list[str]:
        """The ids that a channel had before, the last one first. ``fresh``: by what is stored at this moment."""
        ids: list[str] = []
        while (before := self._near(channel, fresh=fresh).get("was")) and before not in ids:
            ids.append(before)
            channel = before
        return ids

    def changed(self, old: str, new: str) -> None:
        """Note, durably, that a channel has another id now."""
        before = self._near(old, fresh=True)
        if before.get("now") == new:
            return  # Slack tells it again: the channel may have a later one by now
        self._state.put(_name(new), {"was": old})
        self._state.put(_name(old), {"now": new, "was": before.get("was", "")})

    def _near(self, channel: str, *, fresh: bool = False) -> Mapping[str, str]:
        """The ids that came right after this one (``now``) and right before it (``was``)."""
        if channel[:1] not in ("C", "G"):
            return {}
        stored = self._state.fresh(_name(channel)) if fresh else self._state.get(_name(channel))
        if stored:
            return stored
        was = next((old for old, new in self._earlier.items() if new == channel), "")
        return {"now": self._earlier.get(channel, ""), "was": was}


def _name(channel: str) -> str:
    return f"slack-channel-id/{channel}"

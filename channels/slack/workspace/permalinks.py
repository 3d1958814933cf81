"""Permalinks: addresses by which people jump to a message in Slack."""

from __future__ import annotations

import structlog

from channels.slack.workspace.users import People

log = structlog.get_logger("slack")


class Permalinks:
    """Writes the link that ``chat.getPermalink`` would tell, without a call for each message.

    It is made of the workspace's address (``auth.test``), the channel and the ``ts``, and none of them changes.
    """

    def __init__(self, people: People) -> None:
        self._people = people

    def of(self, address: str) -> str:
        """The link to a thread's first message (``T1/C1/ts``).

        ``""`` if it is in a direct message, which only its own people can open, or Slack is silent.
        """
        _, _, place = address.partition("/")
        channel, _, ts = place.partition("/")
        if channel[:1] not in ("C", "G") or not ts or not (workspace := self._workspace()):
            return ""
        return f"{workspace}archives/{channel}/p{ts.replace('.', '')}"

    def _workspace(self) -> str:
        try:
            return self._people.ourselves()["url"]
        except Exception as error:  # a list is worth showing without its links
            log.info("the workspace's address is not known", error=type(error).__name__)
            return ""

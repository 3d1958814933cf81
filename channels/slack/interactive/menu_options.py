"""Options of menus that are asked for while somebody types."""

from __future__ import annotations

from collections.abc import Mapping

import structlog

from bot.model.identity import Identity
from channels.slack.interactive.desk_client import DeskClient, Late
from channels.slack.interactive.user import Who
from channels.slack.views.blocks import VALUE, Json, option

log = structlog.get_logger("slack")
MOST = 100


class MenuOptions:
    """The options of the menus that ask us."""

    def __init__(self, counter: DeskClient) -> None:
        self._counter = counter

    def colleagues(self, who: Who, typed: str) -> list[Json]:
        """Contacts of the asker's own account; nobody where the desk does not answer in time."""
        try:
            found = self._counter.within(lambda: self._counter.colleagues_of(who, typed)) or ()
        except Late:
            return []
        except Exception as error:  # the form is still good without
            log.error("suggestions of people failed", error=type(error).__name__, exc_info=error)
            return []
        return [_option(one) for one in found if len(_value(one)) <= VALUE][:MOST]


def identities(chosen: Mapping[str, str]) -> tuple[Identity, ...]:
    """Who was chosen: ``{"email:ana@acme.com": "Ana"}``."""
    apart = ((*value.partition(":")[::2], name) for value, name in chosen.items())
    return tuple(Identity(channel, address, name) for channel, address, name in apart if channel and address)


def _option(one: Identity) -> Json:
    return option(
        one.name or one.address, _value(one), one.address if one.name and "@" in one.address else ""
    )


def _value(one: Identity) -> str:
    return f"{one.channel}:{one.address}"

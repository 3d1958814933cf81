"""Options of menus that are asked for while somebody types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import structlog

from bot.model.identity import Identity
from bot.queries.lists import CasesToChoose
from bot.queries.people import AccountNames
from bot.queries.replies import RepliesFor, ReplyLine
from channels.slack.desk.desk_client import DeskClient, Late
from channels.slack.desk.user import Who
from channels.slack.text.i18n import _
from channels.slack.views.blocks import VALUE, Json, option
from channels.slack.views.case_list import ANY, ANY_OF

log = structlog.get_logger("slack")
MOST = 100


class MenuOptions:
    """The options of menus that ask us while somebody types."""

    def __init__(self, counter: DeskClient) -> None:
        self._counter = counter

    def colleagues(self, who: Who, typed: str) -> list[Json]:
        """Contacts of the asker's own account; none if the desk does not answer in time."""
        try:
            colleagues = self._counter.within(lambda: self._counter.colleagues_of(who, typed)) or ()
        except Late:
            return []
        except Exception as error:  # the form is still good without
            log.error("suggestions of people failed", error=type(error).__name__, exc_info=error)
            return []
        return [_option(colleague) for colleague in colleagues if len(_value(colleague)) <= VALUE][:MOST]

    def cases(self, who: Who, typed: str) -> list[Json]:
        """Cases that the asker may mean; none if the desk does not answer in time."""
        question = CasesToChoose("slack", who.address, typed)
        try:
            lines = self._counter.within(lambda: self._counter.look(question))
        except Late:
            return []
        except Exception as error:  # a number can be typed elsewhere
            log.error("suggestions of cases failed", error=type(error).__name__, exc_info=error)
            return []
        return [option(f"{line.number} · {line.subject}", line.number, line.requester) for line in lines]

    def replies(self, who: Who, typed: str) -> list[Json]:
        """Saved replies with these words; none for anybody but the desk, or if it does not answer in time."""
        asked = RepliesFor(self._counter.config, "slack", who.address, typed)
        try:
            replies = self._counter.within(lambda: self._counter.look(asked))
        except Late:
            return []
        except Exception as error:  # an answer can be typed all the same
            log.error("saved replies were not found", error=type(error).__name__, exc_info=error)
            return []
        return [option(reply.title, reply.name, _about(reply)) for reply in replies][:MOST]

    def narrowing(self, who: Who, key: str, typed: str) -> list[Json]:
        """Types or accounts for the menu above a list; none for somebody who is not of the desk."""
        if not self._counter.staff(who):
            return []
        try:
            names = self._counter.within(lambda: self._names(key, typed))
        except Late:
            return []
        except Exception as error:  # the words can be typed still
            log.error("options of a filter failed", error=type(error).__name__, exc_info=error)
            return []
        return [option(_(ANY_OF[key]), ANY), *(option(name, name) for name in names[: MOST - 1])]

    def _names(self, key: str, typed: str) -> Sequence[str]:
        if key == "account":
            return self._counter.look(AccountNames(typed, MOST))
        return [name for name in self._counter.lists.types if typed.casefold() in name.casefold()]


def _about(reply: ReplyLine) -> str:
    return _("Yours") if reply.own else ", ".join(reply.tags)


def identities(chosen: Mapping[str, str]) -> tuple[Identity, ...]:
    """The chosen people: ``{"email:ana@acme.com": "Ana"}``."""
    apart = ((*value.partition(":")[::2], name) for value, name in chosen.items())
    return tuple(Identity(channel, address, name) for channel, address, name in apart if channel and address)


def _option(identity: Identity) -> Json:
    return option(
        identity.name or identity.address,
        _value(identity),
        identity.address if identity.name and "@" in identity.address else "",
    )


def _value(identity: Identity) -> str:
    return f"{identity.channel}:{identity.address}"

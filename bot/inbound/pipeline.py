"""The pipeline of inbound messages: the order in which each is judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from bot.channel.protocols import Anchor, Context, Inbound, Letter
from bot.config.load import Config
from bot.inbound import checks, reader_context
from bot.inbound.arrival import Arrival
from bot.inbound.route import Aside
from bot.inbound.routing import Router
from bot.links.tokens import Links
from bot.model.request import Request
from bot.notify.compose import Composer
from store.engine.transaction import Transaction

Check = Callable[[Arrival, Request], Request | Aside]
"""Lets a request pass, as it is or changed, or sets its message aside and says why."""

CHECKS: tuple[Check, ...] = (
    checks.duplicate,
    checks.blocked,
    checks.held_quota,
    checks.closed_desk,
)
"""In this order, after the router has made a request of the message; the first that sets it aside decides."""


class Pipeline:
    """Makes a request for the desk of each message, or a reason why there is none."""

    def __init__(self, config: Config, links: Links, composer: Composer) -> None:
        self._config = config
        self._links = links
        self._composer = composer
        self._router = Router(config, links, composer.boards)

    def expect(self, tx: Transaction, messages: Sequence[Inbound]) -> bool:
        """Prefetch what is needed to judge these messages, one by one; False: it is not their turn."""
        return self._router.expect(tx, messages)

    def contexts(
        self, tx: Transaction, anchors: Mapping[int, Sequence[Anchor]], *, now: datetime
    ) -> dict[int, Context]:
        """Return what was sent and noted on the cases to which anchors may lead; implies no right."""
        return reader_context.contexts(tx, self._links, anchors, now=now)

    def judge(self, tx: Transaction, letter: Letter, message: Inbound, *, now: datetime) -> Request | Aside:
        """The request that a message makes, or why it makes none."""
        request = self._router.request_of(tx, letter, message, now=now)
        arrival = Arrival(tx, letter, message, now, self._config, self._composer)
        for check in CHECKS:
            if isinstance(request, Aside):
                break
            request = check(arrival, request)
        return request

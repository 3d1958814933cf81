"""The offer to join a person in Slack with the mail address of their profile, if the desk knows it.

A profile is no proof: the link that joins the two is mailed to the address.
"""

from __future__ import annotations

import threading
import time

from bot.channel.context import ChannelContext
from bot.commands.people import OfferJoin
from bot.queries.people import MayJoin
from channels.slack.desk.desk_client import DeskClient
from channels.slack.desk.user import Who
from channels.slack.text.i18n import _
from channels.slack.views.blocks import Json, Message, actions, button, safe, section
from channels.slack.workspace.settings import Settings
from channels.slack.workspace.users import People

A_WEEK = 7 * 24 * 3600.0
ASK = "Your profile says that you are {mail}. If you write to us by mail too, we can make one list of your cases."
MOST = 10_000
"""People of whom is remembered that they were asked."""


class JoinOffers:
    """Decides whom to ask; by itself each person once a week at most."""

    def __init__(self, context: ChannelContext[Settings], counter: DeskClient, people: People) -> None:
        self._clicks = context.desk.clicks
        self._counter = counter
        self._people = people
        self._asked: dict[str, float] = {}
        """Address → when they were asked, oldest first."""
        self._lock = threading.Lock()

    def blocks(self, who: Who) -> list[Json]:
        """The question with its button; empty if there is nothing to join, or no page to do it on."""
        mail = self._people.mail(who.user)
        if not mail or not self._clicks.base_url or self._counter.staff(who):
            return []
        if not self._counter.look(MayJoin("slack", who.address, mail)):
            return []
        return [
            section(_(ASK, mail=safe(mail, 254))),
            actions([button(_("Send me the link"), "join_offer", "1")], block_id="join"),
        ]

    def once_a_week(self, who: Who) -> Message | None:
        """The question as a message, unless they were asked lately."""
        with self._lock:
            asked_at = self._asked.get(who.address)
        if asked_at is not None and time.monotonic() - asked_at < A_WEEK:
            return None
        blocks = self.blocks(who)
        if not blocks:
            return None
        with self._lock:
            self._asked.pop(who.address, None)
            self._asked[who.address] = time.monotonic()
            if len(self._asked) > MOST:
                del self._asked[next(iter(self._asked))]
        return _(ASK, mail=safe(self._people.mail(who.user), 254)), blocks

    def command(self, who: Who) -> OfferJoin:
        """The command for a click: the address of the profile as it is now."""
        return OfferJoin(self._people.mail(who.user))

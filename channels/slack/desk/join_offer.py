"""The offer to join a person in Slack with the mail address of their profile, if the desk knows it.

A profile is no proof: the link that joins the two is mailed to the address.
"""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from bot.channel.context import ChannelContext
from bot.commands.people import OfferJoin
from bot.queries.people import MayJoin
from channels.slack.desk.desk_client import DeskClient
from channels.slack.desk.user import Who
from channels.slack.text.i18n import _
from channels.slack.views.blocks import Json, Message, actions, button, safe, section
from channels.slack.workspace.settings import Settings
from channels.slack.workspace.users import People

A_WEEK = timedelta(days=7)
ASK = "Your profile says that you are {mail}. If you write to us by mail too, we can make one list of your cases."


class JoinOffers:
    """Decides whom to ask; by itself each person once a week at most, whichever process they come to."""

    def __init__(self, context: ChannelContext[Settings], counter: DeskClient, people: People) -> None:
        self._clicks = context.desk.clicks
        self._counter = counter
        self._people = people
        self._remember = context.remember
        self._now = context.desk.now
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
            actions([button(_("Mail me the link"), "join_offer", "1")], block_id="join"),
        ]

    def once_a_week(self, who: Who) -> Message | None:
        """The question as a message, unless they were asked lately."""
        if self._asked_lately(who) or not (blocks := self.blocks(who)):
            return None
        with self._lock:  # of two at once, one asks
            if self._asked_lately(who):
                return None
            self._remember(_row(who), {"at": self._now().isoformat()})
        return _(ASK, mail=safe(self._people.mail(who.user), 254)), blocks

    def _asked_lately(self, who: Who) -> bool:
        asked_at = (self._remember(_row(who), None) or {}).get("at", "")
        return bool(asked_at) and self._now() - datetime.fromisoformat(asked_at) < A_WEEK

    def command(self, who: Who) -> OfferJoin:
        """The command for a click: the address of the profile as it is now."""
        return OfferJoin(self._people.mail(who.user))


def _row(who: Who) -> str:
    return f"slack-join-offer/{who.address.lower()}"

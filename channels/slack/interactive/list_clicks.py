"""Clicks in lists of cases: their menus, pages and [Take it], which change the list where they stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from bot.commands.browse import CaseListing, My
from bot.commands.people import Take
from bot.model.errors import BadCommand
from channels.slack.desk.case_lists import ListDesk, narrowed
from channels.slack.desk.desk_client import DeskClient, SlackRequest
from channels.slack.desk.respond import answer, plainly
from channels.slack.interactive.actions import Click, see
from channels.slack.interactive.app_home import Home, HomeState
from channels.slack.text.i18n import _
from channels.slack.views.blocks import Message
from channels.slack.views.case_list import FILTERS, listing_modal

AXES = ("which", "state", "type", "account", "priority", "all")
"""What is chosen in the menus of a list."""


class ListClicks:
    """The handlers of clicks in lists, in messages, modals and App Homes."""

    def __init__(self, counter: DeskClient, lists: ListDesk, home: Home) -> None:
        self._counter = counter
        self._lists = lists
        self._home = home

    def listeners(self) -> Mapping[str, Callable[[Click], None]]:
        """The handlers by action_id."""
        menus = {f"list_{axis}": partial(self.narrow, axis=axis) for axis in AXES}
        return {
            **menus,
            "case_take": self.take,
            "my_cases": self.my,
            "cases_on": self.turn,
            "cases_back": self.turn,
            "home_overview": self.overview,
        }

    def my(self, click: Click) -> None:
        """List the user's own cases."""
        make = partial(self._lists.message, click.who, My())
        see(self._counter, click, make, listing_modal)

    def turn(self, click: Click) -> None:
        """Show another page of the list: ``2:my open``."""
        page, _, words = click.value.partition(":")
        self._replace(click, words, page=int(page or 1))

    def narrow(self, click: Click, *, axis: str) -> None:
        """Show the list with what was chosen in a menu; the menu's block tells which list it is."""
        words = str(click.body["actions"][0].get("block_id") or "").removeprefix(FILTERS)
        self._replace(click, words, change=partial(narrowed, axis=axis, value=click.value))

    def take(self, click: Click) -> None:
        """Make the specialist the owner; a list is shown anew: ``123``, or ``123 1:queue mine``."""
        case, _, again = click.value.partition(" ")
        if click.in_home:
            click.ack()
            note = self._lists.take(click.who, click.key, int(case))
            self._home.again(click.who, click.client, click.body["view"], note=note)
        elif again:
            page, _, words = again.partition(":")
            take = partial(self._lists.take, click.who, click.key, int(case))
            self._replace(click, words, page=int(page or 1), first=take)
        else:
            request = SlackRequest(click.who, click.key, (Take(int(case)),))
            answer(self._counter, lambda: request, plainly, now=click.acked, later=click.say)

    def overview(self, click: Click) -> None:
        """Lead back from a list to all that a specialist's home shows."""
        click.ack()
        self._home.publish(click.who, click.client, HomeState(), hash=str(click.body["view"]["hash"]))

    def _replace(
        self,
        click: Click,
        words: str,
        *,
        page: int = 1,
        change: Callable[[CaseListing], CaseListing] = lambda wanted: wanted,
        first: Callable[[], str] = str,
    ) -> None:
        """Show a list in place of the one that was clicked in. ``first``: what is done before, told above it."""
        try:
            wanted = change(self._lists.read(f"{words} {_page(words, page)}"))
        except BadCommand as refusal:
            click.acked(_(refusal.said))
            return
        if click.in_home:
            click.ack()
            state = HomeState(wanted.words, wanted.page)
            self._home.publish(click.who, click.client, state, hash=str(click.body["view"]["hash"]))
            return

        def make() -> Message:
            note = first()
            return self._lists.message(click.who, wanted, note=note)

        title = "" if isinstance(wanted, My) else _("Cases")
        see(self._counter, click, make, partial(listing_modal, title=title), in_place=True)


def _page(words: str, page: int) -> str:
    return f"page:{page}" if words.partition(" ")[0] == "search" else str(page)

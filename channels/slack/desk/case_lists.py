"""Lists of cases in Slack: asked for, narrowed, turned over, and worked on where they stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.commands.browse import CaseListing, My, Queue, Search
from bot.commands.catalogue import command
from bot.commands.parser import parse
from bot.commands.people import Take
from bot.model.case_filter import EVERYTHING, MARKS, CaseFilter
from bot.model.facts import CaseLine
from bot.queries.case_lists import AnsweredList, CaseLists
from bot.queries.case_threads import CasePlaces, PlacesOfCases
from bot.queries.lists import IsKnown
from bot.syntax.case_numbers import number
from channels.slack.desk.desk_client import DeskClient, SlackRequest
from channels.slack.desk.user import Who
from channels.slack.text.i18n import _
from channels.slack.views.blocks import Message
from channels.slack.views.case_list import ANY, PAGE, CaseLinks, Reader, listing
from channels.slack.workspace.permalinks import Permalinks

VERBS = ("my", "queue", "search")
"""They are answered by a list of cases."""
LAST_PAGE = 99_999


class ListDesk:
    """Looks lists up for one person, and takes cases from them; looking changes nothing."""

    def __init__(self, counter: DeskClient, permalinks: Permalinks) -> None:
        self._counter = counter
        self._permalinks = permalinks

    def look(self, who: Who, commands: Sequence[CaseListing]) -> tuple[AnsweredList, ...]:
        """A page of each list, as many cases as the commands say. Raises ``Refusal``."""
        config = self._counter.config
        if not self._counter.look(IsKnown("slack", who.address)):  # from now on they are met
            self._counter.ask(SlackRequest(who, f"met:{who.address}", (My(),)))
        return self._counter.look(
            CaseLists(config, "slack", who.address, tuple(commands), self._counter.now())
        )

    def message(self, who: Who, wanted: CaseListing, *, note: str = "") -> Message:
        """One list as a message. Raises ``Refusal``."""
        (answered,) = self.look(who, (replace(wanted, size=PAGE),))
        page = answered.listing
        reader = self.reader(who, page.lines)
        return listing(_(answered.said), page, filter_of(wanted), reader, note=note)

    def reader(self, who: Who, cases: Sequence[CaseLine]) -> Reader:
        """What somebody may see beside these cases, and do with them."""
        staff = self._counter.staff(who)
        return Reader(
            now=self._counter.now(),
            staff=staff,
            links=self._links(cases) if staff else {},
            priorities=tuple(self._counter.lists.priorities),
            docs_url=self._counter.docs_url,
        )

    def take(self, who: Who, key: str, case: int) -> str:
        """Make a specialist the owner of a case that nobody has; what came of it, in words."""
        outcome = self._counter.ask(SlackRequest(who, key, (Take(case, free=True),)))
        return " ".join(line.text for line in outcome.answered)

    def read(self, words: str) -> CaseListing:
        """The list that words ask for: ``queue mine``. Raises ``BadCommand``."""
        if words.partition(" ")[0] not in VERBS:  # a button of before lists had names
            words = f"my {words}".strip()
        wanted = command(parse(words), None, self._counter.lists)
        return wanted if isinstance(wanted, CaseListing) else My()

    def _links(self, cases: Sequence[CaseLine]) -> Mapping[str, CaseLinks]:
        numbers = {case.number: number(case.number) or 0 for case in cases}
        places = self._counter.look(PlacesOfCases(tuple(numbers.values()), "slack"))
        return {name: self._linked(places.get(case, CasePlaces())) for name, case in numbers.items()}

    def _linked(self, places: CasePlaces) -> CaseLinks:
        return CaseLinks(self._permalinks.of(places.card), self._permalinks.of(places.customer))


def filter_of(wanted: CaseListing) -> CaseFilter:
    """What the list is narrowed by."""
    return wanted.which if isinstance(wanted, Queue | Search) else EVERYTHING


def narrowed(wanted: CaseListing, axis: str, value: str) -> CaseListing:
    """The first page of the list with this chosen in one of its menus."""
    value = "" if value == ANY else value
    if isinstance(wanted, My):
        return My(value)
    if not isinstance(wanted, Queue | Search):
        return wanted
    return replace(wanted, which=_with(wanted.which, axis, value), page=1)


def _with(which: CaseFilter, axis: str, value: str) -> CaseFilter:
    if axis == "all":
        return EVERYTHING
    if axis == "which":
        return replace(which.marked(*(mark for mark in MARKS if mark in value)), state="")
    if axis == "state":
        return replace(which, state=value)
    if axis == "type":
        return replace(which, type=value)
    return replace(which, account=value) if axis == "account" else replace(which, priority=value)

"""Places: where a turn was asked, where its notices are read, and who reads them there."""

from __future__ import annotations

from dataclasses import replace

from bot.model.mail_address import has_mail
from bot.model.request import Request
from bot.notices.notice import Notice
from bot.notify.boards import Boards
from store.cases import participant, thread
from store.cases.case import Case
from store.cases.thread import Thread
from store.engine.transaction import Transaction
from store.people import account
from store.people import person as people
from store.people.person import Person


class TurnPlaces:
    """Knows the threads and channels of one turn."""

    def __init__(self, tx: Transaction, request: Request, person: Person, boards: Boards) -> None:
        self.tx = tx
        self.request = request
        self.person = person
        self._boards = boards

    @property
    def by_mail(self) -> bool:
        """Did the asker write a letter, and are they answered by one?"""
        letters = not self._boards.traits(self.person.channel).threads
        return letters and self.request.source == self.person.channel

    def answered(self, notice: type[Notice], to: Person, case: Case | None) -> str:
        """Where the asker reads a notice, in the channel they asked in; ``""`` where others would read along.

        A transcript, which they alone see, where they asked; all else in the place of their account, if they
        asked there.
        """
        asked_at = self.request.place
        if to.id != self.person.id or to.channel != self.request.source or not asked_at:
            return ""
        if notice.audience == "asker":
            return asked_at
        return thread.place_of(asked_at) if case is not None and self.own(asked_at, case) else ""

    def near(self, to: Person, case: Case | None) -> str:
        """Where somebody acts, or last did, and can be shown for a while what reaches them nowhere else.

        ``""`` if they can be told by mail, and did not ask just now.
        """
        if not self._boards.traits(to.channel).threads:
            return ""
        if to.id == self.person.id and to.channel == self.request.source and self.request.place:
            return self.request.place
        if case is None or has_mail(people.by_id(self.tx, to.id) or to):
            return ""
        spoke_at = participant.reading(self.tx, case.id, to.id)[1]
        shared = thread.open_to_all(self.tx, case.id, to.channel)
        return spoke_at or (shared[-1].address if shared else "")

    def own(self, place: str, case: Case) -> bool:
        """Is this place, in the channel that was asked in, one of the case's account, and not the desk's?"""
        channel = self.request.source
        bound = account.of_place(self.tx, channel, place)
        own_account = bound is not None and case.account_id in (None, bound)
        return own_account and not self._boards.owns(channel, place)

    def is_desks(self, place: str) -> bool:
        """Is this place, in the channel that was asked in, the desk's own?"""
        return self._boards.owns(self.request.source, place)

    def here(self, number: int) -> Thread | None:
        """The thread of this case in which the request was made, if any."""
        channel, place = self.request.source, self.request.place
        here = thread.at(self.tx, channel, place) if place else None
        if here is None or here.case_id != number:
            return None
        return replace(here, side="desk") if self._boards.owns(channel, place) else here

    def among_customers(self, number: int) -> bool:
        """Is the request made where the customers of this case read it?"""
        here = self.here(number)
        return here is not None and here.side == "customer"

    def in_private(self, case: Case) -> bool:
        """Is it said to the desk alone?"""
        here = self.here(case.id)
        return here is not None and here.side == "private"

    def shared_thread(self, notice: Notice, to: Person, case: Case) -> str:
        """The address of the thread in which this customer reads the notice with others, or ``""``."""
        alone = to.id == self.person.id or notice.private or notice.audience == "staff"
        return "" if alone else self.reads_with_others(to, case) or ""

    def reads_alone(self, notice: type[Notice], to: Person, case: Case) -> bool:
        """Is the notice told where nobody else reads it?

        Elsewhere, others could read a link that speaks for them.
        """
        return not self.is_shared(notice, to, case, self.answered(notice, to, case))

    def is_shared(self, notice: type[Notice], to: Person, case: Case | None, place: str) -> bool:
        """Could others read it?

        In a place that is not their own thread, below what others read, or in a channel that promises no more.
        """
        if not self._boards.traits(to.channel).private:
            return True
        if notice.private:
            return False
        if place:
            there = thread.at(self.tx, to.channel, place)
            return there is None or there.person_id != to.id
        return case is not None and self.reads_with_others(to, case) is not None

    def reads_with_others(self, to: Person, case: Case) -> str | None:
        """The address of the thread that this customer reads together with others, if they do."""
        if not self._boards.traits(to.channel).threads:
            return None
        shared = thread.read_by(self.tx, case.id, to.channel, to.id)
        return shared.address if shared and shared.person_id is None else None

"""What erasing a person would take away, what stays, and what stands in the way."""

from __future__ import annotations

from dataclasses import dataclass

from bot.model.mail_address import channel_and_address, with_channel
from bot.syntax.case_numbers import label
from store.engine.transaction import Transaction
from store.erasure import data_subject, holdings, queue_bytes
from store.erasure.data_subject import DataSubject, SubjectCase
from store.erasure.holdings import Holdings


@dataclass(frozen=True, slots=True)
class PlannedCase:
    """One case of somebody's, and how much of it goes."""

    number: str
    state: str
    alone: bool
    """Is nobody else its customer? Then all that was said on it goes."""
    entries: int
    files: int


@dataclass(frozen=True, slots=True)
class PlannedErasure:
    """What would be erased of one person."""

    who: DataSubject
    name: str
    addresses: tuple[str, ...]
    cases: tuple[PlannedCase, ...]
    """Those on which words or files of theirs go."""
    named_on: tuple[str, ...]
    """Numbers of the cases that only name them."""
    open: tuple[str, ...]
    """Numbers of their cases that are not over: these stand in the way."""
    open_cases: tuple[int, ...]
    busy: tuple[str, ...]
    """Numbers of the cases on which something is under way just now."""
    held: Holdings

    @property
    def of_the_desk(self) -> bool:
        """Do they work at the desk?"""
        return self.who.role != "contact" and self.who.active


@dataclass(frozen=True, slots=True)
class PlanErasure:
    """What would be erased of the person with this address; None if nobody has it."""

    address: str

    def answer(self, tx: Transaction) -> PlannedErasure | None:
        who = data_subject.at(tx, *channel_and_address(self.address))
        if who is None or who.erased:
            return None
        cases = data_subject.cases(tx, who)
        planned = [(on, _planned(tx, who, on)) for on in cases]
        own = [plan for _, plan in planned if plan.entries or plan.files or plan.alone]
        numbers = [on.number for on in cases]
        busy = [
            wait.case_id for part in queue_bytes.chunks(numbers) for wait in queue_bytes.taken_in(tx, part)
        ]
        busy += [wait.case_id for wait in queue_bytes.on_the_way(tx, who, cases)]
        in_the_way = [on.number for on in cases if on.in_the_way and who.role == "contact"]
        return PlannedErasure(
            who,
            who.name,
            tuple(with_channel(channel, address) for channel, address in who.addresses),
            tuple(own),
            tuple(plan.number for _, plan in planned if plan not in own),
            tuple(map(label, in_the_way)),
            tuple(in_the_way),
            tuple(map(label, sorted(set(busy)))),
            holdings.of(tx, who),
        )


def _planned(tx: Transaction, who: DataSubject, on: SubjectCase) -> PlannedCase:
    entries, files = holdings.words_of(tx, who, on)
    return PlannedCase(label(on.number), on.state, on.sole, entries, files)

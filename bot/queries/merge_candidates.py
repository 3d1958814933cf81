"""Merge candidates: open cases that may be about the same thing as another."""

from __future__ import annotations

from dataclasses import dataclass

from bot.articles.stemmer import stems
from bot.model.translatable import listed, saying
from bot.syntax.case_numbers import label
from store.cases import case as cases
from store.cases import case_list
from store.cases.case import Case
from store.cases.case_list import RelatedCase
from store.engine.transaction import Transaction
from store.people.legible_name import legible

MOST = 8
ALIKE = 0.5
"""Of two subjects of one account: the share of their words that both must have."""


@dataclass(frozen=True, slots=True)
class MergeCandidate:
    """A case that another may be merged with, and why."""

    number: str
    subject: str
    requester: str
    why: str


@dataclass(frozen=True, slots=True)
class MergeCandidates:
    """The likeliest first: the same IDs, then the same requester, then a like subject in the account.

    Only what may be merged is among them: never a case of another organisation.
    """

    case: int

    def answer(self, tx: Transaction) -> tuple[MergeCandidate, ...]:
        case = cases.get(tx, self.case)
        if case is None:
            return ()
        rows = case_list.related(tx, case)
        scored = [(*_score(case, row), row) for row in rows]
        likely = sorted((entry for entry in scored if entry[0]), key=lambda entry: (-entry[0], -entry[2].id))
        return tuple(_candidate(row, why) for _, why, row in likely[:MOST])


def _score(case: Case, row: RelatedCase) -> tuple[float, str]:
    """How likely it is the same matter, 0 for not at all, and why in words."""
    shared = [name for name in case.ids.splitlines() if name in row.ids.splitlines()]
    alike = _alike(case.subject, row.subject)
    own = row.requester_id == case.requester_id
    reasons = (
        (3.0, saying("also {ids}", ids=", ".join(shared)) if shared else ""),
        (1.0 + alike, saying("the same person") if own else ""),
        (alike, saying("a like subject") if alike >= ALIKE else ""),
    )
    held = [(score, why) for score, why in reasons if why]
    return sum(score for score, _ in held), listed(*(why for _, why in held))


def _alike(one_subject: str, other: str) -> float:
    first, second = set(stems(one_subject)), set(stems(other))
    return len(first & second) / len(first | second) if first and second else 0.0


def _candidate(row: RelatedCase, why: str) -> MergeCandidate:
    requester = legible(row.requester or "", row.requester_address or "")
    return MergeCandidate(label(row.id), row.subject, requester, why)

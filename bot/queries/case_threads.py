"""Where cases are talked about in a chat channel, for links that lead there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from store.cases import thread
from store.engine.transaction import Transaction


@dataclass(frozen=True, slots=True)
class CasePlaces:
    """The addresses of a case's newest threads: below its card, and where its customers read it together."""

    card: str = ""
    customer: str = ""


@dataclass(frozen=True, slots=True)
class PlacesOfCases:
    """The threads of cases in one channel, by number; a case without any is left out."""

    cases: tuple[int, ...]
    channel: str

    def answer(self, tx: Transaction) -> Mapping[int, CasePlaces]:
        places: dict[int, CasePlaces] = {}
        for place in thread.of_cases(tx, self.cases, self.channel):
            before = places.get(place.case_id, CasePlaces())
            if place.side == "desk":
                places[place.case_id] = CasePlaces(place.address, before.customer)
            elif place.side == "customer" and place.person_id is None:
                places[place.case_id] = CasePlaces(before.card, place.address)
        return places

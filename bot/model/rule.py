"""Rule: who may ask for a command, and the proof that it needs."""

from __future__ import annotations

from collections.abc import Mapping

from bot.model.identity import Proof
from store.cases.role import TAKING_PART

Rule = Mapping[str, Proof]
"""Who may ask for a command: role → the proof that it needs at least."""
CUSTOMERS = TAKING_PART
STAFF = ("specialist", "manager")
HOUSE_CLOCK = "clock"
"""The role of the house's own clock, and of nobody else."""
EVERYBODY = ("stranger", *CUSTOMERS, *STAFF)


def rule(*pairs: tuple[tuple[str, ...], Proof]) -> Rule:
    """A rule from roles and the proof that all of them need."""
    return {role: proof for roles, proof in pairs for role in roles}


FREE = rule((EVERYBODY, Proof.UNPROVEN))
ASKED = rule((EVERYBODY, Proof.PLAUSIBLE))
OWN = rule((CUSTOMERS, Proof.PLAUSIBLE), (STAFF, Proof.PROVEN))
PROVEN_PARTY = rule((CUSTOMERS, Proof.PROVEN), (STAFF, Proof.PROVEN))
REQUESTER = rule((("requester",), Proof.PROVEN), (STAFF, Proof.PROVEN))
LINKED_CUSTOMER = rule((CUSTOMERS, Proof.LINKED))
LINKED_REQUESTER = rule((("requester",), Proof.LINKED))
CONTACT = rule((("stranger",), Proof.LINKED))
"""About the asker, and no case: somebody outside the desk, of whom a chat or a signed link tells who they are."""
DESK = rule((STAFF, Proof.PROVEN))
FORWARDED = rule((STAFF, Proof.PLAUSIBLE))
LOOKED_UP = rule((STAFF, Proof.PLAUSIBLE))
"""Changes nothing, and is answered to the address that the desk's own config names: a forged one learns nothing."""
HOUSE = rule(((HOUSE_CLOCK,), Proof.LINKED))

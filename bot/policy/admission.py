"""Admission: at a closed desk only people who are known, or whose account is, open cases."""

from __future__ import annotations

from bot.commands.case import Open
from bot.config.load import Config
from bot.model.identity import Proof
from bot.model.request import Request
from bot.model.translatable import saying, together
from bot.policy import local_team
from store.engine.transaction import Transaction
from store.people import account, person


def turned_away(tx: Transaction, config: Config, request: Request) -> str:
    """Why the inbox sets a request for a case aside; ``""`` if its asker is admitted.

    People who left may ask for nothing at all.
    """
    if request.proof < Proof.PLAUSIBLE:
        return ""
    asker = person.find(tx, request.asker.channel, request.asker.address)
    if asker is not None and asker.left:
        return f"inactive: {request.asker.address} is no contact any more"
    if config.desk.open or not any(isinstance(command, Open) for command in request.commands):
        return ""
    welcome = (asker and (asker.known or asker.role != "contact")) or _account(tx, request) is not None
    return "" if welcome else f"closed desk: we do not know {request.asker.address}"


def team(tx: Transaction, config: Config, asked: Request) -> str:
    """The local team that can help them instead."""
    who = person.find(tx, asked.asker.channel, asked.asker.address)
    return local_team.of(tx, config, who.account_id if who else _account(tx, asked))


def words(team: str) -> str:
    """The refusal for people who are answered at once."""
    ask = saying("Your local service team can help: {team}.", team=team) if team else saying(ASK)
    return together(saying(CLOSED), ask)


CLOSED = (
    "We could not open a case for you, because this desk works for people whom it knows, "
    "and we do not know you yet."
)
ASK = "Please ask whoever looks after your account with us to have you added."


def _account(tx: Transaction, asked: Request) -> int | None:
    who = asked.asker
    by_place = account.of_place(tx, who.channel, asked.place) if asked.place else None
    return by_place or account.of_address(tx, who.channel, who.address)

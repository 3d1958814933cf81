"""Joins of identities: a contact at a mail address and one in a chat turn out to be one person."""

from __future__ import annotations

from dataclasses import replace

import structlog

from bot.commands.people import AcceptJoin, JoinContacts, OfferJoin
from bot.desk.turn.handler import handles
from bot.desk.turn.turn import Turn
from bot.model.errors import Refusal
from bot.model.mail_address import MAIL, channel_and_address
from bot.model.translatable import saying
from bot.notices.conversation import Joined, JoinOffered
from bot.policy.identity_join import obstacle
from bot.policy.quotas import Quota, draw
from store.directory import person_merge
from store.people import person, rate_limit
from store.people.person import Person

log = structlog.get_logger("people")
LINKS = (2, 5)
"""Links that are mailed to one address, and for one asker, in an hour and in a day."""
JOINS = "more than {count} links to join {period} for person {who}"


@handles(OfferJoin)
def offer(turn: Turn, command: OfferJoin) -> str:
    """Mail the link, if the address is a contact's who may be joined with the asker.

    The answer is the same if not: a profile that names any address learns nothing about who has it.
    """
    holder = person.find(turn.tx, MAIL, command.mail.lower())
    if holder is not None and not obstacle(turn.tx, turn.person, holder) and _draw(turn, holder):
        url = turn.notifier.person_url("join", holder, turn.person.id)
        notice = JoinOffered(
            who=turn.person.shown, channel=turn.config.label_of(turn.person.channel), join_url=url
        )
        if url:
            turn.notifier.tell(notice, holder, None)
    return saying(
        "If we know {mail}, a mail is on its way to it: the link in it makes one list of your cases.",
        mail=command.mail,
    )


@handles(AcceptJoin)
def accept(turn: Turn, command: AcceptJoin) -> str:
    """Join the asker with the contact who asked for the link; a second time changes nothing."""
    other = turn.people.by_id(person_merge.now(turn.tx, command.other))
    if other is None:
        raise Refusal(saying("That link is no longer of use: please ask for another one."))
    if other.id != turn.person.id:
        _merge(turn, other, turn.person)
    return saying("Your cases are one list now, and answers reach you where you asked.")


@handles(JoinContacts)
def join_contacts(turn: Turn, command: JoinContacts) -> str:
    """Join two contacts as a specialist says."""
    holder, other = (_contact(turn, address) for address in (command.mail, command.address))
    if holder.id == other.id:
        pattern = "{mail} and {address} are one person already."
        return saying(pattern, mail=command.mail, address=command.address)
    _merge(turn, other, holder)
    return saying(
        "{mail} and {address} are one person now: {who}.",
        mail=command.mail,
        address=command.address,
        who=holder.shown or other.shown,
    )


def _contact(turn: Turn, written: str) -> Person:
    channel, address = channel_and_address(written)
    someone = person.find(turn.tx, channel, address.lower())
    if someone is None:
        raise Refusal(
            saying(
                "Nobody was met at {address}, so nothing was done. casebot people list shows who is known.",
                address=written,
            )
        )
    return someone


def _merge(turn: Turn, chatter: Person, holder: Person) -> None:
    if why := obstacle(turn.tx, chatter, holder):
        log.info("not joined", person=holder.id, other=chatter.id, why=why)
        if turn.person.staff:
            raise Refusal(saying("They cannot be joined: {reason}. Nothing was changed.", reason=why))
        raise Refusal(saying("The two cannot be joined. Please ask the support team; nothing was changed."))
    turn.tx.flush()
    if holder.account_id is None and chatter.account_id is not None:
        person.set_account_of(turn.tx, holder.id, chatter.account_id)
    person_merge.merge(turn.tx, chatter.id, holder.id)
    merged = replace(
        holder,
        channel=chatter.channel,
        address=chatter.address,
        account_id=holder.account_id or chatter.account_id,
    )
    person.learn(turn.tx, merged)
    log.info("joined", person=holder.id, other=chatter.id, by=turn.person.id)
    turn.notifier.tell(Joined(mail=holder.address), merged, None)


def _draw(turn: Turn, holder: Person) -> bool:
    """Is there a link left, for the asker and for the address?"""
    quotas = [
        Quota(rate_limit.key("join", who.id), LINKS, JOINS, str(who.id)) for who in (turn.person, holder)
    ]
    spent = draw(turn.tx, quotas, now=rate_limit.millis(turn.now))
    if spent:
        log.info("no link was mailed", why=spent.why)
    return spent is None

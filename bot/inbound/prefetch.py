"""Prefetch: what a batch of messages will need is looked up in one query each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

from bot.channel.protocols import Inbound
from bot.model.identity import Identity, Proof
from bot.notify.boards import Boards
from bot.policy import auto_mail_limits
from store.cases import entry as entries
from store.engine.transaction import Transaction
from store.people import person, rate_limit
from store.queues import inbox


def expect(
    tx: Transaction, messages: Sequence[Inbound], boards: Boards, *, somebody: Callable[[Identity], bool]
) -> bool:
    """Read ahead for these messages: cases of their ids, people, rate limits, copies.

    Nothing is decided by it: what is missing is read when it is needed. False if another process writes who one of
    these new people is just now: then it is the turn of these messages later. ``somebody``: may an address in Cc be
    somebody's?
    """
    case_by_id = entries.follow(tx, [value for message in messages for value in ids(message)])
    senders = [(message.sender, message) for message in messages if message.sender]
    copied = (who for message in messages if message.proof >= Proof.PLAUSIBLE for who in message.copied)
    if not _people(tx, [*(sender for sender, _ in senders), *filter(somebody, copied)]):
        return False
    keys = [
        key
        for sender, message in senders
        if not boards.traits(sender.channel).threads
        for key in auto_mail_limits.keys(sender.channel, sender.address, _case(case_by_id, message))
    ]
    rate_limit.read(tx, keys)
    inbox.find_copies(tx, [key for message in messages for key in all_copy_keys(message, message.proof)])
    return True


def ids(message: Inbound) -> list[str]:
    """The Message-IDs that may lead a message to its case, and its own."""
    named = [anchor.value for anchor in message.anchors if anchor.kind in ("ours", "id")]
    return [*named, message.message_id] if message.message_id else named


def copy_keys(message: Inbound, proof: Proof) -> list[str]:
    """The keys under which a message with this proof is noted, so that its copies are recognised."""
    named = [f"{message.twin}:{proof.value}"] if message.twin else []
    return [*named, *(message.signed if proof >= Proof.PLAUSIBLE else ())]


def all_copy_keys(message: Inbound, proof: Proof) -> list[str]:
    """The keys of copies with this proof or more, the best first."""
    return [key for level in reversed(Proof) if level >= proof for key in copy_keys(message, level)]


def _people(tx: Transaction, people: Iterable[Identity]) -> bool:
    by_channel = sorted(people, key=lambda who: who.channel)
    groups = groupby(by_channel, key=lambda who: who.channel)
    return all(person.reserve(tx, channel, [who.address for who in group]) for channel, group in groups)


def _case(case_by_id: dict[str, int], message: Inbound) -> int | None:
    """The case that a message most probably belongs to."""
    return next((case_by_id[value] for value in map(entries.bare, ids(message)) if value in case_by_id), None)

"""Routing: which case a message belongs to, and what its sender may do there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.channel.classification import DMARC_REPORT
from bot.channel.protocols import LONGEST_ADDRESS, Inbound, Letter
from bot.commands.house import Bounced
from bot.config.addresses import own_address
from bot.config.load import Config
from bot.config.settings import kept_for
from bot.inbound import bounce_lookup, interpret, marks
from bot.inbound.anchors import ITSELF, AnchorTrail
from bot.inbound.interpret import Asks
from bot.inbound.prefetch import expect, ids
from bot.inbound.route import Aside, Route
from bot.links.tokens import INTERNAL, Links, ReplyToken
from bot.model.identity import Identity, Proof
from bot.model.message import Said
from bot.model.request import Request
from bot.model.rule import CUSTOMERS, HOUSE_CLOCK
from bot.model.translatable import saying
from bot.notify.boards import Boards
from bot.policy.canary_state import CanaryReturns
from bot.syntax.case_numbers import label
from store.cases import case as cases
from store.cases import entry as entries
from store.cases import participant, thread
from store.cases.entry import bare
from store.directory import person_merge
from store.engine.transaction import Transaction
from store.erasure import data_subject
from store.people import person as people
from store.people.person import Person
from store.queues import inbox, outbox_outcomes

TOGETHER = 120
"""Seconds in which what one person writes in their own channel is one case."""
_OUTDATED = "Commands in a mail count only if its date is within {days} days of its arrival."
_UNDATED = "Commands in a signed mail count only if its signature covers its date."
HOUSE = Identity(HOUSE_CLOCK, HOUSE_CLOCK)
"""Who asks for what no person asks for."""


class Router:
    """Follows a message's anchors in order; the first that leads to a case decides."""

    def __init__(self, config: Config, links: Links, boards: Boards) -> None:
        self._config = config
        self._links = links
        self._boards = boards
        self._canary_returns = CanaryReturns(config, links)

    def expect(self, tx: Transaction, messages: Sequence[Inbound]) -> bool:
        """Prefetch what is needed to route these messages, one by one; False: it is not their turn."""
        return expect(tx, messages, self._boards, somebody=self._somebody)

    def request_of(
        self, tx: Transaction, letter: Letter, message: Inbound, *, now: datetime
    ) -> Request | Aside:
        """The request a message makes, or why it makes none."""
        if canary := self._canary_returns.note(tx, message.anchors):
            return Aside(canary)
        if reported := self._reported(letter, message):
            return reported
        message = self._without_links(message)
        sender = message.sender
        if sender is None or not self._somebody(sender):
            sender = Identity(letter.source, "unknown sender")
            message = replace(message, proof=Proof.UNPROVEN)
        person = people.find(tx, sender.channel, sender.address)
        trail = AnchorTrail(message, self._links, now=now)
        route = self._route(tx, message, person, trail)
        route = replace(route, outdated=self._outdated(letter, message))
        staff = bool(person and person.staff)
        held = staff and route.right and route.audience != INTERNAL and not message.inward
        message = interpret.resolved(message, held=held)
        if message.verdict.reply and route.case is None:
            return Aside("an automatic reply that leads to no case")
        if route.case is None and not message.opens and not message.verdict.activity:
            return Aside("nothing that somebody said just now, and it leads to no case")
        asks = self._asks(message, route, staff=staff, withheld=trail.for_customers())
        if not asks.commands:
            return Aside("leads to no case, and asks nothing of us")
        mailbox = message.mailbox or self._config.mailboxes[0].address
        return Request(
            source=letter.source,
            key=letter.key,
            asker=sender,
            proof=route.proof,
            commands=asks.commands,
            words=asks.words,
            proven_on=route.case,
            at=_said_at(tx, letter, message),
            said=self._words_of(
                letter, message, folds=route.case is None or bool(message.forwarded and not staff)
            ),
            mailbox=mailbox,
            explicit=asks.explicit,
            may_answer=message.verdict.may_answer,
            quiet=bool(letter.envelope.get("quiet")) and route.proof < Proof.PROVEN,
            language=message.language,
            place=message.place,
            mark=message.mark,
            colleague=message.colleague,
            below=message.below,
            evidence=(*message.evidence, *message.verdict.evidence, *route.evidence),
        )

    def _outdated(self, letter: Letter, message: Inbound) -> str:
        """Return why commands in a signed mail do not count, or ``""``; it may be years old."""
        age = kept_for(self._config.limits.command_max_age)
        if not message.signed or message.sent_at is None:
            return saying(_UNDATED) if message.signed else ""
        if age is None or abs(letter.arrived - message.sent_at) <= age:
            return ""
        return saying(_OUTDATED, days=str(age.days))

    def _asks(self, message: Inbound, route: Route, *, staff: bool, withheld: bool) -> Asks:
        inward = route.audience == INTERNAL
        if message.mark is not None:
            names = self._config.lists.id_names
            return marks.asks(
                message, message.mark, case=route.case, inward=inward, staff=staff, id_names=names
            )
        return interpret.asks(message, self._config.lists, route, staff=staff, withheld=inward and withheld)

    def _reported(self, letter: Letter, message: Inbound) -> Request | Aside | None:
        """A bounce: opens no case and is never answered; without our signature it changes nothing.

        None for a message that is no report, or only looks like one.
        """
        bounce = message.verdict.bounce
        if bounce is None:
            return None
        if bounce.kind == "aggregate":
            return Aside(DMARC_REPORT)
        row = bounce_lookup.delivery(self._links, message, bounce)
        if row is None and bounce.doubtful:
            return None
        if row is None:
            return Aside(f"a report ({bounce.kind}) that names no mail of ours by a signature of ours")
        return Request(
            source=letter.source,
            key=letter.key,
            asker=HOUSE,
            proof=Proof.LINKED,
            commands=(Bounced(row, bounce_lookup.OUTCOMES[bounce.kind], bounce_lookup.reason(bounce)),),
            at=letter.received_at,
            may_answer=False,
            evidence=message.verdict.evidence,
        )

    def _without_links(self, message: Inbound) -> Inbound:
        """The message without quoted links to the writer's own page, since its text goes to others."""
        original = message.forwarded
        if original and original.sender and own_address(original.sender.address, self._config):
            message = replace(message, forwarded=replace(original, sender=None))  # our own words, passed on
        texts = [message.subject, *(part.text for part in message.parts)]
        stripped = self._links.without_pages(*texts)
        if stripped == texts:
            return message
        parts = zip(message.parts, stripped[1:], strict=True)
        return replace(
            message, subject=stripped[0], parts=tuple(replace(part, text=text) for part, text in parts)
        )

    def _ours(self, value: str) -> int | None:
        pair = self._links.read_message_id(value)
        return pair[0] if pair and pair[0] else None

    def _route(self, tx: Transaction, message: Inbound, person: Person | None, trail: AnchorTrail) -> Route:
        case_by_id = entries.follow(tx, ids(message))
        mentioned: int | None = None
        for anchor in trail.in_order(tx, person):
            route = None
            if anchor is ITSELF:
                route = self._by_itself(tx, message, case_by_id, person)
            elif anchor.kind == "token":
                token = trail.tokens.get(anchor)
                by = self._by_token(tx, token, message, person) if token else None
                route = by or self._by_envelope(tx, anchor.value, message, person)
            elif anchor.kind == "thread":
                route = self._by_thread(tx, anchor.value, message, person)
            elif anchor.kind == "beside":
                route = self._beside(tx, anchor.value, message, person)
            elif anchor.kind == "tag":
                case = _leads_to(tx, int(anchor.value))
                route = (
                    self._by_right(tx, case, message, person, saying("the number in the subject"))
                    if case
                    else None
                )
                mentioned = mentioned or case
            else:
                route = self._by_id(tx, anchor.value, case_by_id, message, person)
                mentioned = mentioned or case_by_id.get(bare(anchor.value))
            if route is not None and (route.right or not self._of_erased(tx, message, trail)):
                return route
        if mentioned is None or self._of_erased(tx, message, trail):
            return Route(None, message.proof, ())
        return Route(None, message.proof, _mentions(mentioned), linked=mentioned)

    def _of_erased(self, tx: Transaction, message: Inbound, trail: AnchorTrail) -> bool:
        """Return whether it answers mail to somebody who is erased: it would name them on their old case."""
        holders: set[int | None] = {token.person for token in trail.tokens.values()}
        for anchor in message.anchors:
            ours = self._links.read_message_id(anchor.value)
            row = ours[1] if ours else self._links.read_bounce_tag(anchor.value)
            sent = outbox_outcomes.reported_delivery(tx, row) if row is not None else None
            holders.add(sent.person_id if sent else None)
        subjects = (data_subject.of(tx, holder) for holder in holders if holder)
        return any(subject is not None and subject.erased for subject in subjects)

    def _by_itself(
        self, tx: Transaction, message: Inbound, case_by_id: dict[str, int], person: Person | None
    ) -> Route | None:
        """The case that a later mail opened which answers this one. An id used twice does not count."""
        case = case_by_id.get(bare(message.message_id)) if message.message_id else None
        if case is None or entries.has_said(tx, case, message.message_id):
            return None
        return self._by_right(tx, case, message, person, saying("a later mail that answers it"))

    def _by_token(
        self, tx: Transaction, token: ReplyToken, message: Inbound, person: Person | None
    ) -> Route | None:
        case = _leads_to(tx, token.case)
        if case is None:
            return None
        if (
            message.proof >= Proof.PLAUSIBLE
            and person
            and person.id == person_merge.now(tx, token.person)
            and _reaches(tx, case, person)
        ):
            why = (saying("came to a reply address of ours, issued to its sender"),)
            return Route(case, Proof.PROVEN, why, audience=token.audience, right=True)
        right = self._by_right(tx, case, message, person, saying("a reply address of ours"))
        why = (saying("came to a reply address of ours that was issued to somebody else or not proven"),)
        return right or Route(case, message.proof, why)

    def _by_envelope(
        self, tx: Transaction, tag: str, message: Inbound, person: Person | None
    ) -> Route | None:
        """The case by the envelope address: absence notes go there (RFC 3834, section 4)."""
        row = self._links.read_bounce_tag(tag)
        sent = outbox_outcomes.reported_delivery(tx, row) if row is not None else None
        case = _leads_to(tx, sent.case_id) if sent and sent.case_id else None
        if case is None:
            return None
        right = self._by_right(tx, case, message, person, saying("the envelope of a mail of ours"))
        why = (saying("came to the envelope of a mail of ours, from somebody unproven"),)
        return right or Route(case, message.proof, why)

    def _by_id(
        self, tx: Transaction, value: str, case_by_id: dict[str, int], message: Inbound, person: Person | None
    ) -> Route | None:
        said_on = self._ours(value)
        ours = _leads_to(tx, said_on) if said_on else None
        if ours is not None:
            right = self._by_right(tx, ours, message, person, saying("an answer to a mail of ours"))
            return right or Route(
                ours, message.proof, (saying("answers a mail of ours, from somebody unproven"),)
            )
        case, how = case_by_id.get(bare(value)), saying("an earlier mail of this thread")
        right = self._by_right(tx, case, message, person, how) if case else None
        if case is None or right or person is None:
            return right
        own = entries.said_to(tx, person.id, value)  # somebody's answer came first, and took the id
        return self._by_right(tx, own, message, person, how) if own else None

    def _by_thread(
        self, tx: Transaction, address: str, message: Inbound, person: Person | None
    ) -> Route | None:
        """The case of a chat thread: staff speak in the desk's, admitted customers in their own.

        In the desk's thread, words are internal by default.
        """
        here = thread.at(tx, message.sender.channel, address) if message.sender else None
        if here is None:
            return None
        staff = bool(person and person.staff)
        if here.side == "desk" or self._boards.owns(here.channel, address):
            why = (saying("was written in the desk's own thread"),)
            return Route(here.case_id, message.proof, why, audience=INTERNAL, right=staff)
        if person is not None and participant.removed(tx, here.case_id, person.id):
            why = (saying("was written in the case's thread, by somebody who was removed from the case"),)
            return Route(here.case_id, message.proof, why)
        takes_part = person is not None and participant.role(tx, here.case_id, person.id) in CUSTOMERS
        why = (saying("was written in the case's thread"),)
        joins = thread.is_shared(tx, here) and not message.colleague
        return Route(here.case_id, message.proof, why, right=staff or takes_part or joins)

    def _beside(self, tx: Transaction, address: str, message: Inbound, person: Person | None) -> Route | None:
        """The case that the sender opened in the same place within the two minutes around this message."""
        if person is None or message.sender is None:
            return None
        case = thread.begun_around(tx, message.sender.channel, address, person_id=person.id, seconds=TOGETHER)
        why = (saying("was written within two minutes of what opened the case, by the same person"),)
        return Route(case, message.proof, why, right=True) if case else None

    def _by_right(
        self, tx: Transaction, case: int, message: Inbound, person: Person | None, how: str
    ) -> Route | None:
        """The case, if the sender takes part in it and is at least plausible."""
        if message.proof < Proof.PLAUSIBLE or person is None:
            return None
        if person.staff:  # by mail they speak by an address that was issued to them
            linked = message.proof is Proof.LINKED and cases.get(tx, case) is not None
            why = saying("{case} by {how}", case=label(case), how=how)
            return Route(case, message.proof, (why,), right=True) if linked else None
        if participant.role(tx, case, person.id) not in CUSTOMERS:
            return None
        why = saying("belongs to {case} by {how}", case=label(case), how=how)
        return Route(case, message.proof, (why,), right=True)

    def _words_of(self, letter: Letter, message: Inbound, *, folds: bool) -> Said:
        """``folds``: nobody here has read what the message quotes."""
        parts = tuple(
            replace(part, kind="folded") if folds and part.kind == "quoted" else part
            for part in message.parts
        )
        return Said(
            text="\n".join(part.text for part in parts if part.kind == "new"),
            parts=parts,
            attachments=message.attachments,
            emphasis=message.emphasis,
            copied=tuple(who for who in message.copied if self._somebody(who)),
            subject=message.subject,
            message_id=message.message_id,
            references=message.references,
            inbox=letter.id,
            writer=message.writer,
        )

    def _somebody(self, who: Identity) -> bool:
        """Is it a person, and not one of the desk's own addresses?"""
        return len(who.address) <= LONGEST_ADDRESS and not own_address(who.address, self._config)


def _said_at(tx: Transaction, letter: Letter, message: Inbound) -> datetime:
    """When it reached us: a change no sooner than what it changes, which may have come after it."""
    first = inbox.find(tx, letter.source, message.original) if message.original else None
    return max(letter.arrived, first.received_at) if first else letter.arrived


def _leads_to(tx: Transaction, number: int) -> int | None:
    """The case with this number, or the one it was merged into; None if there is none."""
    case = cases.get(tx, number)
    return case.leads_to if case else None


def _reaches(tx: Transaction, case: int, person: Person) -> bool:
    """Does the token's holder still have a right? Staff must be staff, customers participants."""
    return person.staff or participant.role(tx, case, person.id) in CUSTOMERS


def _mentions(case: int) -> tuple[str, ...]:
    return (saying("mentions {case}, in which its sender takes no part", case=label(case)),)

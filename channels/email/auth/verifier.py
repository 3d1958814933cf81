"""The verifier of senders: DKIM, SPF and DMARC asked of DNS, outside any transaction."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import partial

import structlog

from bot.channel.protocols import Inbound, Letter, Unreadable
from bot.model.identity import Proof
from bot.model.translatable import saying
from channels.email.auth import dkim_keys, dmarc, spf
from channels.email.auth.evidence import NO_PROOF, Claimed, Claims, Sealed, Signature
from channels.email.auth.policy import Judgement
from channels.email.auth.resolver import DnsTimeBudget, Inquiry, NotKnown, Resolver, Unanswered

log = structlog.get_logger("email.proof")
AT_ONCE, WAITING = 64, 400
"""Mails whose claims are looked into at the same time, and those that may wait for their turn."""
Checked = tuple[str, tuple[str, ...]]
"""Why a check proves nothing, or ``""`` and what it proves."""


class Verifier:
    """Judges mails that came with claims; safe between threads. Starts no thread before it is needed."""

    def __init__(self, nameservers: Sequence[str] = (), patience: DnsTimeBudget | None = None) -> None:
        self.resolver = Resolver(nameservers)
        self._patience = patience or DnsTimeBudget()
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="proof")
        self._room = threading.BoundedSemaphore(AT_ONCE + WAITING)

    def settle(
        self, letters: Sequence[Letter], read: Sequence[Inbound | Unreadable | Claimed]
    ) -> list[Inbound | Unreadable]:
        """Judge every claim, in order. If DNS has no answer, the mail stays unread: never waved through."""
        judgements = [self._begin(letter, mail) for letter, mail in zip(letters, read, strict=True)]
        self._patience.wait([answer for answer in judgements if isinstance(answer, Future)])
        return [
            self._settled(letter, mail, judged) if isinstance(mail, Claimed) else mail
            for letter, mail, judged in zip(letters, read, judgements, strict=True)
        ]

    def close(self) -> None:
        """Ask nothing more; questions in progress end by themselves within seconds."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _begin(self, letter: Letter, mail: object) -> Judgement | Future[Judgement] | None:
        """A judgement from the cache, or the future of one; None: nothing to judge, or no room to."""
        if not isinstance(mail, Claimed):
            return None
        try:
            return prove(mail.claims, letter, self.resolver.inquiry(0))
        except Unanswered:
            return None
        except NotKnown:
            return self._ask(letter, mail.claims)
        except Exception as error:
            _tell(error)
            return None

    def _ask(self, letter: Letter, claims: Claims) -> Future[Judgement] | None:
        if not self._room.acquire(blocking=False):
            return None
        try:
            asking = self._pool.submit(lambda: prove(claims, letter, self.resolver.inquiry()))
        except RuntimeError:  # closed meanwhile
            self._room.release()
            return None
        asking.add_done_callback(lambda _: self._room.release())
        return asking

    def _settled(
        self, letter: Letter, claimed: Claimed, judged: Judgement | Future[Judgement] | None
    ) -> Inbound | Unreadable:
        if isinstance(judged, Future):
            judged = _answer(judged)
        if judged is None:
            after = self._patience.again(letter.id)
            if after is not None:
                return Unreadable("DNS does not answer", fault="house", after=after)
            judged = Judgement(
                Proof.UNPROVEN,
                (saying("DNS did not answer about {domain} for an hour", domain=claimed.claims.domain),),
            )
        self._patience.over(letter.id)
        reasons = () if judged.proof is Proof.PLAUSIBLE else claimed.claims.reasons
        evidence = (*judged.reasons, *reasons, *claimed.inbound.evidence)
        return replace(claimed.inbound, proof=judged.proof, evidence=evidence)


def _answer(future: Future[Judgement]) -> Judgement | None:
    """The judgement, if DNS has answered by now."""
    if not future.done() or future.cancelled():
        return None
    if error := future.exception():
        _tell(error)
        return None
    return future.result()


def _tell(error: BaseException) -> None:
    """Log any error but a missing DNS answer: it is our fault, and proves nothing."""
    if not isinstance(error, Unanswered):
        log.error("authentication of a sender failed", exc_info=error)


def prove(claims: Claims, letter: Letter, ask: Inquiry) -> Judgement:
    """PLAUSIBLE with what proves it, or UNPROVEN with what does not.

    One aligned pass is enough, whatever else fails. Without one, a question that stayed open makes the whole
    ``Unanswered`` (or ``NotKnown``): nothing is decided for want of an answer.
    """
    failed: list[str] = []
    open_: Unanswered | None = None
    for check in _checks(claims, letter, ask):
        try:
            refused, words = check()
        except Unanswered as error:
            open_ = error
            continue
        if not refused:
            return Judgement(Proof.PLAUSIBLE, words)
        failed.append(refused)
    if open_ is not None:
        raise open_
    return Judgement(Proof.UNPROVEN, tuple(failed))


def _checks(claims: Claims, letter: Letter, ask: Inquiry) -> Iterator[Callable[[], Checked]]:
    """The checks in order, the domain of From itself first: it needs the fewest questions."""
    for signature in sorted(claims.signatures, key=lambda signature: signature.domain != claims.domain):
        yield partial(_signed, signature, claims.domain, letter, ask)
    if claims.path:
        yield partial(_sent, claims.domain, letter, ask)
    if claims.sealed:
        yield partial(_vouched, claims.sealed, letter, ask)


def _signed(signature: Signature, author: str, letter: Letter, ask: Inquiry) -> Checked:
    domain = signature.domain
    if refused := _forged(signature, letter, ask):
        return saying(NO_PROOF, what="DKIM", domain=domain, why=refused), ()
    passes = saying(_PASSES, what="DKIM", domain=domain)
    return _aligned(domain, author, passes, mode="adkim", ask=ask)


def _forged(signature: Signature, letter: Letter, ask: Inquiry) -> str:
    """Why a signature is not its domain's, in words; ``""`` if it is."""
    if 0 < signature.expires < letter.received_at.timestamp():
        return saying("it was over when the mail came (x=)")
    return dkim_keys.refusal(signature, ask)


def _vouched(sealed: Sealed, letter: Letter, ask: Inquiry) -> Checked:
    """Check an ARC set: one of the mailbox's sealers is trusted if seal and signature are its own."""
    for signature in (sealed.seal, sealed.message):
        if refused := _forged(signature, letter, ask):
            return saying(NO_PROOF, what="ARC", domain=signature.domain, why=refused), ()
    return "", (saying(_PASSES, what="ARC", domain=sealed.seal.domain), *sealed.words)


def _sent(author: str, letter: Letter, ask: Inquiry) -> Checked:
    envelope = {key: str(letter.envelope.get(key) or "") for key in ("peer", "helo", "mail_from")}
    domain = envelope["mail_from"].rpartition("@")[2].lower()
    verdict = spf.verdict(**envelope, ask=ask)
    if verdict != "pass":
        return saying(
            "SPF of {domain} says {verdict} for {peer}", domain=domain, verdict=verdict, peer=envelope["peer"]
        ), ()
    passes = saying("SPF of {domain} passes for {peer}", domain=domain, peer=envelope["peer"])
    return _aligned(domain, author, passes, mode="aspf", ask=ask)


def _aligned(domain: str, author: str, passes: str, *, mode: str, ask: Inquiry) -> Checked:
    refused = dmarc.refusal(domain, author, mode=mode, ask=ask)
    return (
        (saying("{passes}, but {why}", passes=passes, why=refused), ())
        if refused
        else ("", (passes, saying("DMARC: {domain} is aligned with From", domain=domain)))
    )


_PASSES = "{what} of {domain} passes"

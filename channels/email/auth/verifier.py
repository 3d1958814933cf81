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
from channels.email.auth import dkim_keys, dmarc, spf
from channels.email.auth.dns_time_budget import Patience
from channels.email.auth.evidence import Claimed, Claims, Sealed, Signature
from channels.email.auth.policy import Judgement
from channels.email.auth.resolver import Inquiry, NotKnown, Resolver, Unanswered

log = structlog.get_logger("email.proof")
AT_ONCE, WAITING = 64, 400
"""Mails whose claims are looked into at the same time, and those that may wait for their turn."""
Checked = tuple[str, tuple[str, ...]]
"""Why a check proves nothing, or ``""`` and what it proves."""


class Prover:
    """Judges the mails that came with claims; used from any thread. No thread is started before there is need."""

    def __init__(self, nameservers: Sequence[str] = (), patience: Patience | None = None) -> None:
        self.resolver = Resolver(nameservers)
        self._patience = patience or Patience()
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="proof")
        self._room = threading.BoundedSemaphore(AT_ONCE + WAITING)

    def settle(
        self, letters: Sequence[Letter], read: Sequence[Inbound | Unreadable | Claimed]
    ) -> list[Inbound | Unreadable]:
        """Every claim judged, in order. Where DNS cannot say, the mail is not read yet: never waved through."""
        begun = [self._begin(letter, one) for letter, one in zip(letters, read, strict=True)]
        self._patience.wait([one for one in begun if isinstance(one, Future)])
        return [
            self._settled(letter, one, judged) if isinstance(one, Claimed) else one
            for letter, one, judged in zip(letters, read, begun, strict=True)
        ]

    def close(self) -> None:
        """Ask nothing more; questions that are on their way end by themselves, within seconds."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _begin(self, letter: Letter, one: object) -> Judgement | Future[Judgement] | None:
        """What the cache can say at once, or somebody who asks; None: nothing to judge, or no room to."""
        if not isinstance(one, Claimed):
            return None
        try:
            return prove(one.claims, letter, self.resolver.inquiry(0))
        except Unanswered:
            return None
        except NotKnown:
            return self._ask(letter, one.claims)
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
        self, letter: Letter, one: Claimed, judged: Judgement | Future[Judgement] | None
    ) -> Inbound | Unreadable:
        if isinstance(judged, Future):
            judged = _answer(judged)
        if judged is None:
            after = self._patience.again(letter.id)
            if after is not None:
                return Unreadable("DNS does not answer", fault="house", after=after)
            judged = Judgement(Proof.UNPROVEN, (f"DNS did not answer about {one.claims.domain} for an hour",))
        self._patience.over(letter.id)
        reasons = () if judged.proof is Proof.PLAUSIBLE else one.claims.reasons
        evidence = (*judged.reasons, *reasons, *one.inbound.evidence)
        return replace(one.inbound, proof=judged.proof, evidence=evidence)


def _answer(asked: Future[Judgement]) -> Judgement | None:
    """What DNS said by now, if it did."""
    if not asked.done() or asked.cancelled():
        return None
    if error := asked.exception():
        _tell(error)
        return None
    return asked.result()


def _tell(error: BaseException) -> None:
    """Whatever else went wrong than DNS is ours: it is told, and proves nobody."""
    if not isinstance(error, Unanswered):
        log.error("authentication of a sender failed", exc_info=error)


def prove(claims: Claims, letter: Letter, ask: Inquiry) -> Judgement:
    """PLAUSIBLE with what proves it, or UNPROVEN with what does not.

    One aligned pass is enough, whatever else fails. Without one, a question that stayed open makes the
    whole ``Unanswered`` (or ``NotKnown``): nothing is decided for want of an answer.
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
    """The domain of From itself first: it needs the fewest questions."""
    for signature in sorted(claims.signatures, key=lambda one: one.domain != claims.domain):
        yield partial(_signed, signature, claims.domain, letter, ask)
    if claims.path:
        yield partial(_sent, claims.domain, letter, ask)
    if claims.sealed:
        yield partial(_vouched, claims.sealed, letter, ask)


def _signed(signature: Signature, author: str, letter: Letter, ask: Inquiry) -> Checked:
    domain = signature.domain
    if refused := _forged(signature, letter, ask):
        return f"DKIM of {domain} proves nothing: {refused}", ()
    passes = f"DKIM of {domain} passes"
    return _aligned(domain, author, passes, mode="adkim", ask=ask)


def _forged(signature: Signature, letter: Letter, ask: Inquiry) -> str:
    """Why a signature is not its domain's, in words, or ``""``."""
    if 0 < signature.expires < letter.received_at.timestamp():
        return "it was over when the mail came (x=)"
    return dkim_keys.refusal(signature, ask)


def _vouched(sealed: Sealed, letter: Letter, ask: Inquiry) -> Checked:
    """A sealer among those of the mailbox is believed in what it found, if the seal and the signature are its own."""
    for signature in (sealed.seal, sealed.message):
        if refused := _forged(signature, letter, ask):
            return f"ARC of {signature.domain} proves nothing: {refused}", ()
    return "", (f"ARC of {sealed.seal.domain} passes", *sealed.words)


def _sent(author: str, letter: Letter, ask: Inquiry) -> Checked:
    told = {key: str(letter.envelope.get(key) or "") for key in ("peer", "helo", "mail_from")}
    domain = told["mail_from"].rpartition("@")[2].lower()
    said = spf.verdict(**told, ask=ask)
    if said != "pass":
        return f"SPF of {domain} says {said} for {told['peer']}", ()
    passes = f"SPF of {domain} passes for {told['peer']}"
    return _aligned(domain, author, passes, mode="aspf", ask=ask)


def _aligned(domain: str, author: str, passes: str, *, mode: str, ask: Inquiry) -> Checked:
    refused = dmarc.refusal(domain, author, mode=mode, ask=ask)
    return (
        (f"{passes}, but {refused}", ())
        if refused
        else ("", (passes, f"DMARC: {domain} is aligned with From"))
    )

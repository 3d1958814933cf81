"""The child's answer: what it may say of a mail, and how the parent makes an ``Inbound`` of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from bot.channel.classification import Bounce, ReportKind, Undelivered, Verdict
from bot.channel.protocols import Anchor, Inbound, Original
from bot.model.identity import Identity, Proof
from bot.model.message import Attachment, Part
from bot.model.translatable import Saying, saying, unpacked
from channels.email.auth.evidence import Claims, Sealed, Signature

MOST, DEEPEST = 20_000, 8
"""Things of one kind in an answer; sayings within sayings."""
_LEVELS = (Proof.UNPROVEN, Proof.PLAUSIBLE)
Size = Annotated[int, Meta(ge=0, le=1 << 30)]
"""Bytes that follow a frame."""
_Many = Meta(max_length=MOST)
People = Annotated[tuple[Identity, ...], _Many]
Words = Annotated[tuple[str, ...], _Many]


class Phrase(Struct, array_like=True):
    """A saying: its English pattern and what fills it."""

    pattern: str
    values: dict[str, str | Phrase]

    def __post_init__(self) -> None:
        """Refuse what is too deep; what lies within has been looked at before."""
        if self.values and self._depth() > DEEPEST:
            raise ValueError("too deep")

    def _depth(self) -> int:
        return 1 + max(
            (value._depth() for value in self.values.values() if isinstance(value, Phrase)), default=0
        )


Sentences = Annotated[tuple[str | Phrase, ...], _Many]


class BounceReport(Struct, array_like=True):
    """A ``Bounce``."""

    kind: ReportKind
    recipients: Annotated[tuple[Undelivered, ...], _Many]
    originals: Words
    doubtful: bool


class Judged(Struct, array_like=True):
    """A ``Verdict``."""

    may_answer: bool
    activity: bool
    reply: bool
    bounce: BounceReport | None
    evidence: Sentences
    away_until: date | None


class Seal(Struct, array_like=True):
    """What an ARC chain's newest set says (``Sealed``)."""

    seal: Signature
    message: Signature
    words: Sentences


class Claim(Struct, array_like=True):
    """``Claims``."""

    domain: str
    signatures: Annotated[tuple[Signature, ...], _Many]
    path: bool
    reasons: Sentences
    sealed: Seal | None


class SentFile(Struct, array_like=True):
    """A file whose bytes follow; the parent hashes them itself."""

    name: str
    type: str
    size: Size
    inline: bool


class Unread(Struct, array_like=True, tag="unread"):
    """A mail that could not be read, and why: an exception's type and place."""

    why: str

    @property
    def sizes(self) -> Sequence[int]:
        return ()


class ReadMail(Struct, array_like=True, tag="answer"):
    """A mail that was read. A reader never proves more than ``PLAUSIBLE``."""

    sender: Identity | None
    proof: Literal[0, 1]
    verdict: Judged
    mailbox: str
    subject: str
    parts: Annotated[tuple[Part, ...], _Many]
    message_id: str
    references: Words
    anchors: Annotated[tuple[Anchor, ...], _Many]
    to: People
    copied: People
    files: Annotated[tuple[SentFile, ...], _Many]
    sent_at: datetime | None
    language: str
    html_used: bool
    evidence: Sentences
    twin: str
    signed: Words
    writer: str
    forwarded: Original | None
    claims: Claim | None

    @property
    def sizes(self) -> Sequence[int]:
        return [file.size for file in self.files]


def of(inbound: Inbound, claims: Claims) -> ReadMail:
    """The answer of a child that has read a mail so."""
    files = tuple(SentFile(file.name, file.type, file.size, file.inline) for file in inbound.attachments)
    return ReadMail(
        inbound.sender,
        0 if inbound.proof is Proof.UNPROVEN else 1,
        _judged(inbound.verdict),
        inbound.mailbox,
        inbound.subject,
        inbound.parts,
        inbound.message_id,
        inbound.references,
        inbound.anchors,
        inbound.to,
        inbound.copied,
        files,
        inbound.sent_at,
        inbound.language,
        inbound.html_used,
        _phrases(inbound.evidence),
        inbound.twin,
        inbound.signed,
        inbound.writer,
        inbound.forwarded,
        _claim(claims) if claims else None,
    )


def inbound(answer: ReadMail, attachments: tuple[Attachment, ...]) -> Inbound:
    """What the answer says, with its files as they were stored."""
    return Inbound(
        answer.sender,
        _LEVELS[answer.proof],
        _verdict(answer.verdict),
        answer.mailbox,
        answer.subject,
        answer.parts,
        answer.message_id,
        answer.references,
        answer.anchors,
        answer.to,
        answer.copied,
        attachments,
        answer.sent_at,
        answer.language,
        answer.html_used,
        _sentences(answer.evidence),
        answer.twin,
        answer.signed,
        answer.writer,
        answer.forwarded,
    )


def claims(claim: Claim) -> Claims:
    """What may still be proven of the sender, as the answer says."""
    seal = claim.sealed
    sealed = Sealed(seal.seal, seal.message, _sentences(seal.words)) if seal else None
    return Claims(claim.domain, claim.signatures, claim.path, _sentences(claim.reasons), sealed)


def _claim(claims: Claims) -> Claim:
    sealed = claims.sealed
    seal = Seal(sealed.seal, sealed.message, _phrases(sealed.words)) if sealed else None
    return Claim(claims.domain, claims.signatures, claims.path, _phrases(claims.reasons), seal)


def _judged(verdict: Verdict) -> Judged:
    bounce = verdict.bounce
    report = (
        BounceReport(bounce.kind, bounce.recipients, bounce.originals, bounce.doubtful) if bounce else None
    )
    return Judged(
        verdict.may_answer,
        verdict.activity,
        verdict.reply,
        report,
        _phrases(verdict.evidence),
        verdict.away_until,
    )


def _verdict(judged: Judged) -> Verdict:
    report = judged.bounce
    bounce = Bounce(report.kind, report.recipients, report.originals, report.doubtful) if report else None
    sentences = _sentences(judged.evidence)
    return Verdict(judged.may_answer, judged.activity, bounce, judged.reply, sentences, judged.away_until)


def _phrases(sentences: Iterable[str]) -> tuple[str | Phrase, ...]:
    return tuple(map(_phrase, sentences))


def _phrase(sentence: str) -> str | Phrase:
    if not isinstance(sentence, Saying):
        return str(sentence)
    return Phrase(sentence.pattern, {name: _phrase(value) for name, value in sentence.values.items()})


def _sentences(phrases: Iterable[str | Phrase]) -> tuple[str, ...]:
    return tuple([phrase if isinstance(phrase, str) else _sentence(phrase) for phrase in phrases])


def _sentence(phrase: Phrase) -> str:
    if not phrase.values and "{" not in phrase.pattern and "}" not in phrase.pattern:
        return saying(phrase.pattern)
    return unpacked(_packed(phrase))


def _packed(phrase: str | Phrase) -> Any:
    """As ``bot.model.translatable.packed`` has it."""
    if isinstance(phrase, str):
        return phrase
    return [phrase.pattern, {name: _packed(value) for name, value in phrase.values.items()}]

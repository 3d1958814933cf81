"""ARC (RFC 8617): what a trusted sealer found of a mail before changing it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from dkim.canonicalization import CanonicalizationPolicy

from bot.model.identity import Proof
from bot.model.translatable import saying
from channels.email.auth import authentication_results, dkim_verify, policy
from channels.email.auth.dkim_verify import BodyHash, Flaw, HeaderField
from channels.email.auth.evidence import Sealed
from channels.email.mime import headers, prescan

MOST = 50
"""Sets of a chain (section 4.2.1)."""
RESULTS, MESSAGE, SEAL = b"arc-authentication-results", b"arc-message-signature", b"arc-seal"
"""The three headers of a set, in the order in which a seal signs them (section 5.1.1)."""
_KINDS = (RESULTS, MESSAGE, SEAL)
_NEEDED = {
    MESSAGE: (b"i", b"a", b"b", b"bh", b"d", b"h", b"s"),
    SEAL: (b"i", b"a", b"b", b"cv", b"d", b"s"),
}
_NUMBER = re.compile(rb"[1-9][0-9]?")
_NUMBERED = re.compile(rb"\s{0,80}i\s{0,9}=\s{0,9}([0-9]{1,3})\s{0,9};(.*)", re.DOTALL)
_FROM = "header.from"
_RELAXED = CanonicalizationPolicy.from_c_value(b"relaxed/relaxed")
Tags = Mapping[bytes, bytes]
Set = Mapping[bytes, HeaderField]


def of(
    raw: bytes, author: str, written: str, *, sealers: Collection[str]
) -> tuple[Sealed | None, tuple[str, ...]]:
    """The verdict of a mail's newest ARC sealer; else None and the reason why it does not count.

    It must be one of ``sealers`` (domains) and have found ``author`` genuine. ``written``: the whole of From.
    Linear, never raises. The newest seal covers all sets before it, and its maker is trusted about them: of
    older seals only the presence is checked.
    """
    end = prescan.header_end(raw)
    try:
        fields = dkim_verify.all_fields(raw[: end + 1], author, written)
        sets = _sets(fields)
        seal = _newest_seal(sets, sealers)
        sealer = seal[b"d"].decode("ascii").lower()
        judgement = policy.aligned_with(author.rpartition("@")[2], _results(sets[-1]), f"{sealer} (ARC)")
        if judgement.proof is Proof.UNPROVEN:
            return None, judgement.reasons
        message = _message(sets[-1][MESSAGE], fields, BodyHash(raw[end + 1 :]), sealer, len(sets))
    except Flaw as flaw:
        return None, (saying("its ARC chain is not believed: {why}", why=flaw.why),)
    return _sealed(sets, seal, message, judgement.reasons), ()


def _sets(fields: Sequence[HeaderField]) -> list[Set]:
    """The chain's sets, oldest first; ``Flaw`` unless each has one of each header, and none is missing."""
    by_number: dict[int, dict[bytes, HeaderField]] = defaultdict(dict)
    parts = [field for field in fields if field[0].lower() in _KINDS]
    if len(parts) > MOST * len(_KINDS):
        raise Flaw(saying("it has more than {most} sets", most=str(MOST)))
    for field in parts:
        kind = field[0].lower()
        number = _number(kind, field[1])
        if kind in by_number[number]:
            raise Flaw(saying("set {number} has a part twice", number=str(number)))
        by_number[number][kind] = field
    if (
        not by_number
        or sorted(by_number) != list(range(1, len(by_number) + 1))
        or len(parts) != len(by_number) * len(_KINDS)
    ):
        raise Flaw(saying("parts of it are missing"))
    return [by_number[number] for number in sorted(by_number)]


def _number(kind: bytes, value: bytes) -> int:
    """The number of the set that a header belongs to."""
    if kind == RESULTS:
        beginning = _NUMBERED.match(value)
        written = beginning[1] if beginning else b""
    else:
        written = dkim_verify.read_tags(value, _NEEDED[kind], arc=True)[b"i"]
    if not _NUMBER.fullmatch(written) or int(written) > MOST:
        raise Flaw(saying("a part of it has no number"))
    return int(written)


def _newest_seal(sets: Sequence[Set], sealers: Collection[str]) -> Tags:
    """The tags of the newest seal; ``Flaw`` unless we trust its sealer and the chain is whole.

    Every seal must have found the chain before it whole (section 5.2).
    """
    seals = [dkim_verify.read_tags(arc_set[SEAL][1], _NEEDED[SEAL], arc=True) for arc_set in sets]
    newest = seals[-1]
    sealer = newest[b"d"].decode("ascii").lower()
    if sealer not in sealers:
        raise Flaw(saying("it was sealed by {domain}, which is not among arc_sealers", domain=sealer))
    for number, seal in enumerate(seals, 1):
        if seal[b"cv"] != (b"none" if number == 1 else b"pass"):
            verdict = f"cv={seal[b'cv'].decode('ascii', 'replace')}"
            raise Flaw(saying("seal {number} says {verdict}", number=str(number), verdict=verdict))
    if b"h" in newest or b"bh" in newest:
        raise Flaw(saying("its seal signs something else than a chain"))
    return newest


def _results(newest: Set) -> list[authentication_results.AuthResult]:
    """The results that the newest sealer wrote.

    A DMARC pass must name its domain: a mailing list may have changed From.
    """
    beginning = _NUMBERED.match(newest[RESULTS][1])
    written = headers.unfolded(beginning[2].decode("utf-8", "replace")) if beginning else ""
    results = authentication_results.of_sealer(written)
    if results is None:
        raise Flaw(saying("its results cannot be read"))
    return [
        result
        for result in results
        if result.method != "dmarc" or result.result != "pass" or _FROM in result.properties
    ]


def _message(
    field: HeaderField, fields: Sequence[HeaderField], body: BodyHash, sealer: str, number: int
) -> tuple[Tags, str]:
    """The mail's newest signature: its tags, and the digest that it must have signed."""
    tags = dkim_verify.read_tags(field[1], _NEEDED[MESSAGE], arc=True)
    if tags[b"d"].decode("ascii").lower() != sealer:
        raise Flaw(saying("its seal and its signature are of two domains"))
    names, way = dkim_verify.signed_names(tags, fields), dkim_verify.way_of(tags)
    if SEAL in names:
        raise Flaw(saying("its signature signs a seal"))
    if body.by(way) != tags[b"bh"]:
        raise Flaw(saying("the body is not the one that was sealed ({number})", number=str(number)))
    return tags, dkim_verify.digest(way, field, dkim_verify.chosen(fields, names)).hex()


def _sealed(sets: Sequence[Set], seal: Tags, message: tuple[Tags, str], words: tuple[str, ...]) -> Sealed:
    chain = [arc_set[kind] for arc_set in sets for kind in _KINDS]
    digest = dkim_verify.digest(_RELAXED, chain[-1], chain[:-1]).hex()
    return Sealed(
        seal=dkim_verify.made_by(seal, digest, identity=seal[b"d"]),
        message=dkim_verify.made_by(message[0], message[1], identity=seal[b"d"]),
        words=words,
    )

"""DKIM signatures of a mail: what each signs, and whether the body hash holds."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

import dkim
from dkim.canonicalization import CanonicalizationPolicy, correct_empty_body, strip_trailing_lines
from dkim.util import InvalidTagValueList, parse_tag_value

from bot.model.translatable import saying
from channels.email.auth import dmarc
from channels.email.auth.evidence import NO_PROOF, Signature
from channels.email.mime import headers, prescan

MOST = 10
LONGEST = 4096
"""Bytes of a DKIM-Signature header: enough for a key of 8192 bits and a hundred header names."""
ALGORITHMS = (b"rsa-sha256", b"ed25519-sha256")
NEEDED = (b"v", b"a", b"b", b"bh", b"d", b"h", b"s")
"""Tags that no DKIM-Signature leaves out (section 3.5)."""
SIGNED_IF_THERE = (b"from", b"subject", b"date", b"to", b"content-type")
"""Whatever of these a mail has, a signature must cover, each as often as it is there: else it could be exchanged."""
_DOMAIN = re.compile(rb"[a-z0-9_](?:[a-z0-9._-]{0,251}[a-z0-9])?", re.IGNORECASE)
_BARE = re.compile(rb"\r(?!\n)|\0")
_WIDE = re.compile(rb"\s{64}")
_ODD = (dkim.DKIMException, InvalidTagValueList, ValueError, TypeError, LookupError)
"""What dkimpy raises when it meets a header that is none."""
HeaderField = Sequence[bytes]
"""A header's name and its value, line ends and all."""


class Flaw(Exception):
    """Why a signature proves nothing, a saying. Section numbers in this file are those of RFC 6376."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def of(raw: bytes, author: str, written: str = "") -> tuple[tuple[Signature, ...], tuple[str, ...]]:
    """The signatures that fit the mail and speak for ``author``'s domain, and the flaws of the others.

    ``written``: the whole of From that ``author`` was read from.
    """
    end = prescan.header_end(raw)
    try:
        fields = all_fields(raw[: end + 1], author, written)
    except Flaw as flaw:
        return (), (saying("its DKIM signatures are not believed: {why}", why=flaw.why),)
    hashed = BodyHash(raw[end + 1 :])
    signatures: list[Signature] = []
    flaws: list[str] = []
    for field in [field for field in fields if field[0].lower() == b"dkim-signature"][:MOST]:
        try:
            signatures.append(_signature(field, fields, hashed, author.rpartition("@")[2]))
        except Flaw as flaw:
            flaws.append(flaw.why)
    return tuple(signatures), tuple(dict.fromkeys(flaws))


def all_fields(block: bytes, author: str, written: str) -> list[HeaderField]:
    """The headers as dkimpy sees them; ``Flaw`` unless it sees the same author in them as we do."""
    if len(block) > prescan.BLOCK:
        raise Flaw(saying("its headers are too long"))
    if _BARE.search(block):
        raise Flaw(saying("its headers have line ends that not everybody sees"))
    try:
        fields, _ = dkim.rfc822_parse(block)
    except _ODD:
        raise Flaw(saying("its headers are not all headers")) from None
    named = [value.decode("utf-8", "surrogateescape") for name, value in fields if name.lower() == b"from"]
    if len(named) != 1 or headers.unfolded(named[0]).strip() != written.strip():
        seen = headers.sender(named)
        if seen is None or seen.address != author:
            raise Flaw(saying("From can be read in two ways"))
    return list(fields)


def _signature(field: HeaderField, fields: Sequence[HeaderField], hashed: BodyHash, author: str) -> Signature:
    tags = read_tags(field[1])
    domain = tags[b"d"].decode("ascii").lower()
    if not dmarc.aligned(domain, author):
        raise Flaw(
            saying(
                "it is signed by {domain}, which does not speak for {author}", domain=domain, author=author
            )
        )
    try:
        names = signed_names(tags, fields)
        way = way_of(tags)
        if hashed.by(way) != tags[b"bh"]:
            raise Flaw(saying("its body is not the one that was signed"))
        hashed_headers = digest(way, field, chosen(fields, names)).hex()
    except Flaw as flaw:
        raise Flaw(saying(NO_PROOF, what="DKIM", domain=domain, why=flaw.why)) from None
    return made_by(tags, hashed_headers, identity=tags.get(b"i", tags[b"d"]).rpartition(b"@")[2])


def made_by(tags: Mapping[bytes, bytes], digest: str, *, identity: bytes) -> Signature:
    """The signature to check with its key: these tags, over this digest."""
    return Signature(
        domain=tags[b"d"].decode("ascii").lower(),
        identity=identity.decode("ascii", "replace").lower(),
        selector=tags[b"s"].decode("ascii").lower(),
        algorithm=tags[b"a"].decode("ascii"),
        digest=digest,
        value=tags[b"b"].decode("ascii"),
        expires=min(int(tags.get(b"x", b"0")), 1 << 40),
    )


def read_tags(value: bytes, needed: Sequence[bytes] = NEEDED, *, arc: bool = False) -> Mapping[bytes, bytes]:
    """A signature's tags, each checked against the grammar, without white space.

    White space may not stand anywhere that it matters.
    """
    if len(value) > LONGEST or _WIDE.search(value):
        raise Flaw(saying("a signature is longer than it can be"))
    try:
        tags = {name: b"".join(text.split()) for name, text in parse_tag_value(value).items()}
        if len(tags.get(b"x", b"")) > 12 or len(tags.get(b"t", b"")) > 12:
            raise ValueError
        dkim.validate_signature_fields(tags, needed, arc=arc)
    except _ODD:
        raise Flaw(saying("a signature cannot be read, or is over")) from None
    if not (_DOMAIN.fullmatch(tags[b"d"]) and _DOMAIN.fullmatch(tags[b"s"])):
        raise Flaw(saying("a signature names no domain"))
    return tags


def signed_names(tags: Mapping[bytes, bytes], fields: Sequence[HeaderField]) -> list[bytes]:
    """The headers that it signs, in lower case; ``Flaw`` if important ones are missing."""
    if tags[b"a"] not in ALGORITHMS:
        algorithm = tags[b"a"].decode("ascii", "replace")
        raise Flaw(saying("{algorithm} is not safe any more", algorithm=algorithm))
    if b"l" in tags:
        raise Flaw(saying("it signs only the beginning of the body (l=)"))
    names = tags[b"h"].lower().split(b":")
    present = [name.lower() for name, _ in fields]
    for name in SIGNED_IF_THERE:
        if names.count(name) < present.count(name):
            raise Flaw(saying("it does not sign {header}", header=name.decode().title()))
    return names


def way_of(tags: Mapping[bytes, bytes]) -> CanonicalizationPolicy:
    """The canonicalization of headers and body (``c=``)."""
    try:
        return CanonicalizationPolicy.from_c_value(tags.get(b"c"))
    except (dkim.InvalidCanonicalizationPolicyError, KeyError):
        raise Flaw(saying("it was made in a way that is not known (c=)")) from None


def chosen(fields: Sequence[HeaderField], names: Sequence[bytes]) -> list[HeaderField]:
    """The signed headers; of those with the same name, from the last upwards (section 5.4.2)."""
    waiting: dict[bytes, list[HeaderField]] = defaultdict(list)
    for field in fields:
        waiting[field[0].lower()].append(field)
    return [waiting[name].pop() for name in names if waiting.get(name)]


def digest(way: CanonicalizationPolicy, own: HeaderField, signed: Sequence[HeaderField]) -> bytes:
    """SHA-256 of the signed headers and of the signature itself without its value (section 3.7)."""
    written = way.canonicalize_headers(signed)
    ((name, value),) = way.canonicalize_headers([own])
    value = dkim.RE_BTAG.sub(b"\\1", value).rstrip()
    return hashlib.sha256(b"".join(b"%b:%b" % (n, v) for n, v in (*written, (name, value)))).digest()


class BodyHash:
    """A body's hash, base64, by canonicalization; each computed once for all signatures."""

    def __init__(self, block: bytes) -> None:
        self._body = block.removeprefix(b"\r\n") if block.startswith(b"\r") else block.removeprefix(b"\n")
        self._hashes: dict[Callable[[bytes], bytes], bytes] = {}

    def by(self, way: CanonicalizationPolicy) -> bytes:
        canonical = WAYS[way.body_algorithm.name]
        if canonical not in self._hashes:
            self._hashes[canonical] = body_hash(canonical(self._body))
        return self._hashes[canonical]


def body_hash(canonical: bytes) -> bytes:
    """The value of ``bh=`` (section 3.7)."""
    return base64.b64encode(hashlib.sha256(canonical).digest())


def simple(body: bytes) -> bytes:
    """The body by section 3.4.3, with the line ends of the wire."""
    return bytes(strip_trailing_lines(_wired(body)))


def relaxed(body: bytes) -> bytes:
    """The body by section 3.4.4, as in dkimpy but without its quadratic regular expressions."""
    body = _wired(body)
    if b"\t" in body:
        body = body.replace(b"\t", b" ")
    while b"  " in body:
        body = body.replace(b"  ", b" ")
    return bytes(correct_empty_body(strip_trailing_lines(body.replace(b" \r\n", b"\r\n"))))


def _wired(body: bytes) -> bytes:
    if body.count(b"\n") == body.count(b"\r\n"):
        return body
    return body.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


WAYS: Mapping[bytes, Callable[[bytes], bytes]] = {b"simple": simple, b"relaxed": relaxed}

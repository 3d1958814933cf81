"""Evidence that a mail carries about its sender, found in the child and checked by DNS later."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from bot.channel.protocols import Inbound
from channels.email.auth import dmarc
from channels.email.mime import prescan
from channels.email.mime.message import Mail

NO_PROOF = "{what} of {domain} proves nothing: {why}"
"""Of a signature that is flawed, or not its domain's."""
MOST = 60
"""Signatures that are looked at: a few of the sender's domain, and up to 50 of an ARC chain (RFC 8617)."""
LONGEST = 1 << 20
"""Bytes of headers in which signatures are looked for."""
_SEALED = re.compile(rb"^arc-seal[ \t]*:", re.IGNORECASE | re.MULTILINE)
_SIGNED = re.compile(rb"^dkim-signature[ \t]*:", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Signature:
    """A DKIM-Signature that fits the mail: only the key's owner can have made ``value`` of ``digest``."""

    domain: str
    identity: str
    """The domain of ``i=``."""
    selector: str
    algorithm: str
    """``rsa-sha256`` or ``ed25519-sha256``."""
    digest: str
    """SHA-256 of the signed headers, hexadecimal."""
    value: str
    """Base64."""
    expires: int = 0
    """Seconds since 1970, or 0."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """The newest set of an ARC chain: if both signatures are its sealer's, so are the words."""

    seal: Signature
    """Of the chain."""
    message: Signature
    """Of the mail as it was when it was sealed."""
    words: tuple[str, ...]
    """What the sealer found that proves the sender."""


@dataclass(frozen=True, slots=True)
class Claims:
    """Everything about one mail that is worth asking DNS."""

    domain: str
    """Of From: what has to be proven."""
    signatures: tuple[Signature, ...] = ()
    path: bool = False
    """It came from its sender's own server, so that SPF can say something."""
    reasons: tuple[str, ...] = ()
    """Why nothing else has proven it; evidence only if the claims do not hold."""
    sealed: Sealed | None = None
    """What somebody among the mailbox's ``arc_sealers`` found."""

    def __bool__(self) -> bool:
        return bool(self.signatures or self.path or self.sealed)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A mail that was read, and what may still be proven about its sender."""

    inbound: Inbound
    claims: Claims


def of(
    raw: bytes,
    mail: Mail,
    mail_from: str | None,
    *,
    unheard: frozenset[str],
    sealers: Collection[str] = (),
) -> tuple[Claims, tuple[str, ...]]:
    """The claims of a mail, and why signatures that prove nothing do so, in words.

    ``unheard``: those of ``dkim`` and ``spf`` that no server we trust has judged. ``sealers``: whose ARC sets
    count. Linear, never raises.
    """
    if mail.sender is None:
        return Claims(""), ()
    domain = mail.sender.address.rpartition("@")[2]
    path = (
        "spf" in unheard
        and bool(mail_from)
        and dmarc.aligned(str(mail_from).rpartition("@")[2].lower(), domain)
    )
    author, end = (mail.sender.address, mail.first("from")), min(prescan.header_end(raw), prescan.BLOCK)
    verified: tuple[Signature, ...] = ()
    sealed: Sealed | None = None
    flaws: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    # dkimpy brings dnspython along: only for mail that is signed
    if "dkim" in unheard and _SIGNED.search(raw, 0, end):
        from channels.email.auth import dkim_verify as signatures

        verified, flaws = signatures.of(raw, *author)
    if sealers and _SEALED.search(raw, 0, end):
        from channels.email.auth import arc

        sealed, more = arc.of(raw, *author, sealers=sealers)
    return Claims(domain, verified, path, sealed=sealed), (*flaws, *more)


def covered(raw: bytes, mail: Mail, *, sealers: Collection[str]) -> dict[str, bool] | None:
    """Return a hash of what each signature covers, and whether it covers Date.

    Anyone who has a signed mail can hand it in again, and change what the signature leaves open, often
    Message-ID. The hash is over the signed headers and the tags, which include the hash of the body
    (``bh=``). It ignores white space, as relaxed canonicalization does, and the value (``b=``), which has
    several spellings. A server that signs equal text for a new mail signs another Date, Message-ID or time
    (``t=``). If it signs none of them, the hash includes Date and Message-ID as they came, because a
    customer's text must not pass for a copy.

    DKIM signatures of the author's domain and signatures of ``sealers`` (ARC) count, and so do invalid ones:
    a border server may have changed the body after its check, and a direct delivery may have been verified by
    SPF. None: there are too many signatures or headers to look at, so the mail must not be trusted.
    """
    end = prescan.header_end(raw)
    author = mail.sender.address.rpartition("@")[2] if mail.sender else ""
    if not author or not (_SIGNED.search(raw, 0, end) or (sealers and _SEALED.search(raw, 0, end))):
        return {}
    if end > LONGEST:
        return None
    block = raw[: end + 3]
    # At other line ends, not every program sees the same headers.
    is_plain = block.count(b"\r") == block.count(b"\r\n") in (0, block.count(b"\n"))
    named: dict[bytes, list[bytes]] = defaultdict(list)
    for field in prescan.header_fields(raw[:end].replace(b"\r\n", b"\n")):
        name, _, value = field.partition(b":")
        named[name.strip().lower()].append(b" ".join(value.split()))
    hashes: dict[str, bool] = {}
    counted = 0
    for signature in (*named[b"dkim-signature"], *named[b"arc-message-signature"]):
        pairs = (tag.partition(b"=") for tag in b"".join(signature.split()).split(b";"))
        tags = {name.lower(): value for name, _, value in pairs}
        domain = tags.get(b"d", b"").decode("ascii", "replace").lower()
        if not (domain in sealers or dmarc.aligned(domain, author)):
            continue
        counted += 1
        if counted > MOST:
            return None
        names = tags.get(b"h", b"").lower().split(b":")
        dated = is_plain and names.count(b"date") >= max(1, len(named.get(b"date", ())))
        if not {b"date", b"message-id"}.intersection(names) and b"t" not in tags:
            names += (b"date", b"message-id")
        covers, seen = list[bytes](), Counter[bytes]()
        for name in names:  # of equal names, from the last header upwards
            seen[name] += 1
            values = named.get(name, ())
            covers.append(b"%b:%b\n" % (name, values[-seen[name]] if seen[name] <= len(values) else b""))
        covers.append(b";".join(b"%b=%b" % tag for tag in tags.items() if tag[0] != b"b"))
        hashes[hashlib.sha256(b"".join(covers)).hexdigest()] = dated
    return hashes

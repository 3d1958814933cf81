"""Evidence that a mail carries about its sender, found in the child and checked by DNS later."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
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


def covered(raw: bytes, author: str, sealers: Collection[str] = ()) -> tuple[str, ...] | None:
    """Return a hash of what each DKIM signature of the author's domain covers, to recognise replays.

    Anyone who has a signed mail can hand it in again, and change what the signature leaves open: often
    Message-ID, always Cc where there was none. The hash is over the signed headers, the tags of the signature
    and so the hash of the body (``bh=``); it ignores white space, as relaxed canonicalization does. The
    signature's value (``b=``) is left out, because it may have several spellings. A server that signs equal
    text again for a new mail signs another Date, Message-ID or time (``t=``), so the hash is another one.

    Every signature counts, valid or not: a replay may keep any one of them, a border server may have changed
    the body after its check, and a direct delivery may have been verified by SPF. Of ``sealers``, their ARC
    signatures count too. None if there are too many signatures or headers to look at: do not trust such a mail.
    """
    end = prescan.header_end(raw)
    if not _SIGNED.search(raw, 0, end) and not (sealers and _SEALED.search(raw, 0, end)):
        return ()
    named: dict[bytes, list[bytes]] = defaultdict(list)
    for field in prescan.header_fields(raw[: min(end, LONGEST)].replace(b"\r\n", b"\n")):
        name, _, value = field.partition(b":")
        named[name.strip().lower()].append(b" ".join(value.split()))
    hashes: dict[str, None] = {}
    for signature in (*named[b"dkim-signature"], *named[b"arc-message-signature"]):
        pairs = (tag.partition(b"=") for tag in b"".join(signature.split()).split(b";"))
        tags = {name.lower(): value for name, _, value in pairs}
        domain = tags.get(b"d", b"").decode("ascii", "replace").lower()
        if (domain in sealers or dmarc.aligned(domain, author)) and len(hashes) <= MOST:
            digest = hashlib.sha256()
            left = {name: list(named[name]) for name in tags.get(b"h", b"").lower().split(b":")}
            for name in tags.get(b"h", b"").lower().split(b":"):
                digest.update(b"%b:%b\n" % (name, left[name].pop() if left[name] else b""))
            digest.update(b";".join(b"%b=%b" % tag for tag in tags.items() if tag[0] != b"b"))
            hashes[digest.hexdigest()] = None
    return None if len(hashes) > MOST or end > LONGEST else tuple(hashes)

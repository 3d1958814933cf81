"""Evidence that a mail carries about its sender, found in the child and checked by DNS later."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from bot.channel.protocols import Inbound
from channels.email.auth import dmarc
from channels.email.mime import prescan
from channels.email.mime.message import Mail

NO_PROOF = "{what} of {domain} proves nothing: {why}"
"""Of a signature that is flawed, or not its domain's."""
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

"""How far the sender a mail names is proven by how it reached us: plausible, or not at all."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from bot.channel.protocols import Mailbox
from bot.model.identity import Proof
from bot.model.translatable import saying
from channels.email.auth import authentication_results
from channels.email.auth.authentication_results import AuthResult
from channels.email.auth.dmarc import aligned
from channels.email.mime.message import Mail

_BY = re.compile(r"\bby\s+([A-Za-z0-9._:-]+)", re.IGNORECASE)
_FROM = re.compile(r"\s*from\s(.*)\sby\s|\s*from\s(.*)", re.IGNORECASE | re.DOTALL)
"""Up to the last ``by``: what stands before it may be what the sender said of itself."""
_IP = re.compile(
    r"\[(?:IPv6:)?([^\]]{0,200})\]|(?<![\w.:])(\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,8})(?![\w.:])"
)
_WRITES_BELOW = frozenset({"mx.google.com"})
"""Hosts that put their results under their own Received, and take away what pretends to be theirs."""
_RANGES = "127.0.0.0/8 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 ::1/128 fc00::/7 fe80::/10"
_PRIVATE = tuple(map(ipaddress.ip_network, _RANGES.split()))
"""Only these: Python's ``is_private`` also holds networks that are routed, or that examples are made of."""
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
EXCHANGE = "Exchange Online"
UNSET = saying("no authserv_id is set for this mailbox, so nothing vouches for the sender")
NOBODY, OWN = frozenset[str](), frozenset({"dkim"})


def vouched(box: Mailbox) -> bool:
    """Is it configured whose results count for a mailbox's mail?"""
    return bool(box.authserv_id or box.settings.get("microsoft_results"))


class Judgement(NamedTuple):
    """PLAUSIBLE or UNPROVEN, with the reasons in words."""

    proof: Proof
    reasons: tuple[str, ...]
    unheard: frozenset[str] = NOBODY
    """Of ``dkim`` and ``spf``, what no server of ours has judged: we may do so ourselves."""
    by_signature: bool = False
    """Whether a server of ours vouches for the sender, and may do so only because of a signature."""


def judge(
    mail: Mail,
    envelope: Mapping[str, Any],
    *,
    networks: Sequence[Network],
    authserv_id: str,
    microsoft: bool = False,
) -> Judgement:
    """The proof of a mail's sender, as far as the mail and its envelope show.

    ``authserv_id`` is the mailbox's own border server, or empty. Its results count only above the Received of
    the hop that came from outside: whatever stands below was written by the sender (RFC 8601, section 5).
    ``microsoft``: the border is Exchange Online, which writes no id.
    """
    if mail.sender is None:
        return Judgement(Proof.UNPROVEN, (saying("From does not name exactly one address"),))
    if _submitted(mail, envelope, networks):
        return Judgement(Proof.PLAUSIBLE, (saying(_SUBMITTED, peer=str(envelope["peer"])),))
    if not _from_our_side(envelope, networks):
        return _unproven(saying(_FOREIGN, peer=str(envelope.get("peer"))), _path(envelope))
    if not authserv_id and not microsoft:
        return _unproven(UNSET, OWN)
    border = EXCHANGE if microsoft else authserv_id
    results = list(_of_microsoft(mail) if microsoft else _trusted(mail, authserv_id.lower(), networks))
    if not results:
        return _unproven(saying(_NO_RESULTS, server=border), OWN)
    return aligned_with(mail.sender.address.rpartition("@")[2], results, border)


def _unproven(why: str, unheard: frozenset[str]) -> Judgement:
    return Judgement(Proof.UNPROVEN, (why,), unheard)


def _path(envelope: Mapping[str, Any]) -> frozenset[str]:
    """Whether we may check SPF: it judges the host that connects, which only SMTP shows.

    RFC 7208, section 2.2.
    """
    return OWN | {"spf"} if envelope.get("door") == "smtp" and envelope.get("peer") else OWN


def _submitted(mail: Mail, envelope: Mapping[str, Any], networks: Sequence[Network]) -> bool:
    """Was it handed to our own listener from a trusted network, and not relayed for others?"""
    relayed = any(True for _ in mail.all("received"))
    return (
        envelope.get("door") in ("smtp", "lmtp")
        and not relayed
        and _within(str(envelope.get("peer")), networks)
    )


def _from_our_side(envelope: Mapping[str, Any], networks: Sequence[Network]) -> bool:
    """Did our own mail server hand it over? Only then can the topmost results be its own.

    A socket file has no peer.
    """
    door, peer = envelope.get("door"), str(envelope.get("peer") or "")
    if door == "smtp" or (door == "lmtp" and peer):
        return _within(peer, networks)
    return True


def _within(address: str, networks: Sequence[Network]) -> bool:
    peer = _peer(address)
    return peer is not None and any(peer in network for network in networks)


@lru_cache(maxsize=256)
def _peer(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """An address as it is compared; the same few servers hand over most mail."""
    try:
        peer = ipaddress.ip_address(address)
    except ValueError:
        return None
    return (peer.ipv4_mapped or peer) if isinstance(peer, ipaddress.IPv6Address) else peer


def _trusted(mail: Mail, authserv_id: str, networks: Sequence[Network]) -> Iterator[AuthResult]:
    """The results that our border server wrote, from the top down."""
    below = False
    for name, value in mail.fields:
        if name == "authentication-results":
            parsed = authentication_results.parse(value)
            if parsed and parsed.authserv_id == authserv_id:
                yield from parsed.results
                if below:
                    return
        elif name == "received" and not below and not _internal(value, networks):
            if authserv_id not in _WRITES_BELOW or _by(value) != authserv_id:
                return
            below = True
        elif name == "received" and below:
            return


def border(mail: Mail, networks: Sequence[Network]) -> str:
    """The host that seems to have checked a mail at our border: an authserv-id, ``EXCHANGE``, or ``""``."""
    for name, value in mail.fields:
        if name == "authentication-results":
            parsed = authentication_results.parse(value)
            if parsed:
                return parsed.authserv_id
            return EXCHANGE if authentication_results.of_microsoft(value) else ""
        if name == "received" and not _internal(value, networks) and not _MICROSOFT.match(value):
            return _by(value) if _by(value) in _WRITES_BELOW else ""
    return ""


def _internal(received: str, networks: Sequence[Network]) -> bool:
    """Is it a hop within our own network: only private or trusted addresses, or no sender at all?

    Anything that cannot be read as an address is foreign.
    """
    sender = _FROM.match(received.rpartition(";")[0] or received)
    if sender is None:
        return True
    named = [match[1] or match[2] or "" for match in _IP.finditer(sender[1] or sender[2])]
    return bool(named) and all(_within(address, (*_PRIVATE, *networks)) for address in named)


def _by(received: str) -> str:
    match = _BY.search(received)
    return match[1].lower() if match else ""


def _of_microsoft(mail: Mail) -> Iterator[AuthResult]:
    """The results of Exchange Online: the topmost ones without an id, below only its own hops."""
    for name, value in mail.fields:
        if name == "received" and not _MICROSOFT.match(value):
            return
        if name == "authentication-results":
            yield from authentication_results.of_microsoft(value)
            return


_HOST = r"[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,3}\.outlook\.(?:com|office365\.com)"
_MICROSOFT = re.compile(
    rf"\s*from\s+{_HOST}\s[^;]{{0,400}}?\sby\s+(?![a-z0-9-]+\.mail\.protection\.){_HOST}\s", re.IGNORECASE
)
"""A hop between two of its own hosts. Its border is ``mail.protection.outlook.com``: what came there is foreign."""


def aligned_with(domain: str, results: Sequence[AuthResult], border: str) -> Judgement:
    """DMARC's own verdict, else a pass of DKIM or SPF for the From domain (RFC 7489, section 3.1)."""
    passes = [
        (result.method, passed)
        for result in results
        for name in _ALIGNED.get(result.method, ())
        if result.result == "pass"
        and aligned(passed := result.properties.get(name, "").rpartition("@")[2], domain)
    ]
    by_signature = all(method != "spf" for method, _ in passes)
    for result in (result for result in results if result.method == "dmarc"):
        if result.result == "pass" and result.properties.get("header.from", domain) == domain:
            passes.insert(0, ("dmarc", domain))
            break
        if result.result == "fail":
            return _unproven(saying(_SAYS, server=border, result="dmarc=fail", domain=domain), NOBODY)
    if passes:
        why = saying(_SAYS, server=border, result=f"{passes[0][0]}=pass", domain=passes[0][1])
        return Judgement(Proof.PLAUSIBLE, (why,), by_signature=by_signature)
    judged = [result.result for result in results if result.method == "dkim"]
    unheard = OWN if not judged or "temperror" in judged else NOBODY
    return _unproven(saying(_NOTHING_PASSES, server=border, domain=domain), unheard)


_ALIGNED = {"dkim": ("header.d", "header.i"), "spf": ("smtp.mailfrom",)}
_SAYS = "{server} says {result} for {domain}"
_NOTHING_PASSES = "{server} found nothing that passes for {domain}"
_NO_RESULTS = "no Authentication-Results of {server} above the first foreign Received"
_SUBMITTED = "submitted from {peer}, a trusted network"
_FOREIGN = "handed over by {peer}, which trusted_networks does not name"

"""How far the sender a mail names is proven by how it reached us: plausible, or not at all."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.commands import Proof
from channels.email import results
from channels.email.mime import Mail
from channels.email.results import Result

_BY = re.compile(r"\bby\s+([A-Za-z0-9._:-]+)", re.IGNORECASE)
_FROM = re.compile(r"\s*from\s(.*?)(?:\sby\s|$)", re.IGNORECASE | re.DOTALL)
_IP = re.compile(r"(?<![\w.])(\d{1,3}(?:\.\d{1,3}){3})(?![\w.])|\[(?:IPv6:)?([0-9A-Fa-f:]{2,45})\]")
_WRITES_BELOW = frozenset({"mx.google.com"})
"""Hosts that put their results under their own Received, and take away what pretends to be theirs."""
_PRIVATE = tuple(
    ipaddress.ip_network(one)
    for one in (
        "127.0.0.0/8",
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "::1/128",
        "fc00::/7",
        "fe80::/10",
    )
)
"""Only these: Python's ``is_private`` also holds networks that are routed, or that examples are made of."""
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Judgement = tuple[Proof, tuple[str, ...]]


def judge(
    mail: Mail, envelope: Mapping[str, Any], *, networks: Sequence[Network], authserv_id: str
) -> Judgement:
    """PLAUSIBLE or UNPROVEN, with the reason in words.

    ``authserv_id`` is the mailbox's own border server, or empty. Its results count only above the Received
    of the hop that came from outside: whatever stands below was written by the sender (RFC 8601, section 5).
    """
    if mail.sender is None:
        return Proof.UNPROVEN, ("From does not name exactly one address",)
    if _submitted(mail, envelope, networks):
        return Proof.PLAUSIBLE, (f"submitted from {envelope['peer']}, a trusted network",)
    if not authserv_id:
        return Proof.UNPROVEN, ("no authserv_id is set for this mailbox, so nothing vouches for the sender",)
    if not _from_our_side(envelope, networks):
        return Proof.UNPROVEN, (f"handed over by {envelope.get('peer')}, which is no server of ours",)
    found = list(_trusted(mail, authserv_id.lower(), networks))
    if not found:
        return Proof.UNPROVEN, (
            f"no Authentication-Results of {authserv_id} above the first foreign Received",
        )
    return _aligned_with(mail.sender.address.rpartition("@")[2], found, authserv_id)


def _submitted(mail: Mail, envelope: Mapping[str, Any], networks: Sequence[Network]) -> bool:
    """Handed to our own listener by somebody in a trusted network, not relayed by them for others."""
    relayed = any(True for _ in mail.all("received"))
    return (
        envelope.get("door") in ("smtp", "lmtp")
        and not relayed
        and _within(str(envelope.get("peer")), networks)
    )


def _from_our_side(envelope: Mapping[str, Any], networks: Sequence[Network]) -> bool:
    """By our own mail server: only then can the topmost results be its own. A socket file has no peer."""
    door, peer = envelope.get("door"), str(envelope.get("peer") or "")
    if door == "smtp" or (door == "lmtp" and peer):
        return _within(peer, (*_PRIVATE, *networks))
    return True


def _within(address: str, networks: Sequence[Network]) -> bool:
    try:
        peer = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(peer, ipaddress.IPv6Address) and peer.ipv4_mapped:
        peer = peer.ipv4_mapped
    return any(peer in network for network in networks)


def _trusted(mail: Mail, authserv_id: str, networks: Sequence[Network]) -> Iterator[Result]:
    """The results that our border server wrote, walking down from the top."""
    below = False
    for name, value in mail.fields:
        if name == "authentication-results":
            found = results.parse(value)
            if found and found.authserv_id == authserv_id:
                yield from found.results
                if below:
                    return
        elif name == "received" and not below and not _internal(value, networks):
            if authserv_id not in _WRITES_BELOW or _by(value) != authserv_id:
                return
            below = True
        elif name == "received" and below:
            return


def _internal(received: str, networks: Sequence[Network]) -> bool:
    """A hop within our own house: every address it names is private or trusted, or it names no sender at all."""
    sent = _FROM.match(received)
    if sent is None:
        return True
    named = [found[1] or found[2] for found in _IP.finditer(sent[1])]
    return bool(named) and all(_within(one, (*_PRIVATE, *networks)) for one in named)


def _by(received: str) -> str:
    found = _BY.search(received)
    return found[1].lower() if found else ""


def _aligned_with(domain: str, found: list[Result], authserv_id: str) -> Judgement:
    """DMARC's own word if there is one, else a pass of DKIM or SPF for the From domain (RFC 7489, section 3.1)."""
    policy = [one for one in found if one.method == "dmarc"]
    for one in policy:
        if one.result == "pass" and one.properties.get("header.from", domain) == domain:
            return Proof.PLAUSIBLE, (f"{authserv_id} says dmarc=pass for {domain}",)
        if one.result == "fail":
            return Proof.UNPROVEN, (f"{authserv_id} says dmarc=fail for {domain}",)
    for one in found:
        for name in _ALIGNED.get(one.method, ()):
            passed = one.properties.get(name, "").rpartition("@")[2]
            if one.result == "pass" and aligned(passed, domain):
                return Proof.PLAUSIBLE, (f"{authserv_id} says {one.method}=pass for {passed}",)
    return Proof.UNPROVEN, (f"{authserv_id} found nothing that passes for {domain}",)


_ALIGNED = {"dkim": ("header.d", "header.i"), "spf": ("smtp.mailfrom",)}


def aligned(one: str, other: str) -> bool:
    """Relaxed alignment: equal, or one below the other, which must itself have two labels.

    The Public Suffix List (publicsuffixlist) takes the place of "two labels" when DKIM is verified here.
    """
    one, other = one.rstrip("."), other.rstrip(".")
    short, long = sorted((one, other), key=len)
    return bool(one) and (one == other or ("." in short and long.endswith("." + short)))

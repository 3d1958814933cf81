"""ARC: whom we list as a sealer is believed in what it found, if its chain is whole; nobody else is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import dkim
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channel.protocols import Unreadable
from bot.model.identity import Proof
from bot.model.translatable import in_words
from bot.render.translations import Translations
from channels.email.auth import arc
from tests.support.houses.sealers import PASSED, SIGNED, sealed
from tests.support.houses.senders import Border, mail, publish, record, rsa_key, signed
from tests.support.mail.name_server import NameServer

L0, L1 = Proof.UNPROVEN, Proof.PLAUSIBLE
LIST, OTHER = "lists.example", "other.example"
RAW = mail(more="Received: from lists.example (lists.example [203.0.113.9]) by mx.example.com; 0\r\n")
FAILED = "dmarc=fail header.from=acme.example"


@pytest.fixture(scope="module")
def dns() -> Iterator[NameServer]:
    with NameServer() as server:
        publish(server, "acme.example")
        publish(server, LIST, selector="arc")
        publish(server, OTHER, selector="arc")
        yield server


@pytest.fixture(scope="module")
def border(dns: NameServer) -> Iterator[Border]:
    made = Border(dns, authserv_id="mx.example.com", settings={"arc_sealers": (LIST,)})
    yield made
    made.close()


def passed(raw: bytes) -> bytes:
    """Our own border server found that the sender cannot be proven any more."""
    return f"Authentication-Results: mx.example.com; {FAILED}\r\n".encode() + raw


# what proves


def test_our_sets_are_what_others_call_arc(dns: NameServer) -> None:
    raw = sealed(sealed(RAW, domain=OTHER))
    key = record(rsa_key()).encode()
    verdict, _, _ = dkim.arc_verify(raw, dnsfunc=lambda name, timeout=0: key)
    assert verdict == b"pass"


def test_a_listed_sealer_is_believed_though_dmarc_fails_here(border: Border) -> None:
    found = border.inbound(passed(sealed(RAW)))
    assert found.proof is L1
    assert found.evidence[:2] == (
        "ARC of lists.example passes",
        "lists.example (ARC) says dmarc=pass for acme.example",
    )


def test_what_a_sealer_found_is_said_in_the_desks_language(border: Border) -> None:
    german = Translations().words("de")
    evidence = border.inbound(passed(sealed(RAW))).evidence
    assert [in_words(reason, german) for reason in evidence[:2]] == [
        "ARC von lists.example besteht",
        "lists.example (ARC) meldet dmarc=pass für acme.example",
    ]


def test_without_arc_dmarcs_word_stands(border: Border) -> None:
    assert border.proof(passed(RAW)) is L0


def test_only_mailboxes_that_list_a_sealer_ask_about_it(dns: NameServer) -> None:
    dns.asked.clear()
    plain = Border(dns, authserv_id="mx.example.com")
    found = plain.inbound(passed(sealed(RAW)))
    plain.close()
    assert found.proof is L0
    assert not dns.asked


@pytest.mark.parametrize("door", ["smtp", "lmtp", "imap"])
def test_it_counts_by_every_door(border: Border, door: str) -> None:
    assert border.proof(sealed(RAW), door=door, peer="203.0.113.9") is L1


def changed(old: bytes, new: bytes, raw: bytes = b"") -> bytes:
    whole = raw or sealed(RAW)
    assert old in whole
    return whole.replace(old, new, 1)


def without(kind: bytes, number: int) -> bytes:
    """A chain of two without one of its parts."""
    pattern = rb"(?m)^%b: i=%d;.*\r\n(?:[ \t].*\r\n)*" % (kind, number)
    raw, count = re.subn(pattern, b"", sealed(sealed(RAW)))
    assert count == 1
    return raw


def twice(kind: bytes) -> bytes:
    """A part of the first set stands there twice."""
    raw = sealed(sealed(RAW))
    part = re.search(rb"(?m)^%b: i=1;.*\r\n(?:[ \t].*\r\n)*" % kind, raw)
    assert part
    return part[0] + raw


def long_chain(count: int) -> bytes:
    raw = RAW
    for _ in range(count):
        raw = sealed(raw)
    return raw


TABLE: dict[str, tuple[Callable[[], bytes], Proof]] = {
    # what a listed sealer found
    "dkim passed there": (lambda: sealed(RAW, "dkim=pass header.d=acme.example"), L1),
    "spf passed there": (lambda: sealed(RAW, "spf=pass smtp.mailfrom=ana@acme.example"), L1),
    "as Microsoft writes it": (lambda: sealed(RAW, "dmarc=pass action=none header.from=acme.example"), L1),
    "several, and comments": (lambda: sealed(RAW, f"spf=fail (no) smtp.mailfrom=x.example; {PASSED}"), L1),
    "dmarc failed there": (lambda: sealed(RAW, FAILED), L0),
    "nothing was found": (lambda: sealed(RAW, "none"), L0),
    "another domain passed": (lambda: sealed(RAW, "dkim=pass header.d=bank.example"), L0),
    "another From passed": (lambda: sealed(RAW, "dmarc=pass header.from=bank.example"), L0),
    "its own domain passed": (lambda: sealed(RAW, "dkim=pass header.d=lists.example"), L0),
    "somebody passed": (lambda: sealed(RAW, "dmarc=pass"), L0),
    "somebody failed": (lambda: sealed(RAW, "dmarc=fail; dkim=pass header.d=acme.example"), L0),
    "results that cannot be read": (lambda: sealed(RAW, "dmarc pass"), L0),
    # who sealed
    "the newest of two is listed": (lambda: sealed(sealed(RAW, FAILED, OTHER)), L1),
    "only the older of two is listed": (lambda: sealed(sealed(RAW), PASSED, OTHER), L0),
    "nobody is listed": (lambda: sealed(RAW, domain=OTHER), L0),
    "below a listed domain": (lambda: sealed(RAW, domain="mx.lists.example"), L0),
    "with another's key": (lambda: sealed(RAW, key=rsa_key(2048, 5)), L0),
    "with a key that is not there": (lambda: sealed(RAW, selector="none"), L0),
    "in capitals": (lambda: sealed(RAW, domain="LISTS.example"), L1),
    # the chain
    "fifty sets": (lambda: long_chain(50), L1),
    "more than fifty": (lambda: sealed(long_chain(50), number=51), L0),
    "cv=fail": (lambda: sealed(sealed(RAW), cv="fail"), L0),
    "cv=fail at first": (lambda: sealed(RAW, cv="fail"), L0),
    "cv=pass at first": (lambda: sealed(RAW, cv="pass"), L0),
    "cv=none later": (lambda: sealed(sealed(RAW), cv="none"), L0),
    "cv=fail in an older set": (lambda: sealed(sealed(RAW, cv="fail")), L0),
    "begins with two": (lambda: sealed(RAW, number=2, cv="pass"), L0),
    "leaves one out": (lambda: sealed(sealed(RAW), number=3), L0),
    "number nought": (lambda: changed(b"i=1; a", b"i=0; a"), L0),
    "no number": (lambda: changed(b"i=1; mx", b"mx"), L0),
    "the same number again": (lambda: sealed(sealed(RAW), number=1, cv="none"), L0),
    "an older part was changed": (lambda: changed(b"i=1; mx", b"i=1; my", sealed(sealed(RAW))), L0),
    "seal away": (lambda: without(b"ARC-Seal", 1), L0),
    "signature away": (lambda: without(b"ARC-Message-Signature", 1), L0),
    "results away": (lambda: without(b"ARC-Authentication-Results", 1), L0),
    "newest seal away": (lambda: without(b"ARC-Seal", 2), L0),
    "newest signature away": (lambda: without(b"ARC-Message-Signature", 2), L0),
    "newest results away": (lambda: without(b"ARC-Authentication-Results", 2), L0),
    "two seals": (lambda: twice(b"ARC-Seal"), L0),
    "two signatures": (lambda: twice(b"ARC-Message-Signature"), L0),
    "two results": (lambda: twice(b"ARC-Authentication-Results"), L0),
    # the mail, since it was sealed
    "its body was changed": (lambda: changed(b"is late", b"is gone"), L0),
    "its body has a tail": (lambda: sealed(RAW) + b"And more.\r\n", L0),
    "its subject was changed": (lambda: changed(b"Subject: Hello", b"Subject: Pay"), L0),
    "its author was changed": (lambda: changed(b"Ana <ana@", b"Eve <eve@"), L0),
    "a second From": (lambda: b"From: eve@bank.example\r\n" + sealed(RAW), L0),
    "the results were changed": (lambda: changed(b"dmarc=pass", b"dmarc=pass "), L1),
    "the results are others": (lambda: changed(b"dmarc=fail", b"dmarc=pass", sealed(RAW, FAILED)), L0),
    "a trace on top": (lambda: b"Received: from a by b; 0\r\n" + sealed(RAW), L1),
    # what it signs
    "only the beginning of the body": (lambda: sealed(RAW, more=" l=5;"), L0),
    "not its content type": (lambda: sealed(RAW, signs=SIGNED.replace(":content-type", "")), L0),
    "not its author": (lambda: sealed(RAW, signs=SIGNED.replace("from:", "")), L0),
    "over long ago": (lambda: sealed(RAW, more=" t=1000; x=2000;"), L0),
    "a seal": (lambda: sealed(RAW, signs=SIGNED + ":arc-seal"), L0),
    "an old algorithm": (lambda: changed(b"a=rsa-sha256", b"a=rsa-sha1"), L0),
}  # fmt: skip


@pytest.mark.parametrize("case", TABLE)
def test_what_a_chain_is_worth(border: Border, case: str) -> None:
    raw, worth = TABLE[case]
    found = border.inbound(passed(raw()))
    assert found.proof is worth, found.evidence


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (sealed(RAW, domain=OTHER), "it was sealed by other.example, which is not among arc_sealers"),
        (sealed(sealed(RAW), cv="fail"), "seal 2 says cv=fail"),
        (sealed(RAW, number=2, cv="pass"), "parts of it are missing"),
        (sealed(RAW) + b"More.\r\n", "the body is not the one that was sealed (1)"),
        (twice(b"ARC-Seal"), "set 1 has a part twice"),
    ],
)
def test_what_breaks_a_chain_is_told(border: Border, raw: bytes, said: str) -> None:
    assert f"its ARC chain is not believed: {said}" in border.inbound(passed(raw)).evidence


def test_a_mail_that_is_also_signed_needs_no_chain(border: Border) -> None:
    found = border.inbound(sealed(signed(RAW), domain=OTHER))
    assert found.proof is L1
    assert "DKIM of acme.example passes" in found.evidence


def test_while_dns_fails_a_sealed_mail_waits_and_is_never_waved_through(
    dns: NameServer, border: Border
) -> None:
    raw = passed(sealed(RAW, selector="slow"))
    publish(dns, LIST, selector="slow")
    dns.failing.add(f"slow._domainkey.{LIST}")
    found = border.read(raw)
    assert isinstance(found, Unreadable)
    assert found.fault == "house"
    dns.failing.clear()
    border.prover.resolver.forget()
    assert border.proof(raw) is L1


def test_a_sealed_report_proves_nobody(border: Border) -> None:
    assert border.proof(passed(sealed(RAW)), mail_from="") is L0


# whatever comes


@given(st.binary(max_size=300))
def test_no_bytes_raise(rubbish: bytes) -> None:
    for raw in (b"ARC-Seal: " + rubbish + b"\r\n" + RAW, rubbish + b"\r\n" + sealed(RAW)):
        arc.of(raw, "ana@acme.example", "Ana <ana@acme.example>", sealers=(LIST,))


@given(
    st.lists(
        st.tuples(st.integers(0, 60), st.sampled_from(["arc-seal", "arc-message-signature"])), max_size=9
    )
)
def test_no_order_of_sets_raises(parts: list[tuple[int, str]]) -> None:
    top = "".join(
        f"{kind}: i={n}; a=rsa-sha256; b=AAAA; bh=AAAA; cv=none; d=lists.example; h=from; s=s\r\n"
        for n, kind in parts
    )
    proven, _ = arc.of(top.encode() + RAW, "ana@acme.example", "Ana <ana@acme.example>", sealers=(LIST,))
    assert proven is None

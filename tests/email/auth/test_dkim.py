"""DKIM: which signatures prove who wrote a mail, against keys in a name server of our own."""

from __future__ import annotations

import base64
import hashlib
import re
import time
from collections.abc import Callable, Iterator

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA256
from dkim.canonicalization import Relaxed, Simple
from hypothesis import given
from hypothesis import strategies as st

from bot.model.identity import Proof
from bot.model.translatable import in_words
from bot.render.translations import Translations
from channels.email.auth import dkim_verify
from channels.email.auth.dkim_sign import Signer
from tests.support.houses.senders import (
    HEADERS,
    Border,
    ed25519_key,
    mail,
    pem,
    publish,
    record,
    rsa_key,
    signed,
)
from tests.support.mail.name_server import NameServer

L0, L1 = Proof.UNPROVEN, Proof.PLAUSIBLE
RAW = mail()
SIMPLE = (b"simple", b"simple")


@pytest.fixture(scope="module")
def border() -> Iterator[Border]:
    with NameServer() as dns:
        publish(dns, "acme.example")
        publish(dns, "bank.example")
        publish(dns, "mail.acme.example")
        publish(dns, "acme.co.uk")
        publish(dns, "other.co.uk")
        publish(dns, "co.uk")
        made = Border(dns)
        yield made
        made.close()


def left_out(*names: bytes) -> list[bytes]:
    return [name for name in HEADERS if name not in names]


def with_tag(old: bytes, new: bytes, raw: bytes = RAW) -> bytes:
    """A valid signature over a DKIM-Signature header in which one tag is another."""
    head, body = signed(raw).split(b"From:", 1)
    head = re.sub(rb"\r\n[ \t]", b" ", head).replace(old, new, 1)
    start = head[: head.rindex(b" b=") + 3]
    rest = b"From:" + body
    fields, _ = dkim.rfc822_parse(rest)
    names = re.search(rb"h=([^;]*)", start)
    assert names
    chosen = dkim.select_headers(fields, [one.strip().lower() for one in names[1].split(b":")])
    parts = Relaxed.canonicalize_headers([*chosen, (b"DKIM-Signature", start.partition(b":")[2])])
    written = b"".join(name + b":" + value for name, value in parts).rstrip()
    value = base64.b64encode(rsa_key().sign(written, PKCS1v15(), SHA256()))
    return start + value + b"\r\n" + rest


def later(seconds: int) -> bytes:
    return b"t=%d; x=%d;" % (time.time() - 900_000, time.time() + seconds)


T = re.compile(rb"t=\d+;")
MADE: list[tuple[str, Callable[[], bytes], Proof]] = [
    ("relaxed", lambda: signed(RAW), L1),
    ("simple", lambda: signed(RAW, canonicalize=SIMPLE), L1),
    ("simple and relaxed", lambda: signed(RAW, canonicalize=(b"simple", b"relaxed")), L1),
    ("relaxed and simple", lambda: signed(RAW, canonicalize=(b"relaxed", b"simple")), L1),
    ("unsigned", lambda: RAW, L0),
    ("on the wire with bare line ends", lambda: signed(RAW).replace(b"\r\n", b"\n"), L1),
    ("trace headers on top", lambda: b"Received: from a by b; 0\r\nReturn-Path: <x@y>\r\n" + signed(RAW), L1),
    ("blank lines at the end", lambda: signed(RAW) + b"\r\n\r\n\r\n", L1),
    ("blanks where relaxed allows them", lambda: signed(RAW).replace(b"Subject: Hello", b"SUBJECT:   Hello "), L1),
    ("folded anew", lambda: signed(mail(subject="a b")).replace(b"Subject: a b", b"Subject: a\r\n b"), L1),
    ("an empty body", lambda: signed(mail(body="")), L1),
    ("no body at all", lambda: signed(RAW.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"), L1),
    ("a subject of bytes", lambda: signed(RAW.replace(b"Hello", b"M\xc3\xbcll")), L1),
    ("by the organisation", lambda: signed(mail("a@mail.acme.example")), L1),
    ("by a part of it", lambda: signed(RAW, "mail.acme.example"), L1),
    ("of an organisation below co.uk", lambda: signed(mail("a@x.acme.co.uk"), "acme.co.uk"), L1),
    ("a second, by others", lambda: signed(signed(RAW, "bank.example")), L1),
    ("a first, by others", lambda: signed(signed(RAW), "bank.example"), L1),
    ("a broken one before it", lambda: b"DKIM-Signature: v=1; rubbish\r\n" + signed(RAW), L1),
    ("nine broken ones before it", lambda: b"DKIM-Signature: v=1; a=b\r\n" * 9 + signed(RAW), L1),
    ("ten broken ones before it", lambda: b"DKIM-Signature: v=1; a=b\r\n" * 10 + signed(RAW), L0),
    ("a subject changed", lambda: signed(RAW).replace(b"Subject: Hello", b"Subject: Hallo"), L0),
    ("a body changed", lambda: signed(RAW).replace(b"is late", b"is early"), L0),
    ("a body grown", lambda: signed(RAW) + b"PS: send money\r\n", L0),
    ("by others only", lambda: signed(RAW, "bank.example"), L0),
    ("by another of co.uk", lambda: signed(mail("a@acme.co.uk"), "other.co.uk"), L0),
    ("by co.uk itself", lambda: signed(mail("a@acme.co.uk"), "co.uk"), L0),
    ("by the one From was", lambda: signed(RAW).replace(b"ana@acme", b"ana@bank"), L0),
    ("a key nobody published", lambda: signed(RAW, selector="nobody"), L0),
    ("with another key", lambda: signed(RAW, key=rsa_key(2048, 1)), L0),
    ("a beginning of the body", lambda: signed(RAW, length=True), L0),
    ("rsa-sha1", lambda: signed(RAW, signature_algorithm=b"rsa-sha1"), L0),
    ("no content type signed", lambda: signed(RAW, include_headers=left_out(b"content-type")), L0),
    ("no subject signed", lambda: signed(RAW, include_headers=left_out(b"subject")), L0),
    ("no date signed", lambda: signed(RAW, include_headers=left_out(b"date")), L0),
    ("no to signed", lambda: signed(RAW, include_headers=left_out(b"to")), L0),
    ("no content type there", lambda: signed(RAW.replace(b"Content-Type", b"X-Type")), L1),
    ("a subject on top", lambda: b"Subject: Pay\r\n" + signed(RAW), L0),
    ("a content type on top", lambda: b"Content-Type: text/html\r\n" + signed(RAW), L0),
    ("a From on top", lambda: b"From: ceo@acme.example\r\n" + signed(RAW), L0),
    ("a From that only some see", lambda: b"X: a\rFrom: ceo@acme.example\r\r" + signed(RAW), L0),
    ("headers that end for some", lambda: b"no header\r\n" + signed(RAW), L0),
    ("a NUL in the headers", lambda: b"X: \0\r\n" + signed(RAW), L0),
    ("no beginning", lambda: b" folded\r\n" + signed(RAW), L0),
    ("made by hand", lambda: with_tag(b"q=dns/txt;", b""), L1),
    ("over", lambda: with_tag(b"q=dns/txt;", b"x=1700000000;"), L0),
    ("over yesterday", lambda: T.sub(later(-86_400), with_tag(b"q=dns/txt;", later(-86_400))), L0),
    ("not over yet", lambda: with_tag(b"q=dns/txt; s=s; t=", b"s=s; " + later(9_000) + b" z="), L1),
    ("over an hour ago", lambda: with_tag(b"q=dns/txt; s=s; t=", b"s=s; " + later(-3_600) + b" z="), L0),
    ("not over for millennia", lambda: with_tag(b"q=dns/txt; s=s; t=", b"s=s; x=" + b"9" * 12 + b"; z="), L1),
    ("never over", lambda: with_tag(b"q=dns/txt; s=s; t=", b"s=s; x=" + b"9" * 13 + b"; z="), L0),
    ("of tomorrow", lambda: with_tag(b"q=dns/txt; s=s; t=", b"s=s; t=%d; z=" % (time.time() + 90_000)), L0),
    ("another version", lambda: with_tag(b"v=1", b"v=2"), L0),
    ("an unknown way", lambda: with_tag(b"c=relaxed/relaxed", b"c=loose/loose"), L0),
    ("an identity below", lambda: with_tag(b"i=@acme.example", b"i=@x.acme.example"), L1),
    ("an identity elsewhere", lambda: with_tag(b"i=@acme.example", b"i=@bank.example"), L0),
    ("a domain of nobody", lambda: with_tag(b"d=acme.example", b"d="), L0),
    ("a domain with a slash", lambda: with_tag(b"s=s;", b"s=s/../x;"), L0),
    ("no hash", lambda: with_tag(b"bh=", b"bx="), L0),
    ("twice the same tag", lambda: with_tag(b"q=dns/txt;", b"d=acme.example;"), L0),
    ("a mile of blanks", lambda: with_tag(b"q=dns/txt;", b" " * 90), L0),
    ("a mile of tags", lambda: with_tag(b"q=dns/txt;", b"z=" + b"x" * 5000 + b";"), L0),
]  # fmt: skip


@pytest.mark.parametrize(("make", "level"), [case[1:] for case in MADE], ids=[case[0] for case in MADE])
def test_a_signed_mail(border: Border, make: Callable[[], bytes], level: Proof) -> None:
    assert border.proof(make()) == level


KEYS = [
    ("as usual", record(rsa_key()), L1),
    ("without version and kind", record(rsa_key(), tags=""), L1),
    ("small", record(rsa_key(1024)), L1),
    ("for mail", record(rsa_key(), tags="v=DKIM1; s=email; "), L1),
    ("for sha256 among others", record(rsa_key(), tags="h=sha1:sha256; "), L1),
    ("in white space", record(rsa_key()).replace("p=M", "p= M "), L1),
    ("revoked", "v=DKIM1; p=", L0),
    ("of the other kind", record(ed25519_key()), L0),
    ("of an unknown kind", record(rsa_key(), tags="k=dsa; "), L0),
    ("of another version", record(rsa_key(), tags="v=DKIM2; "), L0),
    ("only testing", record(rsa_key(), tags="t=y; "), L0),
    ("for other services", record(rsa_key(), tags="s=tlsrpt; "), L0),
    ("for sha1 only", record(rsa_key(), tags="h=sha1; "), L0),
    ("no base64", "v=DKIM1; p=!!!!", L0),
    ("no key", "v=DKIM1; p=aGVsbG8=", L0),
    ("rubbish", "rubbish; p=", L0),
    ("nothing", "", L0),
    ("of another", record(rsa_key(2048, 1)), L0),
]  # fmt: skip


@pytest.mark.parametrize(("text", "level"), [case[1:] for case in KEYS], ids=[case[0] for case in KEYS])
def test_a_key(border: Border, text: str, level: Proof, request: pytest.FixtureRequest) -> None:
    selector = f"k{abs(hash(request.node.name))}"
    border.dns.text(f"{selector}._domainkey.acme.example", text)
    key = rsa_key(1024) if "small" in request.node.name else rsa_key()
    assert border.proof(signed(RAW, key=key, selector=selector)) == level


def test_a_key_of_768_bits_is_too_small(border: Border) -> None:
    numbers = RSAPublicNumbers(65537, rsa_key().public_key().public_numbers().n >> 1280 | 1)
    form = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    der = numbers.public_key().public_bytes(*form)
    border.dns.text("tiny._domainkey.acme.example", f"p={base64.b64encode(der).decode()}")
    found = border.inbound(signed(RAW, selector="tiny"))
    assert found.proof == L0
    assert found.evidence[0] == "DKIM of acme.example proves nothing: its key has 768 bits"


def test_a_key_for_its_domain_only(border: Border) -> None:
    publish(border.dns, "acme.example", selector="exact", tags="t=s; ")
    assert border.proof(signed(RAW, selector="exact")) == L1
    assert border.proof(signed(RAW, selector="exact", identity=b"@x.acme.example")) == L0


def test_one_of_two_keys_at_a_name_is_enough(border: Border) -> None:
    border.dns.text("two._domainkey.acme.example", "v=spf1 -all", record(rsa_key(2048, 1)), record(rsa_key()))
    assert border.proof(signed(RAW, selector="two")) == L1


def test_ed25519(border: Border) -> None:
    """RFC 8463; dkimpy needs another package to make one."""
    border.dns.text("e._domainkey.acme.example", record(ed25519_key()))
    key = pem(ed25519_key())
    fine = Signer.of(key, domain="acme.example", selector="e").signed(RAW)
    assert b"a=ed25519-sha256" in fine
    assert border.proof(fine) == L1
    assert border.proof(fine.replace(b"Hello", b"Hallo")) == L0


def test_a_signature_of_another_kind_than_its_key_proves_nothing(border: Border) -> None:
    signer = Signer.of(pem(rsa_key()), domain="acme.example", selector="s")
    assert border.proof(signer.signed(RAW)) == L1
    signer._algorithm = "ed25519-sha256"
    assert border.proof(signer.signed(RAW)) == L0


def test_what_mail_systems_write_on_the_way_is_not_signed() -> None:
    raw = b"Received: from a by b\r\nX-Spam: no\r\n" + RAW
    (names,) = re.findall(
        rb"\bh=([a-z:\s-]+);", Signer.of(pem(ed25519_key()), domain="a.example", selector="e").signed(raw)
    )
    signed = {name.strip() for name in names.split(b":")}
    assert {b"from", b"to", b"subject", b"date", b"message-id"} <= signed
    assert not signed & {b"received", b"x-spam"}


@given(st.binary(max_size=400) | st.text("a \t\r\n", max_size=60).map(str.encode))
def test_bodies_are_written_as_dkimpy_has_them(body: bytes) -> None:
    wired = body.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    assert dkim_verify.relaxed(body) == Relaxed.canonicalize_body(wired)
    assert dkim_verify.simple(body) == Simple.canonicalize_body(wired)


@given(st.binary(max_size=300))
def test_nothing_raises(rubbish: bytes) -> None:
    dkim_verify.of(b"DKIM-Signature: " + rubbish + b"\r\n" + RAW, "ana@acme.example")
    dkim_verify.of(rubbish + b"\r\n" + signed(RAW, canonicalize=SIMPLE), "ana@acme.example")


def test_evidence_is_in_words(border: Border) -> None:
    assert border.inbound(signed(RAW)).evidence == (
        "DKIM of acme.example passes",
        "DMARC: acme.example is aligned with From",
    )
    assert border.inbound(signed(RAW, "bank.example")).evidence == (
        "no authserv_id is set for this mailbox, so nothing vouches for the sender",
        "it is signed by bank.example, which does not speak for acme.example",
    )


def test_what_a_signature_lacks_is_said_in_the_desks_language(border: Border) -> None:
    german = Translations().words("de")
    reasons = [in_words(reason, german) for reason in border.inbound(signed(RAW, "bank.example")).evidence]
    assert "unterschrieben von bank.example, das nicht für acme.example spricht" in reasons
    assert any(reason.startswith("für dieses Postfach ist keine authserv_id gesetzt") for reason in reasons)


def test_bodies_are_hashed_as_they_came() -> None:
    assert hashlib.sha256(dkim_verify.simple(b"a\n")).digest() == hashlib.sha256(b"a\r\n").digest()

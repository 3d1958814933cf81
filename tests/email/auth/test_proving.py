"""SPF, DMARC and DNS itself: what proves a sender, and what happens while nobody can say."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from bot.channel.protocols import Inbound, Unreadable
from bot.model.identity import Proof
from channels.email.auth import resolver
from channels.email.auth.resolver import NotKnown, Resolver, Unanswered
from channels.email.config.addresses import nameserver
from tests.support.houses.house import until
from tests.support.houses.senders import Border, mail, publish, signed
from tests.support.mail.name_server import NameServer

L0, L1 = Proof.UNPROVEN, Proof.PLAUSIBLE
DIRECT = {"door": "smtp", "peer": "203.0.113.9", "helo": "mx.acme.example"}
HOUR = 3600.0


@pytest.fixture
def dns() -> Iterator[NameServer]:
    with NameServer() as server:
        publish(server, "acme.example")
        server.text("acme.example", "v=spf1 ip4:203.0.113.0/24 ip6:2001:db8::/32 -all")
        yield server


@pytest.fixture
def border(dns: NameServer) -> Iterator[Border]:
    made = Border(dns)
    yield made
    made.close()


def put_off(border: Border, raw: bytes, **more: object) -> Unreadable:
    found = border.read(raw, **more)  # type: ignore[arg-type]
    assert isinstance(found, Unreadable), found
    return found


# SPF


@pytest.mark.parametrize(
    ("record", "level"),
    [
        ("v=spf1 ip4:203.0.113.9 -all", L1),
        ("v=spf1 a:mail.acme.example -all", L1),
        ("v=spf1 mx -all", L1),
        ("v=spf1 ptr -all", L0),
        ("v=spf1 include:relay.example -all", L1),
        ("v=spf1 redirect=relay.example", L1),
        ("v=spf1 exists:%{ir}.list.example -all", L1),
        ("v=spf1 +all", L1),
        ("v=spf1 -all", L0),
        ("v=spf1 ~all", L0),
        ("v=spf1 ?all", L0),
        ("v=spf1", L0),
        ("v=spf1 ip4:198.51.100.0/24 -all", L0),
        ("v=spf1 include:nobody.example -all", L0),
        ("v=spf1 include:acme.example -all", L0),
        ("v=spf1 rubbish +all", L0),
        ("v=spf1 ip4:203.0.113.999 +all", L0),
        ("v=spf1 a:a.void.example a:b.void.example a:c.void.example +all", L0),
        ("v=spf1 " + " ".join(f"include:i{n}.deep.example" for n in range(11)) + " +all", L0),
        ("v=spf1 include:i0.deep.example +all", L1),
        ("v=spf1 a:" + "x" * 70 + ".example -all", L0),
        ("v=spf1 " + "a " * 2000 + "+all", L0),
        ("v=spf1 exists:" + "%{l}." * 400 + "example +all", L0),
        ("V=SPF1 IP4:203.0.113.9", L1),
        ("v=spf10 +all", L0),
        ("", L0),
    ],
)
def test_a_record(dns: NameServer, border: Border, record: str, level: Proof) -> None:
    dns.text("acme.example", record, "something else")
    dns.text("relay.example", "v=spf1 ip4:203.0.113.9 -all")
    dns.add("mail.acme.example", "A", "203.0.113.9")
    dns.add("acme.example", "MX", "10 mail.acme.example.")
    dns.add("9.113.0.203.list.example", "A", "127.0.0.2")
    for n in range(11):
        dns.text(f"i{n}.deep.example", "v=spf1 ?all")
    assert border.proof(mail(), **DIRECT) == level


def test_two_records_are_none(dns: NameServer, border: Border) -> None:
    dns.text("acme.example", "v=spf1 +all", "v=spf1 ip4:203.0.113.9 -all")
    assert border.proof(mail(), **DIRECT) == L0


@pytest.mark.parametrize(
    ("more", "level"),
    [
        ({}, L1),
        ({"peer": "2001:db8::9"}, L1),
        ({"peer": "::ffff:203.0.113.9"}, L1),
        ({"mail_from": "bounce+1@acme.example"}, L1),
        ({"mail_from": "ana@ACME.example"}, L1),
        ({"helo": ""}, L1),
        ({"peer": "198.51.100.9"}, L0),
        ({"door": "lmtp"}, L0),
        ({"door": "imap"}, L0),
        ({"peer": "10.1.2.3"}, L0),
        ({"peer": ""}, L0),
        ({"mail_from": "x@bank.example"}, L0),
        ({"mail_from": ""}, L0),
        ({"mail_from": None}, L0),
        ({"mail_from": "acme.example"}, L1),
    ],
)
def test_only_the_host_that_hands_it_over_can_pass(
    border: Border, more: dict[str, str], level: Proof
) -> None:
    assert border.proof(mail(), **{**DIRECT, **more}) == level


def test_evidence_names_the_host(border: Border) -> None:
    assert border.inbound(mail(), **DIRECT).evidence[0] == "SPF of acme.example passes for 203.0.113.9"
    said = border.inbound(mail(), **{**DIRECT, "peer": "198.51.100.9"}).evidence
    assert said[0] == "SPF of acme.example says fail for 198.51.100.9"


# DMARC


@pytest.mark.parametrize(
    ("policy", "at", "level"),
    [
        ("", "", L1),
        ("v=DMARC1; p=none", "_dmarc.acme.example", L1),
        ("v=DMARC1; p=reject; adkim=r; aspf=s", "_dmarc.acme.example", L1),
        ("v=DMARC1; p=none; adkim=s", "_dmarc.acme.example", L0),
        ("v=DMARC1;p=none;ADKIM=S", "_dmarc.acme.example", L0),
        ("v=DMARC1; p=none; adkim=s", "_dmarc.news.acme.example", L0),
        ("rubbish; adkim=s", "_dmarc.acme.example", L1),
    ],
)
def test_a_strict_domain_is_signed_by_itself_only(
    dns: NameServer, border: Border, policy: str, at: str, level: Proof
) -> None:
    if at:
        dns.text(at, policy)
    assert border.proof(signed(mail("a@news.acme.example"))) == level
    assert border.proof(signed(mail())) == L1


def test_strict_spf(dns: NameServer, border: Border) -> None:
    dns.text("_dmarc.acme.example", "v=DMARC1; p=none; aspf=s")
    assert border.proof(mail("a@news.acme.example"), **DIRECT) == L0
    assert border.proof(mail(), **DIRECT) == L1


# DNS


def test_a_pass_that_is_certain_waits_for_nobody(dns: NameServer, border: Border) -> None:
    dns.failing.add("_domainkey.acme.example")
    assert border.proof(signed(mail()), **DIRECT) == L1


@pytest.mark.parametrize("fault", ["failing", "silent"])
def test_while_dns_cannot_say_the_mail_is_not_read(dns: NameServer, border: Border, fault: str) -> None:
    getattr(dns, fault).add("acme.example")
    for raw, more in ((signed(mail()), {}), (mail(), DIRECT), (signed(mail()), DIRECT)):
        found = put_off(border, raw, **more)
        assert (found.fault, found.why, found.after) == ("house", "DNS does not answer", 2.0)


def test_a_policy_that_cannot_be_had_decides_nothing(dns: NameServer, border: Border) -> None:
    dns.failing.add("_dmarc.acme.example")
    assert border.proof(signed(mail())) == L1
    dns.failing.add("_dmarc.news.acme.example")
    put_off(border, signed(mail("a@news.acme.example")))


def test_it_is_asked_again_after_longer_and_longer_and_then_unproven(dns: NameServer, border: Border) -> None:
    dns.failing.add("acme.example")
    raw = signed(mail())
    seen = []
    for border.waited in (0.0, 10.0, 100.0, HOUR - 1):
        border.prover.resolver.forget()
        seen.append(put_off(border, raw).after)
    assert seen == [2, 10, 60, 60]
    border.waited = HOUR
    late = border.inbound(raw)
    assert late.proof == L0
    assert late.evidence[0] == "DNS did not answer about acme.example for an hour"
    assert put_off(border, raw).after == 2


def test_what_failed_is_not_asked_again_at_once_and_then_found(dns: NameServer, border: Border) -> None:
    dns.failing.add("acme.example")
    raw = signed(mail())
    put_off(border, raw)
    asked = dns.asked["s._domainkey.acme.example"]
    put_off(border, raw)
    assert dns.asked["s._domainkey.acme.example"] == asked
    dns.failing.clear()
    border.prover.resolver.forget()
    assert border.proof(raw) == L1


def test_a_name_server_that_keeps_silent_holds_up_nobody_else(dns: NameServer, border: Border) -> None:
    dns.silent.add("slow.example")
    raws = [signed(mail(f"a@x{n}.slow.example"), f"x{n}.slow.example") for n in range(30)]
    found = border.read_all([*raws, signed(mail())])
    assert [isinstance(one, Unreadable) for one in found] == [True] * 30 + [False]


def test_patience_runs_out_and_what_came_meanwhile_is_found_later(
    dns: NameServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resolver, "SAVED", 1.0)
    monkeypatch.setattr(resolver, "AT_A_TIME", 30.0)
    border = Border(dns)
    dns.silent.add("slow.example")
    dns.thinking.add("acme.example")
    begun = time.monotonic()
    for n in range(3):
        put_off(border, signed(mail(f"a@x{n}.slow.example"), f"x{n}.slow.example"))
    put_off(border, signed(mail()))
    assert time.monotonic() - begun < 2 * resolver.AT_A_TIME  # and not as long for each of the four
    dns.speak()
    assert until(lambda: isinstance(border.read(signed(mail())), Inbound))
    border.close()


def test_one_question_for_many_mails(dns: NameServer, border: Border) -> None:
    for n in range(10):
        assert border.proof(signed(mail(subject=str(n)))) == L1
    assert dns.asked["s._domainkey.acme.example"] == 1


def test_what_is_held_of_answers_is_bounded(dns: NameServer) -> None:
    resolver = Resolver([dns.address])
    for n in range(6000):
        resolver.hold(f"{n}.example", "TXT", (Text(b"x" * 4000),), 100.0)
    assert resolver.known("5999.example", "TXT")
    assert len(resolver.known("3000.example", "TXT")) == 1
    with pytest.raises(NotKnown):
        resolver.known("100.example", "TXT")


class Text:
    def __init__(self, said: bytes) -> None:
        self.strings = (said,)


def test_names_that_dns_cannot_carry_have_no_records(dns: NameServer) -> None:
    ask = Resolver([dns.address]).inquiry()
    for name in ("", "..", "a..b", "x" * 64 + ".example", ".".join(["x" * 60] * 6), "ü.example", "a b", "\0"):
        assert ask.texts(name) == []


def test_an_inquiry_is_over_after_its_time(dns: NameServer) -> None:
    ask = Resolver([dns.address]).inquiry(0.001)
    time.sleep(0.01)
    with pytest.raises(Unanswered):
        ask.texts("acme.example")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("192.0.2.53", ("192.0.2.53", 53)),
        ("192.0.2.53:5353", ("192.0.2.53", 5353)),
        ("2001:db8::53", ("2001:db8::53", 53)),
        ("[2001:db8::53]:5353", ("2001:db8::53", 5353)),
    ],
)
def test_a_name_server(said: str, meant: tuple[str, int]) -> None:
    assert nameserver(said) == meant


@pytest.mark.parametrize("said", ["", "dns.example", "192.0.2.53:x", "192.0.2.300", "dns.example:53"])
def test_what_is_no_name_server(said: str) -> None:
    with pytest.raises(ValueError, match="must be an address"):
        nameserver(said)

"""The whole house with a name server of its own: whom it believes, whom it holds, and what it signs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from tests.support.houses.house import House, until, words
from tests.support.houses.sealers import sealed
from tests.support.houses.senders import Border, ed25519_key, mail, pem, publish, record, rsa_key, signed
from tests.support.mail.name_server import NameServer
from tests.support.setup import databases

DESK = "support@example.com"
SIGNING = """
[[mailbox]]
address = "support@example.com"
[mailbox.dkim]
selector = "desk"
private_key = "desk.pem"
"""

LISTS = """
[[mailbox]]
address = "support@example.com"
arc_sealers = ["Lists.example"]
"""


@pytest.fixture
def dns() -> Iterator[NameServer]:
    with NameServer() as server:
        publish(server, "acme.example")
        yield server


@pytest.fixture
def house(dns: NameServer, tmp_path: Path) -> Iterator[House]:
    """Nobody's network is trusted: everybody has to prove who they are."""
    with opened(dns, tmp_path) as standing:
        yield standing


def opened(dns: NameServer, folder: Path, **more: Any) -> House:
    return House(databases.sqlite(folder), folder, trusted_networks=[], nameservers=[dns.address], **more)


def test_a_signed_mail_is_answered(house: House) -> None:
    house.submit(signed(mail()))
    (confirmation,) = house.mails("ana@acme.example")
    assert "CS-000001" in confirmation["Subject"]
    assert not house.case().line.held


def test_an_unsigned_one_is_held_and_not_answered(house: House) -> None:
    house.submit(mail())
    assert house.nothing("ana@acme.example")
    assert house.case().line.held


def test_a_forged_one_is_held_and_says_why(house: House) -> None:
    house.submit(signed(mail()).replace(b"late", b"gone"))
    assert house.nothing("ana@acme.example")
    assert house.case().line.held


def test_what_a_listed_list_vouches_for_is_answered_and_what_another_does_is_held(
    dns: NameServer, tmp_path: Path
) -> None:
    for domain in ("lists.example", "other.example"):
        publish(dns, domain, selector="arc")
    with opened(dns, tmp_path, more=LISTS) as house:
        house.submit(sealed(mail(subject="One"), domain="other.example"))
        assert house.nothing("ana@acme.example")
        assert house.case(1).line.held
        (event,) = house.case(1).history
        assert "sealed by other.example, which is not among arc_sealers" in event.detail
        house.submit(sealed(mail(subject="Two"), domain="lists.example"))
        (confirmation,) = house.mails("ana@acme.example")
        assert "CS-000002" in confirmation["Subject"]
        assert not house.case(2).line.held


def test_spf_is_asked_about_whoever_hands_it_over_directly(house: House, dns: NameServer) -> None:
    dns.text("acme.example", "v=spf1 ip4:203.0.113.9 -all")
    for peer, sender in (("203.0.113.9", "ana@acme.example"), ("198.51.100.9", "eve@acme.example")):
        told = {
            "door": "smtp", "peer": peer, "helo": "mx.acme.example", "mail_from": sender,
            "rcpt_tos": [DESK], "mailbox": DESK, "tls": "",
        }  # fmt: skip
        house.app.acceptance.keep("email", peer, mail(sender), told).result()
    (confirmation,) = house.mails("ana@acme.example")
    assert "CS-00000" in confirmation["Subject"]
    assert house.nothing("eve@acme.example")


def test_while_dns_fails_a_mail_waits_and_then_is_answered(house: House, dns: NameServer) -> None:
    dns.failing.add("acme.example")
    house.submit(signed(mail()))
    line = until(lambda: next((one for one in house.inbox() if one.reason), None))
    assert (line.outcome, line.reason) == ("waiting", "unreadable: DNS does not answer")
    dns.failing.clear()
    (confirmation,) = house.mails("ana@acme.example")
    assert "CS-000001" in confirmation["Subject"]


def test_with_verify_off_nobody_is_asked(dns: NameServer, tmp_path: Path) -> None:
    with opened(dns, tmp_path, verify=False) as house:
        house.submit(signed(mail()))
        assert house.nothing("ana@acme.example")
        assert house.case().line.held
    assert not dns.asked


def test_mail_from_a_trusted_network_asks_nobody(dns: NameServer, tmp_path: Path) -> None:
    with House(databases.sqlite(tmp_path), tmp_path, nameservers=[dns.address]) as house:
        house.submit(signed(mail()))
        house.mails("ana@acme.example")
    assert not dns.asked


@pytest.mark.parametrize("kind", ["rsa", "ed25519"])
def test_our_own_mail_is_signed_and_proves_us(dns: NameServer, tmp_path: Path, kind: str) -> None:
    key = rsa_key(2048, 7) if kind == "rsa" else ed25519_key()
    (tmp_path / "desk.pem").write_bytes(pem(key))
    dns.text("desk._domainkey.example.com", record(key))
    with opened(dns, tmp_path, more=SIGNING) as house:
        house.submit(signed(mail()))
        (confirmation,) = house.mails("ana@acme.example")
        assert "CS-000001" in words(confirmation)
        assert not list(house.app.problems())
        house.settled()
    border = Border(dns)
    files = [*(tmp_path / "outgoing" / "new").iterdir()]
    assert len(files) == 3, "the confirmation, and what the desk's two are told"
    for file in files:
        found = border.inbound(file.read_bytes())
        assert found.evidence[0] == "DKIM of example.com passes"
    border.close()


@pytest.mark.parametrize(
    ("made", "said"),
    [
        ("nothing", "dkim.private_key"),
        ("rubbish", "is no private key"),
        ("elliptic", "is neither an RSA nor an Ed25519 key"),
        (
            "unpublished",
            "there is no TXT record at desk._domainkey.example.com; it should be v=DKIM1; k=rsa; p=",
        ),
        ("another", "the key at desk._domainkey.example.com is not the one we sign with"),
        ("unanswered", "DNS has no answer about desk._domainkey.example.com"),
    ],
)
def test_check_says_what_receivers_would_miss(dns: NameServer, tmp_path: Path, made: str, said: str) -> None:
    if made != "nothing":
        other = {"rubbish": b"rubbish", "elliptic": pem(ec.generate_private_key(ec.SECP256R1()))}
        (tmp_path / "desk.pem").write_bytes(other.get(made) or pem(rsa_key()))
    if made == "another":
        dns.text("desk._domainkey.example.com", record(rsa_key(2048, 7)))
    if made == "unanswered":
        dns.failing.add("example.com")
    with opened(dns, tmp_path, more=SIGNING) as house:
        (problem,) = house.app.problems()
        assert problem.startswith("[[mailbox]] support@example.com: dkim")
        assert said in problem
        house.submit(signed(mail()))
        house.mails("ana@acme.example")


def test_check_says_when_dns_does_not_answer(dns: NameServer, tmp_path: Path) -> None:
    with opened(dns, tmp_path) as house:
        assert not [advice for advice in house.app.advice() if "DNS" in advice]
    dns.failing.add(".")
    with opened(dns, tmp_path) as house:
        (advice,) = (advice for advice in house.app.advice() if "DNS" in advice)
    assert advice.startswith("email.nameservers: DNS does not answer")


@pytest.mark.slow
def test_hundreds_of_forged_senders_are_answered_nothing_and_as_many_true_ones_once(
    dns: NameServer, tmp_path: Path
) -> None:
    for n in range(300):
        publish(dns, f"c{n}.example", rsa_key(1024, 1))
        dns.text(f"v{n}.example", "v=spf1 ip4:198.51.100.0/24 -all")
    with opened(dns, tmp_path) as house:
        for n in range(300):
            true = f"ana@c{n}.example"
            house.submit(signed(mail(true), f"c{n}.example", rsa_key(1024, 1)), sender=true)
            victim = f"eve@v{n}.example"
            house.submit(signed(mail(victim), f"c{n}.example", rsa_key(1024, 1)), sender=victim)
        until(lambda: not house.inbox("waiting"), 300)
        until(lambda: len(house._new("")) >= 300, 300)
        house.settled()
        told = sorted(str(one["To"]) for one in house.mails(count=300) if "@desk." not in str(one["To"]))
        assert told == sorted(f"ana@c{n}.example" for n in range(300))
        assert house.nothing("@v")

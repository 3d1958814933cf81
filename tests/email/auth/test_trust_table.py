"""What each form of From, and each word of a border server, is worth."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.model.identity import Proof
from tests.support.houses.senders import Border, mail, publish, signed
from tests.support.mail.name_server import NameServer

L0, L1 = Proof.UNPROVEN, Proof.PLAUSIBLE


@pytest.fixture(scope="module")
def border() -> Iterator[Border]:
    with NameServer() as dns:
        publish(dns, "acme.example")
        made = Border(dns)
        yield made
        made.close()


FROMS = [
    # one mailbox, however it is dressed
    ("ana@acme.example", L1),
    ("<ana@acme.example>", L1),
    ("Ana <ana@acme.example>", L1),
    ('"Ana, Sales" <ana@acme.example>', L1),
    ('"Ana \\"the\\" Acme" <ana@acme.example>', L1),
    ("=?utf-8?q?Ana_M=C3=BCller?= <ana@acme.example>", L1),
    ("=?utf-8?b?QW5h?= =?utf-8?b?IE0=?= <ana@acme.example>", L1),
    ("Ana M. <ANA@Acme.Example>", L1),
    ("Ana <ana+deals@acme.example>", L1),
    ("Ana <ana@mail.acme.example>", L1),
    ("Ana <o'ana@acme.example>", L1),
    ("  Ana   <ana@acme.example>  ", L1),
    ("Ana\r\n <ana@acme.example>", L1),
    ('"ceo@bank.example" <ana@acme.example>', L1),
    ("CEO of bank.example <ana@acme.example>", L1),
    ("=?utf-8?q?ceo=40bank=2Eexample?= <ana@acme.example>", L1),
    ("ana@acme.example (Ana)", L1),
    ("(Ana) ana@acme.example", L1),
    ("Ana (Acme) <ana@acme.example>", L1),
    ('"Ana" <ana@acme.example> (Acme)', L1),
    ("ana@acme.example <ana@acme.example>", L1),
    ('"ana"@acme.example', L1),
    ("Doe, Ana <ana@acme.example>", L1),
    ("Ana; <ana@acme.example>", L1),
    ("Ana: <ana@acme.example>", L1),
    # another domain than the one that signed
    ("Ana <ana@bank.example>", L0),
    ("Ana <ana@acme.example.bank.example>", L0),
    ("Ana <ana@xacme.example>", L0),
    ("Ana <ana@example>", L0),
    ("Ana <ana@acme-example>", L0),
    ("Ana <ana@аcme.example>", L0),
    ("Ana <ana@xn--cme-7cd.example>", L0),
    ('"ana@acme.example" <ana@bank.example>', L0),
    ("ana@acme.example <ana@bank.example>", L0),
    ("<ana@acme.example> <ana@bank.example>", L0),
    ("=?utf-8?q?ana=40acme=2Eexample?= <ana@bank.example>", L0),
    ("ana@bank.example (ana@acme.example)", L0),
    ("ana@acme.example, <ana@bank.example>", L0),
    ("ana@acme.example: <ana@bank.example>", L0),
    # more or fewer than one
    ("", L0),
    ("Ana", L0),
    ("<>", L0),
    ("Ana <>", L0),
    ("undisclosed-recipients:;", L0),
    ("Team: ana@acme.example;", L0),
    ("Team: ana@acme.example, bob@acme.example;", L0),
    ("ana@acme.example, bob@acme.example", L0),
    ("Ana <ana@acme.example>, Bob <bob@acme.example>", L0),
    ("ana@acme.example,", L0),
    ("ana@acme.example; bob@bank.example", L0),
    ("ana@acme.example bob@bank.example", L0),
    ("Ana <ana@acme.example> <bob@acme.example>", L0),
    ("ana@acme.example\r\nFrom: bob@bank.example", L0),
    ("ana@acme.example\r\nfrom: ana@acme.example", L0),
    # forms that two readers read in two ways
    ("Ana <ana@acme.example", L0),
    ("Ana ana@acme.example>", L0),
    ("ana@acme.example>", L0),
    ("Ana <<ana@acme.example>>", L0),
    ("Ana <ana@acme.example>x", L0),
    ("Ana <ana@acme.example> (bob@bank.example)", L0),
    ("ana(x)@acme.example", L0),
    ("ana@(bank.example)acme.example", L0),
    ("ana @acme.example", L0),
    ("ana@ acme.example", L0),
    ("ana@acme. example", L0),
    ("ana@@acme.example", L0),
    ("ana@bank.example@acme.example", L0),
    ("@bank.example:ana@acme.example", L0),
    ("<@bank.example:ana@acme.example>", L0),
    ('"ana@bank.example"@acme.example', L0),
    ("ana..x@acme.example", L0),
    (".ana@acme.example", L0),
    ("ana.@acme.example", L0),
    ("ana@acme..example", L0),
    ("ana@.acme.example", L0),
    ("ana@acme.example.", L0),
    ("ana@-acme.example", L0),
    ("ana@[192.0.2.1]", L0),
    ("=?utf-8?q?ana=40acme=2Eexample?=", L0),
    ("<=?utf-8?q?ana?=@acme.example>", L0),
    ("ana%bank.example@acme.example", L1),
    ("bank.example!ana@acme.example", L1),
    ("Ana <ana\0@acme.example>", L0),
    ("Ana <ana@acme.example\0.bank.example>", L0),
    ("Ana <ana@acme.example>\rFrom: bob@acme.example", L0),
    ("\u202e<ana@acme.example>", L1),
    ('"Ana <ana@acme.example>', L0),
    ("x" * 2100 + " <ana@acme.example>", L0),
]


@pytest.mark.parametrize(
    ("form", "level"), FROMS, ids=[f"{n}-{form[:40]!r}" for n, (form, _) in enumerate(FROMS)]
)
def test_a_form_of_from_signed_by_acme(border: Border, form: str, level: Proof) -> None:
    assert border.proof(signed(mail(form))) == level

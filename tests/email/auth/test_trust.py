"""Who vouches for a sender."""

from __future__ import annotations

import pytest

from bot.model.identity import Proof
from channels.email.auth import authentication_results
from channels.email.auth.dmarc import aligned
from tests.support.mail.letters import made, reading

PASS = "Authentication-Results: mx.example.com; dmarc=pass header.from=acme.example"
OUTSIDE = "Received: from mail.acme.example (mail.acme.example [198.51.100.7])\r\n\tby mx.example.com; 0"
INSIDE = "Received: from mx.example.com (mx.example.com [10.0.0.5]) by imap.example.com with LMTP"


def proof(*headers: str, **envelope: str) -> Proof:
    return reading(
        made(*headers), **{"door": "imap", "mailbox": "support@example.com", "peer": "", **envelope}
    ).proof


def test_submitted_from_a_trusted_network_is_plausible():
    assert proof(door="smtp", peer="127.0.0.1") == Proof.PLAUSIBLE
    assert proof(door="lmtp", peer="::ffff:127.0.0.1") == Proof.PLAUSIBLE


@pytest.mark.parametrize(
    ("headers", "envelope"),
    [
        ((OUTSIDE,), {"door": "smtp", "peer": "127.0.0.1"}),
        ((), {"door": "smtp", "peer": "192.0.2.1"}),
        ((), {"door": "imap", "peer": "127.0.0.1"}),
        ((), {"door": "smtp", "peer": ""}),
    ],
)
def test_relayed_or_from_elsewhere_is_unproven(headers, envelope):
    assert proof(*headers, **envelope) == Proof.UNPROVEN


def test_two_froms_are_unproven_even_from_here():
    assert proof("From: boss@acme.example", door="smtp", peer="127.0.0.1") == Proof.UNPROVEN


@pytest.mark.parametrize(
    "headers", [(PASS,), (PASS, OUTSIDE), (INSIDE, PASS, OUTSIDE), ("Return-Path: <a@b>", INSIDE, PASS)]
)
def test_our_border_servers_word_is_believed(headers):
    assert proof(*headers) == Proof.PLAUSIBLE


@pytest.mark.parametrize(
    "headers",
    [
        (OUTSIDE, PASS),
        (INSIDE, OUTSIDE, PASS),
        (PASS.replace("mx.example.com", "mx.evil.example"), OUTSIDE),
        ("Received: from mx.example.com (evil.example [203.0.113.5]) by mx.example.com", INSIDE, PASS),
        ("Received: from [127.0.0.1] (evil [203.0.113.5]) by mx.example.com", PASS),
        ("Authentication-Results: mx.example.com; dmarc=fail; dkim=pass header.d=acme.example",),
        ("Authentication-Results: mx.example.com; dmarc=pass header.from=evil.example",),
        ("Authentication-Results: mx.example.com; dkim=pass header.d=evil.example",),
        ("Authentication-Results: mx.example.com; spf=pass smtp.mailfrom=x@evil.example",),
        ("Authentication-Results: mx.example.com; spf=softfail smtp.mailfrom=acme.example",),
        ("Authentication-Results: mx.example.com; none",),
        ("Authentication-Results: mx.example.com; dkim=pass header.d=acme.example; rubbish",),
        ("Authentication-Results: mx.example.com (; dmarc=pass header.from=acme.example",),
    ],
)
def test_what_a_sender_can_write_himself_or_nobody_vouches_for_is_not(headers):
    assert proof(*headers) == Proof.UNPROVEN


def test_google_writes_below_its_own_received():
    from dataclasses import replace

    from bot.channel.protocols import Context
    from channels.email.reading.inbound import Reading, read
    from tests.support.mail.letters import MAILBOX, letter

    google = Reading((replace(MAILBOX, authserv_id="mx.google.com"),))
    by = "Received: from mail.acme.example ([198.51.100.7]) by mx.google.com with ESMTPS"
    fine = "Authentication-Results: mx.google.com;\r\n dkim=pass header.i=@acme.example header.s=s"
    forged = (
        fine.replace("pass", "fail"),
        "Authentication-Results: mx.google.com; dmarc=pass header.from=acme.example",
    )
    top = "Received: by 2002:a05:6402:1 with SMTP id x"
    for headers, expected in (((top, by, fine), 1), ((by, *forged), 0), ((by, by, fine), 0)):
        found = read(letter(made(*headers), door="imap", mailbox="support@example.com"), Context(), google)[0]
        assert found.proof == expected


@pytest.mark.parametrize(
    "words",
    [
        "dkim=pass (2048-bit key; secure) header.d=acme.example header.i=@acme.example",
        'dkim=pass reason="good; signature" header.i="@mail.acme.example"',
        "dkim=fail header.d=acme.example; dkim=pass header.d=acme.example",
        "spf=pass (sender (nested (really)) ok) smtp.mailfrom=bounce@news.acme.example smtp.helo=x",
        "dkim/1=pass header.d=acme.example;",
    ],
)
def test_one_aligned_pass_is_enough(words):
    assert proof(f"Authentication-Results: mx.example.com 1;\r\n\t{words}") == Proof.PLAUSIBLE


@pytest.mark.parametrize(
    "value",
    [
        "",
        ";",
        "; none",
        "a b c; none",
        "a; b",
        "a; b=",
        "a; =b",
        "a; b=c d",
        "a; b=c x=y",
        'a; b="c',
        "a; b=c ) x.y=z",
    ],
)
def test_half_read_results_are_none(value):
    assert authentication_results.parse(value) is None


def test_results_are_read():
    found = authentication_results.parse('mx.Example.com 1; spf=Pass smtp.mailfrom="A@b.example"; none')
    assert found is not None
    assert found.authserv_id == "mx.example.com"
    assert [(r.method, r.result, dict(r.properties)) for r in found.results] == [
        ("spf", "pass", {"smtp.mailfrom": "a@b.example"})
    ]


@pytest.mark.parametrize(
    ("one", "other", "fits"),
    [
        ("acme.example", "acme.example", True),
        ("mail.acme.example", "acme.example", True),
        ("acme.example", "mail.acme.example", True),
        ("example", "acme.example", False),
        ("xacme.example", "acme.example", False),
        ("", "acme.example", False),
    ],
)
def test_alignment(one, other, fits):
    assert aligned(one, other) is fits


@pytest.mark.parametrize("peer", ["10.1.2.3", "172.17.0.1", "192.168.7.7", "fe80::1"])
@pytest.mark.parametrize("door", ["smtp", "lmtp"])
def test_a_private_address_is_no_mail_server_of_ours_by_being_private(peer: str, door: str) -> None:
    assert proof(PASS, door=door, peer=peer) == Proof.UNPROVEN
    assert proof(PASS, door=door, peer="127.0.0.1") == Proof.PLAUSIBLE


@pytest.mark.parametrize(
    "received",
    [
        "Received: from [10.0.0.1] by (unknown [203.0.113.9]) by mx.example.com with ESMTP; 0",
        "Received: from [10.0.0.1] (2001:db8::bad) by mx.example.com with ESMTP; 0",
        "Received: from [10.0.0.1] ([not an address]) by mx.example.com; 0",
        "Received: from [10.0.0.1]?by?x (unknown [203.0.113.9]) by mx.example.com; 0",
        "Received: from [10.0.0.1] ([203.0.113.9:25]) by mx.example.com; 0",
    ],
)
def test_a_hop_from_outside_stays_one_whatever_it_says_of_itself(received: str) -> None:
    assert proof(received, PASS) == Proof.UNPROVEN


def test_a_hop_between_our_own_machines_is_inside_in_either_spelling() -> None:
    for inside in ("10.0.0.5", "fc00::5"):
        received = f"Received: from mx.example.com ({inside}) by imap.example.com with LMTP; 0"
        assert proof(received, PASS, OUTSIDE) == Proof.PLAUSIBLE

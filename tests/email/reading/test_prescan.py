"""Anchors, content keys and caps."""

from __future__ import annotations

import pytest

from bot.channel.protocols import Anchor, Mailbox
from channels.email.mime import prescan
from channels.email.mime.prescan import anchors, caps, content_key, twin
from tests.support.mail.letters import MAILBOX, letter, made, mail

DATE = "Date: Thu, 26 Nov 2026 03:44:00 +0000"
TOKEN = "abcdefghijklmnopqrstuvwxyz234567abcdefg"


def test_a_reply_leads_by_its_parent_then_by_references_newest_first_then_by_the_subject():
    found = anchors(letter(mail("reply-with-file")), (MAILBOX,))
    assert found == (
        Anchor("id", "<second@example.com>"),
        Anchor("id", "<first@example.com>"),
        Anchor("tag", "000123"),
    )


@pytest.mark.parametrize(
    "header", ["To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To", "DELIVERED-TO"]
)
def test_a_token_is_found_in_every_recipient_header_whatever_its_case(header):
    raw = made(f"{header}: Somebody <x@acme.example>,\r\n Support <SUPPORT+{TOKEN.upper()}@Example.com>")
    assert anchors(letter(raw), (MAILBOX,))[0] == Anchor("token", TOKEN)


def test_a_token_in_the_envelope_alone_is_found():
    assert anchors(letter(made(), rcpt_tos=[f"support+{TOKEN}@example.com"]), (MAILBOX,)) == (
        Anchor("token", TOKEN),
    )


@pytest.mark.parametrize(
    "address",
    [
        "support+x@example.com.evil.example",
        "xsupport-x@example.com",
        "xsupport+x@example.com",
        "support@example.com",
        "other+x@acme.example",
    ],
)
def test_plus_parts_of_other_peoples_addresses_are_no_tokens(address):
    assert anchors(letter(made(f"Cc: {address}")), (MAILBOX,)) == ()


def test_a_plus_address_of_a_mailbox_that_has_a_plus_itself():
    boxes = (MAILBOX, Mailbox("support+eu@example.com", "EU"))
    assert Anchor("token", "tok") in anchors(letter(made("Cc: support+eu+tok@example.com")), boxes)


def test_a_tag_is_found_in_an_encoded_subject():
    raw = b"Subject: =?utf-8?b?QVc6IFtDUy0wMDAxMjNdIEhpbGZl?=\n\nx"
    assert anchors(letter(raw), (MAILBOX,)) == (Anchor("tag", "000123"),)


def test_ids_in_the_body_are_no_anchors():
    raw = made(body="In-Reply-To: <x@y>\r\nReferences: <x@z>\r\nSubject: [CS-000009]")
    assert anchors(letter(raw), (MAILBOX,)) == ()


@pytest.mark.parametrize(
    "raw", [b"", b"\n", b"\r\n\r\n", b"\xff" * 1000, b"To:", b"References: " + b"<" * 99_999]
)
def test_nothing_makes_the_scan_raise(raw):
    assert anchors(letter(raw), (MAILBOX,)) == ()
    assert len(content_key(raw)) == 64
    prescan.tamed(raw)


def test_the_same_mail_sent_again_has_the_same_key():
    before = ("Received: from c by a; 0", DATE)
    first = made("Return-Path: <ana@acme.example>", "Received: from a by b; 1", *before)
    assert content_key(first) == content_key(made("Received: from a by b; 2", *before))


def test_imap_and_smtp_copies_agree():
    above = ("Delivered-To: support@example.com", "X-Spam-Status: No,\r\n score=0", DATE)
    assert content_key(made(DATE)) == content_key(made(*above).replace(b"\r\n", b"\n"))


def test_mail_that_does_not_name_itself_is_known_by_all_its_bytes():
    first, second = made("Received: from a by b; 1"), made("Received: from a by b; 2")
    assert content_key(first) != content_key(second)
    assert content_key(first) == content_key(first.replace(b"\r\n", b"\n"))
    for name in ("DATE : today", "message-id: <1@a>"):
        keys = {content_key(made(f"Received: from a by b; {n}", name)) for n in (1, 2)}
        assert len(keys) == 1


def test_another_text_or_another_path_has_another_key():
    keys = {
        content_key(made(body="one")),
        content_key(made(body="two")),
        content_key(made("Received: from a by b", "Received: from x by a", DATE, body="one")),
        content_key(made("Received: from a by b", "Received: from y by a", DATE, body="one")),
    }
    assert len(keys) == 4


@pytest.mark.parametrize("size", [0, 2 << 20])
def test_twins_have_the_same_names_and_body_whatever_way_they_came(size: int):
    one, two = (made(DATE, body="." * size + word) for word in ("one", "two"))
    assert twin(one, "<1@a>") == twin(made("Received: from a by b", body="." * size + "one\r\n"), "<1@a>")
    assert len({twin(one, "<1@a>"), twin(two, "<1@a>"), twin(one, "<2@a>")}) == 3


def test_ordinary_mail_is_under_every_cap():
    assert caps(mail("reply-with-file")) is None
    assert caps(made(body="-- \r\n" * 5000)) is None


def test_long_headers_are_cut_and_the_body_stays():
    raw = b"Subject: " + b"a " * 500_000 + b"\r\nTo: support@example.com\r\n\r\nthe body"
    assert "headers" in (caps(raw) or "")
    tamed = prescan.tamed(raw)
    assert len(tamed) < 70_000
    assert tamed.endswith(b"the body")
    assert b"\nTo: support@example.com\n" in tamed


def test_too_many_parts_are_cut_off():
    raw = b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 5000
    assert "parts" in (caps(raw) or "")
    assert prescan.tamed(raw).count(b"\n--b") == prescan.PARTS


def test_parts_between_bare_carriage_returns_are_counted_too():
    raw = b"Content-Type: multipart/mixed; boundary=b\r\r" + b"--b\r\rx\r" * 5000
    assert "parts" in (caps(raw) or "")
    assert prescan.tamed(raw).count(b"\r--b") == prescan.PARTS

"""What `casebot check` proposes, having looked at a mailbox's last mails."""

from __future__ import annotations

import ipaddress
from dataclasses import replace

import pytest

from bot.channel.protocols import Mailbox
from channels.email.imap_in.setup_advice import proposals
from tests.support.houses.doors import Shelf, room
from tests.support.houses.dovecot import USER, Dovecot, new_folder

BOX = Mailbox("support@example.com", "Support")
INSIDE = "Received: from mx.example.com ([10.0.0.5]) by imap.example.com"
CHECKED = "Authentication-Results: mx.example.com; dkim=pass header.d=acme.example"
CAME = "Received: from mail.acme.example ([198.51.100.7]) by mx.example.com"
GOOGLE = "Received: from mail.acme.example ([198.51.100.7]) by mx.google.com with ESMTPS"
HOP = (
    "Received: from AM6PR10MB1.EURPRD10.PROD.OUTLOOK.COM (2603:10a6::1)"
    " by DB9PR10MB2.EURPRD10.PROD.OUTLOOK.COM (2603:10a6::2) with HTTPS"
)
THEIRS = "Authentication-Results: spf=pass smtp.mailfrom=acme.example; compauth=pass reason=100"
LIST = "List-Id: Our support <support.example.com>"


def head(*lines: str) -> bytes:
    return "\r\n".join((*lines, "From: ana@acme.example", "", "")).encode()


def proposed(*heads: bytes, box: Mailbox = BOX) -> list[str]:
    return list(proposals(heads, box, [ipaddress.ip_network("127.0.0.0/8")]))


@pytest.mark.parametrize(
    ("lines", "setting"),
    [
        ([INSIDE, CHECKED, CAME], 'mx.example.com: authserv_id = "mx.example.com"'),
        ([GOOGLE, CHECKED], 'mx.google.com: authserv_id = "mx.google.com"'),
        ([HOP, THEIRS, CAME], "Exchange Online: microsoft_results = true"),
    ],
)
def test_who_checks_mail_before_it_comes(lines: list[str], setting: str) -> None:
    assert proposed(*[head(*lines)] * 4, head(CAME)) == [f"4 of its last 5 mails were checked by {setting}"]


@pytest.mark.parametrize(
    "heads",
    [
        [],
        [head(CHECKED, CAME)] * 2,
        [head(CHECKED, CAME)] * 3 + [head(CAME)] * 3,
        [head(CAME, CHECKED)] * 9,
        [head("Authentication-Results: no results at all")] * 9,
    ],
)
def test_too_little_and_what_senders_write_is_no_proposal(heads: list[bytes]) -> None:
    assert proposed(*heads) == []


def test_what_is_set_is_not_proposed() -> None:
    set_ = replace(BOX, authserv_id="mx.example.com", own_list_ids=("support.example.com",))
    assert proposed(*[head(CHECKED, LIST, CAME)] * 5, box=set_) == []
    assert proposed(*[head(HOP, THEIRS)] * 5, box=replace(BOX, settings={"microsoft_results": True})) == []


def test_a_group_of_the_addresss_own_name() -> None:
    said = "1 of its last 2 mails came through the group support.example.com"
    assert proposed(head(LIST), head()) == [f'{said}: own_list_ids = ["support.example.com"]']
    assert proposed(head("List-Id: <news.other.example>"), head("List-Id: support.evil.example")) == []


@pytest.mark.slow
def test_the_last_mails_are_looked_at_wherever_they_lie() -> None:
    """Most of them were moved on; nothing is changed by looking."""
    with Dovecot(new_folder()) as server:
        with server.client() as client:
            client.create_folder("Processed")
            for folder, count in (("INBOX", 2), ("Processed", 30)):
                for _ in range(count):
                    client.append(folder, head(CHECKED, CAME) + b"Hello")
        attendant = room(Shelf(), server.port)
        setting = 'authserv_id = "mx.example.com"'
        said = f"mailbox {USER}: 20 of its last 20 mails were checked by mx.example.com: {setting}"
        assert list(attendant.advice()) == [said]
        assert (server.count(), server.count("Processed")) == (2, 30)
        with server.client() as client:
            client.select_folder("Processed", readonly=True)
            assert client.search("SEEN") == []
        assert list(room(Shelf(), 1).advice()) == []

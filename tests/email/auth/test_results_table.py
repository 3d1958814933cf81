"""What each word of a border server is worth, where it stands and whoever wrote it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.model.identity import Proof
from tests.support.houses.senders import Border, mail, publish, signed
from tests.support.mail.name_server import NameServer

L0, L1 = Proof.UNPROVEN, Proof.PLAUSIBLE
OUTSIDE = "Received: from mail.acme.example (mail.acme.example [198.51.100.7]) by mx.example.com; 0"
INSIDE = "Received: from mx.example.com (mx.example.com [10.0.0.5]) by imap.example.com with LMTP"
MINE = "Authentication-Results: mx.example.com; "
PASS = MINE + "dmarc=pass header.from=acme.example"


@pytest.fixture(scope="module")
def dns() -> Iterator[NameServer]:
    with NameServer() as server:
        publish(server, "acme.example")
        yield server


@pytest.fixture(scope="module")
def border(dns: NameServer) -> Iterator[Border]:
    made = Border(dns, authserv_id="mx.example.com")
    yield made
    made.close()


@pytest.fixture(scope="module")
def exchange(dns: NameServer) -> Iterator[Border]:
    made = Border(dns, settings={"microsoft_results": True})
    yield made
    made.close()


RESULTS = [
    # its own words, above the hop from outside
    ([PASS], L1),
    ([PASS, OUTSIDE], L1),
    ([INSIDE, PASS, OUTSIDE], L1),
    ([INSIDE, INSIDE, PASS, OUTSIDE], L1),
    ([PASS.replace("mx.example.com", "MX.Example.COM"), OUTSIDE], L1),
    ([MINE + "dkim=pass header.d=acme.example", OUTSIDE], L1),
    ([MINE + "dkim=pass header.i=@acme.example", OUTSIDE], L1),
    ([MINE + "dkim=pass header.d=mail.acme.example", OUTSIDE], L1),
    ([MINE + "spf=pass smtp.mailfrom=ana@acme.example", OUTSIDE], L1),
    ([MINE + "spf=pass smtp.mailfrom=acme.example", OUTSIDE], L1),
    ([MINE + "dkim=fail header.d=acme.example; dkim=pass header.d=acme.example", OUTSIDE], L1),
    ([MINE + "spf=fail smtp.mailfrom=bank.example; dkim=pass header.d=acme.example", OUTSIDE], L1),
    ([MINE + "none", MINE + "dkim=pass header.d=acme.example", OUTSIDE], L1),
    ([MINE + "iprev=pass policy.iprev=198.51.100.7; dkim=pass header.d=acme.example", OUTSIDE], L1),
    ([MINE + "dmarc=none; dkim=pass header.d=acme.example", OUTSIDE], L1),
    # where its sender could have written them, or somebody else has
    ([OUTSIDE, PASS], L0),
    ([INSIDE, OUTSIDE, PASS], L0),
    ([PASS.replace("mx.", "mx2."), OUTSIDE], L0),
    ([PASS.replace("mx.example.com", "mx.example.com.evil.example"), OUTSIDE], L0),
    ([PASS.replace("mx.example.com", "example.com"), OUTSIDE], L0),
    (["X-" + PASS, OUTSIDE], L0),
    (["ARC-" + PASS.replace(": ", ": i=1; "), OUTSIDE], L0),
    ([OUTSIDE.replace("198.51.100.7", "10.0.0.9"), OUTSIDE, PASS], L0),
    (["Received: from [127.0.0.1] (evil [203.0.113.5]) by mx.example.com", PASS], L0),
    (["Received: from mx.example.com (unknown) by mx.example.com", PASS], L0),
    # what says no, or nothing, or another name
    ([MINE + "dmarc=fail; dkim=pass header.d=acme.example", OUTSIDE], L0),
    ([MINE + "dmarc=pass header.from=bank.example", OUTSIDE], L0),
    ([MINE + "dmarc=none", OUTSIDE], L0),
    ([MINE + "dkim=pass header.d=bank.example", OUTSIDE], L0),
    ([MINE + "dkim=pass header.d=example", OUTSIDE], L0),
    ([MINE + "dkim=neutral header.d=acme.example", OUTSIDE], L0),
    ([MINE + "dkim=permerror header.d=acme.example", OUTSIDE], L0),
    ([MINE + "dkim=policy header.d=acme.example", OUTSIDE], L0),
    ([MINE + "dkim=pass", OUTSIDE], L0),
    ([MINE + "spf=softfail smtp.mailfrom=acme.example", OUTSIDE], L0),
    ([MINE + "spf=pass smtp.helo=acme.example", OUTSIDE], L0),
    ([MINE + "auth=pass smtp.auth=ana@acme.example", OUTSIDE], L0),
    ([MINE + "none", OUTSIDE], L0),
    # what is not in the grammar
    ([MINE + "dkim=pass header.d=acme.example; rubbish", OUTSIDE], L0),
    ([MINE + "(dkim=fail; dkim=pass header.d=acme.example", OUTSIDE], L0),
    ([MINE + "dkim=pass (header.d=acme.example)", OUTSIDE], L0),
    ([MINE + 'dkim=pass header.d="acme.example', OUTSIDE], L0),
    ([MINE + "dkim=pass header.d=acme.example header.d=bank.example", OUTSIDE], L0),
    ([MINE + "dkim==pass header.d=acme.example", OUTSIDE], L0),
    (["Authentication-Results: dkim=pass header.d=acme.example", OUTSIDE], L0),
    ([MINE + "dkim=pass header.d=acme.example action=none", OUTSIDE], L0),
]


@pytest.mark.parametrize(("top", "level"), RESULTS, ids=range(len(RESULTS)))
def test_a_word_of_our_border_server(border: Border, top: list[str], level: Proof) -> None:
    assert border.proof(mail(more="".join(line + "\r\n" for line in top))) == level


def test_what_it_says_of_dkim_is_not_checked_again(border: Border) -> None:
    """Its no stands; where it says nothing of signatures, or could not tell, we look ourselves."""
    for said, level in (
        ("dkim=fail header.d=acme.example", L0),
        ("dmarc=fail", L0),
        ("spf=fail smtp.mailfrom=acme.example", L1),
        ("dkim=temperror header.d=acme.example", L1),
        ("none", L1),
    ):
        raw = f"{MINE}{said}\r\n{OUTSIDE}\r\n".encode() + signed(mail())
        assert border.proof(raw) == level, said


HOP = (
    "Received: from AM6PR10MB1.EURPRD10.PROD.OUTLOOK.COM (2603:10a6::1)\r\n"
    " by DB9PR10MB2.EURPRD10.PROD.OUTLOOK.COM (2603:10a6::2) with HTTPS; 0"
)
EDGE = (
    "Received: from DB5EUR02FT044.eop-EUR02.prod.protection.outlook.com (2603:10a6::5)\r\n"
    " by AS9PR04CA0104.outlook.office365.com (2603:10a6::17) with Microsoft SMTP Server; 0"
)
CAME = (
    "Received: from mail.acme.example (198.51.100.7)\r\n"
    " by DB5EUR02FT044.mail.protection.outlook.com (10.152.20.1); 0"
)
THEIRS = (
    "Authentication-Results: spf=pass (sender IP is 198.51.100.7)\r\n smtp.mailfrom=acme.example;"
    " dkim=pass (signature was verified)\r\n header.d=acme.example;dmarc=pass action=none\r\n"
    " header.from=acme.example;compauth=pass reason=100"
)
NO = "Authentication-Results: dkim=none (message not signed) header.d=none;dmarc=fail action=oreject header.from=a.b"
POSED = CAME.replace("from mail.acme.example", "from AM6PR10MB1.EURPRD10.PROD.OUTLOOK.COM")
MICROSOFT = [
    ([HOP, EDGE, THEIRS, CAME], L1),
    ([THEIRS, CAME], L1),
    ([HOP, THEIRS.replace("dmarc=pass", "dmarc=bestguesspass"), CAME], L1),
    ([HOP, EDGE, NO, CAME, THEIRS], L0),
    ([HOP, EDGE, CAME, THEIRS], L0),
    ([HOP, POSED, THEIRS], L0),
    ([HOP, NO, POSED, THEIRS], L0),
    ([THEIRS.replace("acme.example", "bank.example"), CAME], L0),
    ([THEIRS.replace("dmarc=pass", "dmarc=fail"), CAME], L0),
    (["Authentication-Results: compauth=pass reason=100", CAME], L0),
    ([THEIRS + "; rubbish", CAME], L0),
    ([OUTSIDE, THEIRS], L0),
]


@pytest.mark.parametrize(("top", "level"), MICROSOFT, ids=range(len(MICROSOFT)))
def test_a_word_of_exchange_online(exchange: Border, top: list[str], level: Proof) -> None:
    assert exchange.proof(mail(more="".join(line + "\r\n" for line in top))) == level


def test_exchange_online_is_believed_only_where_that_is_set(border: Border, dns: NameServer) -> None:
    raw = mail(more="".join(line + "\r\n" for line in (HOP, EDGE, THEIRS, CAME)))
    unset = Border(dns)
    assert border.proof(raw) == unset.proof(raw) == L0
    unset.close()

"""The mails of the benches are as people's programs write them, and the books that are kept of them can read them."""

from __future__ import annotations

import random
from email import message_from_bytes, policy
from email.message import EmailMessage

from bench.kill.ledger import Ledger
from bench.support.house import STAFF_ADDRESS
from bench.support.mails import CHARSETS, KINDS, SHAPES, Mail, mix, new, reply
from bench.support.speech import LANGUAGES, greeted
from tests.support.mail.talk import Taken


def parsed(mail: Mail) -> EmailMessage:
    return message_from_bytes(mail.raw, policy=policy.default)


def text(mail: Mail) -> str:
    body = parsed(mail).get_body(("plain", "html"))
    assert body is not None
    return str(body.get_content())


def test_every_language_charset_encoding_and_shape_is_there_and_can_be_read() -> None:
    mails = list(mix(600, seed=5, prefix="x"))
    ways, shapes = set(), set()
    for mail in mails:
        body = parsed(mail).get_body(("plain", "html"))
        assert body is not None
        ways.add((mail.language, body.get_content_charset(), body["Content-Transfer-Encoding"]))
        shapes.add(parsed(mail).get_content_type())
        assert mail.marker in greeted(text(mail), r"x-\d+")
        assert "\ufffd" not in text(mail)
        assert 5000 < len(mail.data) < 8000
        assert max(map(len, mail.data.split(b"\r\n"))) < 998
    assert ways == {(code, *way) for code, written in CHARSETS.items() for way in written}
    assert shapes == {"text/plain", "text/html", "multipart/alternative", "multipart/mixed"}
    assert {mail.kind for mail in mails} == set(KINDS)
    assert len(SHAPES) == 3


def test_its_vocabulary_is_that_of_real_mail() -> None:
    words = {word for mail in mix(300, seed=5, prefix="x") for word in text(mail).split()}
    assert len(words) > 5000
    assert sum(len(language.words) for language in LANGUAGES.values()) > 4000


def test_a_mail_is_the_same_however_often_it_is_made() -> None:
    first, second = ([mail.data for mail in mix(100, seed=2, prefix="y")] for _ in range(2))
    assert first == second


def test_the_ledger_reads_what_staff_were_told_however_it_is_written() -> None:
    dice, ledger, languages = random.Random(1), Ledger(1), set()
    for number in range(200):
        opened = new(f"k1-{number:06d}", dice, sender="ana@acme.example")
        mail = reply(f"k2-{number:06d}", dice, to=opened)
        languages.add(mail.language)
        ledger.took(Taken(mail.message_id, "", (STAFF_ADDRESS,), mail.raw, 0.0))
        assert mail.message_id in ledger.told[mail.marker], text(mail)
    assert languages == set(LANGUAGES)
    assert ledger.told["k2-999999"] == set()

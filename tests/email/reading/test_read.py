"""From a kept letter to what it says."""

from __future__ import annotations

from bot.model.identity import Identity
from channels.email.replies.own_text import MARKERS
from tests.support.mail.letters import made, mail, new_words, reading


def test_it_works():
    found = reading(mail("plain"), rcpt_tos=["support@example.com"])
    assert found.sender == Identity("email", "ana@acme.example", "Ana Example")
    assert found.mailbox == "support@example.com"
    assert found.subject == "Delivery has dropped"
    assert new_words(found) == "Grüße,\nthe delivery of deal 12333 has dropped."
    assert [part.kind for part in found.parts] == ["new", "signature"]


def test_a_reply_says_only_its_own_words():
    found = reading(mail("reply-with-file"))
    assert new_words(found) == "Here is the log."
    assert found.subject == "Delivery has dropped"
    assert [(file.name, file.size) for file in found.attachments] == [("log.txt", 29)]


def test_html_quotations_are_not_new():
    assert "préciser" not in new_words(reading(mail("html-only")))
    assert "le rapport" in new_words(reading(mail("html-only")))


def test_commands_in_a_forwarded_mail_are_not_said_by_its_sender():
    assert new_words(reading(mail("forwarded-whole"))) == "See below."


def test_what_we_sent_is_known_again():
    found = reading(
        made(body=f"Yes.\r\n\r\n{MARKERS[0]}\r\nIs it solved now?"), MARKERS[0], "Is it solved now?"
    )
    assert new_words(found) == "Yes."


def test_the_mailbox_is_where_it_was_delivered_to():
    assert reading(made(), mailbox="hilfe@example.de").mailbox == "hilfe@example.de"
    assert reading(made(), rcpt_tos=["x@y.example", "HILFE+abc@example.de"]).mailbox == "hilfe@example.de"
    assert reading(made("X-Original-To: <hilfe@example.de>")).mailbox == "hilfe@example.de"
    assert reading(made()).mailbox == "support@example.com"
    nowhere = reading(b"From: a@b.example\nTo: c@d.example\n\nx")
    assert nowhere.mailbox == ""
    assert "names no mailbox of ours" in nowhere.evidence


def test_a_mail_without_anything_is_read_too():
    for raw in (b"", b"\n\n", b"\xff\xfe", b"garbage"):
        found = reading(raw)
        assert found.sender is None
        assert found.attachments == ()

"""Bytes become a mail."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model.identity import Identity
from channels import text
from channels.email.encoding import charset
from channels.email.formats.html_to_text import DEEPEST, to_text
from channels.email.mime import headers, message
from tests.support.mail.letters import made, mail


def test_a_plain_mail():
    found = message.read(mail("plain"))
    assert found.sender == Identity("email", "ana@acme.example", "Ana Example")
    assert found.to == (Identity("email", "support@example.com", "Support"),)
    assert found.subject == "Delivery has dropped"
    assert found.message_id == "<plain@acme.example>"
    assert found.sent_at == datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    assert found.text.startswith("Grüße,\nthe delivery of deal 12333 has dropped.\n")
    assert found.files == ()
    assert not found.html_used


def test_an_attachment_keeps_its_bytes():
    found = message.read(mail("reply-with-file"))
    (file,) = found.files
    assert (file.name, file.type, file.inline) == ("log.txt", "text/x-log", False)
    assert file.data == b"10:00 started\r\n10:01 failed\x00\x01"
    assert found.text.startswith("Here is the log.\n")
    assert found.references == ("<first@example.com>", "<second@example.com>")
    assert [person.address for person in found.copied] == ["bob@acme.example", "carl@acme.example"]
    assert found.copied[1].name == "Example, Carl"


def test_html_alone_becomes_text_with_its_links_and_quotations():
    found = message.read(mail("html-only"))
    assert found.html_used
    assert found.subject == "Ré: Campagne"
    assert "la campagne s'est arrêtée\u00a0:\nvoir le rapport <https://acme.example/r/1>." in found.text
    assert "- un\n- deux" in found.text
    assert "> Pouvez-vous préciser ?" in found.text
    assert "color" not in found.text
    assert "no" not in found.text.split()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("no-charset-latin1", "Schöne Grüße – bis bald"),
        ("lying-charset", "日本語のメールです"),
        ("utf7", "+ADw-script+AD4-"),
        ("broken-multipart", "Only this, and no boundary."),
    ],
)
def test_wrong_or_missing_declarations_are_read_as_well_as_can_be(name, said):
    assert message.read(mail(name)).text.strip() == said


def test_controls_end_at_the_border():
    found = message.read(mail("controls"))
    assert found.subject == "a Bcc: evil@x.example b"
    assert found.text.startswith("nul  bell  esc [31m tab\t cr\nend ")
    assert "é" in found.text
    assert not [c for c in found.text if unicodedata.category(c) in ("Cs", "Cc") and c not in "\n\t"]


def test_half_a_surrogate_pair_is_no_character():
    assert text.clean("a\ud83db\ufeff\u2028c") == "a\ufffdb\nc"


@given(st.text(st.characters(max_codepoint=0xFF), max_size=30))
def test_latin_letters_are_cleaned_as_all_others_are(words):
    cleaned = text.clean(f"é{words}日")
    assert text.clean(f"é{words}") == cleaned.removesuffix("日")


def test_names_of_files_are_names_only():
    assert [file.name for file in message.read(mail("evil-names")).files] == [
        "xX-Evil_ 1",
        "invoicefdp.exe",
        "_NUL.txt",
        "_.htaccess",
        "attachment",
    ]


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("..", ""),
        ("a" * 400 + ".pdf", "a" * 251 + ".pdf"),
        ("ü" * 300, "ü" * 127),
        ("com1.txt", "_com1.txt"),
        (" .x ", "_.x"),
    ],
)
def test_a_file_name_is_fit_for_any_disk(given_name, shown):
    assert text.file_name(given_name) == shown


def test_a_message_within_is_an_attachment_byte_for_byte_and_is_not_its_senders_words():
    found = message.read(mail("forwarded-whole"))
    assert found.text.strip() == "See below."
    (file,) = found.files
    assert (file.type, file.name) == ("message/rfc822", "The inner one.eml")
    assert file.data.startswith(b"From: Someone <someone@else.example>\nSubject: The inner one\n")
    assert file.data.rstrip().endswith(b"--c--")


def test_flowed_paragraphs_come_together_again():
    assert message.read(mail("flowed")).text.strip().split("\n") == [
        "This is one long paragraph of three lines.",
        "> And this one was quoted.",
        "From the stuffed line.",
        "-- ",
        "Ana",
    ]


def test_a_picture_within_the_text_is_inline():
    found = message.read(mail("cid-picture"))
    assert found.text == "Look: the chart"
    assert [(file.name, file.inline) for file in found.files] == [("chart.png", True)]


@pytest.mark.parametrize(
    "value",
    [
        "",
        "nobody",
        "a@x.example, b@y.example",
        "=?utf-8?q?victim=40corp.example?=",
        "alice@good.example]<bob@bad.example>",
        "alice@good.example)bob@bad.example",
        "alice@good.example <bob@bad.example>",
        "<alice@good.example><bob@bad.example>",
        '"a@good.example" <>',
        "group: a@x.example;",
        "a@x.example (comment",
        "a@",
        "@x.example",
        "a@-x.example",
        "a@x..example",
        "a b@x.example",
        "(" * 4096,
    ],
)
def test_from_is_nobody_unless_it_is_exactly_one_mailbox(value):
    assert headers.sender([value]) is None


def test_two_from_headers_are_nobody():
    assert message.read(made("From: boss@acme.example")).sender is None


@pytest.mark.parametrize(
    ("value", "address", "name"),
    [
        ("Ana@Acme.Example", "ana@acme.example", ""),
        ('"Doe, \\"J\\"" <j.doe+x@acme.example>', "j.doe+x@acme.example", 'Doe, "J"'),
        ("=?utf-8?q?J=C3=B6rg?= <j@m\u00fcller.example>", "j@xn--mller-kva.example", "Jörg"),
        ("=?utf-8?q?a=0A=E2=80=AEb?= <a@x.example>", "a@x.example", "a b"),
    ],
)
def test_from_with_one_mailbox(value, address, name):
    assert headers.sender([value]) == Identity("email", address, name)


@pytest.mark.parametrize(
    ("subject", "plain"),
    [
        ("Re: AW: [CS-000123] Hello", "Hello"),
        ("[CS-000123] Re[2]: Fwd: Hello: world", "Hello: world"),
        ("回复：你好", "你好"),
        ("Regarding: x", "Regarding: x"),
    ],
)
def test_a_subject_without_its_prefixes(subject, plain):
    assert headers.subject(subject) == plain


def test_one_damaged_character_does_not_spoil_the_rest():
    assert charset.decode("日本語のメールです".encode()[:-1], "utf-8") == "日本語のメールで\ufffd"
    assert charset.decode(b"caf\xe9", "utf-8") == "café"
    assert charset.decode("ж".encode("koi8-r"), "KOI8_R") == "ж"
    assert charset.decode(b"\x81", "nonsense") == "\x81"


def test_deep_html_is_read_to_its_ground():
    assert to_text("<div>" * 20_000 + "deep") == "deep"
    levels = to_text("<div><b>x</b>" * 10_000)
    assert (levels.count("x"), levels.count("\n")) == (10_000, DEEPEST - 1), (
        "the parser is spared deeper ones"
    )


def test_hidden_words_are_not_read():
    assert to_text('<div style="display:none">preview</div><p>seen</p><script>x</script>') == "seen"


def test_preformatted_text_keeps_its_blanks():
    assert to_text("<p>a</p><pre>x  y\n  z</pre><p>b</p>") == "a\n\nx  y\n  z\n\nb"


@settings(max_examples=200)
@given(
    st.binary(max_size=400),
    st.sampled_from(["", "base64", "quoted-printable", "x-uue"]),
    st.sampled_from(["html", "plain"]),
)
def test_any_bytes_are_a_mail_of_clean_text(data, encoding, kind):
    raw = (
        f"Content-Transfer-Encoding: {encoding}\nContent-Type: text/{kind}\nSubject: ".encode()
        + data
        + b"\n\n"
        + data
    )
    found = message.read(raw)
    for words in (found.subject, found.text, *(file.name for file in found.files)):
        words.encode("utf-8")
        assert "\0" not in words
    assert "\n" not in found.subject

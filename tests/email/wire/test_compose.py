"""Mails of ours: whatever stands in names, subjects and addresses, the headers are the ones we meant."""

import email
import re
from datetime import UTC, datetime
from email import policy
from email.header import decode_header, make_header
from email.utils import parseaddr

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.channel.outbound import Posting, Words
from bot.model.identity import Identity
from bot.model.message import Attachment
from channels.email.outbound.compose import LOOP, cleaned, compose

AT = datetime(2026, 11, 5, 14, 3, tzinfo=UTC)
WORDS = Words("[CS-000123] No delivery", "Grüße,\n\n.\nFrom here on = fine \n", "<p>Grüße</p>\n")
POSTING = {
    "id": 7,
    "to": Identity("email", "maria@customer.example", "María Jones"),
    "mailbox": "support@acme.com",
    "words": WORDS,
    "automatic": True,
    "message_id": "<out7@acme.com>",
    "reply_to": "support+token@acme.com",
    "bounce_to": "support+b-x@acme.com",
    "in_reply_to": "<in@customer.example>",
    "references": ("<root@customer.example>", "<in@customer.example>"),
    "author": "",
    "at": AT,
}
ALWAYS = {
    "Content-Type", "MIME-Version", "From", "To", "Reply-To", "Subject", "Date", "Message-ID",
    "In-Reply-To", "References", LOOP, "Auto-Submitted", "X-Auto-Response-Suppress",
}  # fmt: skip


def made(name="Acme Support", **more):
    return compose(Posting(**{**POSTING, **more}), name, "acme.com")


def read(raw):
    return email.message_from_bytes(raw, policy=policy.default)


def test_it_works():
    mail = read(made(author="Ana Ruiz"))
    assert mail["From"] == "Ana Ruiz via Acme Support <support@acme.com>"
    assert mail["To"].addresses[0].display_name == "María Jones"
    assert mail["To"].addresses[0].addr_spec == "maria@customer.example"
    assert parseaddr(mail["Reply-To"])[1] == "support+token@acme.com"
    assert mail["Subject"] == "[CS-000123] No delivery"
    assert mail["Date"].datetime == AT
    assert mail["Message-ID"] == "<out7@acme.com>"
    assert mail["In-Reply-To"] == "<in@customer.example>"
    assert mail["References"].split() == ["<root@customer.example>", "<in@customer.example>"]
    assert mail[LOOP] == "acme.com"
    assert not any(part.defects for part in mail.walk())


def test_it_says_the_same_in_text_and_html():
    text, html = read(made()).iter_parts()
    assert text.get_content_type() == "text/plain"
    assert text.get_content().replace("\r\n", "\n") == WORDS.text
    assert html.get_content_type() == "text/html"
    assert html.get_content().replace("\r\n", "\n") == WORDS.html


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ('fig"ures\\ of.csv', "figures of.csv"),
        ("a\x07b\u202e.csv", "ab.csv"),
        ("Zahlen für März.csv", "Zahlen für März.csv"),
        ("x" * 100 + ".csv", "x" * 76 + ".csv"),
        ('"\\\x00', "file"),
    ],
)
def test_a_file_keeps_what_of_its_name_every_mail_program_can_show(name, shown):
    mail = read(made(files=((Attachment(name, "text/csv", 4, ""), b"1,2\n"),)))
    (file,) = mail.iter_attachments()
    assert file.get_filename() == shown
    assert not file.defects


def test_every_line_ends_in_crlf_whatever_the_words_end_in():
    raw = made(words=Words("s", "a\rb\nc\r\nd", "x" * 5000))
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", raw)
    assert read(raw).get_body(("plain",)).get_content().split() == ["a", "b", "c", "d"]


lines = st.lists(
    st.tuples(st.sampled_from(["a", "a ", "é", ".", "From ", "=", "\t"]), st.integers(0, 3000)).map(
        lambda drawn: (drawn[0] * drawn[1])[: drawn[1]]
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=40)
@given(drawn=lines)
@example(["a" * 998, "b"])
@example(["short", "a" * 999])
@example(["a" * 3000])
def test_lines_of_any_length_arrive_as_they_were_in_lines_that_mail_systems_take(drawn):
    text = "\n".join(drawn).rstrip("\n") + "\n"
    raw = made(words=Words("s", text, text))
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    for part in read(raw).iter_parts():
        assert part.get_content().replace("\r\n", "\n") == text


def test_automatic_mail_says_so_and_a_persons_own_words_do_not():
    assert read(made())["Auto-Submitted"] == "auto-replied"
    assert read(made(in_reply_to="", references=()))["Auto-Submitted"] == "auto-generated"
    mail = read(made(automatic=False))
    assert mail["Auto-Submitted"] is mail["X-Auto-Response-Suppress"] is mail["Precedence"] is None
    assert mail[LOOP] == "acme.com"


def test_a_first_mail_has_no_threading_headers():
    mail = read(made(in_reply_to="", references=()))
    assert mail["In-Reply-To"] is mail["References"] is None


def test_long_threads_keep_their_first_four_and_last_six():
    ids = tuple(f"<{n}@x>" for n in range(40))
    mail = read(made(references=ids, in_reply_to="<39@x>"))
    assert mail["References"].split() == [*ids[:4], *ids[-6:]]


def test_the_mail_answered_is_the_last_reference():
    assert read(made(references=("<a@x>",), in_reply_to="<b@x>"))["References"].split() == ["<a@x>", "<b@x>"]


def test_ids_that_are_none_are_left_out():
    mail = read(
        made(
            in_reply_to="<a b@x>",
            references=("<ok@x>", "nonsense", "<x>\r\nBcc: a@b", "<ü@x>", f"<{'a' * 999}>"),
        )
    )
    assert mail["In-Reply-To"] is None
    assert mail["References"] == "<ok@x>"


def test_the_case_number_stays_readable_before_an_encoded_subject():
    raw = made(words=Words("[CS-000123] Größere Störung", "t", "h"))
    assert b"\r\nSubject: [CS-000123] =?utf-8?" in raw
    assert read(raw)["Subject"] == "[CS-000123] Größere Störung"


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("john doe@x.example", '"john doe"@x.example'),
        ('"john doe"@x.example', '"john doe"@x.example'),
        ('a"b@x.example', r'"a\"b"@x.example'),
        ("maria@müller.example", "maria@xn--mller-kva.example"),
        ("a.b+c@x.example", "a.b+c@x.example"),
    ],
)
def test_unusual_addresses_are_written_as_the_rfc_wants_them(address, shown):
    mail = read(made(to=Identity("email", address, "M")))
    assert mail["To"].addresses[0].addr_spec == shown


@pytest.mark.parametrize("address", ["", "nobody", "mária@x.example", "a@b>, c@d", "a@x y", "a@" + "b" * 400])
def test_an_address_that_no_header_can_carry_is_not_shown(address):
    assert read(made(to=Identity("email", address, "M")))["To"] == "undisclosed-recipients:;"


def test_an_encoded_word_that_somebody_typed_stays_what_it_is():
    typed = "=?utf-8?q?=0D=0ABcc=3A_x?="
    mail = read(made(words=Words(typed, "t", "h"), to=Identity("email", "m@x.example", typed)))
    assert mail["Subject"] == typed
    assert mail["To"].addresses[0].display_name == typed


tricky = st.one_of(
    st.text(max_size=300),
    st.text(alphabet=' \t\r\n\0\x85\u2028\u2029"\\<>@,;:()[]=?_éü漢😀a', max_size=120),
    st.text(alphabet=st.characters(codec="ascii"), max_size=2000),
    st.from_regex(r"\A\[CS-[0-9]{6}\] .{0,80}\Z"),
)


@given(subject=tricky, name=tricky, author=tricky, mailbox=tricky, local=tricky, domain=tricky)
def test_no_text_ever_changes_the_set_of_headers(*, subject, name, author, mailbox, local, domain):
    address = f"{local}@{domain}"
    raw = compose(
        Posting(
            **{
                **POSTING,
                "words": Words(subject, subject, subject),
                "to": Identity("email", address, name),
                "author": author,
                "references": (*POSTING["references"], local, f"<{local}>"),
            }
        ),
        mailbox,
        "acme.com",
    )
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert raw.isascii()
    expected = cleaned(subject)[:600].strip()
    plain, modern = email.message_from_bytes(raw), read(raw)
    for mail in (plain, modern):
        assert {*mail.keys()} == ALWAYS - ({"Subject"} if not expected else set())
        assert len(mail.keys()) == len(set(mail.keys()))
    assert [part.get_content_type() for part in plain.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    if expected:
        assert modern["Subject"] == expected
        assert str(make_header(decode_header(plain["Subject"]))) == expected
    assert len(modern["To"].addresses) <= 1
    assert [a.addr_spec for a in modern["From"].addresses] == ["support@acme.com"]
    assert not modern["From"].defects

"""What of a mail is read, and what is kept."""

from __future__ import annotations

import pytest

from channels.email.encoding import transfer_encoding
from channels.email.mime import content as body
from channels.email.mime import message
from tests.support.mail.letters import made, mail, new_words, reading


def test_a_forwarded_message_alone_is_shown_and_asks_nothing() -> None:
    found = reading(mail("forwarded-only"))
    assert new_words(found) == ""
    (part,) = [part for part in found.parts if part.kind == "quoted"]
    assert part.text.startswith("From: Carl <carl@else.example>\nDate: Mon, 23 Nov 2026 08:00:00 +0100\n")
    assert "Subject: Läuft nicht\n\nSince this morning nothing works." in part.text
    assert [file.name for file in found.attachments] == ["Läuft nicht.eml"]


def test_a_message_forwarded_as_an_attachment_is_shown_below_the_words_above_it() -> None:
    found = message.read(mail("forwarded-whole"))
    assert found.text.strip() == "See below."
    (inner,) = found.enclosed
    assert inner.startswith("From: Someone <someone@else.example>\nSubject: The inner one")


def test_of_many_messages_within_a_few_are_shown_and_all_kept() -> None:
    part = b"--b\nContent-Type: message/rfc822\n\nSubject: x\n\nwords\n"
    found = message.read(b"Content-Type: multipart/digest; boundary=b\n\n" + part * 10 + b"--b--\n")
    assert (len(found.enclosed), len(found.files)) == (body.MOST_SHOWN, 10)


def test_only_the_outermost_of_nested_messages_is_shown() -> None:
    inner = (
        b"Content-Type: message/rfc822\nSubject: outer\n\n"
        + b"Content-Type: message/rfc822\n\n" * 500
        + b"deep"
    )
    found = message.read(b"Content-Type: message/rfc822\n\n" + inner)
    assert found.enclosed == ("Subject: outer",)
    assert len(found.files) == 1


def test_a_bounced_mail_is_not_shown_as_words() -> None:
    assert message.read(mail("bounce")).enclosed == ()


def test_words_in_a_text_file_within_do_not_count_as_the_mails() -> None:
    raw = made(
        "Content-Type: multipart/mixed; boundary=b",
        body="--b\r\n\r\nHi\r\n--b\r\nContent-Type: text/plain; name=a.txt\r\n\r\n#close\r\n--b--",
    )
    assert message.read(raw).text.strip() == "Hi"


@pytest.mark.parametrize(("before", "new"), [(10, "First"), (1_100_000, "First\n\nThis was written earlier")])
def test_a_quotation_is_looked_for_in_the_first_megabyte_of_markup(before: int, new: str) -> None:
    page = f"<p>First</p><!--{'x' * before}--><div class=gmail_quote>This was written earlier</div>"
    parts = f"--b\n\nFirst\n\nThis was written earlier\n--b\nContent-Type: text/html\n\n{page}\n--b--"
    assert new_words(reading(made("Content-Type: multipart/alternative; boundary=b", body=parts))) == new


def test_uuencoded_files_leave_the_text() -> None:
    found = message.read(mail("uuencoded"))
    (file,) = found.files
    assert (file.name, file.data) == (
        "app log.txt",
        b"10:00 started\n10:01 failed, and nobody knows why, yet\n",
    )
    assert found.text.split("\n") == [
        "The log is below.", "", "", "begin 644 of the story, which is no file", "Ana", "",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        b"begin 644 x\n",
        b"begin 644 x\n#86)C\n",
        b"begin 644 x\n#86)Cdefghi\n`\nend\n",
        b"begin 999 x\n`\nend\n",
    ],
)
def test_what_only_looks_like_a_uuencoded_file_stays_text(text: bytes) -> None:
    assert transfer_encoding.uuencoded(text) == (text, [])


@pytest.mark.parametrize(
    ("name", "note", "files"),
    [
        ("smime-signed", "signed (S/MIME)", [("smime.p7s", True)]),
        ("smime-encrypted", "encrypted (S/MIME): casebot cannot read it", [("smime.p7m", False)]),
        (
            "pgp-encrypted",
            "encrypted (PGP): casebot cannot read it",
            [("version.txt", True), ("encrypted.asc", False)],
        ),
        ("pgp-signed-inline", "signed (PGP)", []),
    ],
)
def test_sealed_mail_is_recognised(name: str, note: str, files: list[tuple[str, bool]]) -> None:
    found = reading(mail(name))
    assert any(note in why for why in found.evidence)
    assert [(file.name, file.inline) for file in found.attachments] == files


def test_a_message_signed_in_one_piece_is_read_with_its_files() -> None:
    found = message.read(mail("smime-opaque"))
    assert found.text == "Signed in one piece: déjà vu."
    assert [(file.name, file.data) for file in found.files] == [("app.log", b"10:00 started")]
    assert found.notes == ("signed (S/MIME); the signature is not checked",)


def test_a_damaged_container_is_kept() -> None:
    raw = mail("smime-opaque")
    for end in range(len(raw) - 700, len(raw), 7):
        found = message.read(raw[:end])
        assert found.text or found.files


def test_of_a_signed_text_only_the_words_are_read() -> None:
    assert message.read(mail("smime-signed")).text == "These words are signed."
    assert message.read(mail("pgp-signed-inline")).text == "Please close it.\n-- \nAna"


def test_an_inline_pgp_message_is_kept_as_it_came() -> None:
    found = message.read(made(body="-----BEGIN PGP MESSAGE-----\r\n\r\nhQEM\r\n-----END PGP MESSAGE-----"))
    assert found.text.startswith("-----BEGIN PGP MESSAGE-----")
    assert any("encrypted" in note for note in found.notes)


def test_text_in_utf_16() -> None:
    assert message.read(mail("utf16")).text.strip() == "Grüße aus dem weiten Land"


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_wide_text_that_does_not_say_so(codec: str) -> None:
    raw = (
        b"Content-Type: text/plain\nContent-Transfer-Encoding: binary\n\n"
        + "Grüße aus Řež\nи больше".encode(codec)
    )
    assert message.read(raw).text == "Grüße aus Řež\nи больше"


def test_half_a_wide_character_at_the_end_is_left_out() -> None:
    raw = b"Content-Type: text/plain; charset=utf-16le\nContent-Transfer-Encoding: binary\n\n"
    assert message.read(raw + "Grüße".encode("utf-16-le") + b"\n").text == "Grüße"


def test_a_broken_line_among_the_headers_costs_no_more_than_itself() -> None:
    found = message.read(mail("broken-header"))
    assert found.subject == "With a blank"
    assert found.text == "déjà vu"


@pytest.mark.parametrize(
    "raw", [b"Hello you\n\nand you\n", b"Subject: x\nHello: you\nHow are you?\nFine\n\nBye\n"]
)
def test_words_where_headers_should_be_stay_words(raw: bytes) -> None:
    assert raw.splitlines()[-1].decode() in message.read(raw).text
    assert "you" in message.read(raw).text


def test_of_parts_that_nobody_can_find_everything_is_read() -> None:
    raw = b'Content-Type: multipart/mixed; boundary="b"\n\n--b--\nIt does not start.\n'
    assert message.read(raw).text == "It does not start."


def test_more_text_than_is_read_is_kept() -> None:
    part = b"--b\nContent-Type: text/plain\n\n" + b"word " * 30_000 + b"\n"
    found = message.read(b"Content-Type: multipart/mixed; boundary=b\n\n" + part * 3 + b"--b--\n")
    assert len(found.text) <= body.LONGEST_TEXT + 10
    assert [file.name for file in found.files] == ["text.txt", "text.txt"]
    page = b"Content-Type: text/html\n\n" + b"<p></p>" * 200_000 + b"the end"
    found = message.read(page)
    assert found.text == ""
    assert [file.data for file in found.files] == [page.partition(b"\n\n")[2]]


@pytest.mark.parametrize(
    ("body", "encoding", "data"),
    [
        (b"YWJj\r\nZA==\r\n", "BASE64", b"abcd"),
        (b"YW Jj Z\n", "base64", b"abc"),
        (b"YWI=\nY2Q=\n", "base64 (of each line)", b"abcd"),
        (b"YW!JjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXo=", "base64", b"abcdefghijklmnopqrstuvwxyz"),
        (b"Y", "base64", b""),
        (b"no, this is plain text.", "base64", b"no, this is plain text."),
        (b"a=3Db=\r\nc", "Quoted-Printable ; x", b"a=bc"),
        (b"100=%", "quoted-printable", b"100=%"),
        (b"begin 644 x\n#86)C\n`\nend\n", "x-uuencode", b"abc"),
        (b"begin 644 x\nnothing", "x-uue", b"begin 644 x\nnothing"),
        (b"\xff", "", b"\xff"),
        (b"x", "x-unheard-of", b"x"),
    ],
)
def test_transfer_encodings_as_they_come(body: bytes, encoding: str, data: bytes) -> None:
    assert transfer_encoding.undone(body, encoding) == data

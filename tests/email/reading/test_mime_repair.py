"""Mails whose delimiters are not where their headers say are read as they were meant."""

from __future__ import annotations

import pytest

from channels.email.mime import message as mime

PLAIN = "Content-Type: text/plain\n\n"


def mixed(*lines: str, boundary: str = "b", media: str = "multipart/mixed") -> bytes:
    return "\n".join((f'Content-Type: {media}; boundary="{boundary}"', "", *lines)).encode()


def said(raw: bytes) -> str:
    """Its words, a line for each part."""
    return "\n".join(line for line in mime.read(raw).text.split("\n") if line.strip())


def kept(raw: bytes) -> list[tuple[str, bytes]]:
    return [(file.name, file.data) for file in mime.read(raw).files]


def test_parts_between_delimiters_of_another_boundary_than_was_declared() -> None:
    log = ["--Other", "Content-Type: text/x-log; name=app.log", "", "10:00 started", "--Other--"]
    raw = mixed("--Other", PLAIN + "Nothing works.", *log, boundary="other")
    assert said(raw) == "Nothing works."
    assert kept(raw) == [("app.log", b"10:00 started")]


def test_of_an_alternative_with_other_delimiters_the_plain_text_is_read() -> None:
    page = "Content-Type: text/html\n\n<p>Nothing <b>works</b>."
    raw = mixed("--x", PLAIN + "Nothing works.", "--x", page, "--x--", media="multipart/alternative")
    assert said(raw) == "Nothing works."


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("text/plain charset=iso-8859-1", "Grüße"),
        ("text/plain;; charset=iso-8859-1", "Grüße"),
        ('multipart/mixed boundary="b"', "hi"),
        ("multipart/mixed;\n ; boundary=b", "hi"),
    ],
)
def test_a_content_type_with_a_semicolon_too_few_or_too_many_is_read(kind: str, text: str) -> None:
    raw = f"From: a@b.example\nSubject: one;; two\nContent-Type: {kind}\n\nGrüße\n--b\n\nhi\n--b--\n"
    mail = mime.read(raw.encode("latin-1"))
    assert (mail.subject, mail.text.partition("\n")[0]) == ("one;; two", text)


def test_another_boundary_at_two_levels() -> None:
    inner = mixed("--two", PLAIN + "Nothing works.", "--two--").decode()
    assert said(mixed("--one", inner, "--one--")) == "Nothing works."


def test_a_text_with_rules_in_a_multipart_without_delimiters_stays_as_it_is() -> None:
    raw = mixed("Two options:", "--verbose", "--quiet", "--", "Ana")
    assert said(raw) == "Two options:\n--verbose\n--quiet\n--\nAna"


def test_a_very_long_text_in_a_multipart_without_delimiters_is_kept_whole() -> None:
    log = "10:00 not delivered\n" * 20_000
    raw = mixed(log + "The end.")
    assert mime.read(raw).text.startswith("10:00 not delivered\n")
    assert kept(raw) == [("text.txt", f"{log}The end.".encode())]


def test_parts_that_come_after_their_multipart_has_ended_are_parts() -> None:
    inner = mixed("--in", PLAIN + "First.", boundary="in").decode()
    file = "Content-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64\n\nMTIzNDU="
    raw = mixed("--b", inner, "--b", PLAIN + "Second.", "--in", PLAIN + "Third.", "--in", file, "--b--")
    assert said(raw) == "First.\nSecond.\nThird."
    assert kept(raw) == [("a.pdf", b"12345")]
    raw = mixed(
        "--b", inner, "--b", PLAIN + "Second.", "--in", PLAIN + "Third.", "--b", PLAIN + "Last.", "--b--"
    )
    assert said(raw) == "First.\nSecond.\nThird.\nLast."


def test_delimiters_of_a_multipart_that_was_closed_are_words() -> None:
    inner = mixed("--in", PLAIN + "First.", "--in--", boundary="in").decode()
    raw = mixed("--b", inner, "--b", PLAIN + "The line", "--in", "means nothing.", "--b--")
    assert said(raw) == "First.\nThe line\n--in\nmeans nothing."


@pytest.mark.parametrize(
    ("headers", "body", "file"),
    [
        ("Content-Transfer-Encoding: base64\n", "MTIzNDU=", b"12345"),
        ("", "12345", b"12345"),
    ],
)
def test_the_end_right_behind_the_last_word_is_no_word(headers: str, body: str, file: bytes) -> None:
    log = f"Content-Type: text/x-log; name=a.log\n{headers}\n{body}--b--"
    raw = mixed("--b", PLAIN + "See the log.", "--b", log)
    assert (said(raw), kept(raw)) == ("See the log.", [("a.log", file)])
    assert said(mixed("--b", PLAIN + "That is all.--b--\n")) == "That is all."


def test_a_multipart_whose_delimiter_looks_like_the_end_of_the_one_around_it() -> None:
    inner = mixed("--b--", PLAIN + "Nothing works.", "--b----", boundary="b--").decode()
    assert said(mixed("--b", inner, "--b--")) == "Nothing works."


TWICE = 'Content-Type: multipart/{}; boundary="in"\nContent-Type: text/plain; charset=utf-8\n\n{}'


@pytest.mark.parametrize("kind", ["mixed", "alternative"])
def test_a_first_part_without_its_delimiter_is_read(kind: str) -> None:
    inner = TWICE.format(kind, "Grüße from the first part.")
    page = "Content-Type: text/html\n\n<p>The page.</p>"
    raw = mixed("--b", inner, "--in", page, "--in--", "--b--", media="multipart/related")
    assert said(raw).startswith("Grüße from the first part.")
    assert ("The page." in said(raw)) is (kind == "mixed")


def test_a_delimiter_left_open_elsewhere_cuts_a_first_part_without_its_own() -> None:
    unclosed = mixed("--open", PLAIN + "First.", boundary="open").decode()
    inner = TWICE.format("mixed", "Second.\n--open\n\nThird.")
    raw = mixed("--b", unclosed, "--b", inner, "--in", PLAIN + "Last.", "--in--", "--b--")
    assert said(raw) == "First.\nSecond.\nThird.\nLast."


def test_what_is_said_to_programs_without_mime_is_no_part() -> None:
    inner = TWICE.format("mixed", "This is a multi-part message in MIME format.")
    assert said(mixed("--b", inner, "--in", PLAIN + "Words.", "--in--", "--b--")) == "Words."


def test_a_message_within_keeps_its_bytes_whatever_was_left_open_beside_it() -> None:
    inner = mixed("--in", PLAIN + "First.", boundary="in").decode()
    message = "Content-Type: message/rfc822\n\nSubject: x\n\none\n--in\ntwo"
    (file,) = mime.read(mixed("--b", inner, "--b", message, "--b--")).files
    assert file.data == b"Subject: x\n\none\n--in\ntwo"


DEEP = "".join(f'--x{n}\nContent-Type: multipart/mixed; boundary="y"\n\n' for n in range(5_000))
NESTED = "".join(f'--n{n}\nContent-Type: multipart/mixed; boundary="n{n + 1}"\n\n' for n in range(48))
OPEN = "".join(f'--b\nContent-Type: multipart/mixed; boundary="i{n}"\n\n--i{n}\n\n' for n in range(400))
STRAYS = "".join(f"--i{n % 500}\n" for n in range(20_000))


@pytest.mark.parametrize(
    "body",
    [
        DEEP,
        NESTED + DEEP,
        NESTED * 5 + DEEP,
        OPEN + "--b\n\n" + STRAYS,
        "--" + " " * 9_000,
        ("--" + " " * 198 + "\n") * 999,
    ],
)
@pytest.mark.parametrize("boundary", ["b", "n0"])
def test_nothing_that_needs_many_repairs_is_too_much(body: str, boundary: str) -> None:
    raw = mixed(body + "--b\n\nThe end.", boundary=boundary)
    assert mime.read(raw).text or mime.read(raw).files

"""No part of a mail is ever lost: each is read, or kept as a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.email.mime import message, prescan
from channels.email.mime.message import Mail
from tests.support.mail.letters import MAILBOX, letter, made, reading

PLAIN = "The server stopped at noon, and nobody knows why.\r\nPlease look at the log below."
PAGE = "<p>The server stopped at noon, and nobody knows why.</p><p>Please look at the log below.</p>"


def multipart(kind: str, *parts: str, boundary: str, more: str = "") -> str:
    lines = "".join(f"--{boundary}\r\n{part}\r\n" for part in parts)
    return f"Content-Type: multipart/{kind}; boundary={boundary}{more}\r\n\r\n{lines}--{boundary}--\r\n"


def part(media: str, body: str, *headers: str) -> str:
    return "\r\n".join((f"Content-Type: {media}", *headers, "", body))


def whole(tree: str) -> Mail:
    headers, _, body = tree.partition("\r\n\r\n")
    return message.read(made(headers, body=body))


def names(found: Mail) -> list[str]:
    return [file.name for file in found.files]


def test_files_that_apple_mail_puts_beside_the_html() -> None:
    attached = "Content-Disposition: attachment; filename="
    inner = multipart(
        "mixed",
        part("text/html", PAGE.partition("</p>")[0] + "</p>"),
        part("text/plain", "12:00 stopped", f"{attached}server.log.txt"),
        part("text/html", "<h1>Report</h1>", f"{attached}report.html"),
        part("text/csv", "a,b", f"{attached}dump.csv"),
        part("text/html", PAGE.partition("</p>")[2]),
        boundary="inner",
    )
    found = whole(multipart("alternative", part("text/plain", PLAIN), inner, boundary="outer"))
    assert names(found) == ["server.log.txt", "report.html", "dump.csv"]
    assert found.files[0].data == b"12:00 stopped"
    assert found.text.split() == PLAIN.split()


def test_a_named_page_among_the_alternatives_is_a_file() -> None:
    page = part("text/html", PAGE, "Content-Disposition: attachment; filename=report.html")
    found = whole(multipart("alternative", part("text/plain", PLAIN), page, boundary="b"))
    assert names(found) == ["report.html"]


def test_html_that_says_the_same_is_no_file() -> None:
    found = whole(multipart("alternative", part("text/plain", PLAIN), part("text/html", PAGE), boundary="b"))
    assert found.files == ()


@pytest.mark.parametrize(
    "words", ["服务器中午停止了\r\n，没有人知道为什么", "サーバーが正午に止ま\r\nりました。"]
)
def test_html_in_a_script_without_blanks_is_compared_too(words: str) -> None:
    page = f"<p>{words.replace(chr(13) + chr(10), '')}</p>"
    kinds = ("text/plain; charset=utf-8", "text/html; charset=utf-8")
    found = whole(multipart("alternative", part(kinds[0], words), part(kinds[1], page), boundary="b"))
    assert found.files == ()


def test_html_that_says_more_is_kept() -> None:
    plain = part("text/plain", "This message can only be read in a program that shows HTML.")
    found = whole(multipart("alternative", plain, part("text/html", PAGE), boundary="b"))
    assert names(found) == ["text.html"]
    assert b"nobody knows why" in found.files[0].data


@pytest.mark.parametrize("start", ["", '; start="<root@x>"'])
@pytest.mark.parametrize("root", ["", "Content-Disposition: attachment"])
def test_the_root_of_related_parts_is_read_wherever_it_stands(start: str, root: str) -> None:
    picture = part("image/png", "PNG", "Content-ID: <picture@x>")
    page = part("text/html", PAGE, "Content-ID: <root@x>", *filter(None, [root]))
    found = whole(multipart("related", picture, page, boundary="b", more=start))
    assert found.text.split() == PLAIN.split()
    assert names(found) == ["image.png"]


def test_start_names_the_root_among_several_pages() -> None:
    first = part("text/html", "<p>A frame around it all</p>", "Content-ID: <frame@x>")
    second = part("text/html", PAGE, "Content-ID: <root@x>")
    found = whole(multipart("related", first, second, boundary="b", more="; start=root@x"))
    assert found.text.split() == PLAIN.split()
    assert [file.data for file in found.files] == [b"<p>A frame around it all</p>"]


def test_a_start_that_names_nothing_readable_is_ignored() -> None:
    picture = part("image/png", "PNG", "Content-ID: <picture@x>")
    found = whole(
        multipart("related", picture, part("text/html", PAGE), boundary="b", more='; start="<picture@x>"')
    )
    assert found.text.split() == PLAIN.split()
    assert names(found) == ["image.png"]


def test_a_multipart_that_does_not_say_which_kind_is_divided() -> None:
    tree = multipart("*", part("text/plain", PLAIN), part("application/pdf", "%PDF"), boundary="b")
    found = whole(tree)
    assert found.text.split() == PLAIN.split()
    assert names(found) == ["document.pdf"]


def test_several_uuencoded_files_in_one_part_are_all_kept() -> None:
    block = "begin 644 {}\r\n#86)C\r\n`\r\nend\r\n"
    body = "Two files:\r\n" + block.format("a.txt") + block.format("b.txt")
    found = message.read(made("Content-Transfer-Encoding: x-uuencode", body=body))
    assert [(file.name, file.data) for file in found.files] == [("a.txt", b"abc"), ("b.txt", b"abc")]
    assert found.text.strip() == "Two files:"


@pytest.mark.parametrize("above", [b"\xef\xbb\xbf", b"\r\n", b"\n", b"\xef\xbb\xbf\r\n", b" \r\n\r\n"])
def test_what_a_script_leaves_above_the_headers_hides_none(above: bytes) -> None:
    raw = above + made("References: <first@acme.example>")
    found = message.read(raw)
    assert found.sender is not None
    assert (found.sender.address, found.subject, found.text.strip()) == ("ana@acme.example", "Hello", "Hello")
    assert [anchor.value for anchor in prescan.anchors(letter(raw), [MAILBOX])] == ["<first@acme.example>"]


def test_a_text_below_an_empty_line_stays_text() -> None:
    assert message.read(b"\nNotes: one\nand two\n").text.strip() == "Notes: one\nand two"


@pytest.mark.parametrize("blanks", [" ", "\t", "   \t "])
@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_a_line_of_blanks_parts_the_headers_from_the_parts(blanks: str, end: str) -> None:
    tree = multipart("related", part("text/html", PAGE), part("image/png", "PNG"), boundary="b")
    headers, _, body = tree.partition("\r\n\r\n")
    raw = made(headers, body=body).replace(b"\r\n\r\n--b", f"\r\n{blanks}\r\n--b".encode(), 1)
    found = message.read(raw.replace(b"\r\n", end.encode()))
    assert found.text.split() == PLAIN.split()
    assert names(found) == ["image.png"]


def test_a_folded_header_may_have_a_line_of_blanks() -> None:
    raw = made("References: <a@acme.example>\r\n \r\n <b@acme.example>", "X-One: 1\r\n ")
    found = message.read(raw)
    assert found.references == ("<a@acme.example>", "<b@acme.example>")
    assert (found.subject, found.text.strip()) == ("Hello", "Hello")


@dataclass
class Tree:
    """A multipart that is being made up."""

    raw: str
    marks: list[str] = field(default_factory=list)


KINDS = ("mixed", "alternative", "related", "signed", "report", "digest", "parallel", "encrypted", "x-odd")
LEAVES = (
    "text/plain",
    "text/html",
    "image/png",
    "application/pdf",
    "text/x-log",
    "text/calendar",
    "message/rfc822",
)
DISPOSITIONS = ("", "inline", "attachment", "attachment; filename=f.txt", "inline; filename=g.txt")


@st.composite
def leaves(draw: st.DrawFn) -> Tree:
    mark = draw(st.text("bcdfghjklm", min_size=12, max_size=12))
    media, how = draw(st.sampled_from(LEAVES)), draw(st.sampled_from(DISPOSITIONS))
    headers = [f"Content-Disposition: {how}"] if how else []
    headers += [f"Content-ID: <{mark}@x>"] if draw(st.booleans()) else []
    body = f"Subject: {mark}\r\n\r\n{mark}" if media == "message/rfc822" else f"{mark} {mark}1 {mark}2"
    return Tree(part(media, body, *headers), [mark])


@st.composite
def branches(draw: st.DrawFn, children: st.SearchStrategy[Tree]) -> Tree:
    below = draw(st.lists(children, min_size=1, max_size=4))
    marks = [mark for one in below for mark in one.marks]
    starts = draw(st.sampled_from(["", *(f'; start="<{mark}@x>"' for mark in marks)]))
    raws = [one.raw for one in below]
    boundary = sha256("".join(raws).encode()).hexdigest()
    tree = multipart(draw(st.sampled_from(KINDS)), *raws, boundary=boundary, more=starts)
    return Tree(tree, marks)


def said(found: Mail) -> Iterator[str]:
    yield found.text
    yield from found.enclosed
    yield from (file.data.decode("utf-8", "replace") for file in found.files)


@settings(max_examples=150)
@given(branches(st.recursive(leaves(), branches, max_leaves=8)))
def test_every_part_of_any_tree_is_read_or_kept(tree: Tree) -> None:
    kept = "\n".join(said(whole(tree.raw)))
    assert [mark for mark in tree.marks if mark not in kept] == []


def test_the_desk_gets_the_files_of_such_a_mail() -> None:
    log = part("text/plain", "12:00 stopped", "Content-Disposition: attachment; filename=log.txt")
    inner = multipart("mixed", part("text/html", PAGE), log, boundary="inner")
    tree = multipart("alternative", part("text/plain", PLAIN), inner, boundary="outer")
    headers, _, body = tree.partition("\r\n\r\n")
    assert [file.name for file in reading(made(headers, body=body)).attachments] == ["log.txt"]


def test_a_page_that_adds_only_a_number_is_kept() -> None:
    page = PAGE.replace("noon", "noon (error E4711)")
    found = whole(multipart("alternative", part("text/plain", PLAIN), part("text/html", page), boundary="b"))
    assert [file.type for file in found.files] == ["text/html"]
    assert not whole(
        multipart("alternative", part("text/plain", PLAIN), part("text/html", PAGE), boundary="b")
    ).files

"""Well-formed mail is cut without the stdlib's parser, and is read exactly as that reads it."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from channels.email.mime import delimited, tree
from channels.email.mime.delimited import Pieces
from channels.email.mime.tree import Node

NAMES = st.sampled_from(["Content-Type", "content-transfer-encoding", "X-A", "Subject", "Content-ID"])
VALUES = st.sampled_from(
    [
        "text/plain",
        "text/html; charset=utf-8",
        "base64",
        "  a  ",
        "",
        "a\n b",
        "\n b",
        "a\n\tb\n c",
        "é",
        "a: b",
        ";;",
    ]
)
WORDS = st.sampled_from(["", "words", "words", "more words", " --b", "--", "a: b"])
ODD = st.sampled_from(["--a", "--a--", "--b", "--b--", "--b-- ", "--bb", "--a-", "From x", "Éa: b"])
LINES = st.lists(st.one_of(WORDS, WORDS, WORDS, WORDS, ODD), max_size=4)
HEADERS = st.lists(st.tuples(NAMES, VALUES), max_size=3).map(
    lambda fields: [f"{name}: {value}" for name, value in fields]
)


@st.composite
def multiparts(draw: st.DrawFn, depth: int = 2, boundary: str = "b") -> list[str]:
    """The lines of a multipart, perhaps with others in it; now and then one is not closed, or has an odd line."""
    media = draw(st.sampled_from(["mixed", "alternative", "related", "report", "digest"]))
    quoted = draw(st.sampled_from([f'"{boundary}"', boundary, f'"{boundary} "']))
    rows = [*draw(HEADERS), f"Content-Type: multipart/{media}; boundary={quoted}", "", *draw(LINES)]
    for _ in range(draw(st.integers(1, 3))):
        within = draw(multiparts(depth - 1, boundary="a")) if depth > 1 and draw(st.booleans()) else None
        rows += [f"--{boundary}{draw(st.sampled_from(['', '', ' ', 'x']))}"]
        rows += within or [*draw(HEADERS), *draw(st.sampled_from([[""]] * 5 + [[]])), *draw(LINES)]
    return [*rows, *draw(st.sampled_from([[f"--{boundary}--"]] * 5 + [[]])), *draw(LINES)]


def shape(node: Node) -> tuple[object, ...]:
    """All that a tree says: headers, text between the parts, and the parts or bytes."""
    within: object = [shape(part) for part in node.parts] if node.is_multipart() else node.lone
    if within is None:
        within = str(node._payload or "").encode("ascii", "surrogateescape")
    return list(node.raw_items()), node.media, node.depth, node.preamble, node.epilogue, within


@given(multiparts(), st.sampled_from(["\n", "\r\n"]))
@example(["Content-Type: multipart/mixed; boundary=b", "", "--b", "", "x", "--b--"], "\n")
@example(["Content-Type: multipart/mixed; boundary=b", "", "--b", "--b--", "--b--"], "\n")
@example(["Content-Type: multipart/mixed; boundary=b", "", "--b", "", "x\ry", "--b--"], "\n")
def test_every_multipart_has_the_parts_that_the_parser_sees(rows, end):
    raw = tree.mended(end.join(rows).replace("\n", end).replace("\r\r", "\r").encode())
    assert shape(tree.parse(raw)) == shape(tree._PARSER.parsebytes(raw))


@given(HEADERS, LINES, st.sampled_from(["\n", "\r\n", "\r"]))
def test_every_message_of_one_part_has_the_headers_that_the_parser_sees(fields, rows, end):
    raw = tree.mended(end.join([*fields, "", *rows]).encode())
    assert shape(tree.parse(raw)) == shape(tree._PARSER.parsebytes(raw))


def test_most_multiparts_need_no_parser(monkeypatch):
    raw = b"Content-Type: multipart/mixed; boundary=b\n\nup\n--b\n\nx\n\n--b \nX: y\n\nz\n--b--\ndown\n"
    monkeypatch.setattr(tree, "_PARSER", None)
    top = tree.parse(raw)
    assert [part.body for part in top.parts] == [b"x\n", b"z"]
    assert (top.preamble, top.epilogue) == ("up", "down\n")


@pytest.mark.parametrize(
    ("body", "pieces"),
    [
        (b"--b\nx\n--b--", Pieces(b"", [b"x\n"], b"")),
        (
            b"above\n--b\r\nx\r\n--b\t\r\ny\r\n--b--\r\nbelow",
            Pieces(b"above\n", [b"x\r\n", b"y\r\n"], b"below"),
        ),
        (b"--b\n--bb\n--b--x\n --b\n--b--\n--b\n", Pieces(b"", [b"--bb\n--b--x\n --b\n"], b"--b\n")),
        (b"--b\nx\n--b\ny\n", None),
        (b"--b\n--b\nx\n--b--\n", None),
        (b"--b--\n", None),
        (b"--bb\nx\n", None),
        (b"", None),
    ],
)
def test_a_body_is_cut_at_its_delimiter_lines(body, pieces):
    assert delimited.cut(body, b"b") == pieces

"""Two readings of the same messages, compared."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bench.corpus.__main__ import corpus
from bench.corpus.messages import Disagreement, score
from bench.corpus.reference_parser import agrees

RAW = b"""From: Ana <Ana@acme.example>
Subject: Hi
Content-Type: multipart/mixed; boundary=b

--b

Hello
--b
Content-Type: image/png

12345
--b--
"""


def part(body: Any, *headers: tuple[str, Any], broken: bool = False) -> dict[str, Any]:
    told = [{"name": name, "value": value} for name, value in headers]
    return {"headers": told, "body": body, "is_encoding_problem": broken, "offset_body": 0, "offset_end": 0}


def careful(*, text: str = "Hello", subject: str = "Hi", file: int = 5) -> dict[str, Any]:
    who = {"Address": {"List": [{"name": "Ana", "address": "Ana@acme.example"}]}}
    top = part({"Multipart": [1, 2]}, ("from", who), ("subject", {"Text": subject}))
    parts = [top, part({"Text": text}), part({"Binary": [0] * file})]
    return {"text_body": [1], "html_body": [1], "attachments": [2], "parts": parts}


def pair(folder: Path, told: dict[str, Any], *, name: str = "made-000", raw: bytes = RAW) -> None:
    (folder / f"{name}.eml").write_bytes(raw)
    (folder / f"{name}.json").write_text(json.dumps(told))


def test_two_readings_that_agree(tmp_path: Path) -> None:
    pair(tmp_path, careful())
    found = score(tmp_path)
    assert (found.mails, found.raised, found.disagreements) == (1, [], [])
    assert found.families == ["made"]
    assert [found.share(what) for what in ("subject", "sender", "text", "files")] == [100.0] * 4


def test_what_they_say_differently_is_listed(tmp_path: Path) -> None:
    pair(tmp_path, careful(text="Hallo", subject="Ho", file=6))
    found = score(tmp_path)
    assert sorted(found.disagreements, key=lambda one: one.what) == [
        Disagreement("made-000", "files", "5", "6"),
        Disagreement("made-000", "subject", "Hi", "Ho"),
        Disagreement("made-000", "text", "Hello", "Hallo"),
    ]
    assert (found.share("text"), found.share("sender", "made")) == (0.0, 100.0)


def with_doubtful(text: str) -> dict[str, Any]:
    told = careful()
    boundary = {"ContentType": {"attributes": [{"name": "boundary", "value": "b"}]}}
    told["parts"][0]["headers"].append({"name": "content_type", "value": boundary})
    told["parts"].append(part({"Text": text}, broken=True))
    told["attachments"].append(3)
    return told


@pytest.mark.parametrize("headers", [b"", b"Content-Disposition: attachment\n"])
def test_a_text_that_is_put_aside_as_doubtful_may_be_read_or_kept(tmp_path: Path, headers: bytes) -> None:
    more = RAW.replace(b"--b--", b"--b\n" + headers + b"\nmore\n--b--")
    pair(tmp_path, with_doubtful("more"), raw=more)
    assert (score(tmp_path).share("text"), score(tmp_path).share("files")) == (100.0, 100.0)


def test_a_text_that_is_put_aside_as_doubtful_may_not_be_lost(tmp_path: Path) -> None:
    pair(tmp_path, with_doubtful("more"))
    (found,) = score(tmp_path).disagreements
    assert (found.what, found.theirs) == ("text", "Hello more")


def test_delimiters_within_a_doubtful_text_are_no_words_but_what_stands_between_them_is(
    tmp_path: Path,
) -> None:
    told = with_doubtful("more\n--b\nContent-Type: text/plain\n\nand more\n--c\n")
    for name, last in (("made-000", b"--c\n"), ("made-001", b"")):
        raw = RAW.replace(b"--b--", b"--b\n\nmore\n--b\n\nand more\n" + last + b"--b--")
        pair(tmp_path, told, name=name, raw=raw)
    assert [(one.file, one.theirs) for one in score(tmp_path).disagreements] == [
        ("made-001", "Hello more and more --c")
    ]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (b"The server is down.", "The server is down. It is on fire."),
        (b"The server is down. The server is down.", "The server is down."),
        (b"The server is down.\n--b\n\nThe server is down.", "The server is down."),
        ("Grüße".encode().decode("latin-1").encode(), "Grüße"),
        (b"Gr\n\nThe server is down.\n\ne", "Gr\ufffd\ufffde"),
        (b"Hello", "Hello" + "\ufffd" * 40),
        (b"", "The server is down."),
    ],
)
def test_words_lost_added_or_garbled_are_found(tmp_path: Path, ours: bytes, theirs: str) -> None:
    pair(tmp_path, careful(text=theirs), raw=RAW.replace(b"Hello", ours))
    assert score(tmp_path).share("text") == 0.0


def test_white_space_and_the_ends_of_lines_are_no_words(tmp_path: Path) -> None:
    pair(
        tmp_path,
        careful(text="The server\r\n\r\nis  down.\r\n"),
        raw=RAW.replace(b"Hello", b"The server is\ndown. "),
    )
    assert score(tmp_path).share("text") == 100.0


def test_lines_that_end_otherwise_are_compared_with_their_own_reading(tmp_path: Path) -> None:
    pair(tmp_path, careful())
    (tmp_path / "made-000.crlf.json").write_text(json.dumps(careful(subject="Other")))
    found = score(tmp_path)
    assert found.mails == 2
    assert [one.file for one in found.disagreements] == ["made-000.crlf"]


def test_utf_7_is_not_compared(tmp_path: Path) -> None:
    pair(
        tmp_path,
        careful(),
        raw=RAW.replace(b"--b\n\nHello", b"--b\nContent-Type: text/plain; charset=utf-7\n\nHello"),
    )
    assert (score(tmp_path).refused, score(tmp_path).families) == (1, [])


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [
        ("Frösche", "Fr\ufffdsche", True),
        ("Frösche", "Fr\ufffd\ufffdsche", True),
        ("Frosche", "Fr\ufffdche", True),
        ("Frösche", "Fr\ufffd \ufffdsche", True),
        ("Frösch", "Fr\ufffdsche", False),
        ("Fröööösche", "Fr\ufffdsche", False),
        ("Frsche", "Fr\ufffd\ufffd\ufffd\ufffdsche", False),
        ("Hello", "Hello", True),
        ("Hello", "Hello you", False),
    ],
)
def test_what_they_could_not_read_agrees_with_anything_of_its_length(
    ours: str, theirs: str, same: bool
) -> None:
    assert agrees(ours, theirs) is same


def test_the_command_scores_a_folder_and_lists_what_differs(tmp_path: Path) -> None:
    for name in ("messages", "bounces", "replies/emails", "replies/trimmed"):
        (tmp_path / name).mkdir(parents=True)
    pair(tmp_path / "messages", careful(text="Hallo"))
    (tmp_path / "bounces" / "rfc3834-1.eml").write_bytes(
        b"Auto-Submitted: auto-replied\nSubject: Away\n\nI am away.\n"
    )
    (tmp_path / "bounces" / "other-1.eml").write_bytes(RAW)
    for name, told in (("a", "Yes."), ("b", "No.")):
        (tmp_path / "replies/emails" / f"{name}.txt").write_text(
            "Yes.\n\nOn 5 May 2026, Sam wrote:\n> Really?\n"
        )
        (tmp_path / "replies/trimmed" / f"{name}.txt").write_text(told)
    done = CliRunner().invoke(corpus, ["--list", str(tmp_path)])
    rows = {" ".join(line.split()) for line in done.stdout.splitlines()}
    assert {
        "messages text 0 1 0.0 >= 97 missed",
        "messages subject 1 1 100.0 >= 99",
        "bounces recognised 0 1 0.0 >= 97 missed",
        "bounces automatic replies that are no bounces 1 1 100.0 >= 100",
        "bounces would open a case 1 2 <= 0 missed",
        "replies exact, even files 1 1 100.0 >= 85",
        "replies exact, odd files 0 1 0.0 >= 85 missed",
        "b.txt: new",
    } <= rows
    assert done.exit_code == 1


def test_a_folder_of_another_shape_is_refused(tmp_path: Path) -> None:
    done = CliRunner().invoke(corpus, [str(tmp_path)])
    assert done.exit_code == 1
    assert "Nothing was scored" in done.stderr

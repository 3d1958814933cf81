"""What lies in an mbox or a Maildir is found as it was sent."""

from __future__ import annotations

import mailbox
import subprocess
import sys
from datetime import UTC, datetime
from email import message_from_bytes
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channel.archive import ArchivePosition, NoArchive, Stored
from channels.email.archive import reader
from channels.email.archive.reader import open_archive
from channels.email.mime import prescan
from tests.support.mail.archives import FROM_LINE, letter, maildir, mbox

BEGINNING = ArchivePosition()


def found(
    path: Path, *, most: int = 1_000_000, kind: str = "", start: ArchivePosition = BEGINNING
) -> list[Stored]:
    return list(open_archive(path, kind, mailbox="support@example.com", most=most).messages(start))


def in_file(tmp_path: Path, text: bytes, **how: int) -> list[Stored]:
    (tmp_path / "box").write_bytes(text)
    return found(tmp_path / "box", **how)  # type: ignore[arg-type]


def test_an_mbox_gives_its_messages_in_order_as_they_were_sent(tmp_path: Path) -> None:
    letters = [letter(n, text=f"Hello\nFrom here on it broke\n>From there too\n{n}") for n in range(5)]
    assert [one.raw for one in found(mbox(tmp_path / "box", letters))] == [
        raw.replace(b"\n>From there", b"\nFrom there")
        for raw in letters  # one ">" was the sender's own
    ]


def test_what_python_itself_writes_into_an_mbox_is_read(tmp_path: Path) -> None:
    letters = [letter(n, text="From me to you\nGood bye") for n in range(3)]
    box = mailbox.mbox(tmp_path / "box")
    for raw in letters:
        box.add(message_from_bytes(raw))
    box.close()
    assert [one.raw for one in found(tmp_path / "box")] == letters


@pytest.mark.parametrize(
    "line",
    [
        b"From - Mon Mar 02 09:00:00 2020",
        b"From 1767@xxx Thu Jan 04 12:00:00 +0000 2024",
        b"From MAILER-DAEMON Fri Jul  8 12:08:34 2011",
        b"From ???@??? Fri Jul 08 12:08 2011",
        b"From ana@acme.example  Mon Mar  2 09:00:00 2020 remote from acme 2020\r",
    ],
)
def test_the_from_lines_of_many_programs_part_messages(tmp_path: Path, line: bytes) -> None:
    messages = in_file(tmp_path, (line + b"\n" + letter(1) + b"\n") * 3)
    assert [message.raw for message in messages] == [letter(1)] * 3


@pytest.mark.parametrize(
    "text",
    [
        "\nFrom there it went wrong",
        "\nFrom Monday 9:00 on, since 2020\nit is broken",
        "no empty line\nFrom a@b.example Mon Mar  2 09:00:00 2020\nX: y",
        "\nFromage: 2020",
        "\nFrom " + "x" * 200_000 + " 9:00:00 2020",
    ],
)
def test_words_that_nobody_quoted_part_no_message(tmp_path: Path, text: str) -> None:
    raw = letter(1, text=text)
    messages = in_file(tmp_path, FROM_LINE + raw + b"\n" + FROM_LINE + letter(2))
    assert [message.raw for message in messages] == [raw, letter(2)]


def test_a_message_that_is_too_large_is_passed_over_and_named_with_its_place(tmp_path: Path) -> None:
    large = letter(2, text="x" * 70 + "\n" + "y" * 300_000)
    one, two, three = found(mbox(tmp_path / "box", [letter(1), large, letter(3)]), most=100_000)
    assert (one.raw, two.raw, three.raw) == (letter(1), b"", letter(3))
    assert two.place == f"message 2 (byte {one.mark.done})"
    assert two.refused == "it is larger than email.max_size (100,000 bytes)"


def test_an_empty_message_is_refused_and_a_cut_one_is_taken_as_it_is(tmp_path: Path) -> None:
    empty, cut = in_file(tmp_path, FROM_LINE + b"\n\n" + FROM_LINE + letter(2)[:-10])
    assert empty.refused == "it is empty"
    assert cut.raw == letter(2)[:-10]


def test_an_mbox_is_read_on_from_a_mark(tmp_path: Path) -> None:
    path = mbox(tmp_path / "box", [letter(n) for n in range(4)])
    every = found(path)
    assert found(path, start=every[1].mark) == every[2:]
    assert found(path, start=every[3].mark) == []
    box = open_archive(path, "mbox", mailbox="", most=1_000_000)
    assert [box.known(one.mark) for one in every] == [one.mark for one in every]
    for moved in (every[1].mark.done + 1, every[3].mark.done + 1):
        assert box.known(ArchivePosition(moved, 2)) == ArchivePosition(0, 0)


def test_a_maildir_gives_its_messages_by_date(tmp_path: Path) -> None:
    letters = [letter(n) for n in (3, 1, 2, 0)]
    path = maildir(tmp_path / "box", letters)
    (path / "tmp" / "half").write_bytes(letter(9))
    (path / "cur" / ".hidden").write_bytes(letter(9))
    (path / "cur" / "folder").mkdir()
    messages = found(path)
    assert [one.raw for one in messages if not one.refused] == sorted(letters)
    assert [one.place for one in messages if one.refused] == ["cur/folder"]


def test_the_kind_is_found_out_and_a_wrong_one_is_refused(tmp_path: Path) -> None:
    box, folder = mbox(tmp_path / "box", [letter(1)]), maildir(tmp_path / "dir", [letter(1)])
    (tmp_path / "one.eml").write_bytes(letter(1))
    assert len(found(box)) == len(found(folder)) == len(found(box, kind="mbox")) == 1
    for path, kind, why in (
        (box, "maildir", "is not a Maildir folder"),
        (folder, "mbox", "is not an mbox file"),
        (tmp_path / "one.eml", "", "is neither an mbox file nor a Maildir folder"),
        (tmp_path, "", "is neither"),
    ):
        with pytest.raises(NoArchive, match=why):
            found(path, kind=kind)
    with pytest.raises(OSError, match="No such file"):
        found(tmp_path / "nothing")


@pytest.mark.parametrize(
    "line", ["X-Mozilla-Status: 0001", "Status: RO", "X-GM-THRID: 17\nX-Gmail-Labels: a,\n b"]
)
def test_a_message_has_the_key_it_had_at_the_door_whatever_a_mail_program_noted(line: str) -> None:
    at_the_door = letter(1, above=["Return-Path: <ana@acme.example>"]).replace(b"\n", b"\r\n")
    filed = letter(1, above=[line])
    assert reader.content_key(filed) == prescan.content_key(at_the_door)
    assert reader.content_key(letter(1, text="Status: fine")) != reader.content_key(letter(1))


def test_a_message_arrived_when_its_last_hop_says_so() -> None:
    hops = [
        "Received: from a.example by b.example;\n\tTue, 3 Mar 2020 10:00:00 +0100",
        "Received: from c.example by a.example; Mon, 2 Mar 2020 10:00:00 +0100",
    ]
    assert reader.arrived(letter(1, above=hops)) == datetime(2020, 3, 3, 9, tzinfo=UTC)
    assert reader.arrived(letter(1)) == datetime(2020, 3, 2, 9, 1, tzinfo=UTC)
    assert reader.arrived(b"Date: yesterday\n\nDate: Mon, 2 Mar 2020 10:00:00 +0100\n") is None


@settings(max_examples=300)
@given(st.binary(max_size=300))
def test_nothing_in_a_message_makes_reading_it_fail(raw: bytes) -> None:
    for head in (b"", b"Date: ", b"Received: by x; ", b"Return-Path: <"):
        reader.arrived(head + raw)
        reader.content_key(head + raw)


@settings(max_examples=200)
@given(
    st.lists(
        st.sampled_from([b"From ", b"a@b Mon Mar  2 09:00:00 2020", b"\n", b"\n\n", b"X: y\n", b">", b"\r"])
    )
)
def test_nothing_of_a_file_is_lost_but_the_marks_of_the_format(
    tmp_path_factory: pytest.TempPathFactory, pieces
) -> None:
    path = tmp_path_factory.mktemp("any") / "box"
    text = b"From x\n" + b"".join(pieces)
    path.write_bytes(text)
    messages = found(path)
    assert messages[-1].mark.done == len(text)
    assert [one.mark.messages for one in messages] == list(range(1, len(messages) + 1))


def test_a_large_mbox_is_never_held_in_memory(tmp_path: Path) -> None:
    big = letter(1, text="\n".join(["x" * 70] * 14_000))  # 1 MB
    path = tmp_path / "box"
    with path.open("wb") as file:
        for _ in range(150):
            file.write(FROM_LINE + big + b"\n")
    count = (
        "import resource, sys; from pathlib import Path; from channels.email.archive.reader import open_archive;"
        "from bot.channel.archive import ArchivePosition as Mark;"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss;"
        "n = sum(1 for _ in open_archive(Path(sys.argv[1]), '', mailbox='', most=5_000_000).messages(Mark()));"
        "print(n, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    said = subprocess.run(
        [sys.executable, "-c", count, str(path)], capture_output=True, text=True, check=True
    )
    messages, grown = map(int, said.stdout.split())
    assert messages == 150
    assert grown < 30_000, f"{grown} KiB for a file of 150 MB"

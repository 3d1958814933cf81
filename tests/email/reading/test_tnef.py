"""What lies in winmail.dat."""

from __future__ import annotations

import base64
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.email.formats import rtf, tnef
from channels.email.mime import message as mime
from tests.support.mail import outlook
from tests.support.mail.outlook import file, message, variable, winmail

HELLO = variable(outlook.UNICODE, outlook.TEXT, "Grüße – from Outlook\r\n\0".encode("utf-16-le"))


def sent(data: bytes, *, text: str = "") -> bytes:
    """A mail as Outlook sends it."""
    return (
        b'From: Ana <ana@acme.example>\nContent-Type: multipart/mixed; boundary="b"\n\n--b\n\n' + text.encode()
        + b'\n--b\nContent-Type: application/ms-tnef; name="winmail.dat"\nContent-Transfer-Encoding: base64\n\n'
        + base64.encodebytes(data) + b"--b--\n"
    )  # fmt: skip


def test_its_body_is_the_mails_text_where_there_is_no_other() -> None:
    found = mime.read(sent(winmail(message(HELLO))))
    assert found.text.strip() == "Grüße – from Outlook"
    assert found.files == ()


def test_a_text_beside_it_is_what_was_said() -> None:
    assert mime.read(sent(winmail(message(HELLO)), text="Beside it.")).text.strip() == "Beside it."


def test_its_files_are_the_mails_files_and_it_is_gone() -> None:
    picture = file(
        "IMAGE0~1.PNG",
        b"\x89PNG",
        variable(outlook.UNICODE, outlook.LONG_NAME, "image 001.png\0".encode("utf-16-le")),
        variable(outlook.STRING, outlook.TYPE, b"image/png\0"),
        variable(outlook.STRING, outlook.CONTENT_ID, b"image001@x\0"),
    )
    found = mime.read(sent(winmail(message(HELLO), file("Zürich.txt", b"one\x00two"), picture)))
    assert [(one.name, one.type, one.data, one.inline) for one in found.files] == [
        ("Zürich.txt", "application/octet-stream", b"one\x00two", False),
        ("image 001.png", "image/png", b"\x89PNG", True),
    ]


def test_a_file_that_has_but_a_short_name_among_its_properties_has_that() -> None:
    short = variable(outlook.STRING, outlook.SHORT_NAME, b"REPORT~1.CSV\0")
    found = mime.read(sent(winmail(file("", b"a,b", short))))
    assert [one.name for one in found.files] == ["REPORT~1.CSV"]


@pytest.mark.parametrize(
    "name",
    [b"\0\0\0\0\x01\x85\0\0", b"\x01\0\0\0\x06\0\0\0N\0o\0\0\0\0\0"],
    ids=["number", "string"],
)
def test_the_text_behind_a_property_with_a_name_is_read(name: bytes) -> None:
    """MS-OXTNEF, section 2.1.3.4: a GUID and the name stand between the property's number and its value."""
    named = struct.pack("<HH", 3, 0x8001) + bytes(16) + name + b"\x07\0\0\0"
    assert mime.read(sent(winmail(message(named, HELLO)))).text.strip() == "Grüße – from Outlook"


def test_a_name_in_it_is_a_name_only() -> None:
    found = mime.read(sent(winmail(file("..\\..\\NUL.txt", b"x"))))
    assert [one.name for one in found.files] == ["_NUL.txt"]


def test_one_that_cannot_be_read_is_kept_as_it_came() -> None:
    found = mime.read(sent(b"\x78\x9f\x3e\x22 nonsense"))
    assert [(one.name, one.data) for one in found.files] == [("winmail.dat", b"\x78\x9f\x3e\x22 nonsense")]
    assert any("winmail.dat" in note for note in found.notes)


def test_one_that_speaks_to_outlook_only_is_kept_without_a_word() -> None:
    found = mime.read(sent(winmail(message(outlook.fixed(3, 0x0E17, b"\0\0\0\0"))), text="Hello"))
    assert [one.name for one in found.files] == ["winmail.dat"]
    assert found.notes == ()


def test_a_tnef_has_at_most_its_limit_of_files() -> None:
    files = [file(f"{number}.txt", b"x") for number in range(tnef.MOST_FILES + 1)]
    names = [f"{number}.txt" for number in range(tnef.MOST_FILES)]
    for many, kept, whole in (
        (files[:-2], names[:-1], True),
        (files[:-1], names, True),
        (files, names, False),
    ):
        found = tnef.read(winmail(*many))
        assert found
        assert ([one.name for one in found.files], found.whole) == (kept, whole)


def test_one_that_is_cut_off_is_kept_beside_what_was_read() -> None:
    data = winmail(file("a.txt", b"aaa"), file("b.txt", b"bbb"))
    assert [one.name for one in mime.read(sent(data[:-10])).files] == ["winmail.dat", "a.txt", "b.txt"]


def test_a_message_in_it_becomes_its_words_and_its_files() -> None:
    inner = outlook.EMBEDDED + winmail(message(HELLO), file("deep.txt", b"deep"))
    data = winmail(file("Weekly", b"", variable(outlook.OBJECTS, outlook.OBJECT, inner)))
    found = mime.read(sent(data))
    assert [one.name for one in found.files] == ["deep.txt", "Weekly.txt"]
    assert "from Outlook" in found.files[1].data.decode()


def test_properties_behind_a_list_of_numbers_are_read() -> None:
    numbers = b"\x02\x10\x05\x12\x01\x00\x00\x00\x3c\x00\x00\x00"
    assert mime.read(sent(winmail(message(numbers, HELLO)))).text.strip() == "Grüße – from Outlook"


def test_a_body_in_html() -> None:
    page = variable(outlook.BINARY, outlook.HTML, b"<p>caf\xc3\xa9</p>")
    codepage = outlook.fixed(3, 0x3FDE, (65001).to_bytes(4, "little"))
    found = mime.read(sent(winmail(message(page, codepage))))
    assert found.text == "café"
    assert found.html_used


RTF = rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}\f0 Caf\'e9\par \u8364 ?5 \{yes\}\line{\*\generator x;}end}"


def test_a_body_in_rtf() -> None:
    body = variable(outlook.BINARY, outlook.RTF, outlook.uncompressed(RTF))
    assert mime.read(sent(winmail(message(body)))).text == "Café\n€5 {yes}\nend"


def test_characters_of_an_rtf_that_are_written_as_negative_numbers() -> None:
    assert rtf.words(rb"{\rtf1\ansi a\u-10000 ?b\u-1 ?}")[0].strip() == "a\ud8f0b\uffff"


def test_the_html_within_an_rtf() -> None:
    wrapped = (
        rb"{\rtf1\ansi\fromhtml1{\fonttbl}{\*\htmltag64 <p>}\htmlrtf {\htmlrtf0 Hello"
        rb"{\*\htmltag84 <b>}\htmlrtf\b\htmlrtf0  you{\*\htmltag92 </b>}\htmlrtf }\htmlrtf0{\*\htmltag72 </p>}}"
    )
    assert rtf.words(wrapped) == ("", "<p>Hello<b> you</b></p>")


def test_compressed_rtf_as_the_specification_has_it() -> None:
    """MS-OXRTFCP, section 3.1.1: ``hello world`` and a run that repeats itself."""
    first = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
    )
    again = bytes.fromhex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0")
    assert rtf.unpacked(first) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    assert rtf.unpacked(again) == b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"


@settings(max_examples=200)
@given(st.binary(max_size=300), st.integers(0, 250), st.binary(max_size=20))
def test_nothing_makes_it_raise(tail: bytes, place: int, damage: bytes) -> None:
    whole = winmail(
        message(HELLO, variable(outlook.BINARY, outlook.RTF, outlook.uncompressed(RTF))), file("a", b"b")
    )
    tnef.read(whole[:place] + damage + whole[place + len(damage) :])
    tnef.read(tnef.SIGNATURE + b"\0\0" + tail)
    rtf.words(rtf.unpacked(b"\xff\0\0\0\xff\0\0\0LZFu\0\0\0\0" + tail))


@pytest.mark.parametrize("depth", [1, 3, 10])
def test_messages_in_messages_end_somewhere(depth: int) -> None:
    data = winmail(message(HELLO))
    for _ in range(depth):
        inner = variable(outlook.OBJECTS, outlook.OBJECT, outlook.EMBEDDED + data)
        data = winmail(file("m", b"", inner))
    assert mime.read(sent(data)).files

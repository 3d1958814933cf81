"""What Outlook would write: ``winmail.dat``, its properties and its RTF, as small as a test needs them."""

from __future__ import annotations

import struct
from collections.abc import Iterable

TEXT, RTF, HTML, LONG_NAME, OBJECT, TYPE, CONTENT_ID = 0x1000, 0x1009, 0x1013, 0x3707, 0x3701, 0x370E, 0x3712
SHORT_NAME = 0x3704
STRING, UNICODE, BINARY, OBJECTS = 0x1E, 0x1F, 0x102, 0xD
EMBEDDED = bytes.fromhex("0703020000000000c000000000000046")


def winmail(*attributes: bytes, codepage: int = 1252) -> bytes:
    """A stream of attributes (MS-OXTNEF, section 2.1.1)."""
    told = attribute(0x00069007, struct.pack("<II", codepage, 0))
    return b"\x78\x9f\x3e\x22\x01\x00" + told + b"".join(attributes)


def attribute(number: int, value: bytes, *, level: int = 1) -> bytes:
    return struct.pack("<BII", level, number, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)


def message(*found: bytes) -> bytes:
    """The message's own properties."""
    return attribute(0x00069003, properties(found))


def file(name: str, data: bytes, *found: bytes) -> bytes:
    """One attachment: its short name, bytes, and properties."""
    return b"".join(
        (
            attribute(0x00069002, bytes(14), level=2),
            attribute(0x00018010, name.encode("cp1252") + b"\0", level=2),
            attribute(0x0006800F, data, level=2) if data else b"",
            attribute(0x00069005, properties(found), level=2) if found else b"",
        )
    )


def properties(found: Iterable[bytes]) -> bytes:
    all_ = list(found)
    return struct.pack("<I", len(all_)) + b"".join(all_)


def variable(kind: int, number: int, value: bytes) -> bytes:
    """A property whose value has a length."""
    head = struct.pack("<HHII", kind, number, 1, len(value))
    return head + value + bytes(-len(value) % 4)


def fixed(kind: int, number: int, value: bytes) -> bytes:
    return struct.pack("<HH", kind, number) + value + bytes(-len(value) % 4)


def uncompressed(rtf: bytes) -> bytes:
    """Compressed RTF that is not compressed (MS-OXRTFCP, section 2.1.3.1.5)."""
    return struct.pack("<IIII", len(rtf) + 12, len(rtf), 0x414C454D, 0) + rtf

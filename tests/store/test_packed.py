"""Bytes that are packed in the store: what came is what is read, whatever it looks like, on both kinds of database."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import zstandard
from sqlalchemy import LargeBinary, func, select, type_coerce, update

from bot.notices.case import Confirmation
from bot.render.renderer import Renderer
from bot.template_check.sample import sample
from store.engine import packed
from store.engine.database import Database
from store.queues import inbox
from store.queues.inbox import DoorMessage

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
MAIL = (
    b"Subject: hello\r\n\r\n" + b"The order has not arrived yet, and nobody answers the telephone.\r\n" * 20
)
MAGIC = b"\x28\xb5\x2f\xfd"
PLAIN = type_coerce(inbox.inbox.c.raw, LargeBinary)
"""The bytes as they are stored."""


def kept(database: Database, raw: bytes) -> int:
    with database.writing() as tx:
        message = DoorMessage("email", str(len(raw)), raw, None, len(raw), {}, NOW)
        ((number, _),) = inbox.accept(tx, [message], lease=timedelta(0))
    return number


def as_before(database: Database, raw: bytes) -> int:
    """A message that was kept by a casebot that packed nothing."""
    number = kept(database, MAIL)
    with database.writing() as tx:
        tx.run(update(inbox.inbox).values({inbox.inbox.c.raw: type_coerce(raw, LargeBinary)}))
    return number


def claimed(database: Database) -> bytes | None:
    with database.writing() as tx:
        (row,) = inbox.claim(tx, now=NOW + timedelta(hours=1), lease=timedelta(0), most=5)
    return row.raw


def stored(database: Database) -> bytes:
    with database.reading() as tx:
        return bytes(tx.value(select(PLAIN)))


def test_a_mail_is_packed_and_comes_out_as_it_came(database: Database) -> None:
    number = kept(database, MAIL)
    assert len(stored(database)) < len(MAIL) / 4
    assert claimed(database) == MAIL
    with database.reading() as tx:
        assert tx.value(select(inbox.inbox.c.raw).where(inbox.inbox.c.id == number)) == MAIL


@pytest.mark.parametrize("raw", [b"", b"hi", MAGIC, MAGIC + b"\0" * 50, zstandard.compress(MAIL), MAIL[:199]])
def test_what_looks_packed_or_is_short_comes_out_as_it_came(database: Database, raw: bytes) -> None:
    kept(database, raw)
    assert claimed(database) == raw
    with database.reading() as tx:
        assert tx.value(select(func.count()).where(inbox.HAS_BYTES)) == bool(raw)


@pytest.mark.parametrize(
    "raw", [b"", MAIL, MAGIC + b" is how this one began", zstandard.compress(b"0" * (1 << 21))]
)
def test_what_was_kept_before_anything_was_packed_is_read_as_it_is(database: Database, raw: bytes) -> None:
    """Even what begins like a frame, or is one that would fill the memory."""
    as_before(database, raw)
    assert stored(database) == raw
    assert claimed(database) == raw


def test_a_notice_is_packed_by_what_all_notices_have_in_common() -> None:
    words = Renderer().words(Confirmation, "de", **sample(Confirmation))
    content = words.html.encode()
    assert packed.unpacked(packed.packed_notice(content)) == content
    assert len(packed.packed_notice(content)) < len(zstandard.compress(content)) * 0.8
    assert (
        packed.unpacked(zstandard.compress(content)) == content
    )  # as they were packed before there was a dictionary


def test_the_dictionary_stays_what_stores_were_written_with() -> None:
    """A frame says which it needs: another one beside it, never in its place."""
    kept_for_ever = Path(packed.__file__).with_name("notices.zstd").read_bytes()
    assert hashlib.sha256(kept_for_ever).hexdigest().startswith("1e136aa676df64f5b9bd7a3b")
    frame = packed.packed_notice(MAIL)
    assert zstandard.get_frame_parameters(frame).dict_id == 32_768
    with pytest.raises(zstandard.ZstdError):
        zstandard.ZstdDecompressor().decompress(frame)

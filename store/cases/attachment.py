"""Attachments: the files of entries; the file store has their bytes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Integer,
    String,
    Table,
    bindparam,
    or_,
    select,
    update,
)

from store.cases.case import whole
from store.cases.entry import entry
from store.engine.columns import Id, metadata, new_id
from store.engine.transaction import Transaction

attachment = Table(
    "attachment",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("case_id", ForeignKey("support_case.id"), nullable=False, index=True),
    Column("entry_id", ForeignKey("entry.id"), nullable=False, index=True),
    Column("sha256", String(64), nullable=False, index=True),
    Column("name", String(255), nullable=False),
    Column("type", String(127), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("inline", Boolean, nullable=False, default=False),
    Column("position", Integer, nullable=False, default=0),
)


class AttachmentRow(NamedTuple):
    """A file of an entry; the file store has its bytes under ``sha256``."""

    id: int
    case_id: int
    entry_id: int
    sha256: str
    name: str
    type: str
    size: int
    inline: bool
    position: int


def attach(tx: Transaction, case_id: int, entry_id: int, files: Iterable[Any]) -> None:
    """Attach files (``name, type, size, sha256, inline``) to an entry; the file store has their bytes."""
    for position, file in enumerate(files):
        tx.add(
            attachment, id=new_id(), case_id=case_id, entry_id=entry_id, sha256=file.sha256,
            name=file.name[:255], type=file.type[:127], size=file.size, inline=file.inline, position=position,
        )  # fmt: skip


_FILES = (
    select(attachment)
    .where(attachment.c.case_id.in_(whole()))
    .order_by(attachment.c.entry_id, attachment.c.position)
)


def of_case(tx: Transaction, case_id: int) -> list[AttachmentRow]:
    """The attachments of a case and its parts, in the order of their entries."""
    return [AttachmentRow(*row) for row in tx.rows(_FILES, {"case_id": case_id})]


_PRESENT = (
    select(attachment.c.sha256, entry.c.visibility)
    .join_from(attachment, entry, attachment.c.entry_id == entry.c.id)
    .where(attachment.c.case_id.in_(whole()))
)


def hashes(tx: Transaction, case_id: int, *, public: bool) -> set[str]:
    """The hashes of the files of a case and its parts; ``public``: only of those that customers have."""
    rows = tx.rows(_PRESENT, {"case_id": case_id})
    return {row.sha256 for row in rows if not public or row.visibility == "public"}


_FILE = select(attachment).where(attachment.c.id == bindparam("id"))


def by_id(tx: Transaction, file_id: int) -> AttachmentRow | None:
    """An attachment by its id, or None."""
    row = tx.row(_FILE, {"id": file_id})
    return AttachmentRow(*row) if row else None


_NAMED = select(attachment.c.id).where(attachment.c.sha256 == bindparam("sha256")).limit(1)


def is_attached(tx: Transaction, sha256: str) -> bool:
    """Is a file of this hash attached to any case?"""
    return tx.row(_NAMED, {"sha256": sha256}) is not None


_NEWEST = select(attachment.c.sha256).order_by(attachment.c.id.desc()).limit(1)


def newest(tx: Transaction) -> str:
    """The hash of the file that was attached last; ``""`` if none ever was."""
    return str(tx.value(_NEWEST) or "")


def came_before(
    tx: Transaction, hashes: Sequence[str], *, case_id: int, person_id: int
) -> dict[str, set[int]]:
    """Cases that have files with these hashes: this one, and those on which the person brought them."""
    where = or_(attachment.c.case_id == case_id, entry.c.person_id == person_id)
    rows = tx.rows(
        select(attachment.c.sha256, attachment.c.case_id)
        .join_from(attachment, entry, attachment.c.entry_id == entry.c.id)
        .where(attachment.c.sha256.in_(hashes), where)
        .distinct()
    )
    cases: dict[str, set[int]] = {}
    for row in rows:
        cases.setdefault(row.sha256, set()).add(row.case_id)
    return cases


_MOVE = (
    update(attachment).where(attachment.c.entry_id == bindparam("the_entry")).values(case_id=bindparam("to"))
)


def move(tx: Transaction, entry_id: int, to: int) -> None:
    """Move the files of an entry to the case ``to``."""
    tx.run(_MOVE, {"the_entry": entry_id, "to": to})

"""UploadDrafts: what never came to its end goes after an hour, and nothing that somebody has asked for since."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.channel.upload_drafts import InUse, UploadDrafts
from store.files.blobs import FileStore

LATER = timedelta(hours=2)


def nobody(digest: str) -> bool:
    return False


def kept(folder: Path) -> dict[str, bytes]:
    """What the store holds, by hash."""
    return {path.parent.name + path.name: path.read_bytes() for path in folder.glob("??/*")}


def swept(scratch: UploadDrafts, named: Callable[[str], bool] = nobody) -> int:
    return scratch.sweep(datetime.now(UTC) + LATER, named=named)


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


@pytest.fixture
def scratch(store: FileStore) -> UploadDrafts:
    return UploadDrafts(store)


def write(drafts: UploadDrafts, name: str, content: bytes) -> None:
    """Append to a draft."""
    with drafts.draft(name) as draft:
        draft.write(content)


def test_a_draft_grows_is_placed_and_forgotten(store: FileStore, scratch: UploadDrafts) -> None:
    write(scratch, "a-1", b"one ")
    write(UploadDrafts(store), "a-1", b"two")  # another process goes on with it
    placed = scratch.place("a-1")
    assert store.read(placed.sha256) == b"one two"
    assert placed.size == 7
    scratch.settle("a-1")
    assert os.listdir(store.scratch) == []
    assert swept(scratch) == 0
    assert store.read(placed.sha256) == b"one two"


def test_what_is_undone_is_not_there(store: FileStore, scratch: UploadDrafts) -> None:
    write(scratch, "a", b"good")
    with scratch.draft("a") as draft:
        draft.write(b"bad")
        draft.undo()
        draft.write(b" again")
    assert store.read(scratch.place("a").sha256) == b"good again"


def test_one_at_a_time_writes_a_draft_and_nobody_one_that_is_placed(
    store: FileStore, scratch: UploadDrafts
) -> None:
    with scratch.draft("a") as draft:
        draft.write(b"x")
        with pytest.raises(InUse), UploadDrafts(store).draft("a"):
            pass
    placed = scratch.place("a")
    with pytest.raises(InUse), scratch.draft("a"):
        pass
    assert scratch.place("a") == placed


def test_names_lead_nowhere_else(store: FileStore) -> None:
    for name in ("../x", "", "a/b", "A", "a_b", "x" * 101):
        with pytest.raises(ValueError, match="name"):
            UploadDrafts(store).size(name)


def test_a_placed_file_that_no_row_names_goes_after_an_hour(store: FileStore, scratch: UploadDrafts) -> None:
    write(scratch, "a", b"x")
    digest = scratch.place("a").sha256  # and then the power went
    assert scratch.sweep(datetime.now(UTC), named=nobody) == 0
    assert swept(scratch, named=lambda one: one == digest) == 2
    assert kept(store.folder) == {digest: b"x"}
    write(scratch, "b", b"y")
    scratch.place("b")
    swept(scratch)
    assert kept(store.folder) == {digest: b"x"}
    assert os.listdir(store.scratch) == []


@pytest.mark.parametrize("again", ["put", "place"])
def test_a_file_that_somebody_asked_for_since_stays(
    store: FileStore, scratch: UploadDrafts, again: str
) -> None:
    write(scratch, "a", b"x")
    digest = scratch.place("a").sha256
    if again == "put":
        assert store.put([b"x"])[0] == digest
    else:
        write(scratch, "b", b"x")
        scratch.place("b")
    swept(scratch)
    assert kept(store.folder) == {digest: b"x"}


def test_what_was_there_before_stays(store: FileStore, scratch: UploadDrafts) -> None:
    digest, _ = store.put([b"x"])
    write(scratch, "a", b"x")
    scratch.place("a")
    swept(scratch)
    assert kept(store.folder) == {digest: b"x"}


def test_whatever_another_process_did_a_file_lies_under_its_own_hash(store: FileStore) -> None:
    one, other = UploadDrafts(store), UploadDrafts(store)
    write(one, "a", b"genuine!")
    other.settle("a")  # it came to its end there, or its hour
    write(other, "a", b"EVIL!!!!")
    with one.draft("a") as draft:
        assert draft.sum.hexdigest() == hashlib.sha256(b"EVIL!!!!").hexdigest()
    placed = one.place("a")
    assert placed.sha256 == hashlib.sha256(b"EVIL!!!!").hexdigest()
    genuine, _ = store.put([b"genuine!"])
    assert store.read(genuine) == b"genuine!"


def test_a_form_sent_at_the_end_of_the_hour_finds_its_file_when_it_is_saved(
    store: FileStore, scratch: UploadDrafts
) -> None:
    write(scratch, "a", b"evidence")
    back(store, "a", minutes=59, seconds=59)
    placed = scratch.place("a")
    scratch.sweep(datetime.now(UTC) + timedelta(seconds=2), named=nobody)  # before its row is there
    assert kept(store.folder) == {placed.sha256: b"evidence"}
    assert scratch.place("a") == placed


def test_what_waits_for_a_slower_file_is_kept_and_can_be_gone_on_with(
    store: FileStore, scratch: UploadDrafts
) -> None:
    write(scratch, "a", b"log")
    back(store, "a", minutes=59)
    scratch.keep(["a", "never-there"])
    scratch.sweep(datetime.now(UTC) + timedelta(minutes=2), named=nobody)
    with scratch.draft("a") as draft:
        draft.write(b"book")
        assert draft.sum.hexdigest() == hashlib.sha256(b"logbook").hexdigest()
    scratch.keep(["a"])
    assert store.read(scratch.place("a").sha256) == b"logbook"
    scratch.keep(["a"])  # what is placed is looked after all the same
    swept(scratch)
    assert kept(store.folder) == {}


def test_a_draft_in_somebodys_hands_is_neither_swept_nor_settled(
    store: FileStore, scratch: UploadDrafts
) -> None:
    with scratch.draft("a") as draft:
        draft.write(b"x")
        assert swept(UploadDrafts(store)) == 0
        UploadDrafts(store).settle("a")
        draft.write(b"y")
    assert store.read(scratch.place("a").sha256) == b"xy"


def back(store: FileStore, name: str, **time: float) -> None:
    """A draft was written so long ago."""
    then = (datetime.now(UTC) - timedelta(**time)).timestamp()
    os.utime(store.scratch / f"up-{name}", (then, then))

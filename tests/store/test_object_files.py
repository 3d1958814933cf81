"""Files in an object store: durable before they are named, the same everywhere, and what is wrong is said plainly."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from bot.channel.upload_drafts import UploadDrafts
from store.files import object_files
from store.files.object_files import ObjectFiles, StorageAway
from tests.support.houses.house import until
from tests.support.setup.object_store import BUCKET, ObjectStore

pytestmark = pytest.mark.wire
WORDS = b"What was said."
DIGEST = hashlib.sha256(WORDS).hexdigest()


class Machines:
    """Machines that share a bucket's prefix; each has a folder of its own."""

    def __init__(self, store: ObjectStore, folder: Path) -> None:
        self.store, self.prefix = store, uuid4().hex
        self._folder = folder

    def machine(self, name: str, *, bucket: str = BUCKET, **options: str) -> ObjectFiles:
        url = f"s3://{bucket}/{self.prefix}"
        return ObjectFiles(url, self._folder / name, self.store.options(**options))

    def objects(self) -> list[str]:
        return self.store.objects(self.prefix)


@pytest.fixture
def machines(object_store: ObjectStore, tmp_path: Path) -> Machines:
    return Machines(object_store, tmp_path)


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Machines]:
    """Beside a server that a test may kill."""
    with ObjectStore(tmp_path / "server") as store:
        yield Machines(store, tmp_path)


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """A period is a second."""
    monkeypatch.setattr(object_files, "PERIOD", 1)


def read(files: ObjectFiles) -> bytes:
    """What is read; nothing while its volume has not come up."""
    try:
        return files.read(DIGEST)
    except StorageAway:
        return b""


def next_period() -> None:
    time.sleep(1.1)


def test_what_one_machine_stores_another_reads(machines: Machines) -> None:
    one, other = machines.machine("one"), machines.machine("other")
    assert one.put([WORDS[:4], WORDS[4:]]) == (DIGEST, len(WORDS))
    assert other.read(DIGEST) == WORDS
    assert b"".join(other.stream(DIGEST)) == WORDS
    assert other.path(DIGEST).read_bytes() == WORDS
    with other.lent(DIGEST) as path:
        assert path.read_bytes() == WORDS
    assert not path.exists()


def test_a_large_file_comes_back_as_it_was(machines: Machines) -> None:
    large = bytes(range(256)) * 60_000
    digest, size = machines.machine("one").put(large[at : at + 99_999] for at in range(0, len(large), 99_999))
    assert (size, digest) == (len(large), hashlib.sha256(large).hexdigest())
    assert b"".join(machines.machine("other").stream(digest)) == large


def test_the_same_bytes_are_one_object(machines: Machines) -> None:
    for name in ("one", "other", "one"):
        machines.machine(name).put([WORDS])
    assert len(machines.objects()) == 1


def test_what_is_stored_again_later_is_written_anew_once(machines: Machines, short: None) -> None:
    one = machines.machine("one")
    one.put([WORDS])
    before = machines.objects()
    next_period()
    one.put([WORDS])
    after = machines.objects()
    assert len(after) == 1
    assert after != before


def test_nothing_is_deleted_that_somebody_stores_again(machines: Machines, short: None) -> None:
    one, other = machines.machine("one"), machines.machine("other")
    one.put([WORDS])
    next_period()
    now = time.time()
    other.put([WORDS])
    assert not one.remove(DIGEST, untouched_since=now)
    assert machines.machine("third").read(DIGEST) == WORDS


def test_a_deletion_that_was_begun_before_it_was_stored_again_spares_it(
    machines: Machines, short: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever deletes has looked already, and pauses; then another machine stores the same bytes."""
    one, other = machines.machine("one"), machines.machine("other")
    one.put([WORDS])
    next_period()
    look = one._periods

    def looked_and_paused(digest: str) -> list[int]:
        seen = look(digest)
        other.put([WORDS])
        return seen

    monkeypatch.setattr(one, "_periods", looked_and_paused)
    assert one.remove(DIGEST, untouched_since=time.time())
    assert machines.machine("third").read(DIGEST) == WORDS


def test_what_is_deleted_is_gone_from_this_machine_too(machines: Machines) -> None:
    one = machines.machine("one")
    one.put([WORDS])
    near = one.path(DIGEST)
    assert one.remove(DIGEST, untouched_since=time.time() + 3600)
    assert one.remove(DIGEST, untouched_since=time.time() + 3600)
    assert not near.exists()
    assert machines.objects() == []
    with pytest.raises(FileNotFoundError):
        one.read(DIGEST)
    assert not one.path(DIGEST).exists()


def test_what_is_under_way_is_swept_and_what_came_to_nothing_is_withdrawn(machines: Machines) -> None:
    files = machines.machine("one")
    drafts = UploadDrafts(files)
    for name, named in (("a", True), ("b", False)):
        with drafts.draft(name) as draft:
            draft.write(WORDS + name.encode())
        placed = drafts.place(name)
        assert machines.machine("other").read(placed.sha256) == WORDS + name.encode()
        drafts.sweep(datetime.now(UTC) + timedelta(hours=2), named=lambda _, named=named: named)
    assert [path.name for path in files.scratch.iterdir()] == []
    assert len(machines.objects()) == 1


def test_copies_on_this_machine_make_room_for_newer_ones(
    machines: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(object_files, "NEAR", 2500)
    one = machines.machine("one")
    digests = [one.put([bytes([n]) * 1000])[0] for n in range(4)]
    near = sorted(path.name for path in one.scratch.glob("near-*"))
    assert len(near) == 2
    assert f"near-{digests[-1]}" in near
    assert [one.read(digest)[:1] for digest in digests] == [b"\0", b"\1", b"\2", b"\3"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"access_key_id": "nobody"}, "it does not know the access key"),
        ({"secret_access_key": "another"}, "the secret key is another"),
        ({"bucket": "nowhere"}, "the key may not read and write in nowhere"),
    ],
)
def test_what_is_wrong_is_said_plainly(machines: Machines, options: dict[str, str], said: str) -> None:
    files = machines.machine("one", **options)
    assert [line.partition(": ")[2].partition(": ")[2] for line in files.problems()] == [said]
    with pytest.raises(StorageAway, match=said):
        files.put([WORDS])


def test_a_bucket_that_is_not_there_is_named(machines: Machines) -> None:
    files = machines.machine("one", bucket="nowhere", access_key_id="maker")
    with pytest.raises(StorageAway, match="there is no bucket nowhere"):
        files.put([WORDS])


def test_a_server_that_is_gone_keeps_nothing_and_loses_nothing(own: Machines) -> None:
    one = own.machine("one")
    one.put([WORDS])
    assert list(one.problems()) == []
    own.store.kill()
    with pytest.raises(StorageAway, match="it does not answer"):
        one.put([b"more"])
    assert one.read(DIGEST) == WORDS  # a copy was kept for the next reader
    with pytest.raises(StorageAway):
        own.machine("other").read(DIGEST)
    assert not own.machine("other").path(DIGEST).exists()
    own.store.start()
    assert until(lambda: read(own.machine("other"))) == WORDS
    one.put([b"more"])

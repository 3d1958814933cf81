"""``casebot files copy``: a desk that goes to an object store, and comes back from it, has all of its files."""

from __future__ import annotations

import hashlib
from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import CliRunner, Result

from bot.cli.main import casebot
from tests.support.houses.desk import CONFIG
from tests.support.houses.house import House
from tests.support.setup.object_store import ObjectStore

ANA, DESK = "Ana <ana@acme.example>", "support@example.com"
FILE = b"\0picture\xff" * 5000
LARGE = FILE * 12
"""So large that the mail itself is a file, too."""


class Desk:
    """A desk whose files lie now here, now there; ``folder`` is where they were at first."""

    def __init__(self, url: str, folder: Path, store: ObjectStore) -> None:
        self.url, self.home, self.folder = url, folder / "desk", folder / "files"
        self.bucket = store.section(uuid4().hex)
        self.lies(str(self.folder))

    @property
    def remote(self) -> str:
        return self.bucket[0].partition('"')[2].rstrip('"')

    def lies(self, place: str) -> None:
        """The operator writes another ``[store] files`` into the config."""
        self.config = CONFIG.replace("min_free = 0", f'min_free = 0\nfiles = "{place}"') + self.bucket[1]
        if (written := self.home / "config.toml").exists():
            written.write_text(self.config.format(url=self.url))

    def takes_in(self, *contents: bytes) -> None:
        """It runs while Ana writes, a mail for each file."""
        with House(self.url, self.home, config=self.config) as house:
            for number, content in enumerate(contents):
                house.send(ANA, DESK, f"Printer {number}", "It prints this.", files={"page.bin": content})
            house.settled()

    def attached(self) -> list[bytes]:
        """The files of all of its cases, as it reads them once it runs again."""
        with House(self.url, self.home, config=self.config) as house:
            cases = [house.case(number + 1) for number in range(2)]
            return [house.app.files.read(f.sha256) for case in cases for e in case.entries for f in e.files]

    def types(self, *words: str) -> Result:
        return CliRunner().invoke(casebot, ["--config", str(self.home / "config.toml"), *words])


@pytest.fixture
def desk(url: str, tmp_path: Path, object_store: ObjectStore) -> Desk:
    standing = Desk(url, tmp_path, object_store)
    standing.takes_in(FILE, LARGE)
    return standing


def where(folder: Path, content: bytes) -> Path:
    digest = hashlib.sha256(content).hexdigest()
    return folder / digest[:2] / digest[2:]


def test_a_desk_goes_to_an_object_store_and_comes_back(desk: Desk, tmp_path: Path) -> None:
    desk.lies(desk.remote)
    assert "· store.files: the newest attachment is not there" in desk.types("check").output
    went = desk.types("files", "copy", str(desk.folder))
    assert went.exit_code == 0, went.output
    assert "store.files" not in desk.types("check").output
    assert f"{desk.remote}: 3 files copied, 1.3 MB; 0 were there before." in went.output
    assert "files: all 3 are there, and right" in desk.types("verify").output
    assert desk.attached() == [FILE, LARGE]
    again = desk.types("files", "copy", str(desk.folder)).output
    assert "0 files copied, 0 B; 3 were there before." in again
    desk.lies(str(tmp_path / "back"))
    assert desk.types("files", "copy", desk.remote).exit_code == 0
    assert desk.attached() == [FILE, LARGE]
    assert where(tmp_path / "back", LARGE).read_bytes() == where(desk.folder, LARGE).read_bytes() == LARGE


def test_what_is_missing_or_damaged_is_named_and_all_else_is_copied(desk: Desk) -> None:
    where(desk.folder, FILE).unlink()
    where(desk.folder, LARGE).write_bytes(b"something else")
    desk.lies(desk.remote)
    went = desk.types("files", "copy", str(desk.folder))
    assert went.exit_code == 1
    assert "1 file copied" in went.output
    for content, why in ((FILE, "not there"), (LARGE, "damaged: the checksum is another")):
        digest = hashlib.sha256(content).hexdigest()
        assert f"1 file {why}: {digest[:2]}/{digest[2:]}" in went.output
    assert "A backup may have these files" in went.output
    assert "files: 2 are not there" in desk.types("verify").output, "what is damaged is not taken for it"


def test_a_place_that_cannot_be_copied_from_is_named_and_nothing_is_done(desk: Desk, tmp_path: Path) -> None:
    desk.lies(desk.remote)
    for place, why in (
        (str(tmp_path / "nowhere"), "there is no folder"),
        (desk.remote, "is where [store] files are already"),
        ("gs://bucket/x", "is neither a folder nor s3://bucket/prefix"),
    ):
        refused = desk.types("files", "copy", place)
        assert refused.exit_code == 1
        assert why in refused.output
    assert "files: 3 are not there" in desk.types("verify").output


def test_an_object_store_that_does_not_answer_is_said(desk: Desk, tmp_path: Path) -> None:
    desk.lies("s3://no-such-bucket/x")
    refused = desk.types("files", "copy", str(desk.folder))
    assert refused.exit_code == 1
    assert "the key may not read and write in no-such-bucket" in refused.output


def test_where_there_is_no_store_nothing_is_copied_and_none_is_made(desk: Desk, tmp_path: Path) -> None:
    desk.url = f"sqlite:///{tmp_path}/elsewhere.db"
    desk.lies(str(tmp_path / "new"))
    refused = desk.types("files", "copy", str(desk.folder))
    assert refused.exit_code == 1
    assert "elsewhere.db" in refused.output
    assert not (tmp_path / "elsewhere.db").exists()

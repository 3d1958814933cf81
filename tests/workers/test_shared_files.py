"""Machines that share PostgreSQL and an object store: nothing lies on one that another needs."""

from __future__ import annotations

import hashlib
import shutil
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import CliRunner

from bot.cli.main import casebot
from tests.support.houses.desk import CONFIG
from tests.support.houses.house import House, until
from tests.support.setup.config import loaded
from tests.support.setup.object_store import ObjectStore

ANA, DESK = "Ana <ana@acme.example>", "support@example.com"
FILE = b"\0picture\xff" * 5000
LARGE = FILE * 12
"""Larger than what a message may be to lie in the database."""


def written(store: ObjectStore, prefix: str = "") -> str:
    """The config of a machine."""
    files, section = store.section(prefix or uuid4().hex)
    return CONFIG.replace("min_free = 0", f"min_free = 0\n{files}") + section


@contextmanager
def door_and_desk(url: str, folder: Path, config: str) -> Iterator[tuple[House, House]]:
    with (
        House(url, folder / "door", only="smtp", config=config) as door,
        House(url, folder / "desk", only="desk,couriers", config=config) as desk,
    ):
        yield door, desk


def attached(house: House, number: int = 1) -> list[bytes]:
    """The bytes of a case's files, as this machine has them."""
    return [house.app.files.read(file.sha256) for entry in house.case(number).entries for file in entry.files]


@pytest.mark.parametrize("content", [FILE, LARGE], ids=["small", "large"])
def test_a_mail_with_a_file_goes_from_machine_to_machine(
    shared: str, tmp_path: Path, object_store: ObjectStore, content: bytes
) -> None:
    with door_and_desk(shared, tmp_path, written(object_store)) as (door, desk):
        door.send(ANA, DESK, "Printer", "It prints this.", files={"page.bin": content})
        assert desk.mails("ana@acme.example")
        assert attached(desk) == attached(door) == [content]
        shutil.rmtree(tmp_path / "desk" / "local")
        assert attached(desk) == [content]


def test_while_the_object_store_is_away_large_mail_is_asked_to_come_back(shared: str, tmp_path: Path) -> None:
    with (
        ObjectStore(tmp_path / "server") as store,
        door_and_desk(shared, tmp_path, written(store)) as machines,
    ):
        door, desk = machines
        store.kill()
        with pytest.raises(smtplib.SMTPDataError) as refusal:
            door.send(ANA, DESK, "Printer", "It prints this.", files={"page.bin": LARGE})
        assert refusal.value.smtp_code == 451
        door.send(ANA, DESK, "Scanner", "Without any file.")
        assert desk.mails("ana@acme.example")
        door.send(ANA, DESK, "Copier", "A small one.", files={"page.bin": FILE})  # kept, and read later
        assert until(lambda: [line for line in desk.inbox("waiting") if line.reason])
        store.start()
        assert until(lambda: not desk.inbox("waiting"))
        assert attached(desk, 2) == [FILE]
        assert not desk.inbox("shunted")


def test_a_backup_has_the_files_and_a_restored_desk_has_them_on_its_disk(
    tmp_path: Path, object_store: ObjectStore
) -> None:
    url = f"sqlite:///{tmp_path}/casebot.db"
    config = written(object_store)
    with House(url, tmp_path / "old", config=config) as house:
        house.send(ANA, DESK, "Printer", "It prints this.", files={"page.bin": LARGE})
        house.settled()
    settings = ["--config", str(tmp_path / "old" / "config.toml")]
    run = lambda *words: CliRunner().invoke(casebot, [*settings, *words])  # noqa: E731
    assert "files: all 2 are there, and right" in run("verify").output
    assert run("backup", str(tmp_path / "desk.tar")).exit_code == 0
    done = CliRunner().invoke(casebot, ["restore", str(tmp_path / "desk.tar"), "--to", str(tmp_path / "new")])
    assert done.exit_code == 0, done.output
    digest = hashlib.sha256(LARGE).hexdigest()
    assert (tmp_path / "new" / "files" / digest[:2] / digest[2:]).read_bytes() == LARGE
    assert 'files = "./files"' in (tmp_path / "new" / "config.toml").read_text()


def test_check_says_what_is_wrong_with_the_object_store(tmp_path: Path, object_store: ObjectStore) -> None:
    files, section = object_store.section("x", secret_access_key="another")
    text = CONFIG.replace("min_free = 0", f"min_free = 0\n{files}") + section
    loaded(text.format(url=f"sqlite:///{tmp_path}/casebot.db"), tmp_path)
    said = CliRunner().invoke(casebot, ["--config", str(tmp_path / "config.toml"), "check"])
    assert said.exit_code == 1
    assert "✗ store.files: s3://cases/x: the secret key is another" in said.output
    assert "another" not in said.output.replace("the secret key is another", "")


@pytest.mark.parametrize("place", ["gs://bucket/x", "file:///srv/files"])
def test_another_kind_of_place_is_refused_by_name(tmp_path: Path, place: str) -> None:
    text = CONFIG.replace("min_free = 0", f'files = "{place}"').format(url=f"sqlite:///{tmp_path}/x.db")
    (tmp_path / "config.toml").write_text(text)
    said = CliRunner().invoke(casebot, ["--config", str(tmp_path / "config.toml"), "check"])
    assert said.exit_code == 78
    assert "store.files" in said.output
    assert "s3://bucket/prefix" in said.output

"""A desk under load is backed up, brought back elsewhere, and says nothing until it is released."""

from __future__ import annotations

import sqlite3
import stat
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from rehearsal.meanwhile import meanwhile
from tests.support.houses.desk_process import DeskProcess, patient
from tests.support.setup.postgres import Server

NAMES_FILES = """
[[mailbox]]
address = "support@example.com"
template_folder = "words"
[[email.sign_in]]
address = "support@example.com"
provider = "google"
service_account = "robot.json"
"""


def log_of(subject: str) -> bytes:
    return f"the log of {subject}".encode() * 50


@contextmanager
def mail_load(desk: DeskProcess) -> Iterator[list[str]]:
    """Mail that comes without an end; the subjects of what was acknowledged."""
    acknowledged: list[str] = []

    def write() -> None:
        subject = f"trouble {len(acknowledged)}"
        desk.send(subject, file=log_of(subject))
        acknowledged.append(subject)

    with meanwhile(write):
        yield acknowledged


def restored(desk: DeskProcess, archive: Path, folder: Path, empty: str) -> DeskProcess:
    desk.casebot("restore", str(archive), "--to", str(folder), *(("--store", empty) if empty else ()))
    return DeskProcess(folder)


def cases(desk: DeskProcess) -> dict[str, str]:
    return {line["subject"]: line["number"] for line in desk.listed("case", "list", "--limit", "5000")}


def test_a_desk_under_mail_load_is_brought_back_as_it_was_and_says_nothing_before_its_release(
    url: str, empty: str, tmp_path: Path
) -> None:
    archive = tmp_path / "desk.tar"
    with DeskProcess(tmp_path / "old", url) as old, mail_load(old) as acknowledged:
        assert patient(lambda: len(acknowledged) > 20 and len(cases(old)) > 5)
        before = list(acknowledged)
        says = old.listed("backup", str(archive))
        assert patient(lambda: len(acknowledged) > len(before) + 5), "mail is taken on all the while"
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    assert says["missing"] == []
    assert says["files"] > 5
    assert "whole" in old.casebot("verify", str(archive))

    fresh = restored(old, archive, tmp_path / "new", empty)
    assert "✗" not in fresh.casebot("verify")
    files = {path.read_bytes() for path in (fresh.folder / "files").rglob("*") if path.is_file()}
    assert len(files) == says["files"]
    assert files >= {log_of(subject) for subject in cases(fresh)}
    assert "is held" in fresh.casebot("check")
    with fresh:
        assert fresh.ready()["ready"] is False
        assert "casebot release" in fresh.ready()["wrong"][0]
        with pytest.raises(ConnectionRefusedError):
            fresh.send("Is anybody there?")
        fresh.casebot("case", "new", "--as", "ben@acme.example", "Written while the desk is held")
        listed = cases(fresh)
        fresh.reload()
        assert fresh.said("the config was read anew")
        assert fresh.sent() == []
        fresh.casebot("release", "--all")
        assert fresh.said("the desk was released")
        assert patient(lambda: fresh.ready().get("ready"))
        fresh.send("Now there is")
        assert patient(lambda: "Now there is" in cases(fresh))
        assert patient(fresh.sent)
    there = cases(old)
    settled = [subject for subject in before if subject in listed]
    assert {subject: listed[subject] for subject in settled} == {
        subject: there[subject] for subject in settled
    }
    assert len(listed) - 1 == says["rows"]["support_case"]
    waiting = says["rows"]["inbox"] - says["rows"]["support_case"]
    assert len(before) <= len(settled) + waiting, "what was acknowledged before is a case, or waits to be one"


def test_what_waited_is_sent_from_a_moment_on_or_dropped(url: str, empty: str, tmp_path: Path) -> None:
    archive = tmp_path / "desk.tar.gz"
    with DeskProcess(tmp_path / "old", url) as old:
        old.send("First")
        assert patient(lambda: len(old.sent()) >= 2)
    old.casebot("case", "new", "--as", "ben@acme.example", "Second")
    old.casebot("backup", str(archive))
    fresh = restored(old, archive, tmp_path / "new", empty)
    refused = fresh.casebot("release", code=2)
    assert "--since MOMENT" in refused
    waiting = fresh.listed("outbox", "list", "--state", "waiting")
    assert len(waiting) == 2
    fresh.casebot("case", "new", "--as", "cem@acme.example", "Third")
    middle = max(line["created_at"] for line in waiting).replace("Z", "+00:00")
    since = (datetime.fromisoformat(middle) + timedelta(milliseconds=1)).isoformat()
    said = fresh.casebot("release", "--since", since)
    assert "To be sent: 2, dropped: 2" in said
    with fresh:
        assert patient(lambda: len(fresh.sent()) == 2)
        assert all(b"Third" in mail.read_bytes() for mail in fresh.sent())
    assert "is not held" in fresh.casebot("release", "--drop", code=1)


def test_no_process_of_several_sends_while_the_desk_is_held(url: str, empty: str, tmp_path: Path) -> None:
    old = DeskProcess(tmp_path / "old", url)
    old.casebot("case", "new", "--as", "ben@acme.example", "Second")
    old.casebot("backup", str(tmp_path / "desk.tar"))
    fresh = restored(old, tmp_path / "desk.tar", tmp_path / "new", empty)
    with fresh, DeskProcess(tmp_path / "new") as beside:
        assert not beside.ready()["ready"]
        fresh.casebot("case", "new", "--as", "cem@acme.example", "Third")
        assert fresh.sent() == []
        fresh.casebot("release", "--all")
        assert patient(lambda: beside.ready()["ready"] and fresh.ready()["ready"])
        assert patient(lambda: len(fresh.sent()) == 3)


def test_what_is_there_is_never_overwritten_without_a_word(url: str, tmp_path: Path) -> None:
    desk = DeskProcess(tmp_path / "desk", url)
    desk.casebot("case", "new", "--as", "ben@acme.example", "Hello")
    (tmp_path / "mine.tar").write_text("mine")
    assert "--overwrite" in desk.casebot("backup", str(tmp_path / "mine.tar"), code=1)
    assert (tmp_path / "mine.tar").read_text() == "mine"
    desk.casebot("backup", str(tmp_path / "mine.tar"), "--overwrite")
    (tmp_path / "there").mkdir()
    desk.casebot("backup", str(tmp_path / "there"))
    assert [path.name[:8] for path in (tmp_path / "there").iterdir()] == ["casebot-"]
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "casebot.db").write_text("somebody's")
    said = desk.casebot("restore", str(tmp_path / "mine.tar"), "--to", str(tmp_path / "full"), code=1)
    assert "is not empty" in said
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["casebot.db"]


def test_where_there_is_no_store_yet_it_is_said_and_none_is_made(tmp_path: Path) -> None:
    desk = DeskProcess(tmp_path / "desk", f"sqlite:///{tmp_path}/desk/casebot.db")
    for words in (("backup", str(tmp_path / "desk.tar")), ("verify",), ("release", "--all")):
        assert "there is no store at" in desk.casebot(*words, code=1)
        assert not (desk.folder / "casebot.db").exists()
    (desk.folder / "casebot.db").touch()
    for words in (("backup", str(tmp_path / "desk.tar")), ("verify",)):
        assert "it has no schema" in desk.casebot(*words, code=1)
    assert not (tmp_path / "desk.tar").exists()


def test_files_that_the_config_names_and_that_no_backup_has_are_named(tmp_path: Path) -> None:
    desk = DeskProcess(tmp_path / "desk", f"sqlite:///{tmp_path}/desk/casebot.db", more=NAMES_FILES)
    desk.casebot("case", "new", "--as", "ben@acme.example", "Hello")
    (desk.folder / "robot.json").write_text("{}")
    for folder in ("words", "outgoing"):
        (desk.folder / folder).mkdir(exist_ok=True)
    says = desk.listed("backup", str(tmp_path / "desk.tar"))
    assert says["outside"] == [str(desk.folder / "robot.json"), str(desk.folder / "words")]


@pytest.mark.parametrize("store", ['store.url = "{url}"', 'store = {{ url = "{url}", min_free = 0 }}'])
def test_the_restored_config_names_the_new_store_however_the_old_one_was_written(
    store: str, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path}/desk/casebot.db"
    desk = DeskProcess(tmp_path / "desk", url)
    text = desk.config.read_text()
    desk.config.write_text(
        store.format(url=url) + text.replace(f'[store]\nurl = "{url}"\nmin_free = 0\n', "")
    )
    desk.casebot("case", "new", "--as", "ben@acme.example", "Hello")
    desk.casebot("backup", str(tmp_path / "desk.tar"))
    fresh = restored(desk, tmp_path / "desk.tar", tmp_path / "new", "")
    assert cases(fresh) == cases(desk)
    assert f"sqlite:///{tmp_path}/new/casebot.db" in fresh.casebot("check")


def test_a_database_that_is_not_empty_is_not_restored_into(postgres: Server, tmp_path: Path) -> None:
    with postgres.with_schema() as url:
        desk = DeskProcess(tmp_path / "desk", url)
        desk.casebot("case", "new", "--as", "ben@acme.example", "Hello")
        desk.casebot("backup", str(tmp_path / "desk.tar"))
        words = ("restore", str(tmp_path / "desk.tar"), "--to", str(tmp_path / "new"))
        assert "the database is not empty" in desk.casebot(*words, "--store", url, code=1)
        assert "--store" in desk.casebot(*words, code=1)
        assert list((tmp_path / "new").iterdir()) == []


def test_a_missing_or_changed_attachment_is_named(url: str, tmp_path: Path) -> None:
    with DeskProcess(tmp_path / "desk", url) as desk:
        desk.send("With a file", file=b"the log" * 100)
        assert patient(
            lambda: [path for path in (tmp_path / "desk/files").rglob("*") if len(path.name) == 62]
        )
        assert patient(desk.sent)
    [file] = [path for path in (tmp_path / "desk/files").rglob("*") if len(path.name) == 62]
    file.chmod(0o600)
    file.write_bytes(b"another log")
    assert file.name in desk.casebot("verify", code=1)
    assert file.name in desk.casebot("backup", str(tmp_path / "desk.tar"), code=1)
    file.unlink()
    assert file.name in desk.casebot("verify", code=1)
    refusal = desk.casebot("backup", str(tmp_path / "desk.tar"), code=1)
    assert "1 file that the store names is not there" in refusal
    assert "--incomplete" in refusal
    assert not list(tmp_path.glob("*.tar"))
    desk.casebot("backup", "--incomplete", str(tmp_path / "desk.tar"))
    assert file.name in desk.casebot("verify", str(tmp_path / "desk.tar"), code=1)


@pytest.mark.parametrize("name", ["desk.tar", "desk.tar.gz"])
def test_a_damaged_archive_is_named_and_nothing_is_restored(url: str, name: str, tmp_path: Path) -> None:
    desk = DeskProcess(tmp_path / "desk", url)
    desk.casebot("case", "new", "--as", "ben@acme.example", "Hello")
    archive = tmp_path / name
    desk.casebot("backup", str(archive))
    assert desk.casebot("verify", str(archive)).count("schema: ") == 1
    place = () if url.startswith("sqlite") else ("--store", url)
    whole = archive.read_bytes()
    middle = len(whole) // 2
    cut, turned = whole[:middle], whole[:middle] + bytes([whole[middle] ^ 255]) + whole[middle + 1 :]
    for damaged in (cut, turned, b"no archive at all", b""):
        archive.write_bytes(damaged)
        assert "✗ archive" in desk.casebot("verify", str(archive), code=1)
        said = desk.casebot("restore", str(archive), "--to", str(tmp_path / "new"), *place, code=1)
        assert "Error" in said
        assert "Traceback" not in said
        assert list((tmp_path / "new").iterdir()) == []


def test_an_archive_with_a_strange_member_is_refused(tmp_path: Path) -> None:
    desk = DeskProcess(tmp_path / "desk", f"sqlite:///{tmp_path}/desk/casebot.db")
    (tmp_path / "evil").write_text("evil")
    with tarfile.open(tmp_path / "evil.tar", "w") as tar:
        tar.add(tmp_path / "evil", "../config.toml")
    assert "'../config.toml'" in desk.casebot(
        "restore", str(tmp_path / "evil.tar"), "--to", str(tmp_path / "n"), code=1
    )
    assert list((tmp_path / "n").iterdir()) == []


def test_a_damaged_database_is_found(tmp_path: Path) -> None:
    desk = DeskProcess(tmp_path / "desk", f"sqlite:///{tmp_path}/desk/casebot.db")
    desk.casebot("case", "new", "--as", "ben@acme.example", "Hello")
    assert "✗" not in desk.casebot("verify")
    connection = sqlite3.connect(tmp_path / "desk/casebot.db")
    connection.execute("PRAGMA foreign_keys=OFF")
    connection.execute("DELETE FROM event")
    connection.execute("DELETE FROM person")
    connection.commit()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    said = desk.casebot("verify", code=1)
    assert "refer to what is not there" in said
    assert "1 cases without an event" in said
    with (tmp_path / "desk/casebot.db").open("r+b") as file:
        file.seek(4096 * 3)
        file.write(b"\xff" * 4096 * 4)
    assert "✗ database" in desk.casebot("verify", code=1)


def test_who_signed_in_to_their_mail_is_told_to_do_so_anew(tmp_path: Path) -> None:
    sign_in = (
        '[[email.sign_in]]\naddress = "support@example.com"\nprovider = "microsoft"\n'
        'client_id = "abc"\ntenant = "def"\n'
    )
    desk = DeskProcess(tmp_path / "desk", f"sqlite:///{tmp_path}/desk/casebot.db", more=sign_in)
    desk.casebot("case", "new", "--as", "ben@acme.example", "Hello")
    desk.casebot("backup", str(tmp_path / "desk.tar"))
    says = desk.casebot("restore", str(tmp_path / "desk.tar"), "--to", str(tmp_path / "new"))
    assert f"casebot --config {tmp_path}/new/config.toml mail login" in says

"""Somebody asks what is held of them: one archive has it all, and nobody else's secrets."""

from __future__ import annotations

import json
import zipfile
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

from tests.privacy.test_erase import ANA, BEN, PICTURE, SECRET, played, send
from tests.support.houses.desk_process import DeskProcess, patient


def unpacked(desk: DeskProcess, file: Path, *options: str) -> dict[str, bytes]:
    desk.casebot("people", "export", ANA, "--output", str(file), *options)
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def of_json(members: dict[str, bytes], name: str) -> dict[str, Any]:
    record: dict[str, Any] = json.loads(members[name])
    assert record["format"] == 1
    return record


def test_all_that_is_held_of_a_person_is_in_one_archive_and_no_more(url: str, tmp_path: Path) -> None:
    with DeskProcess(tmp_path / "desk", url) as desk:
        played(desk)
        desk.casebot("case", "note", "2", "Ben Bo pays late, CONFIDENTIAL.", "--as", "sam@desk.example")
        send(desk, "Ben alone", "Of Ben, and nobody else. CONFIDENTIAL.", sender=f"Ben Bo <{BEN}>")
        assert patient(lambda: len(desk.listed("case", "list")) == 3)
        members = unpacked(desk, tmp_path / "ana.zip")

    person = of_json(members, "person.json")
    assert (person["name"], person["account"]) == ("Ana Martin", "Acme")
    assert person["addresses"] == [{"channel": "email", "address": ANA}]
    case = of_json(members, "cases/CS-000001/case.json")
    entries = {entry["text"]: entry for entry in case["entries"]}
    assert any(SECRET in text and entry["by"] == "you" for text, entry in entries.items())
    assert any("Dear Ana Martin" in text and entry["by"] == "the desk" for text, entry in entries.items())
    assert any(entry["internal"] and "has called" in text for text, entry in entries.items())
    assert case["concerns"][0]["phone"] == "+49 30 1234567"
    (file,) = [file for entry in case["entries"] for file in entry["files"]]
    assert members[file["path"]] == PICTURE
    assert file["path"].endswith(f"/01-{file['name']}")

    shared = of_json(members, "cases/CS-000002/case.json")
    assert "Shared trouble" in shared["subject"]
    assert "cases/CS-000003/case.json" not in members
    assert not [name for name, content in members.items() if b"CONFIDENTIAL" in content]

    mails = [
        message_from_bytes(content, policy=default) for name, content in members.items() if ".eml" in name
    ]
    assert {mail["Subject"] for mail in mails if ANA in str(mail["From"])} == {"Anas geheimer Betreff"}
    assert any(ANA in str(mail["To"]) for mail in mails)
    assert not [mail for mail in mails if BEN in str(mail["From"]) or BEN in str(mail["To"])]
    index = members["index.html"].decode()
    assert "What was left out, and why" in index
    assert "(1 note)" in index
    assert SECRET in members["cases/CS-000001/index.html"].decode()


def test_notes_can_be_left_out_and_nothing_is_overwritten(url: str, tmp_path: Path) -> None:
    with DeskProcess(tmp_path / "desk", url) as desk:
        played(desk)
        members = unpacked(desk, tmp_path / "ana.zip", "--without-notes")
        assert not [name for name, content in members.items() if b"has called" in content]
        told = desk.casebot("people", "export", ANA, "--output", str(tmp_path / "ana.zip"), code=1)
        assert "is there already" in told
        assert "nobody has the address" in desk.casebot("people", "export", "no@body.example", code=1)
        assert desk.casebot("people", "export").startswith("mail,")

"""config.toml as ``casebot setup`` edits it: people's own lines stay, and half a file is never there."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

import pytest

from bot.cli.setup_dialog.editor import ConfigEditor
from bot.cli.terminal.errors import Failure, Mistaken
from bot.config.errors import ConfigMistakes

BY_HAND = """\
# ours: ask Eve before you change it
[desk]
name = "Acme Help"   # as on the door

[[mailbox]]
address = "support@acme.com"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "config.toml"
    file.write_text(BY_HAND)
    return file


def test_what_stands_in_the_file_by_hand_stays(file: Path) -> None:
    editor = ConfigEditor(file)
    editor.put("mailbox[1].imap.host", "imap.acme.com")
    editor.put("mailbox[1].imap.user", "support")
    editor.put("mailbox[1].imap.password", "s3cret")
    editor.about = "Your people"
    editor.put("staff[1].name", "Bob Miller")
    editor.put("staff[1].mail", "bob@acme.com")
    config = editor.save()
    assert [member.name for member in config.staff] == ["Bob Miller"]
    text = file.read_text()
    assert text.startswith(BY_HAND)
    assert "\n# Your people\n[[staff]]\n" in text
    assert tomllib.loads(text)["mailbox"][0]["imap"]["host"] == "imap.acme.com"


def test_a_service_can_still_read_the_file_and_a_link_stays_one(tmp_path: Path) -> None:
    target, link = tmp_path / "etc.toml", tmp_path / "config.toml"
    target.write_text(BY_HAND)
    target.chmod(0o640)
    link.symlink_to(target)
    editor = ConfigEditor(link)
    editor.put("desk.name", "Acme Desk")
    editor.save()
    assert link.is_symlink()
    assert target.stat().st_mode & 0o777 == 0o640
    assert "Acme Desk" in target.read_text()


def test_keys_are_read_and_removed(file: Path) -> None:
    editor = ConfigEditor(file)
    assert editor.get("desk.name") == "Acme Help"
    assert editor.get("mailbox[1].address") == "support@acme.com"
    assert editor.get("mailbox[2].address", "none") == "none"
    assert editor.get("desk.name.of", "none") == "none"
    editor.drop("desk.name")
    editor.drop("email.relay")
    editor.drop("mailbox[3].imap")
    editor.save()
    assert "name" not in tomllib.loads(file.read_text())["desk"]


def test_a_mistake_leaves_the_file_as_it_was(file: Path) -> None:
    editor = ConfigEditor(file)
    editor.put("calendar[1].time_zone", "Europe/Brelin")
    with pytest.raises(ConfigMistakes, match=r"config\.toml:\d+: calendar\[1\]\.time_zone: .*Europe/Berlin"):
        editor.save()
    assert file.read_text() == BY_HAND
    assert os.listdir(file.parent) == ["config.toml"]
    editor.revert()
    assert editor.get("calendar") is None


def test_a_file_that_cannot_be_written_says_so(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    editor = ConfigEditor(file)
    editor.put("desk.name", "Other")
    (file.parent / "config.toml.new").mkdir()
    with pytest.raises(Failure, match=r"cannot be written.*stays as it was"):
        editor.save()
    assert file.read_text() == BY_HAND


def test_a_file_that_is_no_toml_is_not_touched(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("[desk\n")
    with pytest.raises(Mistaken, match="not TOML"):
        ConfigEditor(file)

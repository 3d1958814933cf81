"""Somebody's archive has what they said in a chat, not what others said of them there."""

from __future__ import annotations

import zipfile
from pathlib import Path

from click.testing import CliRunner

from bot.cli.main import casebot
from tests.privacy.remains import in_rows
from tests.support.houses.house import until
from tests.support.houses.office import Office


def test_what_a_specialist_said_of_them_to_the_app_is_not_in_it(office: Office, tmp_path: Path) -> None:
    people = office.slack.people
    people.post("ana", "acme", "@Case new No delivery")
    assert until(lambda: office.cases() == ["CS-000001"])
    people.post("sam", "triage", "@Case search CONFIDENTIAL <@U0ANA> pays late")
    people.post("ana", "acme", "@Case search her own words")
    office.settled()
    assert until(lambda: "inbox.raw" in in_rows(office.app, b"CONFIDENTIAL"))
    target = tmp_path / "ana.zip"
    scratch = target.with_name(f".{target.name}.unfinished")
    scratch.touch(0o666)
    scratch.chmod(0o666)
    words = ["people", "export", "slack:T0HOME/U0ANA", "--output", str(target)]
    done = CliRunner().invoke(casebot, ["--config", str(office.folder / "config.toml"), *words])
    assert done.exit_code == 0, done.output
    with zipfile.ZipFile(target) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    assert [name for name, content in members.items() if b"CONFIDENTIAL" in content] == []
    assert [name for name, content in members.items() if b"her own words" in content]
    assert target.stat().st_mode & 0o777 == 0o600

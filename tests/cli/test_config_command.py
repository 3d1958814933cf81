"""``casebot init`` and ``casebot config``: only what was decided is written; the rest can be read."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli.main import casebot
from tests.support.houses.console import run, said, told


def test_init_writes_only_what_was_decided() -> None:
    said("init", "support@acme.com")
    text = Path("config.toml").read_text()
    assert tomllib.loads(text).keys() == {"desk", "mailbox"}
    assert tomllib.loads(text)["desk"].keys() == {"name", "language", "secrets"}
    assert tomllib.loads(text)["mailbox"] == [{"address": "support@acme.com"}]
    assert "casebot config example" in text


def test_the_reference_is_printed_and_works_as_it_is() -> None:
    reference = said("config", "example")
    assert "# bytes; with less room on that disk" in reference
    Path("config.toml").write_text(reference)
    assert said("config", "show", "desk.reopen_days").startswith("desk.reopen_days = 14  # config.toml:")


def test_each_value_is_told_with_where_it_comes_from(monkeypatch: pytest.MonkeyPatch) -> None:
    said("init", "support@acme.com")
    line = (
        Path("config.toml")
        .read_text()
        .splitlines()
        .index('name = "Acme Support"   # signs what the desk sends')
    )
    monkeypatch.setenv("CASEBOT_STORE__URL", "postgresql://me:hush@db/casebot")
    monkeypatch.setenv("CASEBOT_SLACK__SIGNING_SECRET", "canary-secret")
    shown = said("config", "show")
    assert f'desk.name = "Acme Support"  # config.toml:{line + 1}\n' in shown
    assert "desk.reopen_days = 14  # default\n" in shown
    assert 'store.url = "postgresql://me:***@db/casebot"  # CASEBOT_STORE__URL\n' in shown
    assert "slack.signing_secret = (hidden)  # CASEBOT_SLACK__SIGNING_SECRET\n" in shown
    assert "desk.secrets = [(hidden)]" in shown
    assert 'mailbox[1].address = "support@acme.com"' in shown
    secret = tomllib.loads(Path("config.toml").read_text())["desk"]["secrets"][0]
    for hidden in (secret, "hush", "canary-secret"):
        assert hidden not in shown + said("config", "show", "--json")
    rows = {row["key"]: row for row in json.loads(said("config", "show", "--json"))}
    assert rows["email.listen"] == {"key": "email.listen", "value": "127.0.0.1:8025", "origin": "default"}


def test_only_what_is_not_the_default_and_only_what_begins_so() -> None:
    assert "No key begins with dsek" in said("config", "show", "dsek")
    assert "Everything has its default." in said("config", "show", "--changed")
    said("init", "support@acme.com")
    changed = said("config", "show", "--changed")
    assert len(changed.splitlines()) == 4
    assert "reopen_days" not in changed
    assert not Path("casebot.secret").exists()


def test_a_config_with_mistakes_names_them_and_their_lines() -> None:
    Path("config.toml").write_text(
        '[desk]\nnam = "x"\n[[staff]]\nname = "Bob"\nmail = "bob@acme.com"\nmanager = "eve@acme.com"\n'
    )
    why = told("config", "show", code=78)
    assert "config.toml:2: desk.nam: there is no such key; did you mean name?" in why
    assert run("check").exit_code == 78
    Path("config.toml").write_text(Path("config.toml").read_text().replace("nam =", "name ="))
    assert "config.toml:6: staff[1].manager: eve@acme.com is nobody in [[staff]]" in told("check", code=78)


def test_check_is_there_for_programs_too() -> None:
    Path("config.toml").write_text('[desk]\nnam = "x"\n')
    result = run("check", "--json")
    assert result.exit_code == 78
    (mistake,) = json.loads(result.stdout)["problems"]
    assert mistake == "config.toml:2: desk.nam: there is no such key; did you mean name?"
    Path("config.toml").write_text('[desk]\nreplies_folder = "./nowhere"\n')
    result = run("check", "--json")
    assert result.exit_code == 1
    assert "nowhere is no folder" in json.loads(result.stdout)["problems"][0]
    Path("config.toml").unlink()
    said("init", "support@acme.com")
    assert run("check", "--json").exit_code == 0


def test_check_has_colours_on_a_terminal_unless_nobody_wants_them() -> None:
    said("init", "support@acme.com")
    coloured = CliRunner().invoke(casebot, ["check"], color=True)
    assert "\x1b[32m✓\x1b[0m config:" in coloured.output
    plain = CliRunner().invoke(casebot, ["check"], color=True, env={"NO_COLOR": "1"})
    assert "\x1b" not in plain.output
    assert "✓ config:" in plain.output

"""``CASEBOT_…``: what the environment lacks, spells otherwise, or tells beside the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.channel.installed import sections
from bot.config.errors import ConfigMistakes
from bot.config.load import load

SECRET = "s" * 40
IMAP = '[[mailbox]]\naddress = "help@acme.com"\n[mailbox.imap]\nhost = "imap.acme.com"\nuser = "help"\n'


@pytest.fixture(autouse=True)
def _with_secret(in_an_empty_folder: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASEBOT_DESK__SECRETS", SECRET)


def mistakes(text: str = "") -> list[str]:
    if text:
        Path("config.toml").write_text(text)
    with pytest.raises(ConfigMistakes) as caught:
        load(None, sections())
    return list(caught.value.mistakes)


def test_a_password_that_only_the_environment_knows_completes_the_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path("config.toml").write_text(IMAP + '[slack]\nbot_token = "xoxb-1"\n')
    monkeypatch.setenv("CASEBOT_MAILBOX__0__IMAP__PASSWORD", "hush")
    monkeypatch.setenv("CASEBOT_SLACK__APP_TOKEN", "xapp-1")
    config = load(None, sections())
    assert config.mailboxes[0].imap
    assert config.mailboxes[0].imap["password"].get_secret_value() == "hush"


def test_a_key_that_the_file_lacks_can_be_told_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("config.toml").write_text('[[staff]]\nname = "Bob"\n')
    monkeypatch.setenv("CASEBOT_STAFF__0__MAIL", "bob@acme.com")
    assert load(None, sections()).staff[0].mail == "bob@acme.com"


def test_a_password_alone_names_what_else_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASEBOT_MAILBOX__0__IMAP__PASSWORD", "hush")
    assert mistakes() == ["CASEBOT_MAILBOX__0__IMAP__HOST: is needed"]
    monkeypatch.setenv("CASEBOT_MAILBOX__0__IMAP__HOST", "imap.example.com")
    assert mistakes() == ["CASEBOT_MAILBOX__0__IMAP: needs user"]


def test_what_nobody_tells_is_said_once_and_of_the_file() -> None:
    assert mistakes(IMAP) == ["config.toml:3: mailbox[1].imap: needs either password or sign_in"]


def test_the_environment_does_not_hide_what_the_file_has_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASEBOT_DESK__REOPEN_DAYS", "many")
    assert mistakes('[desk]\nreopen_days = "14"\nconfirm_days = "5"\n') == [
        "config.toml:2: desk.reopen_days: must be a whole number",
        "config.toml:3: desk.confirm_days: must be a whole number",
        "CASEBOT_DESK__REOPEN_DAYS: must be a whole number",
    ]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("CASEBOT_STORE_URL", "CASEBOT_STORE__URL"),
        ("CASEBOT_DESK_DUTY_MANAGER", "CASEBOT_DESK__DUTY_MANAGER"),
        ("CASEBOT_MAILBOX_0_IMAP_PASSWORD", "CASEBOT_MAILBOX__0__IMAP__PASSWORD"),
        ("CASEBOT_MAILBOX__X__ADDRESS", "CASEBOT_MAILBOX__0__ADDRESS"),
    ],
)
def test_a_name_that_reaches_nothing_is_told_with_the_one_that_would(
    name: str, meant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "x")
    (mistake,) = mistakes()
    assert mistake.startswith(f"{name}: ")
    assert meant in mistake


@pytest.mark.parametrize("name", ["CASEBOT_WEB_PORT", "CASEBOT_WEB_SERVICE_HOST", "CASEBOT_VERSION"])
def test_names_that_others_give_to_what_runs_us_are_let_be(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "tcp://10.0.0.1:80")
    load(None, sections())


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("STORE__URL", "mysql://db/x", "must look like sqlite:///casebot.db or postgresql://"),
        ("DESK__LANGUAGE", "english", "must look like en or pt-BR"),
        ("WEB__LISTEN", "8080", "must look like 127.0.0.1:8080"),
        ("SLACK__TRIAGE", "general", "must look like C0123ABCD"),
        ("SLACK__ROUTES", '{"bug": "general"}', "must look like C0123ABCD"),
        ("DESK__OPEN", "perhaps", "must be true or false"),
        ("DESK", "x", "must be a table of keys and values"),
        ("LISTS__TYPES", "a,b", "must be a table of keys and values"),
        ("ACCOUNT", '[{"name": "A", "places": {"slack": ["b"]}}]', "must look like T0123ABCD/C0123ABCD"),
        ("ACCOUNT__0__PLACES__SLACK", "b,c", "must look like T0123ABCD/C0123ABCD"),
        ("STAFF__0__ADDRESSES__SLACK", "U0SAM", "must look like T0123ABCD/U0123ABCD"),
        ("STAFF__0__ADDRESSES__SLAKC", "T0HOME/U0SAM", "there is no such key; did you mean slack?"),
        ("STAFF__0__ADDRESSES", "T0HOME/U0SAM", "must be a table of keys and values"),
    ],
)
def test_a_value_that_cannot_be_used_is_told_in_words(
    name: str, value: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"CASEBOT_{name}", value)
    assert why in "\n".join(mistakes())


@pytest.mark.parametrize("value", ["???", '"x"', "7.5", "[[]]", "{}"])
def test_no_mistake_is_told_in_the_words_of_a_library(value: str) -> None:
    for section, kind in sections().items():
        text = f"[{section}]\n" + "".join(f"{key} = {_toml(value)}\n" for key in kind.model_fields)
        said = "\n".join(mistakes(text))
        assert "should" not in said
        assert "^" not in said
        assert "nput" not in said


def _toml(value: str) -> str:
    return value if value != "???" else "'???'"

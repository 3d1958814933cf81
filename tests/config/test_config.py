"""The config: what can be set, what is refused, and how the refusal reads."""

from __future__ import annotations

import re
import stat
import tomllib
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from bot.channel.installed import sections
from bot.config import settings
from bot.config.errors import ConfigMistakes
from bot.config.load import Config, load, read
from bot.config.service_levels import CalendarSection, ServiceLevelSection, WeekSection
from bot.config.settings import EXAMPLE_SECRET
from bot.config.state_files import state_file

SECRET = "s" * 40
EXAMPLE = Path(__file__).parents[2] / "config.example.toml"


def written(text: str, name: str = "config.toml") -> Path:
    file = Path(name)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def mistakes(text: str = "") -> str:
    file = written(text) if text else None
    with pytest.raises(ConfigMistakes) as caught:
        load(file, sections())
    return str(caught.value)


def test_without_a_file_everything_has_its_default(tmp_path: Path) -> None:
    config = load(None, sections())
    assert config.desk.name == "Support"
    assert config.desk.reopen_days == 14
    assert [box.address for box in config.mailboxes] == ["support@example.com"]
    assert config.mailboxes[0].name == "Support"
    assert config.mailboxes[0].language == "en"
    assert config.store.url == f"sqlite:///{tmp_path}/casebot.db"
    assert config.store.files == f"{tmp_path}/files"
    assert config.lists.priorities == ("Blocker", "Critical", "Medium", "Low")
    assert set(config.channels) >= {"email"}
    assert config.channels["email"].relay == f"maildir:{tmp_path}/outgoing"  # type: ignore[attr-defined]
    assert config.file is None


def test_config_toml_in_the_current_folder_is_found() -> None:
    written(f'[desk]\nname = "Acme"\nsecrets = ["{SECRET}"]')
    assert load(None, sections()).desk.name == "Acme"


def test_relative_paths_start_from_the_files_folder(tmp_path: Path) -> None:
    file = written(
        f'[desk]\nsecrets = ["{SECRET}"]\n[store]\nurl = "sqlite:///a.db"\nfiles = "./f"\n'
        '[email]\nrelay = "maildir:out"\ncertificate = "tls/chain.pem"\n',
        "etc/config.toml",
    )
    config = load(file, sections())
    assert config.store.url == f"sqlite:///{tmp_path}/etc/a.db"
    assert config.store.files == f"{tmp_path}/etc/f"
    email: Any = config.channels["email"]
    assert email.relay == f"maildir:{tmp_path}/etc/out"
    assert email.certificate == f"{tmp_path}/etc/tls/chain.pem"


def test_a_mailboxs_folder_is_no_path_and_its_key_is(tmp_path: Path) -> None:
    file = written(
        f'[desk]\nsecrets = ["{SECRET}"]\n[[mailbox]]\naddress = "help@acme.com"\n'
        '[mailbox.imap]\nhost = "imap.acme.com"\nuser = "help"\npassword = "x"\nfolder = "Help"\n'
        '[mailbox.dkim]\nselector = "s"\nprivate_key = "dkim.pem"\n',
        "etc/config.toml",
    )
    (box,) = load(file, sections()).mailboxes
    assert box.imap
    assert box.imap["folder"] == "Help"
    assert box.dkim
    assert box.dkim["private_key"] == f"{tmp_path}/etc/dkim.pem"


def test_absolute_paths_and_other_databases_stay() -> None:
    file = written(
        f'[desk]\nsecrets = ["{SECRET}"]\n[store]\nurl = "postgresql://me:pw@db/x"\nfiles = "/srv/files"',
        "etc/c.toml",
    )
    config = load(file, sections())
    assert config.store.url == "postgresql://me:pw@db/x"
    assert config.store.files == "/srv/files"


def test_whoever_only_looks_uses_the_secret_that_is_kept_and_keeps_none() -> None:
    file = written('[desk]\nname = "Acme"')
    assert not read(file, sections()).desk.secrets
    assert not list(file.parent.rglob("casebot.secret"))
    assert load(file, sections()).desk.secrets == read(file, sections()).desk.secrets


def test_every_mistake_is_named_at_once_with_its_key() -> None:
    said = mistakes(
        '[desk]\nnam = "x"\nreopen_days = "14"\nduty_manager = "duty@acme.com"\n'
        'secrets = ["short"]\n[stor]\nurl = "x"\n'
        '[limits]\nbacklog = true\nbatch = 0\n[log]\nformat = "xml"\n'
        '[[staff]]\nname = "Ana"\nmail = "nobody"\nrol = "x"\nmanager = "boss@acme.com"\n'
        '[[mailbox]]\naddress = "a@acme.com"\ndefault_type = "Nonsense"\n[[mailbox]]\naddress = "A@acme.com"\n'
        '[email]\nlisten = 25\nrelays = "x"\n'
    )
    assert "desk.nam: there is no such key; did you mean name?" in said
    assert "desk.reopen_days: must be a whole number" in said
    assert "desk.secrets[1]: has 5 characters" in said
    assert "stor: there is no such key; did you mean store?" in said
    assert "limits.backlog: must be a whole number" in said
    assert "limits.batch: must be 1 or more" in said
    assert "log.format: must be one of" in said
    assert "staff[1].mail: must be a mail address" in said
    assert "staff[1].rol: there is no such key; did you mean role?" in said
    assert "desk.duty_manager: duty@acme.com is nobody in [[staff]]" in said
    assert "staff[1].manager: boss@acme.com is nobody in [[staff]]" in said
    assert "mailbox[1].default_type: Nonsense is not in lists.types" in said
    assert "mailbox.address: a@acme.com is there twice" in said
    assert "email.listen: must be text, in quotes" in said
    assert "email.relays: there is no such key; did you mean relay?" in said
    assert len(said.splitlines()) == 15


@pytest.mark.parametrize(
    "when", ["monday", "monday 9:00", "monday 24:00", "Monday 09:00", "montag 09:00", "09:00"]
)
def test_the_weekly_digest_has_a_day_and_a_time(when: str) -> None:
    said = mistakes(f'[report]\ndigest = "{when}"\n')
    assert said == "config.toml:2: report.digest: must be a day and a time, as monday 09:00, or empty"


def test_a_key_without_its_certificate_is_a_mistake() -> None:
    said = mistakes('[email]\nprivate_key = "tls/key.pem"\n')
    assert "private_key is set, but certificate is not" in said


def test_a_secret_that_cannot_be_kept_is_told_with_its_place(tmp_path: Path) -> None:
    file = written('[desk]\nname = "Acme"\n[store]\nurl = "sqlite:///config.toml/casebot.db"\n')
    with pytest.raises(
        ConfigMistakes, match=r"desk\.secrets: none is set, and .* cannot be kept: "
    ) as caught:
        load(file, sections())
    assert f"{tmp_path}/config.toml/casebot.secret" in str(caught.value)


def test_reminders_come_one_after_the_other_and_before_the_closing() -> None:
    for days in ("remind_days = [5, 3]", "remind_days = [3, 10]", "silent_days = 2"):
        assert "remind_days must rise" in mistakes(f"[desk]\n{days}\n")
    found = load(written("[desk]\nremind_days = []\nsilent_days = 1\n"), sections())
    assert found.desk.remind_days == ()


def test_a_sealer_is_a_domain() -> None:
    said = mistakes(
        '[[mailbox]]\naddress = "a@acme.com"\narc_sealers = ["lists.acme.com", "@acme.com", "com"]\n'
    )
    assert said.count("must be a domain, as lists.example.com") == 2


def test_a_secret_is_never_part_of_a_mistake() -> None:
    assert "hush" not in mistakes('[desk]\nsecrets = ["hush"]\n')
    assert "hush" not in mistakes('[desk]\nsecrets = "hush-hush-hush-hush-hush-hush-hush"\n')


def test_a_file_that_is_no_toml_or_not_there_is_named() -> None:
    assert "config.toml: not TOML:" in mistakes("[desk\n")
    with pytest.raises(ConfigMistakes, match=r"nowhere\.toml: No such file"):
        load(Path("nowhere.toml"), sections())


def test_short_and_well_known_secrets_are_refused() -> None:
    assert "at least 32" in mistakes('[desk]\nsecrets = ["0123456789012345678901234567890"]')
    assert "everybody knows" in mistakes(f'[desk]\nsecrets = ["{EXAMPLE_SECRET}"]')
    assert EXAMPLE_SECRET in EXAMPLE.read_text(encoding="utf-8")


def test_a_secret_that_nobody_set_is_made_once_and_kept_beside_the_store(tmp_path: Path) -> None:
    first = load(None, sections())
    file = tmp_path / "casebot.secret"
    assert state_file(first, file.name) == file
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(first.desk.secrets[0].get_secret_value()) >= 32
    assert load(None, sections()).desk.secrets == first.desk.secrets
    assert [path.name for path in tmp_path.iterdir()] == ["casebot.secret"]
    assert first.desk.secrets[0].get_secret_value() not in repr(first)


def test_a_spoilt_secret_file_is_named() -> None:
    Path("casebot.secret").write_text("short")
    assert "casebot.secret: holds fewer than 32" in mistakes()


def test_read_writes_nothing(tmp_path: Path) -> None:
    assert read(None, sections()).desk.secrets == ()
    assert not list(tmp_path.iterdir())


def test_the_environment_overrides_any_key(monkeypatch: pytest.MonkeyPatch) -> None:
    file = written(
        f'[desk]\nname = "Acme"\nsecrets = ["{SECRET}"]\n[[mailbox]]\naddress = "help@acme.com"\nname = "H"\n'
    )
    monkeypatch.setenv("CASEBOT_STORE__URL", "postgresql://db/x")
    monkeypatch.setenv("CASEBOT_EMAIL__LISTEN", "127.0.0.1:2525")
    monkeypatch.setenv("CASEBOT_EMAIL__MAX_SIZE", "4096")
    monkeypatch.setenv("CASEBOT_EMAIL__TRUSTED_NETWORKS", "10.0.0.0/8, ::1/128")
    monkeypatch.setenv("CASEBOT_MAILBOX__0__ADDRESS", "Desk@Acme.com")
    monkeypatch.setenv("CASEBOT_LIMITS__BATCH", "7")
    monkeypatch.setenv("CASEBOT_STAFF", '[{"name": "Bob", "mail": "bob@acme.com"}]')
    config = load(file, sections())
    email: Any = config.channels["email"]
    assert config.desk.name == "Acme"
    assert config.store.url == "postgresql://db/x"
    assert (email.listen, email.max_size) == ("127.0.0.1:2525", 4096)
    assert list(email.trusted_networks) == ["10.0.0.0/8", "::1/128"]
    assert [(box.address, box.name) for box in config.mailboxes] == [("desk@acme.com", "H")]
    assert config.limits.batch == 7
    assert config.staff[0].mail == "bob@acme.com"


def test_a_mistake_in_the_environment_is_named_by_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASEBOT_STOR__URL", "x")
    monkeypatch.setenv("CASEBOT_STORE__ULR", "x")
    monkeypatch.setenv("CASEBOT_LIMITS__BATCH", "many")
    monkeypatch.setenv("CASEBOT_CONFIG", "this is an option of the command line")
    said = mistakes()
    assert "CASEBOT_STOR__URL: there is no such key; did you mean store?" in said
    assert "CASEBOT_STORE__ULR: there is no such key; did you mean url?" in said
    assert "CASEBOT_LIMITS__BATCH: must be a whole number" in said
    assert len(said.splitlines()) == 3


def test_nothing_can_be_changed_afterwards() -> None:
    config = load(None, sections())
    with pytest.raises(Exception, match="frozen"):
        config.desk.name = "x"
    with pytest.raises(AttributeError):
        config.folder = Path("x")  # type: ignore[misc]


def test_the_reasons_that_the_desk_uses_cannot_be_removed() -> None:
    said = mistakes('[lists]\n[lists.close_reasons]\nresolved = "Done"\n')
    assert "no_response" in said
    assert "default_priority must be one of" in mistakes('[lists]\npriorities = ["High", "Low"]\n')


def test_the_example_has_every_key_with_its_default() -> None:
    values = tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))
    assert plain(load(EXAMPLE, sections())) == plain(load(None, sections()))
    shown = tomllib.loads(
        re.sub(r"^# (?=\[|\w+ = )", "", EXAMPLE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    )
    for name, section in sections().items():
        assert set(shown[name]) == set(section.model_fields), name
        assert set(values[name]) >= set(section.model_fields) - {"sign_in"}, name
    config = load(None, {})
    for name in ("desk", "store", "lists", "survey", "limits", "log"):
        assert set(shown[name]) == set(type(getattr(config, name)).model_fields), name
    for name, model in (("mailbox", config.mailboxes[0]), ("staff", None), ("account", None)):
        kind = type(model) if model else getattr(settings, f"{name.capitalize()}Section")
        assert set(shown[name][0]) == set(kind.model_fields), name
    for name, kind in (("calendar", CalendarSection), ("service_level", ServiceLevelSection)):
        assert set(shown[name][0]) == set(kind.model_fields), name
    assert set(shown["calendar"][0]["hours"]) == set(WeekSection.model_fields)


def test_the_examples_mail_tables_are_some_that_the_mail_channel_knows() -> None:
    from channels.email.config.settings import Dkim, Imap
    from channels.email.config.sign_in import SignIn

    text = re.sub(r"^# (?=\[|\w+ = )", "", EXAMPLE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    imap = tomllib.loads(text)["mailbox"][0]["imap"]
    assert set(imap) == set(Imap.model_fields)
    assert set(tomllib.loads(text)["email"]["sign_in"][0]) == set(SignIn.model_fields)
    assert set(tomllib.loads(text)["mailbox"][0]["dkim"]) == set(Dkim.model_fields)


def plain(config: Config) -> dict[str, Any]:
    """What can be compared: no secret, no places."""

    def said(section: BaseModel) -> dict[str, Any]:
        places = {"secrets", "url", "files", "local_folder", "relay"}
        return {key: value for key, value in section.model_dump().items() if key not in places}

    parts = ("desk", "store", "lists", "survey", "limits", "log")
    rows = (*config.mailboxes, *config.staff, *config.accounts)
    return {
        **{name: said(getattr(config, name)) for name in parts},
        **{name: said(section) for name, section in config.channels.items()},
        "rows": [said(row) for row in rows],
        "levels": dict(config.levels),
    }

"""The command line, as somebody uses it who runs a desk."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
import structlog
from click.testing import CliRunner, Result

from bot.cli import casebot

MAIL = b"""From: Ana <ana@acme.example>
To: support@example.com
Subject: Deal ID 12333: no delivery
Message-ID: <m1@acme.example>
Date: Mon, 23 Nov 2026 10:00:00 +0000

Priority: Critical

It has not delivered for a day.
"""


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("CASEBOT_")]:
        monkeypatch.delenv(name)
    mask = os.umask(0o022)
    yield
    os.umask(mask)
    structlog.reset_defaults()


def run(*words: str, given: str | None = None) -> Result:
    return CliRunner().invoke(casebot, list(words), input=given, prog_name="casebot")


def said(*words: str, given: str | None = None) -> str:
    result = run(*words, given=given)
    assert result.exit_code == 0, result.output
    return result.stdout


def told(*words: str, code: int) -> str:
    """What it says on the error stream when it does not do it."""
    result = run(*words)
    assert result.exit_code == code, result.output
    return result.stderr


def staffed() -> None:
    said("init", "support@acme.com")
    with Path("config.toml").open("a") as file:
        file.write(
            '[[staff]]\nname = "Bob Miller"\nmail = "bob@acme.com"\nmanager = "eve@acme.com"\n'
            '[[staff]]\nname = "Eve"\nmail = "eve@acme.com"\nrole = "manager"\n'
        )


# init


def test_init_writes_a_private_config_that_works_as_it_is() -> None:
    assert "support@example.com" in said("init")
    file = Path("config.toml")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    values = tomllib.loads(file.read_text())
    assert len(values["desk"]["secrets"][0]) >= 32
    assert "# " in file.read_text()
    assert said("case", "list") == "No cases yet.\n"
    assert not Path("casebot.secret").exists()


def test_init_makes_other_secrets_each_time() -> None:
    said("init")
    said("--config", "b.toml", "init")
    first, second = (
        tomllib.loads(Path(name).read_text())["desk"]["secrets"] for name in ("config.toml", "b.toml")
    )
    assert first != second


@pytest.mark.parametrize(
    ("address", "name", "language"),
    [
        ("support@acme.com", "Acme Support", "en"),
        ("Help.Desk@mail.acme-group.co.uk", "Acme Group Help Desk", "en"),
        ("hilfe@acme.de", "Acme Hilfe", "de"),
        ("support@acme.co.jp", "Acme Support", "ja"),
    ],
)
def test_init_derives_from_the_address_what_it_can(address: str, name: str, language: str) -> None:
    said("init", address)
    values = tomllib.loads(Path("config.toml").read_text())
    assert values["mailbox"][0]["address"] == address.lower()
    assert values["desk"]["name"] == name
    assert values["desk"]["language"] == language
    assert "example.com" not in Path("config.toml").read_text()


def test_init_never_overwrites() -> None:
    Path("config.toml").write_text("mine")
    assert "left as it is" in told("init", code=78)
    assert Path("config.toml").read_text() == "mine"


@pytest.mark.parametrize("address", ["nobody", "a b@acme.com", 'x"@acme.com', "a@b\nc", "@acme.com"])
def test_init_refuses_what_is_no_address(address: str) -> None:
    assert "no mail address" in told("init", address, code=2)
    assert not Path("config.toml").exists()


# config


def test_all_mistakes_in_the_config_are_told_at_once_with_code_78() -> None:
    Path("config.toml").write_text('[desk]\nnam = "x"\n[stor]\nurl = "x"\n')
    for words in (("run",), ("check",), ("case", "list"), ("migrate",), ("explain", "x.eml")):
        said = told(*words, code=78)
        assert "2 mistakes" in said
        assert "did you mean name?" in said
        assert "did you mean store?" in said
    assert sorted(os.listdir()) == ["config.toml"]


def test_the_config_can_be_elsewhere() -> None:
    Path("etc").mkdir()
    said("--config", "etc/desk.toml", "init")
    said("--config", "etc/desk.toml", "case", "list")
    assert Path("etc/casebot.db").exists()
    result = CliRunner().invoke(casebot, ["case", "list"], env={"CASEBOT_CONFIG": "etc/desk.toml"})
    assert result.exit_code == 0
    assert os.listdir() == ["etc"]


def test_check_says_what_works_and_what_is_perhaps_not_meant() -> None:
    said("init")
    shown = said("check")
    assert "✓ store: sqlite:///" in shown
    assert "no [[staff]]" in shown
    assert "authserv_id is not set" in shown


def test_check_names_everything_that_does_not_answer() -> None:
    said("init")
    text = Path("config.toml").read_text()
    text = text.replace("maildir:./outgoing", "smtp://me:hush@127.0.0.1:9")
    Path("config.toml").write_text(text.replace('certificate = ""', 'certificate = "nowhere.pem"'))
    result = run("check")
    assert result.exit_code == 1
    assert result.stdout.count("✗") == 2
    assert "hush" not in result.output


def test_a_store_that_does_not_answer_is_told_in_words_without_its_password() -> None:
    result = CliRunner().invoke(
        casebot, ["case", "list"], env={"CASEBOT_STORE__URL": "postgresql://me:hush@127.0.0.1:9/x"}
    )
    assert result.exit_code == 1
    assert "does not answer" in result.stderr
    assert "Nothing was changed" in result.stderr
    assert "hush" not in result.output


def test_migrate_says_what_it_did() -> None:
    assert "brought from nothing to" in said("migrate")
    assert "is up to date" in said("migrate")


# cases


def test_a_case_is_worked_on_from_the_command_line() -> None:
    staffed()
    assert "CS-000001" in said(
        "case", "new", "--as", "ana@x.com", "Critical", "Deal ID 12333:", "no delivery"
    )
    said("case", "take", "1", "--as", "bob@acme.com")
    said("case", "note", "CS-000001", "she", "is", "important")
    said("case", "reply", "1", "-", given="We are\nat it.\n")
    said("case", "concern", "#1", "lack of reply +33 1 23 45 67 89: nobody answered", "--as", "ana@x.com")
    said("case", "close", "1", "fixed, thank you")
    said("case", "reopen", "1", "no, still broken", "--as", "ana@x.com")
    shown = said("case", "show", "1")
    for words in ("Deal ID 12333", "Critical", "ana@x.com", "she is important", "  We are\n  at it."):
        assert words in shown
    history = [line.split("  ")[-1] for line in shown[shown.index("History") :].splitlines()]
    assert history
    for event in (
        "opened",
        "taken by Bob Miller",
        "noted",
        "answered",
        "concern raised",
        "closed",
        "reopened",
    ):
        assert event in shown[shown.index("History") :]
    assert re.search(r"\[internal\]\n  she is important", shown)


def test_lists_have_a_line_per_case_and_can_be_narrowed() -> None:
    staffed()
    for subject in ("one", "two", "three"):
        said("case", "new", "--as", "ana@x.com", subject)
    said("case", "close", "2", "not ours")
    lines = said("case", "list").splitlines()
    assert len(lines) == 4
    assert re.match(r"CASE +STATE +PRIORITY +REQUESTER +OWNER +CHANGED +SUBJECT$", lines[0])
    assert len(said("case", "list", "--limit", "1").splitlines()) == 2
    assert "two" in said("case", "list", "--state", "closed")
    assert said("case", "list", "--held") == "No such cases.\n"
    assert [case["subject"] for case in json.loads(said("case", "list", "--json"))] == ["two", "three", "one"]
    assert len(said("case", "my", "--as", "ana@x.com").splitlines()) == 4
    assert "three" in said("case", "search", "three")


def test_everything_listed_is_there_as_json() -> None:
    staffed()
    answer = json.loads(said("case", "new", "--as", "ana@x.com", "--json", "one"))
    assert answer["case"] == "CS-000001"
    assert answer["answered"][0]["outcome"] == "done"
    view = json.loads(said("case", "show", "1", "--json"))
    assert view["line"]["number"] == "CS-000001"
    assert view["history"][0]["name"] == "opened"
    assert view["opened_at"].endswith("Z")
    rows = json.loads(said("outbox", "list", "--json"))
    assert {row["notice"] for row in rows} == {"confirmation", "case opened"}
    assert json.loads(said("inbox", "list", "--json")) == []


def test_what_cannot_be_done_says_why_and_has_code_1() -> None:
    staffed()
    assert "CS-000099" in told("case", "close", "99", code=1)
    assert "there is no case CS-000099" in told("case", "show", "99", code=1)
    said("case", "new", "--as", "ana@x.com", "one")
    assert "nobody on the support team" in told("case", "assign", "1", "Zoe", code=1)
    assert "support team" in told("case", "note", "1", "x", "--as", "ana@x.com", code=1)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("case close", "Missing argument"),
        ("case close it", "no case number"),
        ("case add 1 somebody", "One mail address is needed"),
        ("case new", "needs a subject"),
        ("case my lost", "is no state"),
        ("case reply 1", "There is no text"),
        ("case close 1 --as bob", "no mail address"),
        ("case shwo 1", "No such command"),
        ("inbox requeue", "--all"),
        ("outbox retry", "--all"),
        ("outbox retry 1 --all", "not both"),
        ("explain", "Missing argument"),
    ],
)
def test_wrong_use_is_told_with_code_2(words: str, why: str) -> None:
    assert why in told(*words.split(), code=2)


def test_nothing_that_a_stranger_wrote_can_steer_the_terminal() -> None:
    staffed()
    said("case", "new", "--as", "ana@x.com", "one \x1b[31m red\x07\u202e")
    for words in (("case", "list"), ("case", "show", "1")):
        shown = said(*words)
        assert "\x1b" not in shown
        assert "\x07" not in shown
        assert "\u202e" not in shown


# inbox and outbox


def test_deliveries_can_be_listed_and_tried_again() -> None:
    staffed()
    said("case", "new", "--as", "ana@x.com", "one")
    lines = said("outbox", "list").splitlines()
    assert len(lines) == 4
    assert said("outbox", "list", "--state", "dead") == "Nothing is dead.\n"
    assert "3 deliveries are tried again" in said("outbox", "retry", "--all")
    number = lines[1].split()[0]
    assert "1 delivery is tried again" in said("outbox", "retry", number)
    assert "none of these" in told("outbox", "retry", "1", code=1)


def test_an_empty_inbox_says_so() -> None:
    assert said("inbox", "list") == "Nothing came in yet.\n"
    assert "there is no message 5" in told("inbox", "show", "5", code=1)
    assert "none of these" in told("inbox", "requeue", "--all", code=1)


# explain


def test_explain_says_what_would_be_done_and_leaves_no_trace() -> None:
    Path("mail.eml").write_bytes(MAIL)
    shown = said("explain", "mail.eml")
    for words in ("ana@acme.example", "Deal ID 12333: no delivery", "Open (done)", "CS-000001"):
        assert words in shown
    assert os.listdir() == ["mail.eml"]


def test_explain_knows_the_store_and_changes_nothing_in_it() -> None:
    staffed()
    said("case", "new", "--as", "ana@x.com", "one")
    Path("mail.eml").write_bytes(MAIL.replace(b"support@example.com", b"support@acme.com"))
    (answer,) = json.loads(said("explain", "mail.eml", "--json"))
    assert answer["commands"][0][0] == "Open"
    assert answer["commands"][0][1]["priority"] == "Critical"
    assert "CS-000002" in answer["answered"][0]["text"]
    assert {"bob@acme.com", "eve@acme.com"} <= set(answer["told"])
    assert len(said("case", "list").splitlines()) == 2
    assert len(json.loads(said("outbox", "list", "--json"))) == 3


def test_explain_of_several_files_and_of_one_that_is_not_there() -> None:
    Path("a.eml").write_bytes(MAIL)
    Path("b.eml").write_bytes(MAIL.replace(b"Subject", b"Auto-Submitted: auto-replied\nSubject"))
    answers = json.loads(said("explain", "a.eml", "b.eml", "--json"))
    assert [answer["file"] for answer in answers] == ["a.eml", "b.eml"]
    assert answers[1]["read"]["verdict"]["may_answer"] is False
    assert "No such file" in told("explain", "c.eml", code=1)


# run


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_ready(url: str) -> None:
    for _ in range(200):
        try:
            with urlopen(url) as answer:
                assert answer.status == 200
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"{url} never answered")


def test_run_without_a_config_works_on_the_defaults_says_where_and_ends_well() -> None:
    port = free_port()
    environment = {
        **os.environ,
        "CASEBOT_EMAIL__LISTEN": "",
        "CASEBOT_WEB__LISTEN": f"127.0.0.1:{port}",
        "CASEBOT_LOG__FORMAT": "json",
    }
    words = [sys.executable, "-m", "bot.cli", "run"]
    with subprocess.Popen(words, env=environment, stderr=subprocess.PIPE, text=True) as house:
        assert house.stderr
        lines = [json.loads(house.stderr.readline()) for _ in range(2)]
        wait_until_ready(f"http://127.0.0.1:{port}/readyz")
        house.send_signal(signal.SIGTERM)
        assert house.wait(20) == 0
    assert "defaults" in lines[0]["event"]
    assert lines[1]["store"].endswith("/casebot.db")
    assert lines[1]["address"] == "support@example.com"
    assert stat.S_IMODE(Path("casebot.db").stat().st_mode) == 0o600


def test_help_needs_none_of_the_heavy_libraries() -> None:
    heavy = ("pydantic", "sqlalchemy", "jinja2", "starlette", "alembic", "structlog", "slack_bolt")
    code = f"import sys; from bot import cli; print([n for n in {heavy} if n in sys.modules])"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"
    assert "casebot init" in said("--help")
    assert "close" in said("case", "--help")

"""The command line, as somebody uses it who runs a desk."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from urllib.request import urlopen

import pytest
from click.testing import CliRunner

from bot.cli.main import casebot
from bot.links.tokens import Links
from rehearsal.ports import free_port
from tests.support.houses.console import run, said, staffed, told

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
        ("support@acme.co.jp", "Acme サポート", "ja"),
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


def test_init_keeps_the_secret_that_was_in_use_before_there_was_a_config() -> None:
    said("case", "list")
    kept = Path("casebot.secret").read_text().strip()
    assert "work on" in said("init")
    fresh, second = tomllib.loads(Path("config.toml").read_text())["desk"]["secrets"]
    assert fresh != kept
    assert second == kept
    now = datetime.now(UTC)
    token = Links([kept]).reply_token(1, 2, "public", now=now)
    assert Links([fresh, second]).read_reply_token(token, now=now)


def test_init_leaves_out_a_kept_secret_that_no_config_would_take() -> None:
    Path("casebot.secret").write_text("short")
    said("init")
    assert len(tomllib.loads(Path("config.toml").read_text())["desk"]["secrets"]) == 1


def test_init_names_the_command_that_reads_the_very_file() -> None:
    assert "`casebot --config 'other desk.toml' check`" in said("--config", "other desk.toml", "init")
    assert "`casebot check`" in said("init")


def test_init_leaves_nothing_behind_on_a_full_disk() -> None:
    code = (
        "import resource, signal, runpy, sys\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\n"
        "sys.argv = ['casebot', 'init']\n"
        "runpy.run_module('bot.cli', run_name='__main__')"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "config.toml cannot be written" in ended.stderr
    assert os.listdir() == []


# config


def test_a_folder_that_is_called_as_the_config_is_not_passed_over() -> None:
    Path("config.toml").mkdir()
    assert "config.toml: Is a directory" in told("case", "list", code=78)


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
    with Path("config.toml").open("a") as file:
        file.write('[email]\nrelay = "smtp://me:hush@127.0.0.1:9"\ncertificate = "nowhere.pem"\n')
        file.write('[store]\nurl = "postgresql://me:hush@127.0.0.1:9/x"\n')
    result = run("check")
    assert result.exit_code == 1
    assert result.stdout.count("✗") == 3
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


# run


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
        "CASEBOT_WEB__LISTEN": "",
        "CASEBOT_WEB__MONITOR": f"127.0.0.1:{port}",
        "CASEBOT_LOG__FORMAT": "json",
    }
    words = [sys.executable, "-m", "bot.cli", "run"]
    with subprocess.Popen(words, env=environment, stderr=subprocess.PIPE, text=True) as house:
        assert house.stderr
        lines = [json.loads(house.stderr.readline()) for _ in range(2)]
        wait_until_ready(f"http://127.0.0.1:{port}/readyz")
        house.send_signal(signal.SIGTERM)
        assert house.wait(60) == 0
    assert "defaults" in lines[0]["event"]
    assert lines[1]["store"].endswith("/casebot.db")
    assert lines[1]["address"] == "support@example.com"
    assert stat.S_IMODE(Path("casebot.db").stat().st_mode) == 0o600


def test_run_on_a_terminal_says_where_everything_is_and_what_to_do_next() -> None:
    said("init", "support@acme.com")
    mail, web = free_port(), free_port()
    places = {"CASEBOT_EMAIL__LISTEN": f"127.0.0.1:{mail}", "CASEBOT_WEB__LISTEN": f"127.0.0.1:{web}"}
    ours, theirs = os.openpty()
    words = [sys.executable, "-m", "bot.cli", "run"]
    shown = ""
    with subprocess.Popen(words, env=os.environ | places, stdout=theirs, stderr=subprocess.DEVNULL) as house:
        while "Ctrl-C closes the desk" not in shown:
            shown += os.read(ours, 4096).decode()
        assert urlopen(f"http://127.0.0.1:{web}/healthz").status == 200, "it is open when that is said"
        house.send_signal(signal.SIGTERM)
        assert house.wait(60) == 0
    os.close(ours)
    os.close(theirs)
    assert "The desk is open" in shown
    assert "support@acme.com" in shown
    assert f"http://127.0.0.1:{web}/new" in shown
    assert f"the Maildir {Path.cwd()}/outgoing: nothing leaves this machine" in shown
    assert 'casebot case new "Hello" --as you@acme.com' in shown
    assert f"curl -sT - smtp://127.0.0.1:{mail}" in shown


def imported(*words: str) -> set[str]:
    """What a command has imported by its end: every module, and the packages of them all."""
    code = (
        "import atexit, sys; sys.argv[0] = 'casebot'; from bot.cli.__main__ import main;"
        " atexit.register(lambda: print(*sys.modules, file=sys.stderr)); main()"
    )
    ended = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=True)
    assert ended.stdout
    modules = set(ended.stderr.split())
    return modules | {module.partition(".")[0] for module in modules}


HEAVY = {
    "jinja2",
    "starlette",
    "uvicorn",
    "alembic",
    "slack_bolt",
    "slack_sdk",
    "aiosmtpd",
    "cryptography",
    "holidays",
}


def test_help_needs_none_of_the_heavy_libraries() -> None:
    for words in (("--help",), ("case", "--help")):
        assert imported(*words) & (HEAVY | {"pydantic", "sqlalchemy", "structlog"}) == set()
    assert "casebot init" in said("--help")
    assert "close" in said("case", "--help")


@pytest.mark.parametrize(
    "words",
    [
        ("case", "list"),
        ("case", "show", "1"),
        ("case", "queue", "unassigned"),
        ("case", "my", "--as", "bob@acme.com"),
        ("case", "search", "delivery"),
        ("inbox", "list"),
        ("people", "staff"),
    ],
)
def test_a_command_that_only_reads_opens_the_store_and_nothing_else(words: tuple[str, ...]) -> None:
    staffed()
    said("case", "new", "--as", "ana@x.com", "No delivery")
    modules = imported(*words)
    assert "sqlalchemy" in modules
    assert modules & (HEAVY | {"pydantic_settings", "bot.app", "bot.desk.desk", "bot.cli.backup"}) == set()


def test_the_verbs_are_listed_by_what_they_are_for() -> None:
    shown = said("case", "--help")
    heads = [shown.index(f"\n{title}:\n") for title in ("Read", "Answer", "Decide", "People")]
    assert heads == sorted(heads)
    listed = [line.split()[0] for line in shown[heads[0] :].splitlines() if line.startswith("  ")]
    assert len(listed) == len(set(listed))
    assert "close" in listed
    assert "\nMore:\n" not in shown, "each verb has its place"
    assert "[OPTIONS] N [TEXT]\n" in said("case", "close", "--help")
    assert "mail-address" not in said("case", "add", "--help")


@pytest.mark.parametrize(("spare", "end"), [(0, "customer why."), (-1, "customer...")])
def test_help_is_cut_only_where_the_terminal_ends(spare: int, end: str) -> None:
    line = "  decline      Leave its priority as it is, and tell the customer why."
    width = len(line) + 2 + spare
    shown = CliRunner().invoke(casebot, ["case", "--help"], terminal_width=width).stdout
    assert f"Leave its priority as it is, and tell the {end}\n" in shown


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_commands_are_completed_in_the_usual_shells(shell: str) -> None:
    assert "_CASEBOT_COMPLETE" in said("completion", shell)
    ended = subprocess.run(
        [sys.executable, "-c", "import sys; sys.argv = ['casebot']; from bot.cli.main import main; main()"],
        env={
            **os.environ,
            "_CASEBOT_COMPLETE": "bash_complete",
            "COMP_WORDS": "casebot case clo",
            "COMP_CWORD": "2",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert "close" in ended.stdout

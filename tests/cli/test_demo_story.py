"""``casebot demo`` as somebody runs it who has just cloned this: the story, the page's URL, Ctrl-C."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]
import pytest

from tests.support.houses.house import until

pytestmark = pytest.mark.slow
CASEBOT = (sys.executable, "-m", "bot.cli")
MISLEADING = {
    **os.environ,
    "CASEBOT_STORE__URL": "sqlite:////nowhere/at/all.db",
    "CASEBOT_CONFIG": "/nowhere.toml",
}
"""What the demo must not be led astray by."""


def test_story_is_told_and_the_store_that_it_leaves_agrees(tmp_path: Path) -> None:
    told = subprocess.run(
        [*CASEBOT, "demo", "--story", "--keep", str(tmp_path / "kept")],
        capture_output=True,
        text=True,
        timeout=180,
        env=MISLEADING,
        cwd=tmp_path,
        check=False,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    assert told.stderr == ""
    lines = told.stdout.splitlines()
    assert max(map(len, lines[:-2])) <= 100
    chapters = [line for line in lines if re.match(r" [ \d]\d  ", line)]
    assert len(chapters) == 12
    for words in (
        "is now case",
        "Owner: Sam",
        "report.csv",
        "How did we do?",
        "5 of 5",
        "is open again",
        "Mia",
    ):
        assert words in told.stdout
    kept = tmp_path / "kept"
    assert {file.name for file in kept.iterdir()} >= {
        "config.toml",
        "casebot.db",
        "casebot.log",
        "mails",
        "slack.jsonl",
        "transcript.txt",
    }
    assert (kept / "transcript.txt").read_text().splitlines() == lines[:-2]
    assert len(list((kept / "mails" / "ana@acme.example" / "new").iterdir())) == 8
    show_what_happened(kept)


def show_what_happened(folder: Path) -> None:
    command = [*CASEBOT, "case", "show", "--json"]
    one, two = (
        json.loads(subprocess.run([*command, number], capture_output=True, cwd=folder, check=True).stdout)
        for number in ("CS-000001", "CS-000002")
    )
    assert [step["name"] for step in one["history"]] == [
        "opened",
        "taken",
        "noted",
        "answered",
        "replied",
        "closed",
        "closed",
        "survey sent",
        "survey answered",
        "reopened",
        "concern raised",
        "concern taken",
    ]
    assert one["line"]["state"] == "open"
    assert one["line"]["owner"] == "Sam Specialist"
    assert [entry["visibility"] for entry in one["entries"]].count("internal") == 1
    assert [step["name"] for step in two["history"]] == ["opened", "answered", "taken", "replied"]
    assert two["line"]["requester"] == "Ben Okafor"


@contextmanager
def running(folder: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The demo, and the URL it names."""
    log = folder / "said"
    with log.open("w") as out:
        process = subprocess.Popen(
            [*CASEBOT, "demo", *options], stdout=out, stderr=out, text=True, env=MISLEADING, cwd=folder
        )
    try:
        found = until(lambda: re.search(r"http://127\.0\.0\.1:\d+", log.read_text()))
        assert found, log.read_text()
        yield process, found.group()
    finally:
        process.terminate()
        process.wait(60)


def ask(url: str, path: str, **body: str) -> Any:
    data = json.dumps(body).encode() if body else None
    with urllib.request.urlopen(url + path, data, timeout=60) as answer:
        return json.load(answer)


def alive(process: psutil.Process) -> bool:
    """Not so a zombie whom nobody has buried yet."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def casebot_of(process: subprocess.Popen[str]) -> psutil.Process:
    return next(each for each in psutil.Process(process.pid).children() if "run" in each.cmdline())


def test_casebot_does_not_outlive_a_demo_that_is_killed(tmp_path: Path) -> None:
    with running(tmp_path, "--keep", str(tmp_path / "kept")) as (process, _):
        family = psutil.Process(process.pid).children(recursive=True)
        process.kill()
        assert until(lambda: not any(map(alive, family)))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_ctrl_c_ends_everything(tmp_path: Path, number: signal.Signals) -> None:
    with running(tmp_path) as (process, url):
        ana, desk = "ana@acme.example", ask(url, "/demo/state")["desk"]
        ask(url, "/mail/send", **{"from": ana, "to": desk, "subject": "Hello", "text": "It stopped."})
        assert until(lambda: len(ask(url, "/mail/state")["mailboxes"][ana]) == 2)
        told = until(lambda: (state := ask(url, "/demo/state"))["cases"] and state)
        assert (told["running"], told["cases"]) == (True, 1)
        family = psutil.Process(process.pid).children(recursive=True)
        assert len(family) == 3, "casebot, the child that reads mail, and who sees that we are gone"
        process.send_signal(number)
        assert process.wait(60) == 0
        assert until(lambda: not any(map(alive, family)))
    said = (tmp_path / "said").read_text()
    assert "Traceback" not in said
    assert len(said.strip().splitlines()) == 5
    assert not Path(told["folder"]).exists()


def test_port_that_is_taken_is_no_trouble(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        with running(tmp_path, "--port", str(taken)) as (process, url):
            assert not url.endswith(f":{taken}")
            assert ask(url, "/demo/state")["running"]
            process.send_signal(signal.SIGINT)
            assert process.wait(60) == 0


def test_when_casebot_dies_the_demo_says_so_and_ends(tmp_path: Path) -> None:
    with running(tmp_path, "--keep", str(tmp_path / "kept")) as (process, _):
        casebot_of(process).kill()
        assert process.wait(60) == 1
    said = (tmp_path / "said").read_text()
    assert "casebot ended (exit code -9)" in said
    assert "listening for mail" in said
    assert "Traceback" not in said

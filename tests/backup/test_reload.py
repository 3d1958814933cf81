"""SIGHUP: people, customers and promises of the config are taken in while the desk runs."""

from __future__ import annotations

import json
import os
import threading
import time
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from bot.workers.reload import Reload
from store.engine.database import Transaction
from store.people import person
from tests.support.houses.desk import TestDesk, config_for
from tests.support.houses.desk_process import DeskProcess, patient
from tests.support.setup import databases

NEW = """
[[staff]]
name = "Nina New"
mail = "nina@desk.example"
[[account]]
name = "Globex"
domains = ["globex.example"]
"""


def logged(desk: DeskProcess, event: str) -> dict[str, Any]:
    """The newest line of the log that says this."""

    def newest() -> dict[str, Any] | None:
        lines = [json.loads(line) for line in desk.log().splitlines() if line.startswith("{")]
        return next((line for line in reversed(lines) if event in line["event"]), None)

    line = patient(newest)
    assert line, desk.log()
    found: dict[str, Any] = line
    return found


def test_who_comes_and_goes_is_taken_in_without_a_restart(url: str, tmp_path: Path) -> None:
    with DeskProcess(tmp_path / "desk", url) as desk:
        desk.send("First")
        assert patient(lambda: len(desk.sent()) == 2)
        desk.config.write_text(desk.config.read_text().replace("sam@desk.example", "tom@desk.example") + NEW)
        desk.reload()
        line = logged(desk, "taken in from the config")
        assert line["staff_came"] == ["tom@desk.example", "nina@desk.example"]
        assert line["staff_went"] == ["sam@desk.example"]
        assert line["accounts_came"] == ["Globex"]
        desk.send("Second", "gus@globex.example")
        assert patient(lambda: len(desk.sent()) == 5)
        told = b"".join(mail.read_bytes() for mail in desk.sent()[2:])
        assert b"nina@desk.example" in told
        assert b"tom@desk.example" in told
        assert b"sam@desk.example" not in told


def test_a_config_with_mistakes_or_with_other_lists_changes_nothing_and_is_named(tmp_path: Path) -> None:
    with DeskProcess(tmp_path / "desk", f"sqlite:///{tmp_path}/desk/casebot.db") as desk:
        whole = desk.config.read_text()
        desk.config.write_text(whole + NEW + 'nonsense = "x"\n')
        desk.reload()
        assert "nonsense" in str(logged(desk, "the config has mistakes")["mistakes"])
        desk.config.write_text(whole + NEW + '[lists]\ndefault_priority = "Low"\n')
        desk.reload()
        assert logged(desk, "nothing was taken in: [lists]")
        desk.send("First")
        assert patient(lambda: len(desk.sent()) == 2)
        desk.config.write_text(
            whole.replace('"Acme Support"', '"Globex Support"\ntime_zone = "Asia/Tokyo"') + NEW
        )
        desk.reload()
        sections = logged(desk, "changed, too, but")["sections"]
        assert sections == ["desk", "mailbox", "time zone"], "whose name is the desk's"
        desk.send("Second")
        assert patient(lambda: len(desk.sent()) == 5)
        assert desk.process
        assert desk.process.poll() is None


def test_a_reload_that_comes_while_the_desk_starts_is_done_once_it_is_there(tmp_path: Path) -> None:
    desk = DeskProcess(tmp_path / "desk", f"sqlite:///{tmp_path}/desk/casebot.db")
    first, edited = desk.config.read_text(), tmp_path / "edited.toml"
    edited.write_text(first + NEW)
    desk.config.unlink()
    os.mkfifo(desk.config)  # it stands before its config, unread, until somebody writes there

    def edit_and_reload() -> None:
        config = patient(lambda: opened(desk.config))
        assert desk.process
        desk.reload()
        edited.replace(desk.config)
        os.write(config, first.encode())
        os.close(config)

    def opened(fifo: Path) -> int | None:
        try:
            return os.open(fifo, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:  # nobody reads it yet
            return None

    operator = threading.Thread(target=edit_and_reload)
    operator.start()
    with desk:
        operator.join()
        assert logged(desk, "taken in from the config")["accounts_came"] == ["Globex"]


def test_the_next_request_sees_the_new_people_and_the_new_config(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = databases.sqlite(tmp_path)
    with TestDesk(url, tmp_path) as desk:
        app, fresh, add = desk.app, config_for(url, tmp_path, NEW), Future.add_done_callback
        reload = Reload(app.config, app.writer, read=lambda: fresh, now=app.now)
        monkeypatch.setattr(Future, "add_done_callback", lambda *held: (time.sleep(0.5), add(*held)))
        thread = threading.Thread(target=reload.run, daemon=True)
        thread.start()
        reload.ask()

        def sections(tx: Transaction) -> Any:
            return person.find(tx, "email", "nina@desk.example") and app.config.reloadable.now

        assert patient(lambda: app.writer.write(sections)) is fresh.reloadable.now
        reload.leave()
        thread.join()

"""SIGHUP: people, customers and promises of the config are taken in while the desk runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.support.houses.desk_process import DeskProcess, patient

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
        desk.config.write_text(whole.replace("Acme Support", "Globex Support") + NEW)
        desk.reload()
        sections = logged(desk, "changed, too, but")["sections"]
        assert sections == ["desk", "mailbox"], "whose name is the desk's"
        desk.send("Second")
        assert patient(lambda: len(desk.sent()) == 5)
        assert desk.process
        assert desk.process.poll() is None

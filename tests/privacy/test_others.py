"""Somebody is erased or given what is held of them: what is another person's stays, and stays theirs."""

from __future__ import annotations

import zipfile
from pathlib import Path

from store import channel_state
from store.engine.database import Database
from tests.privacy.test_erase import cases, send, settled
from tests.support.houses.desk_process import DeskProcess, patient

VICTIM, NAMESAKE = "john@acme.example", "e@evil.example"
PHONE = "+49 30 7654321"


def namesakes(desk: DeskProcess) -> None:
    """A case of John Smith's with his number, and one of somebody who calls himself so."""
    send(desk, "The press", "It stands still.", sender=f"John Smith <{VICTIM}>")
    assert patient(lambda: len(cases(desk)) == 1)
    desk.casebot("case", "contact", "1", "John Smith", PHONE, "--as", "sam@desk.example")
    send(desk, "Hello", "May I ask something?", sender=f"John Smith <{NAMESAKE}>")
    assert patient(lambda: len(cases(desk)) == 2 and settled(desk))
    assert PHONE in desk.casebot("case", "show", "1")


def test_whoever_takes_anothers_name_is_not_given_his_number_and_does_not_take_it_away(
    url: str, tmp_path: Path
) -> None:
    with DeskProcess(tmp_path / "desk", url) as desk:
        namesakes(desk)
        desk.casebot("people", "export", NAMESAKE, "--output", str(tmp_path / "e.zip"))
        with zipfile.ZipFile(tmp_path / "e.zip") as archive:
            assert [name for name in archive.namelist() if b"7654321" in archive.read(name)] == []
        desk.casebot("people", "erase", NAMESAKE, "--close", "--yes")
        shown = desk.casebot("case", "show", "1")
        assert PHONE in shown
        assert "John Smith" in shown


def test_what_channels_remember_of_a_longer_address_stays(url: str, tmp_path: Path) -> None:
    with DeskProcess(tmp_path / "desk", url) as desk:
        namesakes(desk)
        longer = f"canary mom{NAMESAKE}"
        own = f"form draft/{NAMESAKE}/new/0"
        database = Database(url)
        with database.writing() as tx:
            channel_state.write(tx, longer, {"sent": None, "about": f"some-{NAMESAKE}.org"})
            channel_state.write(tx, own, {"typed": {"text": "Hello"}})
        desk.casebot("people", "erase", NAMESAKE, "--close", "--yes")
        with database.reading() as tx:
            assert channel_state.read(tx, longer) is not None
            assert channel_state.read(tx, own) is None
        database.close()

"""The weekly digest: posted once a week whatever starts again and however many clocks there are, with its picture."""

from __future__ import annotations

import threading
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.commands import Open
from bot.queries.lists import ListOutbox
from bot.reports.png_canvas import Canvas
from rehearsal.slack.server import Server
from rehearsal.slack.workspace import cast
from tests.support.houses.desk import TestDesk
from tests.support.houses.house import until
from tests.support.houses.office import SLACK, STAFF, Office, said
from tests.support.setup import databases

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ANA = "ana@acme.example"


@pytest.fixture(autouse=True)
def _weekly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASEBOT_REPORT__DIGEST", "monday 09:00")


@pytest.fixture(scope="module")
def slack() -> Iterator[Server]:
    """A workspace that nobody calls; only its address is needed."""
    server = Server(cast.build())
    server.start()
    yield server
    server.stop()


def desk(url: str, folder: Path, slack: Server, *, more: str = "") -> TestDesk:
    """A desk with a triage channel, but without couriers; every desk of one test has the same store."""
    folder.mkdir(exist_ok=True)
    board = SLACK.format(app=slack.workspace.app, url=slack.url, mode="socket")
    return TestDesk(url, folder, more=board + more, config=STAFF)


def told(at: TestDesk) -> int:
    return sum(line.notice == "weekly digest" for line in at.desk.ask(ListOutbox(limit=1000)))


def opened(at: TestDesk, when: datetime = MONDAY - timedelta(days=2)) -> None:
    at.at(when)
    at.ask(ANA, Open("No delivery", "It stopped."))


def test_the_week_is_told_in_the_triage_channel_with_a_picture_story(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ana writes; on the next due day the team reads how the week went, and sees it, once, also after a restart."""
    url, due = databases.sqlite(tmp_path), datetime.now(UTC) + timedelta(days=2, hours=-1)
    monkeypatch.setenv("CASEBOT_REPORT__DIGEST", f"{due:%A %H:%M}".lower())
    slack = Server(cast.build())
    slack.start()
    try:
        with Office(url, tmp_path, slack=slack) as office:
            office.send(
                f"Ana <{ANA}>", "support@example.com", "Deal ID 12333: <!channel> no delivery", "It stopped."
            )
            office.card()
            office.pass_time(days=2)
            pictures = until(lambda: [m for m in office.messages("triage") if m.files])
            office.drained()
        with Office(url, tmp_path, slack=slack) as office:
            office.pass_time(days=2)
            assert until(lambda: office.app.digest._told), "it has looked"
            office.drained()
            words = [said(m) for m in office.messages("triage") if "The week of" in said(m)]
            assert len(words) == 1
            assert len([m for m in office.messages("triage") if m.files]) == len(pictures) == 1
    finally:
        slack.stop()
    assert "1 case came in (1 more than before), and none was closed." in words[0]
    assert "CS-000001" in words[0]
    assert "<!channel>" not in words[0], "nobody is called by a subject"
    (file,) = pictures[0].files
    assert file.name.endswith(".png")
    assert file.data.startswith(b"\x89PNG\r\n\x1a\n")


def test_two_processes_whose_clocks_strike_together_tell_it_once_story(
    url: str, tmp_path: Path, slack: Server
) -> None:
    """Two machines share a store; both look at the same moment, and again."""
    with ExitStack() as both:
        desks = [both.enter_context(desk(url, tmp_path / name, slack)) for name in ("one", "two")]
        opened(desks[0])
        for at in desks:
            at.at(MONDAY)
        start = threading.Barrier(2)

        def strikes(at: TestDesk) -> None:
            start.wait()
            for _ in range(3):
                at.app.digest.look()

        threads = [threading.Thread(target=strikes, args=(at,)) for at in desks]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert told(desks[0]) == 1
        desks[1].at(MONDAY + timedelta(days=7))
        desks[1].app.digest.look()
        assert told(desks[0]) == 2, "the next week is another"


@pytest.mark.parametrize(
    ("after", "count"),
    [(timedelta(minutes=-1), 0), (timedelta(), 1), (timedelta(hours=23), 1), (timedelta(hours=25), 0)],
)
def test_it_is_told_at_its_hour_or_the_same_day_and_no_later(
    tmp_path: Path, slack: Server, after: timedelta, count: int
) -> None:
    with desk(databases.sqlite(tmp_path), tmp_path, slack) as at:
        opened(at)
        at.at(MONDAY + after)
        at.app.digest.look()
        assert told(at) == count


def test_what_fails_is_not_tried_every_second_and_is_told_once_it_works_again(
    tmp_path: Path, slack: Server, capfd: pytest.CaptureFixture[str]
) -> None:
    with desk(databases.sqlite(tmp_path), tmp_path, slack) as at:
        opened(at)
        scratch = at.app.files.scratch
        away = scratch.rename(scratch.with_name("away"))
        scratch.touch()  # no folder can be made there
        for second in range(12):
            at.at(MONDAY + timedelta(seconds=second))
            assert at.app.digest.look() == []
        scratch.unlink()
        away.rename(scratch)
        at.at(MONDAY + timedelta(seconds=13))
        assert at.app.digest.look() == [], "it waits"
        at.at(MONDAY + timedelta(minutes=2))
        at.app.digest.look()
        assert told(at) == 1
    tries = capfd.readouterr()
    assert (tries.out + tries.err).count("the week could not be told") == 1


def test_the_hour_is_that_of_the_office(tmp_path: Path, slack: Server) -> None:
    paris = '\n[[calendar]]\nname = "office"\ntime_zone = "Europe/Paris"\n'
    with desk(databases.sqlite(tmp_path), tmp_path, slack, more=paris) as at:
        opened(at)
        for minute, count in ((-61, 0), (-60, 1)):  # nine in Paris is eight in UTC
            at.at(MONDAY + timedelta(minutes=minute))
            at.app.digest.look()
            assert told(at) == count


def test_a_desk_without_cases_has_nothing_to_tell(tmp_path: Path, slack: Server) -> None:
    with desk(databases.sqlite(tmp_path), tmp_path, slack) as at:
        at.at(MONDAY)
        at.app.digest.look()
        assert told(at) == 0


def test_where_it_is_switched_off_nothing_is_told(
    tmp_path: Path, slack: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASEBOT_REPORT__DIGEST", "")
    with desk(databases.sqlite(tmp_path), tmp_path, slack) as at:
        opened(at)
        at.at(MONDAY)
        at.app.digest.look()
        assert told(at) == 0


def test_a_drawn_picture_has_the_pixels_that_were_drawn() -> None:
    canvas = Canvas(40, 20, (255, 255, 255))
    canvas.box(4, 4, 20, 10, colour=(10, 20, 30), radius=3)
    canvas.text(30, 15, "1", size=10, colour=(0, 0, 0))
    file = canvas.png()
    length = int.from_bytes(file[33:37])
    rows = zlib.decompress(file[41 : 41 + length])
    assert len(rows) == 20 * (1 + 3 * 40)

    def pixel(x: int, y: int) -> bytes:
        at = y * 121 + 1 + 3 * x
        return rows[at : at + 3]

    assert pixel(0, 0) == pixel(39, 19) == b"\xff\xff\xff"
    assert pixel(14, 9) == bytes((10, 20, 30))
    assert bytes((10, 20, 30)) < pixel(5, 4) < b"\xff\xff\xff", "corners are round, and smooth"
    assert any(pixel(x, 10) < b"\x40\x40\x40" for x in range(28, 38))

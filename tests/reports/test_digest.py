"""The weekly digest: posted once a week whatever starts again and however many clocks there are, with its picture."""

from __future__ import annotations

import io
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PIL import Image, ImageColor

from bot.commands.case import Open
from bot.queries.lists import ListOutbox
from bot.reports.figures import Moved, OpenCases
from bot.reports.period import Period
from bot.reports.png_chart import COLOURS, HEIGHT, WIDTH, picture
from rehearsal.slack.server import Server
from rehearsal.slack.workspace import cast
from tests.support.houses.desk import TestDesk
from tests.support.houses.house import until
from tests.support.houses.office import PLACES, STAFF, Office, said
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
    board = PLACES + slack.workspace.app.section(slack.url, mode="socket")
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
            assert until(lambda: office.app.digest._reported), "it has looked"
            office.drained()
            words = [said(m) for m in office.messages("triage") if "The week of" in said(m)]
            assert len(words) == 1
            assert len([m for m in office.messages("triage") if m.files]) == len(pictures) == 1
    finally:
        slack.stop()
    assert "1 case came in, 1 more than before. None was closed." in words[0]
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


def test_where_pillow_is_missing_the_week_is_told_in_words_alone(
    tmp_path: Path, slack: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)
    monkeypatch.delitem(sys.modules, "bot.reports.png_chart", raising=False)
    with desk(databases.sqlite(tmp_path), tmp_path, slack) as at:
        opened(at)
        at.at(MONDAY)
        assert at.app.digest.look()
        assert told(at) == 1
        assert not list(at.app.files.scratch.parent.rglob("*.png"))
        assert at.app.digest._pictures(at.app.digest._week(MONDAY, MONDAY)) == ()


WEEKS = Period(MONDAY - timedelta(days=56), MONDAY, ZoneInfo("UTC"))


def drawn(most: int, held: OpenCases) -> Image.Image:
    """The picture of eight weeks, in the last of which ``most`` cases were opened; one in each other."""
    course = [Moved(day.isoformat(), 1, 0, day) for day in WEEKS.starts()]
    course[-1] = replace(course[-1], opened=most, closed=most)
    return Image.open(io.BytesIO(picture(course, WEEKS, held))).convert("RGB")


def test_a_drawn_picture_has_bars_as_high_as_their_figures() -> None:
    image = drawn(20, OpenCases(("new", "held"), (("under 1 day", (3, 1)), ("over 30 days", (0, 0)))))
    blue, green = ImageColor.getrgb(COLOURS["opened"]), ImageColor.getrgb(COLOURS["closed"])
    assert image.size == (WIDTH, HEIGHT)
    assert image.getpixel((0, 0)) == image.getpixel((WIDTH - 1, HEIGHT - 1)) == (255, 255, 255)
    pixels = {at: image.getpixel(at) for at in product(range(60, 760), range(80, 460))}
    right = max(x for (x, _), colour in pixels.items() if colour == green)
    highest = min(y for (_, y), colour in pixels.items() if colour == blue)
    assert highest == min(y for (_, y), colour in pixels.items() if colour == green), (
        "as many closed as opened"
    )
    assert sum(pixels[right - 40, y] == blue for y in range(80, 460)) > 300, "the last bar fills the chart"
    assert image.getpixel((900, 136)) == blue, "what waits"
    assert image.getpixel((1120, 136)) == ImageColor.getrgb(COLOURS["held"])


def test_a_bar_that_is_lower_than_a_pixel_is_drawn_all_the_same() -> None:
    image = drawn(100_000, OpenCases((), ()))
    assert {image.getpixel((x, 447)) for x in range(80, 740)} - {(255, 255, 255)}


def test_a_picture_of_nothing_is_drawn_too() -> None:
    assert picture([], WEEKS, OpenCases((), ())).startswith(b"\x89PNG\r\n\x1a\n")

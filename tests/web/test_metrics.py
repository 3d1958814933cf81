"""``/metrics`` answers an operator's questions, from the store as it is."""

from __future__ import annotations

import re
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families as parsed

from bot.monitors import desk_metrics
from channels.email.imap_in.worker import ImapWorker
from rehearsal.ports import free_port
from store.engine.database import Database
from store.engine.lease import LEASE
from store.queues import inbox
from store.queues.inbox import DoorMessage
from tests.support.houses.browser import ANA, DESK, WebHouse, get
from tests.support.houses.house import until
from tests.support.houses.office import Office
from tests.support.setup import databases
from tests.support.setup.config import mailbox_out_of_reach

ROOT = Path(__file__).parents[2]
LEVELS = """
[[service_level]]
name = "standard"
first_response = { Blocker = "1h", Critical = "4h", Medium = "1d", Low = "2d" }
resolution = { Blocker = "8h", Critical = "2d", Medium = "5d", Low = "10d" }
"""
NOWHERE = "sqlite:////nowhere/at/all.db"
HELLO = b"From: ana@acme.example\r\n\r\nHello.\r\n"


class Scrape:
    """What monitoring reads at one moment."""

    def __init__(self, monitor: str) -> None:
        page = get(f"{monitor}/metrics")
        assert page.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        self.families = {family.name: family for family in parsed(page.html)}

    def names(self) -> set[str]:
        """Our own series, as queries name them."""
        return {
            re.sub(r"_(bucket|count|sum)$", "", sample.name) if family.type == "histogram" else sample.name
            for family in self.families.values()
            for sample in family.samples
            if sample.name.startswith("casebot_")
        }

    def __call__(self, name: str, **labels: str) -> float | None:
        """The sum of the samples with these labels; None if there is none."""
        values = [
            sample.value
            for family in self.families.values()
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        ]
        return sum(values) if values else None


@pytest.fixture
def always_fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures are read whenever somebody asks."""
    monkeypatch.setattr(desk_metrics, "FRESH", 0.0)


@pytest.fixture
def never_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures are read once."""
    monkeypatch.setattr(desk_metrics, "FRESH", float("inf"))


@pytest.mark.usefixtures("always_fresh")
def test_a_case_that_comes_is_answered_and_raises_a_concern_moves_the_figures(
    url: str, tmp_path: Path
) -> None:
    with WebHouse(url, tmp_path, more=LEVELS) as house:
        before = Scrape(house.monitor)
        assert before("casebot_store_up") == 1
        assert before("casebot_cases", state="new", priority="Medium") == 0
        assert before("casebot_sla_targets", kind="answer", standing="on_time") == 0
        assert before("casebot_disk_min_free_bytes") == 0
        assert before("casebot_disk_free_bytes")
        kept = before("casebot_accepted_total", source="email", result="kept")
        sent = before("casebot_delivered_total", channel="email", outcome="sent")
        assert kept is not None
        assert sent is not None, "a counter is there before it counts"

        house.send(ANA, DESK, "Deal", "It stopped.")
        confirmation = house.mails("ana@")[0]
        house.settled()
        came = Scrape(house.monitor)
        assert came("casebot_accepted_total", source="email", result="kept") == kept + 1
        assert (came("casebot_delivered_total", channel="email", outcome="sent") or 0) > sent
        assert came("casebot_cases", state="new", priority="Medium") == 1
        assert came("casebot_sla_targets", kind="answer", standing="on_time") == 1
        assert came("casebot_inbox_waiting", source="email") == 0
        assert came("casebot_outbox_waiting", channel="email") == 0

        house.answer(confirmation, ANA, "#concern lack of reply: nobody answers")
        house.settled()
        assert Scrape(house.monitor)("casebot_concerns_untaken") == 1
        house.pass_time(days=10)
        late = Scrape(house.monitor)
        assert late("casebot_sla_targets", kind="answer", standing="missed") == 1
        assert (late("casebot_concerns_untaken_oldest_seconds") or 0) > 9 * 86400
        missed = until(lambda: Scrape(house.monitor)("casebot_sla_missed_last_day", kind="answer"))
        assert missed == 1, "the desk has noticed it, too"


@pytest.mark.usefixtures("always_fresh")
def test_a_held_case_is_counted_apart(tmp_path: Path) -> None:
    with WebHouse(databases.sqlite(tmp_path), tmp_path, trusted_networks=[], verify=False) as house:
        house.submit(f"From: {ANA}\r\nTo: {DESK}\r\nSubject: Hi\r\n\r\nHello.\r\n".encode())
        house.case()
        held = Scrape(house.monitor)
        assert held("casebot_cases_held") == 1
        assert held("casebot_cases") == 0


@pytest.mark.usefixtures("always_fresh")
def test_the_age_and_number_of_what_waits_are_of_the_whole_desk(url: str, tmp_path: Path) -> None:
    with WebHouse(url, tmp_path) as house:
        with closing(Database(url)) as database, database.writing() as tx:
            at = datetime.now(UTC)
            message = DoorMessage("email", "another process's", HELLO, None, len(HELLO), {}, at)
            inbox.accept(tx, [message], lease=LEASE)  # in the hands of a process beside this one
        waiting = Scrape(house.monitor)
        assert waiting("casebot_inbox_waiting", source="email", why="queued") == 1
        assert waiting("casebot_inbox_oldest_seconds", source="email") is not None
        assert waiting("casebot_leases_held", queue="inbox") == 0, "it is not this process's"


@pytest.mark.usefixtures("always_fresh")
def test_a_delivery_that_is_refused_for_now_waits_to_be_tried_again(tmp_path: Path) -> None:
    nobody = f"127.0.0.1:{free_port()}"
    with WebHouse(databases.sqlite(tmp_path), tmp_path, relay=f"smtp://{nobody}") as house:
        house.send(ANA, DESK, "Deal", "It stopped.")
        assert until(
            lambda: (
                (Scrape(house.monitor)("casebot_outbox_waiting", channel="email", why="retrying") or 0) > 0
            )
        )
        scrape = Scrape(house.monitor)
        assert (scrape("casebot_delivered_total", channel="email", outcome="waiting") or 0) > 0


@pytest.mark.usefixtures("always_fresh")
def test_a_mailbox_that_cannot_be_reached_is_not_connected(tmp_path: Path) -> None:
    with WebHouse(databases.sqlite(tmp_path), tmp_path, more=mailbox_out_of_reach(DESK)) as house:
        assert any(isinstance(worker, ImapWorker) for worker in house.app.doors["email"].workers)
        assert Scrape(house.monitor)("casebot_mailbox_connected", channel="email", mailbox=DESK) == 0


@pytest.mark.usefixtures("always_fresh")
def test_a_store_that_is_away_is_a_figure_and_no_error(tmp_path: Path, monkeypatch: Any) -> None:
    with WebHouse(databases.sqlite(tmp_path), tmp_path) as house:
        parts = house.app.metrics._parts
        monkeypatch.setattr(house.app.metrics, "_parts", replace(parts, database=Database(NOWHERE)))
        scrape = Scrape(house.monitor)
        assert scrape("casebot_store_up") == 0
        assert scrape("casebot_cases") is None
        assert scrape("casebot_build_info") == 1


def test_every_figure_is_explained_and_no_other(tmp_path: Path) -> None:
    text = (ROOT / "docs/metrics.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| `(casebot_\w+)", text, re.MULTILINE))
    box = mailbox_out_of_reach(DESK, more='canary = "1h"')
    with Office(databases.sqlite(tmp_path), tmp_path, more=box) as office:
        office.send(ANA, DESK, "Deal", "It stopped.")
        office.in_thread("It stopped.")
        monitor = f"http://127.0.0.1:{office.monitor}"
        assert until(lambda: Scrape(monitor).names() == documented), Scrape(monitor).names() ^ documented
        for family in Scrape(monitor).families.values():
            if family.name.startswith("casebot_"):
                assert "process" in family.documentation, f"{family.name} does not say whose it is"


@pytest.mark.usefixtures("never_again")
def test_figures_that_were_read_just_now_are_not_read_again(tmp_path: Path) -> None:
    with WebHouse(databases.sqlite(tmp_path), tmp_path) as house:
        assert Scrape(house.monitor)("casebot_cases") == 0
        house.send(ANA, DESK, "Deal", "It stopped.")
        house.case()
        assert Scrape(house.monitor)("casebot_cases") == 0

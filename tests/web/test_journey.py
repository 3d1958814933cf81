"""One customer's whole way: from a mail to "my cases", a case, a large file, a concern, the end, and the survey."""

from __future__ import annotations

import hashlib
import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import psutil
import pytest

from bench.support.house import House, wait_for_port
from bench.support.mails import DESK
from rehearsal.meanwhile import meanwhile
from rehearsal.ports import free_port
from tests.support.houses.browser import ANA, case_link, follow, page_link
from tests.support.houses.house import until, words
from tests.support.mail.sink import Sink
from tests.support.setup.chromium import chromium

pytestmark = pytest.mark.slow
SIZE = 300_000_000
MAX = '[[staff]]\nname = "Max Manager"\nmail = "max@desk.example"\nrole = "manager"\n'
SETTINGS = {"CASEBOT_SURVEY__DELAY_DAYS": "0", "CASEBOT_DESK__DUTY_MANAGER": "max@desk.example"}
WATCH = """list => new MutationObserver(() => {
  for (const bar of list.querySelectorAll("progress")) moved(100 * bar.value / bar.max, bar.parentElement.innerText);
}).observe(list, { subtree: true, childList: true, attributes: true })"""


class Desk(House):
    """``casebot run`` with its web door, and a relay that takes its mails by SMTP."""

    def __init__(self, folder: Path, relay: Sink) -> None:
        self.door, self._relay, self._seen = free_port(), relay, set[str]()
        told = {"CASEBOT_WEB__LISTEN": f"127.0.0.1:{self.door}", **SETTINGS}
        super().__init__(folder / "house", relay=relay.port, staff=1, more=MAX, environment=told)
        self.start()
        self.wait()
        assert self.process
        assert wait_for_port(self.door, self.process)

    def mail(self, to: str, says: str) -> Any:
        """The next mail to somebody that says so, once it is there."""
        found = until(lambda: next((one for one in self._new(to) if says in said(one)), None))
        assert found, f"nothing says {says!r} but {[said(one) for one in self._new(to)]}"
        self._seen.add(found["Message-ID"])
        return found

    def _new(self, to: str) -> list[Any]:
        mails = [message_from_bytes(one.raw, policy=policy.default) for one in self._relay.taken[:]]
        return [one for one in mails if to in one["To"] and one["Message-ID"] not in self._seen]


@contextmanager
def watched(house: House) -> Iterator[list[int]]:
    """How many bytes of it are resident, of all its processes together: before, and then all the while."""
    looks = [house.memory()]

    def look() -> None:
        with suppress(psutil.NoSuchProcess):  # a child has ended in between
            looks.append(house.memory())

    with meanwhile(look, every=0.02):
        yield looks


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Sink() as relay:
        yield (standing := Desk(tmp_path, relay))
        standing.kill()


@pytest.fixture
def page() -> Iterator[Any]:
    with chromium() as browser:
        yield browser.new_context(locale="en").new_page()


def said(mail: Any) -> str:
    return f"{mail['Subject']}\n{' '.join(words(mail).split())}"


def documented(desk: Desk) -> str:
    """Take in the articles, as their operator would; what he is told."""
    told = [str(Path(__file__).parents[1] / "data/articles"), "--base-url", "https://docs.example.com"]
    call = [sys.executable, "-m", "bot.cli", "--config", str(desk.config), "articles", "import", *told]
    return subprocess.run(call, check=True, capture_output=True, text=True, timeout=60).stdout


def sparse(file: Path) -> str:
    """Make a large file that takes little room, with a mark in each of its parts; its hash."""
    with file.open("wb") as parts:
        for at in range(0, SIZE, 5_000_000):
            parts.seek(at)
            parts.write(b"part at %d" % at)
        parts.truncate(SIZE)
    return hashlib.sha256(file.read_bytes()).hexdigest()


def opens(desk: Desk, page: Any) -> str:
    """She writes for her cases, has none, and opens one by the form; the link to it that she is sent."""
    with smtplib.SMTP("127.0.0.1", desk.port) as client:
        client.sendmail(ANA, DESK, f"From: {ANA}\r\nTo: {DESK}\r\n\r\n#my\r\n")
    page.goto(page_link(desk.mail("ana@", "my cases"), "my"))
    assert page.is_visible("text=You have no cases yet.")
    page.click("text=Create a case")
    page.wait_for_url(f"http://127.0.0.1:{desk.door}/new/*")
    assert not page.is_visible("#address"), "we know who she is"
    page.type("#subject", "Deal ID 12333: no delivery")
    article = page.wait_for_selector("#suggestions a:has-text('A deal does not deliver')")
    assert follow(article.get_attribute("href"))[1]["location"] == "https://docs.example.com/deal-no-delivery"
    page.fill("#text", "Zero impressions since yesterday.")
    page.click("text=Open the case")
    page.wait_for_selector("text=Your case is open.")
    desk.mail("sam@", "Zero impressions since yesterday.")
    return case_link(desk.mail("ana@", "Your message is now case CS-000001"))


def sends(desk: Desk, page: Any, file: Path) -> None:
    """She sees how far the file has come, and the server needs little memory for it."""
    moves: list[tuple[float, str]] = []
    page.click("text=Send files")
    page.wait_for_url(f"http://127.0.0.1:{desk.door}/upload/*")
    page.expose_function("moved", lambda share, told: moves.append((share, told)))
    page.eval_on_selector("#progress", WATCH)
    page.set_input_files("#files", file)
    began = time.monotonic()
    with watched(desk) as looks:
        page.click("text=Send the files")
        page.wait_for_url("**?done=attach", timeout=120_000)
    took, growth = time.monotonic() - began, max(looks) - looks[0]
    between = [share for share, _ in moves if 0 < share < 100]
    print(f"\n{SIZE / 1e6:.0f} MB in {took:.1f} s, seen at {len(set(between))} shares of 0 to 100 %;")
    print(f"resident at most {max(looks) / 1e6:.1f} MB ({len(looks)} looks), grown by {growth / 1e6:.1f} MB")
    assert page.is_visible("text=Your files have been added to the case.")
    assert between == sorted(between)
    assert len(set(between)) > 30
    assert all(f"{int(share)} % has arrived" in told for share, told in moves if 0 < share < 100)
    assert growth < 100_000_000


def ends(desk: Desk, page: Any) -> None:
    """She raises a concern, closes the case, and says how it went."""
    page.click("summary:has-text('Raise a concern')")
    page.select_option("#category", "lack_of_reply")
    page.fill("#phone", "+33 1 23 45 67 89")
    page.fill("#concern", "Nobody has answered.")
    page.click("button:has-text('Raise a concern')")
    page.wait_for_selector("text=Your concern has been passed on.")
    assert "+33 1 23 45 67 89" in said(desk.mail("max@", "Nobody has answered."))
    desk.mail("ana@", "We passed it on at once to Max Manager.")
    page.click("summary:has-text('Close this case')")
    page.click("button:has-text('Close the case')")
    page.wait_for_selector("text=The case is closed. Thank you for working with us on this.")
    assert page.inner_text(".badge") == "Closed"
    desk.mail("sam@", "Ana closed the case")
    page.goto(page_link(desk.mail("ana@", "How did we do?"), "survey"))
    page.check("input[name=rating][value='5']", force=True)
    page.fill("#comment", "Quick and kind.")
    page.click("text=Send my answer")
    page.wait_for_selector("text=Your answer has reached the people who worked on your case.")
    assert "Quick and kind." in said(desk.mail("sam@", "rated this case 5 of 5"))


def test_ana_gets_all_the_way_with_a_large_file_story(desk: Desk, page: Any, tmp_path: Path) -> None:
    wrong: list[str] = []
    page.on("console", lambda line: wrong.append(line.text) if line.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    assert "40 new" in documented(desk)
    hashed = sparse(tmp_path / "dump.bin")
    page.goto(case := opens(desk, page))
    sends(desk, page, tmp_path / "dump.bin")
    page.goto(page_link(desk.mail("sam@", "dump.bin"), "files"))
    assert "300.0 MB" in page.inner_text("li:has-text('dump.bin')")
    page.goto(case)
    assert "300.0 MB" in page.inner_text("ul.attached li:has-text('dump.bin')")
    with page.expect_download() as download:
        page.click("ul.attached >> text=dump.bin")
    assert hashlib.sha256(download.value.path().read_bytes()).hexdigest() == hashed
    ends(desk, page)
    assert wrong == []
    assert desk.stop() == 0
    assert desk.log.read_text() == ""

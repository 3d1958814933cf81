"""Kills in the middle of what takes its time in Slack: answers that wait, messages that become cases or join one."""

from __future__ import annotations

import smtplib
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from email.message import EmailMessage
from pathlib import Path

import pytest

from bench.slack.house import SlackHouse, workspace
from rehearsal.slack.server import Server
from rehearsal.slack.workspace.conversation import Message
from tests.support.houses.house import until
from tests.support.houses.office import said
from tests.support.mail.sink import Sink
from tests.support.setup import databases

pytestmark = pytest.mark.slow
HELD = 8.0
"""Seconds; a restart takes about three."""
LONGEST = 150.0
"""Seconds until what a dead house had in hand is done: Slack's second retry, and two leases."""


class Killed:
    """A process that is killed and started again, a workspace and a relay that outlive it."""

    def __init__(self, house: SlackHouse, server: Server, sink: Sink) -> None:
        self.house, self.server, self.sink = house, server, sink

    def mail(self, subject: str) -> None:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = "Ana <ana@acme.example>", "support@desk.example", subject
        mail.set_content("It stopped.")
        with smtplib.SMTP("127.0.0.1", self.house.port, timeout=60) as client:
            client.send_message(mail)

    def messages(self, words: str) -> list[Message]:
        with self.server.workspace.lock:
            standing = [*self.server.workspace.channel("C0TRIAGE").messages.values()]
            return [m for m in (*standing, *self.server.workspace.ephemerals) if words in said(m)]

    def one(self, words: str) -> Message:
        assert until(lambda: self.messages(words), LONGEST), f"nobody said {words!r}"
        return self.messages(words)[-1]

    def below(self, words: str) -> int:
        """How often this stands below the cards."""
        with self.server.workspace.lock:
            threads = self.server.workspace.channel("C0TRIAGE").threads.values()
            return sum(words in said(message) for thread in threads for message in thread)

    def noted(self, words: str) -> int:
        """How many entries of cases have these words."""
        database = self.house.config.parent / "casebot.db"
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as line:
            return int(line.execute("SELECT count(*) FROM entry WHERE text = ?", (words,)).fetchone()[0])

    def again(self) -> None:
        self.house.kill()
        self.house.start()
        self.house.wait()

    def sent(self, words: str) -> int:
        return sum(words.encode() in taken.raw for taken in self.sink.taken)


PLACE = """
[[account]]
name = "general"
places.slack = ["T0HOME/C0GENERAL"]
"""


@contextmanager
def running(folder: Path, mode: str) -> Iterator[Killed]:
    with workspace() as server, Sink() as sink:
        house = SlackHouse(
            folder, server, url=databases.sqlite(folder), relay=sink.port, mode=mode, more=PLACE
        )
        text = house.config.read_text().replace('undo = "0s"', f'undo = "{HELD:.0f}s"')
        text = text.replace("[slack]\n", '[slack]\nopens = "all"\n')
        house.config.write_text(text)
        house.start()
        try:
            house.wait()
            yield Killed(house, server, sink)
        finally:
            house.kill()


@pytest.mark.parametrize("mode", ["socket", "http"])
def test_a_kill_while_answers_wait_loses_none_and_sends_none_that_was_taken_back(
    mode: str, tmp_path: Path
) -> None:
    with running(tmp_path, mode) as desk:
        desk.mail("Deal 12333")
        people, root = desk.server.people, desk.one("CS-000001").ts
        people.post("sam", "triage", "!reply First.", thread_ts=root)
        desk.one(f"in {HELD:.0f} seconds")
        desk.again()
        assert until(lambda: desk.sent("First.")), "it was lost"
        people.post("sam", "triage", "!reply Never.", thread_ts=root)
        assert until(lambda: len(desk.messages(f"in {HELD:.0f} seconds")) == 2)
        people.post("sam", "triage", "!undo", thread_ts=root)
        desk.one("Taken back: nothing was sent.")
        desk.again()
        people.post("sam", "triage", "!reply Last.", thread_ts=root)
        assert until(lambda: desk.sent("Last."))
        time.sleep(1)
        assert (desk.sent("First."), desk.sent("Never."), desk.sent("Last.")) == (1, 0, 1)


@pytest.mark.parametrize("mode", ["socket", "http"])
def test_a_kill_between_two_messages_of_one_person_leaves_one_case_with_both(
    mode: str, tmp_path: Path
) -> None:
    with running(tmp_path, mode) as desk:
        people = desk.server.people
        people.post("ana", "general", "Deal 4711 does not deliver.")
        desk.again()
        people.post("ana", "general", "It stopped at noon.")
        desk.again()
        desk.one("Deal 4711 does not deliver.")
        assert until(lambda: desk.below("It stopped at noon."), LONGEST), (
            "it was lost, or is a case of its own"
        )
        time.sleep(1)
        assert desk.below("It stopped at noon.") == 1
        assert not desk.messages("CS-000002")


@pytest.mark.parametrize("mode", ["socket", "http"])
def test_a_kill_right_after_a_message_was_put_on_a_case_puts_it_there_once(mode: str, tmp_path: Path) -> None:
    with running(tmp_path, mode) as desk:
        desk.mail("Deal 12333")
        desk.one("CS-000001")
        people = desk.server.people
        word = people.post("sam", "general", "The tag was changed at noon.")
        people.message_shortcut("sam", "message_add", channel="general", ts=word.ts, wait=5)
        people.suggest("sam", "which_case", "12333", view="modal")
        people.choose("sam", "modal", "case", "CS-000001")
        assert people.submit("sam", "modal").acked
        desk.again()
        assert until(lambda: desk.below("The tag was changed at noon.")), "it was lost"
        time.sleep(1)
        assert desk.below("The tag was changed at noon.") == 1


@pytest.mark.parametrize("mode", ["socket", "http"])
def test_a_kill_while_slack_is_down_leaves_one_card_and_what_was_said_once(mode: str, tmp_path: Path) -> None:
    with running(tmp_path, mode) as desk:
        desk.mail("Deal 12333")
        root, faults = desk.one("CS-000001").ts, desk.server.workspace.faults
        faults.add("down")
        desk.mail("Deal 4711")
        refused = lambda: desk.server.workspace.transcript.calls("chat.postMessage", status=503)  # noqa: E731
        assert until(refused), "it was not even tried"
        desk.house.kill()
        desk.server.people.post("sam", "triage", "They called.", thread_ts=root)
        desk.house.start()
        faults.clear()
        desk.house.wait()
        assert until(lambda: desk.messages("CS-000002")), "the card was lost"
        desk.server.people.post("sam", "triage", "!reply We have it.", thread_ts=root)
        assert until(lambda: desk.sent("We have it."))
        time.sleep(1)
        assert len([m for m in desk.messages("CS-000002") if not m.is_reply and not m.ephemeral_to]) == 1
        assert desk.noted("They called.") == 1

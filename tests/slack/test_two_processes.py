"""Two processes on one store: what Slack tells one of them of channels, the other heeds too."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.workers import lease_renewal
from channels.slack import delivery
from rehearsal.slack.server import Server
from rehearsal.slack.workspace import cast
from store.engine.lease import LEASE
from store.queues import claim
from tests.support.houses.house import until, words
from tests.support.houses.office import Office, said
from tests.support.houses.one_case import ids
from tests.support.setup import databases

ANA, DESK = "Ana <ana@acme.example>", "support@example.com"


class Processes:
    """``first`` and ``second`` share a store and a workspace; Slack tells one of them, by HTTP."""

    def __init__(self, folder: Path, slack: Server) -> None:
        self._folder, self.slack = folder, slack
        self._url = databases.sqlite(folder)
        self._standing = ExitStack()
        self.first, self.second = self.another("first"), self.another("second")

    def another(self, name: str) -> Office:
        """One more process."""
        (self._folder / name).mkdir()
        office = Office(self._url, self._folder / name, mode="http", slack=self.slack)
        return self._standing.enter_context(office)

    def tells(self, office: Office) -> None:
        """From now on Slack tells this one."""
        self.slack.workspace.app.request_url = f"http://127.0.0.1:{office.web}/slack/events"

    def heard(self, event: str, count: int = 1) -> bool:
        """Wait until Slack has told so many of these."""
        tellings = self.slack.workspace.transcript.deliveries
        return bool(until(lambda: len(tellings(event, acked=True)) >= count))

    def mailed(self, text: str) -> bool:
        """Wait until Sam has read this by mail, whichever of them sent it."""
        both = (self.first, self.second)
        return bool(until(lambda: [1 for each in both for _, one in each._new("sam@") if text in words(one)]))

    def close(self) -> None:
        """All of them leave."""
        self._standing.close()


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Processes]:
    with Server(cast.build()) as slack:
        slack.workspace.app.retry_scale = 0.02
        both = Processes(tmp_path, slack)
        try:
            yield both
        finally:
            both.close()


def in_triage(office: Office) -> str:
    """All that can be read in the desk's channel."""
    return "\n".join(said(one) for root in office.messages("triage") for one in (root, *office.replies(root)))


def a_case_of_the_second(processes: Processes) -> None:
    """A case by mail; the second process has shown it in the desk's channel."""
    processes.second.send(ANA, DESK, "Deal ID 12333: no delivery", "It stopped.")
    processes.second.in_thread("It stopped.")
    processes.second.settled()


def test_no_process_says_anything_where_outsiders_read_under_another_id(processes: Processes) -> None:
    first, second, people = processes.first, processes.second, processes.slack.people
    a_case_of_the_second(processes)
    processes.tells(first)
    people.admin.change_id("triage", "C0NEWTRIAGE")
    people.share("triage", "T0ACME")
    assert processes.heard("channel_id_changed")
    assert processes.heard("channel_shared")
    second.send(ANA, DESK, "Re: [CS-000001] Deal", "CANARY: it is urgent now.")
    assert processes.mailed("it is urgent now")
    second.settled()
    assert "CANARY" not in in_triage(second)


def test_no_process_says_anything_where_outsiders_read_that_another_heard_of(processes: Processes) -> None:
    first, second, people = processes.first, processes.second, processes.slack.people
    a_case_of_the_second(processes)
    processes.tells(first)
    people.share("triage", "T0ACME")
    assert processes.heard("channel_shared")
    second.send(ANA, DESK, "Re: [CS-000001] Deal", "CANARY: it is urgent now.")
    assert processes.mailed("it is urgent now")
    second.settled()
    assert "CANARY" not in in_triage(second)
    people.unshare("triage", "T0ACME")
    assert processes.heard("channel_unshared")
    second.send(ANA, DESK, "Re: [CS-000001] Deal", "It works again.")
    assert second.in_thread("It works again.")


def test_a_channel_that_is_archived_and_shared_stays_closed_to_all_once_it_is_unarchived(
    processes: Processes,
) -> None:
    first, second, people = processes.first, processes.second, processes.slack.people
    a_case_of_the_second(processes)
    processes.tells(first)
    people.share("triage", "T0ACME")
    people.admin.archive("triage")
    people.admin.unarchive("triage")
    assert processes.heard("channel_unarchive")
    second.send(ANA, DESK, "Re: [CS-000001] Deal", "CANARY: it is urgent now.")
    assert processes.mailed("it is urgent now")
    assert "CANARY" not in in_triage(second)


def test_every_process_shows_new_cases_in_a_channel_with_another_id(processes: Processes) -> None:
    a_case_of_the_second(processes)
    processes.tells(processes.first)
    processes.slack.people.admin.change_id("triage", "C0NEWTRIAGE")
    assert processes.heard("channel_id_changed")
    processes.second.send("Zoe <zoe@elsewhere.example>", DESK, "Deal ID 7", "Mine stopped, too.")
    assert processes.second.in_thread("Mine stopped, too.", 2)


def test_words_that_one_process_has_wait_for_the_card_that_another_still_posts(
    processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "LONGEST_WHILE", 0.1)
    first, second = processes.first, processes.second
    processes.slack.workspace.faults.add("slow", method="chat.postMessage", seconds=4.0, times=1)
    first.send(ANA, DESK, "Deal ID 12333: no delivery", "It stopped.")
    assert first.mails("ana@")
    second.send(ANA, DESK, "Re: [CS-000001] Deal", "It is worse now.")
    second.in_thread("It is worse now.")
    first.settled()
    assert len([card for card in first.messages("triage") if "CS-000001" in said(card)]) == 1


def takes_over(office: Office) -> None:
    """As if the other process were stopped for longer than its leases: this one takes up what it has in hand."""
    later = datetime.now(UTC) + 2 * LEASE
    with office.app.database.writing() as tx:
        rows = claim.deliveries(tx, now=later, until=later + LEASE, most=9)
    office.app.courier.take(rows)


def posted_by_both(processes: Processes, mail: str) -> None:
    """The first process posts what this mail asks for; Slack is slow, its lease over, and the second posts it, too."""
    workspace = processes.slack.workspace
    posts = len(workspace.transcript.calls("chat.postMessage"))
    workspace.faults.add("slow", method="chat.postMessage", seconds=4.0, times=1)
    processes.first.send(ANA, DESK, mail, "It stopped.")
    assert until(lambda: not [each for each in workspace.faults._all if each.fault == "slow"])
    takes_over(processes.second)
    assert until(lambda: len(workspace.transcript.calls("chat.postMessage", ok=True)) == posts + 2)


@pytest.mark.parametrize("mail", ["Deal ID 12333: no delivery", "Re: [CS-000001] Deal"])
def test_what_another_process_posted_while_this_ones_call_hung_is_deleted_by_it(
    processes: Processes, monkeypatch: pytest.MonkeyPatch, mail: str
) -> None:
    monkeypatch.setattr(lease_renewal, "SURE", 0.0)
    if mail.startswith("Re:"):
        a_case_of_the_second(processes)
    posted_by_both(processes, mail)
    assert until(lambda: processes.slack.workspace.transcript.calls("chat.delete", ok=True))
    processes.first.settled()
    assert set(ids(processes.first).values()) == {1}, "nothing stands twice"
    processes.first.send(ANA, DESK, "Re: [CS-000001] Deal", "It is worse now.")
    assert processes.first.in_thread("It is worse now."), "and below the card that stands"


def test_what_is_put_on_a_case_from_the_desks_channel_is_a_note_in_every_process(
    processes: Processes,
) -> None:
    first, second, people = processes.first, processes.second, processes.slack.people
    processes.tells(second)
    people.post("ana", "acme", "@Case new Deal ID 12345: no delivery")
    second.card()
    second.settled()
    processes.tells(first)
    people.admin.change_id("triage", "C0NEWTRIAGE")
    assert processes.heard("channel_id_changed")
    processes.tells(second)
    guess = people.post("sam", "triage", "Perhaps they broke it themselves. CANARY")
    people.message_shortcut("sam", "message_add", channel="triage", ts=guess.ts, wait=5)
    people.suggest("sam", "which_case", "12345", view="modal")
    people.choose("sam", "modal", "case", "CS-000001")
    assert not people.submit("sam", "modal").errors
    (entry,) = until(lambda: [e for e in second.case().entries if "CANARY" in e.text])
    assert entry.visibility == "internal"
    second.settled()
    assert not [m for m in second.messages("acme") if "CANARY" in said(m)]


def test_what_each_process_heard_of_other_ids_is_known_to_the_next(processes: Processes) -> None:
    people = processes.slack.people
    processes.tells(processes.first)
    people.admin.change_id("acme", "C0NEWACME")
    assert processes.heard("channel_id_changed")
    processes.tells(processes.second)
    people.admin.change_id("triage", "C0NEWTRIAGE")
    assert processes.heard("channel_id_changed", 2)
    third = processes.another("third")
    processes.tells(third)
    people.post("ana", "acme", "@Case new Deal ID 12345: no delivery")
    third.card()
    third.settled()
    assert [m for m in third.messages("acme") if "CS-000001" in said(m)], "it is still Acme's channel"

"""What was posted although nobody heard of it is found by looking once, however many look for theirs."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import replace

import pytest
from slack_sdk import WebClient

from bot.channel.outbound import DeliveryFailed, Parcel
from channels.slack import earlier_messages
from channels.slack.earlier_messages import EarlierMessages
from channels.slack.workspace.web_api import Calls
from rehearsal.slack.workspace.conversation import Message
from store.engine.clock import instant
from tests.support.houses.house import until
from tests.support.houses.office import Office
from tests.support.houses.one_case import DESK, assert_each_once, hurry, one_case_drained

CASES = 6


office = pytest.fixture(one_case_drained)


def id_of(card: Message) -> int:
    return int((card.metadata or {})["event_payload"]["id"])


def messages(office: Office) -> EarlierMessages:
    """As the desk sees them, and nothing of it read before."""
    return EarlierMessages(Calls(WebClient(office.slack.workspace.app.bot_token, base_url=office.slack.url)))


def test_cards_whose_answers_were_lost_are_found_and_what_was_read_is_not_read_again(office: Office) -> None:
    faults, calls = office.slack.workspace.faults, office.slack.workspace.transcript.calls
    faults.add("lost", method="chat.postMessage", times=CASES)
    for number in range(CASES):
        office.send(f"Max <max{number}@acme.example>", DESK, f"Deal {number}", "It stopped.")
    assert until(lambda: len(calls("chat.postMessage", lost=True)) == CASES)
    hurry(office)
    assert_each_once(office)
    assert 1 <= len(calls("conversations.history")) < CASES


def test_a_card_that_somebody_has_deleted_meanwhile_is_not_taken_for_one_that_stands(office: Office) -> None:
    earlier, card = messages(office), office.card()
    parcel = Parcel(id_of(card), card.channel, "", b"", key="card/1", tries=2, since=float(card.ts))
    assert earlier.find(parcel, card.channel) == earlier.find(parcel, card.channel) == card.ts
    with office.slack.workspace.lock:
        office.slack.workspace.channel("triage").remove(card)
    assert earlier.find(parcel, card.channel) == ""


def test_what_is_older_than_all_that_was_read_is_found(office: Office) -> None:
    earlier, card = messages(office), office.card()
    late = float(card.ts) + 700
    assert earlier.find(Parcel(1, card.channel, "", b"", tries=2, since=late), card.channel) == ""
    parcel = Parcel(id_of(card), card.channel, "", b"", tries=2, since=float(card.ts))
    assert earlier.find(parcel, card.channel) == card.ts


def test_what_was_read_serves_for_half_a_minute(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    earlier, card = messages(office), office.card()
    parcel = Parcel(1, card.channel, "", b"", tries=2, since=float(card.ts), leased=0.0)
    assert earlier.find(parcel, card.channel) == ""
    with office.slack.workspace.lock:
        late = replace(card, ts=f"{float(card.ts) + 1:.6f}", metadata={"event_payload": {"id": "1"}})
        office.slack.workspace.channel("triage").add(late)
    assert earlier.find(parcel, card.channel) == "", "it was read a moment ago"
    monkeypatch.setattr(earlier_messages, "FRESH", 0.0)  # as if that had been long ago
    assert earlier.find(parcel, card.channel) == late.ts


def test_a_slow_answer_about_one_channel_delays_no_look_at_another(office: Office) -> None:
    earlier, faults, found = messages(office), office.slack.workspace.faults, list[str]()
    slow, other = office.card().channel, office.slack.workspace.channel("acme").id
    faults.add("slow", method="conversations.history", words=slow, seconds=600)

    def look(channel: str) -> None:
        earlier.find(Parcel(1, channel, "", b"", tries=2), channel)
        found.append(channel)

    waiting = threading.Thread(target=look, args=(slow,))
    waiting.start()
    assert until(lambda: slow in earlier._locks)
    look(other)
    faults.clear()
    waiting.join()
    assert found == [other, slow]


def test_answers_about_threads_are_forgotten_when_they_no_longer_hold(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = office.slack.workspace
    client = WebClient(workspace.app.bot_token, base_url=office.slack.url)
    members = list(workspace.channel("triage").members)
    channels = [workspace.add_channel(f"room-{number}", members=members).id for number in range(30)]
    roots = {channel: client.chat_postMessage(channel=channel, text="Hello")["ts"] for channel in channels}

    def look(earlier: EarlierMessages, channel: str) -> None:
        parcel = Parcel(1, channel, "", b"", tries=2, since=float(roots[channel]))
        assert earlier.find(parcel, channel, roots[channel]) == ""

    earlier, reads = messages(office), workspace.transcript.calls
    monkeypatch.setattr(earlier_messages, "A_MOMENT", 600.0)
    before = len(reads("conversations.history"))
    for channel in (*channels[:3], *channels[:3]):
        look(earlier, channel)
    assert len(reads("conversations.history")) == before + 3, "each is read once while its answer holds"
    assert len(earlier._latest) == 3
    monkeypatch.setattr(earlier_messages, "A_MOMENT", 0.0)
    for channel in channels[3:]:
        look(earlier, channel)
    assert len(earlier._latest) == 4, "three that hold, and the last one"


def test_a_message_that_waits_for_its_turn_to_be_posted_is_looked_for_when_that_has_come(
    office: Office,
) -> None:
    earlier, card, faults = messages(office), office.card(), office.slack.workspace.faults
    faults.add("ratelimited", method="chat.postMessage", retry_after=2, times=1)
    with pytest.raises(DeliveryFailed):
        earlier._calls.post(card.channel, text="Hello", blocks=[], root=card.ts)
    before = len(office.slack.workspace.transcript.calls("conversations.replies"))
    parcel = Parcel(1, card.channel, "", b"", tries=2)
    with pytest.raises(DeliveryFailed) as failed:
        earlier.find(parcel, card.channel, card.ts)
    assert failed.value.untried
    assert len(office.slack.workspace.transcript.calls("conversations.replies")) == before

    def looked() -> bool:
        with suppress(DeliveryFailed):
            return earlier.find(parcel, card.channel, card.ts) == ""
        return False

    assert until(looked)


def test_a_card_older_than_the_last_reading_is_found_after_it(office: Office) -> None:
    earlier, card, channel = messages(office), office.card(), office.slack.workspace.channel("triage")
    posted = float(card.ts)
    with office.slack.workspace.lock:
        channel.remove(card)
    parcel = Parcel(id_of(card), card.channel, "", b"", tries=2, since=posted)
    assert earlier.find(parcel, card.channel) == ""
    with office.slack.workspace.lock:
        channel.add(card)
        channel.add(replace(card, ts=f"{posted + 500:.6f}", metadata=None))
    later = Parcel(1, card.channel, "", b"", tries=2, since=posted + 900)
    assert earlier.find(later, card.channel) == ""
    assert earlier.find(parcel, card.channel) == card.ts


@pytest.mark.parametrize("below", [False, True])
def test_a_place_is_read_once_for_all_that_was_taken_up_before_the_reading(
    office: Office, below: bool
) -> None:
    earlier, card, reads = messages(office), office.card(), office.slack.workspace.transcript.calls
    office.slack.people.post("sam", "triage", "We are on it.", thread_ts=card.ts)
    root, method = (card.ts, "conversations.replies") if below else ("", "conversations.history")
    office.settled()
    began, counts = instant().running, [len(reads(method))]
    for id, leased in ((1, began), (2, began), (3, began + 600)):
        parcel = Parcel(id, card.channel, "", b"", tries=2, since=float(card.ts), leased=leased)
        assert earlier.find(parcel, card.channel, root) == ""
        counts.append(len(reads(method)))
    assert [count - counts[0] for count in counts] == [0, 1, 1, 2]

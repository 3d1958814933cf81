"""Slack's events are kept before they are acked, each once; requests that Slack did not sign are refused."""

from __future__ import annotations

import json
import sqlite3
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from pydantic import ValidationError
from slack_sdk.signature import Clock, SignatureVerifier

from bot.channel.context import for_reading
from bot.channel.protocols import Context, Letter, Unreadable
from bot.model.message import Attachment
from bot.queries.lists import ListInbox
from channels.slack import Settings, open_channel
from channels.slack.http import LARGEST
from channels.slack.inbound.events import key_of
from channels.slack.workspace.manifest import manifest
from rehearsal.slack.server import Server
from tests.slack.interactive.test_forms import card
from tests.slack.interactive.test_slash_command import held
from tests.support.houses.house import until
from tests.support.houses.slack_house import SlackHouse, standing, standing_in_mode

slack = pytest.fixture(standing_in_mode, params=["socket", "http"])


@pytest.fixture
def signed(tmp_path: Path) -> Iterator[SlackHouse]:
    with standing(tmp_path, mode="http") as house:
        yield house


def kept(slack: SlackHouse) -> int:
    return len(slack.ask(ListInbox(limit=1000)))


def test_a_word_in_the_cards_thread_is_kept_once_however_often_it_comes(slack: SlackHouse) -> None:
    slack.open_case()
    ts = card(slack).ts
    slack.workspace.faults.add("duplicate", copies=4, times=2)
    slack.people.post("sam", "C0TRIAGE", "@Case a word with a mention", thread_ts=ts)
    assert until(lambda: len(slack.case().entries) == 2)
    slack.settled()
    told = slack.workspace.transcript.deliveries("app_mention") + slack.workspace.transcript.deliveries(
        "message"
    )
    assert len([each for each in told if each["copy"]]) >= 3
    assert len(slack.case().entries) == 2
    assert kept(slack) == 1


def test_an_event_that_cannot_be_kept_is_not_acked_and_comes_again(slack: SlackHouse) -> None:
    slack.open_case()
    ts = card(slack).ts
    slack.settled()
    slack.workspace.app.retry_scale = 0.01
    release = held(slack)
    slack.people.post("sam", "C0TRIAGE", "not lost", thread_ts=ts)
    assert until(lambda: [d for d in slack.workspace.transcript.deliveries("message") if not d["acked"]])
    release.set()
    assert until(lambda: "not lost" in [entry.text for entry in slack.case().entries])
    assert kept(slack) == 1


def test_what_is_nobodys_business_of_ours_is_acked_and_not_kept(slack: SlackHouse) -> None:
    slack.people.post("ana", "C0GENERAL", "Good morning!")
    slack.people.post("weather", "C0GENERAL", "@Case it rains")
    message = slack.people.post("ana", "C0GENERAL", "lunch?")
    slack.people.post("kim", "C0GENERAL", "At one?", thread_ts=message.ts)
    slack.people.react("sam", "C0GENERAL", message.ts, "pizza")
    slack.people.join("kim", "C0ACME")
    slack.people.post("ana", "C0GENERAL", "@Case hello")
    assert until(lambda: kept(slack) == 1)
    slack.settled()
    assert kept(slack) == 1
    assert all(each["acked"] for each in slack.workspace.transcript.deliveries())


def test_clicks_on_what_is_no_longer_there_are_acked(slack: SlackHouse) -> None:
    button = {"type": "button", "action_id": "of_old", "text": {"type": "plain_text", "text": "Old"}}
    from slack_sdk import WebClient

    app = slack.workspace.app
    client = WebClient(app.bot_token, base_url=slack.server.url)
    blocks = [{"type": "actions", "elements": [button]}]
    ts = client.chat_postMessage(channel="C0GENERAL", text="old", blocks=blocks)["ts"]
    assert slack.people.click("ana", "of_old", channel="C0GENERAL", ts=ts).acked


def test_commands_clicks_and_forms_work_signed_too(signed: SlackHouse) -> None:
    assert signed.open_case() == 1
    seen = signed.people.click("sam", "case_take", channel="C0TRIAGE", ts=card(signed).ts, wait=5)
    assert "is yours now" in seen.text


def asked(slack: SlackHouse, body: bytes, *, stamp: str = "", signature: str = "", secret: str = "") -> int:
    """The status that a request with this body gets."""
    stamp = stamp or str(int(time.time()))
    verifier = SignatureVerifier(secret or slack.workspace.app.signing_secret)
    try:
        made = signature or str(verifier.generate_signature(timestamp=stamp, body=body))
    except UnicodeDecodeError:
        made = "v0=" + "0" * 64
    headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": made}
    request = urllib.request.Request(f"http://{slack.web}/slack/events", body, headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


COMMAND = urlencode({"command": "/case", "text": "help", "team_id": "T0HOME", "user_id": "U0ANA"}).encode()


def test_only_what_slack_signed_lately_is_listened_to(signed: SlackHouse) -> None:
    event = {"type": "event_callback", "team_id": "T0HOME", "event_id": "Ev1", "event": mention()}
    body = json.dumps(event).encode()
    assert asked(signed, COMMAND) == 200
    assert asked(signed, body, secret="another secret") == 401
    assert asked(signed, body, stamp=str(int(time.time()) - 400)) == 401
    assert asked(signed, body, stamp=str(int(time.time()) + 400)) == 401
    assert asked(signed, body, signature="v0=" + "0" * 64) == 401
    check = urlencode({"token": "rehearsal", "ssl_check": "1"}).encode()
    assert asked(signed, check, signature="none") == 200, (
        "Slack looks at our certificate, and signs nothing then"
    )
    assert asked(signed, COMMAND + b"&text=ssl_check", signature="none") == 401
    assert kept(signed) == 0
    assert asked(signed, body) == 200
    assert kept(signed) == 1


@pytest.mark.parametrize(
    ("seconds", "status"), [(-301, 401), (-300, 200), (-299, 200), (299, 200), (300, 200), (301, 401)]
)
def test_a_signature_is_worth_something_for_five_minutes(
    signed: SlackHouse, monkeypatch: pytest.MonkeyPatch, seconds: int, status: int
) -> None:
    now = int(time.time())
    monkeypatch.setattr(Clock, "now", lambda clock: float(now))  # no second may pass on the way
    assert asked(signed, COMMAND, stamp=str(now + seconds)) == status


@pytest.mark.parametrize(
    "stamp", ["soon", "1e9", "-5", "9" * 30, "\u0661\u0662\u0663".encode().decode("latin-1"), "0x10"]
)
def test_a_timestamp_that_is_no_number_is_401_and_not_500(signed: SlackHouse, stamp: str) -> None:
    assert asked(signed, COMMAND, stamp=stamp, signature="v0=" + "0" * 64) == 401


@pytest.mark.parametrize("signature", ["v0=", "v1=" + "0" * 64, "é" * 10, "v0=" + "G" * 64, "x"])
def test_a_signature_that_is_none_is_401_and_not_500(signed: SlackHouse, signature: str) -> None:
    assert asked(signed, COMMAND, signature=signature) == 401


@pytest.mark.parametrize("body", [b"\xff\xfe", b"{", b"[1]", b"payload=%7B", b"{" * 5000, b""])
def test_bodies_that_are_nonsense_break_nothing(signed: SlackHouse, body: bytes) -> None:
    assert asked(signed, body, signature="v0=" + "0" * 64) == 401
    assert asked(signed, body) in (400, 401, 404)
    assert asked(signed, COMMAND) == 200


def test_a_body_without_end_is_refused(signed: SlackHouse) -> None:
    assert asked(signed, b"x" * (LARGEST + 1)) == 413
    assert asked(signed, b"x" * LARGEST, signature="none") == 401


def test_what_slack_does_not_sign_is_short(signed: SlackHouse) -> None:
    check = urlencode({"ssl_check": "1", "token": ""}).encode()
    assert asked(signed, check.ljust(999, b"x"), signature="none") == 200
    assert asked(signed, check.ljust(1000, b"x"), signature="none") == 401


def test_slack_without_a_token_is_a_door_that_stays_closed() -> None:
    house = for_reading(Settings(), (), receive=lambda chunks: Attachment("", "", 0, ""))
    door = open_channel(house)
    assert (door.name, tuple(door.workers), list(door.problems())) == ("slack", (), [])
    door.close()


@pytest.mark.parametrize(
    "wrong",
    [
        {"bot_token": "xoxb-1"},
        {"bot_token": "xoxb-1", "mode": "http"},
        {"api_url": "https://slack.com"},
        {"triage": "#triage"},
        {"routes": {"API": "#api"}},
        {"command": "case"},
        {"what": 1},
    ],
)
def test_settings_that_could_not_work_are_mistakes(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Settings(**wrong)


def mention(**more: Any) -> dict[str, Any]:
    return {
        "type": "app_mention", "user": "U0ANA", "text": "<@U0CASE> hi", "ts": "1.5", "channel": "C0GENERAL", **more
    }  # fmt: skip


def key(event: dict[str, Any], **more: Any) -> str:
    bots = more.pop("bots", ())
    body = {
        "type": "event_callback", "team_id": "T0HOME", "event_id": "Ev1", "event": event,
        "authorizations": [{"user_id": "U0CASE"}], "api_app_id": "A0CASE", **more,
    }  # fmt: skip
    return key_of(body, event, bots=bots)


def message(**more: Any) -> dict[str, Any]:
    return {
        "type": "message",
        "channel": "C1",
        "channel_type": "channel",
        "user": "U1",
        "ts": "1.5",
        "text": "hi",
        **more,
    }


def change(fate: str, /, **inner: Any) -> dict[str, Any]:
    said = {"user": "U1", "ts": "1.5", "thread_ts": "1.0", "text": "hi", **inner}
    place = "previous_message" if fate == "message_deleted" else "message"
    return {
        "type": "message",
        "channel": "C1",
        "channel_type": "channel",
        "subtype": fate,
        "ts": "9.9",
        place: said,
    }


@pytest.mark.parametrize(
    ("event", "name"),
    [
        (message(channel_type="im"), "m:T0HOME/C1/1.5"),
        (message(thread_ts="1.0"), "m:T0HOME/C1/1.5"),
        (message(thread_ts="1.0", subtype="file_share"), "m:T0HOME/C1/1.5"),
        (message(thread_ts="1.0", subtype="thread_broadcast"), "m:T0HOME/C1/1.5"),
        (message(text="<@U0CASE> hi"), "m:T0HOME/C1/1.5"),
        (mention(channel="C1"), "m:T0HOME/C1/1.5"),
        (change("message_changed", edited={"ts": "2.5"}), "m:T0HOME/C1/1.5/2.5"),
        (change("message_deleted"), "m:T0HOME/C1/1.5/deleted"),
        (change("message_changed", subtype="tombstone"), "m:T0HOME/C1/1.5/deleted"),
        (change("message_changed"), ""),
        (change("message_changed", user="U0CASE", edited={"ts": "2.5"}), ""),
        (message(), ""),
        (message(thread_ts="1.5"), ""),
        (message(thread_ts="1.0", user="U0CASE"), ""),
        (message(thread_ts="1.0", user="", bot_id="B1"), ""),
        (message(thread_ts="1.0", bot_id="B1"), "m:T0HOME/C1/1.5"),  # whether U1 is a bot, Slack is asked
        (message(thread_ts="1.0", app_id="A0CASE"), ""),
        (message(thread_ts="1.0", subtype="bot_message", bot_id="B1"), ""),
        (message(thread_ts="1.0", subtype="channel_join"), ""),
        (
            {"type": "reaction_added", "user": "U1", "reaction": "eyes", "item": {"type": "message"}},
            "r:T0HOME/Ev1",
        ),
        ({"type": "reaction_added", "user": "U0CASE", "reaction": "eyes", "item": {"type": "message"}}, ""),
        ({"type": "user_change", "user": {"id": "U1"}}, ""),
    ],
)
def test_what_is_kept_and_under_which_name(event: dict[str, Any], name: str) -> None:
    assert key(event) == name


def test_another_bots_word_counts_where_the_bot_is_on_the_list() -> None:
    assert key(message(thread_ts="1.0", bot_id="B1"), bots=("B1",)) == "m:T0HOME/C1/1.5"


def test_a_name_that_is_too_long_is_hashed() -> None:
    long = key(message(thread_ts="1.0", ts="1" * 300))
    assert len(long) <= 100
    assert long != key(message(thread_ts="1.0", ts="1" * 301))


def test_the_manifest_asks_for_socket_mode_unless_it_is_given_an_address() -> None:
    plain, posted = manifest(), manifest(request_url="https://support.example.com/slack/events")
    assert plain["settings"]["socket_mode_enabled"]
    assert "https" not in json.dumps(plain)
    assert not posted["settings"]["socket_mode_enabled"]
    assert json.dumps(posted).count("https://support.example.com/slack/events") == 4
    assert plain["features"]["slash_commands"][0]["should_escape"]


def test_the_server_is_not_needed_to_build_the_app(tmp_path: Path) -> None:
    """Nothing is called before a room runs."""
    with Server() as server:
        house = SlackHouse(tmp_path, server)
        assert server.workspace.transcript.calls() == []
        house.app.writer.leave()
        house.app.close()


def test_while_the_store_does_not_answer_no_change_of_a_message_is_at_fault(tmp_path: Path) -> None:
    """What is at fault three times is shunted."""
    changed = {
        "type": "message",
        "subtype": "message_changed",
        "channel": "C0TRIAGE",
        "channel_type": "channel",
        "message": {"user": "U0SAM", "text": "Second.", "ts": "1.5", "edited": {"ts": "2.0"}},
    }
    raw = json.dumps({"team_id": "T0HOME", "event": changed}).encode()
    with Server() as server:
        house = SlackHouse(tmp_path, server)
        (database,) = tmp_path.rglob("*.db")
        with closing(sqlite3.connect(database)) as store:
            store.execute("ALTER TABLE inbox RENAME TO away")
        letter = Letter(1, "slack", "m:T0HOME/C0TRIAGE/1.5/2.0", raw, {}, house.app.now())
        (unread,) = house.app.channels["slack"].read([letter], [Context()])
        assert isinstance(unread, Unreadable)
        assert (unread.fault, "OperationalError" in unread.why) == ("house", True)
        house.app.writer.leave()
        house.app.close()

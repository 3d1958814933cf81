"""The rehearsal's events have the keys that Slack's have, and no others.

The shapes are those of java-slack-sdk, ``json-logs/samples/events`` (commit 86ff7ca), written down by hand: of each
event the keys that are always there, and those that may be. What the samples know of real Grid organisations is
beside them in bolt-python, ``tests/slack_bolt/request/test_internals.py``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rehearsal.slack.server import Server
from rehearsal.slack.wire.capture import FOLDER
from rehearsal.slack.workspace import cast
from tests.support.houses.slack_app import Heard, connected

OUTER = (
    "token team_id api_app_id event type event_id event_time authorizations is_ext_shared_channel event_context",
    "enterprise_id authed_teams authed_users context_team_id context_enterprise_id",
)
SPOKEN = "client_msg_id blocks thread_ts parent_user_id attachments edited metadata bot_id bot_profile app_id username"
AUTHORS = "team user_team source_team user_profile"
WITHIN = (
    "type user text ts",
    f"{SPOKEN} {AUTHORS} subtype hidden upload display_as_bot files reply_count reply_users_count reply_users"
    " latest_reply is_locked subscribed last_read is_starred reactions",
)
ADMIN = "type channel event_ts"
SHAPES = {
    "message": ("type user text ts channel channel_type event_ts", f"{SPOKEN} {AUTHORS}"),
    "message/file_share": (
        "type subtype user text ts channel channel_type event_ts files upload",
        f"{SPOKEN} display_as_bot",
    ),
    "message/thread_broadcast": (
        "type subtype user text ts thread_ts channel channel_type event_ts",
        f"{SPOKEN} root",
    ),
    "message/bot_message": (
        "type subtype text ts channel channel_type event_ts bot_id",
        f"{SPOKEN} team icons",
    ),
    "message/message_changed": (
        "type subtype message previous_message hidden ts channel channel_type event_ts",
        "",
    ),
    "message/message_deleted": (
        "type subtype previous_message deleted_ts hidden ts channel channel_type event_ts",
        "",
    ),
    "app_mention": ("type user text ts team channel event_ts", f"{SPOKEN} {AUTHORS} subtype upload files"),
    "app_home_opened": ("type user channel tab event_ts", "view"),
    "reaction_added": ("type user reaction item event_ts", "item_user"),
    "channel_archive": (f"{ADMIN} user is_moved", ""),
    "channel_unarchive": (f"{ADMIN} user", ""),
    "channel_rename": (ADMIN, ""),
    "channel_deleted": (f"{ADMIN} actor_id", ""),
    "channel_left": (f"{ADMIN} actor_id", ""),
    "channel_id_changed": ("type old_channel_id new_channel_id event_ts", ""),
    "channel_shared": (f"{ADMIN} connected_team_id", ""),
    "channel_unshared": (f"{ADMIN} previously_connected_team_id is_ext_shared", ""),
    "group_archive": (f"{ADMIN} user is_moved", ""),
    "group_left": (f"{ADMIN} actor_id", ""),
    "member_left_channel": (f"{ADMIN} user channel_type team", ""),
    "member_joined_channel": (f"{ADMIN} user channel_type team", "inviter enterprise"),
    "user_change": ("type user event_ts", "cache_ts"),
    "tokens_revoked": ("type tokens", ""),
    "app_uninstalled": ("type", ""),
}
RENAMED = {"id", "is_channel", "is_mpim", "name", "name_normalized", "created"}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[dict[str, Any]]]:
    """The events of a workspace in which everything happens that can, as they were sent."""
    folder = tmp_path_factory.mktemp("captured")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(FOLDER, str(folder))
        with Server(cast.build()) as server, connected(server, Heard()):
            _live(server)
        yield list(_events(folder))


def _events(folder: Path) -> Iterator[dict[str, Any]]:
    for file in folder.glob("*.jsonl"):
        for line in file.read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            if entry["what"] == "event":
                yield entry["body"]


def _live(server: Server) -> None:
    """People talk, and administrators work."""
    people, workspace = server.people, server.workspace
    grid = {"id": "T0ACME", "name": "Acme", "domain": "acme", "enterprise": "E0GRID"}
    cast.add(
        workspace, {"teams": [grid], "channels": [{"id": "G0CLOSED", "name": "closed", "kind": "private"}]}
    )
    root = people.post("ana", "acme", "@case hello :tada:")
    people.post("eve", "acme", "@case and hello again")
    people.post("eve", "acme", "below", thread_ts=root.ts)
    people.post("eve", "acme", "to all", thread_ts=root.ts, broadcast=True)
    people.post("ana", "acme", "see", files=[people.upload("ana", "log.txt", b"one line")])
    people.post("sam", "acme", forward=root)
    people.post("weather", "general", "It rains.")
    people.edit("ana", "acme", root.ts, "hello, all")
    people.react("sam", "acme", root.ts, "eyes")
    other = people.post("ana", "general", "a slip")
    people.delete("ana", "general", other.ts)
    people.delete("ana", "acme", root.ts)
    people.open_home("ana")
    people.join("noa", "acme")
    people.join("@app", "closed")
    admin = people.admin
    people.share("general", "T0ACME")
    people.unshare("general", "T0ACME")
    admin.archive("general", by="U0MIA")
    admin.unarchive("general", by="U0MIA")
    admin.rename_channel("general", "hall")
    admin.change_id("hall", "C0HALL")
    admin.archive("closed")
    admin.kick("closed")
    admin.kick("triage")
    admin.delete_channel("triage")
    admin.rename_user("noa", "Noa Newname")
    admin.uninstall()


def _name(event: dict[str, Any]) -> str:
    return "/".join(filter(None, (event["type"], event.get("subtype"))))


@pytest.mark.parametrize("name", SHAPES)
def test_an_event_has_the_keys_that_slacks_has(told: list[dict[str, Any]], name: str) -> None:
    found = [body["event"] for body in told if _name(body["event"]) == name]
    assert found, f"nobody made one: {sorted({_name(body['event']) for body in told})}"
    for event in found:
        _fits(event, SHAPES[name])
        for inner in ("message", "previous_message"):
            if inner in event and name.startswith("message/"):
                _fits(event[inner], WITHIN)


def test_there_are_no_other_events_and_their_envelopes_are_slacks(told: list[dict[str, Any]]) -> None:
    assert {_name(body["event"]) for body in told} <= SHAPES.keys()
    for body in told:
        _fits(body, OUTER)


def test_what_is_said_of_a_renamed_channel_and_of_a_person(told: list[dict[str, Any]]) -> None:
    (renamed,) = (b["event"] for b in told if b["event"]["type"] == "channel_rename")
    assert renamed["channel"].keys() == RENAMED
    (changed,) = (b["event"] for b in told if b["event"]["type"] == "user_change")
    assert {"id", "team_id", "name", "deleted", "real_name", "tz", "profile"} <= changed["user"].keys()
    assert "email" not in changed["user"]["profile"] or changed["user"]["id"] != "U0EVE"


def test_people_of_a_grid_are_named_by_their_organisation_and_stones_by_slackbot(
    told: list[dict[str, Any]],
) -> None:
    events = [body["event"] for body in told]
    spoken = [e for e in events if e.get("user") == "U0EVE" and e["type"] in ("message", "app_mention")]
    plain = [e for e in spoken if "subtype" not in e]
    assert {e["user_team"] for e in plain} == {"E0GRID"}
    assert not [e for e in spoken if e.get("subtype") and {"team", "user_team"} & e.keys()]
    own = [e for e in events if e.get("user") == "U0ANA" and e["type"] == "message" and "subtype" not in e]
    assert own
    assert not [e for e in own if {"user_team", "source_team"} & e.keys()]
    stones = [e["message"] for e in events if e.get("message", {}).get("subtype") == "tombstone"]
    assert {stone["user"] for stone in stones} == {"USLACKBOT"}


def _fits(body: dict[str, Any], shape: tuple[str, str]) -> None:
    always, sometimes = (set(keys.split()) for keys in shape)
    assert always <= body.keys(), f"{sorted(always - body.keys())} is missing in {body}"
    assert body.keys() <= always | sometimes, f"{sorted(body.keys() - always - sometimes)} is not Slack's"

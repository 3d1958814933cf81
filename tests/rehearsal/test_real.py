"""The rehearsal workspace tells what the real one tells: whose team, what was forwarded, what is no more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from rehearsal.slack.server import Server
from rehearsal.slack.workspace import cast
from tests.support.houses.slack_app import Heard, connected

GRID = {"id": "T0ACME", "name": "Acme", "domain": "acme", "enterprise": "E0GRID"}


@pytest.fixture
def told() -> Iterator[tuple[Server, Heard]]:
    heard = Heard()
    with Server(cast.build()) as server, connected(server, heard):
        yield server, heard


def event(told: tuple[Server, Heard], kind: str) -> dict[str, Any]:
    """The newest event of a kind, once it is there."""
    server, heard = told
    server.workspace.wait_for(lambda: heard.named(kind))
    return heard.named(kind)[-1]


def test_whose_team_it_is_stands_only_where_slack_says_it(told: tuple[Server, Heard]) -> None:
    server, _ = told
    cast.add(server.workspace, {"teams": [GRID]})
    people = server.people
    people.post("ana", "acme", "hello")
    said = event(told, "message")
    assert (said["team"], "user_team" in said, "source_team" in said) == ("T0HOME", False, False)
    root = people.post("eve", "acme", "@case hello")
    said = event(told, "app_mention")
    assert (said["team"], said["user_team"], said["source_team"]) == ("T0HOME", "E0GRID", "E0GRID")
    people.post("eve", "acme", "to all", thread_ts=root.ts, broadcast=True)
    heard = told[1]
    server.workspace.wait_for(lambda: [e for e in heard.events if e.get("subtype") == "thread_broadcast"])
    (said,) = [e for e in heard.events if e.get("subtype") == "thread_broadcast"]
    assert not {"team", "user_team", "source_team"} & said.keys()
    client = WebClient(server.workspace.app.bot_token, base_url=server.url)
    user = client.users_info(user="U0EVE")["user"]
    assert (user["team_id"], user["enterprise_user"]["enterprise_id"]) == ("T0ACME", "E0GRID")


def test_emoji_are_told_by_name_and_a_forwarded_message_hangs_below(told: tuple[Server, Heard]) -> None:
    server, _ = told
    first = server.people.post("eve", "acme", "Well done 🎉 👍🏽")
    assert event(told, "message")["text"] == "Well done :tada: :+1::skin-tone-4:"
    server.people.post("ana", "acme", forward=first)
    server.workspace.wait_for(lambda: "attachments" in event(told, "message"))
    said = event(told, "message")
    assert (said["text"], said["attachments"][0]["is_share"]) == ("", True)
    assert said["attachments"][0]["author_name"] == "Eve Acme"


def test_a_message_with_replies_that_is_taken_back_leaves_a_stone_of_slackbots(
    told: tuple[Server, Heard],
) -> None:
    server, heard = told
    root = server.people.post("ana", "acme", "a root")
    reply = server.people.post("eve", "acme", "a reply", thread_ts=root.ts)
    server.people.delete("ana", "acme", root.ts)
    server.workspace.wait_for(lambda: [e for e in heard.events if e.get("subtype") == "message_changed"])
    (change,) = [e for e in heard.events if e.get("subtype") == "message_changed"]
    stone = change["message"]
    assert (stone["user"], stone["subtype"], stone["hidden"]) == ("USLACKBOT", "tombstone", True)
    assert change["previous_message"]["user"] == "U0ANA"
    assert server.workspace.wire(reply)["parent_user_id"] == "USLACKBOT"


def test_what_an_administrator_does_is_told_and_bars_the_way(told: tuple[Server, Heard]) -> None:
    server, _ = told
    people, client = server.people, WebClient(server.workspace.app.bot_token, base_url=server.url)

    def refused(call: Any, **how: Any) -> str:
        with pytest.raises(SlackApiError) as refusal:
            call(**how)
        return str(refusal.value.response["error"])

    people.share("triage", "T0ACME")
    assert event(told, "channel_shared")["channel"] == "C0TRIAGE"
    people.unshare("triage", "T0ACME")
    assert event(told, "channel_unshared")["is_ext_shared"] is False
    server.workspace.channel("general").archived = True
    assert refused(client.chat_postMessage, channel="C0GENERAL", text="hello") == "is_archived"
    server.workspace.user("noa").deleted = True
    assert refused(client.conversations_open, users="U0NOA") == "user_disabled"
    server.workspace.app.installed = False
    assert refused(client.auth_test) == "account_inactive"

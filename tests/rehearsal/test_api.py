"""The rehearsal workspace's Web API, through slack_sdk's own client and plain HTTP."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlencode

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from rehearsal.slack.server import Server
from rehearsal.slack.workspace.workspace import Workspace
from tests.support.houses.slack_app import card, modal


def refused(call: Any, **arguments: Any) -> str:
    with pytest.raises(SlackApiError) as error:
        call(**arguments)
    return str(error.value.response["error"])


def http(url: str, data: bytes | None = None, **headers: str) -> tuple[int, str]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, named), timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_it_works(client: WebClient) -> None:
    who = client.auth_test()
    assert (who["team_id"], who["user_id"], who["bot_id"]) == ("T0HOME", "U0CASE", "B0CASE")


def test_arguments_come_by_query_form_and_json(server: Server) -> None:
    token, url = server.workspace.app.bot_token, f"{server.url}chat.postMessage"
    said = {"channel": "C0TRIAGE", "text": "hello"}
    bearer = f"Bearer {token}"
    answers = [
        http(f"{url}?{urlencode(said | {'token': token})}"),
        http(url, urlencode(said | {"token": token}).encode()),
        http(url, urlencode(said).encode(), Authorization=bearer),
        http(url, json.dumps(said).encode(), Authorization=bearer, Content_Type="application/json"),
    ]
    assert [(status, json.loads(body)["ok"]) for status, body in answers] == [(200, True)] * 4
    assert len(server.workspace.channel("triage").messages) == 4
    wrong = http(url, b"{", Authorization=bearer, Content_Type="application/json")
    assert json.loads(wrong[1])["error"] == "invalid_json"


def test_tokens_and_scopes_are_checked(server: Server, client: WebClient) -> None:
    def by(token: str) -> WebClient:
        return WebClient(token=token, base_url=server.url)

    assert refused(by("xoxb-wrong").auth_test) == "invalid_auth"
    assert json.loads(http(f"{server.url}auth.test")[1])["error"] == "not_authed"
    app = server.workspace.app
    assert (
        refused(by(app.app_token).chat_postMessage, channel="C0TRIAGE", text="x") == "not_allowed_token_type"
    )
    assert refused(client.apps_connections_open, app_token=app.bot_token) == "not_allowed_token_type"
    app.scopes.discard("chat:write")
    with pytest.raises(SlackApiError) as error:
        client.chat_postMessage(channel="C0TRIAGE", text="x")
    assert error.value.response["error"] == "missing_scope"
    assert error.value.response["needed"] == "chat:write"
    assert refused(client.api_call, api_method="chat.shout") == "unknown_method"


def test_messages_are_posted_where_they_can_be(client: WebClient, workspace: Workspace) -> None:
    say = client.chat_postMessage
    workspace.add_channel("quiet", id="C0QUIET", members=["sam"])
    workspace.add_channel("secret", id="G0SECRET", members=["sam"], kind="private")
    assert refused(say, channel="C0NONE", text="x") == "channel_not_found"
    assert refused(say, channel="C0QUIET", text="x") == "not_in_channel"
    assert refused(say, channel="G0SECRET", text="x") == "channel_not_found"
    assert refused(client.api_call, api_method="chat.postMessage", data={"channel": "C0TRIAGE"}) == "no_text"
    assert refused(say, channel="C0TRIAGE", text="x" * 40_001) == "msg_too_long"
    assert refused(say, channel="C0TRIAGE", text="x", blocks=[{"type": "no"}]) == "invalid_blocks"
    assert refused(say, channel="C0TRIAGE", text="x", thread_ts="17") == "invalid_thread_ts"
    assert refused(say, channel="C0TRIAGE", text="x", thread_ts="1700000000.000000") == "thread_not_found"
    direct = say(channel="U0NOA", text="hello")
    assert workspace.channel(direct["channel"]).kind == "im"


def test_a_thread_is_read_with_its_metadata(client: WebClient) -> None:
    named = {"event_type": "case_card", "event_payload": {"case": "CS-000123"}}
    root = client.chat_postMessage(channel="C0TRIAGE", text="card", metadata=named)["ts"]
    first = client.chat_postMessage(channel="C0TRIAGE", text="one", thread_ts=root)["ts"]
    nested = client.chat_postMessage(channel="C0TRIAGE", text="two", thread_ts=first)
    assert nested["message"]["thread_ts"] == root, "a reply to a reply is in the same thread"
    page = client.conversations_replies(channel="C0TRIAGE", ts=root, include_all_metadata=True, limit=2)
    assert [message["text"] for message in page["messages"]] == ["card", "one"]
    assert (page["messages"][0]["metadata"], page["messages"][0]["reply_count"]) == (named, 2)
    rest = client.conversations_replies(
        channel="C0TRIAGE", ts=root, cursor=page["response_metadata"]["next_cursor"]
    )
    assert [message["text"] for message in rest["messages"]] == ["two"]
    history = client.conversations_history(channel="C0TRIAGE", oldest=root, inclusive=True)
    assert [message["text"] for message in history["messages"]] == ["card"]
    assert "metadata" not in history["messages"][0]
    bad: dict[str, Any] = {"event_payload": {}}
    assert refused(client.chat_postMessage, channel="C0TRIAGE", text="x", metadata=bad) == (
        "invalid_metadata_format"
    )


def test_a_message_is_updated_by_its_author_only(
    client: WebClient, server: Server, workspace: Workspace
) -> None:
    mine = client.chat_postMessage(channel="C0TRIAGE", text="one", blocks=card("one"))["ts"]
    yours = server.people.post("sam", "triage", "mine").ts
    client.chat_update(channel="C0TRIAGE", ts=mine, text="two")
    assert workspace.message("triage", mine).blocks[0]["text"]["text"] == "one", "blocks stay"
    client.chat_update(channel="C0TRIAGE", ts=mine, text="two", blocks=[])
    assert not workspace.message("triage", mine).blocks
    assert refused(client.chat_update, channel="C0TRIAGE", ts=yours, text="x") == "cant_update_message"
    assert refused(client.chat_update, channel="C0TRIAGE", ts="1.0", text="x") == "message_not_found"


def test_a_message_is_deleted_by_its_author_only(
    client: WebClient, server: Server, workspace: Workspace
) -> None:
    mine = client.chat_postMessage(channel="C0TRIAGE", text="one")["ts"]
    yours = server.people.post("sam", "triage", "mine").ts
    assert client.chat_delete(channel="C0TRIAGE", ts=mine)["ts"] == mine
    assert [message.ts for message in workspace.channel("triage").messages.values()] == [yours]
    assert refused(client.chat_delete, channel="C0TRIAGE", ts=yours) == "cant_delete_message"
    assert refused(client.chat_delete, channel="C0TRIAGE", ts=mine) == "message_not_found"


def test_one_person_sees_what_is_for_them_alone(client: WebClient, workspace: Workspace) -> None:
    client.chat_postEphemeral(channel="C0TRIAGE", user="U0SAM", text="psst")
    assert [each.text for each in workspace.ephemerals] == ["psst"]
    assert refused(client.chat_postEphemeral, channel="C0TRIAGE", user="U0ANA", text="x") == (
        "user_not_in_channel"
    )


def test_what_is_whispered_in_a_thread_is_seen_only_where_somebody_has_replied(
    client: WebClient, workspace: Workspace
) -> None:
    def whisper(text: str, below: str) -> str:
        sent = client.chat_postEphemeral(channel="C0TRIAGE", user="U0SAM", text=text, thread_ts=below)
        return str(sent["message_ts"])

    root = str(client.chat_postMessage(channel="C0TRIAGE", text="card")["ts"])
    whisper("to nobody", root)
    assert not workspace.ephemerals, "a thread without replies"
    reply = str(client.chat_postMessage(channel="C0TRIAGE", text="a reply", thread_ts=root)["ts"])
    whisper("to nobody", reply)
    assert not workspace.ephemerals, "a reply's ts"
    seen = whisper("psst", root)
    assert [each.text for each in workspace.ephemerals] == ["psst"]
    with pytest.raises(SlackApiError, match="cannot_reply_to_message"):
        whisper("below what one person saw", seen)


def test_people_are_found_as_far_as_they_may_be(client: WebClient, workspace: Workspace) -> None:
    assert client.users_info(user="U0ANA")["user"]["profile"]["email"] == "ana@acme.com"
    assert "email" not in client.users_info(user="U0NOA")["user"]["profile"]
    assert client.users_info(user="U0EVE")["user"]["team_id"] == "T0ACME"
    assert refused(client.users_info, user="U0NONE") == "user_not_found"
    workspace.app.scopes.discard("users:read.email")
    assert "email" not in client.users_info(user="U0ANA")["user"]["profile"]


def test_channels_are_described(client: WebClient) -> None:
    assert client.conversations_info(channel="C0ACME")["channel"]["is_ext_shared"] is True
    direct = client.conversations_open(users="U0ANA")["channel"]["id"]
    assert client.conversations_open(users="U0ANA")["channel"]["id"] == direct
    assert refused(client.conversations_info, channel=direct) == "missing_scope", "im:read is not asked for"


def test_triggers_are_good_once_and_for_three_seconds(client: WebClient, workspace: Workspace) -> None:
    trigger = workspace.triggers.issue("U0ANA")
    view = client.views_open(trigger_id=trigger, view=modal())["view"]
    assert refused(client.views_open, trigger_id=trigger, view=modal()) == "exchanged_trigger_id"
    assert refused(client.views_open, trigger_id="1.2.3", view=modal()) == "invalid_trigger_id"
    workspace.triggers.life = 0.0
    late = workspace.triggers.issue("U0ANA")
    time.sleep(0.01)
    assert refused(client.views_open, trigger_id=late, view=modal()) == "expired_trigger_id"
    assert view["root_view_id"] == view["id"]


def test_views_are_updated_against_their_hash_and_pushed_three_deep(
    client: WebClient, workspace: Workspace
) -> None:
    def trigger() -> str:
        return workspace.triggers.issue("U0ANA")

    assert refused(client.views_push, trigger_id=trigger(), view=modal()) == "not_found"
    view = client.views_open(trigger_id=trigger(), view=modal())["view"]
    fresh = client.views_update(view_id=view["id"], hash=view["hash"], view=modal())["view"]
    assert (
        refused(client.views_update, view_id=view["id"], hash=view["hash"], view=modal()) == "hash_conflict"
    )
    assert fresh["hash"] != view["hash"]
    pushed = [client.views_push(trigger_id=trigger(), view=modal())["view"] for _ in range(2)]
    assert [each["root_view_id"] for each in pushed] == [view["id"]] * 2
    assert pushed[1]["previous_view_id"] == pushed[0]["id"]
    assert refused(client.views_push, trigger_id=trigger(), view=modal()) == "push_limit_reached"
    assert refused(client.views_update, view_id="V0NONE", view=modal()) == "not_found"
    assert refused(client.views_publish, user_id="U0ANA", view=modal()) == "invalid_arguments"


def test_a_view_that_clears_on_close_takes_those_below_it_along(
    client: WebClient, server: Server, workspace: Workspace
) -> None:
    client.views_open(trigger_id=workspace.triggers.issue("U0ANA"), view=modal())
    client.views_push(trigger_id=workspace.triggers.issue("U0ANA"), view=modal(clear_on_close=True))
    server.people.close_view("ana", "modal")
    assert server.people.modal("ana") is None


def test_files_go_up_in_three_steps_and_come_down_with_a_token(
    client: WebClient, server: Server, workspace: Workspace
) -> None:
    root = client.chat_postMessage(channel="C0TRIAGE", text="card")["ts"]
    done = client.files_upload_v2(
        channel="C0TRIAGE", thread_ts=root, filename="a.csv", content="a,b\n", initial_comment="see"
    )
    [share] = [m for m in workspace.channel("triage").messages.values() if m.files]
    assert (share.text, share.thread_ts, share.subtype) == ("see", root, "file_share")
    url = done["files"][0]["url_private_download"]
    bearer = f"Bearer {workspace.app.bot_token}"
    assert http(url, Authorization=bearer) == (200, "a,b\n")
    assert http(url)[1].lower().startswith("<!doctype html")
    workspace.app.scopes.discard("files:read")
    assert http(url, Authorization=bearer)[1].lower().startswith("<!doctype html")
    assert refused(client.files_info, file=done["files"][0]["id"]) == "missing_scope"


def test_files_must_be_as_long_as_was_said(client: WebClient) -> None:
    place = client.files_getUploadURLExternal(filename="a.txt", length=3)
    assert http(place["upload_url"], b"four")[0] == 400
    files = [{"id": place["file_id"]}]
    assert refused(client.files_completeUploadExternal, files=files) == "file_update_failed"
    assert http(place["upload_url"], b"abc") == (200, "OK - 3")
    client.files_completeUploadExternal(files=files)
    assert refused(client.files_completeUploadExternal, files=files) == "file_not_found"

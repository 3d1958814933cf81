"""The rehearsal workspace as bolt's own App meets it, over Socket Mode."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from slack_sdk import WebClient, WebhookClient

from rehearsal.slack.people.people import People
from rehearsal.slack.server import Server
from rehearsal.slack.workspace.workspace import Unknown, Workspace
from tests.support.houses.slack_app import Heard, card, connected


@pytest.fixture
def heard(server: Server) -> Iterator[Heard]:
    heard = Heard()
    with connected(server, heard):
        yield heard


@pytest.fixture
def people(server: Server) -> People:
    return server.people


def test_it_works(people: People, heard: Heard) -> None:
    seen = people.slash("ana", "general", "/case new", wait=5)
    assert seen.acked
    assert seen.modal
    assert seen.modal.body["callback_id"] == "new"


def test_a_modal_is_filled_refused_corrected_and_submitted(
    people: People, workspace: Workspace, heard: Heard
) -> None:
    people.slash("ana", "general", "/case new", wait=5)
    assert people.submit("ana", "modal").errors == {
        "subject": "Please complete this required field.",
        "type": "Please complete this required field.",
    }
    people.type_into("ana", "modal", "subject", "bad")
    people.choose("ana", "modal", "type", "report", wait=5)
    assert people.submit("ana", "modal").errors == {"subject": "Please say more."}
    people.type_into("ana", "modal", "subject", "No delivery")
    seen = people.submit("ana", "modal")
    assert seen.modal
    assert (seen.errors, seen.modal.body["callback_id"]) == ({}, "done")
    [card] = workspace.wait_for(lambda: list(workspace.channel("triage").messages.values()))
    assert (card.text, card.user) == ("No delivery", workspace.app.bot_user)


def test_what_was_typed_survives_an_update_and_what_changed_its_name_does_not(
    people: People, heard: Heard
) -> None:
    people.slash("ana", "general", "/case new", wait=5)
    people.type_into("ana", "modal", "subject", "No delivery")
    people.choose("ana", "modal", "type", "report", wait=5)
    people.type_into("ana", "modal", "category:report", "Numbers")
    seen = people.choose("ana", "modal", "type", "api", wait=5)
    assert seen.modal
    values = seen.modal.values()
    assert values["subject"]["typed"]["value"] == "No delivery"
    assert values["type"]["chosen"]["selected_option"]["value"] == "api"
    assert values["category:api"]["typed"]["value"] is None
    assert "category:report" not in values


def test_words_that_come_with_the_ack_are_seen_by_one_person(
    people: People, workspace: Workspace, heard: Heard
) -> None:
    seen = people.slash("ana", "general", "/case nwe @sam & <co>")
    assert seen.text == "Not a verb: nwe <@U0SAM|sam> &amp; &lt;co&gt;"
    assert not workspace.channel("general").messages


def test_an_app_that_does_not_answer_is_seen_to_have_failed(
    people: People, workspace: Workspace, heard: Heard
) -> None:
    heard.silent.set()
    seen = people.slash("ana", "general", "/case new")
    assert (seen.acked, seen.error) == (False, "operation_timeout")
    assert len(workspace.transcript.deliveries("/case")) == 1, "commands are not tried again"


def test_an_app_that_is_not_there_is_seen_to_have_failed(people: People) -> None:
    assert people.slash("ana", "general", "/case new").error == "dispatch_failed"
    assert people.slash("ana", "general", "/other").error == "not_a_command"
    assert people.slash("eve", "acme", "/case new").error == "not_a_command", "of another team"


def test_a_thread_reply_comes_with_its_parent_and_a_mention_comes_twice(
    people: People, workspace: Workspace, heard: Heard
) -> None:
    root = people.post("ana", "general", "It is late.")
    people.post("sam", "general", "@case take https://x.example/a?b=1&c.", thread_ts=root.ts)
    workspace.wait_for(lambda: heard.named("app_mention") and len(heard.named("message")) == 2)
    reply = max(heard.named("message"), key=lambda event: str(event["ts"]))
    assert reply["text"] == "<@U0CASE> take <https://x.example/a?b=1&amp;c>."
    assert (reply["thread_ts"], reply["parent_user_id"]) == (root.ts, "U0ANA")
    assert (reply["channel"], reply["channel_type"]) == ("C0GENERAL", "channel")
    assert heard.named("app_mention")[0]["ts"] == reply["ts"]
    assert reply["blocks"][0]["elements"][0]["elements"][0] == {"type": "user", "user_id": "U0CASE"}


def test_edits_deletes_and_reactions_are_told(people: People, workspace: Workspace, heard: Heard) -> None:
    said = people.post("ana", "general", "one")
    people.edit("ana", "general", said.ts, "two")
    people.react("sam", "general", said.ts, ":eyes:")
    people.delete("ana", "general", said.ts)
    workspace.wait_for(lambda: len(heard.events) == 4)
    kinds = sorted((event["type"], event.get("subtype", "")) for event in heard.events)
    assert kinds == [
        ("message", ""),
        ("message", "message_changed"),
        ("message", "message_deleted"),
        ("reaction_added", ""),
    ]
    [changed] = [event for event in heard.events if event.get("subtype") == "message_changed"]
    assert (changed["previous_message"]["text"], changed["message"]["text"]) == ("one", "two")
    assert changed["message"]["edited"]["user"] == "U0ANA"


def test_a_parent_that_is_deleted_leaves_a_tombstone(
    people: People, workspace: Workspace, heard: Heard
) -> None:
    root = people.post("ana", "general", "one")
    people.post("sam", "general", "two", thread_ts=root.ts)
    people.delete("ana", "general", root.ts)
    assert workspace.message("general", root.ts).subtype == "tombstone"


def test_the_apps_own_messages_come_back_and_bolt_drops_them(
    people: People, workspace: Workspace, heard: Heard
) -> None:
    people.slash("ana", "general", "/case new", wait=5)
    people.type_into("ana", "modal", "subject", "No delivery")
    people.choose("ana", "modal", "type", "report", wait=5)
    people.submit("ana", "modal")
    workspace.wait_for(lambda: workspace.transcript.deliveries("message", acked=True))
    assert not heard.named("message")


def test_other_bots_and_other_teams_are_heard(people: People, workspace: Workspace, heard: Heard) -> None:
    people.post("weather", "general", "Rain.")
    people.post("eve", "acme", "Hello from Acme.")
    workspace.wait_for(lambda: len(heard.named("message")) == 2)
    bodies = sorted(heard.bodies, key=lambda body: body["event"]["ts"])  # they are delivered side by side
    rain, hello = [body["event"] for body in bodies]
    assert (rain["subtype"], rain["username"], "user" in rain) == ("bot_message", "Weather", False)
    assert (hello["user"], hello["team"], hello["user_team"]) == ("U0EVE", "T0ACME", "T0ACME")
    assert [body["is_ext_shared_channel"] for body in bodies] == [False, True]
    assert [body["team_id"] for body in bodies] == ["T0HOME", "T0ACME"]
    assert {body["authorizations"][0]["team_id"] for body in bodies} == {"T0HOME"}


def test_a_button_is_clicked_and_its_response_url_answers(
    people: People, workspace: Workspace, heard: Heard
) -> None:
    people.slash("ana", "general", "/case new", wait=5)
    people.type_into("ana", "modal", "subject", "No delivery")
    people.choose("ana", "modal", "type", "report", wait=5)
    people.submit("ana", "modal")
    [card] = workspace.wait_for(lambda: list(workspace.channel("triage").messages.values()))
    seen = people.click("sam", "take", channel="triage", ts=card.ts, wait=5)
    assert seen.text == "Yours now."
    [clicked] = [body for body in heard.bodies if "actions" in body and "message" in body]
    assert clicked["container"]["message_ts"] == card.ts
    assert clicked["actions"][0]["value"] == "1"


@pytest.mark.parametrize("kind", ["ephemeral", "in_channel"])
def test_what_answers_a_click_in_a_thread_by_its_response_url_stands_in_the_channel(
    server: Server, people: People, workspace: Workspace, heard: Heard, kind: str
) -> None:
    """ "Handling user interaction", "Message responses"; slackapi/node-slack-sdk, issue 674."""
    root = people.post("ana", "general", "It stopped.")
    client = WebClient(workspace.app.bot_token, base_url=server.url)
    ts = client.chat_postMessage(
        channel="C0GENERAL", thread_ts=root.ts, text="Take it?", blocks=card("Take it?")
    )["ts"]
    (acked,) = people.click("sam", "take", channel="general", ts=ts, wait=5).ephemerals
    assert (acked.text, acked.channel, acked.thread_ts) == ("Yours now.", "C0GENERAL", "")
    clicked = next(body for body in heard.bodies if "actions" in body)
    assert clicked["container"]["thread_ts"] == root.ts
    hook = WebhookClient(clicked["response_url"])
    assert hook.send(text="Taken.", response_type=kind, replace_original=False).status_code == 200
    said = [*workspace.ephemerals, *workspace.channel("general").messages.values()]
    (answer,) = [message for message in said if message.text == "Taken."]
    assert (answer.channel, answer.thread_ts) == ("C0GENERAL", "")


def test_a_global_shortcut_of_somebody_of_another_team_does_nothing(
    people: People, workspace: Workspace, heard: Heard
) -> None:
    (name, *_) = sorted(workspace.app.shortcuts)
    people.shortcut("ana", name)
    seen = people.shortcut("eve", name)
    assert (seen.acked, seen.error) == (False, "restricted")
    assert [body["user"]["id"] for body in heard.bodies if body["type"] == "shortcut"] == ["U0ANA"]


def test_files_go_along_with_words_and_into_modals(
    people: People, workspace: Workspace, heard: Heard
) -> None:
    shown = people.upload("ana", "report.csv", b"a,b\n1,2\n")
    people.post("ana", "general", "See this", files=[shown])
    people.slash("ana", "general", "/case new", wait=5)
    people.attach("ana", "modal", "files", [people.upload("ana", "log.txt", b"log")])
    with pytest.raises(ValueError, match="takes 2 files"):
        people.attach("ana", "modal", "files", [shown, shown, shown])
    people.type_into("ana", "modal", "subject", "bad")
    people.choose("ana", "modal", "type", "report", wait=5)
    people.submit("ana", "modal")
    [share] = workspace.wait_for(lambda: heard.named("message"))
    assert (share["subtype"], share["files"][0]["mimetype"]) == ("file_share", "text/csv")
    submitted = heard.bodies[-1]["view"]["state"]["values"]["files"]["held"]["files"]
    assert [file["name"] for file in submitted] == ["log.txt"]


def test_a_direct_message_and_the_home_tab(people: People, workspace: Workspace, heard: Heard) -> None:
    direct = people.open_dm("noa")
    people.post("noa", direct.id, "help")
    home = people.open_home("noa", wait=5)
    assert home
    workspace.wait_for(lambda: heard.named("message"))
    assert heard.named("message")[0]["channel_type"] == "im"
    assert people.click("noa", "take", view="home").acked


def test_what_one_cannot_do_is_not_done(people: People, heard: Heard) -> None:
    said = people.post("ana", "general", "one")
    with pytest.raises(Unknown):
        people.post("ana", "triage", "not a member")
    with pytest.raises(ValueError, match="somebody else's"):
        people.edit("sam", "general", said.ts, "two")
    with pytest.raises(Unknown):
        people.click("ana", "take", channel="general", ts=said.ts)
    with pytest.raises(Unknown):
        people.submit("ana", "modal")


def test_closing_tells_only_apps_that_asked(people: People, workspace: Workspace, heard: Heard) -> None:
    people.slash("ana", "general", "/case new", wait=5)
    people.close_view("ana", "modal")
    assert people.modal("ana") is None
    assert not workspace.transcript.deliveries("view_closed")

"""What Slack refuses for good is told at once; a case whose type changes moves; nobody answers past a colleague."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.queries.lists import ListOutbox
from rehearsal.slack.server import Server
from rehearsal.slack.workspace import cast
from tests.support.houses.house import until, words
from tests.support.houses.office import Office, said
from tests.support.houses.one_case import ANA, DESK
from tests.support.houses.slack_house import words_of
from tests.support.setup.fixtures import open_on_sqlite

office = open_on_sqlite(Office)


def a_case_of_noa(office: Office) -> None:
    """Noa has no place but a talk with the app."""
    office.slack.people.post("noa", "general", "@Case new Deal ID 12345: no delivery")
    office.card()
    office.settled()


@pytest.mark.parametrize(
    "code",
    [
        "user_not_in_channel",
        "user_disabled",
        "too_many_attachments",
    ],
)
def test_whom_slack_will_never_show_an_answer_is_named_to_the_desk_at_once(office: Office, code: str) -> None:
    office.slack.workspace.faults.add("error", method="conversations.open", error=code)
    a_case_of_noa(office)
    told = said(office.in_thread("The confirmation could not be delivered to Noa Nomail"))
    assert code in told
    assert [line.reason for line in office.ask(ListOutbox("dead")) if code in line.reason]


def test_a_card_that_its_channel_refused_is_not_waited_for(office: Office) -> None:
    office.slack.workspace.faults.add("error", method="chat.postMessage", error="channel_not_found", times=1)
    office.send(ANA, DESK, "Deal", "It stopped delivering.")
    assert office.in_thread("It stopped delivering"), "at once, below a card of its own"


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("file_uploads_disabled", "the workspace allows no files"),
        ("storage_limit_reached", "the workspace has no room for files"),
    ],
)
def test_a_file_that_slack_will_not_take_is_not_an_answer_that_did_not_arrive(
    office: Office, code: str, why: str
) -> None:
    a_case_of_noa(office)
    people = office.slack.people
    office.slack.workspace.faults.add("error", method="files.getUploadURLExternal", error=code)
    file = people.upload("sam", "fix.zip", b"bytes" * 100)
    people.post("sam", "triage", "!reply Try this build.", thread_ts=office.card().ts, files=[file])
    told = said(office.in_thread("could not be delivered"))
    assert "its words are there, its file fix.zip is not" in told
    assert why in told


def test_the_scope_that_files_need_is_named(office: Office) -> None:
    a_case_of_noa(office)
    people, method = office.slack.people, "files.completeUploadExternal"
    office.slack.workspace.faults.add("error", method=method, error="missing_scope")
    file = people.upload("sam", "fix.zip", b"bytes" * 100)
    people.post("sam", "triage", "!reply Try this build.", thread_ts=office.card().ts, files=[file])
    assert until(lambda: f"the app lacks a scope for {method}" in office.app.doors["slack"].condition().fault)


@pytest.mark.parametrize(
    "code",
    [
        "token_revoked",
        "account_inactive",
        "invalid_auth",
        "not_authed",
        "org_login_required",
        "token_expired",
        "ekm_access_denied",
    ],
)
def test_a_token_that_is_refused_gives_nothing_up(office: Office, code: str) -> None:
    office.slack.workspace.faults.add("error", method="chat.postMessage", error=code)
    office.send(ANA, DESK, "Deal", "It stopped.")
    assert until(lambda: [line for line in office.ask(ListOutbox("waiting")) if code in line.reason])
    assert not office.ask(ListOutbox("dead"))
    assert code in office.app.channels["slack"].condition().fault
    office.slack.workspace.faults.clear()
    assert until(lambda: office.messages("triage")), "it goes on by itself"


@pytest.mark.parametrize("kind", ["Billing", "Billing / Invoice"])
def test_another_type_or_category_moves_the_card_to_its_channel(tmp_path: Path, kind: str) -> None:
    server = Server(cast.build())
    server.workspace.add_channel("billing", id="C0BILLING", members=["@app", "sam", "kim"])
    server.start()
    routes = f'[slack.routes]\n"{kind}" = "C0BILLING"\n'
    try:
        with Office(f"sqlite:///{tmp_path}/casebot.db", tmp_path, slack=server, more=routes) as office:
            office.send(ANA, DESK, "Invoice", "It is too high.")
            office.in_thread("It is too high.")
            office.drained()
            people = office.slack.people
            people.slash("sam", "triage", f"/case type CS-000001 {kind}", wait=3)
            (card,) = until(lambda: [m for m in office.messages("billing") if "CS-000001" in said(m)])
            left = until(
                lambda: [m for m in office.messages("triage") if "is in <#C0BILLING> now" in said(m)]
            )
            assert len(left) == 1
            assert not [b for b in left[0].blocks if b["type"] == "actions"], "only one card has buttons"
            office.send(ANA, DESK, "Re: [CS-000001] Invoice", "Here is a second one.")
            assert until(lambda: [m for m in office.replies(card) if "a second one" in said(m)])
            assert not [m for m in office.replies(left[0]) if "a second one" in said(m)]
            people.post("sam", "triage", "still heard here", thread_ts=left[0].ts)
            assert until(lambda: [e for e in office.case().entries if e.text == "still heard here"])
            people.slash("sam", "triage", "/case take CS-000001", wait=3)
            assert until(
                lambda: [m for m in office.messages("billing") if "Owner: *Sam" in words_of(m.blocks)]
            )
            assert len([m for m in office.messages("billing") if "CS-000001" in said(m)]) == 1
    finally:
        server.stop()


def test_who_was_overtaken_while_the_preview_was_open_is_asked_once_more(office: Office) -> None:
    office.send(ANA, DESK, "Deal", "It stopped.")
    office.mails("ana@")
    office.in_thread("It stopped.")
    people, card = office.slack.people, office.card()
    people.click("sam", "case_reply", channel="triage", ts=card.ts, wait=5)
    people.type_into("sam", "modal", "text", "It was the filter.")
    people.submit("sam", "modal")
    people.slash("mia", "triage", "/case reply CS-000001 It was the deal.", wait=3)
    (first,) = office.mails("ana@")
    assert "It was the deal." in words(first)
    seen = people.submit("sam", "modal", wait=5)
    assert seen.modal
    shown = words_of(seen.modal.body["blocks"])
    assert "Max Manager answered" in shown
    assert "It was the filter." in shown
    assert office.nothing("ana@")
    assert people.submit("sam", "modal", wait=5).modal is None
    (second,) = office.mails("ana@")
    assert "It was the filter." in words(second)
    assert office.nothing("ana@")

"""A case that is opened in a channel of nobody's: it lives in direct messages, and is posted there only if wished."""

from __future__ import annotations

import pytest

from rehearsal.slack.workspace.conversation import Message
from tests.slack.outbound.test_places import by_us, talk
from tests.support.houses.house import until
from tests.support.houses.office import Office, said
from tests.support.houses.slack_house import words_of
from tests.support.setup.fixtures import open_on_sqlite_in_each_mode

office = open_on_sqlite_in_each_mode(Office)


def opened(office: Office, channel: str = "general", user: str = "ana") -> None:
    assert office.slack.people.slash(user, channel, "/case new Deal 4711 is down", wait=5).modal
    office.slack.people.type_into(user, "modal", "text", "Our secret plans stopped.")


def offers(office: Office, user: str = "ana") -> bool:
    view = office.slack.people.modal(user)
    assert view
    return "post" in [block["block_id"] for block, _ in view.fields()]


def sent(office: Office) -> None:
    assert not office.slack.people.submit("ana", "modal", wait=5).errors
    office.card()
    office.settled()


def ours(office: Office, channel: str) -> list[Message]:
    return by_us(office, office.messages(channel))


def test_a_case_is_posted_in_the_channel_if_its_opener_ticks_the_box(office: Office) -> None:
    people = office.slack.people
    opened(office)
    assert offers(office)
    people.choose("ana", "modal", "priority", "Critical", wait=5)
    people.choose("ana", "modal", "post", ["post"])
    sent(office)
    (post,) = ours(office, "general")
    assert "Ana Acme has opened case CS-000001" in said(post).replace("*", "")
    assert "Deal 4711 is down" in said(post)
    assert "secret plans" not in said(post)
    assert [block for block in post.blocks if block["type"] == "actions"] == []
    assert any("CS-000001" in said(message) for message in talk(office, "ana"))
    people.post("noa", "general", "Good luck!", thread_ts=post.ts)
    people.post("sam", "triage", "!reply It works again.", thread_ts=office.card().ts)
    assert until(lambda: "It works again." in str([said(m) for m in _talk_threads(office)]))
    assert office.replies(post) == [office.replies(post)[0]], "answers go to her alone"
    assert "Good luck!" not in "".join(entry.text for entry in office.case().entries)


def _talk_threads(office: Office) -> list[Message]:
    return [reply for message in talk(office, "ana") for reply in office.replies(message)]


def test_without_the_box_nothing_is_said_there(office: Office) -> None:
    opened(office)
    assert offers(office)
    sent(office)
    assert ours(office, "general") == []
    assert talk(office, "ana")


@pytest.mark.parametrize(("channel", "user"), [("acme", "ana"), ("triage", "sam")])
def test_a_channel_that_is_an_accounts_or_the_desks_has_no_box(
    office: Office, channel: str, user: str
) -> None:
    calls = len(office.slack.workspace.transcript.calls("conversations.info"))
    opened(office, channel, user)
    assert not offers(office, user)
    office.settled()
    assert not offers(office, user)
    assert len(office.slack.workspace.transcript.calls("conversations.info")) == calls


def test_a_channel_without_the_app_is_told_nothing_and_the_next_form_has_no_box(office: Office) -> None:
    people = office.slack.people
    people.admin.kick("general", "@app")
    opened(office)
    people.choose("ana", "modal", "post", ["post"])
    seen = people.submit("ana", "modal", wait=5)
    assert seen.modal
    assert "CS-000001 is open" in words_of(seen.modal.body["blocks"])
    assert "It was not posted in the channel" in words_of(seen.modal.body["blocks"])
    office.card()
    office.settled()
    assert ours(office, "general") == []
    opened(office)
    assert not offers(office)


def test_a_channel_where_another_organisation_reads_along_is_told_nothing(office: Office) -> None:
    people = office.slack.people
    people.share("general", next(team for team in office.slack.workspace.teams if team != "T0HOME"))
    opened(office)
    people.choose("ana", "modal", "post", ["post"])
    sent(office)
    assert ours(office, "general") == []

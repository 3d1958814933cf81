"""What becomes of the app, of channels and of people in the workspace: heard, told by mail, and safe."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from bot.queries.lists import ListOutbox
from tests.support.houses.house import until, words
from tests.support.houses.office import KINDS, Office, office_by_kind, said
from tests.support.houses.one_case import hurry
from tests.support.setup import databases

ANA, DESK = "Ana <ana@acme.example>", "support@example.com"


office = pytest.fixture(office_by_kind, params=KINDS)


def told(office: Office, text: str, who: str = "sam@") -> EmailMessage:
    """The mail to somebody of the desk that says this, once it is there."""
    found = until(lambda: [one for one in office.mails(who) if text in f"{one['Subject']} {words(one)}"])
    assert found, f"{who} was not told: {text}"
    mail: EmailMessage = found[0]
    return mail


def heard(office: Office, event: str) -> None:
    """Wait until Slack has told of this."""
    assert until(lambda: office.slack.workspace.transcript.deliveries(event, acked=True))


def a_case(office: Office) -> Any:
    """Ana's, by mail; its card."""
    office.send(ANA, DESK, "Deal ID 12333: no delivery", "It stopped.")
    office.in_thread("It stopped.")
    office.settled()
    return office.card()


@pytest.mark.parametrize(
    ("act", "what"),
    [
        ("archive", "#triage was archived"),
        ("kick", "#triage no longer has the app in it"),
        ("delete_channel", "#triage was deleted"),
    ],
)
def test_a_desk_channel_that_is_lost_is_told_by_mail_and_so_is_what_it_would_have_shown(
    office: Office, act: str, what: str
) -> None:
    a_case(office)
    getattr(office.slack.people.admin, act)("triage")
    told(office, what)
    office.send("Zoe <zoe@elsewhere.example>", DESK, "Deal ID 7", "Mine stopped, too.")
    told(office, "Mine stopped, too.")
    assert not office.ask(ListOutbox("dead")), "nothing was tried in vain"


def test_a_desk_channel_that_the_app_was_removed_from_unheard_is_told_by_mail_too(office: Office) -> None:
    """Slack says ``channel_not_found`` of a private one, and of a public one that the app is no member."""
    workspace = office.slack.workspace
    with workspace.lock:
        workspace.channel("triage").members.remove(workspace.app.bot_user)  # and no event told of it
    office.send("Zoe <zoe@elsewhere.example>", DESK, "Deal ID 7", "Mine stopped, too.")
    name = "#triage" if public(office) else "C0TRIAGE"
    mails: list[str] = []

    def all_told() -> bool:
        mails.extend(words(one) for one in office.mails("sam@"))
        text = "\n".join(mails)
        return f"{name} no longer has the app in it" in text and "Mine stopped, too." in text

    assert until(all_told), mails
    assert not workspace.transcript.calls("chat.postMessage"), "nothing was tried in vain"


def public(office: Office) -> bool:
    return office.slack.workspace.channel("triage").kind == "public"


def test_cards_go_on_in_a_channel_that_can_be_used_again(office: Office) -> None:
    card, people = a_case(office), office.slack.people
    people.admin.archive("triage")
    told(office, "#triage was archived")
    people.admin.unarchive("triage")
    heard(office, "channel_unarchive" if public(office) else "group_unarchive")
    office.send(ANA, DESK, "Re: [CS-000001] Deal", "It is worse now.")
    assert office.in_thread("It is worse now.").thread_ts == card.ts
    people.admin.kick("triage")
    told(office, "no longer has the app in it")
    people.join("@app", "triage")
    heard(office, "member_joined_channel")
    office.send(ANA, DESK, "Re: [CS-000001] Deal", "It is well again.")
    assert office.in_thread("It is well again.").thread_ts == card.ts


def test_a_customers_channel_that_is_lost_is_told_and_its_case_goes_on_in_direct_messages(
    office: Office,
) -> None:
    people = office.slack.people
    people.post("ana", "acme", "@Case new Deal ID 12345: no delivery")
    card = office.card()
    office.settled()
    people.admin.archive("acme")
    told(office, "#acme, a customer's channel, was archived")
    people.post("sam", "triage", "!reply It was the filter.", thread_ts=card.ts)
    talk = people.open_dm("ana").id
    assert until(
        lambda: [
            m
            for m in office.slack.workspace.channel(talk).messages.values()
            if "It was the filter." in said(m)
        ]
    )


@pytest.mark.parametrize("act", ["uninstall", "revoke"])
def test_an_app_that_is_removed_stops_all_with_one_word_and_goes_on_when_it_is_back(
    office: Office, act: str
) -> None:
    a_case(office)
    admin, transcript = office.slack.people.admin, office.slack.workspace.transcript
    getattr(admin, act)()
    told(office, "Slack does not work: the app")
    before = len(transcript.calls("chat.postMessage"))
    for number in range(5):
        office.send(f"C{number} <c{number}@plain.example>", DESK, f"Deal ID {number}", f"Number {number}.")
    assert until(lambda: len(office.ask(ListOutbox("waiting"))) >= 10)
    assert len(transcript.calls("chat.postMessage")) - before <= 3, "one asks for all"
    assert not office.ask(ListOutbox("dead"))
    assert not [one for one in office._new("sam@") if "does not take what we say" in words(one)], (
        "once is enough"
    )
    admin.install()
    hurry(office)
    for number in range(5):
        office.in_thread(f"Number {number}.", number + 2)


def test_threads_and_bindings_follow_a_channel_that_gets_another_id(office: Office) -> None:
    people = office.slack.people
    people.post("ana", "acme", "@Case new Deal ID 12345: no delivery")
    card = office.card()
    office.settled()
    first = office.messages("acme")[-1]
    people.admin.change_id("acme", "C0NEWACME")
    people.admin.change_id("triage", "C0NEWTRIAGE")
    assert until(
        lambda: len(office.slack.workspace.transcript.deliveries("channel_id_changed", acked=True)) == 2
    )
    people.post("sam", "triage", "!reply It was the filter.", thread_ts=card.ts)
    assert until(lambda: [m for m in office.replies(first) if "It was the filter." in said(m)])
    people.post("ana", "acme", "Thank you!", thread_ts=first.ts)
    assert office.in_thread("Thank you!")
    people.post("ana", "acme", "@Case new Deal ID 7: another one")
    assert until(lambda: [m for m in office.messages("triage") if "CS-000002" in said(m)])
    assert until(lambda: "CS-000002" in said(office.messages("acme")[-1])), "it is still Acme's channel"


def test_the_desks_channel_is_the_desks_under_another_id(office: Office) -> None:
    people = office.slack.people
    people.post("ana", "acme", "@Case new Deal ID 12345: no delivery")
    office.card()
    office.settled()
    people.admin.change_id("triage", "C0NEWTRIAGE")
    assert until(lambda: office.slack.workspace.transcript.deliveries("channel_id_changed", acked=True))
    guess = people.post("sam", "triage", "Perhaps they broke it themselves. CANARY")
    people.message_shortcut("sam", "message_add", channel="triage", ts=guess.ts, wait=5)
    people.suggest("sam", "which_case", "12345", view="modal")
    people.choose("sam", "modal", "case", "CS-000001")
    assert not people.submit("sam", "modal").errors
    assert until(lambda: [e for e in office.case().entries if "CANARY" in e.text])
    (entry,) = [e for e in office.case().entries if "CANARY" in e.text]
    assert entry.visibility == "internal"
    office.settled()
    assert not [m for m in office.messages("acme") if "CANARY" in said(m)]


@pytest.mark.parametrize("how", ["all", "offer"])
def test_what_is_said_opens_cases_as_before_in_a_channel_with_another_id(tmp_path: Path, how: str) -> None:
    with Office(databases.sqlite(tmp_path), tmp_path, more=f'opens = "{how}"\n') as office:
        workspace, people = office.slack.workspace, office.slack.people
        people.admin.change_id("acme", "C0NEWACME")
        assert until(lambda: workspace.transcript.deliveries("channel_id_changed", acked=True))
        people.post("ana", "acme", "Our deal 12345 does not deliver since noon.")
        if how == "offer":
            assert until(lambda: [w for w in workspace.ephemerals if "Open a case" in said(w)])
        else:
            assert "does not deliver since noon" in said(office.card())
        assert not [check.text for check in office.app.checks() if not check.ok]


def test_a_person_who_is_renamed_is_called_by_the_new_name(office: Office) -> None:
    people = office.slack.people
    people.post("noa", "general", "@Case new Deal ID 12345: no delivery")
    card = office.card()
    people.post("sam", "triage", "this is @noa", thread_ts=card.ts)
    assert until(lambda: [entry for entry in office.case().entries if "@Noa Nomail" in entry.text])
    people.admin.rename_user("noa", "Noa Newname")
    until(lambda: office.slack.workspace.transcript.deliveries("user_change", acked=True))
    people.post("sam", "triage", "please ask @noa", thread_ts=office.card().ts)
    assert until(lambda: [entry for entry in office.case().entries if "@Noa Newname" in entry.text])


def test_a_renamed_channel_is_named_anew(office: Office) -> None:
    a_case(office)
    people, event = office.slack.people, "channel_rename" if public(office) else "group_rename"
    people.admin.rename_channel("triage", "support-desk")
    assert until(lambda: office.slack.workspace.transcript.deliveries(event, acked=True))
    people.admin.archive("support-desk")
    told(office, "#support-desk was archived")


def test_an_app_that_comes_back_into_a_channel_that_others_read_meanwhile_says_nothing_there(
    office: Office,
) -> None:
    a_case(office)
    people, admin = office.slack.people, office.slack.people.admin
    admin.kick("triage")
    told(office, "no longer has the app in it")
    office.slack.workspace.channel("triage").shared.add("T0ACME")  # and no event told of it
    people.join("@app", "triage")
    office.send("Zoe <zoe@elsewhere.example>", DESK, "Deal ID 7", "CANARY: mine stopped, too.")
    told(office, "CANARY: mine stopped, too.")
    office.settled()
    channel = office.slack.workspace.channel("triage")
    assert not [m for m in channel.messages.values() if "CANARY" in said(m) or "Deal ID 7" in said(m)]

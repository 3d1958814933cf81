"""Stories of one person in two places: who writes by mail and in Slack becomes one, by a link in a mail."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.slack.server import Server
from tests.support.houses.browser import Page, get
from tests.support.houses.house import until, words
from tests.support.houses.office import Office, said
from tests.support.setup import databases

SITE, DESK = "https://support.example.com", "support@example.com"
ANA, ANA_MAIL = "Ana Acme <ana@acme.com>", "ana@acme.com"


@pytest.fixture(params=["socket", "http"])
def office(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Office]:
    monkeypatch.setenv("CASEBOT_WEB__BASE_URL", SITE)
    with Office(databases.sqlite(tmp_path), tmp_path, mode=request.param) as standing:
        yield standing


def by_mail(office: Office, subject: str, sender: str = ANA) -> None:
    office.send(sender, DESK, subject, "It stopped at noon.")
    office.settled()


def asked(office: Office, user: str, command: str) -> str:
    """What the person reads in answer to a slash command."""
    seen = office.slack.people.slash(user, "general", command, wait=5)
    return "\n".join(said(message) for message in seen.ephemerals)


def offer(office: Office) -> str:
    """The one message that offers to join the two, once it is there."""
    (message,) = until(
        lambda: [m for m in office.slack.workspace.ephemerals if "join_offer" in str(m.blocks)]
    )
    return str(message.ts)


def links(office: Office) -> list[str]:
    """The links that Ana has been mailed and has not looked at yet."""
    office.settled()
    pages = [re.findall(rf"{SITE}(/join/\S+)", words(mail)) for mail in office.mails("ana@", count=0)]
    return [f"http://127.0.0.1:{office.web}{found[0]}" for found in pages if found]


def offered(office: Office) -> Page:
    """Ana looks up her cases in Slack, is offered the link, asks for it and opens it."""
    asked(office, "ana", "/case my")
    seen = office.slack.people.click("ana", "join_offer", ephemeral=offer(office), wait=5)
    assert "If we know ana@acme.com, a mail is on its way to it" in "".join(map(said, seen.ephemerals))
    (url,) = links(office)
    return get(url)


def test_ana_in_slack_and_ana_by_mail_become_one_story(office: Office) -> None:
    by_mail(office, "Deal ID 12333: no delivery")
    assert "CS-000001" not in asked(office, "ana", "/case my"), "a profile alone joins nobody"
    page = offered(office)
    assert "Ana Acme on Slack says that ana@acme.com is theirs too." in page.words
    assert "CS-000001" not in asked(office, "ana", "/case my"), "nor does looking at the page"
    done = page.send("join")
    assert "Done: your cases are one list now." in done.words
    (told,) = until(lambda: office.messages(office.slack.people.open_dm("ana").id))
    assert "You and ana@acme.com are one person to us now." in said(told)
    assert "CS-000001" in asked(office, "ana", "/case my")
    office.slack.people.slash("ana", "general", "/case reply CS-000001 It is still so.", wait=5)
    assert until(lambda: [e for e in office.case().entries if "It is still so." in e.text])
    by_mail(office, "A second question")
    assert "CS-000002" in asked(office, "ana", "/case my")
    assert "They are one list already." in get(page.url).words, "the link does nothing twice"


def test_who_names_somebody_elses_address_in_a_profile_learns_nothing(office: Office) -> None:
    by_mail(office, "A secret")
    with office.slack.workspace.lock:
        office.slack.workspace.users["U0NOA"].email = ANA_MAIL
    asked(office, "noa", "/case my")
    office.slack.people.click("noa", "join_offer", ephemeral=offer(office), wait=5)
    (url,) = links(office)
    assert "Noa Nomail on Slack says that ana@acme.com is theirs too." in get(url).words
    assert "CS-000001" not in asked(office, "noa", "/case my")
    assert "A secret" not in asked(office, "noa", "/case show CS-000001")


def test_the_offer_is_made_once_and_five_clicks_mail_two_links(office: Office) -> None:
    by_mail(office, "A question")
    asked(office, "ana", "/case my")
    asked(office, "ana", "/case my all")
    for _ in range(5):
        seen = office.slack.people.click("ana", "join_offer", ephemeral=offer(office), wait=5)
        assert "If we know ana@acme.com" in "".join(map(said, seen.ephemerals))
    assert len(links(office)) == 2


def test_people_of_different_accounts_and_of_the_desk_are_not_joined(office: Office) -> None:
    by_mail(office, "A question", "Ana <ana@other.example>")
    with office.slack.workspace.lock:
        office.slack.workspace.users["U0ANA"].email = "sam@desk.example"
    asked(office, "ana", "/case my")
    assert not [m for m in office.slack.workspace.ephemerals if "join_offer" in str(m.blocks)]
    done = asked(office, "ana", "/case join ana@other.example @ana")
    assert "Only the support team can do that." in done


def test_a_specialist_joins_two_who_are_one(office: Office) -> None:
    by_mail(office, "Deal ID 12333: no delivery")
    assert "You have no open case." in asked(office, "ana", "/case my")
    nobody = asked(office, "sam", "/case join nobody@acme.com @ana")
    assert "Nobody was met at nobody@acme.com, so nothing was done." in nobody
    assert "are one person now: Ana Acme." in asked(office, "sam", f"/case join {ANA_MAIL} @ana")
    assert "CS-000001" in asked(office, "ana", "/case my")
    again = asked(office, "sam", f"/case join {ANA_MAIL} @ana")
    assert "are one person already." in again


def test_a_specialist_joins_two_by_mail(office: Office) -> None:
    by_mail(office, "Deal ID 12333: no delivery")
    asked(office, "ana", "/case my")
    office.answer(office.mails("ana@")[0], ANA, "#concern lack of reply: nobody answers")
    asks = "#join ana@acme.com slack:T0HOME/U0ANA"
    office.answer(office.mails("max@")[0], "Max <max@desk.example>", asks)
    (answer,) = office.mails("max@")
    assert "are one person now: Ana Acme." in words(answer)
    assert "CS-000001" in asked(office, "ana", "/case my")


def test_whoever_was_asked_this_week_is_not_asked_again_after_a_new_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASEBOT_WEB__BASE_URL", SITE)
    url = databases.sqlite(tmp_path)
    with Server() as slack:
        with Office(url, tmp_path, slack=slack) as office:
            by_mail(office, "Deal ID 12333: no delivery")
            asked(office, "ana", "/case my")
            first = offer(office)
        with Office(url, tmp_path, slack=slack) as office:
            slack.people.post("ana", "general", "@Case new Deal ID 7: another")  # her profile is looked up
            office.card(2)
            asked(office, "ana", "/case my")
            asked(office, "ana", "/case my")
            assert offer(office) == first, "there is no other"
            office.pass_time(days=8)
            asked(office, "ana", "/case my")
            offers = lambda: [m for m in slack.workspace.ephemerals if "join_offer" in str(m.blocks)]  # noqa: E731
            assert until(lambda: len(offers()) == 2), "a week later they are"

"""Somebody is erased who wrote in their company's channel: what we said there no longer shows it."""

from __future__ import annotations

from tests.privacy import traces
from tests.privacy.test_erase_in_slack import erase
from tests.support.houses.house import until
from tests.support.houses.office import Office, said


def test_what_we_said_in_the_channel_of_whoever_is_erased_is_written_anew(office: Office) -> None:
    people = office.slack.people
    people.post("ana", "acme", "@Case new It stopped again: Swordfish-4711.")
    home = until(lambda: [m for m in office.messages("acme") if "CS-000001" in said(m)])[0]
    root = office.card().ts
    people.post("sam", "triage", "!reply We see Swordfish-4711 there, too.", thread_ts=root)
    assert until(lambda: [m for m in office.replies(home) if "We see" in said(m)])
    people.post("sam", "triage", "!close fixed", thread_ts=root)
    office.settled()
    erase(office, "slack:T0HOME/U0ANA", "--yes")

    def ours() -> list[str]:
        us = office.slack.workspace.app.bot_user
        posted = [
            *office.messages("acme"),
            *office.replies(home),
            *office.messages("triage"),
            *office.thread(),
        ]
        return [said(message) for message in posted if message.user == us]

    assert until(lambda: not [text for text in ours() if "Swordfish" in text]), ours()


def test_on_a_case_with_others_nothing_of_their_address_is_left(office: Office, url: str) -> None:
    people = office.slack.people
    people.join("noa", "acme")
    people.post("noa", "acme", "@Case new It stopped again, says <@U0ANA>.")
    home = until(lambda: [m for m in office.messages("acme") if "CS-000001" in said(m)])[0]
    people.post("ana", "acme", "I know why: Swordfish-4711, or so.", thread_ts=home.ts)
    assert office.in_thread("Swordfish")
    people.post("sam", "triage", "!reply Thank you both.", thread_ts=office.card().ts)
    assert until(lambda: [m for m in office.replies(home) if "Thank you both" in said(m)])
    people.post("sam", "triage", "!close fixed", thread_ts=office.card().ts)
    office.settled()
    erase(office, "slack:T0HOME/U0ANA", "--yes")
    office.settled()
    needles = ["Swordfish-4711", "u0ana"]
    left = traces.of(office.folder, needles)
    assert (left or traces.of_database(url, needles)) == [] if url.startswith("postgresql") else left == []
    assert [m for m in office.replies(home) if "Thank you both" in said(m)], "that was said to Noa, too"

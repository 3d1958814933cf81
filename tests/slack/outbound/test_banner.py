"""The first word of the app in a thread of a customer's channel says who reads along; none of the later ones does."""

from __future__ import annotations

from rehearsal.slack.workspace.conversation import Message
from tests.slack.outbound.test_places import asked_for, by_us, talk
from tests.support.houses.house import until
from tests.support.houses.office import Office, said

BANNER = "Everybody in this channel can read along."


def banners(messages: list[Message]) -> list[bool]:
    return [BANNER in said(message) for message in messages]


def test_a_case_in_a_customers_channel_says_once_who_reads_along(office: Office) -> None:
    asked_for(office, "ana", "acme", "Deal ID 12345: no delivery")
    (home,) = by_us(office, office.messages("acme"))
    assert BANNER in said(home)
    office.slack.people.post("sam", "triage", "!reply It works again.", thread_ts=office.card().ts)
    assert until(lambda: by_us(office, office.replies(home)))
    assert not any(banners(office.replies(home)))


def test_a_thread_that_a_customer_began_has_it_below_their_words(office: Office) -> None:
    people = office.slack.people
    first = people.post("ana", "acme", "Deal 4711 is down")
    people.message_shortcut("sam", "message_case", channel="acme", ts=first.ts, wait=5)
    assert not people.submit("sam", "modal").errors
    assert until(lambda: by_us(office, office.replies(first)))
    people.post("sam", "acme", "It works again.", thread_ts=first.ts)
    office.settled()
    assert banners(by_us(office, office.replies(first)))[:1] == [True]
    assert sum(banners(office.replies(first))) == 1


def test_nobody_reads_along_in_a_direct_message(office: Office) -> None:
    asked_for(office, "ana", "general", "Deal ID 12345: no delivery")
    assert talk(office, "ana")
    assert not any(banners(talk(office, "ana")))

"""A case that becomes another organisation's, in Slack: the channel that it lived in hears no more of it."""

from __future__ import annotations

from bot.queries.case_detail import ShowCase
from tests.slack.outbound.test_places import case_in_channel, everywhere
from tests.support.houses.house import until
from tests.support.houses.office import Office


def test_a_case_that_becomes_somebody_elses_is_told_in_the_old_channel_no_more(office: Office) -> None:
    people = office.slack.people
    home = case_in_channel(office)
    office.settled()
    people.post("sam", "triage", "!set requester: zoe@private.example", thread_ts=office.card().ts)
    assert until(lambda: "zoe" in office.ask(ShowCase(1)).line.requester)
    office.settled()
    people.slash("sam", "triage", "/case reply CS-000001 For Zoe alone.", wait=3)
    office.settled()
    people.post("ana", "acme", "Am I still heard?", thread_ts=home.ts)
    office.settled()
    assert "For Zoe alone." not in everywhere(office, home.channel)
    assert "Am I still heard?" not in [
        one.text for one in office.ask(ShowCase(1)).entries if one.visibility == "public"
    ]

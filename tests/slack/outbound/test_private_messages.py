"""What is for one person alone, and what must reach each of several who read one place."""

from __future__ import annotations

from tests.slack.outbound.test_places import case_in_channel, everywhere, noa_joins, talk
from tests.support.houses.house import until
from tests.support.houses.office import Office, said


def test_what_is_answered_to_a_private_word_reaches_no_collaborator_of_a_talk(office: Office) -> None:
    people = office.slack.people
    home = people.open_dm("ana").id
    people.post("ana", home, "!new Deal ID 12345: no delivery")
    (root,) = talk(office, "ana")
    office.settled()
    people.slash("ana", "general", "/case add CS-000001 @noa", wait=3)
    (noa,) = talk(office, "noa")
    people.post("ana", home, "!concern nobody answers me", thread_ts=root.ts)
    receipt = until(lambda: [m for m in talk(office, "ana") if "phone number" in said(m)])[0]
    assert receipt.ts != root.ts, "a thread of its own"
    people.post("ana", home, "+49 30 123456, and Noa must not know", thread_ts=receipt.ts)
    office.in_thread("+49 30 123456")
    office.settled()
    assert "123456" not in everywhere(office, noa.channel)
    people.post("ana", home, "It is back.", thread_ts=root.ts)
    assert until(lambda: [m for m in office.replies(noa) if "It is back." in said(m)])


def test_when_a_shared_place_refuses_us_everybody_who_read_there_is_told(office: Office) -> None:
    people = office.slack.people
    home = case_in_channel(office)
    noa_joins(office, home)
    office.settled()
    people.slash("sam", "triage", "/case reply CS-000001 Wait.", wait=3)
    assert until(lambda: [m for m in office.replies(home) if "Wait." in said(m)])
    office.settled()
    assert len([m for m in office.replies(home) if "Wait." in said(m)]) == 1, "both read it in one place"
    with office.slack.workspace.lock:
        office.slack.workspace.channel("acme").members.remove(office.slack.workspace.app.bot_user)
    people.slash("sam", "triage", "/case reply CS-000001 It is fixed.", wait=3)
    for one in ("ana", "noa"):
        assert "It is fixed." in said(talk(office, one)[0])
    people.slash("sam", "triage", "/case reply CS-000001 Really.", wait=3)
    for one in ("ana", "noa"):
        root = talk(office, one)[0]
        assert until(lambda r=root: [m for m in office.replies(r) if "Really." in said(m)])
    office.settled()
    assert len([m for m in talk(office, "noa") if "It is fixed." in said(m)]) == 1

"""A customer deletes a message in Slack that held a password: no customer reads it, and the desk decides."""

from __future__ import annotations

import re

from tests.privacy.remains import gone, in_rows
from tests.stories.test_undo import whispered
from tests.support.houses.house import until
from tests.support.houses.office import Office, said

SECRET = "hunter2-k9"


def test_what_a_customer_deletes_no_customer_reads_and_the_desk_can_take_it_out(office: Office) -> None:
    people = office.slack.people
    people.post("ana", "acme", "@Case new Deal ID 12345: no delivery")
    home = until(lambda: [m for m in office.messages("acme") if "CS-000001" in said(m)])[0]
    word = people.post("ana", "acme", f"My password is {SECRET}, please look.", thread_ts=home.ts)
    shown = office.in_thread(SECRET)
    people.delete("ana", "acme", word.ts)
    told = said(office.in_thread("deleted"))
    assert SECRET not in told
    assert len([message for message in office.thread() if SECRET in said(message)]) == 1, (
        "not copied once more"
    )
    people.slash("ana", "general", "/case show CS-000001", wait=5)
    assert SECRET not in said(whispered(office, "ana", "no delivery"))

    (name,) = set(re.findall(r"redact (e-[a-z2-7]{6})", told))
    assert in_rows(office.app, SECRET.encode())
    people.post("sam", "triage", f"!redact {name} a password", thread_ts=office.card().ts)
    gone(office.app, SECRET)
    assert until(lambda: SECRET not in said(shown))
    assert "████" in said(shown)


def test_a_deleted_opening_is_gone_from_the_subject_too(office: Office) -> None:
    people = office.slack.people
    opened = people.post("ana", "acme", f"@Case new I cannot log in with {SECRET}")
    until(lambda: [m for m in office.messages("acme") if "CS-000001" in said(m)])
    people.delete("ana", "acme", opened.ts)
    assert office.in_thread("deleted")
    assert office.case().line.subject == "████"
    assert until(lambda: not [m for m in office.messages("acme") if m.ts != opened.ts and SECRET in said(m)])

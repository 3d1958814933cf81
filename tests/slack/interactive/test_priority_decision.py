"""A specialist decides about a priority that a customer asks for, with the buttons of the card."""

from __future__ import annotations

import pytest

from tests.support.houses.house import until, words
from tests.support.houses.office import Office, said

ANA = "Ana <ana@acme.example>"


@pytest.mark.parametrize(("action", "priority"), [("case_grant", "Critical"), ("case_decline", "Medium")])
def test_the_customer_reads_what_is_decided_and_why(office: Office, action: str, priority: str) -> None:
    office.send(ANA, "support@example.com", "No delivery", "It stopped.")
    office.card()
    (confirmation,) = office.mails("ana@")
    office.answer(confirmation, ANA, "#priority critical: The live deal has stopped")
    office.in_thread("The live deal has stopped")
    office.settled()
    office.mails("ana@")
    assert until(lambda: "Decline…" in said(office.card()))
    assert office.click("sam", action, wait=5).modal
    people = office.slack.people
    people.type_into("sam", "modal", "text", "We looked at the deal.")
    assert not people.submit("sam", "modal", wait=5).errors
    (told,) = office.mails("ana@")
    assert "We looked at the deal." in words(told)
    assert (priority == "Critical") == ("from Medium to Critical" in words(told))
    assert office.case().line.priority == priority
    assert priority in said(office.card())

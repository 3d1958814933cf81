"""A concern on the web: a phone number is one that can be called, or there is none."""

from __future__ import annotations

from tests.support.houses.browser import WebHouse, get
from tests.support.houses.house import words
from tests.web.test_case import opened


def test_a_concerns_phone_number_is_one_that_can_be_called(house: WebHouse) -> None:
    link, _ = opened(house)
    page = get(link).send("concern", phone="call me", text="Nobody answers.")
    assert page.status == 422
    assert {have["id"] for _, have in page.tags if have.get("id", "").endswith("-wrong")} == {"phone-wrong"}
    assert "phone number" in page.words
    assert page.forms["concern"]["text"] == "Nobody answers."
    assert house.history() == ["opened"]
    assert house.nothing("max@")
    assert page.send("concern", phone="+33 1 23 45 67 89").status == 200
    assert "+33 1 23 45 67 89" in words(house.mails("max@")[0])

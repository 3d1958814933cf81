"""What may be typed into the fields of a form: up to its limit, and what there is to choose from."""

from __future__ import annotations

import pytest

from bot.commands.case import Close, Rate, Reply
from bot.commands.urgency import Concern, NameContact
from bot.model.facts import DeskFacts
from bot.model.pages import NewPage, PageFrame
from channels.web.pages import forms, new_case_form
from channels.web.pages.forms import UnfitForm

PAGE = NewPage(
    PageFrame(DeskFacts("Acme Support", "support@example.com"), "en"),
    numbers=(),
    reader=None,
    mailbox="support@example.com",
    priorities=("High", "Low"),
    priority="Low",
    types={"Bug": ("Crash",)},
    features=("SDK",),
    blocker="",
    meanings={},
    examples={},
    subject_examples=(),
    guidance=(),
    id_label="Order",
    id_names=(),
    left=None,
)
NEW = {"address": "ana@acme.example", "subject": "No delivery", "text": "It stopped."}


def wrong(action: str, **said: str) -> dict[str, str]:
    """The fields in which something is wrong."""
    try:
        forms.command(action, forms.typed(said), (1, 2, 3), concerns=("delay",), priorities=("High",))
    except UnfitForm as refusal:
        return refusal.wrong
    return {}


def wrong_anew(**said: str) -> dict[str, str]:
    """The same of the form of a new case."""
    try:
        new_case_form.check(new_case_form.typed({key: [text] for key, text in (NEW | said).items()}), PAGE)
    except UnfitForm as refusal:
        return refusal.wrong
    return {}


@pytest.mark.parametrize(
    ("action", "field", "longest", "rest"),
    [
        ("reply", "text", 50_000, {}),
        ("reopen", "text", 50_000, {}),
        ("close", "text", 50_000, {}),
        ("priority", "text", 50_000, {"priority": "High"}),
        ("concern", "text", 50_000, {}),
        ("concern", "phone", 60, {}),
        ("contact", "phone", 60, {"name": "Ana"}),
        ("contact", "name", 200, {"phone": "+33 1 23 45 67 89"}),
        ("rate", "comment", 5_000, {"rating": "1"}),
    ],
)
def test_a_field_takes_so_much_and_no_more(
    action: str, field: str, longest: int, rest: dict[str, str]
) -> None:
    assert wrong(action, **rest, **{field: "x" * longest}) == {}
    assert wrong(action, **rest, **{field: "x" * (longest + 1)}) == {field: "long"}


@pytest.mark.parametrize(
    ("action", "said", "why"),
    [
        ("reply", {}, {"text": "nothing"}),
        ("reopen", {}, {"text": "needed"}),
        ("concern", {}, {"text": "needed"}),
        ("concern", {"category": "weather"}, {"category": "choose"}),
        ("priority", {"priority": "Low"}, {"priority": "choose", "text": "needed"}),
        ("contact", {}, {"name": "needed", "phone": "needed"}),
        ("rate", {"rating": "0"}, {"rating": "rating"}),
        ("rate", {"rating": "6", "comment": "x" * 5_001}, {"rating": "rating", "comment": "long"}),
    ],
)
def test_what_is_missing_and_what_cannot_be_chosen_is_named(
    action: str, said: dict[str, str], why: dict[str, str]
) -> None:
    assert wrong(action, **said) == why


def test_what_was_typed_is_asked_about_that_case() -> None:
    said = {
        "text": " Thanks. ",
        "category": "delay",
        "phone": "+33 1",
        "rating": "4",
        "comment": "Ok",
        "name": "Ana",
    }
    asked = [
        forms.command(action, forms.typed(said), (7, 8, 9), concerns=("delay",))
        for action in ("reply", "close", "concern", "rate", "contact")
    ]
    assert asked == [
        Reply(7, "Thanks."),
        Close(7, text="Thanks."),
        Concern(7, phone="+33 1", category="delay", text="Thanks."),
        Rate(7, survey=9, rating=4, comment="Ok"),
        NameContact(7, "+33 1", "Ana"),
    ]
    alone = forms.typed({"category": "delay"})
    assert forms.command("concern", alone, (7,), concerns=("delay",)) == Concern(7, "", "delay", "")


@pytest.mark.parametrize(
    ("field", "longest"), [("subject", 150), ("text", 50_000), ("name", 500), ("ids", 500)]
)
def test_a_field_of_a_new_case_takes_so_much_and_no_more(field: str, longest: int) -> None:
    assert wrong_anew(**{field: "x" * longest}) == {}
    assert wrong_anew(**{field: "x" * (longest + 1)}) == {field: "long"}


def test_twenty_people_can_be_named_and_each_has_an_address() -> None:
    people = [f"p{n}@acme.example" for n in range(21)]
    assert wrong_anew(people=" ".join(people[:20])) == {}
    assert wrong_anew(people=" ".join(people)) == {"people": "long"}
    assert wrong_anew(people="p1@acme.example tom") == {"people": "address"}
    assert new_case_form.addresses({**NEW, "people": ", ".join(people)}) == (NEW["address"], *people[:20])


@pytest.mark.parametrize(
    ("address", "fits"),
    [
        ("a@acme.example", True),
        (f"{'a' * 64}@acme.example", True),
        (f"{'a' * 65}@acme.example", False),
        (f"a@{'b' * 63}.example", True),
        (f"a@{'b' * 64}.example", False),
        (f"aa@{'b.' * 122}example", True),
        (f"aaa@{'b.' * 122}example", False),
        ("a@example", False),
        ("", False),
    ],
)
def test_an_address_of_mail(address: str, fits: bool) -> None:
    assert wrong_anew(address=address) == ({} if fits else {"address": "address"})


@pytest.mark.parametrize(
    ("field", "fits", "why"),
    [("priority", "High", "choose"), ("feature", "SDK", "choose"), ("about", "Bug / Crash", "choose"),
     ("contact", "Ana +33 1 23 45 67 89", "phone")],
)  # fmt: skip
def test_only_what_the_page_offers_is_taken(field: str, fits: str, why: str) -> None:
    assert wrong_anew(**{field: fits}) == wrong_anew(**{field: ""}) == {}
    assert wrong_anew(**{field: "Else"}) == {field: why}

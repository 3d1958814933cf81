"""What a new case says about itself: field lines at its top, and ids in its text."""

from __future__ import annotations

import pytest

from bot.config.choices import ListsSection
from bot.syntax.fields import fields
from bot.syntax.ids import distinct, ids
from tests.support.setup.adtech import LISTS


def test_field_lines_at_the_top_are_read_and_taken_out() -> None:
    text = (
        "Priority: Critical\nType: reporting\nCategory: Missing data\nDeal ID: 12333, 77-4312\n\nIt is gone."
    )
    told, rest = fields(text, LISTS)
    assert told == {
        "priority": "Critical",
        "type": "Reporting",
        "category": "Missing data",
        "ids": ("Deal ID 12333", "Deal ID 77-4312"),
    }
    assert rest == "It is gone."


@pytest.mark.parametrize(
    ("line", "priority"),
    [
        ("Priority: High", "Critical"),
        ("Prioridad: alta", "Critical"),
        ("Priorità: bloccante", "Blocker"),
        ("Prioridade: média", "Medium"),
        ("Prioriteit: laag", "Low"),
        ("Priorytet: wysoki", "Critical"),
        ("Prioritet: låg", "Low"),
        ("Prioriteetti: korkea", "Critical"),
        ("Priorita: střední", "Medium"),
        ("Приоритет: высокий", "Critical"),
        ("优先级：紧急", "Critical"),
        ("우선순위: 긴급", "Blocker"),
        ("priority : low", "Low"),
        ("Priorité\u00a0: haute", "Critical"),
        ("Priorität: niedrig", "Low"),
        ("優先度：高", "Critical"),
    ],
)
def test_fields_have_names_in_every_language(line: str, priority: str) -> None:
    assert fields(f"{line}\ntext", LISTS) == ({"priority": priority}, "text")


@pytest.mark.parametrize(
    "text",
    [
        "Hello: world\ntext",
        "Priority: whenever you like\ntext",
        "text\nPriority: Critical",
        "",
        "Type:\ntext",
        "http://x",
    ],
)
def test_what_is_no_field_is_text(text: str) -> None:
    assert fields(text, LISTS) == ({}, text)


def test_a_value_in_no_list_stays_in_the_text() -> None:
    assert fields("Priority: Low\nType: Nonsense\ntext", LISTS) == (
        {"priority": "Low"},
        "Type: Nonsense\ntext",
    )


def test_a_category_names_its_type_and_goes_where_it_does_not_belong() -> None:
    assert fields("Category: Invoice\n", LISTS)[0] == {"type": "Billing", "category": "Invoice"}
    assert fields("Type: API\nCategory: Invoice\n", LISTS)[0] == {"type": "API"}


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Deal ID 12333: no delivery for 24 hours", ("Deal ID 12333",)),
        ("campaign 77-4312 is late", ("Campaign ID 77-4312",)),
        ("Report Task ID 1254332 failed to load", ("Report Task ID 1254332",)),
        ("Deals 12333, 12334 and 12335", ("Deal ID 12333", "Deal ID 12334", "Deal ID 12335")),
        ("deal-id: 12333\nDeal ID 12333", ("Deal ID 12333",)),
        ("İstanbul: Deal ID 12333", ("Deal ID 12333",)),
        ("our campaign 2024 went well", ()),
        ("no deal at all", ()),
        ("task 1", ()),
        ("order 66", ()),
    ],
)
def test_ids_are_found_in_running_text(text: str, what: tuple[str, ...]) -> None:
    assert ids(text, LISTS.id_names) == what


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (("4711", "4712", "Deal ID 4711"), ("Deal ID 4711", "4712")),
        (("Deal ID 4711", "4711", "deal id 4711"), ("Deal ID 4711",)),
        (("Deal ID 4711", "Campaign ID 4711"), ("Deal ID 4711", "Campaign ID 4711")),
        (("X-99", "x-99"), ("X-99",)),
        ((), ()),
    ],
)
def test_an_id_is_kept_once_with_the_name_that_says_most(
    given: tuple[str, ...], kept: tuple[str, ...]
) -> None:
    assert distinct(given) == kept


def test_a_usual_word_for_a_priority_that_the_desk_does_not_have_is_no_priority() -> None:
    lists = ListsSection(priorities=("Blocker", "Low"), default_priority="Low")
    assert fields("Priority: low", lists)[0] == {"priority": "Low"}
    assert fields("Priority: medium", lists)[0] == {}

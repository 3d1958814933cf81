"""Words of forms and cards: each thing said once, and to the one who reads it."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.config.choices import ListsSection
from bot.languages.reader_zone import reading
from channels.slack.text.fallback_text import plain_text
from channels.slack.views import case_opened, new_case_form, simple_forms
from channels.slack.views.blocks import moment
from channels.slack.views.card import card
from tests.slack.test_views import card_of
from tests.support.houses.slack_house import words_of


def test_a_card_says_by_which_way_its_case_came() -> None:
    ways = {"email": "by mail", "slack": "in Slack", "web": "on the web", "cli": "on the command line"}
    for way, words in ways.items():
        assert f" UTC> {words}\n" in words_of(card(card_of(via=way))[1]), way


def test_what_a_word_at_closing_is_for_is_said_to_each_side() -> None:
    def shown(*, staff: bool) -> str:
        return str(simple_forms.close("CS-000001", {"resolved": "Resolved"}, meta="", staff=staff))

    assert "A word to the customer" in shown(staff=True)
    assert "A word to the support team" in shown(staff=False)


def test_a_blocker_without_a_contact_is_asked_for_one() -> None:
    shown = str(new_case_form.new_case(ListsSection(), new_case_form.FormDraft("Blocker")))
    assert "If you leave it empty, we ask you for it." in shown


def test_a_case_that_was_opened_is_named_once() -> None:
    shown = str(case_opened.opened("CS-000001", "No delivery", meta="")["blocks"])
    assert shown.count("CS-000001") == 1


def test_a_moment_falls_back_to_its_readers_clock_where_it_is_read_as_plain_text() -> None:
    at = datetime.fromtimestamp(1795898042, UTC)
    assert plain_text(f"It was due by {moment(at)}.") == "It was due by 2026-11-28 20:34 UTC."
    with reading(ZoneInfo("Europe/Berlin")):
        assert plain_text(f"It was due by {moment(at)}.") == "It was due by 2026-11-28 21:34 CET."

"""Articles in Slack: suggested while the subject is typed; "this solved it" opens nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.articles.importer import ArticleImport
from bot.articles.source import ArticleFolder
from channels.slack.interactive import article_hints
from rehearsal.slack.workspace.view import View
from store.articles import click, deflection
from store.articles.deflection import Deflections
from tests.support.houses.browser import follow
from tests.support.houses.house import until
from tests.support.houses.slack_house import SlackHouse, open_form, standing, words_of

SUBJECT = "Deal ID 12333: no delivery for 24 hours"
TITLE = "A deal does not deliver"
LINK = f"<https://docs.example.com/deal-no-delivery|{TITLE}>"
HELPFUL = "These articles might be helpful"
PUBLIC = "https://support.example.com"


@pytest.fixture
def slack(tmp_path: Path) -> Iterator[SlackHouse]:
    with standing(tmp_path) as house:
        take_in(house)
        yield house


def take_in(slack: SlackHouse) -> None:
    source, app = (
        ArticleFolder(Path(__file__).parents[1] / "data/articles", base_url="https://docs.example.com"),
        slack.app,
    )
    ArticleImport(source, app.writer, ask=app.desk.ask, now=app.desk.now()).run(lambda name: None)


def form(slack: SlackHouse) -> View:
    found = slack.people.modal("ana")
    assert found
    return found


def words(slack: SlackHouse) -> str:
    return words_of(form(slack).body["blocks"])


def typing(slack: SlackHouse, subject: str) -> None:
    assert slack.people.type_into("ana", "modal", "subject", subject).acked


def clicks(slack: SlackHouse) -> Mapping[str, int]:
    today = datetime.now(UTC).date()
    with slack.app.database.reading() as tx:
        return click.counts(tx, first=today - timedelta(1), last=today + timedelta(1))


def counted(slack: SlackHouse) -> list[Deflections]:
    day = timedelta(days=1)
    with slack.app.database.reading() as tx:
        return list(deflection.counts(tx, datetime.now(UTC) - day, datetime.now(UTC) + day))


def test_an_article_that_shows_up_while_ana_types_solves_it_and_no_case_is_opened_story(
    slack: SlackHouse,
) -> None:
    people = slack.people
    people.slash("ana", "C0GENERAL", "/case new", wait=5)
    typing(slack, "De")
    typing(slack, "Hello, since yesterday:")
    assert HELPFUL not in words(slack)
    typing(slack, SUBJECT)
    assert until(lambda: LINK in words(slack))
    assert words(slack).index("Subject") < words(slack).index(HELPFUL) < words(slack).index("Description")

    seen = people.click("ana", "article_solved", view="modal", wait=5)
    assert seen.modal
    assert f"“{TITLE}” solved it: no case was opened." in words_of(seen.modal.body["blocks"])
    assert seen.modal.body.get("submit") is None
    assert slack.cases() == []
    assert counted(slack) == [Deflections(TITLE, "slack", 1)]


def test_the_ids_of_the_subject_are_named_at_their_field_and_need_not_be_written_again(
    slack: SlackHouse,
) -> None:
    people = slack.people
    people.slash("ana", "C0GENERAL", "/case new Campaign ID 77-4312 is late", wait=5)
    assert until(lambda: "Taken from the subject: Campaign ID 77-4312." in words(slack))
    people.type_into("ana", "modal", "ids", "Deal ID 4711")
    typing(slack, "Campaign ID 77-4313 is late")
    assert until(lambda: "Taken from the subject: Campaign ID 77-4313." in words(slack))
    typing(slack, "It is late")
    assert until(lambda: "Taken from the subject" not in words(slack))
    typing(slack, "Campaign ID 77-4313 is late")
    assert until(lambda: "Taken from the subject: Campaign ID 77-4313." in words(slack))
    people.type_into("ana", "modal", "text", "It has zero impressions.")
    people.submit("ana", "modal", wait=5)
    assert slack.case().ids == ("Deal ID 4711", "Campaign ID 77-4313"), "what was typed has stayed"


def test_whoever_clicks_twice_was_helped_once(slack: SlackHouse) -> None:
    people = slack.people
    people.slash("ana", "C0GENERAL", "/case new", wait=5)
    typing(slack, SUBJECT)
    assert until(lambda: LINK in words(slack))
    shown = deepcopy(form(slack).body)
    people.click("ana", "article_solved", view="modal", wait=5)
    slack.settled()
    form(slack).body = shown  # the second click was on its way while Slack still showed the form
    people.click("ana", "article_solved", view="modal", wait=5)
    slack.settled()
    assert counted(slack) == [Deflections(TITLE, "slack", 1)]


def test_what_is_typed_stays_and_the_case_is_opened_all_the_same_story(slack: SlackHouse) -> None:
    people = slack.people
    open_form(people, "ana", "C0GENERAL", "/case new", text="It has zero impressions since yesterday.")
    typing(slack, SUBJECT)
    assert until(lambda: LINK in words(slack))
    people.choose("ana", "modal", "priority", "Blocker", wait=5)
    assert LINK in words(slack)
    assert "Technical contact" in words(slack)
    seen = people.submit("ana", "modal", wait=5)
    assert seen.acked
    assert not seen.errors
    case = slack.case()
    assert (case.line.subject, case.line.priority) == (SUBJECT, "Blocker")
    assert case.entries[0].text == "It has zero impressions since yesterday."
    slack.settled()
    told = [words_of(message.blocks) for message in slack.people.open_dm("ana").messages.values()]
    assert [LINK in one for one in told] == [True]
    assert "/solved/" not in told[0]
    assert counted(slack) == []


def test_other_words_bring_other_articles_or_none(slack: SlackHouse) -> None:
    slack.people.slash("ana", "C0GENERAL", "/case new", wait=5)
    typing(slack, SUBJECT)
    assert until(lambda: LINK in words(slack))
    before = form(slack).hash
    typing(slack, f"{SUBJECT}!")
    typing(slack, "API answers 429")
    assert until(lambda: "Rate limits of the API" in words(slack))
    assert LINK not in words(slack)
    assert form(slack).hash != before
    typing(slack, "Christmas party")
    assert until(lambda: HELPFUL not in words(slack))


def test_where_the_desk_has_an_address_of_its_own_an_article_that_is_opened_in_the_form_is_counted_story(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASEBOT_WEB__BASE_URL", PUBLIC)
    with standing(tmp_path) as slack:
        take_in(slack)
        slack.people.slash("ana", "C0GENERAL", "/case new", wait=5)
        typing(slack, SUBJECT)
        (link,) = until(lambda: re.findall(rf"<({PUBLIC}/article/[0-9]+)\|{TITLE}>", words(slack)))
        assert "docs.example.com" not in words(slack)
        for _ in range(2):
            status, headers, _ = follow(link.replace(PUBLIC, f"http://{slack.web}"))
            assert (status, headers["location"]) == (302, "https://docs.example.com/deal-no-delivery")
        assert until(lambda: clicks(slack) == {TITLE: 2})
        slack.people.type_into("ana", "modal", "text", "It stopped at noon.")
        assert not slack.people.submit("ana", "modal", wait=5).errors
        slack.settled()
        told = [words_of(message.blocks) for message in slack.people.open_dm("ana").messages.values()]
        assert [LINK in one for one in told] == [True], "the confirmation has the article's own address"
        assert clicks(slack) == {TITLE: 2}


def test_a_form_changes_only_if_other_articles_fit(slack: SlackHouse) -> None:
    slack.people.slash("ana", "C0GENERAL", "/case new", wait=5)
    before = form(slack).hash
    for end in range(1, len("Christmas party")):
        typing(slack, "Christmas party"[:end])
    typing(slack, SUBJECT)
    assert until(lambda: LINK in words(slack))
    shown = form(slack).hash
    for end in ("!", "!!", "!!!"):
        typing(slack, SUBJECT + end)
    typing(slack, "API answers 429")
    assert until(lambda: "Rate limits" in words(slack))
    assert until(lambda: len(slack.workspace.transcript.calls("views.update")) == 2)
    assert before != shown


def test_while_slack_is_slow_the_last_that_was_typed_counts(slack: SlackHouse) -> None:
    slack.people.slash("ana", "C0GENERAL", "/case new", wait=5)
    slack.workspace.faults.add("slow", method="views.update", seconds=0.5, times=1)
    typing(slack, SUBJECT)
    for subject in ("Invoices", "Invoice PDF", "VAT number on our invoice", "API answers 429"):
        typing(slack, subject)
    assert until(lambda: "Rate limits of the API" in words(slack))
    assert LINK not in words(slack)
    assert len(slack.workspace.transcript.calls("views.update")) <= 2


def test_a_slack_that_refuses_costs_the_hint_and_nothing_else(slack: SlackHouse) -> None:
    slack.people.slash("ana", "C0GENERAL", "/case new", wait=5)
    slack.workspace.faults.add("error", method="views.update", error="internal_error")
    typing(slack, SUBJECT)
    assert until(lambda: slack.workspace.transcript.calls("views.update"))
    slack.workspace.faults.clear()
    assert HELPFUL not in words(slack)
    typing(slack, f"{SUBJECT}!")
    assert until(lambda: LINK in words(slack))
    slack.people.type_into("ana", "modal", "text", "It stopped at noon.")
    assert not slack.people.submit("ana", "modal", wait=5).errors
    assert slack.cases() == ["CS-000001"]


def test_what_is_typed_right_after_a_change_is_looked_at_a_moment_later(
    slack: SlackHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(article_hints, "PAUSE", 3.0)
    slack.people.slash("ana", "C0GENERAL", "/case new", wait=5)
    typing(slack, SUBJECT)
    assert until(lambda: LINK in words(slack))
    for subject in ("Invoices", "Invoice PDF", "VAT number on our invoice", "API answers 429"):
        typing(slack, subject)
    assert until(lambda: "Rate limits of the API" in words(slack))
    calls = slack.workspace.transcript.calls
    assert until(lambda: len(calls("views.update")) == 2), "one change for all that followed"


def test_where_too_many_forms_change_a_button_searches_story(
    slack: SlackHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(article_hints, "A_MINUTE", 0)
    people = slack.people
    open_form(people, "ana", "C0GENERAL", "/case new", text="It has zero impressions since yesterday.")
    typing(slack, SUBJECT)
    assert until(lambda: "Search articles" in words(slack))
    assert HELPFUL not in words(slack)
    people.click("ana", "search_articles", view="modal", wait=5)
    assert until(lambda: LINK in words(slack))
    assert "Search articles" in words(slack), "for other words"
    typing(slack, "Christmas party")
    people.click("ana", "search_articles", view="modal", wait=5)
    assert until(lambda: "No article fits these words." in words(slack))
    people.choose("ana", "modal", "priority", "Blocker", wait=5)
    assert until(lambda: "Technical contact" in words(slack))
    assert "Search articles" in words(slack)
    assert not people.submit("ana", "modal", wait=5).errors
    assert slack.case().entries[0].text == "It has zero impressions since yesterday."


def test_where_even_the_button_would_be_too_much_the_form_stays_as_it_is(
    slack: SlackHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(article_hints, "A_MINUTE", 0)
    monkeypatch.setattr(article_hints, "BUTTONS_A_MINUTE", 1)
    people = slack.people
    for _ in range(2):
        people.slash("ana", "C0GENERAL", "/case new", wait=5)
        typing(slack, SUBJECT)
        typing(slack, f"{SUBJECT}!")
        people.type_into("ana", "modal", "text", "It stopped at noon.")
        assert not people.submit("ana", "modal", wait=5).errors
    assert slack.cases() == ["CS-000001", "CS-000002"]
    assert len(slack.workspace.transcript.calls("views.update")) <= 1

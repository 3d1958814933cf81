"""Files that are too large for a form of Slack's: a link to a page of one's own, and of nobody else's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.model.pages import NewPage
from tests.support.houses.browser import follow
from tests.support.houses.slack_house import SlackHouse, standing, words_of

PUBLIC = "https://support.example.com"


@pytest.fixture
def slack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SlackHouse]:
    monkeypatch.setenv("CASEBOT_WEB__BASE_URL", PUBLIC)
    with standing(tmp_path) as house:
        yield house


def form(slack: SlackHouse, user: str, command: str) -> str:
    seen = slack.people.slash(user, "C0GENERAL", command, wait=5)
    assert seen.modal, seen
    return words_of(seen.modal.body["blocks"])


def links(words: str) -> list[str]:
    return re.findall(rf"<({PUBLIC}/[^|>]*)\|", words)


def page(slack: SlackHouse, link: str) -> str:
    status, _, body = follow(link.replace(PUBLIC, f"http://{slack.web}"))
    assert status == 200, (status, body)
    return str(body)


def test_a_customer_is_led_to_the_upload_page_of_their_case(slack: SlackHouse) -> None:
    slack.open_case()
    words = form(slack, "ana", "/case attach CS-000001")
    (link,) = links(words)
    assert link.startswith(f"{PUBLIC}/upload/")
    assert "CS-000001" in page(slack, link)
    assert "into the thread" not in words


@pytest.mark.parametrize("user", ["noa", "sam"])
def test_nobody_else_gets_a_link_to_it(slack: SlackHouse, user: str) -> None:
    slack.open_case()
    words = form(slack, user, "/case attach CS-000001")
    assert links(words) == []
    assert "into the thread" in words


def test_a_link_that_would_lead_nowhere_is_not_shown(slack: SlackHouse) -> None:
    slack.open_case()
    slack.people.slash("ana", "C0GENERAL", "/case close CS-000001 it works again", wait=5)
    assert links(form(slack, "ana", "/case attach CS-000001")) == []


def test_whoever_opens_a_case_is_led_to_their_own_page_for_it(slack: SlackHouse) -> None:
    assert links(form(slack, "ana", "/case new")) == [f"{PUBLIC}/new"], "nobody knows her yet"
    slack.open_case()
    (link,) = links(form(slack, "ana", "/case new"))
    assert link.startswith(f"{PUBLIC}/new/")
    assert page(slack, link)
    hers = slack.app.desk.page("new", link.rpartition("/")[2])
    assert isinstance(hers, NewPage)
    assert hers.reader
    assert hers.reader.name == "Ana Acme"
    slack.people.choose("ana", "modal", "priority", "Blocker", wait=5)
    top = slack.people.modal("ana")
    assert top
    assert len(links(words_of(top.body["blocks"]))) == 1
    assert links(form(slack, "sam", "/case new")) == []


def test_without_a_web_door_the_hint_names_the_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASEBOT_WEB__LISTEN", "")
    with standing(tmp_path) as slack:
        assert "into the thread" in form(slack, "ana", "/case new")
        slack.open_case()
        assert "into the thread" in form(slack, "ana", "/case attach CS-000001")

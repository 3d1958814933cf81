"""You hear from us by …: told where a service level says so, and only as long as it is true."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.languages.catalogue import mail_languages
from bot.notices.case import Confirmation
from bot.render.renderer import Renderer
from tests.support.data.facts import AT, CASE, FACTS
from tests.support.data.facts import DESK as SHOWN
from tests.support.houses.browser import ANA, DESK, SAM, WebHouse, case_link, get, send_files
from tests.support.houses.desk import CONFIG
from tests.support.houses.house import words
from tests.support.setup import databases
from tests.support.setup.fixtures import open_on_each_database
from tests.web.test_new_case import filled

TOLD = """
[[service_level]]
tell_targets = true
round_the_clock = ["Medium", "Low"]
[service_level.first_response]
Medium = "4h"
"""
HEARS = "You hear from us by"

house = open_on_each_database(WebHouse, config=CONFIG + TOLD)


def told(house: WebHouse, text: str = "It stopped.") -> tuple[str, str]:
    """What Ana's confirmation says, and the link to her case."""
    house.send(ANA, DESK, "No delivery", text)
    (confirmation,) = house.mails("ana@")
    return " ".join(words(confirmation).split()), case_link(confirmation)


def test_a_customer_reads_by_when_they_hear_until_they_have_heard_story(house: WebHouse) -> None:
    mail, link = told(house)
    page = get(link)
    assert HEARS in mail
    assert HEARS in page.words
    due = (house.app.now() + timedelta(hours=4)).strftime("%d %b %Y").lstrip("0")
    assert f"{HEARS} {due}" in mail
    (desk,) = house.mails("sam@")
    house.answer(desk, SAM, "We look at it.")
    assert "We look at it." in words(house.mails("ana@")[0])
    assert HEARS not in get(link).words


def test_an_overdue_answer_is_promised_no_more(house: WebHouse) -> None:
    _, link = told(house)
    house.pass_time(hours=3, minutes=50)
    assert HEARS in get(link).words
    house.pass_time(hours=4, minutes=5)
    assert HEARS not in get(link).words


def test_what_is_closed_or_has_no_target_promises_nothing(house: WebHouse) -> None:
    _, link = told(house)
    get(link).send("close")
    assert HEARS not in get(link).words
    mail, link = told(house, "Priority: Low\n\nA small thing.")
    assert HEARS not in mail
    assert HEARS not in get(link).words


def test_another_priority_is_another_promise(house: WebHouse) -> None:
    _, link = told(house)
    before = get(link).words.partition(HEARS)[2][:30]
    (desk,) = house.mails("sam@")
    house.answer(desk, SAM, "#priority low: it can wait")
    house.settled()
    assert HEARS not in get(link).words, "there is no target for it"
    house.answer(desk, SAM, "#priority medium: it cannot")
    house.settled()
    assert get(link).words.partition(HEARS)[2][:30] == before, "they have waited since they wrote"


def test_whose_case_is_held_is_promised_nothing_until_it_is_accepted(house: WebHouse) -> None:
    form = get(f"{house.web}/new")
    page = send_files(f"{house.web}/new", filled(form, address="eve@other.example"), {})
    assert HEARS not in page.words
    (desk,) = house.mails("sam@")
    house.pass_time(hours=10)
    house.answer(desk, SAM, "#accept")
    (confirmation,) = house.mails("eve@")
    assert HEARS in " ".join(words(confirmation).split()), "they begin to wait now"


def test_nobody_is_told_unless_the_operator_says_so(tmp_path: Path) -> None:
    silent = TOLD.replace("tell_targets = true\n", "")
    with WebHouse(databases.sqlite(tmp_path), tmp_path, config=CONFIG + silent) as house:
        mail, link = told(house)
        assert HEARS not in mail
        assert HEARS not in get(link).words


def test_the_account_s_own_level_decides(tmp_path: Path) -> None:
    gold = '[[service_level]]\nname = "gold"\n'
    gold += '[[account]]\nname = "Gold"\ndomains = ["gold.example"]\nservice_level = "gold"\n'
    with WebHouse(databases.sqlite(tmp_path), tmp_path, config=CONFIG + TOLD + gold) as house:
        house.send("Zoe <zoe@gold.example>", DESK, "No delivery", "It stopped.")
        assert HEARS not in words(house.mails("zoe@")[0])
        assert HEARS in told(house)[0]


@pytest.mark.parametrize("language", mail_languages())
def test_every_language_says_when(language: str) -> None:
    renderer = Renderer()
    facts = {"desk": SHOWN, "to": "Maria", "case": CASE, "my_url": "", **FACTS[Confirmation.name]}
    with_it, without = (
        renderer.words(Confirmation, language, **{**facts, "answer_by": at}).text for at in (AT, None)
    )
    (line,) = {*with_it.splitlines()} - {*without.splitlines()}
    assert "14:03" in line

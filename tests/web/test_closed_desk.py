"""A closed desk on the web: without a link there is no form and no case, but a page that says who can help."""

from __future__ import annotations

import json
from pathlib import Path

from tests.inbound.test_closed_desk import CLOSED
from tests.support.houses.browser import ANA, DESK, WebHouse, get, page_link, send_files
from tests.support.houses.console import in_an_empty_folder, said
from tests.support.setup import databases
from tests.support.setup.fixtures import open_on_sqlite
from tests.web.test_new_case import filled, new_link

__all__ = ["in_an_empty_folder"]

LANGUAGES = {
    "en": "Your local service team can help:",
    "de": "Ihr Serviceteam vor Ort kann helfen:",
    "fr": "Votre équipe de service locale peut vous aider :",
    "es": "Su equipo de servicio local puede ayudarle:",
    "it": "Il suo team di assistenza locale può aiutarla:",
    "pt": "A sua equipa de apoio local pode ajudar:",
    "pl": "Pomóc może Państwa lokalny zespół serwisowy:",
    "ja": "お近くのサービスチームがお手伝いいたします：",
}
STRANGER = {"action": "open", "address": "eve@other.example", "subject": "Nothing works", "text": "What now?"}

closed = open_on_sqlite(WebHouse, config=CLOSED)


def test_without_a_link_there_is_no_form_but_the_local_team_in_every_language(closed: WebHouse) -> None:
    for language, words in LANGUAGES.items():
        page = get(f"{closed.web}/new", Accept_Language=language)
        assert page.status == 403
        assert f"{words} paris@desk.example" in page.words
        assert page.forms.keys() == {"link"}, "whoever is known can have their own link mailed"
        assert f"write to {DESK}" not in page.words
    assert f"{closed.web}/new" not in get(closed.web).html, "nor does the first page lead there"


def test_a_form_that_is_sent_without_a_link_opens_nothing(closed: WebHouse) -> None:
    for nonce in ("", "x" * 40):
        page = send_files(f"{closed.web}/new", {**STRANGER, "nonce": nonce}, {"a.txt": b"x"})
        assert page.status == 403
        assert "paris@desk.example" in page.words
    assert closed.cases() == []
    assert not closed.inbox()
    assert closed.nothing("sam@")
    assert not list((closed.folder / "files" / "tmp").glob("*")), "and no file of theirs is kept"


def test_with_a_link_whoever_is_known_opens_cases_as_ever_story(closed: WebHouse) -> None:
    closed.send(ANA, DESK, "Earlier", "Makes Ana known.")
    (confirmation,) = closed.mails("ana@")
    link = new_link(get(page_link(confirmation, "my")))
    done = send_files(link, filled(get(link)))
    assert "Your case is open." in done.words
    assert len(closed.cases()) == 2


def test_whoever_has_left_since_is_told_who_can_help(closed: WebHouse) -> None:
    closed.send(ANA, DESK, "Earlier", "Makes Ana known.")
    (confirmation,) = closed.mails("ana@")
    link = new_link(get(page_link(confirmation, "my")))
    form = filled(get(link))
    people = Path("people.csv")
    people.write_text("mail,role\nana@acme.example,inactive\n")
    said("people", "import", str(people))
    page = send_files(link, form)
    assert page.status in (403, 404, 410)
    assert "paris@desk.example" in page.words
    assert len(closed.cases()) == 1


def test_without_a_team_they_are_told_whom_to_ask(tmp_path: Path) -> None:
    config = CLOSED.replace('local_team = "paris@desk.example"\n', "")
    with WebHouse(databases.sqlite(tmp_path), tmp_path, config=config) as house:
        page = get(f"{house.web}/new")
        assert page.status == 403
        assert "Please ask whoever looks after your account with us to have you added." in page.words


def test_monitoring_has_an_address_of_its_own_and_the_public_has_none_of_it(tmp_path: Path) -> None:
    with WebHouse(databases.sqlite(tmp_path), tmp_path) as house:
        monitor = house.monitor.removeprefix("http://")
        assert get(f"{house.web}/healthz").html == "ok\n"
        for page in ("readyz", "metrics"):
            assert get(f"{house.web}/{page}").status == 404
        assert json.loads(get(f"http://{monitor}/readyz").html)["ready"]
        assert "casebot_accepted" in get(f"http://{monitor}/metrics").html
        assert get(f"http://{monitor}/healthz").status == 200
        assert get(f"http://{monitor}/new").status == 404

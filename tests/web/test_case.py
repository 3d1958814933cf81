"""The case's page: what its customer reads and does there, and nobody else."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.stories.test_mail import note_address
from tests.support.houses.browser import ANA, BOB, DESK, SAM, WebHouse, case_link, get, post
from tests.support.houses.house import words
from tests.support.setup import databases
from tests.support.setup.fixtures import open_on_each_database

house = open_on_each_database(WebHouse)


def opened(house: WebHouse, text: str = "It stopped yesterday.", **more: Any) -> tuple[str, Any]:
    """Ana's link to her case, and the mail that Sam got."""
    house.send(ANA, DESK, "Deal ID 12333: no delivery", text, **more)
    (confirmation,) = house.mails("ana@")
    (told,) = house.mails("sam@")
    house.mails("max@")
    return case_link(confirmation), told


def later(house: WebHouse, patch: pytest.MonkeyPatch, **time: float) -> None:
    before = house.app.desk.clock.read
    patch.setattr(house.app.desk.clock, "read", lambda: before() + timedelta(**time))


def test_the_page_shows_the_case_as_its_customer_may_see_it(house: WebHouse) -> None:
    link, told = opened(house, files={"app.log": b"x" * 48_000})
    house.answer(told, SAM, "We found it.")
    house.mails("ana@")
    house.send(SAM, note_address(told), "Re: x", "canary-internal")
    house.settled()
    page = get(link)
    assert page.status == 200
    for shown in ("CS-000001", "Deal ID 12333: no delivery", "In progress", "Medium", "Sam Specialist",
                  "It stopped yesterday.", "app.log", "48 kB", "We found it.", "is looking after"):  # fmt: skip
        assert shown in page.words, shown
    assert "canary" not in page.html
    assert page.forms.keys() == {"reply", "close", "concern", "priority"}


def test_a_reply_from_the_page_reaches_the_specialist(house: WebHouse) -> None:
    link, _ = opened(house)
    page = get(link).send("reply", text="It is back.\r\n\r\nThank you.")
    assert page.status == 200
    assert "Your message has been added" in page.words
    (told,) = house.mails("sam@")
    assert "It is back." in words(told)
    entry = house.case().entries[-1]
    assert (entry.text, entry.channel, entry.author) == ("It is back.\n\nThank you.", "web", "Ana")
    assert house.nothing("ana@")


def test_close_and_reopen(house: WebHouse) -> None:
    link, _ = opened(house)
    closed = get(link).send("close", text="It works.")
    assert "The case is closed." in closed.words
    assert house.case().line.state == "closed"
    assert closed.forms.keys() == {"reopen", "concern", "priority"}
    again = closed.send("reopen", text="It came back.")
    assert "open again" in again.words
    assert house.case().line.state == "open"
    assert [entry.text for entry in house.case().entries[1:]] == ["It works.", "It came back."]
    assert house.history()[-2:] == ["closed", "reopened"]


def test_a_concern_tells_the_manager(house: WebHouse) -> None:
    link, _ = opened(house)
    page = get(link).send(
        "concern", category="lack_of_reply", phone="+33 1 23 45 67 89", text="Nobody answers."
    )
    assert "passed on" in page.words
    (told,) = house.mails("max@")
    assert "+33 1 23 45 67 89" in words(told)
    assert "Nobody answers." in words(told)
    (received,) = house.mails("ana@")
    assert case_link(received)


def test_what_is_missing_is_said_and_what_was_typed_stays(house: WebHouse) -> None:
    link, _ = opened(house)
    page = get(link).send("concern", category="nonsense", phone="+33 1", text="<b>words</b>")
    assert page.status == 422
    assert "choose one of the list" in page.words
    assert page.forms["concern"]["text"] == "<b>words</b>"
    assert page.forms["concern"]["phone"] == "+33 1"
    assert get(link).send("reply", text=" \n ").status == 422
    assert get(link).send("reply", text="x" * 50_001).status == 422
    assert house.history() == ["opened"]
    assert page.send("concern", category="other", phone="").status == 200
    assert house.history() == ["opened", "concern raised"]


TOO_LONG = "x" * 50_001


@pytest.mark.parametrize(
    ("action", "typed"),
    [
        ("reply", {"text": TOO_LONG}),
        ("close", {"text": TOO_LONG}),
        ("priority", {"priority": "", "text": "It is worse."}),
        ("concern", {"category": "other", "phone": "+33 1", "text": TOO_LONG}),
        ("contact", {"name": "Ana Acme", "phone": ""}),
        ("reopen", {"text": TOO_LONG}),
    ],
)
def test_a_form_with_an_error_keeps_its_text_and_no_other_form_shows_it(
    tmp_path: Path, action: str, typed: dict[str, str]
) -> None:
    more = '[lists]\ndefault_priority = "Blocker"\n'
    with WebHouse(databases.sqlite(tmp_path), tmp_path, more=more) as house:
        page = get(opened(house)[0])
        if action == "reopen":
            page = page.send("close")
        shown = page.send(action, **typed)
        assert shown.status == 422
        fresh = {name: {**form, "nonce": shown.forms[name]["nonce"]} for name, form in page.forms.items()}
        assert shown.forms == {**fresh, action: {**fresh[action], **typed}}


def test_a_closing_note_to_a_closed_case_is_shown_in_no_other_form(house: WebHouse) -> None:
    link, _ = opened(house)
    page = get(link)
    page.send("reply", text="It works.")
    get(link).send("close")
    late = post(link, {**page.forms["close"], "text": "It works, thank you."})
    assert "Something else has been sent from this page already" in late.words
    assert (late.status, late.forms["reopen"]["text"]) == (422, "")


def test_ten_presses_at_once_have_one_effect_and_show_the_same(house: WebHouse) -> None:
    link, _ = opened(house)
    form = {**get(link).forms["reply"], "text": "Only once."}
    with ThreadPoolExecutor(10) as presses:
        pages = list(presses.map(lambda _: post(link, form), range(10)))
    assert {(page.status, "has been added" in page.words) for page in pages} == {(200, True)}
    assert [entry.text for entry in house.case().entries[1:]] == ["Only once."]
    assert len(house.mails("sam@")) == 1
    assert house.nothing("sam@")


def test_a_close_that_is_sent_again_after_a_reopen_does_not_close_again(house: WebHouse) -> None:
    link, _ = opened(house)
    form = get(link).forms["close"]
    page = post(link, form)
    page.send("reopen", text="No.")
    assert "The case is closed." in post(link, form).words
    assert house.case().line.state == "open"


def test_a_form_that_is_sent_again_with_other_words_says_so_and_keeps_them(house: WebHouse) -> None:
    link, _ = opened(house)
    page = get(link)
    form = page.forms["reply"]
    assert "has been added" in post(link, {**form, "text": "The first."}).words
    second = post(link, {**form, "text": "The second."})
    assert (second.status, second.forms["reply"]["text"]) == (422, "The second.")
    assert "Something else has been sent from this page already" in second.words
    closed = post(link, {**page.forms["close"], "nonce": form["nonce"]})
    assert (closed.status, house.case().line.state) == (422, "new")
    assert "has been added" in second.send("reply", text="The second.").words
    assert [entry.text for entry in house.case().entries] == [
        "It stopped yesterday.",
        "The first.",
        "The second.",
    ]


def test_a_form_is_bound_to_its_page_and_lasts_a_day(
    house: WebHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    link, _ = opened(house)
    house.send(ANA, DESK, "Another", "Another case.")
    (confirmation,) = house.mails("ana@")
    form = {**get(link).forms["reply"], "text": "Hello"}
    assert post(case_link(confirmation), form).status == 422
    assert post(link, {**form, "nonce": "forged.forged.forged"}).status == 422
    later(house, monkeypatch, days=2)
    page = post(link, form)
    assert page.status == 422
    assert "open for a long time" in page.words
    assert page.forms["reply"]["text"] == "Hello"
    assert len(house.case(1).entries) == len(house.case(2).entries) == 1
    monkeypatch.undo()
    assert page.send("reply").status == 200


def test_the_link_ends_with_its_holders_part_in_the_case(house: WebHouse) -> None:
    opened(house)
    house.send(BOB, DESK, "Earlier", "Makes Bob known.")
    house.mails("bob@")
    house.send(ANA, DESK, "Together", "Both.", headers={"Cc": BOB})
    (confirmation,) = house.mails("ana@")
    told = next(mail for mail in house.mails("sam@", count=2) if "CS-000003" in mail["Subject"])
    house.answer(told, SAM, "Hello both.")
    (answer,) = house.mails("bob@")
    page = get(case_link(answer))
    assert page.forms.keys() == {"reply", "concern", "priority"}
    house.answer(confirmation, ANA, "#remove bob@acme.example")
    house.settled()
    gone = get(case_link(answer))
    assert gone.status == 410
    assert "Hello both." not in gone.html
    assert DESK in gone.words
    assert page.send("reply", text="I am still here").status == 410
    assert get(case_link(confirmation)).status == 200


def test_a_link_that_was_pasted_goes_no_further(house: WebHouse) -> None:
    house.send(BOB, DESK, "Earlier", "Makes Bob known.")
    house.mails("bob@")
    house.send(ANA, DESK, "Together", "Both.", headers={"Cc": BOB})
    (confirmation,) = house.mails("ana@")
    link = case_link(confirmation)
    house.answer(confirmation, ANA, f"I am reading {link} just now.")
    get(link).send("reply", text=f"Look: {link}")
    for mail in house.mails("bob@", count=2):
        assert link not in mail.as_string()
        assert link not in words(mail)
        assert case_link(mail) != link
        assert link not in get(case_link(mail)).html
    said = [entry.text for entry in house.case(2).entries]
    assert said[1:] == [f"I am reading {house.web}/… just now.", f"Look: {house.web}/…"]


def test_the_link_outlives_the_case_by_thirty_days(house: WebHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    link, _ = opened(house)
    later(house, monkeypatch, days=399)
    get(link).send("close")
    assert get(link).status == 200
    later(house, monkeypatch, days=29)
    assert get(link).status == 200
    later(house, monkeypatch, days=2)
    assert get(link).status == 410


def test_a_page_that_was_open_all_the_while_may_still_reply(house: WebHouse) -> None:
    link, _ = opened(house)
    page = get(link)
    get(link).send("close")
    assert "added to the case" in page.send("reply", text="Wait.").words
    assert house.case().line.state == "open"


def test_where_a_reply_reopens_nothing_it_is_a_new_case(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASEBOT_DESK__REOPEN_DAYS", "0")
    with WebHouse(url, tmp_path) as house:
        link, _ = opened(house)
        page = get(link)
        get(link).send("close")
        assert "has become a new one" in page.send("reply", text="Still there?").words
        assert house.cases() == ["CS-000001", "CS-000002"]
        (confirmation,) = house.mails("ana@")
        assert get(case_link(confirmation)).status == 200


def test_a_command_that_wanted_proof_is_answered_with_the_link(house: WebHouse) -> None:
    link, _ = opened(house)
    house.send(ANA, DESK, "Re: [CS-000001] Deal ID 12333: no delivery", "#close thank you")
    (transcript,) = house.mails("ana@")
    assert "Or do it on the page of your case" in " ".join(words(transcript).split())
    assert case_link(transcript).partition("/case/")[0] == link.partition("/case/")[0]
    get(case_link(transcript)).send("close")
    assert house.case().line.state == "closed"


def test_nobody_unproven_or_foreign_is_sent_a_link(house: WebHouse) -> None:
    opened(house)
    eve = "Eve <eve@evil.example>"
    house.send(eve, DESK, "Re: [CS-000001] x", "#close CS-000001")
    for mail in house.mails("eve@"):
        assert "CS-000001/" not in words(mail)
        assert "Or do it on the page" not in words(mail)
    assert house.case().line.state == "new"


def test_an_acknowledgement_to_somebody_unproven_leads_nowhere(house: WebHouse) -> None:
    opened(house)
    mail = house.send(ANA, DESK, "Earlier", "Makes a mail to copy.")
    house.mails("ana@")
    mail.replace_header("Message-ID", "<forged@acme.example>")
    mail.set_content("Perhaps I am not Ana.")
    house.submit(b"Received: from nowhere by here; today\r\n" + mail.as_bytes())
    (acknowledgement,) = house.mails("ana@")
    assert house.case(3).line.held
    assert "http" not in acknowledgement.as_string()


def test_who_can_help_instead_is_named(url: str, tmp_path: Path) -> None:
    with WebHouse(url, tmp_path, more='local_team = "paris@desk.example"\n') as house:
        link, told = opened(house)
        house.answer(told, SAM, "#add zoe@acme.example")
        (added,) = house.mails("zoe@")
        house.answer(told, SAM, "#remove zoe@acme.example")
        house.settled()
        assert "paris@desk.example" in get(case_link(added)).words
        assert "paris" not in get(link).html
        assert "paris" not in get(f"{link}x").html


SCRIPTS = [{"src": f"../{name}.js", "defer": ""} for name in ("upload", "language", "time")]


def test_hostile_words_come_out_as_text(house: WebHouse) -> None:
    bad = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</textarea><svg/onload=x>", "{{7*7}}",
           "javascript:alert(1)", "<a href='//evil'>x</a>", "&lt;b&gt;", "</style><b>", "<!--", "]]>"]  # fmt: skip
    house.send(f'"{bad[0]}" <ana@acme.example>', DESK, " ".join(bad), "\n".join(bad))
    (confirmation,) = house.mails("ana@")
    link = case_link(confirmation)
    usual = get(link)
    wrong = usual.send("reply", text="\n".join(bad) * 2000)
    for page in (usual, wrong):
        tags = {tag for tag, _ in page.tags}
        assert not tags & {"img", "svg", "iframe"}
        assert [have for tag, have in page.tags if tag == "script"] == SCRIPTS
        assert not [have for _, have in page.tags if any(name.startswith("on") for name in have)]
        assert not [have for _, have in page.tags if "//evil" in have.get("href", "")]
        assert "{{7*7}}" in page.words
    assert wrong.forms["reply"]["text"].startswith(bad[0])


def test_what_was_said_of_the_form_before_is_not_said_of_this_one(house: WebHouse) -> None:
    link, _ = opened(house)
    before = f"{link}?done=changed"
    assert "the case has changed in the meantime" in get(before).words
    page = post(before, {**get(link).forms["reply"], "text": ""})
    assert page.status == 422
    assert "the case has changed in the meantime" not in page.words

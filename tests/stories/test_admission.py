"""Stories: whom a customer lets into a case, whom the desk decides about, and what those who join hear at once."""

from __future__ import annotations

from typing import Any

from tests.slack.outbound.test_places import talk
from tests.support.houses.browser import WebHouse, get, send_files
from tests.support.houses.house import House, flat, until, words
from tests.support.houses.office import Office, said
from tests.support.setup.fixtures import open_on_sqlite
from tests.web.test_new_case import filled, known

ANA, BOB, SAM, DESK = (
    "Ana <ana@acme.example>", "Bob <bob@acme.example>", "Sam <sam@desk.example>", "support@example.com",
)  # fmt: skip
EVE, CARL = "eve@stranger.example", "carl@partner.example"


desk = open_on_sqlite(House)
web = open_on_sqlite(WebHouse)


def opened(house: House, *, sender: str = ANA, **headers: str) -> Any:
    """The confirmation of a case that somebody opens."""
    house.send(sender, DESK, "Deal 12333 stopped", "Nothing since noon.", headers=headers)
    (confirmation,) = house.mails(sender.partition("<")[2].rstrip(">"))
    return confirmation


def parts(house: House, number: int = 1) -> dict[str, str]:
    house.settled()
    return {part.address: part.role for part in house.case(number).participants}


def bob_is_known(house: House) -> None:
    opened(house, sender=BOB)
    house.mails("desk.example", count=2)


def test_a_colleague_in_cc_of_the_first_mail_hears_at_once_what_it_is_about(desk: House) -> None:
    bob_is_known(desk)
    confirmation = opened(desk, Cc=BOB)
    assert "Also kept informed: Bob." in flat(confirmation)
    (told,) = desk.mails("bob@")
    assert told["Subject"] == "[CS-000002] Deal 12333 stopped"
    assert "Ana has added you to CS-000002." in flat(told)
    assert "> Nothing since noon." in words(told)
    assert "#show" not in words(told), "it has been said from the start"
    assert "+" in str(told["Reply-To"])
    assert desk.nothing("bob@")


def test_who_is_added_later_is_told_what_it_is_about_in_the_words_of_whoever_adds_them(desk: House) -> None:
    bob_is_known(desk)
    desk.answer(opened(desk), ANA, "#add bob@acme.example")
    (told,) = desk.mails("bob@")
    assert "> Nothing since noon." in words(told)


def test_who_is_added_by_another_is_told_how_to_read_it_from_the_start(desk: House) -> None:
    bob_is_known(desk)
    opened(desk)
    told = desk.mails("desk.example", count=2)[0]
    desk.answer(told, str(told["To"]), "#add bob@acme.example")
    (told,) = desk.mails("bob@")
    assert "Nothing since noon." not in words(told)
    assert "#show" in words(told)


def test_a_stranger_in_cc_gets_in_by_no_word_of_the_customers(house: House) -> None:
    confirmation = opened(house, Cc=EVE)
    assert f"Not told yet: {EVE}. The support team decides whether they are included." in flat(confirmation)
    assert "#add" not in words(confirmation)
    house.mails("desk.example", count=2)
    house.answer(confirmation, ANA, f"#add {EVE}")
    (transcript,) = house.mails("ana@")
    assert f"The support team decides whether {EVE} is added to CS-000001" in flat(transcript)
    assert "was added" not in words(transcript)
    for told in house.mails("desk.example", count=2):
        assert f"Ana asks to add {EVE}." in flat(told)
        assert f"#add {EVE}" in words(told)
    assert house.nothing("eve@")
    assert parts(house)[EVE] == "proposed"
    house.answer(confirmation, ANA, f"#add {EVE}")
    house.mails("ana@")
    assert house.nothing("desk.example"), "the desk hears each wish once"


def test_whom_the_desk_has_let_in_a_customer_adds_again(house: House) -> None:
    confirmation = opened(house)
    told, _ = house.mails("desk.example", count=2)
    who = SAM if "sam@" in str(told["To"]) else "Max <max@desk.example>"
    house.answer(told, who, f"#add {CARL}")
    house.mails("carl@")
    house.answer(confirmation, ANA, f"#remove {CARL}\n#add {CARL}")
    (transcript,) = house.mails("ana@")
    assert f"{CARL} was added to CS-000001 and told." in flat(transcript)
    house.answer(opened(house), ANA, f"#add {CARL}")
    assert "CS-000002" in house.mails("carl@", count=2)[-1]["Subject"]
    other = opened(house, sender="Zoe <zoe@globex.example>")
    house.answer(other, "Zoe <zoe@globex.example>", f"#add {CARL}")
    assert "The support team decides" in flat(house.mails("zoe@")[0])
    assert house.nothing("carl@"), "nobody let him into a case of Zoe's"


def test_without_an_account_ones_own_domain_is_ones_own_but_no_free_mail_domain_is(desk: House) -> None:
    zoe, gil = "Zoe <zoe@globex.example>", "Gil <gil@gmail.com>"
    confirmation = opened(desk, sender=zoe, Cc="yan@globex.example")
    assert "reply with a line such as #add yan@globex.example" in flat(confirmation), "and it works:"
    assert "The support team decides" not in words(confirmation)
    desk.answer(confirmation, zoe, "#add yan@globex.example")
    (told,) = desk.mails("yan@")
    assert "CS-000001" in told["Subject"]
    confirmation = opened(desk, sender=gil, Cc="hal@gmail.com")
    assert "#add" not in words(confirmation)
    desk.answer(confirmation, gil, "#add hal@gmail.com")
    assert "The support team decides whether hal@gmail.com" in flat(desk.mails("gil@")[0])
    assert desk.nothing("hal@")


def test_of_an_account_nobody_adds_people_of_another_and_colleagues_need_not_be_known(desk: House) -> None:
    confirmation = opened(desk)
    desk.answer(confirmation, ANA, "#add new@acme.example\n#add zoe@globex.example")
    assert desk.mails("new@acme.example")
    assert desk.nothing("zoe@")
    assert parts(desk)["zoe@globex.example"] == "proposed"


def test_in_slack_who_is_chosen_in_the_form_hears_at_once_and_answers_name_the_case(office: Office) -> None:
    people = office.slack.people
    people.slash("ana", "C0GENERAL", "/case new", wait=5)
    people.type_into("ana", "modal", "subject", "Deal ID 12333: no delivery")
    people.type_into("ana", "modal", "text", "It stopped at noon.")
    assert people.submit("ana", "modal", wait=5).acked
    people.choose("ana", "modal", "people", ["noa"])
    assert people.submit("ana", "modal", wait=5).acked
    (root,) = until(lambda: talk(office, "noa"))
    for word in ("CS-000001", "Deal ID 12333: no delivery", "Ana Acme has added you", "It stopped at noon."):
        assert word in said(root)
    office.settled()
    people.slash("sam", "triage", "/case reply CS-000001 We look at it.", wait=3)
    answer = until(lambda: [m for m in office.replies(root) if "We look at it." in said(m)])[0]
    assert "*CS-000001* · Deal ID 12333: no delivery" in said(answer)


def test_in_slack_the_desk_decides_about_a_stranger(office: Office) -> None:
    people = office.slack.people
    office.send(ANA, DESK, "No delivery", "It stopped.")
    office.mails("ana@")
    office.answer(opened(office), ANA, f"#add {EVE}")
    told = office.in_thread("asks to add", 2)
    assert f"`!add {EVE}` here" in said(told)
    assert office.nothing("eve@")
    people.post("sam", "triage", f"!add {EVE}", thread_ts=office.card(2).ts)
    assert office.mails("eve@")


def test_on_the_page_who_is_named_is_told_at_once_or_proposed(web: WebHouse) -> None:
    web.send(BOB, DESK, "Hello", "Makes Bob known.")
    web.mails("bob@")
    link = known(web)
    people = f"bob@acme.example {EVE}"
    assert send_files(link, filled(get(link), people=people), {}).status == 200
    (told,) = web.mails("bob@")
    assert "Ana has added you to CS-000003." in flat(told)
    assert "Deal ID 12333 stopped yesterday." in words(told)
    (confirmation,) = web.mails("ana@")
    assert "Also kept informed: Bob." in flat(confirmation)
    assert f"Not told yet: {EVE}. The support team decides" in flat(confirmation)
    assert web.nothing("eve@")

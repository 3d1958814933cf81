"""Stories: what commands and field lines mean by mail, whoever writes them and in whichever language."""

from __future__ import annotations

import pytest

from bot.commands.catalogue import NAMES, VERBS
from tests.stories.test_told import ANA, BOB, DESK, SAM, flat, house, opened
from tests.support.houses.house import House, words

__all__ = ["house"]


def test_a_priority_line_on_a_saved_case_is_answered(house: House) -> None:
    confirmation, _ = opened(house)
    house.answer(confirmation, ANA, "Priority: Low\n\nIt can wait.")
    (heard,) = house.mails("ana@")
    assert "A specialist decides about the priority of a saved case, so CS-000001 stays Medium." in flat(
        heard
    )
    assert "#priority Low: …" in words(heard)
    assert house.case().line.priority == "Medium"
    house.answer(confirmation, ANA, "Priority: Medium\n\nAs it is.")
    assert house.nothing("ana@")


@pytest.mark.parametrize("greeting", ["Hello,", "Guten Tag,", "Gentile assistenza,", "Dzień dobry,"])
def test_a_priority_below_a_greeting_is_read(house: House, greeting: str) -> None:
    house.send(ANA, DESK, "No delivery", f"{greeting}\n\nPriority: Critical\nDeal ID: 12333\n\nIt stopped.")
    house.mails("ana@")
    case = house.case()
    assert (case.line.priority, case.ids) == ("Critical", ("Deal ID 12333",))
    assert case.entries[0].text == f"{greeting}\n\nIt stopped."


def test_the_example_of_a_reason_fits_what_is_asked_for(house: House) -> None:
    confirmation, told = opened(house)
    house.answer(confirmation, ANA, "#priority Low")
    assert "priority Low: a workaround helps us for now" in flat(house.mails("ana@")[0])
    house.answer(confirmation, ANA, "#priority Blocker")
    assert "priority Blocker: nothing works any more" in flat(house.mails("ana@")[0])
    house.answer(told, SAM, "#priority Low")
    assert "a workaround helps" in flat(house.mails("sam@")[0])


def test_an_answer_that_closes_is_one_mail(house: House) -> None:
    _, told = opened(house)
    house.answer(told, SAM, "It was paused; it runs again.\n\n#close resolved")
    (answer,) = house.mails("ana@")
    assert "It was paused; it runs again." in words(answer)
    assert "With this answer CS-000001 is closed. Reason: Resolved." in flat(answer)
    assert "Just reply within 14 days" in flat(answer)
    assert not answer["Auto-Submitted"], "a person wrote it"
    assert house.nothing("ana@")
    assert house.case().line.state == "resolved"


def test_what_is_said_with_a_closing_command_is_a_persons_mail_too(house: House) -> None:
    _, told = opened(house)
    house.answer(told, SAM, "#close resolved\nIt runs again.")
    for mail in house.mails("ana@"):
        assert not mail["Auto-Submitted"]


def test_two_lists_in_one_mail_are_two_lists(house: House) -> None:
    _, told = opened(house)
    opened(house, sender=BOB)
    house.answer(told, SAM, "#queue mine\n#search noon\n#queue unassigned")
    (transcript,) = house.mails("sam@")
    text = words(transcript)
    assert "Cases · queue mine" in text
    assert "Cases · search noon" in text
    assert text.count("CS-000002") >= 2
    house.answer(told, SAM, "#queue")
    assert "Cases" in words(house.mails("sam@")[0]).splitlines(), "one list needs no name"


def test_a_type_is_set_as_it_is_shown(house: House) -> None:
    _, told = opened(house)
    house.answer(told, SAM, "#set type: Delivery / Not delivering")
    assert "type is Delivery / Not delivering now" in flat(house.mails("sam@")[0])
    assert (house.case().type, house.case().category) == ("Delivery", "Not delivering")
    house.answer(told, SAM, "#type Reporting / Not delivering")
    assert "is no category here" in flat(house.mails("sam@")[0])
    assert house.case().type == "Delivery"


def test_a_specialist_looks_up_the_queue_by_a_fresh_mail_and_does_nothing_else_so(house: House) -> None:
    opened(house)
    house.send(SAM, DESK, "queue", "#queue\n#search noon\n#my\n#help\n#take CS-000001\n#show CS-000001")
    (transcript,) = house.mails("sam@")
    text = flat(transcript)
    assert "1 case to do." in text
    assert "1 case with “noon”." in text
    assert text.count("We could not be sure that it was you.") == 2, "to act needs a reply address of ours"
    house.send(ANA, DESK, "queue", "#queue")
    assert "Only the support team can do that." in flat(house.mails("ana@")[0])
    forged = {"Received": "from evil.example by mx.example.com; Fri, 27 Nov 2026 10:00:00 +0000"}
    house.send(SAM, DESK, "queue", "#queue", headers=forged)
    assert house.nothing("sam@"), "what nobody proves is not answered"


@pytest.mark.parametrize(("line", "state"), [
    ("#fermer merci", "closed"), ("#Clôturer", "closed"), ("#schließen", "closed"), ("#cerrar", "closed"),
    ("#chiudi", "closed"), ("#fechar", "closed"), ("#zamknij", "closed"), ("#クローズ", "closed"),
    ("＃クローズ", "closed"), ("#fermeture", "open"),
])  # fmt: skip
def test_verbs_have_names_in_the_customers_languages(house: House, line: str, state: str) -> None:
    confirmation, _ = opened(house)
    house.answer(confirmation, ANA, line)
    house.settled()
    assert house.case().line.state == state


def test_help_names_the_verbs_in_the_customers_language(house: House) -> None:
    french = "Bonjour, notre campagne ne diffuse plus depuis hier soir, et nous ne comprenons pas pourquoi."
    house.send(ANA, DESK, "Campagne", french)
    (confirmation,) = house.mails("ana@")
    house.answer(confirmation, ANA, "#aide")
    text = words(house.mails("ana@")[0])
    assert "#fermer, #close [motif], [texte]" in text
    assert "#assign" not in text


def test_no_name_of_a_verb_is_another_verbs() -> None:
    names = [(name, verb) for own in NAMES.values() for verb, names in own.items() for name in names]
    assert len({name for name, _ in set(names)}) == len(set(names))
    english = {name: verb.name for verb in VERBS for name in (verb.name, *verb.aliases)}
    assert [name for name, verb in names if english.get(name, verb) != verb] == []
    assert {verb for _, verb in names} <= {verb.name for verb in VERBS if not verb.staff_only}
    assert all(name == name.lower() for name, _ in names)


def test_help_about_one_verb_is_about_that_alone(house: House) -> None:
    house.send(ANA, DESK, "Deal", "It stopped.")
    (confirmation,) = house.mails("ana@")
    house.answer(confirmation, ANA, "#help close")
    text = words(house.mails("ana@")[0])
    assert "#close [reason]" in text
    assert "#reopen" not in text

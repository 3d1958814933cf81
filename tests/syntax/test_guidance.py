"""What a new case lacks is asked for once, in its confirmation, and never what is there already."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.commands.case import Open
from bot.commands.missing_fields import missing, questions
from bot.config.choices import ListsSection
from tests.support.houses.console import in_an_empty_folder, said
from tests.support.houses.desk import TestDesk, config_for, text_of
from tests.support.houses.house import House, words
from tests.support.houses.office import Office
from tests.support.houses.office import said as shown
from tests.support.setup.adtech import LISTS, TEXT

__all__ = ["in_an_empty_folder"]

DESK, ANA = "support@example.com", "Ana <ana@acme.example>"
LONG = "Since this morning the numbers of Tuesday are simply not there."


def asked(text: str = LONG, kind: str = "", *, files: bool = False, **more: object) -> tuple[str, ...]:
    opened = Open("Hello", text, feature="Interface", **more)  # type: ignore[arg-type]
    return missing(opened, LISTS, kind=kind, files=files)


@pytest.mark.parametrize(
    ("kind", "category", "text", "wanted"),
    [
        ("Reporting", "", LONG, ["all parameters and metrics of the report"]),
        ("Reporting", "", f"{LONG} The parameters: country, day.", []),
        (
            "Reporting",
            "Discrepancy",
            LONG,
            ["all parameters and metrics of the report", "both reports, attached"],
        ),
        ("API", "", LONG, ["the task ID"]),
        ("API", "", f"{LONG} We use your SDK.", ["the task ID"]),
        ("Delivery", "Tags and SDK", f"{LONG} We use your SDK.", ["the SDK's version"]),
        ("Delivery", "Tags and SDK", f"{LONG} We use SDK version 4.2.", []),
        ("Delivery", "", LONG, []),
        ("", "", LONG, []),
    ],
)
def test_each_type_has_its_questions(kind: str, category: str, text: str, wanted: list[str]) -> None:
    assert list(asked(text, kind, category=category)) == wanted


def test_what_came_along_is_not_asked_for() -> None:
    assert asked(kind="API", ids=("Report Task ID 1254332",)) == ()
    assert asked(kind="Reporting", category="Discrepancy", files=True, ids=("Task ID 12543",)) == ()


def test_the_feature_is_asked_first_unless_it_is_told_or_spoken_of() -> None:
    lists = LISTS
    first, *rest = missing(Open("Hello", LONG), lists, kind="API", files=False)
    assert first.startswith("which feature is affected: Instant Insights, Maestro API")
    assert rest == ["the task ID"]
    for text in (f"{LONG} It is a deal.", f"Feature: our own thing\n{LONG}"):
        assert missing(Open("Hello", text), lists, kind="", files=False) == ()
    assert missing(Open("Hello", LONG), LISTS.model_copy(update={"features": ()}), kind="", files=False) == ()


def test_a_short_message_is_asked_what_happened() -> None:
    assert asked("Help!") == ("what you did, and what happened instead",)
    assert asked("助けてください") == ("what you did, and what happened instead",)


@pytest.mark.parametrize("text", ["When do you open?", "明日の配達は何時ですか。", "¿Cuándo abren?"])
def test_a_short_question_is_whole(text: str) -> None:
    assert asked(text) == ()


def test_an_operator_asks_what_they_need_and_is_told_of_a_slip(tmp_path: Path) -> None:
    lists = ListsSection(types={"Billing": ()}, guidance={"Billing": ("[invoice #] the invoice's number",)})
    assert missing(Open("Interface", LONG), lists, kind="Billing", files=False) == ("the invoice's number",)
    assert missing(Open("Interface", f"{LONG} Invoice no. 77"), lists, kind="Billing", files=False) == ()
    assert questions(LISTS, "Reporting") == (
        "all parameters and metrics of the report",
        "both reports, attached",
    )
    with pytest.raises(Exception, match="guidance must name types"):
        config_for("sqlite://", tmp_path, '[lists.guidance]\n"Biling" = ["the number"]\n')


def test_by_mail_the_feature_is_a_line_and_what_is_missing_is_asked_once_story(
    url: str, tmp_path: Path
) -> None:
    low = TEXT.replace('default_priority = "Medium"', 'default_priority = "Low"')
    with House(url, tmp_path, more=low) as house:
        house.send(ANA, DESK, "Numbers are missing", f"Fonctionnalité : maestro api\nType: API\n{LONG}")
        (confirmation,) = house.mails("ana@")
        text = words(confirmation)
        assert "• the task ID" in text
        assert "which feature" not in text
        assert house.case().feature == "Maestro API"
        house.answer(confirmation, ANA, "I do not know it.")
        house.settled()
        assert house.nothing("ana@"), "it is asked once"
        assert "feature      Maestro API" in said("case", "show", "1")


def test_the_scope_is_one_line_of_every_confirmation(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASEBOT_DESK__SCOPE", "We help with our own platform, not with custom code.")
    with TestDesk(url, tmp_path) as desk:
        desk.ask("ana@acme.example", Open("No delivery", LONG))
        (mail,) = desk.mails("ana@acme.example")
        assert text_of(mail).count("not with custom code") == 1


def test_in_slack_the_form_asks_what_happened_then_how_urgent_and_which_feature_story(
    url: str, tmp_path: Path
) -> None:
    with Office(url, tmp_path) as office:
        people = office.slack.people
        seen = people.slash("ana", "acme", "/case new Numbers are missing", wait=5)
        inputs = [b["block_id"] for b in seen.modal.body["blocks"] if b["type"] == "input"]
        assert inputs[:4] == ["subject", "text", "priority", "feature"]
        people.type_into("ana", seen.modal.id, "text", LONG)
        people.choose("ana", seen.modal.id, "feature", "Instant Insights")
        assert not people.submit("ana", seen.modal.id).errors
        assert "Instant Insights" in shown(office.card())
        assert office.case().feature == "Instant Insights"


def test_a_contacts_phone_is_for_the_desk_alone_story(url: str, tmp_path: Path) -> None:
    with Office(url, tmp_path) as office:
        Path("people.csv").write_text("mail,name,phone\nana@acme.example,Ana,+49 30 987654\n")
        said("people", "import", "people.csv")
        office.send(ANA, DESK, "No delivery", "Interface: it stopped this morning, all of it.")
        (confirmation,) = office.mails("ana@")
        assert "987654" in shown(office.card())
        assert "+49 30 987654" in said("case", "show", "1")
        office.answer(confirmation, ANA, "#show")
        (answer,) = office.mails("ana@")
        assert "987654" not in f"{confirmation.as_string()}{answer.as_string()}"

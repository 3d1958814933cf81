"""Stories of a concern that is raised again: by somebody else, after it was taken, after its manager has left."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.message import Message
from functools import partial
from pathlib import Path

import pytest

from bot.commands.case import Open, Reply
from bot.commands.people import AddPerson
from bot.commands.triage import Merge, Unmerge
from bot.commands.urgency import Concern, TakeConcern
from bot.people.staff_sync import sync
from tests.stories.test_concern import ANA, CONCERN, DIANA, HOUR, LADDER, MAX, SAM, TOM, TUESDAY
from tests.support.houses.desk import TestDesk, config_for, done, text_of
from tests.support.houses.house import House, until
from tests.support.houses.office import Office, said

HERS, HIS = "+33 1 23 45 67 89", "+49 30 98 76 54 32"
TOMS = Concern(1, HIS, "wrong_reply", "We lose money.")
MINUTE = timedelta(minutes=1)
CUSTOMER = "Ana <ana@acme.example>"


@pytest.fixture
def case(url: str, tmp_path: Path) -> object:
    """A desk at which Sam has a case of Ana's and Tom's; Sam's manager is Max, and his is Diana."""
    with TestDesk(url, tmp_path, config=LADDER) as desk:
        desk.at(TUESDAY)
        desk.ask(ANA, Open("No delivery", "It stopped."))
        desk.ask(SAM, Reply(1, "We are on it."))
        desk.ask(SAM, AddPerson(1, TOM))
        desk.mails()
        yield desk


def leaves(desk: TestDesk, folder: Path, name: str) -> None:
    """The config no longer names this member of the staff, and the desk starts again."""
    blocks = LADDER.replace(f'manager = "{name.partition(" ")[0].lower()}@desk.example"\n', "").split("[[")
    shorter = "[[".join(block for block in blocks if f'"{name}"' not in block)
    config = config_for(desk.app.config.store.url, folder, config=shorter)
    with desk.app.database.writing() as tx:
        sync(tx, config, now=datetime.now(UTC))


def called(mails: list[Message]) -> list[Message]:
    """Those of a concern that is new, or waits."""
    return [mail for mail in mails if "Concern" in mail["Subject"]]


def test_each_customer_who_raises_a_concern_hears_who_has_it_with_their_own_phone_story(
    case: TestDesk,
) -> None:
    case.ask(ANA, CONCERN)
    case.mails()
    case.at(TUESDAY + 5 * MINUTE)
    done(case.ask(TOM, TOMS))
    (added,) = case.mails(MAX)
    assert not called([added])
    assert "Tom has raised a concern too" in text_of(added)
    assert HIS in text_of(added)
    assert "Wrong reply" in text_of(added)
    assert "We lose money." in text_of(added)
    (received,) = case.mails(TOM)
    assert "passed it on at once to Max Manager" in text_of(received)
    assert HIS in text_of(received)
    done(case.ask(SAM, AddPerson(1, "eve@acme.example")))
    done(case.ask("eve@acme.example", TOMS))
    assert "Ana, Tom and Eve were told" in done(case.ask(MAX, TakeConcern(1)))
    (hers,), (his,) = case.mails(ANA), case.mails(TOM)
    assert (HERS in text_of(hers), HIS in text_of(hers)) == (True, False)
    assert (HERS in text_of(his), HIS in text_of(his)) == (False, True)


def test_who_says_nothing_of_a_phone_is_not_called_at_somebody_elses(case: TestDesk) -> None:
    case.ask(ANA, CONCERN)
    case.mails()
    case.ask(TOM, Concern(1, text="We lose money."))
    (received,) = case.mails(TOM)
    assert HERS not in text_of(received)
    assert "a phone number" in text_of(received)
    case.ask(TOM, Concern(1, HIS))
    case.mails()
    case.ask(MAX, TakeConcern(1))
    assert HERS in text_of(case.mails(ANA)[0])
    assert HIS in text_of(case.mails(TOM)[0])


def test_managers_are_reminded_once_of_what_two_customers_raised(case: TestDesk) -> None:
    case.ask(ANA, CONCERN)
    case.at(TUESDAY + 5 * MINUTE)
    case.ask(TOM, TOMS)
    case.mails()
    case.at(TUESDAY + HOUR)
    (reminded,) = called(case.mails(MAX))
    assert "Ana and Tom raised a concern" in text_of(reminded)
    assert HERS in text_of(reminded)
    assert HIS in text_of(reminded)
    case.at(TUESDAY + 9 * HOUR)
    (told,) = called(case.mails(DIANA))
    assert "Ana and Tom raised a concern" in text_of(told)
    case.ask(DIANA, TakeConcern(1))
    assert len(case.mails(ANA)) == len(case.mails(TOM)) == 1


def test_a_reminder_has_the_last_phone_and_category_that_somebody_gave(case: TestDesk) -> None:
    case.ask(ANA, Concern(1, "", "lack_of_reply", "Call me."))
    case.at(TUESDAY + 2 * HOUR)
    case.ask(ANA, Concern(1, HERS))
    case.mails()
    case.at(TUESDAY + 3 * HOUR)
    (reminded,) = called(case.mails(MAX))
    assert HERS in text_of(reminded)
    assert "Lack of reply" in text_of(reminded)


def test_the_quiet_hour_lasts_no_longer_because_somebody_else_is_concerned_too(case: TestDesk) -> None:
    case.ask(ANA, CONCERN)
    case.at(TUESDAY + 50 * MINUTE)
    case.ask(TOM, TOMS)
    case.at(TUESDAY + 70 * MINUTE)
    case.mails()
    case.ask(ANA, CONCERN)
    assert len(called(case.mails(MAX))) == 1


def test_whoever_took_a_concern_hears_what_is_raised_again_within_the_hour_story(case: TestDesk) -> None:
    case.ask(ANA, CONCERN)
    case.at(TUESDAY + 5 * MINUTE)
    case.ask(DIANA, TakeConcern(1))
    case.mails()
    case.at(TUESDAY + 40 * MINUTE)
    assert "passed to Diana Director" in done(case.ask(ANA, Concern(1, text="You did not call!")))
    assert case.mails(ANA) == [], "nothing that she does not know"
    (told,) = case.mails(DIANA)
    assert "You did not call!" in text_of(told)
    assert case.mails(MAX) == []
    case.ask(TOM, TOMS)
    (told,) = case.mails(DIANA)
    assert "We lose money." in text_of(told)
    (received,) = case.mails(TOM)
    assert "Diana Director" in text_of(received)
    assert HIS in text_of(received)
    assert "You hear who has taken it" not in text_of(received)
    case.mails()
    case.at(TUESDAY + 9 * HOUR)
    assert called(case.mails()) == []


def test_a_manager_is_told_of_a_new_number_and_the_owner_of_new_words_story(case: TestDesk) -> None:
    case.ask(ANA, Concern(1, text="Nobody answers."))
    case.mails()
    case.ask(ANA, Concern(1, text="It is worse now."))
    assert case.mails(MAX) == []
    (told,) = case.mails(SAM)  # it is his case still
    assert "It is worse now." in text_of(told)
    for number, mails in ((HERS, 1), (HERS, 0), (HIS, 1), ("", 0)):
        case.ask(ANA, Concern(1, number))
        assert len(case.mails(MAX)) == len(case.mails(ANA)) == mails, number
    for mails in (1, 0):
        case.ask(ANA, Concern(1, "", "lack_of_reply"))
        assert len(case.mails(MAX)) == mails


def test_a_concern_forty_times_is_one_call(house: House) -> None:
    house.send(CUSTOMER, "support@example.com", "No delivery", "It stopped.")
    (opened,) = house.mails("ana@")
    house.settled()
    house.mails("max@", count=0)
    for number in range(40):
        house.answer(
            opened, CUSTOMER, f"#concern {'nobody answers' if number % 2 else f'Still nothing {number}'}"
        )
    house.settled()
    assert house.history().count("concern raised") == 1
    assert len(house.mails("max@", count=0)) == 1
    assert len(house.mails("ana@", count=0)) == 5, "as mails_per_case has it"
    assert [entry.text for entry in house.case().entries].count("nobody answers") == 20, "all of it is kept"


def test_help_sixty_times_is_answered_as_often_as_a_case_tells_anything(house: House) -> None:
    house.send(CUSTOMER, "support@example.com", "No delivery", "It stopped.")
    (opened,) = house.mails("ana@")
    for _ in range(60):
        house.answer(opened, CUSTOMER, "#help")
    house.settled()
    assert len(house.mails("ana@", count=0)) == 5


def _handled(office: Office, number: int) -> bool:
    return len(office.inbox("done")) >= number


def test_signs_in_slack_are_one_call(office: Office) -> None:
    people = office.slack.people
    opened = people.post("ana", "acme", "The deal does not deliver.")
    people.react("ana", "acme", opened.ts, "ticket")
    assert office.card()
    office.settled()
    for number in range(2, 12):
        people.react("ana", "acme", opened.ts, "rotating_light")
        assert until(partial(_handled, office, number))
        people.unreact("ana", "acme", opened.ts, "rotating_light")
    office.settled()
    assert office.history().count("concern raised") == 1
    assert sum("concern" in said(message) for message in office.thread()) == 1


def test_a_manager_who_left_reads_no_customers_words_and_is_named_to_nobody_story(
    case: TestDesk, tmp_path: Path
) -> None:
    case.ask(ANA, CONCERN)
    case.mails()
    leaves(case, tmp_path, "Max Manager")
    case.at(TUESDAY + 10 * MINUTE)
    case.ask(ANA, Concern(1, text="It is worse now."))
    assert case.mails(MAX) == []
    (received,) = case.mails(ANA)
    assert "Max" not in text_of(received)
    assert "Diana Director" in text_of(received)
    (told,) = called(case.mails(DIANA))
    assert "It is worse now." in text_of(told)
    done(case.ask(DIANA, TakeConcern(1)))
    assert HERS in text_of(case.mails(ANA)[0])


def test_a_manager_who_left_is_not_reminded_but_who_has_their_place_is(
    case: TestDesk, tmp_path: Path
) -> None:
    case.ask(ANA, CONCERN)
    case.mails()
    leaves(case, tmp_path, "Max Manager")
    case.at(TUESDAY + 0.5 * HOUR)
    assert len(called(case.mails(DIANA))) == 1
    assert called(case.mails()) == []


def test_what_somebody_took_who_left_since_is_raised_anew(case: TestDesk, tmp_path: Path) -> None:
    case.ask(ANA, CONCERN)
    case.ask(MAX, TakeConcern(1))
    case.mails()
    leaves(case, tmp_path, "Max Manager")
    case.at(TUESDAY + 10 * MINUTE)
    case.ask(ANA, CONCERN)
    assert len(called(case.mails(DIANA))) == 1
    done(case.ask(DIANA, TakeConcern(1)))


def test_a_concern_that_joined_one_of_a_merged_case_is_reminded_of_when_they_are_parted(
    case: TestDesk,
) -> None:
    case.ask(TOM, Open("No delivery either", "It stopped."))
    case.ask(SAM, Reply(2, "We are on it."))
    case.ask(ANA, CONCERN)
    case.ask(SAM, Merge(1, into=2))
    case.ask(TOM, Concern(2, HIS, "other", "Nor us."))
    case.ask(SAM, Unmerge(1))
    case.mails()
    case.at(TUESDAY + HOUR)
    assert sorted(HIS in text_of(mail) for mail in called(case.mails(MAX))) == [False, True]
    case.ask(MAX, TakeConcern(2))
    (his,) = case.mails(TOM)
    assert HIS in text_of(his)


@pytest.mark.parametrize("first", [1, 2])
def test_a_reminder_has_the_phone_that_was_given_on_the_other_one_of_two_merged_cases(
    case: TestDesk, first: int
) -> None:
    case.ask(ANA, Open("Still no delivery", "It stopped."))
    case.ask(SAM, Reply(2, "We are on it."))
    case.ask(ANA, Concern(2, HERS if first == 1 else "", "lack_of_reply", "Call me."))
    case.ask(SAM, Merge(2, into=1))
    case.at(TUESDAY + 2 * HOUR)
    case.ask(ANA, Concern(1, HERS if first == 2 else "", "", "Call me!"))
    case.mails()
    case.at(TUESDAY + 9 * HOUR)
    mails = [mail for mail in case.mails() if "Concern waits" in mail["Subject"]]
    assert {HERS in text_of(mail) for mail in mails} == {True}
    assert {mail["Subject"].partition("]")[0] for mail in mails} == {"[CS-000001", "[CS-000002"}

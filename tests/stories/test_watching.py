"""Stories of who hears of a case: a colleague who watches it, and one who has had enough of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.commands.attention import Mute, Snooze, Unmute, Unwatch, Watch
from bot.commands.case import Note, Open, Reply
from bot.commands.people import Assign, Take
from bot.commands.triage import Merge
from bot.commands.urgency import Concern
from bot.model.request import OnCase
from tests.support.houses.desk import TestDesk, done, refused, text_of

ANA, SAM, MAX, OPERATOR = "ana@acme.example", "sam@desk.example", "max@desk.example", "operator"
TUESDAY = datetime(2026, 12, 1, 10, tzinfo=UTC)


@pytest.fixture
def case(desk: TestDesk) -> TestDesk:
    """A desk at which Sam has taken Ana's case."""
    desk.at(TUESDAY)
    desk.ask(ANA, Open("No delivery", "It stopped."))
    desk.ask(SAM, Take(1))
    desk.mails()
    return desk


def heard(desk: TestDesk, words: str) -> list[str]:
    """What customers say is told to these."""
    desk.mails()
    desk.ask(ANA, Reply(1, words))
    return sorted(str(mail["To"]) for mail in desk.mails() if words in text_of(mail) and mail["To"])


def test_a_specialist_watches_a_colleagues_case_and_hears_what_its_owner_hears_story(case: TestDesk) -> None:
    assert [MAX in to for to in heard(case, "First.")] == [False]
    assert "you are told what its owner is told" in done(case.ask(MAX, Watch(1)))
    assert "already" in done(case.ask(MAX, Watch(1)))
    first, second = heard(case, "Second.")
    assert MAX in first
    assert SAM in second
    done(case.ask(MAX, Unwatch(1)))
    assert len(heard(case, "Third.")) == 1
    assert refused(case.ask(MAX, Unwatch(1))) == "You do not watch CS-000001."
    its_owner = "You do not watch CS-000001. It is yours, so you hear of it: mute stops that."
    assert refused(case.ask(SAM, Unwatch(1))) == its_owner


def test_who_has_muted_a_case_hears_nothing_until_a_note_mentions_them_story(case: TestDesk) -> None:
    done(case.ask(MAX, Watch(1)))
    assert "A concern and a missed target reach you all the same." in done(case.ask(SAM, Mute(1)))
    assert [MAX in to for to in heard(case, "First.")] == [True]
    case.ask(MAX, Note(1, "Sam said so; mail sam@desk.example."))  # that is no mention
    assert not case.mails(SAM)
    case.ask(MAX, Note(1, "@Sam, do you know this one?"))
    (mail,) = case.mails(SAM)
    assert "do you know this one?" in text_of(mail)
    assert len(heard(case, "Second.")) == 2


def test_a_mention_reaches_a_colleague_who_has_nothing_to_do_with_the_case(case: TestDesk) -> None:
    case.ask(SAM, Note(1, "What do you think, @max@desk.example?"))
    assert case.told()


@pytest.mark.parametrize("ends", [Unmute(1), Assign(1, SAM)], ids=["unmute", "given"])
def test_muting_ends_when_asked_for_or_when_the_case_is_given_to_them(
    case: TestDesk, ends: Unmute | Assign
) -> None:
    case.ask(SAM, Mute(1))
    if isinstance(ends, Assign):
        case.ask(MAX, Take(1))
        case.ask(MAX, ends)
    else:
        done(case.ask(SAM, ends))
        assert "not muted" in refused(case.ask(SAM, ends))
    assert any(SAM in to for to in heard(case, "Again."))


def test_who_has_muted_their_own_case_and_is_given_it_again_hears_nothing_still(case: TestDesk) -> None:
    case.ask(SAM, Mute(1))
    case.ask(MAX, Assign(1, SAM))
    case.mails()
    case.ask(ANA, Reply(1, "Hello?"))
    assert not case.mails(SAM)


def test_a_missed_target_and_a_concern_reach_an_owner_who_has_muted_the_case_story(case: TestDesk) -> None:
    case.ask(SAM, Mute(1))
    case.mails()
    case.at(TUESDAY + timedelta(days=1))
    assert case.mails(SAM)
    case.ask(MAX, Take(1), Mute(1))
    case.mails()
    case.ask(ANA, Concern(1, text="Nobody answers."))
    assert case.mails(MAX)


def test_who_mutes_a_case_of_nobodys_is_the_only_one_who_hears_no_more(case: TestDesk) -> None:
    case.ask(ANA, Open("Another", "Words."))
    case.ask(SAM, Mute(2))
    case.mails()
    case.ask(ANA, Reply(2, "Hello?"))
    assert {str(mail["To"]).partition("<")[2].strip("<>") for mail in case.mails()} & {SAM, MAX} == {MAX}


def test_who_watched_a_case_that_was_merged_watches_the_other(case: TestDesk) -> None:
    case.ask(ANA, Open("The same", "Words."))
    case.ask(MAX, Watch(2))
    case.ask(SAM, Merge(2, into=1))
    assert len(heard(case, "Both.")) == 2


@pytest.mark.parametrize("answers", [Reply(2, "We look."), Snooze(2, "3 days")], ids=["answers", "snoozes"])
def test_who_has_muted_a_case_and_becomes_its_owner_hears_of_it_again(
    case: TestDesk, answers: OnCase
) -> None:
    case.ask(ANA, Open("Another", "Words."))
    case.ask(SAM, Mute(2))
    done(case.ask(SAM, answers))
    case.mails()
    case.ask(ANA, Reply(2, "Still broken, please help!"))
    assert case.mails(SAM)

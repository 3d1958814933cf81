"""A case that lives in an account's own channel: whoever reads there hears once what was answered and closed."""

from __future__ import annotations

from pathlib import Path

from bot.queries.case_detail import ShowCase
from tests.slack.outbound.test_places import case_in_channel
from tests.slack.outbound.test_reading_place import below
from tests.support.houses.house import until
from tests.support.houses.office import Office


def opened(office: Office) -> str:
    """Ana's case; where her thread begins."""
    home = case_in_channel(office)
    office.settled()
    return str(home.ts)


def over(office: Office) -> None:
    assert until(lambda: office.ask(ShowCase(1)).line.state in ("resolved", "closed"))
    office.settled()


def test_two_answers_of_one_message_both_reach_the_channel(tmp_path: Path) -> None:
    with Office(f"sqlite:///{tmp_path}/casebot.db", tmp_path) as office:
        opened(office)
        words = "!reply First answer.\n!workaround Second answer."
        office.slack.people.post("sam", "triage", words, thread_ts=office.card().ts)
        assert until(lambda: below(office, "Second answer."))
        office.settled()
        assert len(below(office, "First answer.")) == len(below(office, "Second answer.")) == 1


def test_whoever_read_in_the_answer_that_it_is_closed_is_not_told_again(tmp_path: Path) -> None:
    with Office(f"sqlite:///{tmp_path}/casebot.db", tmp_path) as office:
        opened(office)
        office.slack.people.post(
            "sam", "triage", "!reply It was a filter.\n!close", thread_ts=office.card().ts
        )
        over(office)
        assert len(below(office, "It was a filter.")) == 1
        assert len(below(office, "closed")) == 1


def test_a_close_in_the_customers_own_thread_is_told_there(tmp_path: Path) -> None:
    with Office(f"sqlite:///{tmp_path}/casebot.db", tmp_path) as office:
        root = opened(office)
        office.slack.people.post("sam", "acme", "!reply It was a filter.\n!close", thread_ts=root)
        over(office)
        assert len(below(office, "It was a filter.")) == 1
        assert len(below(office, "closed")) == 1

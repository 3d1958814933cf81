"""Stories of turns: who gets the next case, who is away, and that nobody is asked twice."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli.main import casebot
from bot.commands.absence import Away, Back
from bot.commands.browse import Queue
from bot.commands.case import Open, Reply
from bot.commands.people import Assign, Take
from bot.commands.triage import Accept
from bot.config.errors import ConfigMistakes
from bot.model.identity import Proof
from bot.queries.card import CardOf
from bot.queries.staff import ListStaff
from channels.slack.views.card import card
from tests.support.houses.desk import TestDesk, config_for, done, refused
from tests.support.houses.slack_house import words_of

ANA, SAM, MAX, EVE = "ana@acme.example", "sam@desk.example", "max@desk.example", "eve@desk.example"
COUNT = itertools.count(1)
TUESDAY = datetime(2026, 12, 1, 10, tzinfo=UTC)
TURNS = """
[[staff]]
name = "Eve Early"
mail = "eve@desk.example"
calendar = "early"
[[calendar]]
name = "early"
[calendar.hours]
monday = ["06:00-12:00"]
tuesday = ["06:00-12:00"]
wednesday = []
thursday = []
friday = []
[[turns]]
name = "billing"
people = ["max@desk.example"]
types = ["Billing"]
[[turns]]
name = "all others"
people = ["sam@desk.example", "max@desk.example", "eve@desk.example"]
by = "{by}"
channels = ["email"]
"""


@pytest.fixture
def by() -> str:
    return "round robin"


@pytest.fixture
def turns(url: str, tmp_path: Path, by: str) -> Iterator[TestDesk]:
    with TestDesk(url, tmp_path, more=TURNS.format(by=by)) as desk:
        desk.at(TUESDAY)
        yield desk


def opened(desk: TestDesk, **fields: str) -> str:
    """The first name of whoever got the next case, or empty."""
    number = desk.ask(ANA, Open("No delivery", f"It stopped, as in {next(COUNT)} others.", **fields)).case
    assert number
    return desk.case(number).line.owner.partition(" ")[0]


def test_new_cases_go_round_and_their_owner_alone_is_told_story(turns: TestDesk) -> None:
    assert [opened(turns) for _ in range(4)] == ["Sam", "Max", "Eve", "Sam"]
    turns.mails()
    assert opened(turns) == "Max"
    assert [MAX in str(mail["To"]) for mail in turns.mails() if ANA not in str(mail["To"])] == [True]
    assert turns.case(1).line.state == "new"
    assert turns.history(1) == ["opened", "turn given"]
    turns.ask(SAM, Reply(1, "I look at it."))
    assert turns.case(1).line.state == "open"


def test_the_first_rule_that_fits_counts_and_has_an_order_of_its_own(turns: TestDesk) -> None:
    assert [opened(turns, type="Billing"), opened(turns), opened(turns, type="Billing")] == [
        "Max",
        "Sam",
        "Max",
    ]
    assert opened(turns) == "Max"


def test_the_order_survives_a_restart(url: str, tmp_path: Path) -> None:
    more = TURNS.format(by="round robin")
    with TestDesk(url, tmp_path, more=more) as desk:
        desk.at(TUESDAY)
        assert opened(desk) == "Sam"
    with TestDesk(url, tmp_path, more=more) as desk:
        desk.at(TUESDAY)
        assert desk.ask(ANA, Open("Another", "Words."), key="after the restart").case == 2
        assert desk.case(2).line.owner == "Max Manager"


@pytest.mark.parametrize("by", ["load"])
def test_by_load_whoever_has_the_fewest_cases_to_do_is_next_story(turns: TestDesk) -> None:
    assert [opened(turns) for _ in range(3)] == ["Sam", "Max", "Eve"]
    turns.ask(SAM, Assign(1, MAX))
    assert opened(turns) == "Sam"
    turns.ask(MAX, Take(3))
    assert opened(turns) == "Eve"
    assert opened(turns) == "Sam"  # one each, and Max three


def test_who_is_away_is_left_out_until_they_are_back_story(turns: TestDesk) -> None:
    assert "You are away until Thu 3 Dec 2026, 09:00 UTC" in done(turns.ask(SAM, Away("until Thursday")))
    assert [opened(turns), opened(turns), opened(turns)] == ["Max", "Eve", "Max"]
    (line,) = turns.ask(MAX, Queue()).answered
    assert line.text == "3 cases to do. Away: Sam Specialist (until Thu 3 Dec 2026, 09:00 UTC)."
    turns.at(TUESDAY + timedelta(days=2, hours=-2))
    assert opened(turns) == "Max"  # Eve works on Monday and Tuesday
    turns.at(TUESDAY + timedelta(days=2))
    assert opened(turns) == "Sam"
    done(turns.ask(SAM, Away()))
    assert "until you say: back" in done(turns.ask(SAM, Away()))
    assert opened(turns) == "Max"
    done(turns.ask(SAM, Back()))
    assert "not away" in refused(turns.ask(SAM, Back()))
    assert opened(turns) == "Sam"


def test_outside_of_their_working_hours_somebody_gets_no_case(turns: TestDesk) -> None:
    turns.at(TUESDAY.replace(hour=12))
    assert [opened(turns) for _ in range(3)] == ["Sam", "Max", "Sam"]


def test_where_nobody_is_there_the_case_is_nobodys_and_its_card_says_so_story(turns: TestDesk) -> None:
    turns.ask(MAX, Away("2 days"))
    turns.mails()
    assert opened(turns, type="Billing") == ""
    assert turns.history(1) == ["opened", "nobody there"]
    assert len({str(mail["To"]) for mail in turns.mails()}) == 4  # Ana, and all of the desk
    view = turns.desk.ask(CardOf(1))
    assert view
    assert "nobody yet (nobody was there whose turn it could be)*" in words_of(card(view)[1])
    turns.ask(SAM, Take(1))
    view = turns.desk.ask(CardOf(1))
    assert view
    assert "nobody was there" not in words_of(card(view)[1])


def test_a_held_case_is_given_when_it_is_accepted(turns: TestDesk) -> None:
    turns.ask("eve@stranger.example", Open("Hello", "Words."), proof=Proof.UNPROVEN)
    assert turns.case(1).line.owner == ""
    done(turns.ask(MAX, Accept(1)))
    assert turns.case(1).line.owner == "Sam Specialist"


def test_old_mail_is_nobodys(turns: TestDesk) -> None:
    turns.ask(ANA, Open("Old", "Words."), quiet=True)
    assert turns.case(1).line.owner == ""


def test_two_processes_go_round_together_and_give_no_case_twice(url: str, tmp_path: Path) -> None:
    """Twenty cases, opened at two desks at once, are ten each for two specialists."""
    more = TURNS.format(by="round robin").replace(', "eve@desk.example"]', "]")
    with ExitStack() as stack:
        desks = []
        for name in ("one", "two"):
            (tmp_path / name).mkdir()
            desks.append(stack.enter_context(TestDesk(url, tmp_path / name, more=more)))
        for desk in desks:
            desk.at(TUESDAY)

        desks[0].ask(SAM, Open("Who Ana is", "They are known."))
        desks[0].ask(ANA, Open("The first", "Words."))

        def open_ten(desk: TestDesk, name: str) -> None:
            for number in range(10):
                desk.ask(ANA, Open("No delivery", "It stopped."), key=f"{name} {number}")

        threads = [
            threading.Thread(target=open_ten, args=pair) for pair in zip(desks, ("one", "two"), strict=True)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        owners = [desks[0].case(number).line.owner for number in range(3, 23)]
        assert sorted(owners) == ["Max Manager"] * 10 + ["Sam Specialist"] * 10
        assert all(desks[0].history(number).count("turn given") == 1 for number in range(3, 23))


def test_the_command_line_shows_who_is_away(turns: TestDesk, tmp_path: Path) -> None:
    turns.ask(SAM, Away())
    opened(turns)
    (line,) = [line for line in turns.desk.ask(ListStaff(TUESDAY)) if line.mail == SAM]
    assert (line.away, line.away_until, line.to_do) == (True, None, 0)
    shown = CliRunner().invoke(casebot, ["--config", str(tmp_path / "config.toml"), "people", "staff"]).output
    assert "until they are back" in shown
    assert "Max Manager" in shown


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ('people = ["x@desk.example"]', "turns[1].people: x@desk.example is nobody in [[staff]]"),
        ('people = ["sam@desk.example"]\ntypes = ["Nope"]', "turns[1].types: Nope is not in lists.types"),
        (
            'people = ["sam@desk.example"]\nchannels = ["mail"]',
            "turns[1].channels: mail is no place, and none of",
        ),
        ("people = []", "turns[1].people"),
        ('people = ["sam@desk.example"]\nby = "luck"', "turns[1].by: must be one of"),
        (
            'people = ["sam@desk.example"]\n[[turns]]\npeople = ["sam@desk.example"]',
            "turns.name: turns is there twice",
        ),
        (
            'people = ["sam@desk.example"]\n[[staff]]\nname = "X"\nmail = "x@x.example"\ncalendar = "no"',
            "staff[3].calendar: no is not in [[calendar]]",
        ),
    ],
)
def test_mistakes_in_the_config_are_named(tmp_path: Path, wrong: str, says: str) -> None:
    with pytest.raises(ConfigMistakes) as refusal:
        config_for("sqlite:///x.db", tmp_path, f"\n[[turns]]\n{wrong}\n")
    assert any(says in mistake for mistake in refusal.value.mistakes), refusal.value.mistakes

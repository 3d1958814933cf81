"""Stories of an incident: the customers of many cases are told the same, each once, in their own thread."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli.main import casebot
from bot.commands.attention import Snooze
from bot.commands.broadcast import PlanBroadcast, SendBroadcast
from bot.commands.case import Close, Open
from bot.commands.people import AddPerson
from bot.commands.triage import Merge
from bot.commands.work import AskFor
from bot.model.identity import Proof
from bot.queries.broadcasts import BroadcastPreview, ListBroadcasts, PlannedBy
from tests.support.houses.desk import CONFIG, TestDesk, done, refused, text_of

ANA, TOM, BEA, SAM, MAX = (
    "ana@acme.example", "tom@acme.example", "bea@beta.example", "sam@desk.example", "max@desk.example",
)  # fmt: skip
WORDS = "Hello {{ first_name }}, deals deliver again since ten ({{ case }})."


@pytest.fixture
def desk(url: str, tmp_path: Path) -> Iterator[TestDesk]:
    with TestDesk(url, tmp_path) as standing:
        standing.ask(
            ANA, Open("No delivery", "It stopped.", type="Delivery", ids=("Deal ID 5",)), language="en"
        )
        standing.ask(
            BEA, Open("Nichts geht", "Seit zehn.", type="Delivery", ids=("Deal ID 6",)), language="de"
        )
        standing.ask(TOM, Open("An invoice", "It is missing.", type="Billing"))
        standing.ask("eve@stranger.example", Open("Held", "Words.", type="Delivery"), proof=Proof.UNPROVEN)
        standing.mails()
        yield standing


def planned(desk: TestDesk, who: str = MAX) -> BroadcastPreview:
    preview = desk.desk.ask(PlannedBy(desk.app.config, "email", who))
    assert preview
    return preview


def passed(desk: TestDesk) -> None:
    desk.at(desk.desk.now() + timedelta(seconds=1))


def test_one_confirmation_tells_the_customers_of_all_cases_that_fit_each_on_their_own_story(
    desk: TestDesk,
) -> None:
    done(desk.ask(ANA, AddPerson(1, TOM)))
    desk.mails()
    assert "2 cases would be told" in done(desk.ask(MAX, PlanBroadcast(WORDS, types=("Delivery",))))
    preview = planned(desk)
    assert preview.numbers == ("CS-000001", "CS-000002")
    assert (preview.people, preview.fits) == (3, True)
    assert preview.example == "Hello Ana, deals deliver again since ten (CS-000001)."
    assert desk.mails() == []
    assert "customers of 2 cases" in done(desk.ask(MAX, SendBroadcast(preview.id)))
    passed(desk)
    (to_ana,), (to_tom,), (to_bea,) = desk.mails(ANA), desk.mails(TOM), desk.mails(BEA)
    assert "Hello Ana, deals deliver again since ten (CS-000001)." in text_of(to_ana)
    assert "CS-000001" in to_tom["Subject"]
    assert "Hello Bea" in text_of(to_bea)
    assert "CS-000002" in to_bea["Subject"]
    assert not to_ana["Auto-Submitted"]
    assert "Anfrage" in text_of(to_bea)  # all around the words is German
    (report,) = desk.mails(MAX)
    assert "3 messages went out, on 2 cases. On CS-000001 it reads:" in text_of(report)
    assert "Hello Ana, deals deliver again since ten (CS-000001)." in text_of(report)
    assert desk.mails() == []
    assert [entry.text for entry in desk.case(2).entries][1:] == [
        "Hello Bea, deals deliver again since ten (CS-000002)."
    ]
    assert desk.case(1).line.owner == ""  # nobody has taken it by that
    assert desk.history(1).count("broadcast") == 1


def test_a_second_click_and_a_second_confirmation_send_nothing_twice_story(desk: TestDesk) -> None:
    desk.ask(MAX, PlanBroadcast("It is mended.", types=("Delivery",)), key="plan")
    desk.ask(MAX, PlanBroadcast("It is mended.", types=("Delivery",)), key="plan")
    number = planned(desk).id
    assert desk.ask(MAX, SendBroadcast(number), key="click").repeated is False
    assert desk.ask(MAX, SendBroadcast(number), key="click").repeated
    assert "sent already" in done(desk.ask(MAX, SendBroadcast(number)))
    passed(desk)
    passed(desk)
    assert len(desk.mails(ANA)) == len(desk.mails(BEA)) == 1
    assert len(desk.desk.ask(ListBroadcasts())) == 1


def test_what_changed_after_the_preview_is_not_told_and_the_report_says_why_story(desk: TestDesk) -> None:
    desk.ask(ANA, Open("The same", "Again."))
    desk.ask(MAX, PlanBroadcast("It is mended.", types=("Delivery", "Billing"), numbers=(5,)))
    assert refused(desk.ask(MAX, PlanBroadcast("x", types=("Delivery",), ids=("7",))))
    number = planned(desk).id
    desk.ask(MAX, Close(3, "not_ours"))
    desk.ask(MAX, Merge(5, into=1))
    desk.mails()
    desk.ask(MAX, SendBroadcast(number))
    passed(desk)
    assert len(desk.mails(ANA)) == 1
    assert desk.mails(TOM) == []
    report = " ".join(text_of(desk.mails(MAX)[-1]).split())
    assert "CS-000003: it is closed by now" in report
    assert "CS-000005: it is a part of CS-000001 now, which is told itself" in report


@pytest.mark.parametrize(
    ("filters", "numbers"),
    [
        ({"types": ("Delivery",)}, (1, 2)),
        ({"accounts": ("Acme",)}, (1, 3)),
        ({"types": ("Delivery",), "accounts": ("Acme",)}, (1,)),
        ({"ids": ("6",)}, (2,)),
        ({"ids": ("deal id 5",), "numbers": (3,)}, (1, 3)),
        ({"states": ("waiting",)}, (3,)),
        ({"states": ("new", "open", "waiting")}, (1, 2, 3)),
    ],
)
def test_cases_are_chosen_by_filters_and_by_numbers(
    desk: TestDesk, filters: dict[str, tuple[str, ...]], numbers: tuple[int, ...]
) -> None:
    desk.ask(SAM, AskFor(3, "Which one?"), Snooze(3, "1 week"))
    done(desk.ask(MAX, PlanBroadcast("It is mended.", **filters)))  # type: ignore[arg-type]
    assert planned(desk).numbers == tuple(f"CS-{number:06d}" for number in numbers)


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (PlanBroadcast("Words."), "Choose at least one"),
        (PlanBroadcast("", types=("Delivery",)), "Please write"),
        (PlanBroadcast("Dear {{ custmer }}", types=("Delivery",)), "is no placeholder"),
        (PlanBroadcast("x" * 2501, types=("Delivery",)), "longer than"),
        (PlanBroadcast("Words.", accounts=("Nobody",)), "no account “Nobody”"),
        (PlanBroadcast("Words.", numbers=(4,)), "CS-000004 is held"),
        (PlanBroadcast("Words.", numbers=(99,)), "CS-000099 is no case"),
        (PlanBroadcast("Words.", types=("API",)), "No open case fits"),
        (SendBroadcast(99), "no such broadcast"),
    ],
)
def test_what_cannot_be_sent_is_refused_and_nothing_is_told(
    desk: TestDesk, command: PlanBroadcast | SendBroadcast, says: str
) -> None:
    assert says in refused(desk.ask(MAX, command))
    passed(desk)
    assert desk.mails(ANA) == []


def test_only_managers_broadcast_unless_the_config_says_otherwise(url: str, tmp_path: Path) -> None:
    with TestDesk(url, tmp_path) as desk:
        desk.ask(ANA, Open("No delivery", "It stopped."))
        assert "Only managers" in refused(desk.ask(SAM, PlanBroadcast("Words.", numbers=(1,))))
        desk.ask(MAX, PlanBroadcast("Words.", numbers=(1,)))
        assert "Only managers" in refused(desk.ask(SAM, SendBroadcast(planned(desk).id)))
    config = CONFIG.replace("[email]", 'broadcast = "specialists"\n[email]')
    with TestDesk(url, tmp_path, config=config) as desk:
        done(desk.ask(SAM, PlanBroadcast("Words.", numbers=(1,)), key="after"))
        assert "no such broadcast of yours" in refused(
            desk.ask(MAX, SendBroadcast(planned(desk, SAM).id), key="max")
        )


def test_a_value_that_one_case_lacks_leaves_out_that_case_alone(desk: TestDesk) -> None:
    desk.ask(MAX, PlanBroadcast("About {{ ids }}.", numbers=(1, 3)))
    desk.ask(MAX, SendBroadcast(planned(desk).id))
    passed(desk)
    assert "About Deal ID 5." in text_of(desk.mails(ANA)[0])
    assert desk.mails(TOM) == []
    assert "CS-000003: Nothing was sent: this reply names" in " ".join(text_of(desk.mails(MAX)[0]).split())


def test_the_command_line_shows_what_it_would_send_and_asks_once_story(
    desk: TestDesk, tmp_path: Path
) -> None:
    def run(*words: str, typed: str = "") -> str:
        arguments = ["--config", str(tmp_path / "config.toml"), "broadcast", *words]
        return CliRunner().invoke(casebot, arguments, input=typed).output

    shown = run("send", WORDS, "--type", "Delivery", "--case", "3", typed="n\n")
    assert "Cases: 3 (CS-000001, CS-000002, CS-000003)\nPeople: 3" in shown
    assert "  Hello Ana, deals deliver again since ten (CS-000001)." in shown
    assert "Nothing was sent." in shown
    sent = run("send", WORDS, "--type", "Delivery", "--case", "3", "--yes")
    assert "is on its way to the customers of 3 cases" in sent
    assert "3 waiting" in run("list")
    passed(desk)
    (view,) = desk.desk.ask(ListBroadcasts())
    assert "told" in run("show", str(view.id))
    assert [line.outcome for line in view.lines] == ["told"] * 3
    assert "There is no account" in run("send", "Words.", "--account", "Nobody")
    assert "no case number" in run("send", "Words.", "--case", "x")


@pytest.mark.slow
def test_a_thousand_cases_hold_no_transaction_for_long(tmp_path: Path) -> None:
    """The confirmation is quick, each case is told in a transaction of its own, and a restart in between goes on."""
    url = f"sqlite:///{tmp_path}/many.db"
    with TestDesk(url, tmp_path) as desk:
        for number in range(1000):
            desk.ask(ANA, Open(f"Case {number}", "Words.", type="Delivery"), quiet=True)
        desk.ask(MAX, PlanBroadcast("It is mended.", types=("Delivery",)))
        began = time.monotonic()
        desk.ask(MAX, SendBroadcast(planned(desk).id))
        print(f"confirmed in {time.monotonic() - began:.3f} s")
        later = desk.desk.now() + timedelta(seconds=1)
        desk.desk.clock.read = lambda: later
        assert desk.app.clock.tick() == 20
    with TestDesk(url, tmp_path) as desk:
        passed(desk)
        (view,) = desk.desk.ask(ListBroadcasts())
        assert [line.outcome for line in view.lines] == ["told"] * 1000
        assert view.done_at
    with closing(sqlite3.connect(tmp_path / "many.db")) as connection:
        told = connection.execute(
            "SELECT count(*), count(DISTINCT case_id) FROM outgoing WHERE notice = 'answer'"
        )
        assert told.fetchone() == (1000, 1000)

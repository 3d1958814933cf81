"""The brakes: machines that answer each other fall silent, floods cost nobody's mailbox, and people are heard."""

from __future__ import annotations

import itertools
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.commands.browse import Show
from bot.commands.case import Close, Open, Reopen, Reply
from bot.commands.people import AddPerson
from bot.model.message import Said
from bot.queries.lists import ListOutbox
from store.people import rate_limit
from tests.support.houses.desk import CONFIG, TestDesk, text_of
from tests.support.houses.house import House, words
from tests.support.houses.responder import ANA, DESK, Responder
from tests.support.mail.sender import Sender

MAX = "max@desk.example"
ADDRESS, BOB, SAM = "ana@acme.example", "bob@acme.example", "sam@desk.example"
FEW = "\n[limits]\nmails_per_case = [2, 4]\nmails_per_person = [3, 5]\nmails_per_domain = [4, 100]\n"


def opens(desk: TestDesk, number: int = 0, who: str = ADDRESS) -> None:
    desk.ask(who, Open(f"Question {number}", f"What is {number}?"))


# two machines


@pytest.mark.parametrize("threads", [True, False])
def test_a_machine_that_says_so_is_answered_once(url: str, tmp_path: Path, threads: bool) -> None:
    with Responder(url, tmp_path, honest=True, threads=threads) as machine:
        machine.house.send(ANA, DESK, "No delivery", "It stopped.")
        assert len(machine.got()) == 1


def test_a_machine_that_hides_and_answers_in_the_thread_is_answered_once(url: str, tmp_path: Path) -> None:
    with Responder(url, tmp_path, threads=True) as machine:
        machine.house.send(ANA, DESK, "No delivery", "It stopped.")
        assert len(machine.got()) == 1
        assert machine.house.history() == ["opened", "replied"]


def test_a_machine_that_hides_and_begins_anew_gets_two_mails_and_the_desk_hears_why(
    url: str, tmp_path: Path
) -> None:
    with Responder(url, tmp_path) as machine:
        machine.house.send(ANA, DESK, "No delivery", "It stopped.")
        assert len(machine.got()) == 2
        assert machine.house.cases() == ["CS-000001", "CS-000002", "CS-000003"]
        (event,) = (event for event in machine.house.case(3).history if event.name == "not told")
        assert "a machine seems to answer our machine" in event.detail
        told = [words(mail) for mail in machine.got("sam@desk.example")]
        assert sum("a machine seems to answer our machine" in one for one in told) == 1


def test_a_machine_that_never_says_the_same_twice_stops_within_the_budget(url: str, tmp_path: Path) -> None:
    with Responder(url, tmp_path, varies=True, more=FEW) as machine:
        machine.house.send(ANA, DESK, "No delivery", "It stopped.")
        assert len(machine.got()) == 3
        assert machine.house.history(4) == ["opened", "not told"]


def test_two_customers_machines_on_one_case_fall_silent_too(desk: TestDesk) -> None:
    opens(desk)
    desk.ask(BOB, Open("Mine", "A case of my own."))
    desk.ask(SAM, AddPerson(1, BOB))
    desk.mails()
    for _ in range(4):  # each answers what it is told of the other
        for who in (ADDRESS, BOB):
            said(desk, who, Reply(1, f"{who} is away."))
    assert len(desk.mails(ADDRESS)) == 1
    assert len(desk.mails(BOB)) == 2
    assert desk.history().count("not told") == 5


# a person among the machines


def silenced(desk: TestDesk) -> None:
    """The machine at Ana's address has answered our confirmations in the same words twice."""
    opens(desk)
    for _ in range(3):
        said(desk, ADDRESS, Open("Away", "I am away."))
    assert len(desk.mails(ADDRESS)) == 2


def test_whoever_says_something_else_is_a_person_and_is_told_again(desk: TestDesk) -> None:
    silenced(desk)
    said(desk, ADDRESS, Open("Away", "I am away."))
    assert not desk.mails(ADDRESS)
    said(desk, ADDRESS, Open("Back", "I am back. Is it mended?"))
    assert len(desk.mails(ADDRESS)) == 1


def test_a_specialists_answer_arrives_and_lets_the_desk_speak_again(desk: TestDesk) -> None:
    silenced(desk)
    desk.ask(SAM, Reply(4, "Welcome back."))
    (answer,) = desk.mails(ADDRESS)
    assert "Welcome back." in text_of(answer)
    said(desk, ADDRESS, Open("Away", "I am away."))
    assert len(desk.mails(ADDRESS)) == 1


def test_the_desk_alone_reads_in_the_history_what_was_not_told(desk: TestDesk) -> None:
    silenced(desk)
    said(desk, ADDRESS, Open("Away", "I am away."))
    assert "not told" in desk.history(5)
    desk.ask(SAM, Reply(5, "Welcome back."))
    desk.mails()
    desk.ask(ADDRESS, Show(5), explicit=True)
    (shown,) = desk.mails(ADDRESS)
    assert "opened" in text_of(shown)
    assert "not told" not in text_of(shown)


def test_what_a_specialist_says_along_with_a_command_arrives_too(desk: TestDesk) -> None:
    silenced(desk)
    desk.ask(SAM, Close(4, "no_longer", "We mended it another way."))
    (closed,) = desk.mails(ADDRESS)
    assert "We mended it another way." in text_of(closed)


def test_who_asks_the_same_twice_without_being_told_anything_is_no_machine(desk: TestDesk) -> None:
    opens(desk)
    for _ in range(5):
        said(desk, ADDRESS, Reply(1, "Is there any news?"))
    desk.ask(SAM, Close(1, "resolved"))
    assert len(desk.mails(ADDRESS)) == 2


def test_who_looks_at_their_case_again_and_again_is_no_machine(desk: TestDesk) -> None:
    opens(desk)
    desk.ask(BOB, Open("Mine", "A case of my own."))
    desk.ask(SAM, AddPerson(1, BOB))
    for _ in range(3):
        looked = Said("#show", message_id=f"<{next(_numbers)}@said.example>")
        desk.ask(ADDRESS, Show(1), explicit=True, said=looked)
    desk.mails()
    said(desk, BOB, Reply(1, "It is the same with mine."))
    (told,) = desk.mails(ADDRESS)
    assert "It is the same with mine." in text_of(told)


def test_a_question_that_comes_every_month_is_no_machines(desk: TestDesk) -> None:
    for month in range(4):
        at = datetime.now(UTC) + timedelta(days=30 * month)
        desk.at(at)
        said(desk, ADDRESS, Open("Password", "Please reset my password."))
        assert desk.mails(ADDRESS)


# budgets


def test_a_case_tells_one_person_so_much_an_hour_and_history_has_the_rest(url: str, tmp_path: Path) -> None:
    with TestDesk(url, tmp_path, more=FEW) as desk:
        opens(desk)
        for _ in range(2):
            desk.ask(SAM, Close(1, "resolved"))
            desk.ask(SAM, Reopen(1))
        assert len(desk.mails(ADDRESS)) == 3
        assert desk.history().count("not told") == 2
        assert sum("was not told" in text_of(mail) for mail in desk.mails(MAX)) == 1


def test_answers_to_commands_count_too_and_the_desk_is_not_told_of_them(url: str, tmp_path: Path) -> None:
    with TestDesk(url, tmp_path, more="\n[limits]\nmails_per_case = [3, 4]\n") as desk:
        opens(desk)
        desk.mails()
        for _ in range(60):
            desk.ask(ADDRESS, Show(1), explicit=True)
        assert len(desk.mails(ADDRESS)) == 3
        assert desk.mails() == []
        assert "not told" in desk.history()


def test_budgets_fill_again_with_time(url: str, tmp_path: Path) -> None:
    with TestDesk(url, tmp_path, more=FEW) as desk:
        now = datetime.now(UTC)
        got = []
        for hours in (0, 0, 0, 0, 0.5, 0.5, 3, 3, 3, 3, 40, 40, 40, 40):
            desk.at(now + timedelta(hours=hours))
            opens(desk, len(got))
            got.append(len([mail for mail in desk.mails(ADDRESS) if mail["Auto-Submitted"]]))
        assert got == [1, 1, 1, 0, 1, 0, 1, 0, 0, 0, 1, 1, 1, 0]


def test_a_domain_has_a_budget_and_the_next_domain_its_own(url: str, tmp_path: Path) -> None:
    with TestDesk(url, tmp_path, more=FEW) as desk:
        for number in range(6):
            opens(desk, number, f"p{number}@flood.example")
        opens(desk, 6)
        assert [len(desk.mails(f"p{n}@flood.example")) for n in range(6)] == [1, 1, 1, 1, 0, 0]
        assert len(desk.mails(ADDRESS)) == 1
        assert "one domain" in desk.case(6).history[-1].detail


def test_what_specialists_write_has_no_budget_and_they_are_told_more(url: str, tmp_path: Path) -> None:
    with TestDesk(url, tmp_path, more=FEW) as desk:
        opens(desk)
        desk.mails()
        for number in range(12):
            desk.ask(SAM, Reply(1, f"Answer {number}."))
            desk.ask(ADDRESS, Reply(1, f"Question {number}?"))
        assert len(desk.mails(ADDRESS)) == 12
        assert len(desk.mails(SAM)) == 12


def test_budgets_are_shared_by_processes_and_outlive_them(url: str, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with TestDesk(url, tmp_path, more=FEW) as desk:
        opens(desk, 1)
        with TestDesk(url, tmp_path / "other", more=FEW) as other:
            other.ask(ADDRESS, Open("Two", "Two."), key="other")
            opens(desk, 3)
    with TestDesk(url, tmp_path, more=FEW) as again:
        again.ask(ADDRESS, Open("Four", "Four."), key="again")
        assert again.mails(ADDRESS) == []
        assert again.history(4) == ["opened", "not told"]


def test_two_processes_that_draw_at_once_are_both_counted(url: str, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with TestDesk(url, tmp_path) as desk, TestDesk(url, tmp_path / "other") as other:
        threads = [
            threading.Thread(target=draws, args=(one, name)) for name, one in (("a", desk), ("b", other))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        key = rate_limit.key("person", f"email {ADDRESS}")
        with desk.app.database.reading() as tx:
            (known,) = rate_limit.read(tx, [key])
        left = known.hour / 1000 - time.time()
        assert 18 / 60 * 3600 - 60 < left <= 18 / 60 * 3600


def draws(desk: TestDesk, name: str) -> None:
    for number in range(9):
        desk.ask(ADDRESS, Open(f"{name}{number}", f"{name} {number}"), key=f"{name}{number}")


def test_what_is_full_again_is_forgotten_in_the_end(desk: TestDesk) -> None:
    opens(desk)
    counted = select(func.count()).select_from(rate_limit.budget)
    for days, left in ((0.5, 2), (3, 0)):
        now = int((time.time() + days * 86400) * 1000)
        with desk.app.database.writing() as tx:
            for part in range(rate_limit.SLICES):
                rate_limit.forget(tx, part, now=now, since=now - 86_400_000)
            assert tx.value(counted) == left


# floods


def test_hundreds_of_forged_senders_cause_nothing_and_as_many_real_ones_a_confirmation_each(
    url: str, tmp_path: Path
) -> None:
    with House(url, tmp_path, config=CONFIG_WITHOUT_STAFF) as house:
        flood(
            house,
            "forged",
            "Received: from evil.example by relay.example; Thu, 5 Nov 2026 10:00:00 +0000\r\n",
        )
        flood(house, "real", "")
        house.settled()
        told = [line.recipient for line in house.ask(ListOutbox(limit=2 * MANY))]
        assert len(told) == len(set(told)) == MANY
        assert all("real" in one for one in told)


MANY = 200
CONFIG_WITHOUT_STAFF = CONFIG[: CONFIG.index("[[staff]]")] + CONFIG[CONFIG.index("[[account]]") :]


def flood(house: House, kind: str, received: str) -> None:
    """So many senders of ten domains, over ten connections."""

    def send(domain: int) -> None:
        with Sender(house.port) as client:
            for number in range(MANY // 10):
                sender = f"p{number}@{kind}{domain}.example"
                mail = f"{received}From: {sender}\r\nTo: {DESK}\r\nMessage-ID: <{number}@{kind}{domain}>\r\n"
                raw = f"{mail}Subject: {number}\r\n\r\nThis is {number}.\r\n".encode()
                assert client.send(raw, sender, DESK)[0] == 250

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(send, range(10)))


def said(desk: TestDesk, who: str, command: Reply | Open) -> None:
    """As a mail says it: with its words beside the command."""
    desk.ask(who, command, said=Said(command.text, message_id=f"<{next(_numbers)}@said.example>"))


_numbers = itertools.count(1)

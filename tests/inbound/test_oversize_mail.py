"""Mail in an IMAP mailbox that is too large to be fetched: the desk hears of each once, and of nothing else."""

from __future__ import annotations

from email.header import Header
from pathlib import Path

import pytest

from bot.queries.lists import ListOutbox
from tests.support.houses.dovecot import MAILBOX, USER, Dovecot, new_folder
from tests.support.houses.house import House, until, words
from tests.support.houses.office import Office, said
from tests.support.setup.fixtures import open_per_test

pytestmark = pytest.mark.slow

server = open_per_test(lambda: Dovecot(new_folder()))


def large(subject: str, sender: str = "Ana <ana@acme.example>") -> bytes:
    head = f"From: {sender}\r\nTo: {USER}\r\nSubject: {subject}\r\n\r\n"
    return head.encode() + b"a long log\r\n" * 3000


def house(url: str, folder: Path, server: Dovecot) -> House:
    folder.mkdir(exist_ok=True)
    return House(url, folder, more=MAILBOX.format(port=server.port), max_size=20_000)


def told(one: House) -> int:
    return sum(line.notice == "mail too large" for line in one.ask(ListOutbox(limit=1000)))


def test_everybody_of_a_desk_without_boards_hears_who_wrote_and_what_to_do(
    url: str, tmp_path: Path, server: Dovecot
) -> None:
    server.deliver(large(Header("Größe <b>", "utf-8").encode()))
    with house(url, tmp_path, server) as one:
        (mail,) = one.mails("sam@")
        assert mail["Subject"] == f"Mail to {USER} is too large to be taken in"
        text = words(mail)
        assert "Ana <ana@acme.example>: Größe <b> (36 kB)" in text
        assert "larger than 20 kB" in text
        assert "max_size" in text
        assert one.mails("max@")
        assert not one.cases()
        assert one.nothing("ana@")
    assert server.count() == 1


def test_a_desk_with_a_board_hears_it_there(url: str, tmp_path: Path, server: Dovecot) -> None:
    server.deliver(large("The log", "nobody"), large("*Another* <!channel>"))
    with Office(url, tmp_path, more=MAILBOX.format(port=server.port), max_size=20_000) as office:
        assert until(lambda: office.messages("triage"))
        office.drained()
        (message,) = office.messages("triage")
        assert "from an unreadable address: The log" in said(message)
        assert "<!channel>" not in str(message)
        assert office.nothing("@")


def test_it_is_told_once_whoever_starts_anew_and_however_many_attend(
    url: str, tmp_path: Path, server: Dovecot
) -> None:
    server.deliver(large("The log"))
    with house(url, tmp_path / "one", server) as one, house(url, tmp_path / "other", server) as other:
        assert until(lambda: told(one))
        assert until(lambda: any(room.oversize.all for each in (one, other) for room in _mailboxes(each)))
        everybody = told(one)
    for days in (0, 2):
        again = house(url, tmp_path / "one", server)
        again.pass_time(days=days)
        with again:
            assert until(lambda: all(room.oversize.all for room in _mailboxes(again)))  # noqa: B023 - asked within the turn
            server.deliver(b"From: ana@acme.example\r\n\r\nSmall.")
            assert until(lambda: server.count() == 1)
            again.settled()
            assert told(again) == everybody
            if days:
                server.deliver(large("Another"))
                assert until(lambda: told(again) == 2 * everybody)  # noqa: B023 - asked within the turn


def test_what_comes_within_the_hour_is_told_together_afterwards(
    url: str, tmp_path: Path, server: Dovecot
) -> None:
    server.deliver(large("The first"))
    with house(url, tmp_path, server) as one:
        assert until(lambda: told(one))
        one.mails("sam@")
        everybody = told(one)
        server.deliver(large("The second"), large("The third"))
        assert until(lambda: all(len(room.oversize.all) == 3 for room in _mailboxes(one)))
        one.settled()
        assert told(one) == everybody
        one.pass_time(hours=1.1)
        (mail,) = one.mails("sam@")
        assert "The second" in words(mail)
        assert "The third" in words(mail)
        assert "The first" not in words(mail)
        assert told(one) == 2 * everybody


def test_what_is_taken_away_or_fits_now_is_not_told(url: str, tmp_path: Path, server: Dovecot) -> None:
    server.deliver(large("The log"))
    with House(url, tmp_path, more=MAILBOX.format(port=server.port), max_size=50_000) as one:
        assert one.case()
        one.settled()
        assert told(one) == 0
        assert server.count() == 0


def _mailboxes(one: House) -> list[object]:
    return [worker for worker in one.app.channels["email"].workers if worker.name.startswith("imap")]

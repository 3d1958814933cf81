"""Roles: doors, desk and couriers are processes of their own, on one store, and wake each other."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select
from structlog.testing import capture_logs

from bot.app import open_app
from bot.cli.main import casebot
from bot.commands.case import Reply
from bot.model.identity import OPERATOR, Proof
from bot.model.request import Request
from bot.workers import lease_renewal
from store.queues.inbox import inbox
from store.queues.outbox import outgoing
from tests.support.houses.house import House, until
from tests.support.setup.postgres import Server

ANA, DESK = "Ana <ana@acme.example>", "support@example.com"
BACKLOG = "\n[limits]\nbacklog = 3\n"
LISTENING = "FROM pg_stat_activity WHERE query LIKE 'LISTEN%%' AND datname = current_database()"


@contextmanager
def apart(url: str, folder: Path, *roles: str) -> Iterator[list[House]]:
    """A process for each of these; what is delivered stands in the folder of the last."""
    with ExitStack() as stack:
        yield [stack.enter_context(House(url, folder / only, only=only)) for only in roles]


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A round is an hour: whatever happens before is the work of an announcement."""
    monkeypatch.setattr(lease_renewal, "EVERY", 3600.0)


def listening(house: House) -> int:
    with house.app.database.engine.connect() as connection:
        return int(connection.exec_driver_sql(f"SELECT count(*) {LISTENING}").scalar_one())


def test_a_mail_goes_through_three_processes(url: str, tmp_path: Path) -> None:
    with apart(url, tmp_path, "smtp", "desk", "couriers") as (door, desk, couriers):
        door.send(ANA, DESK, "Printer", "It does not print.")
        (confirmation,) = couriers.mails("ana@acme.example")
        assert "Printer" in confirmation["Subject"]
        assert couriers.mails("sam@desk.example")
        assert desk.cases() == ["CS-000001"]


def test_on_postgresql_each_process_wakes_the_next(postgres: Server, tmp_path: Path, unhurried: None) -> None:
    with postgres.with_schema() as url, apart(url, tmp_path, "smtp", "desk", "couriers") as houses:
        door, desk, couriers = houses
        assert until(lambda: listening(desk) == 2)
        door.send(ANA, DESK, "Printer", "It does not print.")
        assert couriers.mails("ana@acme.example")
        with desk.app.database.reading() as tx:
            assert [row[0] for row in tx.rows(select(inbox.c.attempts))] == [1]
            assert {row[0] for row in tx.rows(select(outgoing.c.attempts))} == {1}


def test_a_command_wakes_the_couriers(postgres: Server, tmp_path: Path, unhurried: None) -> None:
    with postgres.with_schema() as url, House(url, tmp_path) as house:
        house.send(ANA, DESK, "Printer", "It does not print.")
        house.mails("sam@desk.example")
        with open_app(house.app.config) as command:
            words = (Reply(1, "Please look whether it is plugged in."),)
            command.desk.handle(Request("cli", "k1", OPERATOR, Proof.LINKED, words, house.app.now()))
        assert house.mails("ana@acme.example", count=2)


def test_who_has_lost_the_connection_listens_again(postgres: Server, tmp_path: Path, unhurried: None) -> None:
    with postgres.with_schema() as url, apart(url, tmp_path, "smtp", "desk,couriers") as (door, desk):
        assert until(lambda: listening(desk) == 1)
        with capture_logs() as lines:
            with desk.app.database.engine.connect() as connection:
                connection.exec_driver_sql(f"SELECT pg_terminate_backend(pid) {LISTENING}")
            assert until(lambda: [line for line in lines if line["event"].startswith("not listening")])
        door.send(ANA, DESK, "Printer", "It does not print.")
        assert desk.mails("ana@acme.example")


def test_a_door_without_a_desk_keeps_what_it_takes_until_there_is_one(url: str, tmp_path: Path) -> None:
    with House(url, tmp_path / "door", only="smtp") as door:
        door.send(ANA, DESK, "Printer", "It does not print.")
        assert [line.outcome for line in door.inbox()] == ["waiting"]
    with House(url, tmp_path / "desk", only="desk,couriers") as desk:
        assert desk.mails("ana@acme.example")


def test_a_door_whose_desk_is_behind_asks_senders_to_come_back(url: str, tmp_path: Path) -> None:
    with House(url, tmp_path, only="smtp", more=BACKLOG) as door:

        def refused() -> bool:
            try:
                door.send(ANA, DESK, "Printer", "It does not print.")
            except smtplib.SMTPResponseException as refusal:
                return refusal.smtp_code == 451
            return False

        assert until(refused)
        assert len(door.inbox()) >= 3


def test_a_role_that_there_is_not_is_named_with_those_there_are() -> None:
    said = CliRunner().invoke(casebot, ["run", "--only", "smtp,kitchen"])
    assert said.exit_code == 2
    assert "kitchen: there are smtp, imap, slack, web, desk, couriers." in " ".join(said.output.split())

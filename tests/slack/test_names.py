"""Names, and never the ids by which Slack knows somebody, wherever people read of each other."""

from __future__ import annotations

import re
import urllib.request
from pathlib import Path

from click.testing import CliRunner

from bot.cli.main import casebot
from tests.slack.test_customers import opened
from tests.support.houses.house import words
from tests.support.houses.office import Office, said
from tests.support.houses.slack_house import open_form, words_of
from tests.support.setup import databases

AN_ID = re.compile(r"\b[tu]0[a-z]{3,}\b|\b[TU]0[A-Z]{3,}\b")
ANA, DESK = "Ana <ana@acme.example>", "support@example.com"


def shown(folder: Path) -> str:
    """What ``casebot case show`` prints."""
    result = CliRunner().invoke(casebot, ["--config", str(folder / "config.toml"), "case", "show", "1"])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_who_is_not_told_yet_is_named_to_the_customer_and_to_the_desk(office: Office, tmp_path: Path) -> None:
    people = office.slack.people
    open_form(people, "ana", "general", "/case new Deal ID 12333: no delivery", text="Since this morning.")
    assert not people.submit("ana", "modal").errors
    people.choose("ana", "modal", "people", ["eve", "noa"])
    told = words_of(people.submit("ana", "modal").modal.body["blocks"])
    assert "The support team decides whether Eve Acme is added to CS-000001" in told
    below = said(office.in_thread("asks to add Eve Acme"))
    assert "/case add CS-000001 @somebody" in below
    for text in (told, below.replace("(Slack T0ACME/U0EVE)", ""), said(office.card())):
        assert not AN_ID.search(text.replace("<@U0SAM>", "")), text
    printed = shown(tmp_path)
    assert "Eve Acme" in printed
    assert "proposed      Eve Acme\n" in printed
    assert "who: Eve Acme" in printed
    assert not AN_ID.search(printed), printed


def test_a_command_is_called_as_the_config_calls_it(tmp_path: Path) -> None:
    with Office(databases.sqlite(tmp_path), tmp_path, more='command = "/acme"\n') as office:
        people = office.slack.people
        office.slack.workspace.app.commands = {"/acme"}
        people.slash("noa", "general", "/acme new Deal ID 12333: no delivery", wait=5)
        people.type_into("noa", "modal", "text", "Since this morning.")
        assert not people.submit("noa", "modal").errors
        people.choose("noa", "modal", "people", ["eve"])
        assert not people.submit("noa", "modal").errors
        below = said(office.in_thread("asks to add Eve Acme"))
        assert "/acme add CS-000001 @somebody" in below
        people.post("ana", "acme", "@case new Deal 4711 is down")
        office.card(2)
        seen = people.slash("sam", "triage", "/acme set CS-000002 requester: zoe@other.example", wait=5)
        assert "To let somebody in again: /acme add CS-000002 @somebody" in seen.text, seen
        talk = people.open_dm("noa").id
        everything = [*office.messages("triage"), *office.thread(), *office.thread(2), *office.messages(talk)]
        assert not [message for message in everything if "/case" in said(message)]


def test_while_slack_tells_no_name_the_one_that_came_with_the_form_is_used(office: Office) -> None:
    people = office.slack.people
    office.slack.workspace.faults.add("error", method="users.info", error="fatal_error")
    open_form(people, "ana", "general", "/case new Deal ID 12333: no delivery", text="Since this morning.")
    assert not people.submit("ana", "modal").errors
    assert [entry.author for entry in office.case().entries] == ["ana"]
    assert "ana: Deal ID 12333" in office.card().text


def test_who_takes_no_part_is_named_to_the_desk(office: Office, tmp_path: Path) -> None:
    people = office.slack.people
    told = opened(office, "ana", "acme")
    people.post("eve", "acme", "Me too.", thread_ts=told.ts)
    office.in_thread("Me too.")
    people.slash("sam", "triage", "/case remove CS-000001 @eve", wait=5)
    people.post("noa", "general", "hello")
    people.invite("ana", "acme", ["noa"])
    people.post("eve", "acme", "Again me.", thread_ts=told.ts)
    assert "Eve Acme was removed from this case" in said(office.in_thread("was removed from this case"))
    assert not AN_ID.search(shown(tmp_path))


def test_a_customer_by_mail_reads_the_names_of_those_in_slack(office: Office) -> None:
    office.send(ANA, DESK, "Deal ID 12333: no delivery", "It stopped.")
    office.mails("ana@")
    people = office.slack.people
    people.slash("sam", "triage", "/case add CS-000001 @eve", wait=5)
    people.slash("sam", "triage", "/case remove CS-000001 @eve", wait=5)
    people.post("sam", "triage", "!reply On it.", thread_ts=office.card().ts)
    (mail,) = office.mails("ana@")
    found = re.search(r"http://127\.0\.0\.1:\d+/case/\S+", words(mail))
    assert found, words(mail)
    with urllib.request.urlopen(found[0]) as page:
        html = page.read().decode()
    assert "Eve Acme" in html
    assert "u0eve" not in html

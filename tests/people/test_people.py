"""The people of customers: taken in from a file, on a database of either kind, and known from then on."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.commands.case import Open, Reply
from bot.commands.people import AddPerson
from bot.commands.triage import Accept
from bot.model.identity import Identity, Proof
from bot.model.message import Said
from bot.model.outcome import Outcome
from bot.model.request import Command, Request
from bot.people.importer import TOLD
from bot.people.queries import ContactView, ShowContact
from store.engine.database import Database
from store.engine.transaction import Transaction
from store.people import person
from tests.support.houses.console import in_an_empty_folder, run, said, told
from tests.support.houses.desk import TestDesk, done

__all__ = ["in_an_empty_folder"]

ANA = "mail,name,account,slack,phone\nana@acme.example,Ana Jones,Acme,T1A/U2B,+49 30 123456\n"
OPEN = Open("No delivery", "The deal has not delivered for 24 hours.")


def taken_in(text: str, *options: str) -> str:
    Path("people.csv").write_text(text, encoding="utf-8")
    return said("people", "import", "people.csv", *options)


def in_slack(desk: TestDesk, address: str, key: str, *commands: Command) -> Outcome:
    who = Identity("slack", address, "Somebody")
    return desk.desk.handle(
        Request("slack", key, who, Proof.LINKED, commands, datetime.now(UTC), mailbox="support@example.com")
    )


def contact(desk: TestDesk, address: str) -> ContactView:
    view = desk.desk.ask(ShowContact(address, desk.app.config.address_forms))
    assert view is not None
    found: ContactView = view
    return found


def test_a_file_is_taken_in_once_however_often_it_is_given(desk: TestDesk) -> None:
    assert "1 person would be new" in taken_in(ANA, "--dry-run")
    assert desk.desk.ask(ShowContact("ana@acme.example")) is None
    assert "1 person new" in taken_in(ANA)
    ana = contact(desk, "slack:T1A/U2B")
    assert (ana.line.name, ana.line.account, ana.line.phone) == ("Ana Jones", "Acme", "+49 30 123456")
    assert ana.line.addresses == ("ana@acme.example", "slack:T1A/U2B")
    assert "0 people new, 0 changed, 1 as before" in taken_in(ANA)
    assert "1 changed" in taken_in(ANA.replace("Jones", "Smith").replace(",+49 30 123456", ","))
    assert contact(desk, "ana@acme.example").line.name == "Ana Smith"
    assert contact(desk, "ana@acme.example").line.phone == "+49 30 123456", "an empty cell leaves it"


def test_who_is_known_by_import_may_be_added_by_a_colleague_and_is_acknowledged(desk: TestDesk) -> None:
    desk.ask("ana@acme.example", OPEN)
    taken_in("mail,company\ntom@acme.example,Acme\nli@acme.example,\n")
    done(desk.ask("ana@acme.example", AddPerson(1, "tom@acme.example")))
    done(desk.ask("ana@acme.example", AddPerson(1, "li@acme.example")))
    desk.mails()
    desk.ask("tom@acme.example", OPEN, proof=Proof.UNPROVEN)
    assert "We have your message" in desk.mails("tom@acme.example")[0]["Subject"]


def test_two_who_were_met_apart_turn_out_to_be_one_and_keep_their_cases(desk: TestDesk) -> None:
    desk.ask("ana@acme.example", OPEN)
    in_slack(desk, "T1A/U2B", "s1", OPEN)
    assert "1 person whom we met apart" in taken_in(ANA)
    assert {line.number for line in contact(desk, "ana@acme.example").cases} == {"CS-000001", "CS-000002"}
    done(in_slack(desk, "T1A/U2B", "s2", Reply(1, "And in Slack.")))
    done(desk.ask("ana@acme.example", Reply(2, "And by mail.")))
    assert "1 as before" in taken_in(ANA)


def test_a_row_that_would_make_two_people_one_is_a_mistake(desk: TestDesk) -> None:
    taken_in("mail,name,slack\nbob@acme.example,Bob,T1A/U2B\n")
    Path("people.csv").write_text(
        ANA + "sam@desk.example,Sam\n,,,,,\nsupport@example.com,We\nli@acme.example\n"
    )
    result = run("people", "import", "people.csv")
    assert result.exit_code == 1
    assert "line 2: has an address of somebody else's, bob@acme.example" in result.stdout
    assert "line 3: is on the team" in result.stdout
    assert "line 5: it has an address of this desk's own" in result.stdout
    assert "1 person new" in result.stdout, "the others go in"
    assert contact(desk, "slack:T1A/U2B").line.name == "Bob"


def test_an_account_is_named_with_its_domains_its_level_and_its_team(desk: TestDesk) -> None:
    options = (
        "--account",
        "Beta",
        "--domains",
        "beta.example,BETA2.example",
        "--local-team",
        "lyon@desk.example",
    )
    assert "1 person new" in taken_in("mail\nbo@home.example\n", *options, "--service-level", "standard")
    beta = contact(desk, "bo@home.example")
    assert (beta.line.account, beta.service_level, beta.local_team) == (
        "Beta",
        "standard",
        "lyon@desk.example",
    )
    desk.ask("li@beta2.example", OPEN)
    assert contact(desk, "li@beta2.example").line.account == "Beta"
    taken_in("mail\nmo@home.example\n", "--account", "Beta", "--domains", "beta3.example")
    assert contact(desk, "mo@home.example").local_team == "lyon@desk.example", "what is not said stays"


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--account", "Beta", "--domains", "gmail.com"), "gmail.com is a free-mail domain"),
        (("--account", "Beta", "--service-level", "gold"), "there is no service level gold, only standard"),
        (("--account", "Beta", "--local-team", "lyon"), "--local-team must be a mail address"),
        (("--account", "Acme", "--local-team", "lyon@desk.example"), "is an [[account]] of the config"),
    ],
)
def test_options_that_are_wrong_do_nothing(desk: TestDesk, options: tuple[str, ...], why: str) -> None:
    Path("people.csv").write_text("mail\nbo@home.example\n")
    said_so = told("people", "import", "people.csv", *options, code=1)
    assert why in said_so
    assert "Nothing was done" in said_so
    assert desk.desk.ask(ShowContact("bo@home.example")) is None


def test_an_accounts_options_need_its_name(desk: TestDesk) -> None:
    Path("people.csv").write_text("mail\nbo@home.example\n")
    assert "need --account NAME" in told(
        "people", "import", "people.csv", "--domains", "home.example", code=2
    )
    assert desk.desk.ask(ShowContact("bo@home.example")) is None


def test_of_many_wrong_rows_the_first_are_named_and_all_are_counted(desk: TestDesk) -> None:
    rows = "".join(f"nobody{n},43\n" for n in range(1234))
    Path("people.csv").write_text(f"mail,shoe size\nbo@home.example,43\n{rows}")
    imported = run("people", "import", "people.csv")
    assert imported.exit_code == 1
    shown = imported.stdout
    assert "Passed over: shoe size. (Known are mail, name, account, " in shown
    assert "1 person new, 0 changed, 0 as before." in shown
    named = re.findall(r"  line (\d+): “(nobody\d+)” is no mail address", shown)
    assert named == [(str(n + 3), f"nobody{n}") for n in range(TOLD)]
    assert f"  and {1234 - TOLD:,} more\n" in shown
    assert "1,234 skipped. Mend them and give the same command again." in shown
    assert desk.desk.ask(ShowContact("bo@home.example"))


def test_who_has_left_is_known_no_more_until_somebody_says_so(desk: TestDesk) -> None:
    taken_in(ANA)
    taken_in("mail,role\nana@acme.example,inactive\n")
    assert contact(desk, "ana@acme.example").line.role == "inactive"
    taken_in(ANA)
    assert contact(desk, "ana@acme.example").line.role == "inactive", "the file says nothing of her role"
    desk.ask("tom@acme.example", OPEN)
    assert "The support team decides" in done(desk.ask("tom@acme.example", AddPerson(1, "ana@acme.example")))
    taken_in("mail,role\nana@acme.example,contact\n")
    done(desk.ask("tom@acme.example", AddPerson(1, "ana@acme.example")))


def test_they_are_listed_shown_and_written_out_to_be_read_again(desk: TestDesk) -> None:
    taken_in(ANA)
    desk.ask("ana@acme.example", OPEN)
    assert "Ana Jones" in said("people", "list", "--account", "Acme")
    assert json.loads(said("people", "list", "--json"))[0]["account"] == "Acme"
    shown = said("people", "show", "ana@acme.example")
    assert "+49 30 123456" in shown
    assert "CS-000001" in shown
    assert json.loads(said("people", "show", "slack:T1A/U2B", "--json"))["line"]["name"] == "Ana Jones"
    assert "nobody was met at x@y.example" in told("people", "show", "x@y.example", code=1)
    assert "there is no account Nix" in told("people", "list", "--account", "Nix", code=1)
    assert "0 people new, 0 changed, 1 as before" in taken_in(said("people", "export"))
    assert json.loads(said("people", "export", "--json"))[0]["phone"] == "+49 30 123456"


def test_whoever_was_only_seen_is_in_no_export(desk: TestDesk) -> None:
    taken_in(ANA)
    desk.ask("ana@acme.example", OPEN, said=Said(copied=(Identity("email", "eve@other.example"),)))
    assert "seen" in {line["role"] for line in json.loads(said("people", "list", "--json"))}
    assert [line["name"] for line in json.loads(said("people", "export", "--json"))] == ["Ana Jones"]
    assert "eve@other.example" not in said("people", "export")


def test_a_free_mail_domain_is_never_an_accounts(url: str, tmp_path: Path) -> None:
    with TestDesk(url, tmp_path) as desk, desk.app.database.writing() as tx:
        person.set_account(tx, "Odd", ["web.de"], service_level="", local_team="")
        assert _account(tx, "ana@web.de") is None
        assert _account(tx, "ana@acme.example") is not None


def _account(tx: Transaction, address: str) -> int | None:
    return person.meet(tx, "email", address, now=datetime.now(UTC)).account_id


def test_a_thousand_rows_are_many_short_transactions(url: str, tmp_path: Path) -> None:
    with TestDesk(url, tmp_path):
        rows = "".join(f"p{n}@firm{n % 7}.example,P {n},Firm {n % 7}\n" for n in range(1000))
        assert "1,000 people new" in taken_in(f"mail,name,account\n{rows}")
        assert "1,000 as before" in taken_in(f"mail,name,account\n{rows}")
    database = Database(url)
    with database.reading() as tx:
        assert tx.value(select(func.count()).select_from(person.person)) >= 1000
    database.close()


def test_a_file_that_is_none_is_not_taken_in(desk: TestDesk) -> None:
    Path("people.csv").write_text("Ana Jones, Acme\n")
    assert "must name the columns" in told("people", "import", "people.csv", code=1)
    assert said("people", "list").strip() == "Nobody yet. See `casebot people import`."


def test_two_who_belong_to_different_accounts_are_not_made_one(desk: TestDesk) -> None:
    taken_in("mail,account\nana@acme.example,Acme\nbob@other.example,Other\n")
    both = "mail\nli@acme.example\nana@acme.example bob@other.example\n"
    Path("people.csv").write_text(both)
    for options in (("--dry-run",), ()):
        result = run("people", "import", "people.csv", *options)
        assert result.exit_code == 1
        assert (
            "line 3: would make one person of several who belong to different accounts, Acme and Other"
            in (result.stdout)
        )
    assert contact(desk, "bob@other.example").line.addresses == ("bob@other.example",)
    taken_in("mail,account\nbob@other.example,Acme\n")
    assert "1 person whom we met apart" in taken_in(both)


def test_whoever_has_left_does_not_come_back_by_being_met(url: str, tmp_path: Path) -> None:
    with TestDesk(url, tmp_path) as desk:
        taken_in(ANA)
        taken_in("mail,role\nana@acme.example,inactive\n")
        with desk.app.database.writing() as tx:
            met = person.meet(tx, "email", "ana@acme.example", name="Eve", now=datetime.now(UTC))
            assert (met.left, met.known, met.name) == (True, False, "Ana Jones")
        assert contact(desk, "ana@acme.example").line.role == "inactive"
        taken_in("mail,role\nana@acme.example,contact\n")
        assert contact(desk, "ana@acme.example").line.role == "contact"


def test_who_has_left_stays_away_though_a_specialist_accepts_what_came_under_their_name(
    desk: TestDesk,
) -> None:
    taken_in(ANA)
    taken_in("mail,role\nana@acme.example,inactive\n")
    desk.ask("ana@acme.example", OPEN, proof=Proof.UNPROVEN)
    desk.ask("sam@desk.example", Accept(1))
    assert contact(desk, "ana@acme.example").line.role == "inactive"

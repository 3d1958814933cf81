"""``casebot setup`` where somebody answers in their own way, or not at all."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

import dns.resolver
import pytest

from bot.cli.setup_dialog.editor import ConfigEditor
from bot.cli.terminal.errors import Failure
from tests.support.houses.console import run
from tests.support.mail.name_server import NameServer

DESK = ("support@acme.test", "", "en", "1")
HOURS = ("Europe/Paris", "", "")
PEOPLE = ("Bob Miller bob@acme.test", "")
ON_THIS_MACHINE = ("5", "n", "")
"""No mail for now, no Slack, no pages."""


def answered(*answers: str, step: str = "") -> str:
    """What is shown to somebody who types these lines, and then leaves."""
    return run("setup", *filter(None, [step]), given="".join(f"{answer}\n" for answer in answers)).output


def config() -> dict[str, Any]:
    return tomllib.loads(Path("config.toml").read_text())


def test_a_desk_on_this_machine_alone_needs_few_answers() -> None:
    shown = answered(*DESK, *HOURS, *PEOPLE, *ON_THIS_MACHINE, "n")
    assert "Your desk is set up: Acme Support, support@acme.test" in shown
    assert "\n  1  " in shown, "choices are numbered from 1"
    made = config()
    assert sorted(made) == ["calendar", "desk", "mailbox", "staff", "web"]
    assert made["calendar"] == [{"name": "office", "time_zone": "Europe/Paris", "holidays": ""}]
    assert run("check").exit_code == 0


def test_the_mail_servers_that_dns_names_are_proposed(monkeypatch: pytest.MonkeyPatch) -> None:
    with NameServer() as server:
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = ["127.0.0.1"], int(server.address.partition(":")[2])
        monkeypatch.setattr(dns.resolver, "default_resolver", resolver)
        server.add("acme.test", "MX", "10 acme-test.mail.protection.outlook.com.")
        server.add("_imaps._tcp.acme.test", "SRV", "0 1 993 post.acme.example.")
        server.add("_submission._tcp.acme.test", "SRV", "0 1 2587 post.acme.example.")
        shown = answered(*DESK, *HOURS, *PEOPLE, "mailbox", "", "", "secret")
    shown = " ".join(shown.split())
    assert "the mail of support@acme.test goes to acme-test.mail.protection.outlook.com." in shown
    assert "[post.acme.example]" in shown
    assert "[post.acme.example:2587]" in shown


def test_what_was_answered_is_kept_when_somebody_leaves_and_nothing_else() -> None:
    shown = answered(*DESK, "Europe/Paris")
    assert "you left at “hours”: everything that was answered before is kept in config.toml" in shown
    assert sorted(config()) == ["desk", "mailbox"]
    assert "✓ Your desk: Acme Support, support@acme.test" in answered()


def test_whoever_leaves_at_once_leaves_nothing() -> None:
    assert "nothing was written" in answered()
    assert not Path("config.toml").exists()


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        (("support",), "support is no mail address"),
        (("support@acme.test", "", "9"), "a number from 1 to 8, please"),
        ((*DESK, "Europe/Pariss"), "did you mean Europe/Paris?"),
        ((*DESK, "Europe/Paris", "XX"), "a country whose holidays we know"),
        ((*DESK, "Europe/Paris", "", "nine to five"), "must be hours as 09:00-18:00"),
        ((*DESK, *HOURS, "Bob b@acme.test, Eve e@acme.test"), "one person at a time, please"),
        ((*DESK, *HOURS, "Bob"), "a name and a mail address, please"),
        ((*DESK, *HOURS, "Bob bob@acme.test", "Robert BOB@acme.test"), "bob@acme.test is there already"),
        ((*DESK, *HOURS, *PEOPLE, "3", "https://imap.acme.test"), "a name alone, please"),
        ((*DESK, *HOURS, *PEOPLE, "5", "y", "xoxb-1"), "it begins with xapp-"),
        ((*DESK, *HOURS, *PEOPLE, "5", "n", "support.acme.test"), "an address, please, as https://"),
    ],
)
def test_what_cannot_be_is_said_and_asked_again(answers: tuple[str, ...], why: str) -> None:
    assert why in answered(*answers)


def test_one_thing_is_asked_again_and_the_rest_stays() -> None:
    answered(*DESK, *HOURS, *PEOPLE, *ON_THIS_MACHINE, "n")
    before = config()
    shown = answered("Eve Sharp <eve@acme.test>", "", "2", "n", step="people")
    assert "Who else? [none]" in shown
    assert "Which address" not in shown
    after = config()
    assert [row["name"] for row in after["staff"]] == ["Bob Miller", "Eve Sharp"]
    assert after["staff"][0]["manager"] == after["desk"]["duty_manager"] == "eve@acme.test"
    assert after["mailbox"] == before["mailbox"]


def test_another_way_of_mail_leaves_nothing_of_the_first() -> None:
    answered(*DESK, *HOURS, *PEOPLE)
    server = ("4", "127.0.0.1:0", "127.0.0.1:9", "mail.acme.test", "y", "on")
    answered(*server, "n", "", "n", step="mail")
    assert config()["mailbox"][0]["authserv_id"] == "mail.acme.test"
    answered("5", "n", step="mail")
    assert sorted(config()["mailbox"][0]) == ["address"]
    assert config().get("email", {}) == {}


def test_what_may_be_empty_is_taken_away_by_none() -> None:
    answered(*DESK, "Europe/Paris", "FR", "", *PEOPLE, "5", "n", "https://help.acme.test", "n")
    assert config()["web"] == {"base_url": "https://help.acme.test"}
    answered("", "none", "", "n", step="hours")
    answered("none", "n", step="pages")
    assert config()["calendar"][0]["holidays"] == ""
    assert config()["web"] == {"listen": ""}


def test_the_sign_in_of_another_mailbox_stays() -> None:
    answered(*DESK, *HOURS, *PEOPLE)
    other = (
        '[[email.sign_in]]\naddress = "sales@acme.test"\nprovider = "google"\nservice_account = "key.json"\n'
    )
    with Path("config.toml").open("a") as file:
        file.write(other)
    answered("2", "2", "desk.json", "y", "on", "n", step="mail")
    rows = config()["email"]["sign_in"]
    assert [(row["address"], row["service_account"]) for row in rows] == [
        ("sales@acme.test", "key.json"),
        ("support@acme.test", "desk.json"),
    ]
    answered("5", "n", step="mail")
    assert [row["address"] for row in config()["email"]["sign_in"]] == ["sales@acme.test"]


def test_links_of_a_desk_that_ran_without_a_config_work_on() -> None:
    Path("casebot.secret").write_text("a secret that was made at the first run, and is kept\n")
    answered(*DESK)
    assert config()["desk"]["secrets"][1:] == ["a secret that was made at the first run, and is kept"]


def test_a_step_that_there_is_not_names_those_there_are() -> None:
    result = run("setup", "male")
    assert result.exit_code == 2
    assert "desk, hours, people, mail, slack, pages, trial" in result.output


def test_a_config_that_was_written_by_hand_is_gone_on_with() -> None:
    run("init", "help@acme.test", "--like", "shop")
    shown = answered(*HOURS, *PEOPLE, *ON_THIS_MACHINE, "n")
    assert "✓ Your desk: Acme Help, help@acme.test" in shown
    assert "Order" in config()["lists"]["types"]


BY_HAND = f"""\
# my own words
[desk]
name = "Rose"
secrets = ["{"s" * 48}"]

[survey]
period_days = 0  # never
"""


def test_what_was_written_by_hand_before_there_was_a_mailbox_stays() -> None:
    Path("config.toml").write_text(BY_HAND)
    answered("rose@acme.test", "", "en", "1")
    text = Path("config.toml").read_text()
    assert text.startswith("# my own words\n[desk]\n")
    assert "\n[survey]\nperiod_days = 0  # never\n" in text
    assert config()["desk"] == {"name": "Rose", "secrets": ["s" * 48], "language": "en"}
    assert config()["mailbox"] == [{"address": "rose@acme.test"}]


def test_comments_alone_stay_too() -> None:
    Path("config.toml").write_text("# our desk, set up by Rose\n")
    answered(*DESK)
    assert Path("config.toml").read_text().startswith("# our desk, set up by Rose\n")
    assert config()["desk"]["name"] == "Acme Support"


def test_a_config_with_mistakes_is_to_be_mended_first() -> None:
    Path("config.toml").write_text(BY_HAND.replace("name", "nmae"))
    shown = answered(*DESK)
    assert "desk.nmae: there is no such key; did you mean name?" in shown
    assert "Which address" not in shown


def test_tables_in_braces_are_gone_on_with() -> None:
    Path("config.toml").write_text(
        f'mailbox = [{{address = "rose@acme.test"}}]  # ours\ndesk = {{name = "Rose", secrets = ["{"s" * 48}"]}}\n'
        'staff = [\n  {name = "Rose", mail = "rose@acme.example"},  # the boss\n]\n'
    )
    answered("Zoe zoe@acme.test", "", "1", "n", step="people")
    answered("4", "127.0.0.1:0", "127.0.0.1:9", "mail.acme.test", "y", "on", "n", step="mail")
    assert [(row["name"], row.get("role")) for row in config()["staff"]] == [
        ("Rose", "manager"),
        ("Zoe", None),
    ]
    assert config()["mailbox"] == [
        {"address": "rose@acme.test", "authserv_id": "mail.acme.test", "canary": "1h"}
    ]
    assert "# the boss" in Path("config.toml").read_text()


def test_comments_stay_above_what_they_speak_of() -> None:
    answered(*DESK[:3], "3")
    server = ("4", "127.0.0.1:0", "127.0.0.1:9", "mail.acme.test", "y", "on")
    answered(*HOURS, *PEOPLE, *server)
    text = Path("config.toml").read_text()
    assert 'canary = "1h"\n\n# A shop, a bakery, whoever sells and delivers things.\n[lists]\n' in text
    assert "\n# How mail comes and goes\n[email]\n" in text
    assert "\n\n\n" not in text


def test_what_somebody_else_writes_meanwhile_is_not_overwritten() -> None:
    answered(*DESK)
    editor = ConfigEditor(Path("config.toml"))
    editor.put("desk.name", "Mine")
    theirs = Path("config.toml").read_text() + "# theirs\n"
    Path("config.toml").write_text(theirs)
    with pytest.raises(Failure, match="somebody else has changed"):
        editor.save()
    assert Path("config.toml").read_text() == theirs


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ('"Rose Düpain" <Rose@acme.test>', "Rose Düpain"),
        ("'Rose' rose@acme.test", "Rose"),
        ("mailto:rose@acme.test", "Rose"),
        ("Rose O'Hara, rose@acme.test", "Rose O'Hara"),
    ],
)
def test_people_are_taken_as_they_are_pasted(typed: str, name: str) -> None:
    answered(*DESK, *HOURS, typed, "")
    assert config()["staff"] == [{"name": name, "mail": "rose@acme.test"}]


def test_a_choice_may_be_made_by_its_words() -> None:
    answered(
        "support@acme.test", "", "français", "a shop", *HOURS, *PEOPLE[:1], "Eve eve@acme.test", "", "bob"
    )
    assert config()["desk"]["language"] == "fr"
    assert "Commande" in config()["lists"]["types"]
    assert config()["desk"]["duty_manager"] == "bob@acme.test"


@pytest.mark.parametrize(
    ("typed", "hours"),
    [
        ("7-13, 15:30-19", ["07:00-13:00", "15:30-19:00"]),
        ("8h–17h30", ["08:00-17:30"]),
        ("08:00 - 24:00", ["08:00-24:00"]),
    ],
)
def test_hours_are_taken_as_people_write_them(typed: str, hours: list[str]) -> None:
    answered(*DESK, "Europe/Paris", "", typed)
    assert config()["calendar"][0]["hours"]["friday"] == hours
    assert f"[{', '.join(hours)}]" in answered("", "", "", step="hours")
    assert config()["calendar"][0]["hours"]["monday"] == hours
    answered("", "", "9-18", step="hours")
    assert "monday" not in config()["calendar"][0].get("hours", {})


def test_whoever_does_not_say_whether_it_shall_open_has_left_nothing_undone() -> None:
    assert "you left at" not in answered(*DESK, *HOURS, *PEOPLE, *ON_THIS_MACHINE)


def test_a_wrong_password_needs_not_all_to_be_typed_again() -> None:
    answered(*DESK, *HOURS, *PEOPLE)
    mailbox = ("3", "127.0.0.1:1", "3", "rose", "wrong", "127.0.0.1:2", "3", "y")
    answered(*mailbox, "on", "n", step="mail")
    shown = answered("3", "", "3", "", "right", "", "3", "y", "on", "n", step="mail")
    assert "[127.0.0.1:1]" in shown
    imap = config()["mailbox"][0]["imap"]
    assert imap == {"host": "127.0.0.1", "port": 1, "tls": "off", "user": "rose", "password": "right"}
    assert config()["email"]["relay"] == "smtp://127.0.0.1:2?starttls=off"


def test_the_folder_of_a_mailbox_that_was_written_by_hand_stays() -> None:
    answered(*DESK, *HOURS, *PEOPLE)
    with Path("config.toml").open("a") as file:
        file.write('\n[mailbox.imap]  # Rose\'s\nhost = "a.test"\nfolder = "Support"  # not the INBOX\n')
    answered("3", "127.0.0.1:1", "3", "rose", "pw", "127.0.0.1:2", "3", "y", "on", "n", step="mail")
    assert config()["mailbox"][0]["imap"]["folder"] == "Support"
    assert "# not the INBOX" in Path("config.toml").read_text()


@pytest.mark.parametrize("place", [".", "config.toml"])
def test_where_nothing_may_be_written_nothing_is_asked(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system says so of one place: root, who may run this, may write everywhere."""
    Path("config.toml").write_text(BY_HAND)
    barred, may = Path(place).resolve(), os.access
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path).resolve() != barred and may(path, mode))
    shown = answered(*DESK)
    assert "is not yours to write" in shown
    assert "Which address" not in shown


@pytest.mark.skipif(os.getuid() != 0, reason="only root can write what others cannot read")
def test_root_makes_no_desk_that_its_user_cannot_read() -> None:
    os.chown(".", 65534, -1)
    shown = answered(*DESK)
    assert "sudo -u nobody casebot setup" in shown
    assert not Path("config.toml").exists()


def test_a_folder_that_is_not_there_is_named_before_anything_is_asked() -> None:
    shown = run("--config", "nowhere/config.toml", "setup").output
    assert "there is no folder" in shown
    assert "Which address" not in shown


def test_a_desk_that_never_writes_to_itself_is_told_so() -> None:
    answered(*DESK, *HOURS, *PEOPLE, *ON_THIS_MACHINE, "n")
    assert "the mailbox has no canary" in answered("n", step="trial")


def test_a_restored_desk_writes_to_itself_once_it_is_released() -> None:
    answered(*DESK, *HOURS, *PEOPLE, "4", "127.0.0.1:0", "127.0.0.1:9", "none", "y", "on")
    assert run("backup", "desk.tar").exit_code == 0
    assert run("restore", "desk.tar", "--to", "again").exit_code == 0
    shown = run("--config", "again/config.toml", "setup", "trial", given="n\n").output
    assert "The mail has not left: the desk is held" in shown


def test_a_password_may_be_in_the_environment_before_anything_is_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CASEBOT_MAILBOX__0__IMAP__PASSWORD", "s3cret")
    assert "How does the mail" in answered(*DESK, *HOURS, *PEOPLE)
    assert [row["name"] for row in config()["staff"]] == ["Bob Miller"]


def test_what_the_environment_has_half_of_may_be_completed(monkeypatch: pytest.MonkeyPatch) -> None:
    answered(*DESK, *HOURS, *PEOPLE)
    monkeypatch.setenv("CASEBOT_MAILBOX__0__IMAP__HOST", "127.0.0.1")
    assert "IMAP server" in answered("3", step="mail")

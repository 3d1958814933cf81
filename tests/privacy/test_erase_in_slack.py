"""Somebody is erased whose case stands in a chat: cards and messages of ours no longer show it."""

from __future__ import annotations

from click.testing import CliRunner

from bot.cli.main import casebot
from tests.privacy import traces
from tests.support.houses.house import until
from tests.support.houses.office import Office, said

ANA, DESK = "Ana Martin <ana.martin@acme.example>", "support@example.com"
SECRET = "The password of our server is Swordfish-4711."


def erase(office: Office, *words: str) -> str:
    done = CliRunner().invoke(
        casebot, ["--config", str(office.folder / "config.toml"), "people", "erase", *words]
    )
    assert done.exit_code == 0, f"{done.output}{done.exception!r}"
    return done.output


def standing(office: Office) -> str:
    """All that our app shows on the board and in its threads."""
    return "\n".join(said(message) for message in (*office.messages("triage"), *office.thread()))


def files(office: Office) -> list[str]:
    """The names of the files that are in the workspace."""
    return [file.name for file in office.slack.workspace.files.values()]


def test_cards_and_threads_no_longer_show_who_was_erased(office: Office, url: str) -> None:
    office.send(ANA, DESK, "Swordfish trouble", SECRET, files={"Ana Martin.txt": b"the file's own words"})
    office.mails("ana.martin@")
    people, root = office.slack.people, office.card().ts
    people.post("sam", "triage", "!reply Ana Martin, please change it.", thread_ts=root)
    office.mails("ana.martin@")
    people.post("sam", "triage", "!close fixed", thread_ts=root)
    assert until(lambda: "closed" in office.history())
    office.settled()
    assert "Swordfish" in standing(office)
    assert files(office)

    erase(office, "ana.martin@acme.example", "--yes")
    assert until(lambda: "Swordfish" not in standing(office)), standing(office)
    assert until(lambda: "Ana Martin" not in said(office.card())), said(office.card())
    assert "CS-000001" in said(office.card())
    assert until(lambda: not files(office)), files(office)
    office.settled()
    for mail in (office.folder / "outgoing" / "new").iterdir():
        mail.unlink()
    needles = ["Swordfish-4711", "ana.martin@acme.example", b"the file's own words"]
    left = traces.of(office.folder, needles)
    assert (left or traces.of_database(url, needles)) == [] if url.startswith("postgresql") else left == []


def test_who_writes_in_a_chat_is_erased_by_that_address(office: Office) -> None:
    people = office.slack.people
    people.post("ana", "acme", "@Case new It stopped again: Swordfish-4711.")
    assert until(lambda: office.cases() == ["CS-000001"])
    office.settled()
    assert "Not closed yet: CS-000001" in erase(office, "slack:T0HOME/U0ANA", "--dry-run")
    erase(office, "slack:T0HOME/U0ANA", "--close", "--yes")
    office.settled()
    assert traces.of(office.folder, ["Swordfish-4711", "u0ana"]) == []
    case = office.case()
    assert [entry.text for entry in case.entries if entry.visibility == "public"] == ["████████"]
    people.post("ana", "acme", "@Case new Something new.")
    assert until(lambda: office.cases() == ["CS-000001", "CS-000002"])

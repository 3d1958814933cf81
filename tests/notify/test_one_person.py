"""One person with several addresses is told each thing once, at the one they last used on the case."""

from __future__ import annotations

from pathlib import Path

from bot.commands.case import Open, Reply
from bot.commands.people import AddPerson
from bot.people.csv_file import open_file
from bot.people.importer import PeopleImport, PeopleImportCounts
from bot.queries.lists import ListOutbox
from store.cases import participant
from store.directory import person_merge
from store.people import person
from tests.support.houses.browser import WebHouse, case_link, get, page_link, send_files
from tests.support.houses.console import in_an_empty_folder, said
from tests.support.houses.desk import TestDesk
from tests.support.houses.house import House, until, words
from tests.support.houses.office import Office
from tests.support.houses.office import said as shown
from tests.web.uploads.test_upload import upload_link

__all__ = ["in_an_empty_folder"]

DESK, ANA = "support@example.com", "Ana <ana@acme.example>"
FILE = "mail,name,slack_team,slack_user\nana@acme.example ana@home.example,Ana,T0HOME,U0ANA\n"


def taken_in(text: str) -> str:
    Path("people.csv").write_text(text)
    return said("people", "import", "people.csv")


def enrolled(house: House, text: str) -> PeopleImportCounts:
    app = house.app
    with_all = PeopleImport(app.config, app.database, app.writer, usual="", now=app.desk.now)
    return with_all.run(open_file(text.encode()), lambda count: None)


def answers(office: Office, case: str = "CS-000001") -> list[str]:
    """To whom answers went, in order."""
    office.settled()
    lines = office.ask(ListOutbox(limit=1000))
    return [line.recipient for line in reversed(lines) if line.notice == "answer" and line.case == case]


def test_whoever_writes_by_mail_and_in_slack_is_told_once_where_they_last_were_story(
    url: str, tmp_path: Path
) -> None:
    with Office(url, tmp_path) as office:
        people_there = office.slack.people
        taken_in(FILE)
        office.send(ANA, DESK, "No delivery", "The deal stopped this morning.")
        (confirmation,) = office.mails("ana@acme")
        card = office.card()
        people_there.post("sam", "triage", "!reply We look.", thread_ts=card.ts)
        (answer,) = office.mails("ana@acme")
        assert "We look." in words(answer)

        people_there.slash("ana", "general", "/case reply CS-000001 It is our largest deal.", wait=5)
        office.in_thread("It is our largest deal.")
        people_there.post("sam", "triage", "!reply We have found it.", thread_ts=card.ts)
        talk = people_there.open_dm("ana")
        assert until(lambda: [m for m in office.messages(talk.id) if "We have found it." in shown(m)])

        office.answer(confirmation, ANA, "Good, by mail again.")
        office.in_thread("Good, by mail again.")
        people_there.post("sam", "triage", "!reply It runs.", thread_ts=card.ts)
        (answer,) = office.mails("ana@acme")
        assert "It runs." in words(answer)
        assert answers(office) == ["ana@acme.example", "t0home/u0ana", "ana@acme.example"]
        assert office.case().participants[-1].role == "requester", "she is one person"


def test_who_was_met_in_slack_first_and_then_imported_keeps_one_part_story(url: str, tmp_path: Path) -> None:
    with Office(url, tmp_path) as office:
        there = office.slack.people
        office.send(ANA, DESK, "No delivery", "The deal stopped this morning.")
        office.mails("ana@acme")
        card = office.card()
        there.slash("sam", "triage", "/case add CS-000001 <@U0ANA>", wait=5)
        assert until(lambda: len(office.case().participants) == 2)
        assert "1 person whom we met apart" in taken_in(FILE)
        (ana,) = office.case().participants
        assert (ana.role, ana.address) == ("requester", "ana@acme.example")
        there.post("sam", "triage", "!reply We have found it.", thread_ts=card.ts)
        (answer,) = office.mails("ana@acme")
        assert "We have found it." in words(answer)
        assert answers(office) == ["ana@acme.example"]


def test_of_two_mail_addresses_the_one_they_wrote_from_is_answered(desk: TestDesk) -> None:
    taken_in(FILE)
    desk.ask("tom@acme.example", Open("Another", "The deal stopped this morning."))
    desk.ask("ana@home.example", Open("No delivery", "The deal stopped this morning."))
    desk.mails()
    for number, address in ((2, "ana@home.example"), (2, "ana@acme.example")):
        desk.ask(address, Reply(number, "And another thing."))
        desk.mails()
        desk.ask("sam@desk.example", Reply(number, "We have found it."))
        assert desk.told() == [f"Ana <{address}>"]


def test_who_is_added_at_an_address_is_told_there(desk: TestDesk) -> None:
    taken_in(FILE)
    desk.ask("tom@acme.example", Open("No delivery", "The deal stopped this morning."))
    desk.ask("sam@desk.example", AddPerson(1, "ana@home.example"))
    desk.mails()
    desk.ask("sam@desk.example", Reply(1, "We have found it."))
    assert "Ana <ana@home.example>" in desk.told()


def test_two_persons_who_become_one_keep_the_stronger_part(desk: TestDesk) -> None:
    desk.ask("ana@acme.example", Open("No delivery", "The deal stopped this morning."))
    desk.ask("sam@desk.example", AddPerson(1, "tom@acme.example"))
    with desk.app.database.writing() as tx:
        ana, tom = (person.find(tx, "email", f"{name}@acme.example") for name in ("ana", "tom"))
        assert ana
        assert tom
        person_merge.merge(tx, ana.id, tom.id)
    with desk.app.database.reading() as tx:
        (part,) = participant.everybody(tx, 1)
        assert (part.role, part.person.id) == ("requester", tom.id)
        assert participant.requester(tx, 1) == tom.id


def test_whoever_was_proposed_and_joins_through_a_merged_case_reads_what_is_said_from_then_on(
    url: str, tmp_path: Path
) -> None:
    with Office(url, tmp_path) as office:
        there = office.slack.people
        taken_in("mail,name,slack_team,slack_user\nnoa@acme.example,Noa,T0HOME,U0NOA\n")
        office.send(ANA, DESK, "No delivery", "The deal stopped this morning.")
        (confirmation,) = office.mails("ana@acme")
        cc = {"Cc": "noa@acme.example"}
        office.send(ANA, str(confirmation["Reply-To"]), "Re: No delivery", "Noa knows more.", headers=cc)
        office.in_thread("Noa knows more.")
        assert office.case().participants[-1].role == "proposed"
        there.post("sam", "triage", "!reply For Ana alone.", thread_ts=office.card().ts)
        office.mails("ana@acme")
        there.post("ana", "acme", "@Case new Deal ID 12345: no delivery")
        office.card(2)
        office.settled()
        there.slash("sam", "triage", "/case merge CS-000002 into CS-000001", wait=5)
        (home,) = [message for message in office.messages("acme") if "Thank you for" in shown(message)]
        there.join("noa", "acme")
        there.post("noa", "acme", "Me too.", thread_ts=home.ts)
        office.in_thread("Me too.")
        assert office.case().participants[-1].role == "collaborator"
        there.post("sam", "triage", "!reply For all.", thread_ts=office.card().ts)
        assert until(lambda: "For all." in [entry.text for entry in office.case().entries])
        (answered,) = there.slash("noa", "acme", "/case show CS-000001", wait=5).ephemerals
        seen = shown(answered)
        assert "For all." in seen
        assert "For Ana alone." not in seen


def test_links_of_whoever_turned_out_to_be_another_still_lead_to_their_pages_story(
    url: str, tmp_path: Path
) -> None:
    """Ana was met at three addresses; an import says that they are one, and then another; old mail goes on working."""
    addresses = [f"ana{n}@acme.example" for n in range(3)]
    with WebHouse(url, tmp_path) as house:
        for address in addresses:
            house.send(f"Ana <{address}>", DESK, f"From {address}", "The deal stopped this morning.")
        mails = [house.mails(address)[0] for address in addresses]
        for together in (addresses[1::-1], addresses[::-1]):
            assert enrolled(house, f"mail,name\n{' '.join(together)},Ana\n").joined == 1
            for mail, address in zip(mails, addresses, strict=True):
                page = get(case_link(mail))
                assert page.status == 200
                assert f"From {address}" in page.words
        old = mails[0]
        assert all(f"From {address}" in get(page_link(old, "my")).words for address in addresses)
        assert get(case_link(old)).send("reply", text="It still does not deliver.").status == 200
        upload = upload_link(get(case_link(old)))
        assert send_files(
            upload, {"action": "attach", "nonce": get(upload).forms["attach"]["nonce"]}, {}
        ).status
        house.answer(old, f"Ana <{addresses[0]}>", "It stopped once more.")
        house.settled()
        assert "It stopped once more." in get(case_link(old)).words

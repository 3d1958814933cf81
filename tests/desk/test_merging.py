"""Merging and splitting: two cases become one, one becomes two, and all of it can be undone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from bot.commands.browse import Show
from bot.commands.case import Close, Note, Open, Reopen, Reply
from bot.commands.people import RemovePerson
from bot.commands.triage import Merge, Split, Unmerge
from bot.model.identity import Identity, Proof
from bot.model.message import Attachment, Said
from bot.model.request import Request
from bot.syntax.case_numbers import entry_name
from tests.support.houses.desk import TestDesk, done, refused, text_of
from tests.support.houses.house import House, until, words
from tests.support.houses.office import Office
from tests.support.setup import databases

ANA, BOB, ZOE = "Ana <ana@acme.example>", "Bob <bob@acme.example>", "Zoe <zoe@elsewhere.example>"
SAM, DESK = "Sam <sam@desk.example>", "support@example.com"
ana, bob, zoe, sam = "ana@acme.example", "bob@acme.example", "zoe@elsewhere.example", "sam@desk.example"
FIRST = Open("No delivery", "The deal has not delivered since noon.")
SECOND = Open("Nothing delivered", "Our deal is silent, too.")


def two(desk: TestDesk, second: str = bob) -> None:
    """Case 1 is Ana's, case 2 somebody else's; all their mail has been read."""
    desk.ask(ana, FIRST)
    desk.ask(second, SECOND)
    desk.mails()


def stored_file(desk: TestDesk, name: str) -> Attachment:
    digest, size = desk.app.files.put([name.encode()])
    return Attachment(name, "text/plain", size, digest)


def snapshot(desk: TestDesk, number: int) -> Any:
    """All of a case but its history and when it was last touched."""
    view = desk.case(number)
    line = view.line
    return (line.state, line.owner, view.close_reason, view.merged, view.participants, view.entries)


def test_two_cases_are_read_as_one_and_the_number_of_one_leads_to_the_other(desk: TestDesk) -> None:
    two(desk)
    said = Said(message_id="<l@x>", attachments=(stored_file(desk, "app.log"),))
    desk.ask(bob, Reply(2, "The log."), said=said)
    done(desk.ask(sam, Merge(2, 1, "same outage")))
    view = desk.case(1)
    assert [(entry.text, entry.part) for entry in view.entries] == [
        (FIRST.text, ""),
        (SECOND.text, "CS-000002"),
        ("The log.", "CS-000002"),
    ]
    assert [file.name for entry in view.entries for file in entry.files] == ["app.log"]
    assert {part.address: part.role for part in view.participants} == {ana: "requester", bob: "collaborator"}
    assert (desk.case(2).line.state, desk.case(2).close_reason) == ("closed", "duplicate")
    assert desk.case(2).merged == "CS-000001"
    assert "same outage" in next(step.detail for step in view.history if step.name == "took in")
    assert next(step for step in desk.case(2).history if step.name == "merged").by == "Sam Specialist"
    done(desk.ask(bob, Reply(2, "Still nothing."), proven_on=1))
    assert desk.case(1).entries[-1].text == "Still nothing."
    assert desk.case(2).line.state == "closed"


def test_its_customers_are_told_once_and_read_nothing_that_was_said_before(desk: TestDesk) -> None:
    two(desk, zoe)
    desk.ask(sam, Reply(1, "canary-answer"))
    desk.ask(sam, Note(1, "canary-note"))
    desk.mails()
    done(desk.ask(sam, Merge(2, 1, "canary-why")))
    (told,) = desk.mails(zoe)
    assert "CS-000001" in text_of(told)
    assert "canary" not in told.as_string()
    assert desk.mails(ana) == []
    desk.ask(sam, Reply(1, "It is mended."))
    (answer,) = desk.mails(zoe)
    assert "It is mended." in text_of(answer)
    assert "since noon" not in text_of(answer)
    desk.ask(zoe, Show(1), explicit=True)
    (shown,) = desk.mails(zoe)
    assert "It is mended." in text_of(shown)
    assert "Our deal is silent, too." in text_of(shown)
    assert "since noon" not in text_of(shown)
    assert "canary" not in shown.as_string()
    desk.ask(ana, Show(1), explicit=True)
    (shown,) = [mail for mail in desk.mails(ana) if "since noon" in text_of(mail)]
    assert "canary-answer" in text_of(shown)
    assert "silent" not in text_of(shown)


def test_undone_both_are_exactly_as_they_were(desk: TestDesk) -> None:
    two(desk)
    desk.ask(ana, Reply(1, "Hello?"), said=Said(copied=(Identity("email", zoe),)))
    desk.ask(zoe, Open("Mine", "A third."))
    desk.ask(sam, Close(3, "resolved", ""))
    before = [snapshot(desk, number) for number in (1, 2, 3)]
    for number in (2, 3):
        done(desk.ask(sam, Merge(number, 1)))
    assert {part.role for part in desk.case(1).participants} == {"requester", "collaborator"}
    for number in (2, 3):
        done(desk.ask(sam, Unmerge(number)))
    assert [snapshot(desk, number) for number in (1, 2, 3)] == before
    assert desk.history(2)[-2:] == ["merged", "unmerged"]
    assert desk.history(1)[-2:] == ["let go", "let go"]
    desk.mails()
    assert refused(desk.ask(zoe, Reply(1, "hi"), proof=Proof.PLAUSIBLE))
    done(desk.ask(bob, Reply(2, "And mine goes on.")))
    assert desk.case(2).entries[-1].text == "And mine goes on."
    done(desk.ask(sam, Merge(2, 1)))
    assert desk.case(2).merged == "CS-000001", "it can be merged again"


def test_the_clock_of_an_unmerged_case_runs_on(desk: TestDesk) -> None:
    two(desk)
    from store.cases import timer

    def waiting() -> Any:
        with desk.app.database.reading() as tx:
            return timer.waiting(tx, 2)

    before = waiting()
    assert before
    desk.ask(sam, Merge(2, 1))
    assert waiting() == []
    desk.ask(sam, Unmerge(2))
    assert waiting() == before


def test_a_case_with_others_in_it_is_merged_and_taken_out_in_turn(desk: TestDesk) -> None:
    two(desk)
    desk.ask(ana, Open("Third", "The third."))
    done(desk.ask(sam, Merge(2, 1)))
    done(desk.ask(sam, Merge(1, 3)))
    assert desk.case(2).merged == "CS-000003"
    assert [entry.part for entry in desk.case(3).entries] == ["CS-000001", "CS-000002", ""]
    assert "undo that first" in refused(desk.ask(sam, Unmerge(2))).lower()
    assert "a part of it already" in refused(desk.ask(sam, Merge(3, 2)))
    done(desk.ask(sam, Unmerge(1)))
    assert desk.case(2).merged == "CS-000001"
    done(desk.ask(sam, Unmerge(2)))
    assert desk.case(2).merged == ""


def test_what_must_not_be_merged_is_refused(desk: TestDesk) -> None:
    two(desk)
    assert "itself" in refused(desk.ask(sam, Merge(2, 2)))
    desk.ask(sam, Close(1, "no_longer", ""))
    assert "reopen it first" in refused(desk.ask(sam, Merge(2, 1)))
    desk.ask(sam, Reopen(1))
    assert "no part of another" in refused(desk.ask(sam, Unmerge(2)))
    done(desk.ask(sam, Merge(2, 1)))
    assert "already" in refused(desk.ask(sam, Merge(2, 1)))


def test_customers_cannot_merge_and_do_not_learn_where_a_number_leads(desk: TestDesk) -> None:
    two(desk)
    assert "support team" in refused(desk.ask(ana, Merge(1, 2)))
    desk.ask(sam, Merge(2, 1))
    (line,) = desk.ask(zoe, Show(2)).answered
    assert "CS-000002 is not a case that you can reach" in line.text


def test_organisations_never_share_a_case(tmp_path: Any) -> None:
    more = '[[account]]\nname = "Beta"\ndomains = ["beta.example"]\n'
    with TestDesk(databases.sqlite(tmp_path, "c.db"), tmp_path, more=more) as desk:
        two(desk, "eve@beta.example")
        assert "different organisations" in refused(desk.ask(sam, Merge(2, 1)))


def test_whoever_was_removed_since_stays_removed(desk: TestDesk) -> None:
    two(desk)
    desk.ask(sam, Merge(2, 1))
    done(desk.ask(sam, RemovePerson(1, bob)))
    done(desk.ask(sam, Unmerge(2)))
    assert {part.address: part.role for part in desk.case(1).participants}[bob] == "removed"
    assert "was removed from CS-000001" in refused(desk.ask(sam, Merge(2, 1)))


def test_by_mail_it_is_undone_by_a_reply_on_the_case_that_took_it_in(desk: TestDesk) -> None:
    two(desk)
    desk.ask(ana, Open("Third", "The third."))
    done(desk.ask(sam, Merge(2, 1)))
    for elsewhere in (3, None):
        assert "could not be sure" in refused(desk.ask(sam, Unmerge(2), proven_on=elsewhere))
    done(desk.ask(sam, Unmerge(2), proven_on=1))
    assert "could not be sure" in refused(desk.ask(sam, Unmerge(2), proven_on=None))


def test_a_held_case_lends_nobody_a_right(desk: TestDesk) -> None:
    desk.ask(ana, FIRST)
    desk.ask(zoe, SECOND, proof=Proof.UNPROVEN)
    desk.mails()
    done(desk.ask(sam, Merge(2, 1)))
    assert [part.address for part in desk.case(1).participants] == [ana]
    assert desk.mails(zoe) == []


def test_by_mail_a_specialist_merges_and_old_replies_land_in_the_target(house: House) -> None:
    house.send(ANA, DESK, "No delivery", "It stopped yesterday at noon.")
    house.mails("ana@")
    (told,) = house.mails("sam@")
    house.send(ZOE, DESK, "Silent", "Ours is silent.")
    (hers,) = house.mails("zoe@")
    house.mails("sam@")
    house.answer(told, SAM, "#merge CS-000002 the same outage")
    (transcript,) = house.mails("sam@")
    assert "is a part of CS-000001 now" in " ".join(words(transcript).split())
    (merged,) = house.mails("zoe@")
    assert "the same outage" not in words(merged)
    house.answer(hers, ZOE, "By the old address.")
    house.answer(merged, ZOE, "By the new one.")
    plain = {"In-Reply-To": hers["Message-ID"]}
    house.send(ZOE, DESK, "Re: [CS-000002] Silent", "By its id.", headers=plain)
    house.send(ZOE, DESK, "[CS-000002] Silent", "By its number.")
    assert house.cases() == ["CS-000001", "CS-000002"]
    said = [entry.text for entry in house.case(1).entries if not entry.part]
    assert said[1:] == ["By the old address.", "By the new one.", "By its id.", "By its number."]
    assert house.case(2).line.state == "closed"


def test_in_slack_a_specialist_merges_by_a_slash_command_and_parts_them_in_the_thread(tmp_path: Any) -> None:
    with Office(databases.sqlite(tmp_path, "c.db"), tmp_path) as office:
        for sender, subject in ((ANA, "No delivery"), (ZOE, "Silent")):
            office.send(sender, DESK, subject, f"Words about: {subject}")
            office.card(len(office.cases()))
        people = office.slack.people
        people.slash("sam", "triage", "/case merge CS-000002 into CS-000001 same outage")
        assert "took in" in office.history(1)
        office.in_thread("merged CS-000002 into this case", 1)
        office.in_thread("merged this case into CS-000001", 2)
        people.post("sam", "triage", "A word below the old card.", thread_ts=office.card(2).ts)
        assert until(lambda: "A word below the old card." in [e.text for e in office.case(1).entries])
        people.post("sam", "triage", "!unmerge CS-000002", thread_ts=office.card(1).ts)
        assert until(lambda: "let go" in office.history(1))
        assert office.case(2).line.state == "new"


def test_replies_to_a_split_off_message_follow_it(tmp_path: Any) -> None:
    with Office(databases.sqlite(tmp_path, "c.db"), tmp_path) as office:
        office.send(ANA, DESK, "No delivery", "It stopped.")
        (confirmation,) = office.mails("ana@")
        second = office.answer(confirmation, ANA, "The invoice is wrong.", files={"invoice.pdf": b"%PDF"})
        office.in_thread("The invoice is wrong.")
        entry = office.case(1).entries[-1].name
        cards = {1: office.card(1).ts}

        def post_below_card(number: int, text: str) -> None:
            office.slack.people.post("sam", "triage", text, thread_ts=cards[number])

        def send_reply(text: str) -> None:
            headers = {"In-Reply-To": second["Message-ID"]}
            office.send(ANA, DESK, "Re: No delivery", text, headers=headers)

        def entries(number: int) -> list[tuple[str, list[str]]]:
            return [(one.text, [file.name for file in one.files]) for one in office.case(number).entries]

        def wait_for(number: int, text: str) -> Any:
            return until(lambda: text in [text for text, _ in entries(number)])

        post_below_card(1, f"!split {entry} another matter")
        assert wait_for(2, "The invoice is wrong.")
        cards[2] = office.card(2).ts
        post_below_card(2, "Look at the invoice.")
        send_reply("It names another company.")
        assert wait_for(2, "Look at the invoice.")
        assert wait_for(2, "It names another company.")
        assert entries(1) == [("It stopped.", [])]
        assert entries(2)[0] == ("The invoice is wrong.", ["invoice.pdf"])
        post_below_card(2, "!merge CS-000002 into CS-000001")
        assert until(lambda: office.case(2).merged == "CS-000001")
        post_below_card(2, "Still the invoice.")
        send_reply("Any news?")
        assert wait_for(1, "Still the invoice.")
        assert wait_for(1, "Any news?")
        assert ("The invoice is wrong.", ["invoice.pdf"]) in entries(1)
        post_below_card(1, "!unmerge CS-000002")
        assert until(lambda: office.case(2).merged == "")
        send_reply("And now?")
        assert wait_for(2, "And now?")
        assert entries(2)[0] == ("The invoice is wrong.", ["invoice.pdf"])


def test_an_entry_moves_into_a_case_of_its_own_and_back(desk: TestDesk) -> None:
    two(desk)
    said = Said(message_id="<other@acme.example>")
    desk.ask(ana, Reply(1, "By the way, the invoice is wrong."), said=said)
    desk.mails()
    before = snapshot(desk, 1)
    name = desk.case(1).entries[-1].name
    done(desk.ask(sam, Split(1, name, "another matter")))
    fresh = desk.case(3)
    assert fresh.line.subject == "By the way, the invoice is wrong."
    assert [entry.text for entry in fresh.entries] == ["By the way, the invoice is wrong."]
    assert len(desk.case(1).entries) == 1
    assert fresh.linked == "CS-000001"
    (told,) = desk.mails(ana)
    assert "[CS-000003]" in told["Subject"]
    assert "another matter" not in told.as_string()
    from store.cases import entry as entries

    with desk.app.database.reading() as tx:
        assert entries.follow(tx, ["<other@acme.example>"]) == {"other@acme.example": 3}
    done(desk.ask(sam, Merge(3, 1)))
    assert [entry.text for entry in snapshot(desk, 1)[-1]] == [entry.text for entry in before[-1]]


def test_the_files_of_an_entry_move_with_it_into_a_new_case_and_back(desk: TestDesk) -> None:
    two(desk)
    desk.ask(ana, Reply(1, "The log."), said=Said(attachments=(stored_file(desk, "app.log"),)))
    said = Said(attachments=(stored_file(desk, "invoice.pdf"), stored_file(desk, "order.pdf")))
    desk.ask(ana, Reply(1, "The invoice is wrong."), said=said)

    def files(number: int) -> list[list[str]]:
        return [[file.name for file in entry.files] for entry in desk.case(number).entries]

    invoice = ["invoice.pdf", "order.pdf"]
    done(desk.ask(sam, Split(1, desk.case(1).entries[-1].name)))
    assert (files(1), files(3)) == ([[], ["app.log"]], [invoice])
    done(desk.ask(sam, Merge(3, 1)))
    assert files(1) == [[], ["app.log"], invoice]
    done(desk.ask(sam, Unmerge(3)))
    assert (files(1), files(3)) == ([[], ["app.log"]], [invoice])


def test_a_merge_redirects_message_ids_within_its_own_transaction(desk: TestDesk) -> None:
    from store.cases import entry as entries

    desk.ask(ana, FIRST, said=Said(message_id="<first@acme.example>"))
    desk.ask(bob, SECOND, said=Said(message_id="<second@acme.example>"))
    ids = ("first@acme.example", "second@acme.example")
    with desk.app.database.writing() as tx:
        assert entries.follow(tx, ids) == dict(zip(ids, (1, 2), strict=True))
        for number, (command, cases) in enumerate(((Merge(2, 1), (1, 1)), (Unmerge(2), (1, 2)))):
            who = Identity("email", sam)
            asked = Request("email", f"m{number}", who, Proof.LINKED, (command,), at=datetime.now(UTC))
            assert done(desk.desk.perform(tx, asked))
            assert entries.follow(tx, ids) == dict(zip(ids, cases, strict=True))


def test_what_begins_a_case_or_was_said_by_the_desk_is_not_split_off(desk: TestDesk) -> None:
    two(desk)
    desk.ask(sam, Reply(1, "We look."))
    first, answer = desk.case(1).entries
    assert "begins with that" in refused(desk.ask(sam, Split(1, first.name)))
    assert "support team" in refused(desk.ask(sam, Split(1, answer.name)))
    assert "no entry" in refused(desk.ask(sam, Split(1, "e-aaaaaa")))


def test_an_entrys_name_is_short_and_its_own() -> None:
    from store.engine.columns import new_id

    names = {entry_name(new_id()) for _ in range(300)}
    assert len(names) > 295
    assert all(len(name) == 8 for name in names)


def test_of_two_numbers_the_unknown_one_is_named(desk: TestDesk) -> None:
    two(desk)
    assert "CS-000077" in refused(desk.ask(sam, Merge(1, 77)))
    assert "CS-000077" in refused(desk.ask(sam, Merge(77, 1)))
    assert "77" not in refused(desk.ask(bob, Merge(2, 77)))


def test_an_id_that_is_used_twice_still_leads_to_its_first_case_when_the_second_mail_moves(
    desk: TestDesk,
) -> None:
    desk.ask(ana, FIRST, said=Said(message_id="<scan@acme.example>"))
    desk.ask(ana, SECOND)
    desk.ask(ana, Reply(2, "Another scan."), said=Said(message_id="<scan@acme.example>"))
    done(desk.ask(sam, Split(2, desk.case(2).entries[-1].name)))
    from store.cases import entry as entries

    with desk.app.database.reading() as tx:
        assert entries.follow(tx, ["<scan@acme.example>"]) == {"scan@acme.example": 1}

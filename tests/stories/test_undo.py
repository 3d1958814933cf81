"""Stories of what a specialist sends from Slack: it waits, can be taken back, and shows what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rehearsal.slack.people.seen import Seen
from rehearsal.slack.workspace.conversation import Message
from store.cases import case as cases
from store.cases import sla_pause, timer
from store.engine.transaction import Transaction
from tests.support.houses.house import until, words
from tests.support.houses.office import Office, said
from tests.support.mail.sink import Sink
from tests.support.setup.fixtures import open_on_each_database, open_on_each_database_and_mode

ANA, DESK = "Ana Acme <ana@acme.example>", "support@example.com"


@dataclass(frozen=True, slots=True)
class Clocks:
    """What is due on the first case: its columns, its timers, its pauses."""

    def answer(self, tx: Transaction) -> Any:
        case = cases.get(tx, 1)
        assert case
        due = (case.state, case.owner_id, case.answered_at, case.asked_at, case.first_due_at)
        more = (case.next_due_at, case.resolve_due_at, case.reply_told, case.closed_at, case.close_reason)
        return due, more, timer.waiting(tx, 1), sla_pause.all_of(tx, 1)


LONG, SHORT = "30s", "2s"
WAITS, SENT, FAILED, UNDONE = (
    "hourglass_flowing_sand",
    "envelope",
    "warning",
    "leftwards_arrow_with_hook",
)

office = open_on_each_database_and_mode(Office, undo=LONG)

quick = open_on_each_database(Office, undo=SHORT)


def opened(office: Office) -> Any:
    office.send(ANA, DESK, "Deal ID 12333: no delivery", "It stopped yesterday at noon.\n\nAna")
    (confirmation,) = office.mails("ana@")
    return confirmation


def whispered(office: Office, user: str, text: str) -> Message:
    """What only this person sees, once it is there."""
    person = office.slack.workspace.user(user).id

    def found() -> list[Message]:
        with office.slack.workspace.lock:
            ephemerals = list(office.slack.workspace.ephemerals)
        return [m for m in ephemerals if m.ephemeral_to == person and text in said(m)]

    messages = until(found)
    assert messages, f"{user} was not told {text!r}"
    message: Message = messages[-1]
    return message


def only_action(blocks: Sequence[Any]) -> str:
    """Return the action of the only button there."""
    (button,) = [button for block in blocks if block["type"] == "actions" for button in block["elements"]]
    return str(button["action_id"])


def undo(office: Office, message: Message, user: str = "sam") -> Seen:
    """Click [Undo] below what only this person sees."""
    return office.slack.people.click(user, only_action(message.blocks), ephemeral=message.ts, wait=5)


def marked(office: Office, message: Message, name: str) -> bool:
    """Has the app this reaction, and no other, at the message?"""

    def shown() -> bool:
        with office.slack.workspace.lock:
            return [emoji for emoji, users in message.reactions.items() if users] == [name]

    return bool(until(shown))


def test_an_answer_waits_and_can_be_taken_back_as_if_it_had_never_been(office: Office) -> None:
    opened(office)
    before, clocks = office.case(), office.ask(Clocks())
    source = office.slack.people.post("sam", "triage", "!reply You are an idiot.", thread_ts=office.card().ts)
    offer = whispered(office, "sam", "in 30 seconds.")
    words = "Your answer was added to CS-000001. Goes to Ana Acme (ana@acme.example) in 30 seconds."
    assert words in said(offer)
    assert "on its way" not in said(offer), "it waits"
    assert marked(office, source, WAITS)
    assert office.case().line.state == "open"
    undo(office, offer)
    assert marked(office, source, UNDONE)
    assert office.nothing("ana@")
    after = office.case()
    entry = after.entries[-1]
    assert (entry.text, entry.visibility, entry.kind) == ("You are an idiot.", "internal", "taken back")
    assert after.line.state == before.line.state == "new"
    assert after.line.owner == before.line.owner == ""
    assert office.ask(Clocks()) == clocks
    assert {"answered (taken back)", "taken back"} <= set(office.history())
    assert "took back what was to be sent" in said(office.in_thread("took back"))


def test_once_its_time_is_over_an_answer_leaves_once_and_its_message_says_so(quick: Office) -> None:
    opened(quick)
    source = quick.slack.people.post("sam", "triage", "!reply Fixed.", thread_ts=quick.card().ts)
    offer = whispered(quick, "sam", "in 2 seconds.")
    (answer,) = quick.mails("ana@")
    assert "Fixed." in words(answer)
    assert marked(quick, source, SENT)
    undo(quick, offer)
    assert "Too late: it left at" in said(whispered(quick, "sam", "Too late"))
    assert quick.nothing("ana@")
    assert quick.case().entries[-1].visibility == "public"


def test_undo_twice_takes_back_once(office: Office) -> None:
    opened(office)
    people = office.slack.people
    people.slash("sam", "general", "/case reply CS-000001 Not this.", wait=5)
    offer = whispered(office, "sam", "in 30 seconds.")
    undo(office, offer)
    people.slash("sam", "general", "/case undo CS-000001", wait=5)
    whispered(office, "sam", "It was taken back already")
    assert office.history().count("taken back") == 1
    assert office.nothing("ana@")


def test_a_lock_on_what_waits_keeps_it_inside(office: Office) -> None:
    opened(office)
    source = office.slack.people.post(
        "sam", "triage", "!reply Their discount is 40 %.", thread_ts=office.card().ts
    )
    whispered(office, "sam", "in 30 seconds.")
    office.slack.people.react("mia", "triage", source.ts, "lock")
    assert until(lambda: UNDONE in source.reactions)
    assert office.nothing("ana@")
    assert office.case().entries[-1].visibility == "internal"
    assert "Max Manager took back what was to be sent that Sam Specialist wrote" in said(
        office.in_thread("took back")
    )


def test_a_colleague_takes_it_back_and_its_writer_is_told(office: Office) -> None:
    opened(office)
    people, root = office.slack.people, office.card().ts
    people.post("sam", "triage", "!reply The password is hunter2.", thread_ts=root)
    whispered(office, "sam", "in 30 seconds.")
    people.post("mia", "triage", "!undo", thread_ts=root)
    assert "that Sam Specialist wrote" in said(office.in_thread("took back"))
    assert office.nothing("ana@")


def test_a_case_that_is_closed_by_mistake_is_open_again_and_nobody_was_told(office: Office) -> None:
    opened(office)
    people, root = office.slack.people, office.card().ts
    clocks = office.ask(Clocks())
    people.post("sam", "triage", "!reply Fixed.\n!close", thread_ts=root)
    offer = whispered(office, "sam", "in 30 seconds.")
    assert until(lambda: office.case().line.state == "resolved")
    undo(office, offer)
    assert until(lambda: office.case().line.state == "new")
    assert office.ask(Clocks()) == clocks
    assert office.nothing("ana@")


def test_what_is_said_later_does_not_overtake_what_waits(quick: Office) -> None:
    opened(quick)
    people, root = quick.slack.people, quick.card().ts
    people.post("sam", "triage", "!reply First.", thread_ts=root)
    whispered(quick, "sam", "in 2 seconds.")
    people.post("sam", "triage", "!priority Low: It is a question", thread_ts=root)
    first, second = quick.mails("ana@", count=2)
    assert "First." in words(first)
    assert "It is a question" in words(second)


def test_a_customer_who_writes_while_an_answer_waits_has_waited_since_they_first_did(office: Office) -> None:
    confirmation = opened(office)
    clocks = office.ask(Clocks())
    office.slack.people.post("sam", "triage", "!reply Wrong case.", thread_ts=office.card().ts)
    offer = whispered(office, "sam", "in 30 seconds.")
    office.answer(confirmation, ANA, "Any news?")
    office.in_thread("Any news?")
    undo(office, offer)
    assert until(lambda: office.ask(Clocks()) == clocks)


def test_a_change_in_time_changes_what_is_sent(url: str, tmp_path: Path) -> None:
    with Office(url, tmp_path, undo="9s") as office:
        _changed_in_time(office)


def _changed_in_time(quick: Office) -> None:
    opened(quick)
    people, root = quick.slack.people, quick.card().ts
    source = people.post("sam", "triage", "!reply It is the tga.", thread_ts=root)
    whispered(quick, "sam", "in 9 seconds.")
    people.edit("sam", "triage", source.ts, "!reply It is the tag.")
    whispered(quick, "sam", "In time: your new words are sent instead")
    (answer,) = quick.mails("ana@")
    assert "It is the tag." in words(answer)
    assert "tga" not in words(answer)
    assert marked(quick, source, SENT)
    assert quick.nothing("ana@")


def test_what_is_deleted_in_time_is_not_sent(office: Office) -> None:
    opened(office)
    people, root = office.slack.people, office.card().ts
    source = people.post("sam", "triage", "!reply It is the tag.", thread_ts=root)
    whispered(office, "sam", "in 30 seconds.")
    people.delete("sam", "triage", source.ts)
    whispered(office, "sam", "Taken back: nothing was sent.")
    assert office.nothing("ana@")
    assert {
        entry.visibility
        for entry in office.case().entries
        if "tag" in entry.text and entry.kind != "automatic"
    } == {"internal"}


def test_a_change_that_comes_too_late_can_be_sent_as_a_correction(quick: Office) -> None:
    opened(quick)
    people, root = quick.slack.people, quick.card().ts
    source = people.post("sam", "triage", "!reply Use port 8081.", thread_ts=root)
    quick.mails("ana@")
    people.edit("sam", "triage", source.ts, "!reply Use port 8080.")
    offer = whispered(quick, "sam", "marked as a correction?")
    undo(quick, offer)
    (answer,) = quick.mails("ana@")
    assert "A correction: please read this in place of the message before." in words(answer)
    assert "Use port 8080." in words(answer)
    undo(quick, whispered(quick, "sam", "in 2 seconds."))
    assert quick.nothing("ana@")


def test_what_a_customers_server_refused_shows_at_the_message_and_can_be_tried_again(
    url: str, tmp_path: Path
) -> None:
    with Sink() as sink, Office(url, tmp_path, relay=sink.url) as office:
        office.send(ANA, DESK, "Deal", "It stopped delivering.")
        office.in_thread("It stopped delivering.")
        office.settled()
        sink.script.replies["RCPT"].append("550 5.1.1 Nobody of this name lives here")
        source = office.slack.people.post("sam", "triage", "!reply Try again.", thread_ts=office.card().ts)
        word = office.in_thread("could not be delivered to Ana")
        assert marked(office, source, FAILED)
        action = only_action(word.blocks)
        people = office.slack.people
        assert people.click("sam", action, channel="triage", ts=word.ts, wait=5).acked
        assert until(lambda: [taken for taken in sink.taken if b"Try again." in taken.raw])
        assert marked(office, source, SENT)
        assert until(lambda: not [block for block in word.blocks if block["type"] == "actions"])
        assert office.history().count("tried again") == 1


def test_an_answer_by_the_form_is_taken_back_where_it_was_confirmed(office: Office) -> None:
    opened(office)
    people = office.slack.people
    office.click("sam", "case_reply", wait=5)
    people.type_into("sam", "modal", "text", "Not this.")
    people.submit("sam", "modal", wait=5)
    people.submit("sam", "modal", wait=5)
    undo(office, whispered(office, "sam", "in 30 seconds."))
    assert until(lambda: "taken back" in office.history())
    assert office.nothing("ana@")


def test_a_case_closed_by_the_form_is_open_again_by_the_button_in_it(office: Office) -> None:
    opened(office)
    people = office.slack.people
    people.slash("sam", "general", "/case close CS-000001", wait=5)
    people.choose("sam", "modal", "reason", "resolved")
    people.type_into("sam", "modal", "text", "Fixed.")
    people.submit("sam", "modal", wait=5)
    view = people.modal("sam")
    assert view
    people.click("sam", only_action(view.body["blocks"]), view="modal", wait=5)
    assert until(lambda: "Taken back" in str(people.modal("sam")))
    assert until(lambda: office.case().line.state == "new")
    assert office.nothing("ana@")


def test_a_customer_who_looks_while_an_answer_waits_sees_nothing_of_it(office: Office) -> None:
    people = office.slack.people
    people.post("ana", "acme", "@Case new Deal ID 12345: no delivery")
    assert until(lambda: [m for m in office.messages("acme") if "CS-000001" in said(m)])
    people.post("sam", "triage", "!reply CANARY\n!close", thread_ts=office.card().ts)
    offer = whispered(office, "sam", "in 30 seconds.")
    people.slash("ana", "acme", "/case show CS-000001", wait=5)
    with office.slack.workspace.lock:
        ana = office.slack.workspace.user("ana").id
        shown = [said(m) for m in office.slack.workspace.ephemerals if m.ephemeral_to == ana]
    assert shown or office.slack.workspace.user("ana").team != "T0HOME"
    assert not [words for words in shown if "CANARY" in words or "Resolved" in words]
    undo(office, offer)
    assert until(lambda: "taken back" in office.history())
    assert not [m for m in office.messages("acme") if "CANARY" in said(m)]


def test_what_waits_on_a_case_that_was_merged_is_read_by_nobody_on_the_other(
    office: Office,
) -> None:
    for number in (1, 2):
        office.send(ANA, DESK, f"Deal {number}", "It stopped yesterday at noon.")
        office.card(number)
    first, _ = office.mails("ana@", count=2)
    people = office.slack.people
    people.post("sam", "triage", "!reply CANARY", thread_ts=office.card(2).ts)
    offer = whispered(office, "sam", "in 30 seconds.")
    people.slash("sam", "triage", "/case merge CS-000002 into CS-000001")
    office.in_thread("merged CS-000002 into this case")
    office.answer(first, ANA, "#show")
    (shown,) = office.mails("ana@")
    assert "CS-000001 in full is below" in words(shown)
    assert "CANARY" not in words(shown)
    people.post("sam", "triage", "!handover Not ours.", thread_ts=office.card(1).ts)
    whispered(office, "sam", "waits to be sent")
    undo(office, offer)
    whispered(office, "sam", "Taken back: nothing was sent.")


def test_who_deletes_what_was_taken_back_is_not_told_to_write_it_anew(office: Office) -> None:
    opened(office)
    people = office.slack.people
    source = people.post("sam", "triage", "!reply First.", thread_ts=office.card().ts)
    undo(office, whispered(office, "sam", "in 30 seconds."))
    whispered(office, "sam", "Taken back: nothing was sent.")
    people.delete("sam", "triage", source.ts)
    told = said(whispered(office, "sam", "It was taken back before it was sent"))
    assert "nobody was sent it" in told
    assert "write it anew" not in told
    office.pass_time(minutes=2)
    assert office.nothing("ana@")


def test_an_answer_that_is_taken_back_while_the_customer_is_waited_for_moves_no_clock(
    office: Office,
) -> None:
    opened(office)
    people, root = office.slack.people, office.card().ts
    people.post("sam", "triage", "!ask Which deal?", thread_ts=root)
    whispered(office, "sam", "in 30 seconds.")
    office.pass_time(minutes=2)
    office.mails("ana@")
    office.settled()
    clocks = office.ask(Clocks())
    people.post("sam", "triage", "!reply You are an idiot.", thread_ts=root)
    assert until(lambda: office.case().entries[-1].text == "You are an idiot.")
    people.post("sam", "triage", "!undo", thread_ts=root)
    assert until(lambda: office.case().entries[-1].kind == "taken back")
    assert office.ask(Clocks()) == clocks

"""Files without a byte: Slack does not take them, so a line says that they were there."""

from __future__ import annotations

import pytest

from bot.queries.lists import ListOutbox
from tests.support.houses.house import until, words
from tests.support.houses.office import Office, said
from tests.support.houses.one_case import ANA, DESK, one_case_drained

office = pytest.fixture(one_case_drained)


def names(office: Office) -> list[str]:
    return [file.name for message in office.thread() for file in message.files]


def test_empty_file_by_mail_is_a_line_in_slack_and_holds_back_nothing(office: Office) -> None:
    files = {"empty <1>.log": b"", "report.csv": b"a,b\n"}
    office.send(ANA, DESK, "Re: [CS-000001] Deal", "The files.", files=files)
    message = office.in_thread("The files.")
    assert message.text.count("📎 empty _1_.log (0 bytes)") == 1
    office.send(ANA, DESK, "Re: [CS-000001] Deal", "It is Tuesday.")
    office.in_thread("It is Tuesday.")
    office.drained()
    assert names(office) == ["report.csv"]
    assert not office.ask(ListOutbox("dead"))


def test_case_that_opens_with_an_empty_file_only_has_a_line_below_its_card(office: Office) -> None:
    office.send(ANA, DESK, "Another deal", "", files={"empty.log": b""})
    assert "📎 empty.log (0 bytes)" in said(office.in_thread("empty.log", 2))
    office.drained()
    assert not office.ask(ListOutbox("dead"))


def test_empty_file_of_a_specialist_reaches_customers_by_mail_and_in_slack(office: Office) -> None:
    people = office.slack.people
    file = people.upload("sam", "empty.log", b"")
    people.post("sam", "triage", "!reply Here it is.", thread_ts=office.card().ts, files=[file])
    (mail,) = office.mails("ana@")
    assert "Here it is." in words(mail)
    (attachment,) = mail.iter_attachments()
    assert (attachment.get_filename(), attachment.get_payload(decode=True)) == ("empty.log", b"")
    people.post("noa", "general", "@Case new Deal ID 12345: no delivery")
    card = office.card(2)
    file = people.upload("sam", "void.log", b"")
    people.post("sam", "triage", "!reply Look at this.", thread_ts=card.ts, files=[file])

    def to_noa() -> str:
        with office.slack.workspace.lock:
            channels = [each for each in office.slack.workspace.channels.values() if each.id.startswith("D")]
            messages = [m for each in channels for m in each.messages.values()]
        return "\n".join(map(said, messages))

    assert until(lambda: "📎 void.log (0 bytes)" in to_noa())
    people.post("sam", "triage", "!reply And at that.", thread_ts=card.ts)
    assert until(lambda: "And at that." in to_noa())
    assert not office.ask(ListOutbox("dead"))

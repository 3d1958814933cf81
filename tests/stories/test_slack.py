"""Stories of mail and Slack: a customer writes mail, specialists live in a workspace, one case between them."""

from __future__ import annotations

import os

from tests.stories.test_undo import ANA, opened
from tests.support.houses.house import until, words
from tests.support.houses.office import Office, said
from tests.support.houses.slack_house import words_of


def test_a_mail_becomes_a_card_and_its_words_stand_below_it(office: Office) -> None:
    opened(office)
    assert "Deal ID 12333: no delivery" in said(office.card())
    assert "stopped yesterday" in said(office.in_thread("stopped yesterday"))
    assert office.nothing("sam@"), "who reads the board gets no mail of it"


def test_what_a_specialist_writes_in_the_thread_stays_there(office: Office) -> None:
    opened(office)
    people = office.slack.people
    people.post("sam", "triage", "Looks like the tag. CANARY", thread_ts=office.card().ts)
    until(lambda: "noted" in office.history())
    entry = office.case().entries[-1]
    assert (entry.text, entry.visibility, entry.channel) == (
        "Looks like the tag. CANARY",
        "internal",
        "slack",
    )
    assert office.nothing("ana@")
    assert len([m for m in office.thread() if "CANARY" in said(m)]) == 1, "no echo of what stands there"


def test_a_reply_from_the_thread_reaches_the_customer_and_hers_the_thread(office: Office) -> None:
    confirmation = opened(office)
    people, root = office.slack.people, office.card().ts
    people.post("sam", "triage", "!reply Please send us the log.", thread_ts=root)
    (answer,) = office.mails("ana@")
    assert "Please send us the log." in words(answer)
    assert answer["Auto-Submitted"] is None
    assert confirmation["Message-ID"] in answer["References"]
    assert office.case().line.owner == "Sam Specialist"
    content = os.urandom(30_000)
    office.answer(answer, ANA, "Here it is.", files={"app.log": content})
    office.in_thread("Here it is.")
    files = until(lambda: [f for m in office.thread() for f in m.files])
    assert [(file.name, file.data) for file in files] == [("app.log", content)]
    assert until(lambda: "Sam Specialist" in said(office.card())), "the card is edited, not posted again"


def test_a_file_put_into_the_thread_goes_along_with_the_reply(office: Office) -> None:
    opened(office)
    content = os.urandom(20_000)
    people = office.slack.people
    file = people.upload("sam", "fix.zip", content)
    people.post("sam", "triage", "!reply Try this build.", thread_ts=office.card().ts, files=[file])
    (answer,) = office.mails("ana@")
    (part,) = answer.iter_attachments()
    assert (part.get_filename(), part.get_content()) == ("fix.zip", content)


def test_the_manager_reads_alone_what_a_concern_is_about_and_the_thread_repeats_nothing(
    office: Office,
) -> None:
    confirmation = opened(office)
    office.answer(confirmation, ANA, "#concern +33 1 23 45 67 89: nobody calls")
    below = words_of(office.in_thread("raised a concern").blocks)
    mia = office.slack.people.open_dm("mia").id
    (alone,) = until(lambda: office.messages(mia))
    for known in ("CS-000001", "Deal ID 12333: no delivery", "stopped yesterday", "nobody yet"):
        assert known in said(alone)
        assert known not in below
    assert below.count("23 45 67 89") >= 1


def test_a_slash_command_opens_a_form_and_the_form_a_case(office: Office) -> None:
    people = office.slack.people
    seen = people.slash("ana", "general", "/case new Critical Maestro API: 500 on every call", wait=5)
    assert seen.modal is not None, seen
    people.type_into("ana", seen.modal.id, "text", "Since this morning.")
    seen = people.submit("ana", seen.modal.id)
    assert seen.errors == {}, seen
    assert "CS-000001" in str(seen.modal)
    assert "Maestro API: 500 on every call" in said(office.card())
    (told,) = until(lambda: office.messages(people.open_dm("ana").id))
    assert "CS-000001" in said(told)
    people.post("ana", told.channel, "It still fails.", thread_ts=told.ts)
    office.in_thread("It still fails.")
    people.post("sam", "triage", "!reply Fixed, please try again.", thread_ts=office.card().ts)
    assert until(lambda: [m for m in office.replies(told) if "Fixed, please" in said(m)])

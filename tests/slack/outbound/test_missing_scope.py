"""A scope that is taken away: what needs it waits, the desk is told, and all goes on once it is granted again."""

from __future__ import annotations

from bot.queries.lists import ListOutbox
from tests.slack.outbound.test_readiness import ready
from tests.slack.outbound.test_refusals import a_case_of_noa
from tests.support.houses.house import until, words
from tests.support.houses.office import Office, said
from tests.support.houses.one_case import hurry


def assert_told(office: Office, method: str) -> None:
    """The delivery waits, and ``/readyz`` and a mail to the desk say for which method the scope is missing."""
    waiting = lambda: [row for row in office.ask(ListOutbox("waiting")) if "missing_scope" in row.reason]  # noqa: E731
    assert until(waiting)
    assert not office.ask(ListOutbox("dead"))
    lacks = f"the app lacks a scope for {method}"
    assert until(lambda: [why for why in ready(office)["wrong"] if lacks in why]), ready(office)["wrong"]
    mails = lambda: [mail for _, mail in office._new("sam@") if lacks in words(mail)]  # noqa: E731
    assert until(mails), "nobody of the desk was told"


def granted(office: Office, scope: str) -> None:
    office.slack.workspace.app.scopes.add(scope)
    hurry(office)
    assert until(lambda: ready(office)["wrong"] == []), ready(office)["wrong"]


def test_without_im_write_what_is_for_one_person_waits(office: Office) -> None:
    people = office.slack.people
    office.slack.workspace.app.scopes.discard("im:write")
    people.post("noa", "general", "@Case new Deal ID 12345: no delivery")
    assert office.card(), "the desk sees the case"
    assert_told(office, "conversations.open")
    granted(office, "im:write")
    confirmed = lambda: [m for m in office.messages(people.open_dm("noa").id) if "CS-000001" in said(m)]  # noqa: E731
    assert until(confirmed)
    office.drained()
    assert len(confirmed()) == 1


def test_without_files_write_a_file_waits_and_its_words_do_not(office: Office) -> None:
    a_case_of_noa(office)
    people = office.slack.people
    office.slack.workspace.app.scopes.discard("files:write")
    file = people.upload("sam", "fix.zip", b"bytes" * 100)
    people.post("sam", "triage", "!reply Try this build.", thread_ts=office.card().ts, files=[file])
    talk = people.open_dm("noa").id
    (root,) = office.messages(talk)
    build = lambda: [m for m in office.replies(root) if "Try this build." in said(m)]  # noqa: E731
    assert until(build)
    assert_told(office, "files.getUploadURLExternal")
    granted(office, "files:write")
    files = lambda: [each.name for m in office.replies(root) for each in m.files]  # noqa: E731
    assert until(files) == ["fix.zip"]
    office.drained()
    assert len(build()) == 1

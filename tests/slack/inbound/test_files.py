"""Files that people put into Slack: with their words, after them, or told to be lost; and whose they are."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path
from typing import Any

import pytest

from channels.slack.inbound import downloads
from rehearsal.slack.server import Server
from rehearsal.slack.workspace import cast
from tests.slack.test_customers import opened
from tests.support.houses.house import until, words
from tests.support.houses.office import Office, said
from tests.support.houses.one_case import hurry
from tests.support.houses.slack_house import words_of
from tests.support.setup import databases


def by_mail(office: Office) -> None:
    """Ana opens a case by mail."""
    office.send("Ana <ana@acme.example>", "support@example.com", "Deal", "It stopped delivering at noon.")
    assert office.mails("ana@")
    office.card()


def attached(office: Office, name: str, *, to: str = "") -> str:
    """Sam attaches a file from the card; what he is answered."""
    people = office.slack.people
    seen = office.click("sam", "case_more", value="1:attach", wait=5)
    assert "Ana" in str(seen.modal), "the form says who would get it"
    people.attach("sam", "modal", "files", [people.upload("sam", name, b"a line\n")])
    if to:
        people.choose("sam", "modal", "to", to)
    answer = people.submit("sam", "modal", wait=5)
    people.close_view("sam", "modal", all=True)
    return words_of(answer.modal.body["blocks"]) if answer.modal else ""


def files(office: Office) -> list[tuple[str, str]]:
    """Each file of the case, and how far it goes."""
    return [(file.name, entry.visibility) for entry in office.case().entries for file in entry.files]


def no_file(office: Office, **how: Any) -> None:
    office.slack.workspace.faults.add("error", method="files.info", **how)


def stored(office: Office, content: bytes) -> list[Path]:
    """Where these bytes lie, in the database or beside it."""
    return [path for path in office.folder.rglob("*") if path.is_file() and content in path.read_bytes()]


# a specialist's, from the card


def test_what_a_specialist_attaches_stays_with_the_desk_unless_they_say_otherwise(office: Office) -> None:
    by_mail(office)
    assert "Only the support team" in attached(office, "dump.log")
    assert until(lambda: files(office) == [("dump.log", "internal")])
    assert until(lambda: [f.name for m in office.thread() for f in m.files] == ["dump.log"])
    assert office.nothing("ana@")
    assert "go to the customer" in attached(office, "fix.zip", to="customer")
    (mail,) = office.mails("ana@")
    assert [part.get_filename() for part in mail.iter_attachments()] == ["fix.zip"]
    assert files(office) == [("dump.log", "internal"), ("fix.zip", "public")]


def test_a_file_that_cannot_be_had_is_told_to_whoever_attached_it_and_to_no_customer(office: Office) -> None:
    by_mail(office)
    no_file(office, error="file_not_found")
    attached(office, "dump.log", to="customer")
    private = office.slack.people.open_dm("sam").id
    (told,) = until(lambda: office.messages(private))
    assert "dump.log" in said(told)
    assert "could not be kept" in said(told)
    assert "Please send a link instead." in said(told)
    assert "dump.log" in said(office.in_thread("could not be kept"))
    assert office.nothing("ana@")
    assert [entry.visibility for entry in office.case().entries] == ["public"], "only her own words"


# with words


def test_a_file_that_slack_does_not_hand_over_holds_up_no_words_and_follows_them(office: Office) -> None:
    people = office.slack.people
    told = opened(office, "ana", "general")
    no_file(office, error="internal_error", status=500)
    log = people.upload("ana", "dump.log", b"a line\n")
    people.post("ana", told.channel, "Everything is down.", thread_ts=told.ts, files=[log])
    office.in_thread("Everything is down.")
    assert files(office) == []
    office.slack.workspace.faults.clear()
    assert until(lambda: files(office) == [("dump.log", "public")])
    assert until(lambda: [f.name for m in office.thread() for f in m.files] == ["dump.log"])


def test_a_file_that_cannot_be_had_for_hours_is_given_up_and_told(office: Office) -> None:
    people = office.slack.people
    told = opened(office, "ana", "general")
    no_file(office, error="internal_error", status=500)
    log = people.upload("ana", "dump.log", b"a line\n")
    people.post("ana", told.channel, "Everything is down.", thread_ts=told.ts, files=[log])
    office.in_thread("Everything is down.")
    office.pass_time(hours=7)
    office.in_thread("sent a file that could not be kept: dump.log")
    assert until(lambda: [m for m in office.replies(told) if "dump.log" in said(m)])
    assert [entry.text for entry in office.case().entries] == ["Since this morning.", "Everything is down."]


def test_a_slow_file_holds_up_nobody(office: Office) -> None:
    people = office.slack.people
    told = opened(office, "ana", "general")
    card = office.card()
    office.slack.workspace.faults.add("slow", method="files.info", seconds=600)
    slow = people.upload("ana", "dump.log", b"a line\n")
    people.post("ana", told.channel, "See the dump.", thread_ts=told.ts, files=[slow])
    more = people.upload("sam", "more.log", b"more\n")
    people.post("sam", "triage", "Mine too.", thread_ts=card.ts, files=[more])
    people.post("sam", "triage", "!reply We are looking.", thread_ts=card.ts)
    assert until(lambda: [m for m in office.replies(told) if "We are looking." in said(m)])
    assert files(office) == []
    office.slack.workspace.faults.clear()
    assert until(lambda: sorted(files(office)) == [("dump.log", "public"), ("more.log", "internal")])


def test_a_late_file_goes_as_far_as_the_words_it_came_with(office: Office) -> None:
    by_mail(office)
    people, card = office.slack.people, office.card()
    office.slack.workspace.faults.add("slow", method="files.info", seconds=4)
    for text, name in (("A guess.", "inside.log"), ("!reply Try this build.", "fix.zip")):
        people.post("sam", "triage", text, thread_ts=card.ts, files=[people.upload("sam", name, b"x\n")])
    (words_alone, file_alone) = office.mails("ana@", count=2)
    assert "Try this build." in words(words_alone)
    assert list(words_alone.iter_attachments()) == []
    assert [part.get_filename() for part in file_alone.iter_attachments()] == ["fix.zip"]
    # a busy machine may make Slack slower than our patience, and then a file is tried again after a minute
    assert until(lambda: sorted(files(office)) == [("fix.zip", "public"), ("inside.log", "internal")])
    assert office.nothing("ana@")


def test_files_without_words_wait_for_themselves_and_come_together(office: Office) -> None:
    people = office.slack.people
    told = opened(office, "ana", "general")
    no_file(office, error="internal_error", status=500, times=2)
    two = [people.upload("ana", name, b"x\n") for name in ("one.log", "two.log")]
    people.post("ana", told.channel, "", thread_ts=told.ts, files=two)
    assert until(lambda: files(office) == [("one.log", "public"), ("two.log", "public")])
    office.settled()
    assert len(office.case().entries) == 2, "no empty words"


ODD: dict[str, tuple[dict[str, Any], str]] = {
    "huge.log": ({"size": 200_000_001, "permalink": "https://x.slack.com/files/huge"}, "it is too large"),
    "hidden.log": ({"mode": "hidden_by_limit"}, "it is not stored in Slack"),
    "plain.log": ({"url_private_download": "http://files.slack.com/plain.log"}, "it is not stored in Slack"),
    "port.log": (
        {"url_private_download": "https://files.slack.com:9200/port.log"},
        "it is not stored in Slack",
    ),
    "user.log": (
        {"url_private_download": "https://files.slack.com@evil.example/"},
        "it is not stored in Slack",
    ),
    "ftp.log": ({"url_private_download": "ftp://files.slack.com/ftp.log"}, "it is not stored in Slack"),
    "away.log": ({"url_private_download": "http://files.evil.example/away.log"}, "it is not stored in Slack"),
}


def test_why_a_file_could_not_be_kept_is_told_of_each(office: Office) -> None:
    people = office.slack.people
    told = opened(office, "ana", "general")
    files = [people.upload("ana", name, b"a line\n") for name in ODD]
    for file in files:
        file.described = ODD[file.name][0]
    people.post("ana", told.channel, "The logs.", thread_ts=told.ts, files=files)
    below = said(office.in_thread("sent files that could not be kept"))
    for name, (_, why) in ODD.items():
        assert f"{name} ({why}" in below
    assert "https://x.slack.com/files/huge" in below
    assert until(lambda: [m for m in office.replies(told) if "upload files of any size here" in said(m)])


def test_files_wait_for_a_scope_that_the_app_lacks_and_the_desk_is_told(office: Office) -> None:
    people, app = office.slack.people, office.slack.workspace.app
    told = opened(office, "ana", "general")
    app.scopes.discard("files:read")
    log = people.upload("ana", "dump.log", b"a line\n")
    people.post("ana", told.channel, "The log.", thread_ts=told.ts, files=[log])
    office.in_thread("The log.")
    assert until(lambda: [line for line in office.inbox("waiting") if "cannot be had yet" in line.reason])
    assert "the app lacks a scope for files.info" in office.app.doors["slack"].condition().fault
    assert not [m for m in office.thread() if "could not be kept" in said(m)]
    app.scopes.add("files:read")
    assert until(lambda: files(office) == [("dump.log", "public")])
    assert not office.app.doors["slack"].condition().fault


def test_a_login_page_in_place_of_a_file_is_never_kept_and_asked_past_for_hours(office: Office) -> None:
    people = office.slack.people
    told = opened(office, "ana", "general")
    page = people.upload("ana", "login.log", b"<!DOCTYPE html>\n<title>Sign in</title>")
    people.post("ana", told.channel, "The log.", thread_ts=told.ts, files=[page])
    office.in_thread("The log.")
    assert until(lambda: [line for line in office.inbox("waiting") if "cannot be had yet" in line.reason])
    office.pass_time(hours=7)
    office.in_thread("sent a file that could not be kept: login.log")
    assert files(office) == []


# whole, or not at all


def test_a_download_that_breaks_off_is_not_kept_as_if_it_were_whole(office: Office) -> None:
    people, content = office.slack.people, os.urandom(300_000)
    told = opened(office, "ana", "general")
    office.slack.workspace.faults.add("cut", times=2)
    dump = people.upload("ana", "dump.bin", content)
    people.post("ana", told.channel, "The dump.", thread_ts=told.ts, files=[dump])
    office.in_thread("The dump.")
    (file,) = until(lambda: [file for entry in office.case().entries for file in entry.files])
    assert office.app.files.read(file.sha256) == content
    assert not [path for path in stored(office, content[:1000]) if path.stat().st_size < len(content)]


def test_a_full_disk_is_not_held_against_the_message(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    people = office.slack.people
    told = opened(office, "ana", "general")
    with monkeypatch.context() as disk:
        disk.setattr(os, "fsync", no_space)
        dump = people.upload("ana", "dump.bin", b"a dump\n")
        people.post("ana", told.channel, "The dump.", thread_ts=told.ts, files=[dump])
        office.in_thread("The dump.")
        assert until(lambda: [line for line in office.inbox("waiting") if line.attempts > 3])
    assert until(lambda: files(office) == [("dump.bin", "public")])
    assert not office.inbox("shunted")


def no_space(handle: int) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


# of others


def test_what_others_say_in_threads_of_their_own_is_neither_fetched_nor_kept(office: Office) -> None:
    people = office.slack.people
    told = opened(office, "ana", "acme")
    office.settled()
    before = len(office.inbox())
    root = people.post("ana", "general", "Lunch?")
    payroll = people.upload("ana", "salaries.xlsx", b"what nobody else is to see\n")
    people.post("noa", "general", "my private words", thread_ts=root.ts)
    people.post("ana", "general", "here", thread_ts=root.ts, files=[payroll])
    people.post("eve", "acme", "It hits us all.", thread_ts=told.ts)
    office.in_thread("It hits us all.")
    office.settled()
    assert len(office.inbox()) == before + 1, "only what was said in the case's thread"
    assert not stored(office, b"my private words")
    assert not stored(office, b"what nobody else is to see")
    assert not office.slack.workspace.transcript.calls("files.info")


def test_files_of_words_that_lead_to_no_case_are_not_fetched(office: Office) -> None:
    people = office.slack.people
    talk = people.open_dm("noa")
    private = people.upload("noa", "private.txt", b"what nobody else is to see\n")
    asked = people.post("noa", talk.id, "hello?", files=[private])
    assert until(lambda: [m for m in office.replies(asked) if "Open a case" in said(m)])
    office.settled()
    assert not stored(office, b"what nobody else is to see")


def test_files_of_a_message_that_opens_a_case_follow_it(office: Office) -> None:
    people = office.slack.people
    talk = people.open_dm("ana")
    log = people.upload("ana", "dump.log", b"x\n")
    people.post("ana", talk.id, "!new Deal ID 12333: it does not deliver", files=[log])
    office.card()
    assert until(lambda: files(office) == [("dump.log", "public")])


def test_words_below_a_card_that_the_house_does_not_know_of_yet_are_not_lost(office: Office) -> None:
    people = office.slack.people
    office.slack.workspace.faults.add("lost", method="chat.postMessage", times=1)
    office.send("Ana <ana@acme.example>", "support@example.com", "Deal", "It stopped delivering at noon.")
    people.post("sam", "triage", "A guess.", thread_ts=office.card().ts)
    assert until(lambda: [line for line in office.inbox("waiting") if "not known yet" in line.reason])
    hurry(office)
    assert until(lambda: "A guess." in [entry.text for entry in office.case().entries])


def test_a_house_that_leaves_begins_no_more_downloads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that wait their turn are begun by the next process."""
    monkeypatch.setattr(downloads, "TOGETHER", 0.1)
    monkeypatch.setattr(downloads, "AT_ONCE", 1)
    with Server(cast.build()) as slack:
        with Office(databases.sqlite(tmp_path), tmp_path, slack=slack, mode="http") as office:
            told = opened(office, "ana", "general")
            slack.workspace.faults.add("slow", method="files.info", seconds=1)
            logs = [slack.people.upload("ana", f"{number}.log", b"a line\n") for number in range(9)]
            slack.people.post("ana", told.channel, "See these.", thread_ts=told.ts, files=logs)
            office.in_thread("See these.")
        assert until(lambda: not [one for one in threading.enumerate() if one.name.startswith("slack-files")])
        assert 0 < len(slack.workspace.transcript.calls("files.info")) < len(logs)

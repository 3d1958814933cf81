"""Text beside files that casebot cannot keep: too large, stored elsewhere, canvases, deleted."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.slack.test_customers import opened
from tests.support.houses.house import until
from tests.support.houses.office import PLAN, UNKEPT, Office, said
from tests.support.setup import databases


@pytest.mark.parametrize("mode", ["socket", "http"])
def test_text_beside_a_file_that_cannot_be_kept_is_kept(tmp_path: Path, mode: str) -> None:
    with Office(databases.sqlite(tmp_path), tmp_path, mode=mode) as office:
        people = office.slack.people
        told = opened(office, "ana", "acme")
        card = office.card()
        expected = set()
        for kind in UNKEPT:
            for user, channel, root, side in (
                ("ana", "acme", told.ts, "public"),
                ("eve", "acme", told.ts, "public"),
                ("sam", "acme", told.ts, "public"),
                ("sam", "triage", card.ts, "internal"),
            ):
                text = f"Text of {user} in {channel} beside a file: {kind}."
                file = office.unkept_file(user, kind)
                people.post(user, channel, text, thread_ts=root, files=[file])
                expected.add((text, side))

        def kept() -> set[tuple[str, str]]:
            return {(entry.text.split("\n")[0], entry.visibility) for entry in office.case().entries}

        assert until(lambda: expected <= kept(), 60), expected - kept()
        assert not office.inbox("shunted")


@pytest.mark.parametrize("user", ["ana", "eve"])
def test_external_files_and_canvases_are_kept_as_links(office: Office, user: str) -> None:
    """Of a file of another workspace an event names the id only."""
    people = office.slack.people
    told = opened(office, "ana", "acme")
    canvas = office.unkept_file(user, "canvas")
    files = [office.unkept_file(user, "external"), canvas]
    people.post(user, "acme", "The plan.", thread_ts=told.ts, files=files)
    people.post(user, "acme", "", thread_ts=told.ts, files=[office.unkept_file(user, "canvas")])
    text = said(office.in_thread("The plan."))
    assert f"Launch plan: {PLAN}" in text
    assert canvas.described["permalink"] in text
    assert until(lambda: len(office.case().entries) == 3), "and a canvas without text"
    assert "example-support.slack.com/docs/" in office.case().entries[-1].text
    office.settled()
    assert not [m for m in (*office.thread(), *office.replies(told)) if "could not be kept" in said(m)]


def test_a_link_in_the_text_is_not_repeated(office: Office) -> None:
    people = office.slack.people
    told = opened(office, "ana", "acme")
    file = office.unkept_file("ana", "external")
    people.post("ana", "acme", f"The plan is at {PLAN}", thread_ts=told.ts, files=[file])
    office.in_thread("The plan is at")
    assert office.case().entries[-1].text.count(PLAN) == 1


def test_a_case_that_is_opened_with_an_external_file_has_its_link(tmp_path: Path) -> None:
    with Office(databases.sqlite(tmp_path), tmp_path, more='opens = "all"\n') as office:
        people = office.slack.people
        people.post("ana", "acme", "", files=[office.unkept_file("ana", "external")])
        assert PLAN in said(office.card())


def test_a_reply_with_an_external_file_alone_sends_its_link(office: Office) -> None:
    people = office.slack.people
    told = opened(office, "ana", "acme")
    file = office.unkept_file("sam", "external")
    people.post("sam", "triage", "!reply", thread_ts=office.card().ts, files=[file])
    assert until(lambda: [m for m in office.replies(told) if PLAN in said(m)])


def test_attach_with_an_external_file_alone_keeps_its_link(office: Office) -> None:
    people = office.slack.people
    told = opened(office, "ana", "acme")
    people.post("ana", "acme", "!attach", thread_ts=told.ts, files=[office.unkept_file("ana", "external")])
    assert PLAN in said(office.in_thread("Launch plan"))


def test_the_sender_of_a_file_that_cannot_be_kept_gets_the_upload_link(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASEBOT_WEB__BASE_URL", "https://support.example.com")
    with Office(databases.sqlite(tmp_path), tmp_path) as office:
        people = office.slack.people
        told = opened(office, "ana", "acme")
        huge = office.unkept_file("ana", "too large")
        people.post("ana", "acme", "The dump.", thread_ts=told.ts, files=[huge])
        office.in_thread("sent a file that could not be kept: dump.bin")
        seen = until(lambda: [m for m in office.slack.workspace.ephemerals if "dump.bin" in said(m)])
        assert [m.ephemeral_to for m in seen] == ["U0ANA"]
        assert "https://support.example.com/upload/" in said(seen[0])
        assert not [m for m in office.replies(told) if "/upload/" in said(m)], "the link is Ana's alone"

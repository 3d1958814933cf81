"""Calendar entries in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.email.formats import icalendar
from channels.email.mime import message
from tests.support.mail.letters import mail


def event(*lines: str, method: str = "REQUEST") -> str:
    return "\r\n".join(
        ("BEGIN:VCALENDAR", f"METHOD:{method}", "BEGIN:VEVENT", *lines, "END:VEVENT", "END:VCALENDAR")
    )


def test_an_invitation_alone_says_what_when_and_who() -> None:
    found = message.read(mail("invitation"))
    assert found.text.split("\n") == [
        "Invitation: Go-live, second try",
        "When: 2026-12-01 09:00–10:30 (Europe/Berlin)",
        "Where: Room 4",
        "Who: Example, Ana <ana@acme.example> (organiser), Support <support@example.com>, "
        "bob@acme.example (accepted)",
        "",
        "We switch over.",
        "Please be there.",
    ]
    assert [(file.name, file.type) for file in found.files] == [("invitation.ics", "text/calendar")]


def test_beside_a_text_it_is_a_file_only() -> None:
    raw = (
        b"Content-Type: multipart/alternative; boundary=b\n\n--b\n\nCome!\n--b\nContent-Type: text/calendar\n\n"
        + event("SUMMARY:Party").encode()
        + b"\n--b--\n"
    )
    found = message.read(raw)
    assert found.text == "Come!"
    assert [file.name for file in found.files] == ["invitation.ics"]


@pytest.mark.parametrize(
    ("lines", "when"),
    [
        (("DTSTART:20261201T080000Z", "DTEND:20261201T090000Z"), "2026-12-01 08:00–09:00 (UTC)"),
        (("DTSTART;VALUE=DATE:20261224", "DTEND;VALUE=DATE:20261226"), "2026-12-24 – 2026-12-26"),
        (("DTSTART:20261201T220000", "DTEND:20261202T020000"), "2026-12-01 22:00 – 2026-12-02 02:00"),
        (("DTSTART:20261201T080000Z", "RRULE:FREQ=WEEKLY"), "2026-12-01 08:00 (UTC), repeated"),
        (("DTSTART:tomorrow",), "tomorrow"),
        (("DUE:20261201T080000Z",), "due 2026-12-01 08:00 (UTC)"),
    ],
)
def test_times_are_told_as_they_are_written_with_their_zone(lines: tuple[str, ...], when: str) -> None:
    assert f"\nWhen: {when}\n" in icalendar.summary(event("SUMMARY:x", *lines)) + "\n"


@pytest.mark.parametrize(
    ("method", "title"),
    [("CANCEL", "Cancelled: x"), ("REPLY", "Answer to an invitation: x"), ("PUBLISH", "Invitation: x")],
)
def test_what_it_is_about(method: str, title: str) -> None:
    assert icalendar.summary(event("SUMMARY:x", method=method)) == title


def test_a_calendar_without_an_event_says_nothing() -> None:
    assert icalendar.summary("BEGIN:VCALENDAR\nEND:VCALENDAR") == ""


@given(st.text(alphabet=st.sampled_from('BEGIN:VENT\n\r ;=",\\ \u202eDTSAR0129Z'), max_size=200))
def test_nothing_makes_it_raise(words: str) -> None:
    icalendar.summary(words)
    icalendar.summary(event(words, f"DTSTART;{words}", f"ATTENDEE{words}"))

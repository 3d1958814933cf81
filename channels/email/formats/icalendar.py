"""A calendar's entry in words: what, when and who (RFC 5545, as far as that needs it)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from channels import text

MOST_LINES, LONGEST, MOST_PEOPLE = 5000, 4000, 50
"""Lines that are looked at, characters of a description, people who are named."""
_FOLD = re.compile(r"\r?\n[ \t]")
_LINE = re.compile(r"([A-Za-z0-9-]{1,40})((?:;[A-Za-z0-9-]{1,40}=(?:\"[^\"]*\"|[^\":;]*))*):(.*)")
_PARAMETER = re.compile(r";([A-Za-z0-9-]{1,40})=(\"[^\"]*\"|[^\":;]*)")
_ESCAPED = re.compile(r"\\([\\;,nN])")
_TITLES = {"CANCEL": "Cancelled", "REPLY": "Answer to an invitation", "COUNTER": "Another time is proposed"}
_PEOPLE = {"ORGANIZER": "organiser", "ATTENDEE": ""}


@dataclass(slots=True)
class _Line:
    name: str
    value: str
    parameters: dict[str, str]


@dataclass(slots=True)
class _Event:
    fields: dict[str, _Line] = field(default_factory=dict)
    people: list[_Line] = field(default_factory=list)


def summary(calendar: str) -> str:
    """A short text about the first event or task of a calendar; ``""`` if there is none."""
    method, event = "", _Event()
    inside: list[str] = []
    for line in _lines(calendar):
        if line.name == "BEGIN":
            inside.append(line.value.strip().upper())
        elif line.name == "END":
            if inside[-1:] in (["VEVENT"], ["VTODO"]):
                break
            inside = inside[:-1]
        elif inside[-1:] in (["VEVENT"], ["VTODO"]):
            _take(line, event)
        elif line.name == "METHOD":
            method = line.value.strip().upper()
    return text.clean("\n".join(filter(None, _words(method, event)))) if event.fields else ""


def _lines(calendar: str) -> Iterator[_Line]:
    for raw in _FOLD.sub("", calendar).split("\n", MOST_LINES)[:MOST_LINES]:
        if match := _LINE.fullmatch(raw.rstrip("\r")[: LONGEST * 2]):
            parameters = {name.upper(): value.strip('"') for name, value in _PARAMETER.findall(match[2])}
            yield _Line(match[1].upper(), match[3], parameters)


def _take(line: _Line, event: _Event) -> None:
    if line.name in _PEOPLE:
        if len(event.people) < MOST_PEOPLE:
            event.people.append(line)
    else:
        event.fields.setdefault(line.name, line)


def _words(method: str, event: _Event) -> Iterator[str]:
    yield f"{_TITLES.get(method, 'Invitation')}: {_text(event, 'SUMMARY') or '(without a title)'}"
    if when := _when(event):
        yield f"When: {when}"
    if where := _text(event, "LOCATION"):
        yield f"Where: {where}"
    if event.people:
        yield f"Who: {', '.join(filter(None, map(_person, event.people)))}"
    if description := _unescaped(event, "DESCRIPTION")[:LONGEST].strip():
        yield f"\n{description}"


def _unescaped(event: _Event, name: str) -> str:
    line = event.fields.get(name)
    return _ESCAPED.sub(lambda match: "\n" if match[1] in "nN" else match[1], line.value) if line else ""


def _text(event: _Event, name: str) -> str:
    return text.line(_unescaped(event, name))


def _when(event: _Event) -> str:
    """Begin to end with the zone's name, as the calendar has them: nothing is converted."""
    begin, end = (event.fields.get(name) for name in ("DTSTART", "DTEND"))
    if begin is None:
        due = event.fields.get("DUE")
        return f"due {_moment(due)} {_zone(due)}".rstrip() if due else ""
    first, last = _moment(begin), _moment(end) if end else ""
    if last[:11] == first[:11]:
        last = last[11:]
    until = f"–{last}" if len(last) == 5 else f" – {last}" if last and last != first else ""
    return f"{first}{until} {_zone(begin)}".rstrip() + (", repeated" if "RRULE" in event.fields else "")


def _moment(line: _Line) -> str:
    value = line.value.strip().rstrip("Z")[:15]
    for form, shown in (("%Y%m%dT%H%M%S", "%Y-%m-%d %H:%M"), ("%Y%m%d", "%Y-%m-%d")):
        try:
            return datetime.strptime(value, form).strftime(shown)
        except ValueError:
            continue
    return text.line(line.value[:40])


def _zone(line: _Line) -> str:
    if line.value.strip().endswith("Z"):
        return "(UTC)"
    name = text.line(line.parameters.get("TZID", "")[:60])
    return f"({name})" if name else ""


def _person(line: _Line) -> str:
    address = text.line(line.value[:320])
    address = address[7:] if address[:7].lower() == "mailto:" else address
    name = text.name(line.parameters.get("CN", "")[:200])
    remarks = [_PEOPLE[line.name], line.parameters.get("PARTSTAT", "").lower().replace("needs-action", "")]
    remark = text.line(", ".join(filter(None, remarks))[:60])
    shown = f"{name} <{address}>" if name and name != address else address
    return f"{shown} ({remark})" if remark else shown

"""The readable page of an export: what is in it, what it means, and what was left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, tzinfo
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from bot.privacy.export import ExportTally

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:46rem;padding:0 1rem;color:#1d1c1d;"
    "background:#fff}table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.35rem .6rem .35rem 0;"
    "border-bottom:1px solid #ddd;vertical-align:top}h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}"
    ".words{white-space:pre-wrap;overflow-wrap:anywhere}"
    "@media(prefers-color-scheme:dark){body{color:#e8e8e8;background:#1a1d21}td,th{border-color:#444}a{color:#8ab4f8}}"
)


def page(
    record: Mapping[str, Any], tally: ExportTally, *, desk: str, made_at: datetime, zone: tzinfo, notes: bool
) -> str:
    """The first page."""
    title = f"What {desk} holds of {record['name'] or record['addresses'][0]['address']}"
    return _html(title, _first(record, tally, made_at=made_at, zone=zone, notes=notes))


def case_page(record: Mapping[str, Any], zone: tzinfo) -> str:
    """The page of one case: what was said on it, and what happened to it."""
    return _html(f"{record['number']}: {record['subject']}", _case(record, zone))


def _html(title: str, lines: Iterable[str]) -> str:
    head = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_STYLE}</style></head>'
        f"<body><main><h1>{escape(title)}</h1>"
    )
    return "\n".join((head, *lines, "</main></body></html>"))


def _first(
    record: Mapping[str, Any], tally: ExportTally, *, made_at: datetime, zone: tzinfo, notes: bool
) -> Iterator[str]:
    yield f"<p>As it was at {_moment(made_at, zone)}. Each part is also there as JSON, for other programs.</p>"
    yield "<h2>You</h2><table>"
    for name, value in _about(record):
        if value:
            yield f'<tr><th scope="row">{escape(name)}</th><td>{escape(value)}</td></tr>'
    yield '</table><p><a href="person.json">person.json</a></p>'
    yield from _cases(tally)
    yield from _messages(tally)
    yield from _left_out(tally, notes=notes)


def _case(record: Mapping[str, Any], zone: tzinfo) -> Iterator[str]:
    facts = ("state", "priority", "type", "category", "feature", "your_role")
    yield f"<p>{escape(', '.join(str(record[name]) for name in facts if record[name]))};"
    yield f' opened {_moment(record["opened_at"], zone)}. <a href="case.json">case.json</a></p>'
    for entry in record["entries"]:
        marks = [entry["by"], "a note of the desk" if entry["internal"] else "", entry["channel"]]
        yield f"<h2>{escape(entry['author'])}, {_moment(entry['at'], zone)}</h2>"
        yield f"<p><small>{escape(', '.join(filter(None, marks)))}</small></p>"
        yield f'<p class="words">{escape(entry["text"])}</p>'
        for file in entry["files"]:
            path = quote(file["path"].rpartition("/")[2])
            yield f'<p><a href="files/{path}">{escape(file["name"])}</a> ({file["size"]} bytes)</p>'
    yield "<h2>What happened</h2><ul>"
    for step in record["history"]:
        who = " (you)" if step["by_you"] else ""
        yield f"<li>{_moment(step['at'], zone)}: {escape(step['step'])}{who}</li>"
    yield "</ul>"


def _moment(at: datetime, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M %Z}"


def _about(record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "Name", record["name"]
    yield "Addresses", ", ".join(f"{line['address']} ({line['channel']})" for line in record["addresses"])
    yield "Account", record["account"]
    yield "Language", record["language"]
    yield "Time zone", record["time_zone"]
    yield "Telephone", ", ".join(filter(None, (record["telephone"], *record["other_telephones"])))
    yield "Met", f"{record['met_at']:%Y-%m-%d}"
    yield "Saved replies", ", ".join(line["name"] for line in record["saved_replies"])
    yield "Blocked", "yes" if record["blocked"] else ""


def _cases(tally: ExportTally) -> Iterator[str]:
    yield "<h2>Cases</h2>"
    if not tally.cases:
        yield "<p>None.</p>"
        return
    yield "<table><thead><tr><th>Case</th><th>Subject</th><th>You are</th><th>Opened</th><th>Entries</th>"
    yield "<th>Files</th></tr></thead><tbody>"
    for case in tally.cases:
        number = escape(case["number"])
        yield f'<tr><td><a href="cases/{number}/index.html">{number}</a></td><td>{escape(case["subject"])}</td>'
        yield f"<td>{escape(case['your_role'])}</td><td>{case['opened_at']:%Y-%m-%d}</td><td>{case['entries']}</td>"
        yield f"<td>{case['files']}</td></tr>"
    yield "</tbody></table>"


def _messages(tally: ExportTally) -> Iterator[str]:
    yield "<h2>Messages as they came and went</h2>"
    yield f"<p>{tally.received} from you, {tally.sent} to you: mails in <code>mails</code> (any mail program opens"
    yield " them), messages of chats in <code>messages</code>.</p>"


def _left_out(tally: ExportTally, *, notes: bool) -> Iterator[str]:
    yield "<h2>What was left out, and why</h2><ul>"
    yield "<li>What others said where you could not read it, and their addresses and files: these are theirs"
    yield f" ({_counted(tally.words_left_out, 'message')}).</li>"
    if notes:
        yield "<li>Notes of the desk that are not about you, on cases that others take part in, too"
    else:
        yield "<li>Notes of the desk among itself, because whoever made this archive chose so"
    yield f" ({_counted(tally.notes_left_out, 'note')}).</li>"
    yield "<li>Mails as others sent them, and mails to others.</li>"
    yield "<li>Hashes and counters by which casebot limits how much mail it sends: they name nobody.</li>"
    for path in tally.missing:
        yield f"<li>{escape(path)}: the desk does not have this file any more.</li>"
    yield "</ul>"


def _counted(count: int, what: str) -> str:
    return f"{count} {what if count == 1 else f'{what}s'}"

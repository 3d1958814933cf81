"""A CSV file of contacts, as spreadsheets write it; each wrong row becomes a sentence."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.languages.catalogue import every, languages
from bot.model.language_codes import is_language
from store.directory.contact_import import Contact, ListedContact

LONGEST_CELL = 10_000
"""Characters; more is no cell that anybody wrote."""
HEADER = ("mail", "name", "account", "slack_team", "slack_user", "language", "phone", "role")
"""The columns that are written, in their order."""
_FIELDS = {
    spelling: name
    for language in languages().values()
    for name, spellings in language.people_columns._asdict().items()
    for spelling in spellings
}
"""What a column may be called, in lower case, without spaces and signs → the field."""
_ROLES = dict.fromkeys(every(lambda language: language.people_values.contact), "contact") | dict.fromkeys(
    every(lambda language: language.people_values.inactive), "inactive"
)
"""A word of the column *role* → is the person a contact still?"""
_LANGUAGE_CODES = {
    name: code for code, language in languages().items() for name in language.people_values.language
}
"""The name of a language → its code."""
_QUOTED = "a quotation mark is opened and not closed on its line, or it has something beside it"


class NoPeople(Exception):
    """The file cannot be used at all; the message says why."""


@dataclass(frozen=True, slots=True)
class CsvRow:
    """One row: a contact, or why it is none."""

    line: int
    """Where it begins in the file, counted from one."""
    contact: Contact | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class PeopleFile:
    """A file whose header was understood."""

    fields: tuple[str, ...]
    """What each column holds; ``""``: nothing that we know."""
    ignored: tuple[str, ...]
    """Columns that are passed over, as they are written."""
    encoding: str
    separator: str
    text: str

    def rows(self) -> Iterator[CsvRow]:
        """Each row that is not blank, in order."""
        seen: dict[tuple[str, str], int] = {}
        for line, last, cells in self._cells():
            row = self._row(line, last, cells)
            first = next((seen[pair] for pair in _identities(row) if pair in seen), 0)
            if first:
                row = CsvRow(line, None, f"the same person stands on line {first} already")
            seen |= dict.fromkeys(_identities(row), line)
            yield row

    def _cells(self) -> Iterator[tuple[int, int, list[str] | None]]:
        """The first and last lines of each row, and its cells; None for an unreadable row.

        None also for one with a line break in a cell: then a stray quotation mark may have made one row of several.
        """
        lines = io.StringIO(self.text, newline="")
        lines.readline()
        reader = csv.reader(lines, delimiter=self.separator, strict=True)
        while True:
            line = reader.line_num + 2
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                cells = None
            last = reader.line_num + 1
            if cells is None or last > line:
                yield line, last, None
            elif any(cell.strip() for cell in cells):
                yield line, last, cells

    def _row(self, line: int, last: int, cells: list[str] | None) -> CsvRow:
        if cells is None:
            whole = f"lines {line} to {last} are one row" if last > line else "it cannot be read"
            return CsvRow(line, None, f"{whole}: {_QUOTED}")
        if any(len(cell) > LONGEST_CELL for cell in cells):
            return CsvRow(line, None, f"a cell of it has more than {LONGEST_CELL:,} characters")
        if any(cell.strip() for cell in cells[len(self.fields) :]):
            return CsvRow(line, None, f"it has {len(cells)} cells, and the header names {len(self.fields)}")
        cells_by_name = {name: _clean(cell) for name, cell in zip(self.fields, cells, strict=False) if name}
        try:
            return CsvRow(line, _contact(cells_by_name))
        except ValueError as error:
            return CsvRow(line, None, str(error))


def open_file(raw: bytes) -> PeopleFile:
    """Detect a file's encoding, separator and columns. Raises ``NoPeople``."""
    encoding, text = _decoded(raw)
    first = io.StringIO(text, newline="").readline()
    headers = {sep: _titles(first, sep) for sep in ",;\t"}
    separator = max(headers, key=lambda sep: (sum(map(bool, map(_field, headers[sep]))), len(headers[sep])))
    fields = tuple(map(_field, headers[separator]))
    if "mail" not in fields and not {"slack_team", "slack_user"} <= {*fields}:
        raise NoPeople(
            "its first line must name the columns, and one of them must be mail (or slack_team and slack_user). "
            f"It says: {_clean(first)[:200] or 'nothing'}"
        )
    twice = sorted({name for name in fields if name and fields.count(name) > 1})
    if twice:
        raise NoPeople(f"several columns hold the same thing: {', '.join(twice)}")
    ignored = tuple(_clean(h) for h, name in zip(headers[separator], fields, strict=True) if not name and h)
    return PeopleFile(fields, ignored, encoding, separator, text)


def _titles(line: str, separator: str) -> list[str]:
    """The cells of a header; none if it is no line of such a file."""
    try:
        return next(csv.reader([line], delimiter=separator, strict=True), [])
    except csv.Error:
        return []


def _decoded(raw: bytes) -> tuple[str, str]:
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16", raw.decode("utf-16", "replace")
    try:
        return "utf-8", raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "cp1252", raw.decode("cp1252", "replace")


def _field(title: str) -> str:
    return _FIELDS.get(re.sub(r"[\W_]", "", title.casefold()), "")


def _clean(cell: str) -> str:
    """One line, without controls, and without the sign that keeps a spreadsheet from calculating."""
    text = " ".join("".join(c if c.isprintable() else " " for c in cell).split())
    text = text[1:] if text[:1] == "'" and _RECKONED.match(text) else text
    return _GUARDED.sub(r"\1", text)


def _identities(row: CsvRow) -> tuple[tuple[str, str], ...]:
    return row.contact.identities if row.contact else ()


_APART = re.compile(r"[\s;,|]+")
_MAIL = re.compile(r"[^\s<>@,;:()\"]+@[^\s<>@,;:()\"]+\.[^\s<>@,;:()\"]+")
_TEAM, _USER = re.compile(r"[TE][A-Z0-9]{2,}"), re.compile(r"[UW][A-Z0-9]{2,}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z]{2,4})?", re.IGNORECASE)
_PHONE = re.compile(r"[+(\d][\d ()./+-]{4,30}(?:(?:ext|x|-)[. ]?\d{1,6})?", re.IGNORECASE)


def _contact(cells: Mapping[str, str]) -> Contact:
    """The contact of a row. Raises ``ValueError`` with a sentence about what is wrong."""
    name = cells.get("name", "") or " ".join(filter(None, (cells.get("first", ""), cells.get("last", ""))))
    return Contact(
        (*_mail(cells.get("mail", "")), *_slack(cells)) or _nobody(),
        name=name[:200],
        account=cells.get("account", "")[:200],
        language=_language(cells.get("language", "")),
        phone=_like(_PHONE, cells.get("phone", ""), "phone number", "+49 30 123456"),
        active=_role(cells.get("role", "")),
    )


def _nobody() -> tuple[tuple[str, str], ...]:
    raise ValueError("nothing says who it is: it has neither a mail address nor a slack_team and slack_user")


def _mail(written: str) -> tuple[tuple[str, str], ...]:
    """The mail addresses of a cell; a person may have several."""
    addresses = [
        _like(_MAIL, part, "mail address", "ana@example.com").lower() for part in _APART.split(written)
    ]
    if any(len(address) > 254 for address in addresses):
        raise ValueError("its mail address is too long to be one")
    return tuple(("email", address) for address in dict.fromkeys(addresses) if address)


def _slack(cells: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    user = _like(_USER, cells.get("slack_user", "").upper(), "slack_user", "U012AB3CD")
    team = _like(_TEAM, cells.get("slack_team", "").upper(), "slack_team", "T012AB3CD") if user else ""
    if user and not team:
        raise ValueError("its slack_user needs a slack_team beside it")
    return (("slack", f"{team}/{user}".lower()),) if user else ()


def _like(pattern: re.Pattern[str], written: str, what: str, example: str) -> str:
    if written and not pattern.fullmatch(written):
        raise ValueError(f"“{written[:60]}” is no {what}, as {example} is")
    return written


def _language(written: str) -> str:
    code = _LANGUAGE_CODES.get(written.casefold(), written.replace("_", "-"))
    _like(_LANGUAGE, code, "language", "en or pt-BR")
    if code and not is_language(code):
        raise ValueError(
            f"“{written[:60]}” is no language that there is; English is en, Brazilian Portuguese pt-BR"
        )
    return code


def _role(written: str) -> bool | None:
    kind = _ROLES.get(written.casefold(), "")
    if written and not kind:
        raise ValueError(f"“{written[:60]}” is no role: contact or inactive")
    return kind == "contact" if written else None


_RECKONED = re.compile("'*[=@+\\-＝＠＋－]")
"""How a cell begins that a spreadsheet reckons with, or would without the signs that keep it from that."""
_WITHIN, _GUARDED = (
    re.compile(f'([;,"])(?= ?{_RECKONED.pattern})'),
    re.compile(f"([;,\"])'(?= ?{_RECKONED.pattern})"),
)
"""The same after what some spreadsheets, in some countries, take for the end of a cell."""


def write(listed: Sequence[ListedContact]) -> str:
    """Rows below ``HEADER``, without it: what ``open_file`` reads back as the same people.

    A person with two users in Slack is written with one of them: there is room for no more.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    for contact in listed:
        mail, slack = (
            " ".join(a for at, a in contact.identities if at == name) for name in ("email", "slack")
        )
        team, _, user = slack.upper().partition(" ")[0].partition("/")
        role = "contact" if contact.active else "inactive"
        writer.writerow(
            (
                *map(_tame, (mail, contact.name, contact.account)),
                team,
                user,
                contact.language,
                contact.phone,
                role,
            )
        )
    return out.getvalue()


def _tame(text: str) -> str:
    """Text that no spreadsheet calculates: people choose their own names and addresses."""
    text = _WITHIN.sub(r"\1'", text)
    return f"'{text}" if _RECKONED.match(text) else text

"""A CSV file of contacts, as spreadsheets write it; each wrong row becomes a sentence."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.config import time_zones
from bot.languages.catalogue import every, languages
from bot.model.channel_profile import AddressForm, ChannelProfile
from bot.model.language_codes import is_language
from bot.model.mail_address import MAIL
from store.directory.contact_import import Contact, ListedContact

LONGEST_CELL = 10_000
"""Characters; more is no cell that anybody wrote."""
Profiles = Mapping[str, ChannelProfile]
"""By the channel's name."""
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


def header(profiles: Profiles) -> tuple[str, ...]:
    """The columns that are written, in their order: one for each channel that people have addresses in."""
    return ("mail", "name", "account", *_channels(profiles), "language", "phone", "role", "time_zone")


def _channels(profiles: Profiles) -> tuple[str, ...]:
    return tuple(name for name, profile in profiles.items() if profile.people)


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
    profiles: Profiles

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

        Or one with a line break in a cell: then a stray quotation mark may have made one row of several.
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
            return CsvRow(line, _contact(cells_by_name, self.profiles))
        except ValueError as error:
            return CsvRow(line, None, str(error))


def open_file(raw: bytes, profiles: Profiles) -> PeopleFile:
    """Detect a file's encoding, separator and columns. Raises ``NoPeople``."""
    encoding, text = _decoded(raw)
    first = io.StringIO(text, newline="").readline()
    headers = {sep: _titles(first, sep) for sep in ",;\t"}
    spellings = _spellings(profiles)
    separator = max(
        headers, key=lambda sep: (sum(_folded(h) in spellings for h in headers[sep]), len(headers[sep]))
    )
    fields = tuple(spellings.get(_folded(title), "") for title in headers[separator])
    named = ("mail", *_channels(profiles))
    if not {*named} & {*fields}:
        raise NoPeople(
            f"its first line must name the columns, and one of them must be {' or '.join(named)}. "
            f"It says: {_clean(first)[:200] or 'nothing'}"
        )
    twice = sorted({name for name in fields if name and fields.count(name) > 1})
    if twice:
        raise NoPeople(f"several columns hold the same thing: {', '.join(twice)}")
    ignored = tuple(_clean(h) for h, name in zip(headers[separator], fields, strict=True) if not name and h)
    return PeopleFile(fields, ignored, encoding, separator, text, profiles)


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


def _spellings(profiles: Profiles) -> Mapping[str, str]:
    """What a column may be called, folded → the field, or the channel."""
    spellings = dict(_FIELDS)
    for name, profile in profiles.items():
        if profile.people:
            spellings |= dict.fromkeys((_folded(name), _folded(profile.label), *profile.people.columns), name)
    return spellings


def _folded(title: str) -> str:
    return re.sub(r"[\W_]", "", title.casefold())


def _clean(cell: str) -> str:
    """One line, without controls, and without the sign that keeps a spreadsheet from calculating."""
    text = " ".join("".join(c if c.isprintable() else " " for c in cell).split())
    text = text[1:] if text[:1] == "'" and _RECKONED.match(text) else text
    return _GUARDED.sub(r"\1", text)


def _identities(row: CsvRow) -> tuple[tuple[str, str], ...]:
    return row.contact.identities if row.contact else ()


_APART = re.compile(r"[\s;,|]+")
_MAIL = re.compile(r"[^\s<>@,;:()\"]+@[^\s<>@,;:()\"]+\.[^\s<>@,;:()\"]+")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z]{2,4})?", re.IGNORECASE)
_PHONE = re.compile(r"[+(\d][\d ()./+-]{4,30}(?:(?:ext|x|-)[. ]?\d{1,6})?", re.IGNORECASE)


def _contact(cells: Mapping[str, str], profiles: Profiles) -> Contact:
    """The contact of a row. Raises ``ValueError`` with a sentence about what is wrong."""
    name = cells.get("name", "") or " ".join(filter(None, (cells.get("first", ""), cells.get("last", ""))))
    return Contact(
        (*_mail(cells.get("mail", "")), *_elsewhere(cells, profiles)) or _nobody(profiles),
        name=name[:200],
        account=cells.get("account", "")[:200],
        language=_language(cells.get("language", "")),
        time_zone=_time_zone(cells.get("time_zone", "")),
        phone=_like(_PHONE, cells.get("phone", ""), "phone number", "+49 30 123456"),
        active=_role(cells.get("role", "")),
    )


def _nobody(profiles: Profiles) -> tuple[tuple[str, str], ...]:
    ways = ("a mail address", *(f"an address in {_label(name, profiles)}" for name in _channels(profiles)))
    raise ValueError(f"nothing says who it is: it has neither {' nor '.join(ways)}")


def _mail(written: str) -> tuple[tuple[str, str], ...]:
    """The mail addresses of a cell; a person may have several."""
    addresses = [
        _like(_MAIL, part, "mail address", "ana@example.com").lower() for part in _APART.split(written)
    ]
    if any(len(address) > 254 for address in addresses):
        raise ValueError("its mail address is too long to be one")
    return tuple((MAIL, address) for address in dict.fromkeys(addresses) if address)


def _elsewhere(cells: Mapping[str, str], profiles: Profiles) -> Iterator[tuple[str, str]]:
    """Addresses in the channels; somebody may have several there, too."""
    for name in _channels(profiles):
        for written in filter(None, _APART.split(cells.get(name, ""))):
            yield name, _address(written, profiles[name], _label(name, profiles)).lower()


def _address(written: str, profile: ChannelProfile, label: str) -> str:
    try:
        return profile.people.read(written) if profile.people else ""
    except ValueError as error:
        raise ValueError(f"“{written[:60]}” is no address in {label}: it {error}") from None


def _label(name: str, profiles: Profiles) -> str:
    return profiles[name].label or name


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


def _time_zone(written: str) -> str:
    try:
        return time_zones.checked(written) if written else ""
    except ValueError as error:
        raise ValueError(f"“{written[:60]}” is no time zone: it {error}") from None


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


def write(listed: Sequence[ListedContact], profiles: Profiles) -> str:
    """Rows below ``HEADER``, without it: what ``open_file`` reads back as the same people.

    A person with two users in Slack is written with one of them: there is room for no more.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    for contact in listed:
        mail = " ".join(address for at, address in contact.identities if at == MAIL)
        there = [
            _written(contact, name, profile.people) for name, profile in profiles.items() if profile.people
        ]
        role = "contact" if contact.active else "inactive"
        cells = map(_tame, (mail, contact.name, contact.account, *there))
        writer.writerow((*cells, contact.language, contact.phone, role, contact.time_zone))
    return out.getvalue()


def _written(contact: ListedContact, channel: str, form: AddressForm) -> str:
    return " ".join(form.write(address) for at, address in contact.identities if at == channel)


def _tame(text: str) -> str:
    """Text that no spreadsheet calculates: people choose their own names and addresses."""
    text = _WITHIN.sub(r"\1'", text)
    return f"'{text}" if _RECKONED.match(text) else text

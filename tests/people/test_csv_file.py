"""Files of people: whatever program wrote them, they are read; and each row that is wrong is named with its line."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence

import pytest

from bot.channel.installed import sections
from bot.model.channel_profile import profile_of
from bot.people.csv_file import NoPeople, PeopleFile, open_file, write
from store.directory.contact_import import Contact, ListedContact

PROFILES = {name: profile_of(kind) for name, kind in sections().items()}
ANA = (("email", "ana@acme.example"),)


def read(text: str | bytes) -> PeopleFile:
    return open_file(text.encode() if isinstance(text, str) else text, PROFILES)


def contacts(text: str | bytes) -> list[Contact]:
    return [row.contact for row in read(text).rows() if row.contact]


def written(listed: Sequence[ListedContact]) -> str:
    return write(listed, PROFILES)


def wrong(text: str) -> dict[int, str]:
    return {row.line: row.why for row in read(text).rows() if row.contact is None}


@pytest.mark.parametrize("sep", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_every_usual_way_to_write_it_is_read(sep: str, encoding: str) -> None:
    lines = ("Company|E-Mail Address|Full name|Slack Team ID", "Müller GmbH|Ana@Acme.Example|Ána Müller|")
    raw = "\r\n".join(line.replace("|", sep) for line in lines).encode(encoding)
    assert contacts(raw) == [Contact(ANA, "Ána Müller", "Müller GmbH")]


def test_columns_stand_in_any_order_and_others_are_passed_over() -> None:
    file = read("phone,shoe size,LAST_NAME,first name,mail\n+49 30 123,43,Jones,Ana,ana@acme.example\n")
    assert file.ignored == ("shoe size",)
    assert [row.contact for row in file.rows()] == [Contact(ANA, "Ana Jones", phone="+49 30 123")]


def test_several_addresses_in_a_row_are_one_person() -> None:
    (ana,) = contacts(
        "mail,slack,role,language\nana@acme.example; a@home.example,T012/u034 T013/W035,left,German\n"
    )
    assert ana.identities == (
        *ANA,
        ("email", "a@home.example"),
        ("slack", "t012/u034"),
        ("slack", "t013/w035"),
    )
    assert (ana.active, ana.language) == (False, "de")


def test_a_cell_with_a_line_break_is_a_mistake_and_blank_rows_are_nothing() -> None:
    text = 'name,mail\n"Ana\nJones",ana@acme.example\n\n,,\nTom,tom\nLi,li@acme.example\n'
    assert contacts(text) == [Contact((("email", "li@acme.example"),), "Li")]
    told = wrong(text)
    assert list(told) == [2, 6], "the line in the file, not the number of the row"
    assert "lines 2 to 3 are one row: a quotation mark" in told[2]


@pytest.mark.parametrize(
    "text",
    [
        'mail,name\nana@acme.example,"Ana\nbob@acme.example,Bob\ncarl@acme.example,"Carl"\nli@acme.example,\n',
        'mail\n"ana@acme.example\nbob@other.example\neve@evil.example"\nli@acme.example\n',
        'mail,name\rana@acme.example,"Ana\rbob@acme.example,Bob\rcarl@acme.example,Carl"\rli@acme.example,\r',
    ],
)
def test_a_stray_quotation_mark_makes_nobody_one_with_others_and_says_which_lines_are_lost(text: str) -> None:
    assert contacts(text) == [Contact((("email", "li@acme.example"),))]
    (told,) = wrong(text).items()
    assert told[0] == 2
    assert "lines 2 to 4 are one row: a quotation mark" in told[1]


def test_a_quotation_mark_at_the_end_of_the_file_is_told_too() -> None:
    assert "quotation mark" in wrong('mail,name\nana@acme.example,"Ana')[2]
    assert "quotation mark" in wrong('mail,name\nana@acme.example,"Ana" Jones\n')[2]
    assert "more than 10,000 characters" in wrong("mail,name\nana@acme.example," + "x" * 10_001)[2]


def test_each_wrong_row_says_what_is_wrong_with_it() -> None:
    head = "mail,name,Slack ID,language,phone,role\n"
    rows = (
        "ana,,,,,",
        ",Tom,,,,",
        ",Tom,U012,,,",
        "a@x.example,,,somewhat,,",
        "b@x.example,,,,ask him,",
        "c@x.example,,,,,boss",
        "d@x.example,,,,,,too much",
        "e@x.example,,,,,",
        "E@X.example,,,,,",
    )
    told = wrong(head + "\n".join(rows))
    assert list(told) == [2, 3, 4, 5, 6, 7, 8, 10]
    assert "“ana” is no mail address" in told[2]
    assert "neither a mail address nor an address in Slack" in told[3]
    assert "“U012” is no address in Slack: it must look like T0123ABCD/U0123ABCD" in told[4]
    assert "no language" in told[5]
    assert "no phone number" in told[6]
    assert "no role" in told[7]
    assert "7 cells, and the header names 6" in told[8]
    assert "stands on line 9 already" in told[10]


def test_a_quotation_mark_that_nothing_closes_costs_its_row_alone() -> None:
    text = 'mail,name\nana@acme.example,"Ana\n' + "tom@acme.example,Tom\n" * 20_000 + "li@acme.example,Li\n"
    rows = list(read(text).rows())
    assert rows[0].contact is None
    assert "quotation mark" in rows[0].why
    assert any(row.contact == Contact((("email", "li@acme.example"),), "Li") for row in rows)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Ana,ana@acme.example\n",
        "name,company\nAna,Acme\n",
        "slack_team\nT1\n",
        f'"{"a" * 200_000}",mail\n',
        'mail,"name\nof them"\nana@acme.example,Ana\n',
    ],
)
def test_a_file_without_a_header_is_not_guessed_at(text: str) -> None:
    with pytest.raises(NoPeople, match="must name the columns"):
        read(text)


def test_two_columns_for_one_thing_are_a_question() -> None:
    with pytest.raises(NoPeople, match="several columns hold the same thing: mail"):
        read("mail,email\na@x.example,b@x.example\n")


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "＝", "＋", "－", "＠", "'=", "''＠"])
def test_what_is_written_is_read_back_and_no_spreadsheet_reckons_with_it(sign: str) -> None:
    name, mail = f"{sign}cmd|' /C calc'!A0", f"{sign.replace('@', '=').replace('＠', '=')}1+1@acme.example"
    identities = (("email", mail), ("slack", "t1a/u2b"))
    listed = ListedContact(1, name, f"{sign}Acme", identities, "fr", "+49 30 123", True, True)
    text = f"mail,name,account,slack,language,phone,role\n{written([listed])}"
    assert f"\n'{mail},'{name},'{sign}Acme," in text
    assert contacts(text) == [Contact(identities, name, f"{sign}Acme", "fr", "+49 30 123", True)]


def test_a_name_that_only_begins_with_an_apostrophe_stays_as_it_is() -> None:
    listed = ListedContact(1, "'t Hooft", "", ANA, "", "", True, True)
    text = f"mail,name,account,slack,language,phone,role\n{written([listed])}"
    assert contacts(text) == [Contact(ANA, "'t Hooft", active=True)]


@pytest.mark.parametrize("name", ["a;=HYPERLINK(1)", 'x,"+1', "a; -2", "b;'=1", "c,@sum", "plain; text"])
def test_no_part_of_a_name_is_a_formula_wherever_a_spreadsheet_parts_it(name: str) -> None:
    line = written([ListedContact(1, name, "", ANA, "", "", True, True)])
    cell = next(csv.reader([line]))[1]
    parts = re.split('[;,"]', cell)
    assert not [part for part in parts if part.lstrip(" ").startswith(("=", "+", "-", "@"))]
    header = "mail,name,account,slack,language,phone,role\n"
    assert contacts(header + line) == [Contact(ANA, name, active=True)]

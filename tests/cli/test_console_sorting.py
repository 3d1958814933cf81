"""Merging, splitting and accepting on the command line, and what `case show` and `explain` tell of threading."""

from __future__ import annotations

import re
from pathlib import Path

from tests.support.houses.console import said, staffed, told

REPLY = b"""From: Ana <ana@x.com>
To: support@acme.com
Subject: Re: [CS-000002] Silent
Message-ID: <m2@x.com>
References: <m1@x.com>

Still nothing.
"""


def opened() -> None:
    staffed()
    said("case", "new", "--as", "ana@x.com", "No delivery")
    said("case", "new", "--as", "ana@x.com", "Silent")


def test_cases_are_merged_and_parted() -> None:
    opened()
    assert "is a part of CS-000001 now" in said("case", "merge", "2", "INTO", "1", "same", "outage")
    shown = said("case", "show", "2")
    assert re.search(r"a part of +CS-000001", shown)
    assert "on CS-000002" in said("case", "show", "1")
    assert "why: same outage" in said("case", "show", "1")
    said("case", "reply", "2", "once for both")
    assert "once for both" in said("case", "show", "1")
    assert "goes on by itself" in said("case", "unmerge", "CS-000002")
    assert "a part of" not in said("case", "show", "2")
    assert "Which case into which" in told("case", "merge", "1", "into", "1", code=2)


def test_an_entry_is_split_off_by_its_name() -> None:
    opened()
    said("case", "reply", "1", "By the way, the invoice is wrong.", "--as", "ana@x.com")
    (name,) = re.findall(r"(e-[a-z2-7]{6})\n  By the way", said("case", "show", "1"))
    assert "CS-000003" in said("case", "split", "1", name, "another", "matter")
    assert "By the way" in said("case", "show", "3")


def test_explain_says_where_a_mail_would_go_and_why() -> None:
    opened()
    said("case", "merge", "2", "into", "1")
    Path("m.eml").write_bytes(REPLY)
    shown = said("explain", "m.eml")
    assert "tag: 000002" in shown
    assert "belongs to CS-000001 by the number in the subject" in shown
    assert "Reply (done)" in shown


def test_what_the_operator_answers_bears_the_desks_name() -> None:
    staffed()
    said("case", "new", "--as", "ana@x.com", "No delivery")
    said("case", "reply", "1", "We are on it.")
    assert "\n— Acme Support, " in said("case", "show", "1")

"""A year of one desk: two thousand cases and forty people, each notice exactly once, no state the drawing forbids."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from tests.support.setup import databases
from tests.support.year.acts import END, Writer, people
from tests.support.year.figures import counted, reported
from tests.support.year.model import NEVER_ASKED, PERIOD, Told
from tests.support.year.year import Year

CASES = int(os.environ.get("CASEBOT_YEAR_CASES", "40"))
KEPT = os.environ.get("CASEBOT_YEAR_KEPT", "")
"""A folder into which the year's database and its files are copied, to look at."""

CLOCKS = ({"CET", "CEST"}, {"EST", "EDT"}, {"AEST", "AEDT"}, {"PST", "PDT"})
"""What each of four zones is called, in winter and in summer."""


def lived(url: str, folder: Path, cases: int, *, gather: int = 0) -> None:
    """A year is written, told to the model and to a desk, and both are compared."""
    writer = Writer(cases, pace=100 if gather else 1)
    writer.write()
    year = Year(url, folder, gather=gather)
    with year.desk:
        year.tell(writer.lines, END)
        told, wanted = year.told(), Counter(writer.model.told)
        if gather:  # what waits for company has another moment: when it went
            told, wanted = (
                Counter(one._replace(at=END, says="") for one in every.elements()) for every in (told, wanted)
            )
        print(_said(writer, year, told, wanted))
        assert year.wrong == []
        assert (wanted - told, told - wanted) == ({}, {})
        assert year.strange == []
        letters = {one.says.rpartition(" ")[2] for one in told}
        assert gather or all(letters & names for names in CLOCKS)
        assert (year.forbidden, year.left) == ([], [])
        paths = {story.number: story.path for story in writer.model.stories}
        assert {number: year.paths[desk] for number, desk in year.numbers.items()} == paths
        assert _shortest(year.surveys()) >= PERIOD
        assert not year.asked_about() & {*NEVER_ASKED}
        assert (year.officer.left, year.officer.odd) == ([], [])
        assert year.expired() == sorted(writer.model.expired)
        assert reported(year.desk) == counted(writer.model)
        assert year.officer.erased
        assert year.officer.taken
        assert year.expired()


def _said(writer: Writer, year: Year, told: Counter[Told], wanted: Counter[Told]) -> str:
    missing, twice = (wanted - told).total(), (told - wanted).total()
    names = Counter(one.notice for one in told.elements())
    return (
        f"{len(writer.model.stories):,} cases, {people()} people, {len(writer.lines):,} acts, {told.total():,} notices "
        f"({', '.join(f'{name} {count:,}' for name, count in names.most_common())}), "
        f"{missing} missing, {twice} twice, {len(year.forbidden)} forbidden states; {year.officer.erased} erased, "
        f"{len(writer.model.redacted)} redactions, {len(year.expired())} cases and {year.officer.taken:,} messages "
        f"expired, {len(year.officer.left)} left"
    )


def _shortest(surveys: Mapping[int, list[datetime]]) -> timedelta:
    """Between two invitations of one person."""
    return min((b - a for asked in surveys.values() for a, b in pairwise(asked)), default=PERIOD)


def test_a_few_cases_of_a_year_story(tmp_path: Path) -> None:
    lived(databases.sqlite(tmp_path), tmp_path, 30)


@pytest.mark.slow
def test_each_notice_is_there_once_where_mails_wait_for_company_story(tmp_path: Path) -> None:
    lived(databases.sqlite(tmp_path), tmp_path, CASES, gather=3600)


@pytest.mark.slow
def test_a_year_of_one_desk_story(url: str, tmp_path: Path) -> None:
    lived(url, tmp_path, CASES)
    if KEPT and url.startswith("sqlite"):
        shutil.copytree(tmp_path, KEPT, dirs_exist_ok=True)

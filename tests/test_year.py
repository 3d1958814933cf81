"""A year of one desk: two thousand cases and forty people, each notice exactly once, no state the drawing forbids."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

from tests.year import Year
from tests.year_acts import END, Writer, told_people

CASES = int(os.environ.get("CASEBOT_YEAR_CASES", "200"))
SEED = int(os.environ.get("CASEBOT_YEAR_SEED", "2026"))


def test_a_year_of_one_desk_story(url: str, tmp_path: Path) -> None:
    writer = Writer(CASES, SEED)
    writer.write()
    year = Year(url, tmp_path)
    with year.desk:
        year.tell(writer.lines, END)
        told, wanted = year.told(), Counter(writer.model.told)
        missing, more = wanted - told, told - wanted
        names = Counter(one.notice for one in told.elements())
        print(
            f"{len(writer.model.stories):,} cases, {told_people()} people, {len(writer.lines):,} acts, "
            f"{told.total():,} notices ({', '.join(f'{name} {n:,}' for name, n in names.most_common())}), "
            f"{missing.total()} missing, {more.total()} twice, {len(year.forbidden)} forbidden states"
        )
        assert year.wrong == []
        assert (missing, more) == (Counter(), Counter())
        assert (year.forbidden, year.left) == ([], [])
        for story in writer.model.stories:
            assert year.paths[year.numbers[story.number]] == story.path

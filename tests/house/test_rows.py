"""The table of `bench.rows`: its rows are those of docs/bench.md, and none is without a trial."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from bench.rows import __main__
from bench.rows.table import CHANNELS, ROWS, Cell, Row, Table

ROOT = Path(__file__).parents[2]
DOORS = {"bot", "channels", "store"}
TRIED = {(key, channel) for key, channel, _ in (*__main__.AT_ONCE, *__main__.OVER_DAYS)}


def documented() -> list[tuple[str, str, str]]:
    """The rows as docs/bench.md has them."""
    text = (
        (ROOT / "docs/bench.md").read_text(encoding="utf-8").partition("bench.rows")[2].partition("\n## ")[0]
    )
    found = re.findall(r"^\| (\w+) \| ([^|]+) \| ([MSW ]+) \|$", text, re.MULTILINE)
    return [(key, words, channels.replace(" ", "")) for key, words, channels in found]


def test_the_table_holds_every_row_that_is_documented() -> None:
    assert [(row.key, row.words, row.channels) for row in ROWS] == documented()
    assert {row.key for row in ROWS} >= {str(number) for number in range(1, 29)} | set("abcdefghijklmn")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.key)
def test_each_row_is_tried_wherever_it_holds(row: Row) -> None:
    assert {channel for key, channel in TRIED if key == row.key} == set(row.channels)


def test_every_section_of_the_process_has_its_rows() -> None:
    sections = re.findall(r"^## (.+)$", (ROOT / "docs/process.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(sections) == set(__main__.SECTIONS)
    assert {key for keys in __main__.SECTIONS.values() for key in keys} <= {row.key for row in ROWS}


def test_the_trials_know_only_the_doors() -> None:
    for file in sorted((ROOT / "bench").glob("rows*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not DOORS & {name.partition(".")[0] for name in names}, file


def test_a_cell_says_what_it_saw() -> None:
    cell = Cell("1", "M")
    assert (cell.mark, cell.complaints) == ("?", ["1 mail: not tried: nobody has tried it"])
    cell.held += 1
    assert (cell.mark, cell.complaints) == ("●", [])
    cell.failed.append("expected this; seen: that")
    assert (cell.mark, cell.complaints) == ("◐", ["1 mail: expected this; seen: that"])
    cell.held = 0
    assert cell.mark == "○"


def test_the_table_is_complete_only_if_everything_works() -> None:
    table, keys = Table(), [row.key for row in ROWS]
    assert len(table.complaints(keys)) == sum(len(row.channels) for row in ROWS)
    for row in ROWS:
        for channel in row.channels:
            table.cell(row.key, channel).held += 1
    assert table.complaints(keys) == []
    assert len(CHANNELS) == 3
    assert "–  ●  –" in table.text(["24"])

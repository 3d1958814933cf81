"""How long a year's report takes, and how much memory, on a store of a given size."""

from __future__ import annotations

import argparse
import resource
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.support.databases import KINDS, fresh
from bench.support.year_store import Year
from bot.channel.installed import sections
from bot.config.load import Config, read
from bot.reports.csv_export import csv_text
from bot.reports.html_page import page
from bot.reports.period import period
from bot.reports.report import ReportOf
from store import schema
from store.engine.database import Database


def main() -> None:
    """``python -m bench.speed.report --cases 20000 [--store sqlite|postgresql] [--keep FILE.html]``"""
    parser = argparse.ArgumentParser(prog="bench.speed.report", description=__doc__)
    parser.add_argument("--cases", type=int, default=20_000, help="in two years")
    parser.add_argument("--store", choices=KINDS, default="sqlite")
    parser.add_argument("--keep", type=Path, help="write the year's page into this file")
    asked = parser.parse_args()
    config = read(None, sections())
    with TemporaryDirectory() as folder, fresh(asked.store, Path(folder)) as url:
        database = Database(url)
        schema.ensure(database)
        now = datetime.now(UTC)
        begun = time.perf_counter()
        Year(config, now, days=730).write(database, asked.cases)
        sys.stdout.write(f"{asked.cases} cases written in {time.perf_counter() - begun:.1f} s\n")
        for since in ("7d", "30d", "365d"):
            _measured(database, config, since, now, asked.keep)
        database.close()


def _measured(database: Database, config: Config, since: str, now: datetime, keep: Path | None) -> None:
    begun, worked, before = time.perf_counter(), time.process_time(), _memory()
    asked = period(since, "", now=now + timedelta(seconds=1), zone=config.office.zone)
    with database.reading() as tx:
        made = ReportOf(config, asked, now).answer(tx)
    counted, cpu = time.perf_counter(), time.process_time() - worked
    text, sheet = page(made), csv_text(made)
    drawn = time.perf_counter() - counted
    sys.stdout.write(
        f"{since:>5}: {made.now.opened} opened, {made.before.opened} before; counted in {counted - begun:.2f} s "
        f"({cpu:.2f} s of processor), "
        f"page and CSV in {drawn * 1000:.0f} ms ({len(text) / 1000:.0f} and {len(sheet) / 1000:.0f} kB); "
        f"memory {_memory():.0f} MB at most ({before:.0f} before)\n"
    )
    if keep:
        keep.write_text(text, encoding="utf-8")


def _memory() -> float:
    """The most that this process ever had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


if __name__ == "__main__":
    main()

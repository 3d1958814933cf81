"""JSON export: the figures of the CSV export, for programs."""

from __future__ import annotations

import json

from bot.reports.csv_export import HEADS, rows
from bot.reports.report import Report


def json_text(report: Report) -> str:
    """A list of figures, each an object with the columns of the CSV; null is what is not known."""
    figures = [dict(zip(HEADS, row, strict=True)) for row in rows(report)]
    return json.dumps(figures, ensure_ascii=False, indent=2) + "\n"

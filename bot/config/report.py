"""The section ``[report]``: at which hour of the week the desk is told of itself."""

from __future__ import annotations

import re
from datetime import time
from typing import Annotated

from pydantic import AfterValidator

from bot.config.settings import Section

_WEEKLY = re.compile(
    r"(monday|tuesday|wednesday|thursday|friday|saturday|sunday) ([01]\d|2[0-3]):([0-5]\d)", re.ASCII
)


def weekly(text: str) -> tuple[str, time]:
    """The day's name and the wall-clock time of ``monday 09:00``."""
    match = _WEEKLY.fullmatch(text)
    if not match:
        raise ValueError("must be a day and a time, as monday 09:00, or empty")
    return match[1], time(int(match[2]), int(match[3]))


def _weekly_or_nothing(text: str) -> str:
    if text:
        weekly(text)
    return text


class ReportSection(Section):
    """``[report]``: the desk's weekly digest."""

    digest: Annotated[str, AfterValidator(_weekly_or_nothing)] = "monday 09:00"
    """When the week is told in the triage channel, in the time zone of the calendar ``office``; empty: never."""

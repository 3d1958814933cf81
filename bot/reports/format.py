"""Formats of a report: durations, shares and changes."""

from __future__ import annotations

from datetime import date, timedelta

from bot.reports.period import Period

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NONE = "–"


def worked(time: timedelta | None) -> str:
    """Working time in hours: ``45 min``, ``1 h 20 min``, ``132 h``; ``–`` for none.

    Not in days, because working days differ.
    """
    if time is None:
        return NONE
    minutes = round(time / MINUTE)
    hours, minutes_left = divmod(minutes, 60)
    if not hours:
        return f"{minutes_left} min"
    return f"{hours} h {minutes_left} min" if minutes_left and hours < 100 else f"{hours} h"


def age(time: timedelta) -> str:
    """Wall-clock time: ``45 min``, ``5 h``, ``3 d 4 h``, ``41 d``."""
    if time < HOUR:
        return f"{max(time // MINUTE, 0)} min"
    if time < DAY:
        return f"{time // HOUR} h"
    days, hours = time // DAY, time % DAY // HOUR
    return f"{days} d {hours} h" if hours and days < 10 else f"{days} d"


def share(of_one: float | None) -> str:
    """A percentage: ``0.914`` → ``91 %``.

    Never rounded up to 100 or down to 0, which would say that all or none are.
    """
    if of_one is None:
        return NONE
    percent = round(of_one * 100)
    percent = min(percent, 99) if of_one < 1 else percent
    return f"{max(percent, 1) if of_one > 0 else percent} %"


def mean(rating: float | None) -> str:
    """A rating: ``4.3``."""
    return NONE if rating is None else f"{rating:.1f}"


def change(now: float, before: float) -> str:
    """The change in percent: ``+12 %``; ``=`` if equal; ``–`` if there was nothing before."""
    if now == before:
        return "="
    if not before:
        return NONE
    percent = round((now - before) / before * 100)
    return f"{'−' if percent < 0 else '+' if percent else '±'}{abs(percent)} %"


def day(when: date) -> str:
    """A day: ``5 Oct``."""
    return f"{when.day} {MONTHS[when.month - 1]}"


def days(period: Period) -> str:
    """A period: ``1–31 Oct 2026``, ``28 Sep – 31 Oct 2026``, ``5 Oct 2026``."""
    first, last = period.first, period.last
    if first == last:
        return f"{day(last)} {last.year}"
    if first.year != last.year:
        return f"{day(first)} {first.year} – {day(last)} {last.year}"
    if first.month != last.month:
        return f"{day(first)} – {day(last)} {last.year}"
    return f"{first.day}–{day(last)} {last.year}"


def step(start: date, period: Period) -> str:
    """A step of the period: ``5 Oct``, or ``Oct 2026`` if it goes by month."""
    return f"{MONTHS[start.month - 1]} {start.year}" if period.step == "month" else day(start)


def cases(count: int) -> str:
    """A number of cases: ``1 case``, ``5 cases``."""
    return f"{count} case" if count == 1 else f"{count} cases"

"""Formats of a report: durations, shares and changes."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from bot.model.translatable import saying
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
        return saying("{minutes} min", minutes=str(minutes_left))
    if minutes_left and hours < 100:
        return saying("{hours} h {minutes} min", hours=str(hours), minutes=str(minutes_left))
    return saying("{hours} h", hours=str(hours))


def age(time: timedelta) -> str:
    """Wall-clock time: ``45 min``, ``5 h``, ``3 d 4 h``, ``41 d``."""
    if time < HOUR:
        return saying("{minutes} min", minutes=str(max(time // MINUTE, 0)))
    if time < DAY:
        return saying("{hours} h", hours=str(time // HOUR))
    days, hours = time // DAY, time % DAY // HOUR
    if hours and days < 10:
        return saying("{days} d {hours} h", days=str(days), hours=str(hours))
    return saying("{days} d", days=str(days))


def share(of_one: float | None) -> str:
    """A percentage: ``0.914`` → ``91 %``.

    Never rounded up to 100 or down to 0, which would say that all or none are.
    """
    if of_one is None:
        return NONE
    percent = round(of_one * 100)
    percent = min(percent, 99) if of_one < 1 else percent
    return saying("{number} %", number=str(max(percent, 1) if of_one > 0 else percent))


def mean(rating: float | None) -> str:
    """A rating: ``4.3``."""
    if rating is None:
        return NONE
    whole, _, tenths = f"{rating:.1f}".partition(".")
    return saying("{whole}.{tenths}", whole=whole, tenths=tenths)


def change(now: float, before: float) -> str:
    """The change in percent: ``+12 %``; ``=`` if equal; ``–`` if there was nothing before."""
    if now == before:
        return "="
    if not before:
        return NONE
    percent = round((now - before) / before * 100)
    return saying("{number} %", number=f"{'−' if percent < 0 else '+' if percent else '±'}{abs(percent)}")


def day(when: date) -> str:
    """A day: ``5 Oct``."""
    return saying("{day} {month}", day=str(when.day), month=_month(when))


def days(period: Period) -> str:
    """A period: ``1–31 Oct 2026``, ``28 Sep – 31 Oct 2026``, ``5 Oct 2026``."""
    first, last = period.first, period.last
    if first == last:
        return _full_day(last)
    if first.year != last.year:
        return saying("{first} – {last}", first=_full_day(first), last=_full_day(last))
    if first.month != last.month:
        return saying("{first} – {last} {year}", first=day(first), last=day(last), year=str(last.year))
    return saying(
        "{first}–{last} {month} {year}",
        first=str(first.day),
        last=str(last.day),
        month=_month(last),
        year=str(last.year),
    )


def _full_day(when: date) -> str:
    return saying("{day} {month} {year}", day=str(when.day), month=_month(when), year=str(when.year))


def _month(when: date) -> str:
    return saying(MONTHS[when.month - 1])


def moment(at: datetime) -> str:
    """A moment of a day, in its own zone: ``5 Oct 2026, 14:03``."""
    return saying("{day}, {time}", day=_full_day(at.date()), time=f"{at:%H:%M}")


def step(start: date, period: Period) -> str:
    """A step of the period: ``5 Oct``, or ``Oct 2026`` if it goes by month."""
    if period.step == "month":
        return saying("{month} {year}", month=_month(start), year=str(start.year))
    return day(start)


def cases(count: int) -> str:
    """A number of cases: ``1 case``, ``5 cases``."""
    return saying("1 case") if count == 1 else saying("{count} cases", count=str(count))

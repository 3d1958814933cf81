"""A sample report, in which every table, chart and sentence stands: for previews and tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.model.identity import OPERATOR
from bot.model.mail_address import MAIL
from bot.model.translatable import saying
from bot.reports.figures import (
    AGES,
    Comment,
    Figures,
    Helped,
    Moved,
    OpenCases,
    Pace,
    Satisfaction,
    Spread,
    Suggestions,
    Waits,
    Work,
)
from bot.reports.period import Period, period
from bot.reports.report import Report

NOW = datetime(2026, 3, 2, 14, 3, tzinfo=UTC)
_HOUR = timedelta(hours=1)
UTC_ZONE = ZoneInfo("UTC")


def sample(zone: ZoneInfo = UTC_ZONE) -> Report:
    """The report of twelve weeks and a day of this zone's."""
    span = period("2025-12-05", "", now=NOW, zone=zone)
    return Report(
        desk="Acme Support",
        account="",
        mailbox="",
        at=NOW,
        period=span,
        now=_figures(span, 41, 38),
        before=_figures(span, 36, 37),
        backlog=OpenCases(
            ("new", "open", "waiting", "held"),
            tuple((name, (3 - at // 2, at + 1, 2, at % 2)) for at, (name, _) in enumerate(AGES)),
        ),
        longest=(
            Waits("CS-000098", "Report 77 fails", "Low", "", timedelta(days=3, hours=4)),
            Waits("CS-000104", "Order no. 4711", "Critical", "Sam Okafor", timedelta(days=2)),
        ),
        labels={MAIL: saying("Mail"), "chat": "Chat"},
    )


def _figures(span: Period, opened: int, closed: int) -> Figures:
    times = Spread(opened, 1.5 * _HOUR, 26 * _HOUR)
    steps = enumerate(span.starts())
    return Figures(
        opened=opened,
        closed=closed,
        reopened=2,
        breaches=opened // 13,
        answering=(
            Pace("", "", times, opened, opened - 3),
            Pace(
                "Blocker",
                "standard",
                Spread(4, 20 * timedelta(minutes=1), _HOUR),
                4,
                4,
                saying("{hours} h", hours="1"),
            ),
            Pace("Medium", "gold", times, 20, 18, saying("{days} d", days="1")),
            Pace("Low", "standard", times),
        ),
        solving=(
            Pace("", "", times, closed, closed - 5),
            Pace("Medium", "gold", times, 20, 17, saying("{days} d", days="2")),
        ),
        concerns=(("Lack of resolution", 2), ("none", 1)),
        satisfaction=Satisfaction(
            9, 7, (1, 0, 1, 2, 3), (Comment("CS-000091", 5, "Quick, once it was found.", NOW),)
        ),
        deflections=3,
        types=(("none", opened),),
        categories=(("Delivery / Late", 12),),
        channels=((MAIL, 20), ("chat", 18), (OPERATOR.channel, 3)),
        reasons=(("Resolved", 30), ("No response", 8)),
        accounts=tuple(Moved(f"Acme {number}", 4, 3) for number in range(1, 13)),
        owners=(Work("Sam Okafor", 20, 18), Work("none", 18, 20)),
        course=tuple(Moved(str(day), at * 7 % 30, at * 5 % 30, day) for at, day in steps),
        suggestions=Suggestions(
            12, 3, (Helped("Parcels, and how to follow them", 8, 5, 3),), (("Wrong address", 2),)
        ),
    )

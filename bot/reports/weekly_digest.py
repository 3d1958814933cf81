"""The weekly digest: the past week, posted once to the desk's channel, with a picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog

from bot.config.report import weekly
from bot.config.service_levels import DAY_NAMES
from bot.model.message import Attachment
from bot.model.translatable import saying
from bot.monitors.monitor import Monitor, MonitorContext
from bot.notices.desk import WeeklyDigest
from bot.notify.notification import Notification
from bot.notify.notifier import NOBODY
from bot.render.translations import Translations
from bot.reports.chart_labels import draws
from bot.reports.format import age, days
from bot.reports.period import DAY, until_midnight
from bot.reports.report import Report, ReportOf, at_a_glance, summary
from bot.workers.failing import backoff
from store.engine.transaction import Transaction
from store.queues import inbox
from store.queues.outbox import Outgoing

log = structlog.get_logger("digest")
SOURCE = "digest"
LATE = DAY
"""Where nobody was there to tell it within this time, that week is told no more."""
WEEKS = 8
"""Those that the picture shows."""


@dataclass(frozen=True, slots=True)
class Week:
    """A week to be reported: its own report, and that of the weeks up to its end."""

    report: Report
    course: Report

    @property
    def key(self) -> str:
        """The receipt's key: the day on which the week ended."""
        return f"{self.report.period.last:%Y-%m-%d}"


class Digest(Monitor):
    """Sends the weekly digest when it is due.

    Figures and picture are made before anything is written; whoever comes to write them second, be it another
    process, finds the receipt of the first.
    """

    def __init__(self, context: MonitorContext) -> None:
        super().__init__(context)
        self._reported: datetime | None = None
        self._failures = 0
        self._again: datetime | None = None

    def look(self) -> list[Outgoing]:
        """Send the digest if it is due; returns the rows, leased to this process.

        What fails is tried again, later each time, and keeps nothing else waiting.
        """
        now = self.now()
        due = self._due(now)
        if due is None or due == self._reported or now - due > LATE or (self._again and now < self._again):
            return []
        if not self.composer.boards.places(type="", category="", account=""):
            return []
        try:
            rows = self._tell_week(due, now)
        except Exception as error:
            self._failures += 1
            wait = backoff(self._failures)
            self._again = now + wait
            log.exception(
                "the week could not be told", error=type(error).__name__, again_in=wait.total_seconds()
            )
            return []
        self._reported, self._failures, self._again = due, 0, None
        return rows

    def _tell_week(self, due: datetime, now: datetime) -> list[Outgoing]:
        week = self._week(due, now)
        return self.writer.write(self._tell, week, self._pictures(week)) if week else []

    def _due(self, now: datetime) -> datetime | None:
        """The newest moment at which a digest was due; None if none ever is."""
        if not self.config.report.digest:
            return None
        name, time = weekly(self.config.report.digest)
        zone = self.config.zone
        today = now.astimezone(zone).date()
        day = today - (today.weekday() - DAY_NAMES.index(name)) % 7 * DAY
        due = datetime.combine(day, time, zone).astimezone(UTC)
        return due if due <= now else datetime.combine(day - 7 * DAY, time, zone).astimezone(UTC)

    def _week(self, due: datetime, now: datetime) -> Week | None:
        """The seven days before the due day; None if they were reported."""
        zone = self.config.zone
        spans = [until_midnight(due, zone, days=7 * weeks) for weeks in (1, WEEKS)]
        with self.database.reading() as tx:
            reports = (ReportOf(self.config, span, now).answer(tx) for span in spans)
            week = Week(*reports)
            return None if inbox.find_receipt(tx, SOURCE, week.key) is not None else week

    def _words(self) -> Mapping[str, str]:
        """Our English words in the language of the desk's places."""
        return Translations(*self.config.templates()).words(self.config.desk.language)

    def _pictures(self, week: Week) -> tuple[Attachment, ...]:
        """The chart in the file store; none if the extra ``charts`` is not installed."""
        try:
            from bot.reports.png_chart import picture

            content = picture(
                week.course.now.course, week.course.period, week.report.backlog, words=self._words()
            )
        except ImportError:
            log.info("the week is told without its picture: pip install 'casebot[charts]'")
            return ()
        sha256, size = self.keep_file([content])
        return (Attachment(f"casebot-week-{week.key}.png", "image/png", size, sha256),)

    def _tell(self, tx: Transaction, week: Week, files: tuple[Attachment, ...]) -> list[Outgoing]:
        """Write the digest; nothing for a desk where nothing happened and nothing waits."""
        now = self.now()
        if inbox.find_receipt(tx, SOURCE, week.key) is not None:
            return []
        inbox.write_receipt(tx, SOURCE, week.key, {}, now=now)
        if week.report.empty:
            return []
        notice = digest_of(week.report, legend=bool(files) and not draws(self._words()))
        notification = Notification(notice, NOBODY, None, now, files=files)
        return self.composer.on_boards(tx, notification, "")


LEGEND = saying(
    "Left, week by week: blue opened, green closed. Right, what waits now by its age in days: blue new, green in "
    "progress, yellow waiting for the customer, grey held."
)
"""What is to be seen in a picture that has no words."""


def digest_of(report: Report, *, legend: bool = False) -> WeeklyDigest:
    longest = report.longest[:3]
    figures = at_a_glance(report)
    if legend:
        figures.append((saying("In the picture"), LEGEND))
    return WeeklyDigest(
        days=days(report.period),
        since=f"{report.period.first:%Y-%m-%d}",
        until=f"{report.period.last:%Y-%m-%d}",
        headline=summary(report),
        figures=figures,
        waits=tuple(
            (
                case.case,
                age(case.age),
                saying(case.priority),
                case.owner or saying("nobody yet"),
                case.subject,
            )
            for case in longest
        ),
    )

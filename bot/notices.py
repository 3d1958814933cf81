"""Notices: for each thing the desk tells somebody, its template, its audience and whether it is automatic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Audience = Literal["customer", "staff", "asker"]


@dataclass(frozen=True, slots=True)
class Notice:
    """One kind of notice. ``automatic`` ones carry Auto-Submitted; a person's own words do not."""

    name: str
    audience: Audience
    automatic: bool = True
    private: bool = False
    """For one person's eyes (a link that speaks for them, a phone number): it goes into no place that others share."""

    @property
    def template(self) -> str:
        """``case opened`` → ``case_opened.j2`` below ``templates/notices/<language>/``."""
        return self.name.replace(" ", "_") + ".j2"


NOTICES = {
    notice.name: notice
    for notice in (
        # to the person who wrote: opening
        Notice("confirmation", "customer"),
        Notice("acknowledgement", "customer"),
        # to customers
        Notice("answer", "customer", automatic=False),
        Notice("case closed", "customer"),
        Notice("case reopened", "customer"),
        Notice("concern received", "customer", private=True),
        Notice("added", "customer"),
        Notice("closed quietly", "customer"),
        Notice("survey invitation", "customer", private=True),
        Notice("merged", "customer"),
        Notice("unmerged", "customer"),
        Notice("split off", "customer"),
        # to staff
        Notice("case opened", "staff"),
        Notice("customer replied", "staff"),
        Notice("customer acted", "staff"),
        Notice("note written", "staff"),
        Notice("unverified", "staff"),
        Notice("assigned", "staff"),
        Notice("concern raised", "staff"),
        Notice("survey answered", "staff"),
        Notice("reply due", "staff"),
        Notice("reply overdue", "staff"),
        Notice("still no reply", "staff"),
        # to staff, about a mailbox and no case
        Notice("mailbox silent", "staff"),
        Notice("mailbox heard again", "staff"),
        # to whoever asked, customer or staff
        Notice("transcript", "asker"),
    )
}

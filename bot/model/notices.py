"""Notices: the template, the audience and the kind of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Audience = Literal["customer", "staff", "asker", "team"]


@dataclass(frozen=True, slots=True)
class Notice:
    """One kind of notice. ``automatic`` ones carry Auto-Submitted; a person's own words do not."""

    name: str
    audience: Audience
    automatic: bool = True
    private: bool = False
    """For one person's eyes (a link that speaks for them, a phone number): it goes into no place that others share."""
    waits: bool = False
    """By mail it may wait for company, if its reader was told something on the case just now (``[desk] gather``).

    Not so a person's words, what somebody asked for and waits for, and what is urgent; these take along what waits.
    """

    @property
    def template(self) -> str:
        """The template's name: ``case opened`` → ``case_opened.j2`` in ``templates/notices/<language>/``."""
        return self.name.replace(" ", "_") + ".j2"


NOTICES = {
    notice.name: notice
    for notice in (
        # to the person who wrote: opening
        Notice("confirmation", "customer"),
        Notice("acknowledgement", "customer"),
        # to customers
        Notice("answer", "customer", automatic=False),
        Notice("case closed", "customer", waits=True),
        Notice("case reopened", "customer", waits=True),
        Notice("concern received", "customer", private=True),
        Notice("added", "customer", waits=True),
        Notice("requester changed", "customer", waits=True),
        Notice("closed quietly", "customer", waits=True),
        Notice("thanked", "customer"),
        Notice("survey invitation", "customer", private=True),
        Notice("merged", "customer"),
        Notice("unmerged", "customer"),
        Notice("split off", "customer"),
        Notice("information needed", "customer", automatic=False),
        Notice("upload link", "customer", private=True),
        Notice("reminder", "customer", waits=True),
        Notice("priority changed", "customer", waits=True),
        Notice("priority declined", "customer", waits=True),
        Notice("contact needed", "customer"),
        Notice("concern taken", "customer", private=True),
        Notice("handed over", "customer"),
        # to a local service team, which is neither
        Notice("passed on", "team", automatic=False),
        # to staff
        Notice("case opened", "staff", waits=True),
        Notice("customer replied", "staff", waits=True),
        Notice("customer acted", "staff", waits=True),
        Notice("note written", "staff", waits=True),
        Notice("unverified", "staff"),
        Notice("addition asked", "staff", waits=True),
        Notice("assigned", "staff", waits=True),
        Notice("concern raised", "staff"),
        Notice("survey answered", "staff", waits=True),
        Notice("reply due", "staff"),
        Notice("reply overdue", "staff"),
        Notice("still no reply", "staff"),
        Notice("solution due", "staff"),
        Notice("solution overdue", "staff"),
        Notice("still not solved", "staff"),
        Notice("priority requested", "staff"),
        Notice("contact missing", "staff"),
        Notice("concern waits", "staff"),
        # to staff, about a mailbox and no case
        Notice("mailbox silent", "staff"),
        Notice("mailbox heard again", "staff"),
        # to staff, about a place of theirs and no case
        Notice("board exposed", "staff"),
        # on the desk's boards, about no case
        Notice("mail set aside", "staff"),
        Notice("mailbox unvouched", "staff"),
        Notice("mail too large", "staff"),
        Notice("weekly digest", "staff"),
        # several of the above in one mail
        Notice("news", "customer"),
        Notice("desk news", "staff"),
        # to whoever asked, customer or staff
        Notice("transcript", "asker"),
        Notice("turned away", "asker"),
    )
}

BEHIND = tuple(
    sorted({*(notice.name for notice in NOTICES.values() if notice.audience in ("staff", "team")), "card"})
)
"""What no customer waits for: where there is much to be said, it is said last."""

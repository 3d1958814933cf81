"""Notices to the desk about no case: its mailboxes, its boards, its week."""

from __future__ import annotations

from datetime import datetime

from bot.model.translatable import saying, together
from bot.notices.examples import AT
from bot.notices.notice import Notice, fact, notice


@notice("staff", case=None)
class MailboxSilent(Notice):
    """To the desk: a canary does not come back, so perhaps no mail comes."""

    address: str = fact("support@example.com")
    patience: str = fact("15m", default="")
    returned: datetime | None = fact(AT)
    """When the last canary that came back had been sent."""


@notice("staff", case=None)
class MailboxHeardAgain(Notice):
    """To the desk: canaries come back again."""

    address: str = fact("support@example.com")
    patience: str = fact("15m", default="")
    returned: datetime | None = fact(AT)


@notice("staff", case=None)
class BoardExposed(Notice):
    """To the desk: outsiders read one of its places, so nothing is said there."""

    place: str = fact("#support-desk", default="")


@notice("staff", case=None)
class ChannelDown(Notice):
    """To the desk: a channel takes nothing from us, or is not connected."""

    channel: str = fact("Slack")
    why: str = fact(
        saying(
            "{reason} ({code})",
            reason=saying("the app was removed from the workspace"),
            code="account_inactive",
        ),
        default="",
    )
    """Empty: it is not known; messages only wait."""
    since: datetime = fact(AT)
    """When the oldest message that waits was written, or the connection was lost."""
    waiting: int = fact(34, default=0)
    cases: tuple[str, ...] = fact(("CS-000098", "CS-000104"), default=())
    """Of those in which a customer waits for words of ours."""


@notice("staff", case=None)
class ChannelWorks(Notice):
    """To the desk: a channel takes messages again."""

    channel: str = fact("Slack")
    since: datetime = fact(AT)
    """When the desk was told that it did not."""
    waiting: int = fact(3, default=0)


@notice("staff", case=None)
class PlaceUnusable(Notice):
    """To the desk: something happened to a place that it works in."""

    channel: str = fact("Slack")
    what: str = fact(
        together(
            saying("{channel} was archived.", channel="#support-desk"),
            saying("What the desk would read there comes by mail."),
        )
    )


@notice("staff", case=None)
class SignInNeeded(Notice):
    """To the desk: a channel's provider does not let us in any more, until somebody signs in."""

    address: str = fact("support@example.com")
    why: str = fact(
        together(
            saying(
                "casebot is not signed in as {address}: {reason}.",
                address="support@example.com",
                reason="login.microsoftonline.com answered invalid_grant",
            ),
            saying("Sign in again: casebot mail login {address}", address="support@example.com"),
        )
    )
    """What happened and what to do."""
    since: datetime = fact(AT)
    sends: bool = fact(True, default=False)
    """What the desk says waits, too."""
    password: bool = fact(False, default=False)
    """It is let in by a password of the config, which is read when casebot starts."""


@notice("staff", case=None)
class SignInWorks(Notice):
    """To the desk: its provider lets us in again."""

    address: str = fact("support@example.com")


@notice("staff", case=None)
class MailSetAside(Notice):
    """To the desk: somebody's mail is set aside, and why."""

    address: str = fact("support@example.com")
    why: str = fact(
        saying(
            "more than {count} unproven mails {period} from {who}",
            count="5",
            period=saying("an hour"),
            who="eve@example.net",
        )
    )


@notice("staff", case=None)
class MailboxUnvouched(Notice):
    """To the desk: nobody vouches for the senders of a mailbox, and a setting would change that."""

    address: str = fact("support@example.com")


@notice("staff", case=None)
class MailTooLarge(Notice):
    """To the desk: mails that were left in their mailbox because they are too large."""

    address: str = fact("support@example.com")
    limit: int = fact(52_428_800)
    """Bytes."""
    mails: tuple[tuple[str, str, int], ...] = fact(
        (("Ana Lima <ana@acme.example>", "The log of the whole week", 61_204_331),), default=()
    )
    """Sender, subject and size of each; the first two may be empty."""


@notice("staff", case=None)
class BroadcastDone(Notice):
    """To whoever sent a broadcast: all its cases were told, or why some were not."""

    text: str = fact("Orders go out again since ten o'clock. We are sorry for the trouble.")
    read_on: str = fact("CS-000101", default="")
    """The case on which it reads so; empty if it reads alike on all."""
    cases: int = fact(12)
    """How many were told."""
    people: int = fact(17)
    """How many messages that were; somebody with several cases is counted for each."""
    failed: tuple[tuple[str, str], ...] = fact((("CS-000098", saying("it is closed by now")),), default=())
    """Number and reason of each case that was not."""
    more: int = fact(3, default=0)
    """Others like these."""
    number: str = fact("8167")
    """By which it is shown again."""


@notice("staff", case=None)
class WeeklyDigest(Notice):
    """To the desk: its week in figures."""

    days: str = fact("23 Feb – 1 Mar 2026")
    since: str = fact("2026-02-23", default="")
    until: str = fact("2026-03-01", default="")
    headline: str = fact(
        together(
            saying("{count} cases came in, {difference} fewer than before.", count="23", difference="2"),
            saying("{count} were closed.", count="25"),
        )
    )
    figures: list[tuple[str, str]] = fact(
        [(saying("Waiting now"), saying("{count} cases", count="7")), (saying("Targets missed"), "2")]
    )
    waits: tuple[tuple[str, str, str, str, str], ...] = fact(
        (
            (
                "CS-000098",
                saying("{days} d", days="3"),
                saying("Low"),
                saying("nobody yet"),
                "Report 77 fails",
            ),
        ),
        default=(),
    )
    """Case, age, priority, owner and subject of those that wait longest."""

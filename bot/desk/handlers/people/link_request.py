"""Requests for the link to one's own cases, by somebody on a page who names a mail address."""

from __future__ import annotations

from dataclasses import replace

import structlog

from bot.commands.house import CountLinkRequest, MailLink
from bot.desk.turn.handler import handles
from bot.desk.turn.turn import Turn
from bot.model.errors import Refusal
from bot.model.mail_address import MAIL
from bot.model.translatable import saying
from bot.notices.case import CasesLink
from bot.notify.notification import Notification
from bot.pages import my_cases
from bot.policy.quotas import Quota, draw, link_requests
from store.cases import participant
from store.people import person, rate_limit
from store.people.person import Person

log = structlog.get_logger("people")
MAILED = (2, 5)
"""Links that are mailed to one person, in an hour and in a day."""


@handles(CountLinkRequest)
def count(turn: Turn, command: CountLinkRequest) -> str:
    """Count it, whatever address is asked for: what is refused tells nothing of who is known."""
    if spent := draw(turn.tx, [link_requests(command.network)], now=rate_limit.millis(turn.now)):
        log.info("no link is mailed", why=spent.why)
        raise Refusal(saying("Too many links were asked for from there."))
    return "counted"


@handles(MailLink)
def mail(turn: Turn, command: MailLink) -> str:
    """Mail the link, if the address is that of a customer whom the desk knows."""
    holder = person.find(turn.tx, MAIL, command.mail.lower())
    url = turn.notifier.person_url("my", holder) if holder else ""
    if not holder or not url or not _entitled(turn, holder) or not _draw(turn, holder):
        return "nothing to mail"
    reader = replace(holder, language=holder.language or command.language)
    mailbox = participant.latest_mailbox(turn.tx, holder.id)
    notice = CasesLink(link_url=url, days=my_cases.LIFE.days)
    turn.notifier.post(Notification(notice, reader, None, turn.now, mailbox=mailbox))
    return "mailed"


def _entitled(turn: Turn, holder: Person) -> bool:
    """Is it a customer who has proven the address, or takes part in a case that a specialist accepted?"""
    if holder.staff or holder.left:
        return False
    return holder.known or participant.count_of(turn.tx, holder.id) > 0


def _draw(turn: Turn, holder: Person) -> bool:
    """Is there a link left for this person?"""
    quota = Quota(
        rate_limit.key("link mailed", holder.id), MAILED, "more than {count} links {period} for one person"
    )
    spent = draw(turn.tx, [quota], now=rate_limit.millis(turn.now))
    if spent:
        log.info("no link is mailed", why=spent.why)
    return spent is None

"""Classification of a mail: may we answer, did a person act, is it a bounce?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from bot.channel.classification import DMARC_REPORT, Bounce, Verdict
from bot.model.mail_address import is_unattended
from bot.model.translatable import saying
from channels.email.automatic import bounce as bounces
from channels.email.automatic import out_of_office
from channels.email.mime import prescan
from channels.email.mime.message import Mail

LOOP = "x-casebot-loop"
MOST_HOPS = 50
_POSTMASTER = re.compile(r"postmaster(?:[-+_.].*)?@")
_AGGREGATE = re.compile(
    r"(?:\[[^\]]{1,40}\] ?)?(?:dmarc aggregate )?report[- ]domain:.{1,300}\bsubmitter:", re.IGNORECASE
)
_AGGREGATE_FILE = re.compile(r"[^!]+![^!]+!\d+!\d+(?:![^!]*)?\.(?:xml|xml\.gz|zip|gz)", re.IGNORECASE)
_WHAT = {
    "failed": saying("a delivery report"),
    "delayed": saying("a delivery report: not yet delivered"),
    "complaint": saying("a complaint"),
    "aggregate": DMARC_REPORT,
}
_DOUBTFUL = saying("looks like a delivery report, which it is if it names a mail of ours by our signature")


@dataclass(frozen=True, slots=True)
class OwnAddresses:
    """Our own addresses and list ids, as far as a verdict depends on them; all in lower case."""

    addresses: frozenset[str]
    domain: str
    list_ids: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Sign:
    """One reason not to answer a mail, and what else it means."""

    words: str
    activity: bool = True
    reply: bool = False


def judge(mail: Mail, mail_from: str | None, own: OwnAddresses, *, tagged: bool = False) -> Verdict:
    """The verdict with its evidence.

    ``mail_from``: the envelope's sender, ``""`` for a null path, None if unknown. ``tagged``: it came to what
    looks like our envelope sender.
    """
    signs = [sign for look in _LOOKS for sign in look(mail, mail_from, own)]
    bounce = Bounce("aggregate") if _is_aggregate(mail) else bounces.read(mail, mail_from, tagged=tagged)
    reply = any(sign.reply for sign in signs)
    if bounce is not None and not bounce.doubtful:
        words = (_WHAT[bounce.kind], *(sign.words for sign in signs))
        return Verdict(may_answer=False, activity=False, bounce=bounce, evidence=words)
    since = mail.sent_at.date() if reply and mail.sent_at else None
    return Verdict(
        may_answer=not signs,
        activity=all(sign.activity for sign in signs),
        bounce=bounce,
        reply=reply,
        evidence=(*(sign.words for sign in signs), *((_DOUBTFUL,) if bounce else ())),
        away_until=out_of_office.until(mail.subject, mail.text, since),
    )


def _is_aggregate(mail: Mail) -> bool:
    """Return whether a mail is a DMARC aggregate report (RFC 7489, section 7.2.1.1)."""
    robot = mail.sender is not None and is_unattended(mail.sender.address)
    named = robot and any(_AGGREGATE_FILE.fullmatch(file.name) for file in mail.files)
    return named or (bool(mail.files) and _AGGREGATE.match(mail.subject) is not None)


def _auto_submitted(mail: Mail, _: Any, __: Any) -> Iterator[_Sign]:
    """Auto-Submitted (RFC 3834, section 5)."""
    for value in mail.all("auto-submitted"):
        word = _word(value)
        if word and word != "no":
            yield _Sign(f"Auto-Submitted: {word}", activity=False, reply=word == "auto-replied")


def _path(mail: Mail, mail_from: str | None, _: Any) -> Iterator[_Sign]:
    if bounces.path(mail, mail_from) == "null":
        answers = bool(mail.references) and out_of_office.says_so(mail.subject, mail.text)
        yield _Sign(saying("a null return path"), activity=False, reply=answers)


def _precedence(mail: Mail, _: Any, __: Any) -> Iterator[_Sign]:
    for name in ("precedence", "x-precedence", "preference"):
        for value in mail.all(name):
            word = _word(value)
            if word in ("bulk", "list", "junk", "auto_reply"):
                yield _Sign(f"Precedence: {word}", activity=word == "list", reply=word == "auto_reply")


def _lists(mail: Mail, _: Any, own: OwnAddresses) -> Iterator[_Sign]:
    """Mailing lists (RFC 2369, RFC 2919); support@ may itself be a group, whose id is then ours."""
    named = next(filter(None, map(list_id, mail.all("list-id"))), "")
    if named in own.list_ids and named:
        return
    header = next((name for name, _ in mail.fields if name.startswith("list-")), "")
    if header:
        yield _Sign(saying("a mailing list ({name})", name=named or header))


def list_id(value: str) -> str:
    """The list's id (RFC 2919, section 2)."""
    return value.rpartition("<")[2].partition(">")[0].strip().lower()


_MACHINES = {
    "x-autoreply": True, "x-auto-reply": True, "x-autorespond": True, "x-autoresponder": True, "x-autoreply-from": True,
    "x-vacation": True, "x-fc-machinegenerated": False, "x-mlserver": False, "x-cron-env": False,
}  # fmt: skip
"""Headers that machines add, and whether what they write is an answer."""


def _responder(mail: Mail, _: Any, __: Any) -> Iterator[_Sign]:
    for name, reply in () if _MACHINES.keys().isdisjoint(mail.by_name) else _MACHINES.items():
        if any(_word(value) not in ("no", "false", "0") for value in mail.all(name)):
            yield _Sign(name.title(), activity=False, reply=reply)
    if any(value.strip().lower() == "autoresponder" for value in mail.all("delivered-to")):
        yield _Sign("Delivered-To: Autoresponder", activity=False, reply=True)
    for value in mail.all("x-auto-response-suppress"):
        # It asks for silence; it does not say that a machine wrote this (Exchange adds it to people's mail).
        if {"all", "autoreply", "oof"} & {word.strip().lower() for word in value.split(",")}:
            yield _Sign("X-Auto-Response-Suppress")


def _loop(mail: Mail, _: Any, own: OwnAddresses) -> Iterator[_Sign]:
    """Our own loop header, or too many hops; another desk's casebot has a domain of its own there."""
    if any(value.strip().lower() == own.domain for value in mail.all(LOOP)):
        yield _Sign(saying("a mail of ours that came back"), activity=False)
    if sum(1 for _ in mail.all("received")) > MOST_HOPS:
        yield _Sign(saying("more than {count} hops", count=str(MOST_HOPS)), activity=False)


def _sender(mail: Mail, _: Any, own: OwnAddresses) -> Iterator[_Sign]:
    address = mail.sender.address if mail.sender else ""
    if bounces.is_daemon(mail):
        yield _Sign(saying("sent by a mail system"), activity=False)
    elif is_unattended(address) or _POSTMASTER.match(address):
        yield _Sign(saying("sent by {name}", name=address.partition("@")[0]), activity=False)
    if address in own.addresses:
        yield _Sign(saying("sent from an address of ours"), activity=False)


def _subject(mail: Mail, _: Any, __: Any) -> Iterator[_Sign]:
    answers = bool(mail.references) or prescan.is_tagged(mail.subject)
    if out_of_office.is_answer(mail.subject, mail.text, answers=answers):
        yield _Sign(saying("an out-of-office subject"), activity=False, reply=True)
    elif answers and out_of_office.opens_so(mail.text):
        yield _Sign(saying("calls itself an automatic answer"), activity=False, reply=True)


def _reports(mail: Mail, _: Any, __: Any) -> Iterator[_Sign]:
    if mail.media in ("multipart/report", "message/disposition-notification"):
        yield _Sign(saying("a report ({kind})", kind=mail.report or "?"), activity=False)


def _word(value: str) -> str:
    return value.partition(";")[0].partition("(")[0].strip().lower()[:60]


_Look = Callable[[Mail, "str | None", OwnAddresses], Iterable[_Sign]]
_LOOKS: tuple[_Look, ...] = (
    _auto_submitted, _path, _precedence, _lists, _responder, _loop, _sender, _subject, _reports,
)  # fmt: skip

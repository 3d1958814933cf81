"""The sections of config.toml as typed, frozen settings, each key with its default."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import timedelta
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    field_validator,
    model_validator,
)

from bot.brand.palette import colour
from bot.config.time_zones import TimeZoneOrNothing
from store.files.place import REMOTE, FileStorage, open_files
from store.people.freemail_domains import FREE_MAIL

SHORTEST_SECRET = 32
EXAMPLE_SECRET = "replace-me-with-what-casebot-init-makes"  # noqa: S105 - refused wherever it is found


def _address(text: str) -> str:
    local, _, domain = text.rpartition("@")
    if not local or not domain or len(text.split()) != 1 or any(c in text for c in "<>,;"):
        raise ValueError("must be a mail address, as support@example.com")
    return text.lower()


def _domain(text: str) -> str:
    if not re.fullmatch(r"(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63}", text, re.ASCII):
        raise ValueError("must be a domain, as lists.example.com")
    return text.lower()


def _own_domain(text: str) -> str:
    domain = text.lower()
    if domain in FREE_MAIL:
        raise ValueError(f"{domain} is a free-mail domain, in which anybody may have an address")
    return domain


def _address_or_nothing(text: str) -> str:
    return _address(text) if text else ""


_LASTING = re.compile(r"(?:(\d{1,4})h)?(?:(\d{1,5})m)?", re.ASCII)


def lasting(text: str) -> timedelta:
    """A duration of at least a minute: ``90m``, ``1h``, ``1h30m``."""
    match = _LASTING.fullmatch(text)
    hours, minutes = (int(part or 0) for part in match.groups()) if match else (0, 0)
    if not hours + minutes:
        raise ValueError("must be a time as 15m, 1h or 1h30m")
    return timedelta(hours=hours, minutes=minutes)


_MOMENT = re.compile(r"(?:(\d{1,2})m)?(?:(\d{1,3})s)?")
LONGEST_UNDO = timedelta(minutes=10)


def moment(text: str) -> timedelta:
    """A short time, ten minutes at most: ``20s``, ``1m30s``; none: ``0s``, or nothing."""
    match = _MOMENT.fullmatch(text)
    minutes, seconds = (int(part or 0) for part in match.groups()) if match else (99, 0)
    if timedelta(minutes=minutes, seconds=seconds) > LONGEST_UNDO:
        raise ValueError("must be a time of ten minutes at most, as 20s or 1m30s; 0s: none")
    return timedelta(minutes=minutes, seconds=seconds)


def _moment(text: str) -> str:
    moment(text)
    return text


def _lasting_or_nothing(text: str) -> str:
    if text:
        lasting(text)
    return text


def _secret(secret: SecretStr) -> SecretStr:
    text = secret.get_secret_value()
    if text == EXAMPLE_SECRET:
        raise ValueError("is the one of the example, which everybody knows; casebot init makes a fresh one")
    if len(text) < SHORTEST_SECRET:
        raise ValueError(
            f"has {len(text)} characters, and a secret needs at least {SHORTEST_SECRET};"
            " casebot init makes a fresh one"
        )
    return secret


MailAddress = Annotated[str, AfterValidator(_address)]
Colour = Annotated[str, AfterValidator(colour)]
Name = Annotated[str, Field(min_length=1)]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z]{2,4})?$", examples=["en", "pt-BR"])]


class Section(BaseModel):
    """The base of all sections: unknown keys are mistakes, and values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class DeskSection(Section):
    """``[desk]``: the support desk."""

    name: Name = "Support"
    docs_url: str = ""
    logo: str = ""
    """A picture file that pages show in place of the name; a [[mailbox]] may have its own, and a colour."""
    colour: Colour = ""
    """Of links and buttons, as ``#0a7d62``; empty: casebot's own."""
    language: Language = "en"
    time_zone: TimeZoneOrNothing = ""
    """Of people whose own is not known; empty: the one of the calendar "office", or of the first [[calendar]]."""
    reopen_days: int = Field(default=14, ge=0)
    confirm_days: int = Field(default=5, ge=1, le=366)
    """Business days after which a resolved case is closed."""
    gather: int = Field(default=120, ge=0, le=3600)
    """Seconds for which mails on a case wait for company once its reader was told something; 0: none does."""
    remind_days: tuple[Annotated[int, Field(ge=1)], ...] = Field(default=(3, 5), max_length=9)
    """Business days of silence after which a customer who is waited for is reminded."""
    silent_days: int = Field(default=10, ge=0, le=366)
    """Business days of silence after which such a case is closed; 0: never."""
    contact_within: Annotated[str, AfterValidator(_lasting_or_nothing)] = "30m"
    """How long a Blocker may be without a technical contact until the desk asks; empty: for ever."""
    shown_within: Annotated[str, AfterValidator(_lasting_or_nothing)] = "5m"
    """How long a notice may wait for a board until the desk reads it by mail; of a Blocker half a minute at
    most. Empty: for ever."""
    undo: Annotated[str, AfterValidator(_moment)] = "20s"
    """How long what a specialist sends to customers from a chat waits, so that it can be taken back; 0s: not at all."""
    duty_manager: Annotated[str, AfterValidator(_address_or_nothing)] = ""
    """The mail address of a [[staff]] who hears of concerns where a case's owner has no manager."""
    open: bool = True
    """False: only people who are known, or whose account is, may open cases."""
    local_team: Annotated[str, AfterValidator(_address_or_nothing)] = ""
    scope: str = ""
    """A sentence for every confirmation: what the desk helps with, and what not; empty: none."""
    template_folder: str = ""
    """The operator's own words, for every mailbox; what a mailbox's own folder has comes before them."""
    broadcast: Literal["managers", "specialists"] = "managers"
    """Who of the staff may tell the customers of many cases the same."""
    replies_folder: str = ""
    """The operator's saved replies, a file for each; empty: there are none but specialists' own."""
    secrets: tuple[Annotated[SecretStr, AfterValidator(_secret)], ...] = ()
    """The first signs, all verify; never empty once ``bot.config.load.load`` has returned."""

    @model_validator(mode="after")
    def _agree(self) -> Self:
        days = (*self.remind_days, *([self.silent_days] if self.silent_days else []))
        if any(later <= earlier for earlier, later in pairwise(days)):
            raise ValueError("remind_days must rise, and silent_days must come after them")
        return self


class ObjectStoreSection(Section):
    """``[store.s3]``: how to reach the object store; what is empty comes from ``AWS_…`` variables."""

    endpoint: str = Field(default="", pattern=r"^(https?://\S+)?$", examples=["https://s3.example.com"])
    """Empty: Amazon's own."""
    region: str = ""
    access_key_id: str = ""
    secret_access_key: SecretStr = SecretStr("")


class StoreSection(Section):
    """``[store]``: the database and the file store."""

    url: str = Field(
        default="sqlite:///casebot.db",
        pattern=r"^(sqlite|postgresql)(\+\w+)?://",
        examples=["sqlite:///casebot.db", "postgresql://user:password@host/casebot"],
    )
    files: Name = "./files"
    """A folder, or ``s3://bucket/prefix``."""
    local_folder: Name = "./local"
    """Where files are in an object store: what is under way on this machine, and copies for an hour."""
    state_folder: str = ""
    """Empty: the folder of the SQLite file, or that which ``files`` is in."""
    s3: ObjectStoreSection = ObjectStoreSection()
    min_free: int = Field(default=104_857_600, ge=0)
    """Bytes."""

    @field_validator("files")
    @classmethod
    def _can_be_reached(cls, files: str) -> str:
        if "://" in files and not files.startswith(REMOTE):
            raise ValueError(f"name a folder, or {REMOTE}bucket/prefix")
        if files.startswith(REMOTE) and find_spec("obstore") is None:
            raise ValueError("an object store needs the extra s3: pip install 'casebot[s3]'")
        return files

    @property
    def folder(self) -> Path:
        """The folder on this machine that files lie in, or are under way in."""
        return Path(self.local_folder if self.files.startswith(REMOTE) else self.files)

    def opened_files(self, place: str = "") -> FileStorage:
        """The file store, or that in another place; nothing is asked yet."""
        options = {**self.s3.model_dump(), "secret_access_key": self.s3.secret_access_key.get_secret_value()}
        return open_files(place or self.files, local=self.local_folder, options=options)


_LANGUAGE = r"^([a-z]{2,3}(-[A-Za-z]{2,4})?)?$"
"""A language's code, or nothing."""


class MailboxSection(Section):
    """``[[mailbox]]``: one address of the desk."""

    address: MailAddress = "support@example.com"
    name: str = ""
    """Empty: the desk's."""
    language: Annotated[str, Field(pattern=_LANGUAGE, examples=["en", "pt-BR"])] = ""
    """Empty: the desk's."""
    logo: str = ""
    """Empty: the desk's, and the same of its colour."""
    colour: Colour = ""
    default_type: str = ""
    authserv_id: str = ""
    own_list_ids: tuple[str, ...] = ()
    form_senders: tuple[MailAddress, ...] = ()
    """Contact forms and groups whose Reply-To or X-Original-From names the requester."""
    template_folder: str = ""
    microsoft_results: bool = False
    """What checks mail before it reaches us is Exchange Online, which writes no id."""
    arc_sealers: tuple[Annotated[str, AfterValidator(_domain)], ...] = ()
    """Domains that pass mail on to us, and whose word counts for who had written it (ARC, RFC 8617)."""
    canary: Annotated[str, AfterValidator(_lasting_or_nothing)] = ""
    """How often a mail to ourselves goes the whole way, as ``1h``; empty: never."""
    canary_patience: Annotated[str, AfterValidator(_lasting_or_nothing), Field(min_length=1)] = "15m"
    """How long one may stay away until that is told."""
    imap: Mapping[str, Any] | None = None
    """Only the mail channel understands it, and the next."""
    dkim: Mapping[str, Any] | None = None


class StaffSection(Section):
    """``[[staff]]``: one person of the desk."""

    name: Name
    mail: MailAddress
    addresses: Mapping[str, str] = Field(default_factory=dict)
    """By channel: where else they are met. ``bot/config/load.py`` knows which channels there are."""
    role: Literal["specialist", "manager"] = "specialist"
    manager: Annotated[str, AfterValidator(_address_or_nothing)] = ""
    """The manager's mail address."""
    calendar: str = ""
    """A [[calendar]]: outside of its hours they get no case by turn; empty: they do at any time."""
    language: Annotated[str, Field(pattern=_LANGUAGE, examples=["en", "pt-BR"])] = ""
    """What they read, if not the desk's language."""
    time_zone: TimeZoneOrNothing = ""
    """In which they read times; empty: the desk's."""


class AccountSection(Section):
    """``[[account]]``: one customer organisation."""

    name: Name
    domains: tuple[Annotated[str, AfterValidator(_own_domain)], ...] = ()
    places: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    """By channel: places that are this customer's own; cases opened there live there."""
    opens: Mapping[str, Literal["command", "offer", "all"]] = Field(default_factory=dict)
    """By channel: how what is said in these places opens cases, if not as that channel's section says."""
    service_level: str = "standard"
    local_team: Annotated[str, AfterValidator(_address_or_nothing)] = ""
    time_zone: TimeZoneOrNothing = ""
    """In which its people read times, unless they have one of their own; empty: the desk's."""


class TurnsSection(Section):
    """``[[turns]]``: who gets a new case; of several, the first that fits it counts."""

    name: Name = "turns"
    people: tuple[MailAddress, ...] = Field(min_length=1)
    """Mail addresses of [[staff]], in their order."""
    by: Literal["round robin", "load"] = "round robin"
    """One after the other, or whoever has the fewest cases to do."""
    channels: tuple[str, ...] = ()
    """The channels by which it came, or places of theirs (``T012/C034``); empty: however it came."""
    types: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()

    def fits(self, *, via: Collection[str], type: str, account: str) -> bool:
        """Is a new case of this kind for its people? ``via``: the names that its channel and place have."""
        pairs = ((self.channels, via), (self.types, (type,)), (self.accounts, (account,)))
        return all(not listed or {*listed} & {*values} for listed, values in pairs)


class SurveySection(Section):
    """``[survey]``: asking customers how it went."""

    period_days: int = Field(default=90, ge=0)
    """Nobody is asked twice within so many days; 0: nobody is asked at all."""
    delay_days: int = Field(default=3, ge=0)
    """Days after a case was closed."""


class ConcernSection(Section):
    """``[concern]``: reminders of a concern that nobody takes, in working time."""

    remind_after: Annotated[str, AfterValidator(_lasting_or_nothing)] = "30m"
    """After which who was told is reminded; empty: never."""
    next_after: Annotated[str, AfterValidator(_lasting_or_nothing)] = "1h"
    """After which, then, the next level is told; empty: never."""
    quiet: Annotated[str, AfterValidator(_lasting_or_nothing)] = "1h"
    """For which what is raised again on the same case is added to the first; empty: never."""


Mails = tuple[Annotated[int, Field(ge=1)], Annotated[int, Field(ge=1)]]


_DAYS = re.compile(r"(\d{1,5})d", re.ASCII)


def kept_for(text: str) -> timedelta | None:
    """How long something is kept, in days: ``90d``; nothing: for ever."""
    match = _DAYS.fullmatch(text)
    if not text:
        return None
    if match is None or not int(match[1]):
        raise ValueError("must be a number of days, as 90d; empty: for ever")
    return timedelta(days=int(match[1]))


def _kept_for(text: str) -> str:
    kept_for(text)
    return text


Kept = Annotated[str, AfterValidator(_kept_for)]


class LimitsSection(Section):
    """``[limits]``: limits of the inbox, of retries, and of what happens without a person."""

    backlog: int = Field(default=2000, ge=1)
    """Messages."""
    batch: int = Field(default=20, ge=1, le=1000)
    """Messages read at once."""
    strikes: int = Field(default=3, ge=1)
    """Tries before a message is set aside."""
    mails_per_case: Mails = (5, 40)
    """Automatic mails to one correspondent on one case, after its confirmation: an hour, and a day; likewise below."""
    mails_per_person: Mails = (60, 300)
    """To one correspondent, on all cases together."""
    mails_per_domain: Mails = (500, 3000)
    """To everybody of one mail domain."""
    mails_within: Mails = (120, 1000)
    """To one member of staff on one case, and of what customers say to each other there: only ends loops."""
    held_per_sender: Mails = (5, 20)
    """Cases that mail of one unproven sender opens, held: an hour, and a day; likewise below."""
    held_per_domain: Mails = (60, 300)
    """That unproven mail of one domain opens."""
    held_in_all: Mails = (300, 2000)
    """That unproven mail opens at all."""
    command_max_age: Kept = "7d"
    """Days between a signed mail's Date and its arrival in which its commands are carried out; empty: any age."""
    uploads_per_account: int = Field(default=50_000_000_000, ge=0)
    """Bytes of files that one account uploads in a day; 0: no limit."""


class RetentionSection(Section):
    """``[retention]``: how long what is kept is kept; empty: for ever."""

    raw_mail: Kept = ""
    """Messages as they came, once they are handled."""
    aside: Kept = ""
    """Messages that made nothing: floods, bounces of others, what could not be read."""
    sent: Kept = ""
    """Mails and chat messages as they were sent."""
    closed_cases: Kept = ""
    """Words and files of closed cases, and those people who have no other case and no account."""


class LogSection(Section):
    """``[log]``: the log's format and level."""

    format: Literal["auto", "text", "json"] = "auto"
    level: Literal["debug", "info", "warning", "error"] = "info"

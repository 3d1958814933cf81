"""config.toml and the environment become one frozen Config, or a list of every mistake in them."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, TypeVar
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, SecretStr, create_model

from bot.config.choices import ListsSection
from bot.config.environment import of_names
from bot.config.errors import PREFIX, ConfigMistakes, of_tables, of_the_whole
from bot.config.lines import KeyPlaces
from bot.config.paths import placed
from bot.config.reloadable import Reloadable, ReloadableSections
from bot.config.report import ReportSection
from bot.config.secret_file import SECRET_FILE, kept_secret
from bot.config.service_levels import (
    STANDARD,
    CalendarSection,
    ServiceLevelSection,
    calendars,
    levels,
    zone,
)
from bot.config.settings import (
    AccountSection,
    ConcernSection,
    DeskSection,
    LimitsSection,
    LogSection,
    MailboxSection,
    RetentionSection,
    Section,
    StaffSection,
    StoreSection,
    SurveySection,
    TurnsSection,
)
from bot.config.state_files import state_file
from bot.model.channel_profile import AddressForm, ChannelProfile, profile_of
from bot.model.mail_address import MAIL
from bot.model.working_time import Calendar, Level

DEFAULT_FILE = Path("config.toml")
M = TypeVar("M", bound=BaseModel)
_SECTIONS: Mapping[str, Any] = {
    "desk": (DeskSection, DeskSection()),
    "store": (StoreSection, StoreSection()),
    "lists": (ListsSection, ListsSection()),
    "mailbox": (tuple[MailboxSection, ...], ()),
    "staff": (tuple[StaffSection, ...], ()),
    "account": (tuple[AccountSection, ...], ()),
    "calendar": (tuple[CalendarSection, ...], ()),
    "service_level": (tuple[ServiceLevelSection, ...], ()),
    "turns": (tuple[TurnsSection, ...], ()),
    "survey": (SurveySection, SurveySection()),
    "concern": (ConcernSection, ConcernSection()),
    "report": (ReportSection, ReportSection()),
    "limits": (LimitsSection, LimitsSection()),
    "retention": (RetentionSection, RetentionSection()),
    "log": (LogSection, LogSection()),
}


@dataclass(frozen=True, slots=True)
class Config:
    """The whole configuration, with absolute paths and every default filled in."""

    desk: DeskSection
    store: StoreSection
    lists: ListsSection
    mailboxes: tuple[MailboxSection, ...]
    """At least one; the first is the desk's usual address."""
    reloadable: Reloadable
    """What SIGHUP replaces (``bot/workers/reload.py``): the properties below are of this moment."""
    survey: SurveySection
    concern: ConcernSection
    report: ReportSection
    limits: LimitsSection
    retention: RetentionSection
    log: LogSection
    channels: Mapping[str, BaseModel]
    """Each channel's own section, by the channel's name."""
    profiles: Mapping[str, ChannelProfile]
    """What each channel says of itself, likewise."""
    zone: ZoneInfo
    """The desk's time zone: of whoever has none of their own, and of days in lists and reports."""
    folder: Path
    """What relative paths start from: the config file's folder, or the current one without a file."""
    file: Path | None = None

    @property
    def staff(self) -> tuple[StaffSection, ...]:
        """The people of the desk."""
        return self.reloadable.now.staff

    @property
    def accounts(self) -> tuple[AccountSection, ...]:
        """The customers."""
        return self.reloadable.now.accounts

    @property
    def levels(self) -> Mapping[str, Level]:
        """Service levels by name; ``standard`` is always there."""
        return self.reloadable.now.levels

    @property
    def office(self) -> Calendar:
        """The calendar of that name."""
        return self.reloadable.now.office

    @property
    def calendars(self) -> Mapping[str, Calendar]:
        """All calendars, by name."""
        return self.reloadable.now.calendars

    @property
    def turns(self) -> tuple[TurnsSection, ...]:
        """Who gets new cases by turn."""
        return self.reloadable.now.turns

    @property
    def address_forms(self) -> Mapping[str, AddressForm]:
        """How people's addresses are written in each channel that has some."""
        return {name: profile.people for name, profile in self.profiles.items() if profile.people}

    def staff_language(self, channel: str, address: str) -> str:
        """What a person or a place of the desk reads: the desk's language, if they have no other."""
        own = {
            (name, at): member.language
            for member in self.staff
            if member.language
            for name, at in ((MAIL, member.mail), *member.addresses.items())
        }
        return own.get((channel, address), self.desk.language)

    def label_of(self, channel: str) -> str:
        """A channel's name for people."""
        profile = self.profiles.get(channel)
        return (profile.label if profile else "") or channel

    def command_of(self, channel: str) -> str:
        """The command that people of a channel type (``/case``), or ``""``."""
        profile = self.profiles.get(channel)
        return str(getattr(self.channels[channel], profile.command)) if profile and profile.command else ""

    def templates(self, mailbox: str = "") -> tuple[Path, ...]:
        """The operator's template folders, in order: that of a mailbox (its address), then the desk's.

        Without an address, the first mailbox that has one.
        """
        own = (box.template_folder for box in self.mailboxes if mailbox in ("", box.address))
        first = next((folder for folder in own if folder), "")
        return tuple(Path(folder) for folder in dict.fromkeys((first, self.desk.template_folder)) if folder)


def load(path: Path | None, sections: Mapping[str, type[BaseModel]]) -> Config:
    """Read ``path`` (None: ``./config.toml`` if it is there, else defaults) and ``CASEBOT_…`` over it.

    ``sections``: the channels' own settings by channel name. With no secret configured, the one in
    ``casebot.secret`` is used, made if need be. Raises ``ConfigMistakes`` with all mistakes at once.
    """
    config = read(path, sections)
    return config if config.desk.secrets else _with_secret(config)


def read(path: Path | None, sections: Mapping[str, type[BaseModel]]) -> Config:
    """As ``load``, but writes nothing: if no secret is configured or kept yet, there is none."""
    sources = sources_of(path, sections)
    table, merged, places = sources.table, sources.merged, sources.places
    profiles = {name: profile_of(kind) for name, kind in sections.items()}
    mistakes = [
        *of_tables(table, sources.written, merged, environment=sources.environment, places=places),
        *of_names(table),
        *map(places.before, of_the_whole(merged, _listed(merged), profiles=profiles)),
    ]
    if mistakes:
        raise ConfigMistakes(mistakes)
    config = _config(table.model_validate(merged), sections, sources.file)
    has_secret = not config.desk.secrets and state_file(config, SECRET_FILE).is_file()
    return _with_secret(config) if has_secret else config


@dataclass(frozen=True, slots=True)
class Sources:
    """What the config is made of, before it is checked."""

    table: type[BaseModel]
    """The model of all sections."""
    file: Path | None
    written: Mapping[str, Any]
    """What the file says."""
    environment: Mapping[str, Any]
    merged: Mapping[str, Any]
    places: KeyPlaces


def sources_of(path: Path | None, sections: Mapping[str, type[BaseModel]]) -> Sources:
    """The file and the environment, read. Raises ``ConfigMistakes`` if the file is no TOML."""
    file = path or (DEFAULT_FILE if os.path.lexists(DEFAULT_FILE) else None)
    shape = _shape(tuple(sections.items()))
    written = _written(file) if file else {}
    values = _environment(shape) if any(map(_ours, os.environ)) else {}
    table = _table(tuple(sections.items()))
    return Sources(table, file, written, values, _merged(written, values), KeyPlaces(file))


def _ours(name: str) -> bool:
    """May this environment variable set a key? ``CASEBOT_CONFIG`` names the file."""
    return name.upper().startswith(PREFIX) and name.upper() != f"{PREFIX}CONFIG"


def _environment(shape: Mapping[str, Any]) -> dict[str, Any]:
    from bot.config.environment_values import values

    return values(shape)


@cache
def _table(sections: tuple[tuple[str, type[BaseModel]], ...]) -> type[BaseModel]:
    """The model of the whole config."""
    return create_model("Table", __base__=Section, **_shape(sections))


@cache
def _shape(channels: tuple[tuple[str, type[BaseModel]], ...]) -> Mapping[str, Any]:
    """All sections. A channel names its keys of a ``[[mailbox]]`` in ``MAILBOX``: key → model."""
    sections = dict(channels)
    more: dict[str, Any] = {}
    for kind in sections.values():
        more |= {key: (table | None, None) for key, table in getattr(kind, "MAILBOX", {}).items()}
    box = create_model("Box", __base__=MailboxSection, **more)
    profiles = {name: profile_of(kind) for name, kind in sections.items()}
    staff = create_model("Staff", __base__=StaffSection, addresses=_by_channel(_people(profiles)))
    account = create_model("Account", __base__=AccountSection, places=_by_channel(_places(profiles)))
    tables = {"mailbox": box, "staff": staff, "account": account}
    own = {**_SECTIONS, **{name: (tuple[table, ...], ()) for name, table in tables.items()}}  # type: ignore[valid-type]
    return {**own, **{name: (kind, kind()) for name, kind in sections.items()}}


def _people(profiles: Mapping[str, ChannelProfile]) -> dict[str, Any]:
    return {name: (_checked(of.people), "") for name, of in profiles.items() if of.people}


def _places(profiles: Mapping[str, ChannelProfile]) -> dict[str, Any]:
    return {name: (tuple[_checked(of.places), ...], ()) for name, of in profiles.items() if of.places}  # type: ignore[misc]


def _checked(form: AddressForm) -> Any:
    return Annotated[str, AfterValidator(lambda written: form.read(written) if written else "")]


def _by_channel(keys: dict[str, Any]) -> Any:
    """A table with a key for each channel that has such addresses."""
    table = create_model("ByChannel", __base__=Section, **keys)
    return (table, table())


def _written(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigMistakes([f"{file}: {error.strerror or error}"]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigMistakes([f"{file}: not TOML: {error}"]) from None


def _merged(below: Any, above: Any) -> Any:
    """``above`` laid over ``below``; ``{"0": …}`` is the first table of a list of tables."""
    if isinstance(above, dict) and isinstance(below, dict):
        return {key: _merged(below.get(key), above.get(key, below.get(key))) for key in {**below, **above}}
    if isinstance(above, dict) and above and all(str(key).isdigit() for key in above):
        rows = list(below or [])
        rows += [{} for _ in range(max(map(int, above)) + 1 - len(rows))]
        return [_merged(row, above.get(str(n), row)) for n, row in enumerate(rows)]
    return above


def _config(table: Any, sections: Mapping[str, type[BaseModel]], file: Path | None) -> Config:
    folder = file.absolute().parent if file else Path.cwd()
    return Config(
        desk=placed(table.desk, folder),
        store=placed(table.store, folder),
        lists=table.lists,
        mailboxes=tuple(
            placed(_mailbox(box, table.desk), folder) for box in table.mailbox or (MailboxSection(),)
        ),
        reloadable=Reloadable(_reloadable(table)),
        survey=table.survey,
        concern=table.concern,
        report=table.report,
        limits=table.limits,
        retention=table.retention,
        log=table.log,
        channels=MappingProxyType({name: placed(getattr(table, name), folder) for name in sections}),
        profiles=MappingProxyType({name: profile_of(kind) for name, kind in sections.items()}),
        zone=ZoneInfo(table.desk.time_zone) if table.desk.time_zone else zone(table.calendar),
        folder=folder,
        file=file,
    )


def _reloadable(table: Any) -> ReloadableSections:
    return ReloadableSections(
        staff=tuple(_as(StaffSection, member) for member in table.staff),
        accounts=tuple(_as(AccountSection, account) for account in table.account),
        levels=levels(table.calendar, table.service_level),
        office=levels(table.calendar, ())[STANDARD].calendar,
        calendars=calendars(table.calendar),
        turns=table.turns,
    )


def _mailbox(box: MailboxSection, desk: DeskSection) -> MailboxSection:
    """A mailbox with the desk's name, language and look by default; its channel's tables as mappings."""
    own = {key: value for key, value in box.model_dump().items() if value not in ("", None)}
    usual = {key: getattr(desk, key) for key in ("name", "language", "logo", "colour")}
    return MailboxSection.model_construct(**{**MailboxSection().model_dump(), **usual, **own})


def _as(kind: type[M], made: BaseModel) -> M:
    """The section with each channel's values as plain mappings, without the channels that have none."""
    values: dict[str, Any] = {
        key: {name: part for name, part in value.items() if part} if isinstance(value, dict) else value
        for key, value in made.model_dump().items()
    }
    return kind.model_construct(**values)


def _listed(merged: Mapping[str, Any]) -> Mapping[str, Collection[str]]:
    """The types and priorities that can be chosen, as far as they are valid."""
    lists = merged.get("lists")
    written = lists if isinstance(lists, dict) else {}
    types, priorities = (written.get(key, getattr(ListsSection(), key)) for key in ("types", "priorities"))
    return {
        "types": types if isinstance(types, Mapping) else (),
        "priorities": priorities if isinstance(priorities, (list, tuple)) else (),
    }


def _with_secret(config: Config) -> Config:
    """The config with the secret of the state folder, so that links survive a restart."""
    secret = kept_secret(state_file(config, SECRET_FILE))
    desk = config.desk.model_copy(update={"secrets": (SecretStr(secret),)})
    return replace(config, desk=desk)

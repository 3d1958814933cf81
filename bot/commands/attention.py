"""Commands about who looks at a case, and when: snooze, watch, mute."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.commands.verb import Arguments, verb
from bot.model.request import OnCase
from bot.model.rule import DESK, Rule
from bot.model.translatable import saying

OFF = ("off", "no", "end", "over")


@dataclass(frozen=True, slots=True)
class Snooze(OnCase):
    """Put a case away until a moment, as it was typed; a customer's word brings it back at once."""

    rule: ClassVar[Rule] = DESK
    until: str


@dataclass(frozen=True, slots=True)
class Unsnooze(OnCase):
    """Bring a case back into the queue that was put away."""

    rule: ClassVar[Rule] = DESK


@verb(
    Snooze, "snooze until when", "put the case away until then, or until its customer writes: snooze 3 days"
)
def snooze(words: Arguments) -> Snooze | Unsnooze:
    """``snooze until Monday 9:00`` · ``snooze off``"""
    case = words.case
    until = words.needed("until", saying("Until when? snooze until Monday 9:00, or snooze 3 days"))
    return Unsnooze(case) if until.strip(" .").lower() in OFF else Snooze(case, until)


@verb(Unsnooze, "unsnooze", "bring it back at once")
def unsnooze(words: Arguments) -> Unsnooze:
    """``unsnooze``"""
    return Unsnooze(words.case)


@dataclass(frozen=True, slots=True)
class Watch(OnCase):
    """Be told what happens on a case of somebody else's, as its owner is."""

    rule: ClassVar[Rule] = DESK


@verb(Watch, "watch", "be told what happens on a case of a colleague's")
def watch(words: Arguments) -> Watch:
    """``watch``"""
    return Watch(words.case)


@dataclass(frozen=True, slots=True)
class Unwatch(OnCase):
    """Watch a case no more."""

    rule: ClassVar[Rule] = DESK


@verb(Unwatch, "unwatch", "watch it no more")
def unwatch(words: Arguments) -> Unwatch:
    """``unwatch``"""
    return Unwatch(words.case)


@dataclass(frozen=True, slots=True)
class Mute(OnCase):
    """Be told no more of a case, until one is mentioned, it is given to one, or one asks for it."""

    rule: ClassVar[Rule] = DESK


@verb(Mute, "mute", "hear no more of the case until a colleague mentions you, or it is given to you")
def mute(words: Arguments) -> Mute:
    """``mute``"""
    return Mute(words.case)


@dataclass(frozen=True, slots=True)
class Unmute(OnCase):
    """Be told of a case again."""

    rule: ClassVar[Rule] = DESK


@verb(Unmute, "unmute", "hear of it again")
def unmute(words: Arguments) -> Unmute:
    """``unmute``"""
    return Unmute(words.case)

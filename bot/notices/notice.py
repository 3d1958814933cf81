"""What all notices are: facts with examples, who reads them, and how they are sent."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from typing import Any, ClassVar, Literal, Self, TypeVar, dataclass_transform

from bot.model.choice import Choice
from bot.model.facts import InternalEntry, PublicEntry
from bot.model.translatable import saying

Audience = Literal["customer", "staff", "asker", "team"]


class Notice:
    """One kind of notice; an instance is to be sent. ``@notice`` makes each a frozen dataclass."""

    name: ClassVar[str]
    """``CaseClosed`` is ``case closed``, in the outbox and in histories."""
    called: ClassVar[str]
    """What the desk is told of it if it cannot be delivered: ``the answer``."""
    audience: ClassVar[Audience]
    automatic: ClassVar[bool]
    """It carries Auto-Submitted; a person's own words do not."""
    private: ClassVar[bool]
    """For one person's eyes (a link that speaks for them, a phone number): it goes into no place that others share."""
    batched: ClassVar[bool]
    """By mail it may wait for company, if its reader was told something on the case just now (``[desk] gather``).

    Not so a person's words, what somebody asked for and waits for, and what is urgent; these take along what waits.
    """
    loud: ClassVar[bool]
    """It reaches staff who have muted the case, too."""
    example_case: ClassVar[Mapping[str, str] | None]
    """How the case of its example differs from ``bot.notices.examples.CASE``; None: it is about no case."""
    template: ClassVar[str]
    """``case opened`` → ``case_opened.j2`` below ``templates/notices/<language>/``."""

    def facts(self) -> dict[str, Any]:
        """The names that its template may use, besides ``desk``, ``to``, ``case`` and ``my_url``.

        If the desk reads it, ``as_it_came`` (a link to the mail that it is about) and ``note_address`` too.
        """
        return {fact.name: getattr(self, fact.name) for fact in fields(self)}  # type: ignore[arg-type]

    @property
    def text(self) -> str:
        """The text that somebody has written; ``""`` unless one of its facts is called so."""
        return ""

    @property
    def entry(self) -> PublicEntry | InternalEntry | None:
        """The entry that it is about; None unless one of its facts is called so."""
        return None

    @property
    def offered(self) -> str | None:
        """The entry that may be accepted from it; None unless one of its facts is called so."""
        return None

    @property
    def choices(self) -> tuple[Choice, ...]:
        """What its reader can do right there, besides what goes with every notice about a case."""
        return ()

    @property
    def mark(self) -> str:
        """The sign that is shown in its place; ``""`` unless one of its facts is called so."""
        return ""

    def without_words(self) -> Self:
        """The notice without the text that somebody has written."""
        return replace(self, text="")  # type: ignore[type-var]

    @classmethod
    def example(cls, *, bare: bool = False) -> dict[str, Any]:
        """Example facts. ``bare``: the least of each, and none that may be missing."""
        return {
            fact.name: _least(fact.metadata["example"], fact.default) if bare else fact.metadata["example"]
            for fact in fields(cls)  # type: ignore[arg-type]
        }


def _least(example: Any, default: Any) -> Any:
    if isinstance(example, bool):
        return False
    if isinstance(example, int):
        return 1
    return example if default is MISSING else default


def fact(example: Any, *, default: Any = MISSING) -> Any:
    """A fact of a notice: an example of it, and its default."""
    return field(default=default, metadata={"example": example})


NOTICES: dict[str, type[Notice]] = {}
"""By name; filled as the modules of ``bot/notices`` are imported (``catalogue``)."""
NoticeT = TypeVar("NoticeT", bound=Notice)


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(fact,))
def notice(
    audience: Audience,
    *,
    called: str = "",
    automatic: bool = True,
    private: bool = False,
    batched: bool = False,
    loud: bool = False,
    case: Mapping[str, str] | None = {},
) -> Callable[[type[NoticeT]], type[NoticeT]]:
    """Make a class a notice: a frozen dataclass of its facts, with a name.

    ``called``: ``Notice.called``; needed unless only the desk reads it. ``case``: ``Notice.example_case``.
    """

    def register(cls: type[NoticeT]) -> type[NoticeT]:
        kind = dataclass(frozen=True, slots=True, kw_only=True)(cls)
        kind.name = re.sub(r"(?<!^)(?=[A-Z])", " ", cls.__name__).lower()
        kind.template = kind.name.replace(" ", "_") + ".j2"
        kind.called = called or f"the message “{kind.name}”"
        kind.audience, kind.example_case = audience, case
        kind.automatic, kind.private, kind.batched, kind.loud = automatic, private, batched, loud
        NOTICES[kind.name] = kind
        return kind

    return register


def called(name: str) -> str:
    """What the desk is told of a notice, by its name in the outbox: ``The answer``."""
    kind = NOTICES.get(name)
    return saying(first_upper(kind.called)) if kind else saying("The message “{name}”", name=name)


def first_upper(words: str) -> str:
    """The words as a sentence begins with them."""
    return words[:1].upper() + words[1:]

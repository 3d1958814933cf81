"""Notices of a conversation: answers, reminders, who takes part, what the desk hears of it."""

from __future__ import annotations

from datetime import datetime

from bot.model.choice import STEPS, Choice, retry, undo
from bot.model.facts import (
    Answered,
    BatchSection,
    CaseFacts,
    CaseLine,
    CaseList,
    EventLine,
    HelpLine,
    InternalEntry,
    PublicEntry,
)
from bot.model.translatable import saying
from bot.notices.examples import ANSWER, ASKED, AT, CASE, SAID, TEXT
from bot.notices.notice import Notice, fact, notice
from bot.syntax.case_numbers import number


@notice("customer", called="the answer", automatic=False)
class Answer(Notice):
    """To customers: what a specialist, or another customer, writes to them."""

    entry: PublicEntry = fact(ANSWER)
    workaround: bool = fact(True, default=False)
    correction: bool = fact(True, default=False)
    """It takes the place of an answer that was sent with other words."""
    closed: str = fact("Resolved", default="")
    """The reason for which the case is closed with it."""
    reopen_days: int = fact(14, default=0)

    @property
    def choices(self) -> tuple[Choice, ...]:
        return STEPS


@notice("customer", called="the news that they take part in the case", batched=True)
class Added(Notice):
    """To somebody who takes part in a case from now on."""

    by: str = fact("Ana Lima")
    entry: PublicEntry | None = fact(SAID, default=None)
    """What it is about, where that is the asker's to tell."""
    whole: bool = fact(True, default=False)


@notice("customer", called="the link that joins both addresses", private=True, case=None)
class JoinOffered(Notice):
    """To a mail address that somebody in a chat says is theirs too: a link that makes one person of both."""

    who: str = fact("Ana Lima")
    channel: str = fact("Pager")
    """The channel's label."""
    join_url: str = fact("https://support.example.com/join/sample")


@notice("customer", called="the news that both addresses are joined", case=None)
class Joined(Notice):
    """To somebody in a chat: they are one person with whoever has this mail address now."""

    mail: str = fact("ana@acme.example")


@notice("customer", called="the reply to their thanks")
class Thanked(Notice):
    """To a customer who only said thank you: the case stays as it is."""


@notice("customer", called="the request for information", automatic=False, case={"state": "waiting"})
class InformationNeeded(Notice):
    """To customers: what the specialist needs from them."""

    entry: PublicEntry = fact(ASKED)

    @property
    def choices(self) -> tuple[Choice, ...]:
        return STEPS


@notice("customer", called="the link for files", private=True)
class UploadLink(Notice):
    """To a customer in a chat: where they send files of any size."""

    upload_url: str = fact("https://support.example.com/upload/sample")


@notice("customer", called="the reminder", batched=True, case={"state": "waiting"})
class Reminder(Notice):
    """To customers: we wait for them."""

    closes_at: datetime = fact(AT)
    last: bool = fact(False)
    asked: str = fact("Which seat is it, please?", default="")
    """What the desk said last."""


@notice("staff", batched=True)
class CustomerReplied(Notice):
    """To the desk: a customer has written."""

    entry: PublicEntry = fact(SAID)
    sender: str = fact("Ana Lima")
    proposed: tuple[str, ...] = fact(("lea@partner.example",), default=())
    """People in Cc who are told nothing."""


@notice("staff", batched=True)
class CustomerActed(Notice):
    """To the desk: something has happened on a case."""

    what: str = fact(
        saying("{who} closed the case ({reason})", who="Ana Lima", reason=saying("No longer an issue"))
    )
    text: str = fact(TEXT, default="")
    choices: tuple[Choice, ...] = fact((retry(123, 17),), default=())


@notice("staff", batched=True)
class NoteWritten(Notice):
    """To the desk: an internal note."""

    entry: InternalEntry = fact(InternalEntry("Sam Okafor", "The third time this week.", AT))


@notice("staff")
class Unverified(Notice):
    """To the desk: somebody wrote on a case who may not be who they say."""

    what: str = fact(
        saying(
            "{who} wrote, and we could not be sure that it was them. Only the desk sees it",
            who="ana@acme.example",
        )
    )
    text: str = fact(TEXT, default="")
    offered: str | None = fact("e-k4q7x2", default=None)
    """The name of the entry that may be accepted."""


@notice("staff", batched=True)
class AdditionAsked(Notice):
    """To the desk: a customer wants somebody added whom they may not add themselves."""

    sender: str = fact("Ana Lima")
    who: str = fact("Li Wang")
    address: str = fact("li@partner.example")


@notice("customer", called="the news of the case")
class News(Notice):
    """To a customer: several notices in one mail."""

    sections: tuple[BatchSection, ...] = fact(())


@notice("staff")
class DeskNews(Notice):
    """To a specialist: several notices in one mail."""

    sections: tuple[BatchSection, ...] = fact(())


@notice("asker", called="the question which case they mean", case=None)
class CaseSought(Notice):
    """To whoever wrote to us what leads to no case: which one is meant, or shall it be a new one?"""

    cases: tuple[CaseLine, ...] = fact(
        (
            CaseLine("CS-000098", "Report 77 fails", "waiting", "Low", "Ana Lima", "Sam Okafor", AT),
            CaseLine("CS-000123", CASE.subject, "open", "Critical", "Ana Lima", "", AT),
        ),
        default=(),
    )
    more: bool = fact(True, default=False)
    """Have they more open cases than these?"""
    unasked: bool = fact(False, default=False)
    """It was perhaps not said to us at all."""
    letter: str = fact("m:T1/C1/1", default="")
    """The message that is meant, by its key in the inbox."""

    @property
    def choices(self) -> tuple[Choice, ...]:
        named = (
            Choice("put", f"{case.number} · {case.subject}", f"{number(case.number)}:{self.letter}")
            for case in self.cases
        )
        mine = (Choice("mine", "My cases"),) if self.more else ()
        return (*named, Choice("open", "Open a case", f"0:{self.letter}"), *mine)


@notice("asker", called="the question whether to close the case")
class ClosingAsked(Notice):
    """To whoever put the sign of something solved on a message: shall the case be closed?"""

    @property
    def choices(self) -> tuple[Choice, ...]:
        return (Choice("close", "Close the case"), Choice("leave", "Keep it open"))


@notice("asker", called="the sign on their message")
class Marked(Notice):
    """To whoever put a sign on a message: what it asks for is done; a chat shows the sign itself."""

    mark: str = fact("C1/1 eyes")


_CLOSED = saying("{case} is closed: {reason}.", case="CS-000123", reason=saying("No longer an issue"))
_DID_YOU_MEAN = saying("I do not know “{word}”. Did you mean “{near}”?", word="#clsoe", near="#close")
_STEPS = (
    ("opened", "Ana Lima"),
    ("taken", "Sam Okafor"),
    ("information requested", "Sam Okafor"),
    ("replied", "Ana Lima"),
    ("priority requested", "Ana Lima"),
    ("priority changed", "Sam Okafor"),
    ("workaround given", "Sam Okafor"),
    ("concern raised", "Ana Lima"),
    ("concern taken", "Carla Reyes"),
    ("closed", "Ana Lima"),
)


@notice("asker", called="the reply to their commands")
class Transcript(Notice):
    """To whoever asked by commands: what was understood and done, and what they asked to see."""

    answered: tuple[Answered, ...] = fact(
        (
            Answered("#close", "done", _CLOSED),
            Answered("#clsoe", "unclear", _DID_YOU_MEAN),
            Answered("#take", "refused", saying("Only the support team can do that.")),
        )
    )
    cases: tuple[CaseList, ...] = fact(
        (
            CaseList(
                "my",
                (
                    CaseLine("CS-000098", "Report 77 fails", "waiting", "Low", "Ana Lima", "Sam Okafor", AT),
                    CaseLine("CS-000123", CASE.subject, "new", "Critical", "Ana Lima", "", AT),
                ),
                total=42,
            ),
        ),
        default=(),
    )
    view: CaseFacts | None = fact(CASE, default=None)
    entries: tuple[PublicEntry | InternalEntry, ...] = fact((SAID, ANSWER), default=())
    history: tuple[EventLine, ...] = fact(tuple(EventLine(AT, *step) for step in _STEPS), default=())
    choices: tuple[Choice, ...] = fact((undo(123, 17),), default=())
    help: tuple[HelpLine, ...] = fact(
        (
            HelpLine("#close [reason], [text]", saying("close the case")),
            HelpLine("#add mail-address", saying("let somebody follow the case")),
        ),
        default=(),
    )

"""Who is refused what, in which words: every command with every role, and what `help` lists for each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.commands.absence import Away, Back
from bot.commands.articles import Deflect, Solved
from bot.commands.attention import Mute, Snooze, Unmute, Unsnooze, Unwatch, Watch
from bot.commands.broadcast import PlanBroadcast, SendBroadcast
from bot.commands.browse import Help, My, Queue, Search, Show, Unclear
from bot.commands.case import (
    AddFiles,
    AskClosing,
    Attach,
    Close,
    Keep,
    Missed,
    Note,
    Open,
    Rate,
    Reopen,
    Reply,
    SeekCase,
    Withhold,
)
from bot.commands.dispatch import Correct, Edit, Retry, Undo
from bot.commands.house import Bounced, CountLinkRequest, Due, MailLink, PlaceMoved, ShowAnew
from bot.commands.people import (
    AcceptJoin,
    AddPerson,
    Assign,
    JoinContacts,
    OfferJoin,
    Release,
    RemovePerson,
    Take,
)
from bot.commands.redaction import Redact
from bot.commands.snippets import DropSnippet, ListSnippets, SaveSnippet, SendSnippet
from bot.commands.triage import Accept, Merge, OpenFor, Spam, Split, Unmerge
from bot.commands.urgency import ChangePriority, Concern, DecidePriority, NameContact, TakeConcern
from bot.commands.work import AskFor, Handover, SetField, Wait, Workaround
from bot.desk.handlers.registry import HANDLERS
from bot.model.identity import Proof
from bot.model.request import Command, OnCase
from tests.support.houses.desk import TestDesk
from tests.support.setup import databases

ROLES = {
    "stranger": "eve@stranger.example",
    "collaborator": "bob@acme.example",
    "requester": "ana@acme.example",
    "specialist": "sam@desk.example",
    "manager": "max@desk.example",
}
DESK = "Only the support team can do that."
OPENER = "Only the person who opened the case, or the support team, can do that."
TAKES_PART = "Only the people who take part in a case can do that."
NO_SUCH = "CS-000001 is not a case that you can reach from here."
PROVE = (
    "We could not be sure that it was you. Please reply to our latest mail about this case and ask again in that "
    "reply: its address proves who you are."
)
FOR_THE_DESK: tuple[Command, ...] = (
    Note(1, "Between us."),
    Take(1),
    Release(1),
    Withhold(1, "m:1"),
    Assign(1, "max@desk.example"),
    Handover(1),
    Merge(1, 2),
    Unmerge(1),
    Split(1, "e-k4q7x2"),
    Redact(1, "e-k4q7x2"),
    Accept(1),
    Spam(1),
    DecidePriority(1, True, "Yes."),
    TakeConcern(1),
    AskFor(1, "Both reports."),
    Wait(1),
    Workaround(1, "Restart it."),
    SetField(1, "type", "Reporting"),
    Snooze(1, "3 days"),
    Unsnooze(1),
    Watch(1),
    Unwatch(1),
    Mute(1),
    Unmute(1),
    SendSnippet(1, "thanks"),
    Undo(1),
    Retry(1, 1),
    Edit(1, "Changed.", "m:1", "New words."),
    Correct(1, 1),
)
OF_THE_DESK: tuple[Command, ...] = (
    SaveSnippet("thanks", "Thank you."),
    DropSnippet("thanks"),
    Away("3 days"),
    Back(),
    PlanBroadcast("It is mended.", numbers=(2,)),
    SendBroadcast(1),
)
"""What only the desk does, about no case."""
FOR_THE_OPENER: tuple[Command, ...] = (
    Close(1),
    AskClosing(1),
    AddPerson(1, "tom@acme.example"),
    RemovePerson(1, "tom@acme.example"),
)
FOR_CUSTOMERS: tuple[Command, ...] = (
    Reply(1, "Hello."),
    Attach(1),
    AddFiles(1),
    Show(1),
    Reopen(1),
    Concern(1, "", "", "Nobody answers."),
    ChangePriority(1, "Low", "It can wait."),
    NameContact(1, "+33 1 23 45 67 89", "Ana"),
)
ABOUT_THEMSELVES: tuple[Command, ...] = (OfferJoin("nobody@acme.example"), AcceptJoin(999))
JOINED = JoinContacts("nobody@acme.example", "pager:t1/u1")
LOOKED_UP: tuple[Command, ...] = (Search("noon"), Queue(), ListSnippets())
CLOCKS = (Due, Bounced, PlaceMoved, CountLinkRequest, MailLink, ShowAnew)
TO_ANYBODY = (Open, Keep, Missed, Unclear, Help, My, Deflect, SeekCase)
BY_A_LINK = (Rate, Solved)


def said(desk: TestDesk, role: str, command: Command, proof: Proof = Proof.LINKED) -> tuple[str, str]:
    (line,) = desk.ask(ROLES[role], command, proof=proof).answered
    return line.outcome, line.text


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestDesk]:
    """Ana's case, in which Bob takes part; nothing that is asked here changes it."""
    folder: Path = tmp_path_factory.mktemp("desk")
    with TestDesk(databases.sqlite(folder), folder) as standing:
        standing.ask(ROLES["collaborator"], Open("Hello", "Makes Bob known."))
        standing.ask(ROLES["requester"], Open("No delivery", "Nothing since noon."))
        standing.ask(ROLES["requester"], AddPerson(2, ROLES["collaborator"]))
        yield standing


def on_case_two(command: Command) -> Command:
    return replace(command, case=2) if isinstance(command, OnCase) else command


def names(some: tuple[Command, ...]) -> list[str]:
    return [type(one).__name__ for one in some]


def test_every_command_is_here() -> None:
    here = {
        type(one)
        for one in (
            *FOR_THE_DESK,
            *OF_THE_DESK,
            *FOR_THE_OPENER,
            *FOR_CUSTOMERS,
            *ABOUT_THEMSELVES,
            JOINED,
            *LOOKED_UP,
        )
    }
    assert here | {*CLOCKS, *TO_ANYBODY, *BY_A_LINK, OpenFor} == set(HANDLERS)


@pytest.mark.parametrize("command", FOR_THE_DESK, ids=names(FOR_THE_DESK))
def test_what_only_the_desk_does(desk: TestDesk, command: Command) -> None:
    command = on_case_two(command)
    for role in ("collaborator", "requester"):
        outcome, words = said(desk, role, command)
        assert outcome == "refused"
        assert words.startswith(DESK)
        assert "None" not in words
    assert said(desk, "stranger", command)[1].startswith(NO_SUCH.replace("1", "2"))
    for role in ("specialist", "manager"):
        assert said(desk, role, command, Proof.PLAUSIBLE) == ("refused", PROVE)


@pytest.mark.parametrize("command", OF_THE_DESK, ids=names(OF_THE_DESK))
def test_what_only_the_desk_does_about_no_case(desk: TestDesk, command: Command) -> None:
    for role in ("stranger", "collaborator", "requester"):
        assert said(desk, role, command) == ("refused", DESK)
    for role in ("specialist", "manager"):
        assert said(desk, role, command, Proof.PLAUSIBLE) == ("refused", PROVE)


@pytest.mark.parametrize("command", FOR_THE_OPENER, ids=names(FOR_THE_OPENER))
def test_what_a_collaborator_may_not(desk: TestDesk, command: Command) -> None:
    command = on_case_two(command)
    assert said(desk, "collaborator", command) == ("refused", OPENER)
    assert said(desk, "stranger", command) == ("refused", NO_SUCH.replace("1", "2"))
    for role in ("requester", "specialist", "manager"):
        assert said(desk, role, command, Proof.PLAUSIBLE)[1].startswith(PROVE)


@pytest.mark.parametrize("command", FOR_CUSTOMERS, ids=names(FOR_CUSTOMERS))
def test_what_a_stranger_may_not(desk: TestDesk, command: Command) -> None:
    assert said(desk, "stranger", on_case_two(command)) == ("refused", NO_SUCH.replace("1", "2"))
    for role in ("collaborator", "requester", "specialist", "manager"):
        assert said(desk, role, on_case_two(command), Proof.UNPROVEN)[1].startswith(PROVE)


@pytest.mark.parametrize("command", ABOUT_THEMSELVES, ids=names(ABOUT_THEMSELVES))
def test_what_people_outside_the_desk_ask_about_themselves(desk: TestDesk, command: Command) -> None:
    for role in ("specialist", "manager"):
        assert said(desk, role, command) == ("refused", TAKES_PART)
    for proof in (Proof.UNPROVEN, Proof.PLAUSIBLE, Proof.PROVEN):
        assert said(desk, "requester", command, proof)[1].startswith(PROVE)


def test_who_joins_two_people(desk: TestDesk) -> None:
    for role in ("stranger", "collaborator", "requester"):
        assert said(desk, role, JOINED) == ("refused", DESK)
    for role in ("specialist", "manager"):
        assert said(desk, role, JOINED, Proof.PLAUSIBLE) == ("refused", PROVE)
        assert said(desk, role, JOINED)[1].startswith("Nobody was met at nobody@acme.example")


@pytest.mark.parametrize("command", LOOKED_UP, ids=names(LOOKED_UP))
def test_what_the_desk_looks_up(desk: TestDesk, command: Command) -> None:
    for role in ("stranger", "collaborator", "requester"):
        assert said(desk, role, command) == ("refused", DESK)
    for role in ("specialist", "manager"):
        assert said(desk, role, command, Proof.PLAUSIBLE)[0] == "done"
        assert said(desk, role, command, Proof.UNPROVEN) == ("refused", PROVE)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    "command",
    [
        Due(2, "confirm", 1, 1),
        Bounced(1, "failed", "gone"),
        PlaceMoved("slack", "T1/C1", "T1/C2"),
        CountLinkRequest("203.0.113.0/24"),
        MailLink("ana@acme.example", "en"),
    ],
)
def test_what_the_clock_alone_does(desk: TestDesk, role: str, command: Command) -> None:
    outcome, words = said(desk, role, command)
    assert outcome == "refused"
    assert words in (TAKES_PART, OPENER, NO_SUCH.replace("1", "2"))


@pytest.mark.parametrize("role", ROLES)
def test_help_lists_what_the_role_may(desk: TestDesk, role: str) -> None:
    listed = {line.usage.split()[0] for line in desk.ask(ROLES[role], Help(""), proof=Proof.LINKED).help}
    everybodys = {
        "#new",
        "#reply",
        "#reopen",
        "#close",
        "#concern",
        "#add",
        "#priority",
        "#my",
        "#show",
        "#help",
    }
    desks = {
        "#note",
        "#take",
        "#assign",
        "#grant",
        "#queue",
        "#search",
        "#merge",
        "#spam",
        "#set",
        "#acknowledge",
    }
    assert everybodys <= listed
    assert listed & desks == (desks if role in ("specialist", "manager") else set())


def test_the_reason_of_a_priority_stands_in_the_history_in_one_line(desk: TestDesk) -> None:
    why = "It can\nwait  until\nFriday. " + "x" * 400
    desk.ask(ROLES["requester"], Open("Another", "Words."))
    desk.ask(ROLES["requester"], ChangePriority(3, "Low", why))
    (kept,) = [event.detail for event in desk.case(3).history if event.name == "priority requested"]
    assert "It can wait until Friday. xxx" in kept
    assert "\n" not in kept
    assert "x" * 274 in kept
    assert "x" * 275 not in kept

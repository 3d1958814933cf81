"""The words by which a case is steered, in every channel: what each means, and what is asked back."""

from __future__ import annotations

import pytest

from bot.commands.browse import Queue
from bot.commands.catalogue import command
from bot.commands.parser import parse
from bot.commands.urgency import ChangePriority, DecidePriority, NameContact, TakeConcern
from bot.commands.work import AskFor, SetField, Wait, Workaround
from bot.config.choices import ListsSection
from bot.model.case_filter import CaseFilter
from bot.model.errors import BadCommand
from bot.model.request import Command
from tests.support.setup.adtech import LISTS


def asked(words: str) -> Command:
    return command(parse(words), 7, LISTS)


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("priority Critical: it was stopped", ChangePriority(7, "Critical", "it was stopped")),
        ("priority to blocker, all is down", ChangePriority(7, "Blocker", "all is down")),
        ("priority hoch weil es eilt", ChangePriority(7, "Critical", "weil es eilt")),
        ("priority CS-000012 low - a question", ChangePriority(12, "Low", "a question")),
        ("priority Low", ChangePriority(7, "Low")),
        ("grant a live deal is hit", DecidePriority(7, True, "a live deal is hit")),
        ("decline one deal only", DecidePriority(7, False, "one deal only")),
        ("contact Ana Silva +33 1 23 45 67 89", NameContact(7, "+33 1 23 45 67 89", "Ana Silva")),
        ("contact Ana: tel. 030 123456 ext 12", NameContact(7, "030 123456 ext 12", "Ana")),
        ("contact +33123456789", NameContact(7, "+33123456789")),
        (
            "ask please send\n- both reports\n- the task ID",
            AskFor(7, "please send\n- both reports\n- the task ID"),
        ),
        ("request both reports", AskFor(7, "both reports")),
        ("wait", Wait(7)),
        ("workaround pause it", Workaround(7, "pause it")),
        ("acknowledge", TakeConcern(7)),
        ("ack I call you", TakeConcern(7, "I call you")),
        ("type reporting", SetField(7, "type", "Reporting")),
        ("set type: API", SetField(7, "type", "API")),
        ("set category to discrepancy", SetField(7, "category", "Discrepancy")),
        ("set ids Deal ID 12333, campaign 77-4312", SetField(7, "ids", "Deal ID 12333\nCampaign ID 77-4312")),
        ("set ids 4711, 4712", SetField(7, "ids", "4711\n4712")),
        ("set subject: Deal  12333 is late", SetField(7, "subject", "Deal 12333 is late")),
        ("set requester Tom <tom@acme.example>", SetField(7, "requester", "tom@acme.example")),
        ("set type:", SetField(7, "type", "")),
        ("set deal ids: 12333, 4", SetField(7, "ids", "12333\n4")),
        ("queue", Queue()),
        ("queue unassigned", Queue(CaseFilter(("unassigned",)))),
    ],
)
def test_what_is_meant(words: str, meant: Command) -> None:
    assert asked(words) == meant


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("priority", "Which? There are: Blocker, Critical, Medium, Low."),
        ("priority enormous", "“enormous” is no priority"),
        ("ask", "What do you need?"),
        ("workaround", "no text to send"),
        ("type Nonsense", "“Nonsense” is no type. There are: Accounts"),
        ("set category Nonsense", "is no category"),
        ("set colour blue", "What shall I set?"),
        ("set", "What shall I set?"),
        ("set subject", "needs a subject"),
        ("set requester Tom", "Whose case is it?"),
        ("queue tomorrow", "is no queue"),
        ("type", "Which type? There are: Accounts"),
    ],
)
def test_what_is_asked_back(words: str, answer: str) -> None:
    with pytest.raises(BadCommand) as refusal:
        asked(words)
    assert answer in str(refusal.value)
    assert refusal.value.fields


def test_a_priority_of_two_words_is_named_whole() -> None:
    lists = ListsSection(priorities=["Very urgent", "Very", "Usual"], default_priority="Usual")
    for words, wanted in (("very urgent: now", "Very urgent"), ("Very! now", "Very"), ("usual now", "Usual")):
        assert command(parse(f"priority {words}"), 7, lists) == ChangePriority(7, wanted, "now")

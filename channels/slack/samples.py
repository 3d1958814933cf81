"""Samples: every view and message that the code makes, each with a few facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any, Literal, NamedTuple, Protocol

from bot.channel.outbound import Posting, Words
from bot.model.case_filter import EVERYTHING
from bot.model.choice import correction, retry, undo
from bot.model.facts import (
    Answered,
    CaseFacts,
    CaseLine,
    CaseList,
    EventLine,
    FileFacts,
    PublicEntry,
    Suggestion,
    WeekFigures,
)
from bot.model.identity import Identity
from bot.model.outcome import Outcome
from bot.model.translatable import saying
from bot.queries.broadcasts import BroadcastPreview
from bot.queries.card import CardView
from bot.queries.case_detail import EntryView
from bot.queries.case_lists import AnsweredList
from bot.queries.merge_candidates import MergeCandidate
from bot.queries.whole_entry import WholeEntry
from channels.slack.text.message import compose_blocks
from channels.slack.text.view_state import Meta
from channels.slack.views import (
    articles,
    broadcast_form,
    case_forms,
    case_opened,
    confirmation,
    merge_form,
    message_forms,
    new_case_form,
    redact_form,
    reply_form,
    simple_forms,
)
from channels.slack.views import help as helps
from channels.slack.views import home as homes
from channels.slack.views.blocks import Message
from channels.slack.views.card import card
from channels.slack.views.case import case, case_modal, only, waiting
from channels.slack.views.case_list import DUE, CaseLinks, Reader, listing, listing_modal, rows
from channels.slack.views.draft import dispatching, emptied, named_as, with_draft
from channels.slack.views.entry import entry_modal, whole_entry
from channels.slack.views.new_case_form import FormChoices, FormDraft

NUMBER, NOW = "CS-000123", datetime(2026, 3, 2, 14, 3, tzinfo=UTC)
META = Meta(case=123, place="T0HOME/C0TRIAGE/1.2").dump()
DOCS = "https://docs.example.com"
ARTICLE = Suggestion(1, "Why deliveries are late", "https://docs.example.com/delivery")
CANDIDATE = MergeCandidate("CS-000124", "Order no. 4711", "Ana Lima", saying("the same person"))
BROADCAST = BroadcastPreview(1, (NUMBER, "CS-000124"), 3, "Delivery is back.", fits=True)
ENTRY = WholeEntry(
    NUMBER, "Order no. 4711", "e-k4q7x2", "Ana Lima", NOW, "It stopped.", (("quoted", "Earlier words."),),
    (FileFacts("log.txt", 4711),), internal=False, channel="email", inbox=1, reader=1,
)  # fmt: skip


class SampleChoices(FormChoices, Protocol):
    """The parts of ``[lists]`` that forms offer."""

    @property
    def close_reasons(self) -> Mapping[str, str]: ...

    @property
    def concern_categories(self) -> Mapping[str, str]: ...


class ViewSample(NamedTuple):
    """A view, or the blocks of a message, under the name of what makes it."""

    name: str
    kind: Literal["view", "blocks"]
    body: Any


def views(lists: SampleChoices) -> Iterator[ViewSample]:
    """Every view there is, and every message that is no notice."""
    for name, view in chain(_forms(lists), _beyond(lists)):
        yield ViewSample(name, "view", view)
    for name, blocks in _messages(lists):
        yield ViewSample(name, "blocks", blocks)


def notices(rendered: Iterable[tuple[str, Words]]) -> Iterator[ViewSample]:
    """The messages that notices become, by name."""
    for name, words in rendered:
        posting = Posting(
            1, Identity("slack", "t0home/u0ana", "Ana"), "", words, automatic=True, message_id="<1@x>",
            reply_to="", bounce_to="", notice=name, case=123, side="customer",
        )  # fmt: skip
        yield ViewSample(f"notice {name}", "blocks", compose_blocks(posting))


def _opened() -> Iterator[tuple[str, Any]]:
    yield (
        "case opened",
        case_opened.opened(NUMBER, "Late", meta=META, note="One file.", colleagues=True, closes_all=True),
    )
    yield "case opened, by nobody's customer", case_opened.opened(NUMBER, "Late", meta=META)
    opened = case_opened.opened(NUMBER, "Late", meta=META, customer="Ana Lima", staff=True)
    yield "case opened, for a customer", opened
    yield (
        "collaborators added",
        case_opened.confirmed(
            NUMBER,
            "Late",
            [Answered("add", "done", "Bea was added."), Answered("add", "refused", "Bo left.")],
            closes_all=True,
        ),
    )


def _forms(lists: SampleChoices) -> Iterator[tuple[str, Any]]:
    seen = _card()
    first = next(iter(lists.types), "")
    draft = FormDraft(
        subject="Order no. 4711", text="It stopped.", ids="4711", type=first, articles=(ARTICLE,)
    )
    yield "new case", new_case_form.new_case(lists, FormDraft())
    for priority in lists.priorities:
        yield (
            f"new case, {priority}",
            new_case_form.new_case(
                lists, FormDraft(priority=priority, type=first), meta=META, scope="Cakes."
            ),
        )
    filled = new_case_form.new_case(lists, draft, meta=META, team="desk@team.example", web=DOCS)
    yield "new case, filled in", filled
    sought = FormDraft(subject="Order no. 4711", search=True, sought=True)
    yield "new case, with a search", new_case_form.new_case(lists, sought)
    yield from _opened()
    yield "waiting", waiting()
    yield "done", confirmation.done("It is done.")
    offered = (undo(123, 1), retry(123, 1), correction(123, 1))
    yield "done, and what can be done about it", confirmation.done("It is done.", choices=offered)
    yield "not done", confirmation.not_done("It is closed.", text="What was typed.")
    yield "again", confirmation.again(simple_forms.note(NUMBER, meta=META), "Please try again.")
    for name in case_forms.NAMES:
        yield name, case_forms.form(name, NUMBER, meta=META, priorities=lists.meanings, staff=True)
    for name in ("grant", "decline"):
        yield name, case_forms.decision(name, NUMBER, next(iter(lists.priorities)), meta=META)
    yield "concern", case_forms.concern(NUMBER, lists.concern_categories, meta=META)
    begun_concern = case_forms.concern(
        NUMBER, lists.concern_categories, meta=META, phone="+49 30 123456", answered_at=NOW
    )
    yield "concern, begun", begun_concern
    yield "note", simple_forms.note(NUMBER, meta=META)
    yield "close", simple_forms.close(NUMBER, lists.close_reasons, meta=META)
    yield "close, by the desk", simple_forms.close(NUMBER, lists.close_reasons, meta=META, staff=True)
    again = simple_forms.reopen(NUMBER, meta=META)
    yield "reopen", again
    yield "reopen, with a wish", simple_forms.with_wish(again, lists.meanings, wished=True, staff=False)
    own = simple_forms.reopen(NUMBER, meta=META, staff=True)
    wished = simple_forms.with_wish(own, lists.meanings, wished=True, staff=True)
    yield "reopen, by the desk", wished
    yield "priority, by a customer", case_forms.form("priority", NUMBER, meta=META, priorities=lists.meanings)
    yield "attach", simple_forms.attach(NUMBER, meta=META)
    yield "attach, with a page", simple_forms.attach(NUMBER, meta=META, page=DOCS)
    yield "attach, by the desk", simple_forms.attach_as_staff(NUMBER, "Ana Lima", meta=META)
    yield "assign", simple_forms.assign(NUMBER, {"sam@desk.example": "Sam"}, meta=META)
    yield "reply", reply_form.reply(NUMBER, meta=META, preview=True, why="A placeholder is unknown.")
    form = dispatching(reply_form.reply(NUMBER, meta=META, preview=True))
    begun = with_draft(form, {"text": "It was"}, NOW)
    yield "reply, from a draft", begun
    yield "reply, its draft discarded", named_as(form, emptied(begun))
    yield (
        "reply, looked over",
        reply_form.preview(seen, "It was the filter.", signed="Sam", now=NOW, meta=META, overtaken=True),
    )
    yield "case in a form", case_modal(case(_outcome(), staff=True))
    yield "solved by an article", articles.solved(("It is solved.", only("It is solved.")))
    yield "merge", merge_form.merge(NUMBER, [CANDIDATE], meta=META)
    opening = EntryView(
        NOW, "Ana Lima", "", "contact", "public", "said", "email", "It is 4711.", (), (), "e-k4q7x2"
    )
    yield "redact", redact_form.redact(NUMBER, [opening], meta=META)


def _beyond(lists: SampleChoices) -> Iterator[tuple[str, Any]]:
    """What is not about one case."""
    yield "broadcast", broadcast_form.form(lists.types, meta=META)
    yield "broadcast, looked over", broadcast_form.preview(BROADCAST, meta=META)
    yield "add to a case", message_forms.add_to_case("It stopped.", inward=True, meta=META)
    yield "entry in full", entry_modal(whole_entry(ENTRY, mail=DOCS, files=DOCS))
    yield "cases in a form", listing_modal(_listing("my", staff=False))
    top = homes.top("Acme Support", docs_url=DOCS, note="CS-000123 is yours.")
    answered = AnsweredList("1 case.", _page("my"))
    own = homes.one_list(answered, EVERYTHING, Reader(NOW), back=False)
    yield "home", {"type": "home", "blocks": [*top, *own]}
    work = homes.overview([answered], Reader(NOW, staff=True), week=WeekFigures(12, 9, 10, 8))
    yield "home of the desk", {"type": "home", "blocks": [*top, *work]}


def _messages(lists: SampleChoices) -> Iterator[tuple[str, Any]]:
    yield "card", card(_card(), reasons=lists.close_reasons)[1]
    yield "card, of a held case", card(replace(_card(), held=True, owner="", deserted=True))[1]
    over = replace(_card(), state="closed", answered_at=NOW, snoozed_until=NOW, last=("Sam", NOW, True))
    yield "card, of a closed case", card(over, reasons=lists.close_reasons)[1]
    yield "case", case(_outcome(), staff=False)[1]
    yield "case, for the desk", case(_outcome(), staff=True)[1]
    yield "cases", _listing("my", staff=False)[1]
    yield "queue", _listing("queue mine", staff=True)[1]
    yield "queue, all that is due", rows(_due(), Reader(NOW, staff=True), again="1:queue")
    yield "help", helps.help_message("/case", staff=True, docs_url=DOCS)[1]
    yield "words alone", only("It is done.")
    yield "articles", articles.helpful([ARTICLE])


def _due() -> list[CaseLine]:
    """A case of each thing that can be due, in time and too late, one that is held, and one of nobody's."""
    times = (NOW + timedelta(hours=1), NOW - timedelta(hours=1))
    due = [replace(_line(), due=what, due_at=at) for what in DUE for at in times]
    waiting, held = replace(_line(), state="waiting"), replace(_line(), held=True)
    free = replace(_line(), owner="", number="CS-000124")
    return [*due, waiting, held, free]


def _listing(asked: str, *, staff: bool) -> Message:
    links = {NUMBER: CaseLinks(DOCS, DOCS)}
    reader = Reader(NOW, staff, links, priorities=("Critical", "Low"), docs_url=DOCS)
    return listing("3 cases.", _page(asked), EVERYTHING, reader, note="CS-000123 is yours.")


def _page(asked: str) -> CaseList:
    return CaseList(asked, (_line(),), total=3, page=2, size=1)


def _line() -> CaseLine:
    return CaseLine(NUMBER, "Order no. 4711", "open", "Medium", "Ana Lima", "Sam", NOW)


def _outcome() -> Outcome:
    return Outcome(
        (Answered("my", "done", "One case."),),
        cases=(_line(),),
        view=CaseFacts(NUMBER, "Order no. 4711", "open", "Medium", opened_at=NOW, requester="Ana Lima"),
        entries=(PublicEntry("Ana Lima", "It stopped.", NOW),),
        history=(EventLine(NOW, "opened", "Ana Lima"),),
    )


def _card() -> CardView:
    return CardView(
        NUMBER, "Order no. 4711 is late", "open", "Medium", "", "", ("Order number 4711",), "Ana Lima", "Acme", "Sam",
        "email", NOW, NOW, NOW + timedelta(hours=4), None, held=False, concern=True, files=2, collaborators=1,
        last=("Ana Lima", NOW, False), wanted="Critical",
    )  # fmt: skip

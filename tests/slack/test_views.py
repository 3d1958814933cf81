"""Every view and message of ours is within Block Kit's limits, whatever people and operators write."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot.channel.outbound import Posting, Words
from bot.commands.catalogue import VERBS
from bot.config.choices import ListsSection
from bot.model.case_filter import EVERYTHING
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
from bot.queries.card import CardView
from bot.queries.case_lists import AnsweredList
from bot.queries.whole_entry import WholeEntry
from channels.slack.samples import views
from channels.slack.text.message import compose_blocks
from channels.slack.text.view_state import Meta
from channels.slack.views import (
    articles,
    case_forms,
    case_opened,
    confirmation,
    help,
    home,
    new_case_form,
    reply_form,
    simple_forms,
)
from channels.slack.views.blocks import marked, plain, safe
from channels.slack.views.card import card
from channels.slack.views.case import case, case_modal
from channels.slack.views.case_list import Reader, listing, listing_modal
from channels.slack.views.entry import entry_modal, whole_entry
from rehearsal.slack.rules import blocks as strict
from tests.support.houses.slack_house import words_of
from tests.support.setup.adtech import LISTS

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
NASTY = st.sampled_from(
    [
        "",
        " ",
        "<!channel>",
        "<@U1> & <https://evil|good>",
        "&amp;" * 2000,
        "<" * 5000,
        "x" * 4000,
        "🦆" * 3000,
        "a\nb",
    ]
)
TEXT = NASTY | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=300)
NUMBER = st.integers(1, 2**31 - 1).map("CS-{:06d}".format)
TIME = st.datetimes(datetime(2020, 1, 1), datetime(2037, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))
STATE = st.sampled_from(["new", "open", "waiting", "resolved", "closed"])
MANY = settings(max_examples=60, suppress_health_check=list(HealthCheck))
DUE = st.just(("", None)) | st.tuples(
    st.sampled_from(["first reply", "next reply", "solution", "reminder", "closing"]), TIME
)
LINES = st.builds(
    lambda *facts: CaseLine(*facts[:-1], *facts[-1]),
    *(NUMBER, TEXT, STATE, TEXT, TEXT, TEXT, TIME, st.booleans(), TEXT, DUE),
)
FACTS = st.builds(
    CaseFacts, NUMBER, TEXT, STATE, TEXT, TEXT, TEXT, st.lists(TEXT, max_size=20).map(tuple), TEXT, TEXT, TIME
)
ANSWERED = st.lists(
    st.builds(Answered, TEXT, st.sampled_from(["done", "refused"]), TEXT), min_size=1, max_size=3
)
OUTCOMES = st.builds(
    Outcome,
    ANSWERED.map(tuple),
    cases=st.lists(LINES, max_size=25, unique_by=lambda case: case.number).map(tuple),
    view=st.none() | FACTS,
    entries=st.lists(st.builds(PublicEntry, TEXT, TEXT, TIME), max_size=12).map(tuple),
    history=st.lists(st.builds(EventLine, TIME, TEXT, TEXT), max_size=20).map(tuple),
)
CARDS = st.builds(
    CardView,
    number=NUMBER, subject=TEXT, state=STATE, priority=TEXT, type=TEXT, category=TEXT,
    ids=st.lists(TEXT, max_size=20).map(tuple), requester=TEXT, account=TEXT, owner=TEXT, via=TEXT,
    opened_at=TIME, updated_at=TIME, first_due_at=st.none() | TIME, answered_at=st.none() | TIME,
    held=st.booleans(), concern=st.booleans(), files=st.integers(0, 99), collaborators=st.integers(0, 9),
    last=st.none() | st.tuples(TEXT, TIME, st.booleans()), close_reason=TEXT, said=TEXT,
    entry=st.sampled_from(["", "e-k4q7x2"]),
)  # fmt: skip
ENTRIES = st.builds(
    WholeEntry, NUMBER, TEXT, st.just("e-k4q7x2"), TEXT, TIME, TEXT,
    apart=st.lists(st.tuples(st.just("quoted"), TEXT), max_size=4).map(tuple),
    files=st.lists(st.builds(FileFacts, TEXT, st.integers(0, 10**9)), max_size=40).map(tuple),
    internal=st.booleans(), channel=st.just("email"), inbox=st.none(), reader=st.just(1),
)  # fmt: skip
NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200)
CHOICES = st.builds(
    ListsSection.model_construct,
    priorities=st.lists(NAMES, min_size=1, max_size=120).map(tuple),
    default_priority=NAMES,
    types=st.dictionaries(NAMES, st.lists(NAMES, max_size=120).map(tuple), max_size=120),
)
UNESCAPED = re.compile(
    r"<(?!https://support\.example\.com/mail/x+\||!date\^\d+\^\{date_short_pretty\} \{time\}\|)|&(?!amp;|lt;|gt;)"
)


def fits_a_message(message: tuple[str, list[dict[str, Any]]]) -> None:
    """By the rehearsal's rules and by slack_sdk's own, with nothing in its mrkdwn that mentions or calls."""
    text, made = message
    assert 0 < len(text) <= 4000
    assert not UNESCAPED.search(text)
    strict.message_blocks(made)
    for block in Block.parse_all(made):
        block.to_dict()
    harmless(made)


def fits_a_view(view: dict[str, Any]) -> None:
    strict.view(view)
    View(**view).to_dict()
    harmless(view["blocks"])


def harmless(made: Any) -> None:
    if isinstance(made, list):
        for each in made:
            harmless(each)
    elif isinstance(made, dict):
        if made.get("type") == "mrkdwn":
            assert not UNESCAPED.search(made["text"]), made["text"]
        for each in made.values():
            harmless(each)


@MANY
@given(CARDS, st.dictionaries(NAMES, NAMES, min_size=1, max_size=120))
def test_a_card_fits_whatever_is_in_the_case(view: CardView, reasons: dict[str, str]) -> None:
    fits_a_message(card(view, reasons=reasons))


@MANY
@given(ENTRIES, st.integers(-1, 9))
def test_an_entry_in_full_fits_a_view_and_loses_nothing(entry: WholeEntry, page: int) -> None:
    link = "https://support.example.com/mail/" + "x" * 200
    fits_a_view(entry_modal(whole_entry(entry, page=page, mail=link, files=link)))
    shown = "".join(
        words_of(whole_entry(entry, page=number)[1]) for number in range(1, len(entry.text) // 2000 + 30)
    )
    assert "".join(entry.text.split())[:100] in "".join(shown.split())


@MANY
@given(OUTCOMES, st.booleans())
def test_a_case_in_full_fits_a_message_and_a_modal(outcome: Outcome, staff: bool) -> None:
    message = case(outcome, staff=staff)
    fits_a_message(message)
    fits_a_view(case_modal(message))


@MANY
@given(OUTCOMES, st.integers(-1, 99), TEXT, st.sampled_from(["", "https://docs.example.com"]))
def test_a_list_fits_on_every_page(outcome: Outcome, page: int, desk: str, docs_url: str) -> None:
    reader = Reader(NOW, staff=True, priorities=("Blocker", "Low"), docs_url=docs_url)
    listing_page = CaseList("queue mine", outcome.cases[:10], len(outcome.cases), max(page, 1), 10)
    message = listing(desk, listing_page, EVERYTHING, reader, note=desk)
    fits_a_message(message)
    fits_a_view(listing_modal(message))
    answered = AnsweredList(desk, listing_page)
    own = home.one_list(answered, EVERYTHING, Reader(NOW), back=False)
    fits_a_view({"type": "home", "blocks": [*home.top(desk, docs_url=docs_url, note=desk), *own]})
    first = CaseList("queue", outcome.cases[: home.FIRST], len(outcome.cases), 1, home.FIRST)
    answers = [AnsweredList(desk, replace(first, asked=f"queue {name}")) for name in map(str, home.QUEUES)]
    work = home.overview(answers, reader, week=WeekFigures(4, 3, 2, 1))
    fits_a_view({"type": "home", "blocks": [*home.top(desk, docs_url=docs_url), *work]})


@MANY
@given(CHOICES, TEXT, TEXT, st.data())
def test_the_form_for_a_new_case_fits_any_lists(lists: Any, subject: str, text: str, data: Any) -> None:
    kind = data.draw(st.sampled_from(["", *lists.types]))
    priority = data.draw(st.sampled_from(["", "Blocker", *lists.priorities]))
    draft = new_case_form.FormDraft(priority, subject, text, text, kind)
    fits_a_view(new_case_form.new_case(lists, draft, meta=Meta(place="T0HOME/C0GENERAL").dump()))


@MANY
@given(CARDS, TEXT, TEXT, st.integers(1, 2**31 - 1))
def test_forms_about_a_case_fit_any_words(view: CardView, text: str, name: str, number: int) -> None:
    meta = Meta(number, "T012345678901/C012345678901", "1700000000.123456", text[: reply_form.LONGEST]).dump()
    assert len(meta) <= 3000
    fits_a_view(reply_form.preview(view, text, signed=name, now=NOW, meta=meta))
    fits_a_view(confirmation.done(text, repeated=True))
    fits_a_view(confirmation.not_done(text, text=name))
    fits_a_view(case_opened.opened(view.number, text, meta="", note=text))
    fits_a_view(
        case_opened.confirmed(view.number, text, [Answered(text, "refused", text)] * case_opened.MOST)
    )
    for form in (simple_forms.note, simple_forms.reopen, simple_forms.attach):
        fits_a_view(form(view.number, meta=meta))
    fits_a_view(reply_form.reply(view.number, meta=meta, preview=True))


@MANY
@given(st.dictionaries(NAMES, NAMES, max_size=120), NAMES)
def test_forms_with_lists_fit_any_list(some: dict[str, str], chosen: str) -> None:
    fits_a_view(case_forms.concern("CS-000001", some, meta=""))
    fits_a_view(simple_forms.close("CS-000001", {**some, "resolved": "Resolved"}, meta="", reason=chosen))
    fits_a_view(simple_forms.assign("CS-000001", some, meta=""))


@MANY
@given(TEXT, st.booleans())
def test_help_fits_whatever_was_not_understood(why: str, staff: bool) -> None:
    fits_a_message(help.help_message("/case", staff=staff, why=why, docs_url="https://docs.example.com"))


@MANY
@given(TEXT, st.integers(1, 60))
def test_no_entity_is_cut_in_two(text: str, most: int) -> None:
    assert len(safe(text, most)) <= max(most, 1)
    assert not UNESCAPED.search(safe(text, most))


def test_a_preview_warns_of_a_colleague_who_was_quicker_and_of_nobody_else() -> None:
    def shown(who: str, ago: int, *, ours: bool = True) -> str:
        view = card_of(last=(who, NOW - timedelta(seconds=ago), ours))
        return words_of(reply_form.preview(view, "Hello", signed="Sam", now=NOW, meta="")["blocks"])

    assert "Kim answered 20 s ago" in shown("Kim", 20)
    assert "answered" not in shown("Kim", 121)
    assert "answered" not in shown("Sam", 20)
    assert "answered" not in shown("Ana", 20, ours=False)
    assert "Ana Acme" in shown("Kim", 20)


def test_a_card_says_what_matters_and_offers_what_comes_next() -> None:
    text, made = card(card_of(concern=True), reasons={"resolved": "Resolved", "not_ours": "Not ours"})
    said = words_of(made)
    assert text.startswith("Ana Acme: No delivery\nCS-000123 · Critical\n")
    assert "A concern was raised, and nobody has taken it yet." in text
    assert "Owner: nobody yet" in text
    assert "Take it" not in text, "what can be clicked is said by the buttons"
    for words in (
        "A concern was raised",
        "Ana Acme",
        "Deal ID 12333",
        "nobody yet",
        "Take it",
        "Close: Not ours",
    ):
        assert words in said
    assert "Reopen" not in said
    over = words_of(card(card_of(state="closed", owner="Sam"))[1])
    assert "Reopen…" in over
    assert "Take" not in over


def test_a_card_that_is_full_of_facts_still_says_who_can_be_called() -> None:
    view = card_of(
        phone="+33 1 23 45 67 89", linked="CS-000007", feature="Reporting", category="Pacing", priority="Blocker",
        next_due_at=NOW, resolve_due_at=NOW, contact="Ana Acme, +49 30 123456",
    )  # fmt: skip
    fits_a_message(card(view))
    assert "Call at any time\nAna Acme, +49 30 123456" in words_of(card(view)[1]).replace("*", "")


def test_help_names_every_verb_in_whole_lines() -> None:
    message = help.help_message("/case", staff=True)
    fits_a_message(message)
    lines = words_of(message[1]).splitlines()
    for verb in VERBS:
        (line,) = [
            line for line in lines if line.startswith((f"`/case {verb.name} ", f"`/case {verb.name}`"))
        ]
        assert line.endswith(verb.means(staff=True))


def test_choosing_another_type_gives_the_category_another_block() -> None:
    lists = LISTS
    blocks = [
        block["block_id"]
        for kind in ("", "Reporting", "API")
        for block in new_case_form.new_case(lists, new_case_form.FormDraft(type=kind))["blocks"]
        if str(block.get("block_id")).startswith("category")
    ]
    assert blocks == ["category:Reporting", "category:API"]


def test_only_a_blocker_asks_for_a_technical_contact() -> None:
    assert "phone" in str(new_case_form.new_case(ListsSection(), new_case_form.FormDraft("Blocker")))
    assert "phone" not in str(new_case_form.new_case(ListsSection(), new_case_form.FormDraft("Critical")))


@pytest.mark.parametrize("docs_url", ["", "https://docs.example.com"])
def test_only_a_desk_with_documentation_has_a_button_that_leads_there(docs_url: str) -> None:
    view = {"type": "home", "blocks": home.top("Acme Support", docs_url=docs_url)}
    strict.view(view)
    (buttons,) = [block["elements"] for block in view["blocks"] if block.get("block_id") == "entries"]
    assert [button["url"] for button in buttons if "url" in button] == [docs_url][: bool(docs_url)]
    assert ("Read the documentation" in words_of(view["blocks"])) == bool(docs_url)


def card_of(**facts: Any) -> CardView:
    usual = {
        "number": "CS-000123", "subject": "No delivery", "state": "new", "priority": "Critical", "type": "Delivery",
        "category": "", "ids": ("Deal ID 12333",), "requester": "Ana Acme", "account": "Acme", "owner": "",
        "via": "email", "opened_at": NOW, "updated_at": NOW, "first_due_at": NOW, "answered_at": None, "held": False,
        "concern": False, "files": 0, "collaborators": 0, "last": None,
    }  # fmt: skip
    return CardView(**{**usual, **facts})


@MANY
@given(TEXT, st.sampled_from(["https://docs.example.com/a?b=1&c=%3E", "https://docs.example.com/"]))
def test_a_form_with_articles_fits_whatever_their_titles(title: str, url: str) -> None:
    found = tuple(Suggestion(number, title, url) for number in (1, 1 << 62))
    view = new_case_form.new_case(ListsSection(), new_case_form.FormDraft(articles=found))
    strict.view(view)
    View(**view).to_dict()
    assert articles.shown(view) == (1, 1 << 62)
    for block in view["blocks"]:
        if "accessory" in block:
            link = block["text"]["text"]
            assert link.startswith(f"<{url.replace('&', '&amp;')}|")
            assert link.endswith(">")
            harmless({"type": "mrkdwn", "text": link[1:-1]})


def test_slack_makes_no_links_or_pictures_of_words_that_we_did_not_mark() -> None:
    assert marked("#general <b>") == {"type": "mrkdwn", "text": "#general <b>", "verbatim": True}
    assert plain(":smile:", 75) == {"type": "plain_text", "text": ":smile:", "emoji": False}


@pytest.mark.parametrize("colleagues", [True, False])
def test_at_most_twenty_colleagues_can_be_chosen_whoever_offers_them(colleagues: bool) -> None:
    view = case_opened.opened("CS-000001", "No delivery", meta="", colleagues=colleagues)
    (menu,) = [block["element"] for block in view["blocks"] if block.get("block_id") == "people"]
    assert menu["max_selected_items"] == 20


def buttons(thing: Any) -> Iterator[dict[str, Any]]:
    if isinstance(thing, dict):
        if thing.get("type") in ("button", "overflow"):
            yield thing
        thing = list(thing.values())
    for one in thing if isinstance(thing, list) else ():
        yield from buttons(one)


def test_every_button_about_a_case_says_aloud_which_case_it_is() -> None:
    lists = ListsSection()
    posting = Posting(
        1, Identity("slack", "C0TRIAGE", ""), "", Words("", "", "", "It stopped."), automatic=True,
        message_id="<1@x>", reply_to="", bounce_to="", notice="note written", case=123, side="desk",
        offered="e-k4q7x2", entry="e-k4q7x2",
    )  # fmt: skip
    long = replace(posting, words=Words("", "", "", "It stopped. " * 3000))
    customers = replace(long, side="customer", notice="answer", offered=None)
    shown = [(sample.name, sample.body) for sample in views(lists) if sample.kind == "blocks"]
    shown += [("notice", compose_blocks(notice)) for notice in (posting, long, customers)]
    about = [
        (name, button)
        for name, blocks in shown
        for button in buttons(blocks)
        if re.match(r"123\b", str(button.get("value") or ""))
    ]
    assert {name for name, _ in about} >= {"card", "queue", "notice"}
    assert [
        (name, button["action_id"])
        for name, button in about
        if "CS-000123" not in button.get("accessibility_label", "")
    ] == []

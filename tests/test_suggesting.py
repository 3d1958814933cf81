"""Suggestions: the right article for a question, and none for what no article answers."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from bot.articles.folder import Folder
from bot.articles.importing import ArticleImport, Tally
from bot.suggesting import Suggest, Suggestion
from tests.desk import TestDesk
from tests.questions import ANSWERED, OFF_TOPIC, UNSEEN_ANSWERED, UNSEEN_OFF_TOPIC

ARTICLES = Path(__file__).parent / "articles"
DOCS = "https://docs.example.com"


def imported(desk: TestDesk, folder: Path = ARTICLES, base_url: str = DOCS) -> Tally:
    source = Folder(folder, base_url=base_url)
    now = datetime(2026, 11, 5, 14, 3, tzinfo=UTC)
    return ArticleImport(source, desk.app.writer, ask=desk.desk.ask, now=now).run(lambda name: None)


def suggested(desk: TestDesk, subject: str, text: str = "") -> tuple[Suggestion, ...]:
    found: tuple[Suggestion, ...] = desk.desk.ask(Suggest(subject, text))
    return found


def names(found: tuple[Suggestion, ...]) -> list[str]:
    return [one.url.removeprefix(f"{DOCS}/") for one in found]


def test_it_finds_the_article_that_answers(desk: TestDesk) -> None:
    assert imported(desk).unfit == []
    found = {subject: names(suggested(desk, subject, text)) for subject, text, _ in ANSWERED}
    missed = [
        (subject, right, found[subject]) for subject, _, right in ANSWERED if right not in found[subject]
    ]
    assert len(ANSWERED) >= 20
    assert len(missed) <= len(ANSWERED) * 3 / 20, missed
    first = sum(found[subject][:1] == [right] for subject, _, right in ANSWERED)
    assert first >= len(ANSWERED) * 15 / 20


def test_what_no_article_answers_gets_none(desk: TestDesk) -> None:
    imported(desk)
    assert len(OFF_TOPIC) >= 8
    assert {
        subject: names(found) for subject, text in OFF_TOPIC if (found := suggested(desk, subject, text))
    } == {}


def test_it_does_as_well_with_what_it_was_not_tuned_to(desk: TestDesk) -> None:
    imported(desk)
    hits = [right in names(suggested(desk, subject, text)) for subject, text, right in UNSEEN_ANSWERED]
    assert len(hits) >= 20
    assert sum(hits) >= 17
    assert not [subject for subject, text in UNSEEN_OFF_TOPIC if suggested(desk, subject, text)]

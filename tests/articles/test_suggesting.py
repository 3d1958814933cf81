"""Suggestions: the right article for a question, and none for what no article answers."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.articles.importer import ArticleImport, ArticleImportCounts
from bot.articles.source import ArticleFolder
from bot.articles.stemmer import stems
from bot.commands.case import Open
from bot.commands.triage import Accept
from bot.model.facts import Suggestion
from bot.model.identity import Proof
from bot.queries.articles import Suggest
from tests.support.data.questions import ANSWERED, OFF_TOPIC, UNSEEN_ANSWERED, UNSEEN_OFF_TOPIC
from tests.support.houses.desk import TestDesk, text_of

ARTICLES = Path(__file__).parents[1] / "data/articles"
DOCS = "https://docs.example.com"


def imported(desk: TestDesk, folder: Path = ARTICLES, base_url: str = DOCS) -> ArticleImportCounts:
    source = ArticleFolder(folder, base_url=base_url)
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


def test_whom_nothing_proves_is_shown_none_until_a_specialist_accepts_them(desk: TestDesk) -> None:
    imported(desk)
    subject, text, _ = ANSWERED[4]
    desk.ask("ana@acme.example", Open("A first case", "So that she is known."))
    desk.mails()
    desk.ask("ana@acme.example", Open(subject, text), proof=Proof.UNPROVEN)
    assert not [mail for mail in desk.mails("ana@acme.example") if "deal-no-delivery" in text_of(mail)]
    desk.ask("sam@desk.example", Accept(2))
    (confirmation,) = desk.mails("ana@acme.example")
    assert f"{DOCS}/deal-no-delivery" in text_of(confirmation)


def test_an_article_without_an_address_and_what_was_removed_are_not_suggested(
    desk: TestDesk, tmp_path: Path
) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "floors.md").write_text(
        "# How floor prices work\n\nA floor is the least that a bid must offer.\n"
    )
    (folder / "caps.md").write_text("# Frequency caps\n\nSo many impressions for each user.\n")
    assert imported(desk, folder, base_url="").counts["nowhere"] == 2
    assert suggested(desk, "Floor prices") == ()
    assert imported(desk, folder).counts["changed"] == 2
    assert names(suggested(desk, "Floor prices")) == ["floors"]
    (folder / "floors.md").unlink()
    assert imported(desk, folder).counts["removed"] == 1
    assert suggested(desk, "Floor prices") == ()


@pytest.mark.parametrize(
    "words", ["", " ", '"', "'; --", "NOT OR NEAR(", "* ^ :", "a & | ! b", "𝕏" * 500, "\x00"]
)
def test_any_words_may_be_asked(desk: TestDesk, words: str) -> None:
    imported(desk)
    assert suggested(desk, words, words) == ()


def test_japanese_is_found_by_its_characters(desk: TestDesk, tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "reports.md").write_text("# レポートが読み込めない場合\n\n期間を短くしてください。\n")
    (folder / "invoice.md").write_text("# 請求書のダウンロード\n\n毎月三日に発行されます。\n")
    imported(desk, folder)
    assert names(suggested(desk, "レポートが読み込めません")) == ["reports"]


@pytest.mark.parametrize(
    ("text", "stored", "asked"),
    [
        ("レポート", ["レポー", "ポート"], ["レポー", "ポート"]),
        ("配信", ["配", "信", "配信"], ["配信"]),
        ("線", ["線"], ["線"]),
    ],
)
def test_japanese_words_are_found_by_neighbouring_characters(
    text: str, stored: list[str], asked: list[str]
) -> None:
    assert stems(text) == stored
    assert stems(text, asked=True) == asked


def test_a_short_word_in_the_plural_is_found_by_its_singular() -> None:
    assert stems("flies") == stems("fly")

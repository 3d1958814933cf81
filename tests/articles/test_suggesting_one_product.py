"""Suggestions in documentation about one product, where the words that matter are on every page."""

from __future__ import annotations

from pathlib import Path

import pytest

import bot.articles.suggest
from tests.articles.test_suggesting import imported, names, suggested
from tests.support.houses.desk import TestDesk

PAGES = {
    "price-granularity": ("Price granularity", "How bids are rounded before they reach the line items."),
    "line-items": ("Line item creation", "A line item for each price, with the bids of all adapters."),
    "timeouts": ("Timeouts", "How long the auction waits for bids."),
    "stored-requests": (
        "Stored requests",
        "The server keeps requests, so that an auction need not send all.",
    ),
    "interstitials": ("Interstitial ads on mobile", "An ad over the whole screen, and its sizes."),
    "slack": ("Connecting Slack", "New auctions are told in a channel."),
}
FILLER = (
    "Every auction sends a request with ads, bids, prices and line items to the server and to mobile apps. "
)


def documentation(desk: TestDesk, folder: Path) -> None:
    """Twelve pages: six with a subject of their own, and on all twelve the same words."""
    for name, (title, text) in PAGES.items():
        (folder / f"{name}.md").write_text(f"# {title}\n\n{text}\n\n{FILLER * 2}\n")
    for number in range(6):
        (folder / f"notes-{number}.md").write_text(f"# Release notes {number}\n\n{FILLER}\n")
    assert imported(desk, folder).counts["new"] == 12


@pytest.mark.parametrize(
    ("subject", "page"),
    [
        ("Price granularity", "price-granularity"),
        ("line item creation", "line-items"),
        ("Timeouts", "timeouts"),
        ("timeout?", "timeouts"),
        ("Stored requests on our server", "stored-requests"),
        ("Interstitial ads on mobile", "interstitials"),
        ("How do I connect Slack?", "slack"),
        ("How are bids rounded?", "price-granularity"),
    ],
)
def test_a_page_is_found_by_its_title_by_one_word_of_it_and_by_what_it_says(
    desk: TestDesk, tmp_path: Path, subject: str, page: str
) -> None:
    documentation(desk, tmp_path)
    assert page in names(suggested(desk, subject))


@pytest.mark.parametrize(
    "subject",
    [
        "Printer",
        "Server is on fire",
        "Invoice for the mobile prices of March",
        "Prices in Swiss francs",
        "bids",
    ],
)
def test_what_is_everywhere_and_what_is_nowhere_find_nothing(
    desk: TestDesk, tmp_path: Path, subject: str
) -> None:
    documentation(desk, tmp_path)
    assert names(suggested(desk, subject)) == []


def test_one_word_that_all_pages_hold_finds_the_page_that_has_it_in_its_title(
    desk: TestDesk, tmp_path: Path
) -> None:
    documentation(desk, tmp_path)
    assert names(suggested(desk, "Ads")) == ["interstitials"]


def test_words_that_too_many_articles_hold_choose_no_candidates(
    desk: TestDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    documentation(desk, tmp_path)
    monkeypatch.setattr(bot.articles.suggest, "LOOKED_THROUGH", 5)
    looked: list[list[str]] = []
    find = bot.articles.suggest.article.find
    monkeypatch.setattr(
        bot.articles.suggest.article,
        "find",
        lambda tx, stems, most: looked.append(list(stems)) or find(tx, stems, most=most),
    )
    assert names(suggested(desk, "Timeouts of the auction")) == ["timeouts"]
    assert suggested(desk, "The auction's request") == ()
    assert looked == [["timeout"], []]


def test_a_page_is_found_by_its_headings(desk: TestDesk, tmp_path: Path) -> None:
    documentation(desk, tmp_path)
    (tmp_path / "sdk.md").write_text(
        f"# The SDK\n\n{FILLER}\n\n## Proguard rules\n\nKeep these.\n\n{FILLER * 3}"
    )
    imported(desk, tmp_path)
    assert names(suggested(desk, "Proguard rules")) == ["sdk"]


def test_japanese_is_found_by_its_words_not_by_its_grammar(desk: TestDesk, tmp_path: Path) -> None:
    pages = {
        "cards": "# クレジットカードの登録\n\nカードを登録します。請求書はメールで届きます。\n",
        "stocks": "# 株式を買う\n\n株を買ったときの手数料を記録します。\n",
        "backup": "# データの復元\n\n消してしまったファイルを元に戻します。\n",
    }
    for name, text in pages.items():
        (tmp_path / f"{name}.md").write_text(text)
    imported(desk, tmp_path)
    assert names(suggested(desk, "カードを登録したい")) == ["cards"]
    assert names(suggested(desk, "株を買いました")) == ["stocks"]
    assert names(suggested(desk, "データを復元できますか")) == ["backup"]
    assert names(suggested(desk, "してしまったときはどうしますか")) == []
    assert names(suggested(desk, "営業時間を教えてください")) == []


@pytest.mark.parametrize(
    ("title", "subject"),
    [
        ("Passwort zurücksetzen", "Wie kann ich mein Passwort zurücksetzen?"),
        ("Réinitialiser le mot de passe", "Comment réinitialiser mon mot de passe ?"),
        ("Restablecer la contraseña", "¿Cómo puedo restablecer mi contraseña?"),
        ("Reimpostare la password", "Come posso reimpostare la mia password?"),
        ("Resetowanie hasła", "Jak wygląda resetowanie mojego hasła?"),
        ("Redefinir a senha", "Como posso redefinir a minha senha?"),
        ("パスワードの再設定", "パスワードを再設定するにはどうすればいいですか"),
        ("Reset your password", "How can I reset my password?"),
    ],
)
def test_all_eight_languages_ask_for_a_title(
    desk: TestDesk, tmp_path: Path, title: str, subject: str
) -> None:
    (tmp_path / "password.md").write_text(f"# {title}\n\nABC.\n")
    (tmp_path / "other.md").write_text("# Invoices\n\nWhere they are.\n")
    imported(desk, tmp_path)
    assert names(suggested(desk, subject)) == ["password"]

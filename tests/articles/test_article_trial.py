"""An operator tries the suggestions on their own documentation, with subjects of their own."""

from __future__ import annotations

import json
from pathlib import Path

from tests.articles.test_articles import docs
from tests.support.houses.console import in_an_empty_folder, said, told

__all__ = ["in_an_empty_folder"]
HEAD = "subject,page\n"


def imported() -> None:
    said("init")
    docs(
        guide__floors_md="# Floor prices\n\nThe least that a bid must offer. A floor is set for each deal.\n",
        guide__caps_md="# Frequency caps\n\nSo many impressions for each user, each day.\n",
        invoices_md="# Rechnungen\n\nWo Sie Ihre Rechnungen finden, mit Mehrwertsteuer.\n",
        cards_md="# クレジットカードの登録\n\nカードを登録する。\n",
        mail_md="# Connect your mailbox\n\nkeywords: imap\n\nHost, port and password.\n",
    )
    said("articles", "import", "docs", "--base-url", "https://docs.acme.com")


def tried(*rows: str, head: str = HEAD) -> str:
    Path("ours.csv").write_text(head + "\n".join(rows) + "\n")
    return said("articles", "test", "ours.csv")


def test_what_got_the_right_page_is_counted_and_what_did_not_is_named() -> None:
    imported()
    shown = tried(
        "Floors,https://docs.acme.com/guide/floors",
        "How many impressions does each user get?,guide/caps.md",
        '"Mehrwertsteuer auf der Rechnung",Rechnungen',
        "カードを登録したい,cards",
        "Floor prices for video,guide/caps",
        "Elephants,floors",
        "Our printer is on fire,",
        "Floor prices for the printer,",
    )
    lines = [" ".join(line.split()) for line in shown.splitlines()]
    assert "wrong Floor prices for video Floor prices" in lines
    assert "none Elephants -" in lines
    assert "unwanted Floor prices for the printer Floor prices" in lines
    assert "6 subjects that an article answers: 4 right (67%), 1 wrong (17%), 1 none (17%)." in lines
    assert "2 subjects that none answers: 1 got one all the same (50%)." in lines
    assert "impressions does each user" not in shown
    assert "on fire" not in shown


def test_one_of_several_pages_is_enough_and_one_that_is_no_article_is_named() -> None:
    imported()
    shown = tried("Floors;guide/caps guide/floors", "Frequency;guide/cap", head="Subject;Page\n")
    assert "2 subjects that an article answers: 1 right (50%), 1 wrong (50%), 0 none (0%)." in shown
    assert shown.endswith("These pages are no article's, or not imported: guide/cap\n")


def test_a_single_subject_is_counted_in_the_singular() -> None:
    imported()
    lines = tried("Floors,guide/floors", "Our printer is on fire,").splitlines()
    assert "1 subject that an article answers: 1 right (100%), 0 wrong (0%), 0 none (0%)." in lines
    assert "1 subject that none answers: 0 got one all the same (0%)." in lines


def test_programs_read_it_too_and_a_file_without_subjects_is_refused() -> None:
    imported()
    tried("Floors,guide/floors")
    (one,) = json.loads(said("articles", "test", "ours.csv", "--json"))
    assert (one["result"], one["shown"][0]["title"]) == ("right", "Floor prices")
    Path("ours.csv").write_text("question,answer\na,b\n")
    assert "its first line must name the columns subject and page. Nothing was asked" in told(
        "articles", "test", "ours.csv", code=1
    )
    Path("ours.csv").write_text(HEAD)
    assert "it holds no subject" in told("articles", "test", "ours.csv", code=1)
    assert "does not exist" in told("articles", "test", "theirs.csv", code=2)

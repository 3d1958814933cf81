"""Lists of the command line page by page: the last line says how to see more, until nothing is left."""

from __future__ import annotations

import json
import shlex
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import update

from store.articles.article import article
from store.cases.broadcast import broadcast
from store.cases.case import case
from store.engine.columns import new_id
from store.engine.database import Database
from store.people.account import account
from tests.support.data.grown_store import grow
from tests.support.houses.console import run, said, staffed, told

CASES = 47
LISTS = (
    "case list",
    "case list --state closed",
    "case list --held",
    "inbox list",
    "inbox list --state done",
    "outbox list",
    "outbox list --state sent",
    "people list --account 'Account 7'",
    "broadcast list",
    "articles list",
)
SAME = range(10, 20)
"""Cases that were changed in the same moment, as in one transaction."""


@pytest.fixture
def desk(url: str) -> str:
    database = Database(url)
    grow(database, CASES)
    with database.writing() as tx:
        at = tx.value(case.select().with_only_columns(case.c.updated_at).where(case.c.id == SAME[0]))
        tx.run(update(case).where(case.c.id.in_(SAME)).values(updated_at=at))
        tx.run(update(case).where(case.c.id % 3 == 0).values(held=True))
        tx.run(update(account).where(account.c.id == 8).values(name="Empty"))
        for number in range(9):
            about = {"person_id": 1, "text": f"Notice {number}", "planned_at": at, "done_at": at}
            tx.add(broadcast, id=new_id(), sent_at=None if number == 4 else at, **about)
            of = {
                "language": "",
                "url": "",
                "title": f"Page {number}",
                "text": "",
                "keywords": "",
                "imported_at": at,
                "hash": "",
            }
            tx.add(article, id=new_id(), origin=f"docs{number % 2}", name=f"{number % 5}{number}.md", **of)
    database.close()
    Path("config.toml").write_text(
        f'[store]\nurl = "{url}"\nfiles = "./f"\n[email]\nlisten = ""\n[web]\nlisten = ""\n'
    )
    said("case", "list")  # the first command writes the roster
    return url


def lines_of(printed: str) -> list[str]:
    return [
        " ".join(line.split()) for line in printed.splitlines()[1:]
    ]  # columns are as wide as a page needs


@pytest.mark.parametrize("words", LISTS)
def test_the_pages_of_a_list_are_the_whole_list(desk: str, words: str) -> None:
    whole = lines_of(said(*shlex.split(words), "--limit", "1000"))
    assert len(whole) > 7
    command, pages = f"casebot {words} --limit 4", []
    while command:
        *lines, last = lines_of(said(*shlex.split(command)[1:]))
        pages += lines
        command = last.removeprefix("More: ") if last.startswith("More: ") else ""
    assert [*pages, last] == whole


def test_a_page_says_nothing_of_more_where_it_ends_the_list(desk: str) -> None:
    assert "More" not in said("inbox", "list", "--limit", str(CASES))
    assert "More" in said("inbox", "list", "--limit", str(CASES - 1))
    assert said("inbox", "list", "--after", "1") == "Nothing comes after it.\n"
    assert said("case", "list", "--after", "CS-000001") == "Nothing comes after it.\n"


def test_programs_page_by_the_id_of_the_last_line_and_read_nothing_but_lines(desk: str) -> None:
    first = run("outbox", "list", "--limit", "5", "--json")
    ids = [line["id"] for line in json.loads(first.stdout)]
    assert ids == [47, 46, 45, 44, 43]
    assert first.stderr == "More: casebot outbox list --limit 5 --json --after 43\n"
    second = json.loads(said("outbox", "list", "--limit", "5", "--json", "--after", str(ids[-1])))
    assert [line["id"] for line in second] == [42, 41, 40, 39, 38]
    for group in ("case", "inbox", "people", "articles", "broadcast"):
        assert len(json.loads(said(group, "list", "--json", "--limit", "5"))) == 5


def test_the_next_command_is_of_the_same_config(desk: str) -> None:
    Path("my config.toml").write_text(Path("config.toml").read_text())
    printed = said("--config", "my config.toml", "case", "list", "--limit", "1")
    assert (
        printed.splitlines()[-1]
        == "More: casebot --config 'my config.toml' case list --limit 1 --after CS-000047"
    )


def test_a_case_that_changed_meanwhile_leaves_out_none(desk: str) -> None:
    database = Database(desk)
    with database.writing() as tx:
        tx.run(update(case).where(case.c.id == 44).values(updated_at=datetime.now(UTC)))
    database.close()
    shown = said("case", "list", "--after", "CS-000044")
    assert [number for number in range(1, CASES + 1) if f"CS-{number:06}" not in shown] == [44]


def test_who_asks_for_what_comes_after_nothing_is_told(desk: str) -> None:
    for group, name in (("inbox", "message"), ("outbox", "delivery"), ("articles", "article")):
        assert f"there is no {name} 4711" in told(group, "list", "--after", "4711", code=1)
    assert "there is no case CS-004711" in told("case", "list", "--after", "CS-004711", code=1)
    assert "is no case number" in told("case", "list", "--after", "everything", code=2)


def test_a_queue_is_read_for_the_desk_and_refused_to_others_by_the_desk() -> None:
    staffed()
    assert said("case", "queue") == "No cases to do.\n"  # the operator has done nothing here yet
    said("case", "new", "--as", "ana@x.com", "No delivery")
    said("case", "take", "1", "--as", "bob@acme.com")
    assert "CS-000001" in said("case", "queue", "mine", "--as", "bob@acme.com")
    assert said("case", "queue", "mine") == "No cases of yours to do.\n"
    assert said("case", "my", "--as", "bob@acme.com") == "You have no open case.\n"
    answered = json.loads(said("case", "queue", "--as", "bob@acme.com", "--json"))
    assert answered["answered"] == [{"words": "case queue", "outcome": "done", "text": "1 case to do."}]
    assert [line["number"] for line in answered["cases"]] == ["CS-000001"]
    for words in (("queue",), ("search", "delivery")):
        assert "Only the support team" in told("case", *words, "--as", "ana@x.com", code=1)
    assert "You have 1 open case." in said("case", "my", "--as", "ana@x.com")
    assert "No account is called" in told("case", "queue", "account:Nowhere", code=1)
    assert "nobody here has the address" in told("case", "queue", "--as", "eva@x.com", code=1)

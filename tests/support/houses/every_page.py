"""Every page that somebody can come to, as a browser gets there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bot.articles.importer import ArticleImport
from bot.articles.source import ArticleFolder
from bot.reports.html_page import page as broadsheet
from tests.reports.test_report_pages import report
from tests.support.houses.browser import ANA, DESK, SAM, WebHouse, case_link, get, page_link
from tests.web.test_survey import invited
from tests.web.uploads.test_upload import upload_link

Visit = Callable[[Any], object]
"""Leads a browser's page somewhere."""


def visits(house: WebHouse) -> Mapping[str, Visit]:
    """Name of a page → the way to it. A way may be gone as often as one likes: it changes nothing."""
    links = every_link(house)
    return {
        **{name: _there(link) for name, link in links.items()},
        "case after a mistake": _mistaken(links["case"], "#category"),
        "new after a mistake": _mistaken(links["new for anybody"], "#address", address="ana", contact="x"),
        "survey after a mistake": _mistaken(links["survey"], "#comment"),
        "upload after a mistake": _mistaken(links["upload"], "#files"),
        "upload of an empty file": _empty_file(links["upload"]),
        "report": lambda page: page.set_content(broadsheet(report("Deal ID 12333"))),
    }


def every_link(house: WebHouse) -> dict[str, str]:
    """A link to each page, with two cases of Ana's behind them: one has a past, one is closed."""
    survey, _ = invited(house)
    documented(house)
    opened, told = asked(house, "My deal does not deliver", files={"app.log": b"x" * 48_000})
    for said in ("#take", "We look at it.", "#priority critical: three deals wait for it"):
        house.answer(told, SAM, said)
        house.settled()
    ended, _ = asked(house, "Another deal does not deliver")
    get(case_link(ended)).send("close", text="It delivers again.")
    case, mine, pages = case_link(opened), page_link(opened, "my"), house.app.desk.pages
    new = next(have["href"] for _, have in get(mine).tags if "/new/" in have.get("href", ""))
    return {
        "front": house.web, "case": case, "case, done": f"{case}?done=concern", "case, over": case_link(ended),
        "my": mine, "new": new, "new for anybody": f"{house.web}/new",
        "new, opened": f"{house.web}/new?opened={pages.receipt_of(2)}", "upload": upload_link(get(case)),
        "survey": survey, "survey, thanked": f"{survey}?done=rate", "solved": page_link(opened, "solved"),
        "solved already": page_link(ended, "solved"), "files": pages._links.page_url("files", 2, 1),
        "refusal": f"{house.web}/nothing", "link": f"{house.web}/link", "link, sent": f"{house.web}/link?sent=1",
    }  # fmt: skip


def documented(house: WebHouse) -> None:
    """Let there be an article that helps with deals."""
    folder = house.folder / "docs"
    folder.mkdir()
    (folder / "deal.md").write_text("# What to do when a deal does not deliver\n\nNo delivery.\n")
    source, app = ArticleFolder(folder, base_url="https://docs.example.com"), house.app
    ArticleImport(source, app.writer, ask=app.desk.ask, now=app.desk.now()).run(lambda name: None)


def asked(house: WebHouse, subject: str, **more: Any) -> tuple[Any, Any]:
    """Ana opens a case: her confirmation, and what Sam is told."""
    for who in ("ana@", "sam@"):
        if not house.nothing(who):
            house.mails(who)
    house.send(ANA, DESK, subject, "No delivery since this morning.", **more)
    return house.mails("ana@")[0], house.mails("sam@")[0]


def _there(link: str) -> Visit:
    return lambda page: page.goto(link)


def _mistaken(link: str, field: str, **typed: str) -> Visit:
    """Send the form that has ``field`` with something wrong in it, past what the browser would have said."""

    def visit(page: Any) -> None:
        page.goto(link)
        for name, value in typed.items():
            if name == "contact":  # it is asked for beside the Blocker alone
                page.check("[name=priority][value=Blocker]")
            page.fill(f"#{name}", value)
        with page.expect_navigation():
            page.eval_on_selector(field, "field => field.form.submit()")

    return visit


def _empty_file(link: str) -> Visit:
    def visit(page: Any) -> None:
        page.goto(link)
        page.set_input_files("#files", {"name": "none.bin", "mimeType": "text/plain", "buffer": b""})
        page.click("button")
        page.wait_for_selector("[role=alert]")

    return visit

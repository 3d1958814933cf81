"""Every page that somebody can come to, as a browser gets there."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from bot.articles.folder import Folder
from bot.articles.importing import ArticleImport
from bot.broadsheet import page as broadsheet
from tests.browser import ANA, DESK, SAM, WebHouse, case_link, get, page_link
from tests.house import words
from tests.test_report_pages import report
from tests.test_web_survey import invited
from tests.test_web_upload import upload_link

Visit = Callable[[Any], object]
"""Leads a browser's page somewhere."""


def visits(house: WebHouse) -> Mapping[str, Visit]:
    """Name of a page → the way to it. A way may be gone as often as one likes: it changes nothing."""
    survey, _ = invited(house)
    folder = house.folder / "docs"
    folder.mkdir()
    (folder / "deal.md").write_text("# What to do when a deal does not deliver\n\nNo delivery.\n")
    source, app = Folder(folder, base_url="https://docs.example.com"), house.app
    ArticleImport(source, app.writer, ask=app.desk.ask, now=app.desk.now()).run(lambda name: None)
    opened, told = asked(house, "My deal does not deliver", files={"app.log": b"x" * 48_000})
    for said in (
        "#take",
        "We look at it.\nThe tags come late.",
        "#priority critical: three deals wait for it",
    ):
        house.answer(told, SAM, said)
        house.settled()
    case, mine = case_link(opened), page_link(opened, "my")
    (solved,) = set(re.findall(r"http://\S+/solved/\S+", words(opened)))
    over = case_link(asked(house, "Cannot access the Deals page any more")[0])
    get(over).send("close", text="It works again.")
    upload = upload_link(get(case))
    new = next(have["href"] for _, have in get(mine).tags if "/new/" in have.get("href", ""))
    number = house.app.desk.pages.receipt_of(2)
    links = {
        "front": house.web, "case": case, "case, done": f"{case}?done=concern", "case, over": over,
        "my": mine, "new": new, "new for anybody": f"{house.web}/new",
        "new, opened": f"{house.web}/new?opened={number}", "upload": upload, "survey": survey,
        "survey, thanked": f"{survey}?done=rate", "solved": solved, "solved already": f"{solved}?done=changed",
        "files": house.app.desk.pages._links.page_url("files", 2, 1), "refusal": f"{house.web}/nothing",
    }  # fmt: skip
    return {
        **{name: _there(link) for name, link in links.items()},
        "case after a mistake": _mistaken(case, "#category"),
        "new after a mistake": _mistaken(f"{house.web}/new", "#address", address="ana", contact="x"),
        "survey after a mistake": _mistaken(survey, "#comment"),
        "upload after a mistake": _mistaken(upload, "#files"),
        "upload of an empty file": _empty_file(upload),
        "report": lambda page: page.set_content(broadsheet(report("Deal ID 12333"))),
    }


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

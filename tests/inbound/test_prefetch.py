"""Mail scanners follow links: whatever they fetch, however often, nothing changes."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

import pytest

from tests.support.houses.browser import ANA, BOB, DESK, SAM, WebHouse, case_link, get, page_link, send_files
from tests.support.houses.every_page import documented
from tests.support.houses.house import until, words
from tests.web.test_new_case import new_link
from tests.web.uploads.test_upload import upload_link


def urls(mail: Any) -> set[str]:
    """Every web address in a mail, as any of its parts says it."""
    said = [part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"]
    return {html.unescape(url) for text in said for url in re.findall(r"https?://[^\s\"'<>]+", text)}


def story(house: WebHouse) -> list[Any]:
    """A case's whole life, and every mail of it."""
    house.send(BOB, DESK, "Earlier", "An earlier case makes Bob known.")
    house.send(ANA, DESK, "Deal ID 12333: no delivery", "It stopped.", headers={"Cc": BOB})
    house.settled()
    mails = house.mails(count=6)
    asked = next(mail for mail in mails if "ana@" in mail["To"])
    told = next(mail for mail in mails if "sam@" in mail["To"] and mail["Subject"] == asked["Subject"])
    house.answer(told, SAM, "We found it.")
    house.answer(asked, ANA, "#concern lack of reply +33 1 23 45 67 89: nobody answered\n#show")
    house.send(ANA, DESK, f"Re: {asked['Subject']}", "#close")
    house.settled()
    house.answer(told, SAM, "#close resolved It is fixed.")
    house.settled()
    house.answer(asked, ANA, "#reopen It is not.")
    house.answer(asked, ANA, "#close")
    house.settled()
    until(lambda: "survey sent" in house.history(2))
    house.settled()
    return mails + house.mails()


def test_ten_looks_at_every_link_of_every_mail_change_nothing(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASEBOT_SURVEY__DELAY_DAYS", "0")
    with WebHouse(url, tmp_path, more="[limits]\nmails_per_case = [50, 50]\n") as house:
        mails = story(house)
        links = {link for mail in mails for link in urls(mail)}
        assert {link.removeprefix(house.web).split("/")[1] for link in links} == {
            "case", "survey", "mail", "my", "upload",
        }  # fmt: skip
        before = house.dump()
        for link in sorted(links) * 10:
            for method in ("GET", "HEAD"):
                known = (200, 410) if "/upload/" in link else (200,)  # its case may be closed by now
                assert get(link, method).status in known
                assert get(f"{link}?rating=1&done=close", method).status in known
        assert house.dump() == before
        assert house.nothing()


def test_ten_looks_at_where_those_pages_lead_change_nothing(url: str, tmp_path: Path) -> None:
    with WebHouse(url, tmp_path) as house:
        documented(house)
        house.send(ANA, DESK, "My deal does not deliver", "No delivery since this morning.")
        (confirmation,) = house.mails("ana@")
        upload = upload_link(get(case_link(confirmation)))
        send_files(upload, get(upload).forms["attach"], {"dump.bin": b"x" * 8_000_000})
        house.settled()
        found = {one for mail in [confirmation, *house.mails()] for one in urls(mail)}
        links = {one for one in found if one.startswith(house.web)}
        links |= {upload, new_link(get(page_link(confirmation, "my")))}
        assert {link.removeprefix(house.web).split("/")[1] for link in links} == {
            "case", "files", "mail", "my", "new", "solved", "upload",
        }  # fmt: skip
        before = house.dump()
        for link in sorted(links) * 10:
            for method in ("GET", "HEAD"):
                assert get(link, method).status == 200
                assert get(f"{link}?page=2&done=solved&look=1&action=open", method).status == 200
        assert house.dump() == before
        assert house.nothing()


def test_every_mail_that_a_customer_gets_leads_to_the_case_and_no_other_mail_does(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASEBOT_SURVEY__DELAY_DAYS", "0")
    with WebHouse(url, tmp_path, more="[limits]\nmails_per_case = [50, 50]\n") as house:
        mails = story(house)
        readers = {str(mail["To"]).rpartition("@")[2].strip(">") for mail in mails}
        assert readers == {"acme.example", "desk.example"}
        assert any("/survey/" in words(mail) for mail in mails)
        for mail in mails:
            customer = "acme.example" in str(mail["To"])
            survey = "/survey/" in words(mail)
            leads_to = {url.removeprefix(house.web).split("/")[1] for url in urls(mail)}
            assert leads_to <= ({"case", "survey", "my", "upload"} if customer else {"mail"}), mail["Subject"]
            assert ("my" in leads_to) == customer, mail["Subject"]
            if customer and not survey:
                page = get(case_link(mail))
                assert str(mail["Subject"]).split("]")[0].strip("[") in page.words

"""A customer pastes a screenshot into a mail: everybody who reads the case sees it, and nobody sees a logo."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.support.houses.browser import ANA, DESK, WebHouse, case_link, get
from tests.support.houses.house import House
from tests.support.houses.pictures import photograph, screenshot
from tests.support.setup import databases

LOGO, ICON = photograph(240, 80), photograph(16, 16)


def pasted(subject: str, text: str, *pictures: tuple[str, bytes], plain: str = "", **headers: str) -> bytes:
    """A mail as a program writes it into which pictures were pasted: HTML with its pictures (RFC 2387)."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = ANA, headers.pop("to", DESK), subject
    mail["Message-ID"] = f"<{abs(hash((subject, text)))}@acme.example>"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(plain or f"{text}\n\n" + "".join(f"[image: {name}]\n" for name, _ in pictures))
    shown = "".join(f'<img src="cid:{number}@acme">' for number, _ in enumerate(pictures))
    mail.add_alternative(f"<p>{text}</p>{shown}", subtype="html")
    page = mail.get_payload()[1]  # type: ignore[index]
    for number, (name, content) in enumerate(pictures):
        page.add_related(  # type: ignore[union-attr]
            content,
            "image",
            "jpeg" if name.endswith(".jpg") else "png",
            cid=f"<{number}@acme>",
            filename=name,
            disposition="inline",
        )
    return mail.as_bytes()


def files_told(house: House) -> list[str]:
    """The names of the files that a specialist's next mail has."""
    (news,) = house.mails("sam@")
    return [str(part.get_filename()) for part in news.iter_attachments()]


@pytest.fixture
def house(tmp_path: Path) -> WebHouse:
    return WebHouse(databases.sqlite(tmp_path), tmp_path)


def test_what_a_customer_pastes_is_seen_on_the_page_and_by_the_desk_story(house: WebHouse) -> None:
    with house:
        house.submit(pasted("Wrong total", "Look at this:", ("image.png", screenshot()), ("logo.jpg", ICON)))
        (confirmation,) = house.mails("ana@")
        assert files_told(house) == ["image.png"]
        page = get(case_link(confirmation))
        assert [have["alt"] for tag, have in page.tags if tag == "img"] == ["image.png"]


def test_what_an_answer_quotes_is_not_listed_once_more_story(house: WebHouse) -> None:
    with house:
        house.submit(pasted("Wrong total", "Look at this:", ("image.png", screenshot())))
        (confirmation,) = house.mails("ana@")
        assert files_told(house) == ["image.png"]
        again = {"to": str(confirmation["Reply-To"]), "In_Reply_To": str(confirmation["Message-ID"])}
        fresh = ("image2.png", screenshot(words="Another"))
        house.submit(pasted("Re: Wrong total", "And this.", fresh, ("image.png", screenshot()), **again))
        assert files_told(house) == ["image2.png"]


def test_the_logo_of_a_signature_is_listed_once_at_most_story(house: WebHouse) -> None:
    with house:
        house.submit(pasted("First", "It stopped.", ("logo.jpg", LOGO)))
        assert files_told(house) == ["logo.jpg"]
        house.submit(pasted("Second", "It stopped, too.", ("logo.jpg", LOGO), ("image.png", screenshot())))
        assert files_told(house) == ["image.png"]


def test_what_the_signature_names_is_no_file_story(house: WebHouse) -> None:
    with house:
        text = "It stopped.\n\n-- \nAna Martin, Acme\n[cid:logo.jpg@01DA2B.7C]"
        house.submit(pasted("First", text, ("logo.jpg", LOGO), plain=text))
        assert files_told(house) == []


def test_a_pasted_picture_alone_is_an_answer_story(house: WebHouse) -> None:
    with house:
        house.send(ANA, DESK, "Wrong total", "It is too high.")
        (confirmation,) = house.mails("ana@")
        assert files_told(house) == []
        again = {"to": str(confirmation["Reply-To"]), "In_Reply_To": str(confirmation["Message-ID"])}
        house.submit(pasted("Re: Wrong total", "", ("image.png", screenshot()), **again))
        assert files_told(house) == ["image.png"]
        pictures = [have["alt"] for tag, have in get(case_link(confirmation)).tags if tag == "img"]
        assert pictures == ["image.png"]

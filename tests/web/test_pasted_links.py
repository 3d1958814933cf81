"""A customer pastes the link to her own page into an answer: nobody else gets it, however it is spelled."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from tests.support.houses.browser import ANA, BOB, DESK, case_link, get
from tests.support.houses.house import words
from tests.support.houses.office import Office, said

SPELLINGS: dict[str, Callable[[str], str]] = {
    "capitals": lambda link: link.replace("http://127.0.0.1", "HTTP://127.0.0.1"),
    "another name": lambda link: link.replace("127.0.0.1", "LOCALHOST"),
    "Safe Links": lambda link: (
        f"https://eur01.safelinks.protection.outlook.com/?url={quote(link, safe='')}&data=05%7C02&reserved=0"
    ),
    "two lines": lambda link: f"{link[:60]}\n{link[60:]}",
    "packed": lambda link: f"https://gate.example/?u={base64.b64encode(link.encode()).decode()}&p=m",
}


def holds(shown: str, token: str) -> bool:
    """Could its reader put the token together?"""
    bare = re.sub(r"[\s>=]", "", unquote(unquote(shown)))
    packed = re.findall(r"aHR0[A-Za-z0-9+/]+", bare)
    whole = [run[:-1] if len(run) % 4 == 1 else run + "=" * (-len(run) % 4) for run in packed]
    unpacked = [base64.b64decode(run).decode("latin-1") for run in whole]
    return any(token in one for one in (bare, *unpacked))


def texts(mail: Any) -> list[str]:
    """Everything in a mail that its reader's program would show."""
    return [part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"]


def link_in(mail: Any) -> str:
    """The reader's own link; what is left of the pasted ones leads nowhere."""
    (link,) = {one for one in re.findall(r"http://\S+/case/\S+", words(mail)) if "…" not in one}
    return link


def test_a_link_in_five_spellings_reaches_nobody_else(url: str, tmp_path: Path) -> None:
    with Office(url, tmp_path) as house:
        house.send(BOB, DESK, "Earlier", "Makes Bob known.")
        house.mails("bob@")
        house.send(ANA, DESK, "Together", "Both.", headers={"Cc": BOB})
        (confirmation,) = house.mails("ana@")
        link = case_link(confirmation)
        token = link.rpartition("/")[2]
        assert get(link).status == 200
        text = "\n\n".join(f"{name}: {spelled(link)}" for name, spelled in SPELLINGS.items())
        assert all(holds(spelled(link), token) for spelled in SPELLINGS.values())
        house.answer(confirmation, ANA, f"Look at these.\n\n{text}\n\nThat is all.")
        told = house.mails("bob@", count=2)
        assert not any(holds(one, token) for mail in told for one in texts(mail))
        house.settled()
        shown = [
            *(get(link_in(mail)).html for mail in told),
            *(said(message) for message in house.thread(2)),
            said(house.card(2)),
            *(entry.text for entry in house.case(2).entries),
        ]
        assert not any(holds(one, token) for one in shown)
        for one in (words(told[-1]), get(link_in(told[-1])).words, house.case(2).entries[-1].text):
            assert "Look at these." in one
            assert "That is all." in one
            assert all(f"{name}:" in one for name in SPELLINGS)


def test_a_link_in_a_subject_reaches_nobody_else(url: str, tmp_path: Path) -> None:
    with Office(url, tmp_path) as house:
        house.send(ANA, DESK, "First", "It stopped.")
        (confirmation,) = house.mails("ana@")
        link = case_link(confirmation)
        house.send(ANA, DESK, f"About {quote(link, safe='')} it", "See above.")
        house.settled()
        shown = [house.case(2).line.subject, said(house.card(2)), *(said(one) for one in house.thread(2))]
        assert "About" in shown[0]
        assert not any(holds(one, link.rpartition("/")[2]) for one in shown)

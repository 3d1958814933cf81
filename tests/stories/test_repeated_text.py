"""People write what was written before: greetings, addresses, sign-offs. All of it arrives, and no quotation does."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from tests.stories.test_mail import ANA, SAM, note_address, opened
from tests.support.houses.console import said
from tests.support.houses.house import House, words
from tests.support.houses.office import Office
from tests.support.mail.quoting import ABOVE, WAYS, WROTE, html_of, quoting

SERIAL = itertools.count(1)
LETTERS = {
    "en": ("Dear Ana,", "The export is repaired.", "Please confirm the address:", "Acme GmbH", "Main Street 1",
           "10115 Berlin", "Kind regards", "Sam Specialist", "Acme Support"),
    "de": ("Liebe Frau Acme,", "der Export läuft wieder.", "Bitte bestätigen Sie die Anschrift:", "Acme GmbH",
           "Hauptstraße 1", "10115 Berlin", "Mit freundlichen Grüßen", "Sam Specialist", "Kundendienst"),
    "fr": ("Bonjour Ana,", "L’export fonctionne à nouveau.", "Merci de confirmer l’adresse :", "Acme SARL",
           "1 rue Principale", "75001 Paris", "Cordialement", "Sam Specialist", "Service client"),
    "ja": ("アクメ株式会社 アナ様", "いつもお世話になっております。", "エクスポートは直りました。", "東京都千代田区1-1",
           "アクメビル3階", "よろしくお願いいたします。", "サム・スペシャリスト"),
}  # fmt: skip
"""Letters as people write them: most of their lines stand in each one."""


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


def submitted(house: House, mail: EmailMessage) -> None:
    mail["Message-ID"] = f"<repeated-{next(SERIAL)}@{str(mail['From']).rpartition('@')[2].rstrip('>')}>"
    house.submit(mail.as_bytes(), str(mail["To"]), str(mail["From"]))


def arrived(mail: Any, letter: Sequence[str]) -> list[str]:
    """The lines of the letter that a mail of ours lacks, as text or as HTML."""
    text, html = lines(words(mail)), html_of(mail)
    return [line for line in letter if line not in text or line not in html]


@pytest.mark.parametrize("language", LETTERS)
def test_ten_letters_in_a_row_reach_the_customer_with_every_line_story(house: House, language: str) -> None:
    _, told = opened(house)
    for number, way in zip(range(10), itertools.cycle(ABOVE.values())):
        letter = (*LETTERS[language], f"PS {number}: 4711")
        submitted(house, quoting(way, letter, told, SAM))
        (answer,) = house.mails("ana@")
        assert arrived(answer, letter) == []


@pytest.mark.parametrize("language", LETTERS)
def test_ten_letters_in_a_row_from_slack_reach_the_customer_with_every_line_story(
    url: str, mode: str, tmp_path: Path, language: str
) -> None:
    with Office(url, tmp_path, mode=mode) as office:
        office.send(ANA, "support@example.com", "Deal ID 12333: no delivery", "It stopped yesterday at noon.")
        office.mails("ana@")
        for number in range(10):
            letter = (*LETTERS[language], f"PS {number}: 4711")
            text = "!reply " + "\n".join(letter)
            office.slack.people.post("sam", "triage", text, thread_ts=office.card().ts)
            (answer,) = office.mails("ana@")
            assert arrived(answer, letter) == []


@pytest.mark.parametrize("way", WAYS)
def test_every_line_of_a_customers_reply_reaches_the_desk_story(house: House, way: str) -> None:
    _, told = opened(house)
    letter = (
        "Hello,",
        "The export is broken.",
        "Nothing has changed.",
        "Our address:",
        "Acme GmbH",
        "Main Street 1",
    )
    for number in range(3):
        submitted(house, quoting(ABOVE["Gmail"], LETTERS["en"], told, SAM))
        (answer,) = house.mails("ana@")
        submitted(house, quoting(WAYS[way], (*letter, f"Try {number}"), answer, ANA))
        (told, *_) = [mail for mail in house.mails("sam@") if "Ana" in words(mail)]
        text = lines(house.case().entries[-1].text)
        assert [line for line in (*letter, f"Try {number}") if line not in text] == []
        assert set(text) <= {*letter, f"Try {number}"}, "nothing of what we sent"


@pytest.mark.parametrize("way", WAYS)
def test_emoji_and_punctuation_of_our_mail_are_no_text_of_its_reader_story(house: House, way: str) -> None:
    _, told = opened(house)
    letter = (
        "Dear Ana,",
        "🎉",
        "Your export works again.",
        "-> ?",
        "Which version do you use",
        "!!!",
        "☎",
        "Sam",
    )
    submitted(house, quoting(ABOVE["Gmail"], letter, told, SAM))
    (answer,) = house.mails("ana@")
    assert [line for line in letter if line not in lines(words(answer))] == []
    submitted(house, quoting(WAYS[way], ("Hello,", "it is 3.2."), answer, ANA))
    (told, *_) = [mail for mail in house.mails("sam@") if "Ana" in words(mail)]
    assert lines(house.case().entries[-1].text) == ["Hello,", "it is 3.2."]
    if way in ABOVE:
        submitted(house, quoting(WAYS[way], ("Dear Ana,", "thank you."), told, SAM))
        (answer,) = house.mails("ana@")
        assert arrived(answer, ("Dear Ana,", "thank you.")) == []
        assert house.nothing("sam@"), "nothing of the reply is kept as an internal note"


def from_case(mail: Any) -> str:
    """The lines of an answer from the one below its text, which names the case."""
    return words(mail)[words(mail).index("CS-000001 ·") :].strip()


BELOW: dict[str, Callable[[Any], str]] = {
    "all in one line": lambda mail: f" {WROTE} {' '.join(words(mail).split())}",
    "our last lines": lambda mail: f"\n\n{from_case(mail)}",
    "163 on a telephone": lambda mail: (
        "\n\n---- Replied Message ----\n| From | Acme Support<support@example.com> |\n| Date | 11/24/2026 10:00 |\n"
        f"| To | Ana<ana@acme.example> |\n| Subject | Re: Help |\n{words(mail).partition(chr(10))[2].strip()}"
    ),
    "Yahoo": lambda mail: (
        f"\n\nSent from Yahoo Mail on Android <https://go.example/{'a' * 200}>\n\n{WROTE}\n\n{words(mail).strip()}"
    ),
    "an attribution without a colon": lambda mail: (
        "\n\nAm 24.11.26 um 10:00 schrieb Acme Support\n\nVon: Acme Support <support@example.com>\n"
        f"Datum: Dienstag, 24. November 2026 um 10:00\nAn: Ana\nBetreff: Hilfe\n\n{words(mail).strip()}"
    ),
}


@pytest.mark.parametrize("shape", BELOW)
def test_only_the_new_text_of_a_reply_reaches_the_desk_story(house: House, shape: str) -> None:
    _, told = opened(house)
    submitted(house, quoting(ABOVE["Gmail"], LETTERS["en"], told, SAM))
    (answer,) = house.mails("ana@")
    house.send(ANA, str(answer["Reply-To"]), "Re: Help", f"It is 3.2.{BELOW[shape](answer)}")
    (told,) = house.mails("sam@")
    assert house.case().entries[-1].text == "It is 3.2."
    assert "It is 3.2." in words(told)
    assert "The export is repaired." not in words(told)


def test_an_answer_below_a_quotation_on_one_line_reaches_the_desk_story(house: House) -> None:
    confirmation, _ = opened(house)
    text = f"It is 3.2. {WROTE} {' '.join(words(confirmation).split())} Since Tuesday."
    house.send(ANA, str(confirmation["Reply-To"]), "Re: Help", text)
    (told,) = house.mails("sam@")
    assert "It is 3.2." in words(told)
    assert "Since Tuesday." in " ".join(words(told).split())


MAX = "Max <max@desk.example>"
NOTE = (
    "They have not paid since March, and the contract ends in two weeks from now: be careful what you promise.",
    "PIN 4711",
    "",
    "Write to them:",
    "#close resolved",
    "Discount at most 5 percent",
    "Kind regards",
    "Max",
)


def noted(house: House) -> Any:
    """Max has written an internal note; the mail in which Sam reads it."""
    house.send(ANA, "support@example.com", "Deal ID 12333: no delivery", "It stopped yesterday at noon.")
    house.mails("ana@")
    (told,) = house.mails("max@")
    house.send(MAX, note_address(told), "Re: note", "\n".join(NOTE))
    return next(mail for mail in house.mails("sam@", count=2) if "PIN 4711" in words(mail))


def leaked(mail: Any) -> list[str]:
    """The words of the note that a mail to a customer has, wrapped or not."""
    text = " ".join(f"{words(mail)} {html_of(mail)}".replace(">", " ").split())
    pieces = [
        " ".join(line.split()[k : k + 4]) for line in NOTE for k in range(max(1, len(line.split()) - 3))
    ]
    return [piece for piece in pieces if piece and piece in text and piece not in ("Kind regards", "Max")]


@pytest.mark.parametrize("way", WAYS)
def test_no_line_of_a_note_reaches_the_customer_however_it_is_quoted_story(house: House, way: str) -> None:
    told = noted(house)
    letter = ("Dear Ana,", "we look into it today.", "Kind regards", "Sam")
    submitted(house, quoting(WAYS[way], letter, told, SAM))
    house.settled()
    for mail in [mail for _, mail in house._new("ana@")]:
        assert leaked(mail) == []
    view = house.case()
    assert view.line.state != "resolved", "no quoted command is done"
    if way in ABOVE:
        (answer,) = house.mails("ana@")
        assert arrived(answer, letter) == []
        assert "#reply" not in "".join(map(words, house.mails("sam@", count=0)))
    elif way != "between marked lines":
        (asked,) = house.mails("sam@")
        assert "kept as an internal note" in " ".join(words(asked).split())
        kept = "\n".join(entry.text for entry in view.entries if entry.visibility == "internal")
        assert [line for line in letter[1:] if line not in kept] == []


def test_a_note_that_is_pasted_without_its_frame_stays_inside_and_its_reader_is_asked_story(
    house: House,
) -> None:
    told = noted(house)
    house.send(
        SAM, str(told["Reply-To"]), "Re: note", "\n".join(("Dear Ana,", "we look into it.", "", *NOTE))
    )
    (asked,) = house.mails("sam@")
    assert "kept as an internal note" in " ".join(words(asked).split())
    (answer,) = house.mails("ana@")
    assert "we look into it." in words(answer)
    assert leaked(answer) == []
    house.send(SAM, str(told["Reply-To"]), "Re: note", "#reply\nDear Ana,\nDiscount at most 5 percent\nSam")
    (answer,) = house.mails("ana@")
    assert arrived(answer, ("Dear Ana,", "Discount at most 5 percent", "Sam")) == []


def test_a_reply_that_looks_quoted_as_a_whole_is_shown_and_its_commands_are_not_done_story(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    confirmation, _ = opened(house)
    head = "From: Bob <bob@acme.example>\nSent: Monday, 23 November 2026 9:00\nTo: Ana\nSubject: Deal"
    headers = {"In-Reply-To": confirmation["Message-ID"]}
    house.send(
        ANA, str(confirmation["Reply-To"]), "Re: Deal", f"{head}\n\n#close\nIt is 3.2.", headers=headers
    )
    (told,) = house.mails("sam@")
    assert "It is 3.2." in words(told)
    view = house.case()
    assert [(kind, text.strip()) for kind, text in view.entries[-1].rest] == [
        ("folded", f"{head}\n\n#close\nIt is 3.2.")
    ]
    assert view.line.state == "new"
    monkeypatch.chdir(tmp_path)
    shown = said("case", "show", "1")
    assert "It is 3.2." in shown
    assert "(no words)" not in shown


def test_text_of_an_unproven_reply_in_a_specialists_name_is_kept_whole(url: str, tmp_path: Path) -> None:
    with House(url, tmp_path, trusted_networks=[]) as house:
        house.send(ANA, "support@example.com", "Deal ID 12333: no delivery", "It stopped yesterday at noon.")
        (told,) = house.mails("sam@")
        quoted = words(told).splitlines()
        text = "\n".join(
            ("Hello Ana,", "", "On Monday, Support wrote:", *quoted, "", "My long reply is this.")
        )
        references = {"In-Reply-To": str(told["Message-ID"])}
        house.send(SAM, "support@example.com", f"Re: {told['Subject']}", text, headers=references)
        house.settled()
        entries = house.case().entries
        assert [e.kind for e in entries][1:] == ["unverified"]
        assert "My long reply is this." in entries[-1].text

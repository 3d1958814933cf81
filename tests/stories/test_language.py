"""Everybody is told in their own language, whoever speaks another: the desk in its own, each customer in theirs."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.commands.case import Close, Open, Reopen, Reply
from bot.commands.triage import Accept
from bot.model.identity import Identity, Proof
from bot.model.message import Said
from bot.model.request import Request
from tests.notify.test_batching import GatheringDesk
from tests.support.houses.desk import CONFIG, TestDesk, text_of
from tests.support.houses.house import House, words
from tests.support.setup import databases
from tests.support.setup.fixtures import open_on_sqlite

DESK = "support@example.com"
YUKI, LI, KAT, SAM = "yuki@acme.example", "li@acme.example", "kat@acme.example", "sam@desk.example"
MAX = "max@desk.example"
SUBJECT = "配信が止まりました"
JAPANESE = "お世話になっております。昨日の夜から配信が止まっています。ご確認いただけますか。"
FRENCH = "Bonjour, la livraison est arrêtée depuis hier soir. Pouvez-vous vérifier, s’il vous plaît ?"
GERMAN = "Guten Tag, seit gestern Abend wird nichts mehr ausgeliefert. Könnten Sie bitte nachsehen?"
ENGLISH = "Hello, since yesterday evening nothing is delivered. Could you please have a look at it?"
KANA = re.compile(r"[\u3041-\u30ff]")

house = open_on_sqlite(House)


def only(mails: list[Any]) -> Any:
    (mail,) = mails
    return mail


def test_a_japanese_and_a_french_customer_are_answered_in_their_languages_story(house: House) -> None:
    house.send(YUKI, DESK, SUBJECT, JAPANESE)
    theirs = only(house.mails("yuki@"))
    assert "お問い合わせいただき、ありがとうございます" in words(theirs)
    assert "どの言語でもお気軽に" in words(theirs)  # and that English may be quicker
    assert SUBJECT in str(theirs["Subject"])
    told = only(house.mails("sam@"))
    assert "New case from" in words(told)
    assert not KANA.search(re.sub(f"{SUBJECT}|{JAPANESE}", "", words(told)))

    house.send(LI, DESK, "Livraison", FRENCH)
    assert "Merci de nous avoir écrit" in words(only(house.mails("li@")))
    told = only(house.mails("sam@"))
    assert "New case from" in words(told)

    house.answer(told, SAM, "C’est réparé.\n\n#close resolved")
    closed = words(only(house.mails("li@")))
    assert "Motif\xa0: Résolue." in closed
    assert "Reason" not in closed
    assert house.case(2).line.state == "resolved"

    house.send(KAT, DESK, "Delivery", ENGLISH)
    english = words(only(house.mails("kat@")))
    assert "Thank you for writing" in english
    assert "any language" not in english


@pytest.mark.parametrize(("language", "opened", "noted", "internal"), [
    ("ja", "から新しいお問い合わせです", "さんの社内メモです", "お客様には表示されません"),
    ("pl", "Nowe zgłoszenie", "Notatka wewnętrzna: Max Manager", "Klienci jej nie widzą"),
    ("pt", "Novo pedido de", "Nota interna de Max Manager", "Os clientes não a veem"),
])  # fmt: skip
def test_specialists_are_told_in_the_desks_language_story(
    tmp_path: Path, language: str, opened: str, noted: str, internal: str
) -> None:
    config = CONFIG.replace('name = "Acme Support"', f'name = "Acme Support"\nlanguage = "{language}"')
    with House(databases.sqlite(tmp_path), tmp_path, config=config) as house:
        house.send(KAT, DESK, "Delivery", ENGLISH)
        assert "Thank you for writing" in words(only(house.mails("kat@")))
        assert opened in words(only(house.mails("sam@")))
        house.answer(only(house.mails("max@")), MAX, "#note The third time this week.")
        note = words(house.mails("sam@")[-1])
        assert noted in note
        assert internal in note
        assert "Internal note" not in note


def test_somebody_new_is_addressed_in_the_language_of_whoever_adds_them_story(house: House) -> None:
    house.send(LI, DESK, "Livraison", FRENCH)
    confirmation = only(house.mails("li@"))
    told = only(house.mails("sam@"))
    house.answer(confirmation, LI, "#add bob@acme.example")
    assert "vous invite à suivre la demande" in words(only(house.mails("bob@")))
    house.answer(told, SAM, "#add eve@acme.example")
    to_eve = only(house.mails("eve@"))
    assert "vous invite à suivre la demande" in words(to_eve), (
        "the language of the requester, not of the desk"
    )
    house.answer(to_eve, "Eve <eve@acme.example>", ENGLISH)
    house.answer(told, SAM, "C’est réparé.\n\n#close resolved")
    assert "Reason: Resolved" in words(house.mails("eve@")[-1]), "they have shown what they write"


def test_whoever_is_named_in_a_form_is_addressed_in_its_language_story(desk: TestDesk) -> None:
    tom = Said(copied=(Identity("email", "tom@acme.example"),))
    desk.ask(KAT, Open("Lieferung", GERMAN), language="de", proof=Proof.LINKED, said=tom)
    assert "hat Sie zur Anfrage" in text_of(only(desk.mails("tom@acme.example")))


def test_who_wrote_german_once_and_english_later_is_told_in_english_story(desk: TestDesk) -> None:
    desk.ask(KAT, Open("Lieferung", GERMAN), language="de")
    assert "Danke für Ihre Nachricht" in text_of(only(desk.mails(KAT)))
    desk.ask(SAM, Close(1, "resolved"))
    assert "Grund: Gelöst." in text_of(only(desk.mails(KAT)))
    desk.ask(KAT, Reply(1, ENGLISH), language="en")
    assert "opened CS-000001 again" in text_of(only(desk.mails(KAT)))
    desk.ask(SAM, Close(1, "resolved"))
    assert "Reason: Resolved." in text_of(only(desk.mails(KAT)))
    desk.ask(KAT, Reply(1, "12333"))  # which says nothing of a language
    assert "opened CS-000001 again" in text_of(only(desk.mails(KAT)))
    desk.ask(SAM, Close(1, "resolved"))
    assert "Reason: Resolved." in text_of(only(desk.mails(KAT)))


def test_whose_language_is_not_known_is_told_in_the_mailboxs(tmp_path: Path) -> None:
    german = '[[mailbox]]\naddress = "support@example.com"\nlanguage = "de"\n'
    with TestDesk(databases.sqlite(tmp_path), tmp_path, more=german) as desk:
        desk.ask(KAT, Open("12333", "12333"))
        assert "Danke für Ihre Nachricht" in text_of(only(desk.mails(KAT)))
        assert "New case from" in text_of(desk.mails(SAM)[0])  # the desk's own language is English
        desk.ask(LI, Open("Desde ayer", "Buenos días, no tenemos datos desde ayer."), language="xx")
        assert "Thank you for writing" in text_of(only(desk.mails(LI)))  # we have no words in that one


def test_nobody_who_may_be_forged_changes_a_language(desk: TestDesk) -> None:
    desk.ask(KAT, Open("Lieferung", GERMAN), language="de")
    desk.mails()
    desk.ask(KAT, Open("Livraison", FRENCH), language="fr", proof=Proof.UNPROVEN)
    assert "Ihre Nachricht ist bei uns angekommen" in text_of(only(desk.mails(KAT)))
    desk.ask(KAT, Reply(1, "Abwesend"), language="en", may_answer=False)
    desk.ask(SAM, Close(1, "resolved"))
    assert "Grund: Gelöst." in text_of(only(desk.mails(KAT)))


def test_a_stranger_who_is_accepted_is_told_in_their_language(desk: TestDesk) -> None:
    eve = "eve@nowhere.example"
    desk.ask(eve, Open("Livraison", FRENCH), language="fr", proof=Proof.UNPROVEN)
    assert desk.mails(eve) == []
    desk.ask(SAM, Accept(1))
    assert "Merci de nous avoir écrit" in text_of(only(desk.mails(eve)))


def test_what_a_program_is_set_to_counts_until_its_owner_has_written(desk: TestDesk) -> None:
    def asked(number: int, text: str, language: str = "") -> None:
        french = Identity("email", KAT, "Kat", "fr-CA")
        command = Reply(1, text) if number > 1 else Open(text, text)
        at, key = datetime.now(UTC), f"program-{number}"
        desk.desk.handle(Request("email", key, french, Proof.PLAUSIBLE, (command,), at, language=language))

    asked(1, "12333")
    assert "Merci de nous avoir écrit" in text_of(only(desk.mails(KAT)))
    asked(2, GERMAN, "de")
    asked(3, "12333")
    desk.ask(SAM, Close(1, "resolved"))
    assert "Grund: Gelöst." in text_of(only(desk.mails(KAT)))


def test_what_is_gathered_is_one_mail_in_the_readers_language(url: str, tmp_path: Path) -> None:
    with GatheringDesk(url, tmp_path) as desk:
        desk.later(0)
        desk.ask(YUKI, Open("配信", JAPANESE), language="ja")
        desk.later(20)
        desk.ask(SAM, Close(1, "not_ours"))
        desk.later(40)
        desk.ask(SAM, Reopen(1, ""))
        desk.mails()
        desk.later(150)
        news = text_of(only(desk.mails(YUKI)))
        assert "2件のお知らせがあります" not in news  # that is the preview's
        assert "を終了しました。理由：当社の対象外" in news
        assert "を再開しました。" in news
        assert not re.search(r"[A-Za-z]{4,} [a-z]{2,} [a-z]{2,}", news.partition("\n\n")[2])

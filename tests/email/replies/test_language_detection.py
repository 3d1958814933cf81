"""Which language a text is in: told of what customers write, and nothing said where it is not sure."""

import pytest

from bot.languages.catalogue import mail_languages
from channels.language_detection import detect_language

WRITTEN = {
    "en": (
        "Since yesterday evening the deal delivers nothing. Could you have a look?",
        "Hi, the report fails to load. Please help.",
        "We cannot access the Deals page any more.",
    ),
    "fr": (
        "Bonjour, la livraison du deal 12333 est arrêtée depuis hier. Pouvez-vous vérifier ?",
        "Bonjour, pouvez vous verifier svp ? Rien ne marche depuis ce matin",
        "Nous n’arrivons plus à nous connecter à l’interface.",
    ),
    "de": (
        "Seit gestern Abend wird Deal 12333 nicht mehr ausgeliefert. Könnten Sie bitte nachsehen?",
        "Guten Tag, wir koennen uns nicht anmelden.",
        "Hallo zusammen, die Kampagne liefert nicht aus.",
    ),
    "ja": (
        "昨日の夜からディール12333の配信が止まっています。ご確認いただけますか。",
        "お世話になっております。ログインできません。",
    ),
    "es": (
        "Desde ayer no hay entrega en el deal 12333. ¿Pueden revisarlo, por favor?",
        "Buenos días, no tenemos datos en los informes desde ayer.",
    ),
    "it": (
        "Da ieri il deal 12333 non viene erogato. Potete controllare?",
        "Buongiorno, il report non si carica più.",
    ),
    "pt": (
        "Desde ontem o deal 12333 não está a entregar. Podem verificar?",
        "Olá, o relatório não carrega mais.",
    ),
    "pl": (
        "Od wczoraj deal 12333 nie jest dostarczany. Czy mogą Państwo sprawdzić?",
        "Dzień dobry, raport się nie ładuje.",
    ),
}
UNSURE = (
    "",
    "ok",
    "Thanks!",
    "Deal 12333",
    "Merci",
    "danke",
    "ERROR 500 at /api/v2/deals: Traceback File main.py line 3 in load",
    "https://dash.example/the/and/of/in/to?is=it",
    "Sinds gisteren wordt deal 12333 niet meer geleverd. Kunt u dit nakijken?",
    "Sedan igår levereras inte deal 12333. Kan ni titta på det?",
    "Siden i går er deal 12333 ikke blevet leveret. Kan I se på det?",
    "De ieri nu mai este livrat deal-ul 12333. Puteți verifica, vă rog?",
    "Des d’ahir no hi ha lliurament. Podeu mirar-ho si us plau?",
    "自昨天晚上以来，没有投放。请帮忙查看。",
    "어제부터 배송이 없습니다. 확인 부탁드립니다.",
    "Со вчерашнего дня нет показов. Проверьте, пожалуйста.",
)


@pytest.mark.parametrize(
    ("language", "text"), [(one, text) for one, all_ in WRITTEN.items() for text in all_]
)
def test_a_sentence_or_two_tell_the_language(language: str, text: str) -> None:
    assert detect_language(text) == language


def test_there_are_sentences_of_every_mail_language() -> None:
    assert WRITTEN.keys() == {*mail_languages()}


@pytest.mark.parametrize("text", UNSURE)
def test_what_is_too_short_or_in_another_language_says_nothing(text: str) -> None:
    assert detect_language(text) == ""


def test_two_languages_in_one_text_are_none() -> None:
    assert detect_language(f"{WRITTEN['de'][0]} {WRITTEN['en'][0]}") == ""


def test_what_a_machine_wrote_below_does_not_hide_who_writes() -> None:
    log = "2026-11-25 14:03:01 ERROR loader: report 77 failed: timeout\n" * 20
    assert detect_language(f"{WRITTEN['de'][0]}\n\n{log}") in ("de", "")


def test_what_a_program_says_of_a_text_is_no_proof() -> None:
    assert detect_language("ok, 12333", "de-DE") == ""
    assert detect_language(WRITTEN["fr"][0], "en-US") == "fr"


def test_two_words_of_one_language_alone_are_enough() -> None:
    assert detect_language("Paket wurde nicht geliefert") == "de"

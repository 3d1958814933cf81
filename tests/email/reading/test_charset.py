"""Bytes that do not say in which charset they are, or say what cannot be."""

from __future__ import annotations

from base64 import b64encode
from contextlib import closing

import pytest

from bot.channel.protocols import Context, Inbound
from channels.email.encoding import charset
from channels.email.mime import message
from channels.email.sandbox.pool import ReaderPool
from tests.email.reading.test_sandbox import house
from tests.support.mail.letters import letter

TEXTS = {
    "gb18030": "您好，我们的广告投放从今天早上开始停止了，请尽快帮忙处理。",
    "big5": "您好，我們的廣告投放從今天早上開始停止了，請儘快幫忙處理。",
    "shift_jis": "お世話になっております。今朝から広告の配信が停止しています。",
    "euc-jp": "お世話になっております。今朝から広告の配信が停止しています。",
    "iso-2022-jp": "お世話になっております。今朝から広告の配信が停止しています。",
    "euc-kr": "안녕하세요, 오늘 아침부터 광고 집행이 중단되었습니다.",
    "koi8-r": "Здравствуйте, с сегодняшнего утра показы рекламы прекратились.",
    "windows-1251": "Здравствуйте, с сегодняшнего утра показы рекламы прекратились.",
    "iso-8859-2": "Dobrý den, od dnešního rána se reklama nezobrazuje, zkontrolujte to, prosím.",
    "windows-1254": "Merhaba, bu sabahtan beri reklam gösterimi durdu. Lütfen kontrol eder misiniz?",
    "windows-1256": "مرحبا، توقف عرض الإعلانات منذ صباح اليوم. يرجى التحقق في أقرب وقت ممكن.",
}
SHORT = {
    "big5": "謝謝您", "shift_jis": "ありがとうございます。", "euc-jp": "ありがとうございます。",
    "iso-2022-jp": "はい", "euc-kr": "감사합니다", "koi8-r": "Спасибо", "windows-1251": "Спасибо",
    "windows-1254": "Teşekkürler", "windows-1256": "شكرا جزيلا",
    "windows-1255": "תודה רבה", "windows-1253": "Ευχαριστώ πολύ",
}  # fmt: skip
WESTERN = [
    "café", "Ça va, merci. À bientôt", "L’état de la créée réservée : où est-elle ?", "«\u00a0Bonjour\u00a0»",
    "ÉTÉ À LA MER",
    "Schöne Grüße – bis bald", "ÜBERGRÖSSE", "Straße 5 § 3", "Preis: 15 €", "„Hallo“", "Äh, öfter für 5 m²",
    "¿Qué tal? ¡Revísenla! Ñandú, año", "Adiós, señor Núñez", "«Esto ya está»", "Não são três ações", "È così, perché?",
    "Åsa Öberg är på väg", "Rødgrød med fløde på", "Það er mjög áríðandi, Þakka þér fyrir", "Hyvää huomenta",
    "Één idee, coördinatie", "end to end, 5 µs", "25°C ± 2, ½ cup, 3² m²", "© 2026 Acme™ ®", "• one\n• two",
    "===\u00a0\u00a0===",
]  # fmt: skip
UNSURE = ["", "us-ascii", "iso-8859-1", "utf-8", "x-unknown"]


def mail(data: bytes, declared: str, *headers: str) -> bytes:
    told = [f"Content-Type: text/plain{f'; charset={declared}' if declared else ''}", *headers]
    head = "\n".join(("From: Ana <ana@acme.example>", "Content-Transfer-Encoding: 8bit", *told))
    return head.encode() + b"\n\n" + data + b"\n"


@pytest.mark.parametrize("declared", UNSURE)
@pytest.mark.parametrize("name", TEXTS)
def test_a_text_in_a_charset_that_it_does_not_name(name: str, declared: str) -> None:
    assert message.read(mail(TEXTS[name].encode(name), declared)).text.strip() == TEXTS[name]


@pytest.mark.parametrize("name", SHORT)
def test_a_word_or_two_are_enough(name: str) -> None:
    assert message.read(mail(SHORT[name].encode(name), "")).text.strip() == SHORT[name]


@pytest.mark.parametrize("text", WESTERN)
def test_western_text_stays_as_it_is(text: str) -> None:
    for declared in (*UNSURE, "windows-1252", "latin1"):
        assert message.read(mail(text.encode("cp1252"), declared)).text.strip() == text


@pytest.mark.parametrize("declared", UNSURE)
def test_utf_8_is_known_whatever_is_declared(declared: str) -> None:
    for text in (*TEXTS.values(), *WESTERN):
        assert message.read(mail(text.encode(), declared)).text.strip() == text


@pytest.mark.parametrize("name", TEXTS)
def test_a_charset_that_is_named_is_never_overruled(name: str) -> None:
    text = (
        "Ţîî, ůů" if name == "iso-8859-2" else "".join(sorted(set(TEXTS[name])))
    )  # nothing that reads like a language
    data = text.encode(name, "ignore")
    assert charset.decode(data, name) == data.decode(charset.known(name))


def test_windows_1252_is_not_doubted_where_it_is_named() -> None:
    data = TEXTS["koi8-r"].encode("koi8-r")
    assert charset.decode(data, "windows-1252") == data.decode("cp1252")


@pytest.mark.parametrize("name", TEXTS)
def test_encoded_words_in_the_subject_tell_the_charset(name: str) -> None:
    word = b64encode(TEXTS[name][:5].encode(name)).decode()
    data = TEXTS[name][:3].encode(name)
    found = message.read(mail(data, "", f"Subject: =?{name.upper()}?B?{word}?="))
    assert (found.subject, found.text.strip()) == (TEXTS[name][:5], TEXTS[name][:3].strip())


def test_a_charset_named_on_the_multipart_counts_for_its_parts() -> None:
    body = b"--b\nContent-Type: text/plain\n\n" + "да".encode("koi8-r") + b"\n--b--\n"
    found = message.read(b"Content-Type: multipart/signed; boundary=b; charset=koi8-r\n\n" + body)
    assert found.text.strip() == "да"


def test_the_senders_country_decides_about_accents_alone() -> None:
    hungarian = "Jó napot, ma reggel óta nem jelenik meg a hirdetésünk. Kérjük, ellenőrizzék. Köszönöm."
    raw = mail(hungarian.encode("iso-8859-2"), "").replace(b"acme.example", b"acme.hu")
    assert message.read(raw).text.strip() == hungarian
    for text in (TEXTS["koi8-r"], WESTERN[5], WESTERN[14]):
        name = "koi8-r" if text == TEXTS["koi8-r"] else "cp1252"
        assert (
            message.read(mail(text.encode(name), "").replace(b"acme.example", b"acme.jp")).text.strip()
            == text
        )


def test_a_header_without_encoded_words_is_read_too() -> None:
    found = message.read(b"Subject: " + "Не работает реклама".encode("koi8-r") + b"\n\nHi")
    assert found.subject == "Не работает реклама"


def test_what_is_hardly_ascii_is_not_western() -> None:
    text = "お世話になっております" * 3  # in Windows-1252, all its letters are Dutch
    assert charset.decode(text.encode("shift_jis")) == text


def test_what_is_looked_at_is_cut_between_characters() -> None:
    text = ("お世話になっております。今朝から広告の配信が停止しています。\n" * 4000)[:100_000]
    data = b"plain words\n" * 9000 + text.encode("shift_jis")
    assert charset.guess(data) == "Shift_JIS"
    assert charset.decode(data).endswith(text[-50:])
    assert charset.decode(data.replace(b"\n", b"")).count("配信") > 3000


def test_the_child_reads_it() -> None:
    raws = [mail(text.encode(name), "") for name, text in TEXTS.items()]
    with closing(ReaderPool(house())) as reader:
        found = reader.read([letter(raw) for raw in raws], [Context()] * len(raws))
    texts = ["".join(part.text for part in one.parts).strip() for one in found if isinstance(one, Inbound)]
    assert texts == list(TEXTS.values())

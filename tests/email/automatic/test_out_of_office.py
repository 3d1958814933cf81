"""Out of office in many languages: told from what people write, and by when they are back."""

from __future__ import annotations

from datetime import date

import pytest

from channels.email.automatic import out_of_office
from tests.support.mail.letters import made, reading

DAY = "Date: Wed, 25 Nov 2026 10:00:00 +0100"
NOTES = [
    ("Automatic reply: x", "I am away from 1 December to 4 December and will be back on 5 December."),
    ("Out of Office", "I am out of the office until December 5th, 2026."),
    ("Automatische Antwort: x", "Ich bin bis zum 5. Dezember nicht im Büro."),
    ("Abwesenheitsnotiz", "Vom 01.12.2026 bis 04.12.2026 bin ich im Urlaub, ab dem 05.12.2026 wieder da."),
    ("Réponse automatique : x", "Je suis absente jusqu'au 5 décembre inclus."),
    ("Réponse automatique", "Je serai de retour le 5 déc. 2026."),
    ("Respuesta automática: x", "Estaré fuera de la oficina hasta el 5 de diciembre de 2026."),
    ("Risposta automatica: x", "Sono in ferie fino al 5 dicembre."),
    ("Resposta automática: x", "Estou ausente até 5 de dezembro."),
    ("Automatisch antwoord: x", "Ik ben op 05-12-2026 weer terug op kantoor."),
    ("Odpowiedź automatyczna: x", "Jestem na urlopie do 5 grudnia 2026 r."),
    ("Automatiskt svar: x", "Jag är på semester till och med 5 december."),
    ("Autosvar: x", "Jeg er tilbage den 5. december."),
    ("Automatisk svar: x", "Jeg er på ferie til 5. desember."),
    ("Automaattinen vastaus: x", "Palaan töihin 5. joulukuuta."),
    ("Automatická odpověď: x", "Jsem na dovolené do 5. prosince 2026."),
    ("Автоматический ответ: x", "Я в отпуске до 5 декабря."),
    ("自动答复: x", "我将休假至12月5日。"),
    ("自動応答: x", "１２月５日に出社いたします。"),
    ("자동 회신: x", "저는 12월 5일에 복귀합니다."),
    ("Otomatik yanıt: x", "5 Aralık 2026 tarihine kadar izindeyim."),
]


@pytest.mark.parametrize(("subject", "text"), NOTES)
def test_an_absence_note_is_a_machines_answer_and_says_when_its_writer_is_back(
    subject: str, text: str
) -> None:
    raw = (
        f"From: Ana <ana@acme.example>\nTo: support@example.com\n{DAY}\nSubject: {subject}\n\n{text}".encode()
    )
    found = reading(raw).verdict
    assert (found.may_answer, found.activity, found.reply, found.bounce) == (False, False, True, None)
    assert found.away_until == date(2026, 12, 5)


@pytest.mark.parametrize(
    "text",
    [
        "I am away. Call 555-1234, extension 12/2, or write to Max.",
        "Thank you for your mail of Nov 25, 2026. I am out of the office.",
        "I am out of the office until 6/7/2027, or was it 7/6/2027?",
        "Ich bin am 31.02.2026 zurück.",
    ],
)
def test_what_names_no_day_for_sure_says_none(text: str) -> None:
    assert out_of_office.until("Automatic reply", text, date(2026, 11, 25)) is None


def test_a_day_without_a_year_is_the_next_one() -> None:
    assert out_of_office.until("Away until May 5", "", date(2026, 11, 25)) == date(2027, 5, 5)


def test_a_person_who_speaks_of_an_absence_is_a_person() -> None:
    body = "I am out of the office next week, until 5 December. Please answer Max."
    for subject in ("Re: Deal", "Automatic reply feature broken", "Out of office hours support?"):
        raw = f"From: Ana <ana@acme.example>\n{DAY}\nSubject: {subject}\n\n{body}".encode()
        found = reading(raw).verdict
        assert (found.activity, found.reply, found.away_until) == (True, False, None)


def test_a_person_who_answers_an_absence_note_is_a_person() -> None:
    raw = f"From: Ana <ana@acme.example>\n{DAY}\nSubject: Re: Automatic reply: Deal\n\nThanks. And the deal?".encode()
    assert reading(raw).verdict.activity


def test_an_absence_note_without_a_path_back_is_one_if_it_answers_a_mail() -> None:
    body = "I am out of the office until 5 December."
    raw = (
        f"From: Ana <ana@acme.example>\n{DAY}\nSubject: Deal\nIn-Reply-To: <x@example.com>\n\n{body}".encode()
    )
    found = reading(raw, mail_from="").verdict
    assert (found.reply, found.away_until) == (True, date(2026, 12, 5))
    assert not reading(raw.replace(b"In-Reply-To", b"X-Other"), mail_from="").verdict.reply, (
        "perhaps an alarm"
    )


def test_an_answer_that_calls_itself_automatic_is() -> None:
    text, answers = (
        "This is an automatic reply. I will be back on 5 December.",
        "In-Reply-To: <a@example.com>",
    )
    assert reading(made(DAY, body=text)).verdict.activity
    found = reading(made(DAY, answers, body=text)).verdict
    assert (found.activity, found.reply, found.away_until) == (False, True, date(2026, 12, 5))


@pytest.mark.parametrize(
    "text", ["5 " * 50_000, "until " * 50_000, "5 dec " * 30_000, "[" * 100_000, "1.1." * 50_000]
)
def test_endless_text_says_nothing(text: str) -> None:
    assert not out_of_office.is_automatic(text)
    assert out_of_office.until(text, text, date(2026, 11, 25)) is None


@pytest.mark.parametrize(
    ("day", "text"),
    [
        ("Wed, 25 Nov 2026 10:00:00 +0100", "I am away until 5 ፩፩፩."),
        ("Fri, 31 Dec 9999 20:00:00 +0000", "I am back on 31 December."),
    ],
)
def test_a_day_that_no_calendar_has_is_none(day: str, text: str) -> None:
    raw = f"From: Ana <ana@acme.example>\nDate: {day}\nSubject: Automatic reply: x\n\n{text}".encode()
    found = reading(raw).verdict
    assert (found.reply, found.away_until) == (True, None)


HEARD = [
    ("自動返信メールが届かない", "お客様に自動返信メールが届きません。"),
    ("自动回复功能无法使用", "我们的自动回复功能昨天起无法使用。"),
    ("부재중 전화 알림이 오지 않습니다", "어제부터 알림이 오지 않습니다."),
    ("Réponse automatique: comment la désactiver ?", "Bonjour, je ne trouve pas le réglage."),
    ("Automatic reply: how do I turn it off?", "Our customers get it twice."),
    ("Auto: no delivery since Monday", "The campaign for cars stands still."),
    ("[CS-000001] 自動返信メール", "It still does not arrive."),
    ("Abwesend: neuer Status fehlt", "Der Status wird nicht angezeigt."),
]


@pytest.mark.parametrize(("subject", "text"), HEARD)
def test_a_first_mail_about_automatic_replies_is_a_persons(subject: str, text: str) -> None:
    raw = (
        f"From: Ana <ana@acme.example>\nTo: support@example.com\n{DAY}\nSubject: {subject}\n\n{text}".encode()
    )
    found = reading(raw).verdict
    assert (found.activity, found.reply, found.may_answer) == (True, False, True)


@pytest.mark.parametrize(
    "subject",
    [
        "Auto: Re: Deal", "Out of Office Re: Deal", "OOO Re: Deal", "Abwesend: Deal", "Afwezig: Deal", "Poissa: Deal",
        "Autoodpowiedź: Deal", "Otomatik Cevap: Deal", "外出中: Deal", "Je suis absent(e)", "Ich bin nicht im Büro",
        "AUTO: Ana Miller is out of the office", "自動返信: Deal", "不在通知", "부재중입니다", "自动回复：Deal",
    ],
)  # fmt: skip
def test_what_answers_a_mail_of_ours_under_such_a_subject_is_a_machines(subject: str) -> None:
    raw = (
        f"From: Ana <ana@acme.example>\nTo: support@example.com\n{DAY}\nIn-Reply-To: <x@example.com>\n"
        f"Subject: {subject}\n\nHello"
    )
    found = reading(raw.encode()).verdict
    assert (found.activity, found.reply) == (False, True)
    tagged = raw.replace("In-Reply-To", "X-Other").replace("Deal", "[CS-000012] Deal")
    answers = "Deal" in subject  # what names no case, and no mail of ours, answers nothing
    assert reading(tagged.encode()).verdict.reply is answers


@pytest.mark.parametrize(
    "header",
    ["X-Auto-Reply: yes", "X-Vacation: yes", "Preference: auto_reply", "Delivered-To: Autoresponder"],
)
def test_more_headers_of_machines_that_answer(header: str) -> None:
    assert reading(made(header)).verdict.reply


def test_what_cron_sends_is_a_machines_own_word() -> None:
    found = reading(made("X-Cron-Env: <SHELL=/bin/sh>")).verdict
    assert (found.activity, found.reply) == (False, False)

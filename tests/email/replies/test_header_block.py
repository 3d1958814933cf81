"""Headers that mail programs copy above a mail that is answered or passed on."""

from __future__ import annotations

import pytest

from channels.email.replies.split import divide

BLOCKS = {
    "English, Outlook": (
        "From: Support <s@desk.example>\nSent: Tuesday, 24 November 2026 10:00\nTo: Ana\nSubject: Late"
    ),
    "English, Outlook for Mac": (
        "From: Support <s@desk.example>\nDate: Tuesday, 24 November 2026 at 10:00\nTo: Ana\nSubject: Late"
    ),
    "English, Outlook in bold": "*From:* Support <s@desk.example>\n*Sent:* Tuesday\n*To:* Ana\n*Subject:* Late",
    "English, Markdown": "**From:** Support <s@desk.example>\n**Sent:** Tuesday\n**To:** Ana\n**Subject:** Late",
    "English, Outlook on the web": (
        "________________________________\nFrom: Support\nSent: Tuesday, 24 November 2026\nTo: Ana\n"
        "Subject: Late"
    ),
    "English, a wide Outlook": "From: Support <s@desk.example>\n\nSent: Tuesday\n\nTo: Ana\n\nSubject: Late",
    "English, Hotmail": (
        "Date: Tue, 24 Nov 2026 10:00:00 +0100\nFrom: s@desk.example\nTo: ana@acme.example\nSubject: Late"
    ),
    "English, BlackBerry": (
        "  Original Message  \nFrom: Support\nSent: Tuesday, 24 November 2026\nTo: Ana\nSubject: Late"
    ),
    "English, Samsung": (
        "-------- Original message --------\nFrom: Support <s@desk.example> \nDate: 24/11/2026 10:00 "
        "(GMT+01:00)"
    ),
    "English, no addresses": (
        "From: Support\nSent: Tuesday\nTo: Ana; Bob;\n  Carl; Dora;\n  Eve\nCc: Fay\nSubject: Late"
    ),
    "English, Notes": "From:\tSupport/Acme\nTo:\tAna/Acme\nDate:\t24.11.2026 10:00\nSubject:\tLate",
    "German, Outlook": (
        "Von: Support <s@desk.example>\nGesendet: Dienstag, 24. November 2026 10:00\nAn: Ana\nBetreff: Spät"
    ),
    "German, GMX": (
        "Gesendet: Dienstag, 24. November 2026 um 10:00 Uhr\nVon: Support <s@desk.example>\nAn: Ana\n"
        "Betreff: Spät"
    ),
    "German, T-Online": (
        "-----Original-Nachricht-----\nBetreff: Spät\nDatum: 2026-11-24T10:00:00+0100\nVon: Support\nAn: Ana"
    ),
    "French, Outlook": (
        "De : Support <s@desk.example>\nEnvoyé : mardi 24 novembre 2026 10:00\nÀ : Ana\nObjet : Retard"
    ),
    "French, Outlook in bold": "*De :* Support\n*Envoyé :* mardi\n*À :* Ana\n*Objet :* Retard",
    "French, Zimbra": "----- Mail original -----\nDe: Support <s@desk.example>\nÀ: Ana\nEnvoyé: Mardi\nObjet: Retard",
    "Spanish, Outlook": (
        "De: Support <s@desk.example>\nEnviado el: martes, 24 de noviembre de 2026 10:00\nPara: Ana\n"
        "Asunto: Tarde"
    ),
    "Italian, Outlook": (
        "Da: Support <s@desk.example>\nInviato: martedì 24 novembre 2026 10:00\nA: Ana\nOggetto: Tardi"
    ),
    "Portuguese, Outlook": (
        "De: Support <s@desk.example>\nEnviada em: terça-feira, 24 de novembro de 2026\nPara: Ana\nAssunto:"
        " Tarde"
    ),
    "Dutch, Outlook": (
        "Van: Support <s@desk.example>\nVerzonden: dinsdag 24 november 2026 10:00\nAan: Ana\nOnderwerp: Laat"
    ),
    "Polish, Outlook": (
        "Od: Support <s@desk.example>\nWysłano: wtorek, 24 listopada 2026 10:00\nDo: Ana\nTemat: Późno"
    ),
    "Swedish, Outlook": "Från: Support <s@desk.example>\nSkickat: den 24 november 2026 10:00\nTill: Ana\nÄmne: Sent",
    "Danish, Outlook": "Fra: Support <s@desk.example>\nSendt: 24. november 2026 10:00\nTil: Ana\nEmne: Sent",
    "Norwegian, Outlook": (
        "Fra: Support <s@desk.example>\nSendt: tirsdag 24. november 2026 10:00\nTil: Ana\nEmne: Sent"
    ),
    "Finnish, Outlook": (
        "Lähettäjä: Support <s@desk.example>\nLähetetty: tiistai 24. marraskuuta 2026\nVastaanottaja: Ana\n"
        "Aihe: Myöhä"
    ),
    "Czech, Outlook": (
        "Od: Support <s@desk.example>\nOdesláno: úterý 24. listopadu 2026 10:00\nKomu: Ana\nPředmět: Pozdě"
    ),
    "Czech, Seznam": (
        "---------- Původní e-mail ----------\nOd: Support <s@desk.example>\nKomu: ana@acme.example\nDatum:"
        " 24. 11. 2026"
    ),
    "Russian, Outlook": "От: Support <s@desk.example>\nОтправлено: 24 ноября 2026 г. 10:00\nКому: Ana\nТема: Поздно",
    "Russian, Mail.ru": (
        "-------- Пересылаемое сообщение --------\nОт кого: Support <s@desk.example>\nКому: Ana\nДата: "
        "вторник"
    ),
    "Chinese, Outlook": "发件人: Support <s@desk.example>\n发送时间: 2026年11月24日 10:00\n收件人: Ana\n主题: 迟到",
    "Chinese, Foxmail": "发件人： Support\n发送时间： 2026-11-24 10:00\n收件人： Ana\n主题： 迟到",
    "Chinese, QQ": (
        '------------------ 原始邮件 ------------------\n发件人: "Support"<s@desk.example>;\n发送时间: '
        '2026年11月24日\n收件人: "Ana";'
    ),
    "Chinese, Outlook in Taiwan": (
        "寄件者: Support <s@desk.example>\n寄件日期: 2026年11月24日 10:00\n收件者: Ana\n主旨: 遲到"
    ),
    "Japanese, Outlook": "差出人: Support <s@desk.example>\n送信日時: 2026年11月24日 10:00\n宛先: Ana\n件名: 遅延",
    "Korean, Outlook": (
        "보낸 사람: Support <s@desk.example>\n보낸 날짜: 2026년 11월 24일 화요일\n받는 사람: Ana\n제목: 지연"
    ),
    "Korean, Daum": (
        "--------- 원본 메일 ---------\n보낸이: Support <s@desk.example>\n받는이: Ana\n날짜: 2026년 11월 24일"
    ),
    "Hungarian, nobody taught us": (
        "________________________________\nFeladó: Support <s@desk.example>\nElküldve: kedd\nCímzett: Ana"
    ),
}
ODD = (
    "From: S [mailto:s@desk.example] Sent: Tuesday, November 24, 2026 10:00 AM To: Ana Subject: Late",
    "* * *\n\n**From:** S \\[mailto:s@desk.example\\]  \n**Sent:** Tuesday  \n**To:** Ana  \n**Subject:** Late",
    "**From**: S <s@desk.example>\n**Sent**: Tuesday\n**To**: Ana",
    "**********************\nFrom: S\nSent: Tuesday\nTo: Ana\nSubject: Late",
    "Van: S <s@desk.example>\nBeantwoorden - Aan: x\nDatum: dinsdag\nAan: Ana\nOnderwerp: Laat",
    "De: S <s@desk.example>\nRépondre à: S <s@desk.example>\nDate: mardi\nÀ: Ana\nObjet: Retard",
    "##- Please type your reply above this line -##",
    "--- Bitte antworten Sie oberhalb dieser Zeile ---",
)
ANNOUNCED = {
    "English, Outlook": "-----Original Message-----",
    "English, Proton": "‐‐‐‐‐‐‐ Original Message ‐‐‐‐‐‐‐",
    "English, Proton of today": "------- Original Message -------",
    "English, Gmail forwards": "---------- Forwarded message ---------",
    "English, Thunderbird forwards": "-------- Forwarded Message --------",
    "German": "-----Ursprüngliche Nachricht-----",
    "German, Thunderbird forwards": "-------- Weitergeleitete Nachricht --------",
    "French": "-----Message d'origine-----",
    "French, Thunderbird forwards": "-------- Message transféré --------",
    "Spanish": "-----Mensaje original-----",
    "Italian": "-----Messaggio originale-----",
    "Portuguese": "-----Mensagem original-----",
    "Dutch": "-----Oorspronkelijk bericht-----",
    "Polish": "-----Wiadomość oryginalna-----",
    "Swedish": "-----Ursprungligt meddelande-----",
    "Danish": "-----Oprindelig meddelelse-----",
    "Norwegian": "-----Opprinnelig melding-----",
    "Finnish": "-----Alkuperäinen viesti-----",
    "Czech": "-----Původní zpráva-----",
    "Russian": "-----Исходное сообщение-----",
    "Chinese": "-----邮件原件-----\nFrom: a <a@b.example>\nSent: x\nTo: y\nSubject: z",
    "Chinese, Outlook": "-----原始邮件-----",
    "Japanese": "-----元のメッセージ-----",
    "Korean": "-----원본 메시지-----",
}
APPLE = {
    "English": "Begin forwarded message:",
    "German": "Anfang der weitergeleiteten Nachricht:",
    "French": "Début du message réexpédié :",
    "Spanish": "Inicio del mensaje reenviado:",
    "Italian": "Inizio messaggio inoltrato:",
    "Portuguese": "Início da mensagem encaminhada:",
    "Dutch": "Begin doorgestuurd bericht:",
    "Polish": "Początek przekazywanej wiadomości:",
    "Swedish": "Vidarebefordrat brev:",
    "Danish": "Start på videresendt besked:",
    "Finnish": "Välitetty viesti alkaa:",
    "Czech": "Začátek přeposlané zprávy:",
    "Russian": "Начало переадресованного сообщения:",
    "Chinese": "以下是转发的邮件：",
    "Japanese": "転送されたメッセージ:",
    "Korean": "전달된 메시지 시작:",
}
MAIL = (
    "From: Support <s@desk.example>\nSubject: Late\nDate: 24 November 2026 at 10:00:00 CET\nTo: Ana "
    "<ana@acme.example>"
)


def new(text: str) -> str:
    return "\n".join(part.text for part in divide(text) if part.kind == "new").strip()


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS)
def test_below_copied_headers_nothing_is_new(block):
    assert new(f"My answer.\n\n{block}\n\nWhat they wrote.\n#close\n\nAnd more.") == "My answer."


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS)
def test_copied_headers_right_below_the_answer(block):
    assert new(f"My answer.\n{block}\nWhat they wrote.") == "My answer."


@pytest.mark.parametrize("block", ODD)
def test_headers_in_odd_shapes_and_the_markers_of_other_desks(block):
    assert new(f"My answer.\n\n{block}\n\nWhat they wrote.\n#close") == "My answer."


@pytest.mark.parametrize("line", ANNOUNCED.values(), ids=ANNOUNCED)
def test_a_mail_that_is_announced_between_dashes(line):
    assert new(f"My answer.\n\n{line}\n\nWhat they wrote.\n#close") == "My answer."


@pytest.mark.parametrize("line", APPLE.values(), ids=APPLE)
def test_a_forwarded_mail_is_quoted_and_what_stands_above_it_is_new(line):
    assert new(f"Please see below.\n\n{line}\n\n{MAIL}\n\nWhat they wrote.\n#close") == "Please see below."
    marked = "\n".join(f"> {one}" for one in f"{MAIL}\n\nWhat they wrote.".split("\n"))
    assert new(f"Please see below.\n\n{line}\n\n{marked}") == "Please see below."


def test_a_forwarded_mail_alone_is_quoted_whole():
    parts = divide(f"---------- Forwarded message ---------\n{MAIL}\n\n#close\nWhat they wrote.")
    assert [part.kind for part in parts] == ["unsure"]


@pytest.mark.parametrize(
    "block",
    [
        "Od koho: Mia <mia@desk.example>\nKdy bylo posláno: 24. 11. 2026 10:00\nKomu: Ana <ana@acme.example>",
        "Nga kush është: Mia <mia@desk.example>\nDërguar më: 24.11.2026 10:00\nPër kë: Ana <ana@acme.example>",
        "გამგზავნი: Mia <mia@desk.example>\nთარიღი: 24/11/2026\nმიმღები: Ana <ana@acme.example>\nთემა: RE: x",
    ],
)
def test_headers_in_a_language_nobody_taught_us_are_known_by_their_shape(block):
    assert new(f"My answer.\n\n{block}\n\nWhat they wrote.") == "My answer."
    assert new(f"{block}\n\nMy words.").endswith("My words."), "nothing stands above it"


@pytest.mark.parametrize("first", ["", "From: Support <s@desk.example>\n"])
def test_a_mail_whose_headers_alone_are_marked_is_quoted_to_its_end(first):
    marked = "\n".join(f"> {one}" for one in MAIL.split("\n")[bool(first) :])
    assert new(f"My answer.\n\n{first}{marked}\n\nWhat they wrote.\n#close") == "My answer."
    assert new(f"{first}{marked}\n\nMy answer.").endswith("My answer."), "nothing stands above it"
    line = "On Tue, 24 Nov 2026 at 10:00, Bob <bob@acme.example> wrote:"
    if not first:
        assert new(f"{line}\n{marked}\n\nMy answer.").endswith("My answer."), "nor is anything said above it"


def test_the_writers_own_address_above_copied_headers_is_how_a_program_signs():
    block = "From: Mia\nDate: 2026-11-24 10:00\nTo: ana@acme.example\nSubject: Late\nTheirs."
    assert new(f"My answer.\n\nana@acme.example\n\n{block}") == "My answer."
    assert new(f"Write to:\n\nbob@acme.example\n\n{block}") == "Write to:\n\nbob@acme.example"


def test_an_answer_below_copied_headers_with_marks_is_new():
    text = f"-----Original Message-----\n{MAIL}\n\n" + "> What they wrote.\n" * 40 + "\nMy answer."
    assert new(text) == "My answer."


@pytest.mark.parametrize(
    "text",
    [
        "Log:\n----- begin -----\n10:00 ok\n----- end -----\nWhat now?",
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\nIs it valid?",
        "From: 10:00\nTo: 12:00\nDate: Monday\nNothing was delivered.",
        "From: Berlin\nTo: Oslo\nThe parcel is late.",
        "A: yes\nB: no\nC: perhaps",
        "De: 1\nA: 2\nPara: 3",
        "Priority: High\nType: Reporting\n\nHelp",
        "name | value\n-----|------\na    | 1\nWhat is b?",
        "Name   Value\n-----------\na      1\n-----------\nSum    1",
        "Here is the source:\nReceived: from a by b\nFrom: a@b.example\nTo: c@d.example\nSubject: x\nDate: y\nWhy?",
        "________________________________\nSigned by hand",
        "=== Result ===\nall failed",
        "Subject: what I meant\nTo: nobody",
        "Original message\nwas lost.",
        "Plan:\n\nTrainer: Bob <bob@acme.example>\nDay: 24.11.2026 10:00\nGuests: Eve <eve@acme.example>\n\nIs it?",
        "Wir bitten um Zugänge:\n\nPrüfer: Bob <bob@acme.example>\nBüro: 12\nGäste: Eve <eve@acme.example>\n\nDanke!",
        "Date of order: 24/11/2026\nFrom: Berlin\nTo: Oslo\n\nWhere is it?",
        "====\n\nDate of order : 24/11/2026\nFrom: Berlin\nTo: Oslo\n\nWhere is it?",
        "----\nfrom: 10:00\nto: 12:00\n----\nIs that so?",
        "Reply above this line. That is what it says, and nothing happens.",
        "--- a/file\n+++ b/file\n@@ -1 +1 @@\n-From: x\n+From: y\nTo: review",
    ],
)
def test_logs_tables_and_lists_are_no_separators(text):
    assert new(text) == text

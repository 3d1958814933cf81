"""The line above a quotation, as mail programs write it in many languages."""

from __future__ import annotations

import pytest

from channels.email.replies.attribution import tidy
from channels.email.replies.split import divide

WHO = "Zoë Support <support@desk.example>"
LINES = {
    "English, Gmail": f"On Tue, Nov 24, 2026 at 10:00 AM {WHO} wrote:",
    "English, Gmail in Britain": f"On Tue, 24 Nov 2026 at 10:00, {WHO} wrote:",
    "English, Apple Mail": f"On Nov 24, 2026, at 10:00 AM, {WHO} wrote:",
    "English, Thunderbird": "On 11/24/26 10:00, Zoë Support wrote:",
    "English, Yahoo": f"On Tuesday, November 24, 2026 at 10:00:00 AM GMT+1, {WHO} wrote:",
    "English, Proton": f"On Tuesday, November 24th, 2026 at 10:00 AM, {WHO} wrote:",
    "English, Spark": f"On 24 Nov 2026, 10:00 +0100, {WHO}, wrote:",
    "English, Airmail": "On 24 November 2026 at 10:00:00, Zoë Support (support@desk.example) wrote:",
    "English, Outlook for Mac": 'On 24/11/2026, 10:00, "Zoë Support" <support@desk.example> wrote:',
    "English, Zoho": f"---- On Tue, 24 Nov 2026 10:00:00 +0100 {WHO} wrote ----",
    "English, Zimbra": "----- On Nov 24, 2026, at 10:00 AM, Zoë Support support@desk.example wrote:",
    "English, Evolution": "On Tue, 2026-11-24 at 10:00 +0000, Zoë Support wrote:",
    "English, Gnus": f"{WHO} writes:",
    "English, Notes": f"{WHO} wrote on 24.11.2026 10:00:00:",
    "English, Mail.ru": f"Tuesday, 24 November 2026, 10:00 +03:00 from {WHO}:",
    "no words, Gmail of old": f"2026-11-24 10:00 GMT+01:00 {WHO}:",
    "German, Gmail": f"Am Di., 24. Nov. 2026 um 10:00 Uhr schrieb {WHO}:",
    "German, Apple Mail": f"Am 24.11.2026 um 10:00 schrieb {WHO}:",
    "German, K-9": f"Am 24. November 2026 10:00:00 MEZ schrieb {WHO}:",
    "German, Roundcube": "Am 24.11.2026 10:00, schrieb Zoë Support:",
    "German, Evolution": "Am Dienstag, dem 24.11.2026 um 10:00 +0100 schrieb Zoë Support:",
    "French, Gmail": f"Le mar. 24 nov. 2026 à 10:00, {WHO} a écrit :",
    "French, Apple Mail": f"Le 24 nov. 2026 à 10:00, {WHO} a écrit\u00a0:",
    "French, Thunderbird": "Le 24/11/2026 à 10:00, Zoë Support a écrit\u202f:",
    "French, a small server": "Le 24/11/2026 à 10h00, Zoë Support a écrit :",
    "Spanish, Gmail": "El mar, 24 nov 2026 a las 10:00, Zoë Support (<support@desk.example>) escribió:",
    "Spanish, Apple Mail": f"El 24 nov 2026, a las 10:00, {WHO} escribió:",
    "Spanish, Yahoo": "El martes, 24 de noviembre de 2026 10:00:00 CET, Zoë Support escribió:",
    "Italian, Gmail": f"Il giorno mar 24 nov 2026 alle ore 10:00 {WHO} ha scritto:",
    "Italian, Thunderbird": "Il 24/11/2026 10:00, Zoë Support ha scritto:",
    "Portuguese, Gmail in Brazil": f"Em ter., 24 de nov. de 2026 às 10:00, {WHO} escreveu:",
    "Portuguese, Gmail": f"{WHO} escreveu no dia terça, 24/11/2026 à(s) 10:00:",
    "Portuguese, Apple Mail": f"No dia 24/11/2026, às 10:00, {WHO} escreveu:",
    "Dutch, Gmail": f"Op di 24 nov 2026 om 10:00 schreef {WHO}:",
    "Dutch, Apple Mail": f"Op 24 nov. 2026, om 10:00 heeft {WHO} het volgende geschreven:",
    "Polish, Gmail": f"wt., 24 lis 2026 o 10:00 {WHO} napisał(a):",
    "Polish, Apple Mail": f"Wiadomość napisana przez {WHO} w dniu 24.11.2026, o godz. 10:00:",
    "Polish, Thunderbird": "W dniu 24.11.2026 o 10:00, Zoë Support pisze:",
    "Swedish, Gmail": f"Den tis 24 nov. 2026 kl 10:00 skrev {WHO}:",
    "Swedish, Apple Mail": f"24 nov. 2026 kl. 10:00 skrev {WHO}:",
    "Danish, Gmail": f"Den tirs. 24. nov. 2026 kl. 10.00 skrev {WHO}:",
    "Norwegian, Gmail": f"tir. 24. nov. 2026 kl. 10:00 skrev {WHO}:",
    "Norwegian, Apple Mail": f"24. nov. 2026 kl. 10:00 skrev {WHO}:",
    "Finnish, Gmail": "ti 24. marrask. 2026 klo 10.00 Zoë Support (support@desk.example) kirjoitti:",
    "Finnish, Apple Mail": f"{WHO} kirjoitti 24.11.2026 kello 10.00:",
    "Czech, Gmail": f"út 24. 11. 2026 v 10:00 odesílatel {WHO} napsal:",
    "Czech, Apple Mail": f"24. 11. 2026 v 10:00, {WHO}:",
    "Czech, Thunderbird": "Dne 24. 11. 26 v 10:00 Zoë Support napsal(a):",
    "Russian, Gmail": f"вт, 24 нояб. 2026 г. в 10:00, {WHO}:",
    "Russian, Apple Mail": f"24 нояб. 2026 г., в 10:00, {WHO} написал(а):",
    "Russian, Mail.ru": f"Вторник, 24 ноября 2026, 10:00 +03:00 от {WHO}:",
    "Russian, Yandex": '24.11.2026, 10:00, "Zoë Support" <support@desk.example>:',
    "Russian, Thunderbird": "24.11.2026 10:00, Zoë Support пишет:",
    "Chinese, Gmail": f"{WHO} 于2026年11月24日周二 10:00写道：",
    "Chinese, Gmail in Taiwan": f"{WHO} 於 2026年11月24日 週二 上午10:00寫道：",
    "Chinese, Apple Mail": f"在 2026年11月24日，10:00，{WHO} 写道：",
    "Chinese, NetEase": '在 2026-11-24 10:00:00，"Zoë Support" <support@desk.example> 写道：',
    "Japanese, Gmail": f"2026年11月24日(火) 10:00 {WHO}:",
    "Japanese, Apple Mail": f"2026/11/24 10:00、{WHO}のメール:",
    "Japanese, Apple Mail of today": f"2026/11/24 10:00、{WHO}のメッセージ:",
    "Korean, Gmail": f"2026년 11월 24일 (화) 오전 10:00, {WHO}님이 작성:",
    "Korean, Apple Mail": f"2026. 11. 24. 오전 10:00, {WHO} 작성:",
    "Korean, Thunderbird": f"2026-11-24 10:00에 {WHO} 이(가) 쓴 글:",
}
ALL = pytest.mark.parametrize("line", LINES.values(), ids=LINES)


def new(text: str) -> str:
    return "\n".join(part.text for part in divide(text) if part.kind == "new").strip()


def wrapped(line: str) -> str:
    """As programs break it that know no longer line: before the address, or in the middle."""
    before, bracket, after = line.partition(" <")
    if bracket:
        return f"{before}\n<{after}"
    words = line.split(" ")
    return " ".join(words[: len(words) // 2]) + "\n" + " ".join(words[len(words) // 2 :])


@ALL
def test_above_a_marked_quotation(line):
    assert new(f"My answer.\n\n{line}\n> What they wrote.\n>\n> And more.") == "My answer."


@ALL
def test_above_a_quotation_without_marks(line):
    assert new(f"My answer.\n\n{line}\n\nWhat they wrote.\n#close\nAnd more.") == "My answer."


@ALL
def test_right_below_the_answer(line):
    assert new(f"My answer.\n{line}\n\n> What they wrote.") == "My answer."


@ALL
def test_wrapped(line):
    assert new(f"My answer.\n\n{wrapped(line)}\n\n> What they wrote.") == "My answer."


@ALL
def test_an_answer_below_it_all_is_new(line):
    text = f"{line}\n" + "> What they wrote.\n" * 40 + "\nMy answer."
    assert new(text) == "My answer."


@pytest.mark.parametrize(
    "line",
    [
        "On Tue, 24 Nov 2026 at 10:00, Zoë Support\n<support@desk.example>\nwrote:",
        "On Tue, 24 Nov 2026 at 10:00 Zoë Support\n\n<\nmailto:support@desk.example\n> wrote:",
        "On Tue, 24 Nov 2026\nat 10:00, Zoë Support of the Example Company\n<support@desk.example> wrote:",
        "Am Di., 24. Nov. 2026 um 10:00 Uhr schrieb Zoë Support\n<support@desk.example>:",
        'Le 24 nov. 2026 à 10:00, "Zoë Support"\n<support@desk.example>\na écrit :',
        "Zoë Support of the Example Company\n<support@desk.example> 于2026年11月24日周二 10:00写道：",
        "On Tue, 24 Nov 2026 10:00:00 +0100 Zoë Support&lt;support@desk.example&gt; wrote:",
        "*On Tue, 24 Nov 2026 at 10:00, Zoë Support <support@desk.example> wrote:*",
        "On Tue, 24 Nov 2026 at 10:00, Zoë Support <support@desk.example>\n\nwrote:",
        "On Tue, Nov 24, 2026 at 10:00 AM, Zoë via Example Forum <\nforum@desk.example> wrote:",
        "\u200eOn Tue, 24 Nov 2026 at 10:00, Zoë <\u200esupport@desk.example\u200e> wrote:\u200e",
        "On Wednesday, November 24, 2026, Zoë Support wrote:",
        "Am Mittwoch, 24. November 2026 schrieb Zoë Support :",
        "In a message dated 11/24/2026 10:00:00 A.M. Eastern Standard Time, support@desk.example writes:",
        "2026/11/24 Zoë via Example Forum <support@desk.example>",
        "--------------------------------------------\nOn Tue, 11/24/26, Zoë <support@desk.example> wrote:",
        "Zoë Support <support@desk.example> schrieb am Di., 24. Nov. 2026, 10:00:",
        "Zoë Support schreef op di 24 nov 2026 10:00:\n> Klopt dat?",
        "24 ноября 2026 г., 10:00 пользователь Zoë <support@desk.example>\nнаписал:",
        "On Tue, 24 Nov 2026 at 10:00, Zoë Support <support@desk.example<mailto:support@desk.example>> wrote:",
        "Zoë Support <support@desk.example> ezt írta (időpont: 2026. nov. 24., K, 10:00):\n> Így van?",
        "Zoë Support <support@desk.example>, 24 Kas 2026 Sal, 10:00 tarihinde şunu yazdı:\n> Öyle mi?",
        '10:00 AM, November 24, 2026, "Zoë Support" <support@desk.example>:',
        "Tuesday, 24 November 2026, 10:00 AM +0300 from support@desk.example <support@desk.example>:",
        "On Tue, 24 Nov 2026 10:00:43 -0200 Zoë Support <support@desk.example> wrote",
        "Zoë of the Example Forum <\nsupport@desk.example> 于2026年11月24日周二 10:00写道：",
        'On Tue 24/11/26 10:00 , "Zoë Support" support@desk.example sent:',
        "Nork: Zoë Support <support@desk.example>, 2026-11-24 10:00 idatzi zuen:\n> Hala da?",
    ],
)
def test_odd_shapes(line):
    assert (
        new(f"My answer.\n\n{line}\n\nWhat they wrote.".replace("?\n\nWhat they wrote.", "?")) == "My answer."
    )


@pytest.mark.parametrize(
    "text",
    [
        "On Monday I saw this.\nOn Tuesday too.",
        "On 24.11.2026 we saw it again.\nThe man who came wrote:\nnothing to be done",
        "Am 24.11.2026 schrieb ich Ihnen:\nes geht nicht.",
        "My colleague wrote on 24.11.2026:\nit is broken",
        "2026-11-24 10:00:01 refused <ana@acme.example>\n2026-11-24 10:00:02 refused <bob@acme.example>",
        "Log:\n2026-11-24 10:00:01 refused <ana@acme.example>:\nno such user",
        "Please write to <ana@acme.example>:\nshe knows.",
        "El 24 de noviembre lo vimos:\nno funciona",
        "Op 24-11-2026 kwam dit:\nfout 12",
        "At 10:00 the server wrote to <log>:\nerror",
        "Hello\n\nAm Mittwoch, 24. November 2026 schrieb ich:\n\nes geht nicht.",
        "On Wednesday, November 24, 2026, we wrote:\n\nnothing works.",
        "Steps:\n- On 24.11.2026 at 10:00 the server wrote:\n- error",
        "Steps:\n\n- On 24.11.2026 at 10:00 Bob <bob@acme.example> wrote:\n\n- error",
        "Hello Mia,\n\nOn Nov 24, 2026 you wrote:\n\nIt works now.\n\nIt does not.",
        'I do not agree with this.\n\nOn Nov 24, 2026 you wrote:\n\n"It works now."\n\nIt does not.',
        "On 24.11.2026 we sent:\nthree parcels",
        "Please add Bob <bob@acme.example> on 24.11.2026 at 10:00 to this list:\n\n- all",
        "Our telephones are <\nand >",
        "Hi,\n\non 24.11.2026 at 10:00 a customer, Bob <bob@acme.example>, wrote us this:\n\nIt fails.\n\nWhy?",
        "Hallo,\n\nam 24.11.2026 um 10:00 schrieb uns ein Kunde:\n\nEs geht nicht.\n\nWarum?",
        "On 24.11.2026 at 10:00 Bob <bob@acme.example> wrote\nto you.",
    ],
)
def test_sentences_and_logs_are_none(text):
    assert new(text) == text


@pytest.mark.parametrize("zero", "٠۰०০๐")
def test_digits_of_other_scripts_are_compared_as_ours(zero: str) -> None:
    assert tidy("".join(chr(ord(zero) + digit) for digit in range(10))) == "0123456789"

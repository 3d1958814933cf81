"""Shapes in which mail programs put a quotation or a signature below an answer."""

from __future__ import annotations

import pytest

from channels.email.replies.split import divide
from tests.email.replies.test_own_words import MAIL, WROTE, shown
from tests.support.mail.letters import made, ours, reading

LINK = f"https://go.example/1?{'a=Yahoo_Mail_Signature&' * 9}b=1"
CUT = {
    "Samsung, all in one line": (
        "-------- Original message --------From: Mia <help@desk.example> Date: 24/11/2026  10:00  (GMT+01:00) "
        "To: Ana <ana@acme.example> Subject: Help\nWhich one?"
    ),
    "Samsung in German": (
        "-------- Ursprüngliche Nachricht --------Von: Mia <help@desk.example> Datum: 24.11.26  10:00  (GMT+01:00) "
        "An: Ana <ana@acme.example> Betreff: Hilfe\nWelche?"
    ),
    "Samsung, headers on a line of their own": (
        "-------- Original message --------\nFrom: Mia <help@desk.example> Date: 24/11/2026 10:00 (GMT+01:00) "
        "To: Ana <ana@acme.example> Subject: Help\nWhich one?"
    ),
    "Windows Mail in French": "Provenance : Courrier pour Windows 10",
    "Windows Mail in Japanese": "Windows 版のメールから送信",
    "Windows Mail in Chinese": "从 Windows 版邮件发送",
    "BlueMail": "Get BlueMail for Android \u2063",
    "an address without a date": "help@desk.example wrote:\n\nWhich one?",
    "an address without a date, Dutch": "help@desk.example schreef:\n\nWelke?",
    "an address without a date, Hungarian": "help@desk.example írta:\n\nMelyik?",
    "an address without a date, Romanian": "help@desk.example a scris:\n\nCare?",
    "a name first": "Mia Example schrieb am Do. 20. Juni 2024 um 14:49:\n\nWelche?",
    "HCL Notes": '"Mia Example" ---24.11.2026 10:00:11---Which one?\n\nFrom: Mia\nTo: Ana',
    "Yahoo on Android, with a long link": f"Sent from Yahoo Mail on Android <{LINK}>",
    "Yahoo on Android in French": f"Envoyé depuis Yahoo Mail pour Android ({LINK})",
    "Yahoo": "Yahoo Mail: Search, Organize, Conquer",
    "Yahoo in German": f"Yahoo Mail: Suchen, organisieren, erobern<{LINK}>",
    "Yahoo in Spanish": f"[Yahoo Mail: Busca, organiza, conquista]({LINK})",
    "Yahoo in Italian": "Yahoo Mail: cerca, organizza, prendi il controllo della tua casella di posta",
    "Yahoo in Portuguese": "Yahoo Mail: Pesquise, organize e aumente sua produtividade",
    "163 on a telephone": (
        "---- Replied Message ----\n| From | Mia<help@desk.example> |\n| Date | 11/24/2026 10:00 |\n"
        "| To | Ana<ana@acme.example>,\nBob<bob@acme.example> |\n| Cc | |\n| Subject | Re: Help |\n"
        "Which one?\n\nSince when?"
    ),
    "163 on a telephone in Chinese": (
        "---- 回复的原邮件 ----\n| 发件人 | Mia<help@desk.example> |\n| 日期 | 2026年11月24日 10:00 |\n"
        "| 收件人 | Ana<ana@acme.example> |\n| 主题 | Re: Help |\n哪一个？"
    ),
    "an attribution without a colon above copied headers": (
        "Am 24.11.26 um 10:00 schrieb Mia Example\n\nVon: Mia Example <help@desk.example>\n"
        "Datum: Dienstag, 24. November 2026 um 10:00\nAn: Ana <ana@acme.example>\nBetreff: Hilfe\n\nWelche?"
    ),
    "the same in French": (
        "Le 24/11/2026 à 10:00, Mia Example a écrit\n\nDe : Mia Example <help@desk.example>\n"
        "Envoyé : mardi 24 novembre 2026 10:00\nÀ : Ana\nObjet : Aide\n\nLaquelle ?"
    ),
    "the same in English": (
        "On 24/11/2026 at 10:00, Mia Example wrote\nFrom: Mia Example <help@desk.example>\n"
        "Date: 24/11/2026 10:00\nTo: Ana <ana@acme.example>\n\nWhich one?"
    ),
    "Yandex": '----------------\nКому: Ana\nТема: Help\n24.11.2026, 10:00, "Mia" <help@desk.example>:\n\nWhich one?',
}


@pytest.mark.parametrize("shape", CUT)
def test_what_programs_write_below_an_answer_is_not_shown_as_new(shape: str):
    parts = divide(f"It is 3.2.\n\n{CUT[shape]}")
    assert "".join(part.text for part in parts if part.kind == "new").strip() == "It is 3.2."


LINE = " ".join(MAIL)
FLAT: dict[str, tuple[str, tuple[str, ...]]] = {
    "attributed": (f"It is 3.2. {WROTE} {LINE}", ("It is 3.2.",)),
    "attributed in German": (
        f"Es ist 3.2. Am Di., 24. Nov. 2026 um 10:00 Uhr schrieb Support <help@desk.example>: {LINE}",
        ("Es ist 3.2.",),
    ),
    "attributed in Chinese": (
        f"是3.2。 在 2026年11月24日 10:00，Support <help@desk.example> 写道： {' '.join(MAIL[1:])}",
        ("是3.2。",),
    ),
    "with two blanks": (f"It is 3.2.  {WROTE}\u00a0 {LINE}", ("It is 3.2.",)),
    "marked": (f"> It is 3.2. {WROTE} {LINE}", (f"> It is 3.2. {WROTE} {LINE}",)),
    "below our line only": (f"It is 3.2. {LINE}", ("It is 3.2.",)),
    "with dates in the answer": (
        f"On Monday it was 3.1, on Tuesday 3.2. {WROTE} {' '.join(MAIL[1:])}",
        ("On Monday it was 3.1, on Tuesday 3.2.",),
    ),
    "answered again below": (f"It is 3.2. {WROTE} {LINE} Since Tuesday.", ("It is 3.2.", f"{LINE} Since Tuesday.")),
    "our line behind an answer": (f"Hello,\nit is 3.2. {LINE}", ("Hello,", "it is 3.2.")),
    "a mail of somebody else": (
        "It is so. On Monday, 23 November 2026 at 10:00, Bob <bob@acme.example> wrote: No. Why?",
        ("It is so.", "No. Why?"),
    ),
    "what somebody wrote": (
        "We told you on 24.11.2026 at 10:00, and Bob <bob@acme.example> wrote: it fails. Why?",
        ("We told you on 24.11.2026 at 10:00, and Bob <bob@acme.example> wrote: it fails. Why?",),
    ),
    "no answer": (f"{WROTE} It is 3.2.", (f"{WROTE} It is 3.2.",)),
    "no date": (
        "It is so. On Monday, Bob <bob@acme.example> wrote: no.",
        ("It is so. On Monday, Bob <bob@acme.example> wrote: no.",),
    ),
}  # fmt: skip
"""Replies to the mail above that a program wrote on one line, with lines that must be shown."""


@pytest.mark.parametrize("shape", FLAT)
@pytest.mark.parametrize("known", [MAIL, ()])
def test_a_quotation_on_the_line_of_its_answer_is_cut_and_nothing_is_hidden(
    shape: str, known: tuple[str, ...]
):
    text, typed = FLAT[shape]
    parts = reading(made(body=text), *known).parts
    assert "".join("".join(part.text for part in parts).split()) == "".join(text.split())
    if known:
        assert [line for line in typed if line not in shown(parts)] == []
        assert LINE not in shown(parts)
    else:
        assert {part.kind for part in parts} <= {"new", "unsure"}, "nobody knows the quotation"


def test_two_lines_from_the_top_of_our_mail_are_a_copy_and_two_from_below_its_text_a_quotation():
    top = "About this:\nCS-000001 · No export\nMedium · New\nIt is 3.2."
    sent = (MAIL[0], "CS-000001 · No export", "Medium · New", *MAIL[1:])
    assert [part.kind for part in divide(top, ours(*sent))] == ["new"]
    below = "\n".join(("It is 3.2.", "", *MAIL[-3:]))
    assert [part.kind for part in divide(below, ours(*sent))] == ["new", "quoted"]


@pytest.mark.parametrize("above", ["", "Hello,\n"])
@pytest.mark.parametrize("behind", [" mean?", "", "\nWhat does this line mean: " + MAIL[0]])
def test_our_line_within_a_sentence_hides_nothing_below_it_in_an_unknown_thread(above: str, behind: str):
    text = f"{above}What does {MAIL[0]}{behind}\nIt is on each mail.\n\nPlease explain."
    parts = reading(made(body=f"{text}\n\n{MAIL[0]}\nDear Ana,\nWhich one?")).parts
    visible = "\n".join(part.text for part in parts if part.kind in ("new", "unsure"))
    assert " ".join(visible.split()).startswith(" ".join(text.split()))
    assert not above or "Which one?" not in visible

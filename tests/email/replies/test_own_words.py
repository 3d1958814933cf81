"""What a person typed is shown in every shape of a reply, folded only where nobody can know whose it is."""

from __future__ import annotations

import itertools
import sys
import textwrap
from types import FrameType

import pytest

from bot.model.message import Part
from channels.email.replies import split
from channels.email.replies.own_text import MARKERS
from channels.email.replies.split import divide
from tests.support.mail.letters import ours

OUTLOOK = (
    "From: Support <help@desk.example>\nSent: Tuesday, November 24, 2026 10:00 AM\nTo: Ana\nSubject: Re: Help"
)
GERMAN = (
    "Gesendet: Dienstag, 24. November 2026 10:00\nVon: Support <help@desk.example>\nAn: Ana\nBetreff: Hilfe"
)
WROTE = "On Tue, Nov 24, 2026 at 10:00 AM, Support <help@desk.example> wrote:"
MAIL = (
    MARKERS[0], "Sam · 24 Nov 2026, 10:00", "Dear Ana,", "Which version do you use?", "Since when does it happen?",
    "Please send us the log file of that day, too.", "Kind regards", "Sam", "----",
    "CS-000001 · No export · just reply to this mail to answer", "-- ", "Acme Support · help@desk.example",
)  # fmt: skip
WHOLE = "\n".join(MAIL)
FOOT = "\n".join(MAIL[-4:])
AMONG = WHOLE.replace("you use?", "you use?\nIt is 3.2.").replace("happen?", "happen?\nSince Tuesday.")
PHISH = "From: Bank <bank@phish.example>\nSent: Monday, 23 November 2026 9:00\nTo: Ana\nSubject: Your account\n\nClick!"


def marked(text: str) -> str:
    return "\n".join(f"> {line}" for line in text.split("\n"))


ANSWERS = ("It is 3.2.", "Since Tuesday.")
KNOWN: dict[str, tuple[str, tuple[str, ...]]] = {
    "Outlook, answers between": (
        f"See my answers below.\n\n{OUTLOOK}\n\n{AMONG}",
        ("See my answers below.", *ANSWERS),
    ),
    "Outlook in German, answers between": (
        f"Siehe unten.\n\n{GERMAN}\n\n{AMONG}",
        ("Siehe unten.", *ANSWERS),
    ),
    "Outlook on the web, answers between": (
        f"See below.\n{'_' * 32}\n{OUTLOOK}\n\n{AMONG}",
        ("See below.", *ANSWERS),
    ),
    "an attribution, answers between": (f"{WROTE}\n\n{AMONG}", ANSWERS),
    "nothing above, answers between": (AMONG, ANSWERS),
    "marked, answers between": (
        f"{WROTE}\n{marked(WHOLE)}".replace("use?\n", "use?\nIt is 3.2.\n").replace(
            "en?\n", "en?\nSince Tuesday.\n"
        ),
        ANSWERS,
    ),
    "answers within the marks": (f"{WROTE}\n{marked(AMONG)}", tuple(f"> {line}" for line in ANSWERS)),
    "behind a marked line": (
        "Answers in the text.\n\n> Which version do you use? IT IS 3.2.\n> Since when does it happen?",
        ("Answers in the text.", "> Which version do you use? IT IS 3.2."),
    ),
    "behind a line of ours": (
        f"Below.\n\n{OUTLOOK}\n\n{WHOLE}".replace("you use?", "you use? IT IS 3.2."),
        ("Below.", "Which version do you use? IT IS 3.2."),
    ),
    "an attribution, the reply below": (f"{WROTE}\n\n{WHOLE}\n\nIt is 3.2.\nSince Tuesday.", ANSWERS),
    "a header block, the reply below": (f"{OUTLOOK}\n\n{WHOLE}\n\nIt is 3.2.\nSince Tuesday.", ANSWERS),
    "our mail, the reply below": (f"{WHOLE}\n\nIt is 3.2.\nSince Tuesday.", ANSWERS),
    "a word of ours as an answer": (
        f"{OUTLOOK}\n\n{WHOLE}".replace("use?", "use?\nSam").replace("en?", "en?\n4"),
        ("4",),
    ),
    "our address said again below": (
        f"{WROTE}\n\n{WHOLE}\n\nDear Ana,\nIt is 3.2.",
        ("Dear Ana,", "It is 3.2."),
    ),
    "a prompt of a program": (
        "This is what I did:\n\n>>> import foo\nError\n\nWhy?",
        (">>> import foo", "Error", "Why?"),
    ),
    "a log with marks": ("It says:\n> Error: no config\nWhy?", ("It says:", "> Error: no config", "Why?")),
    "a greeting of ours": (
        "Dear Ana,\nit works.\nKind regards\nSam",
        ("Dear Ana,", "it works.", "Kind regards", "Sam"),
    ),
    "a question of ours said again": (
        "You ask:\nWhich version do you use?\nIt is 3.2.",
        ("Which version do you use?",),
    ),
    "a mail of somebody else in the middle": (
        f"Is this yours?\n\n{PHISH}\n\nWhat shall I do?",
        ("What shall I do?",),
    ),
    "a header block only": (f"{GERMAN}\n\nIt is 3.2.\nSince Tuesday.", ANSWERS),
    "an attribution only": (f"{WROTE}\n\nIt is 3.2.", ("It is 3.2.",)),
    "all of it marked": ("> It is 3.2.\n> Since Tuesday.", ("> It is 3.2.", "> Since Tuesday.")),
    "signs as answers": (
        f"Below.\n\n{OUTLOOK}\n\n{AMONG}".replace("It is 3.2.", "👍").replace("Since Tuesday.", "???"),
        ("Below.", "👍", "???"),
    ),
    "a case that is named": (
        "About CS-000001 · No export:\nCS-000001 · No export\nIt is 3.2.",
        ("About CS-000001 · No export:", "CS-000001 · No export", "It is 3.2."),
    ),
    "an answer below our last lines": (
        f"Hello,\n\n{FOOT}\n\nIt is 3.2.\nSince Tuesday.",
        ("Hello,", *ANSWERS),
    ),
    "a command between": (
        f"{OUTLOOK}\n\n{AMONG}".replace("It is 3.2.", "#close"),
        ("#close", "Since Tuesday."),
    ),
}
"""Replies to the mail above, with lines that must be shown."""
UNKNOWN: dict[str, tuple[str, tuple[str, ...]]] = {
    "a header block, the reply below": (f"{GERMAN}\n\nIt is 3.2.\nSince Tuesday.", ANSWERS),
    "an English header block, the reply below": (f"{OUTLOOK}\n\nIt is 3.2.\nSince Tuesday.", ANSWERS),
    "a header block with a blank line": (f"{GERMAN.replace('An:', chr(10) + 'An:')}\n\nIt is 3.2.", ("It is 3.2.",)),
    "an attribution, the reply below": (f"{WROTE}\n\nIt is 3.2.", ("It is 3.2.",)),
    "all of it marked": ("> It is 3.2.\n> Since Tuesday.", ANSWERS),
    "attributed and marked only": (f"{WROTE}\n> It is 3.2.\n> Since Tuesday.", ANSWERS),
    "a rule above sentences": (
        "Hello\n--\nI have tried it again today. It does not work with the new version.\nWhat now?",
        ("Hello", "I have tried it again today. It does not work with the new version.", "What now?"),
    ),
    "a delimiter above sentences": (
        "Hello\n-- \nI have tried it again today.\nIt does not work with the new version.",
        ("I have tried it again today.", "It does not work with the new version."),
    ),
    "a dash above Japanese": (
        "はい\n—\n今日もう一度試しました。動きません。", ("今日もう一度試しました。動きません。",),
    ),
    "a postscript": ("It is 3.2.\n\n-- \nAna\nAcme\n\nPS: Since Tuesday.", ("It is 3.2.", "PS: Since Tuesday.")),
    "P.S.": ("It is 3.2.\n--\nAna\nP.S. Since Tuesday.", ("It is 3.2.", "P.S. Since Tuesday.")),
    "P.P.S.": ("It is 3.2.\n-- \nAna\nP.P.S. Since Tuesday.", ("P.P.S. Since Tuesday.",)),
    "P.D. in Spanish": ("Es la 3.2.\n-- \nAna\nP.D. Desde el martes.", ("P.D. Desde el martes.",)),
    "追伸": ("3.2です。\n-- \nアナ\n追伸 火曜日からです。", ("追伸 火曜日からです。",)),
    "another desk's marker at the top": (
        "##- Please type your reply above this line -##\n\nIt is 3.2.\nSince Tuesday.", ANSWERS,
    ),
    "such a marker in brackets": ("[Please reply above this line]\nIt is 3.2.", ("It is 3.2.",)),
    "such a marker with dashes": ("--- Reply above this line ---\n\nIt is 3.2.", ("It is 3.2.",)),
    "a log in the middle": (
        "We see this:\n----- begin -----\n10:00 ok\n----- end -----\nWhat now?", ("10:00 ok", "What now?"),
    ),
    "a prompt of a program": (">>> import foo\nError\n\nWhy?", (">>> import foo", "Error", "Why?")),
    "what somebody wrote": ("Ana from Acme wrote:\n\nIt is 3.2.", ("Ana from Acme wrote:", "It is 3.2.")),
    "a title that looks like a postscript": ("It is 3.2.\nSince Tuesday.\n-- \nPD Dr. Ana", ANSWERS),
    "a company that looks like a postscript": (
        "It is 3.2.\nSince Tuesday.\n-- \nAna\nPS Consulting GmbH", ANSWERS,
    ),
    "a table with addresses": (
        "We sent this:\n\n| From | ana@acme.example |\n| To | bob@acme.example |\n| Subject | Deal |\n\nWhy?",
        ("| From | ana@acme.example |", "| Subject | Deal |", "Why?"),
    ),
    "a table below a rule": (
        "We sent this:\n\n----------\n| From | ana@acme.example |\n| To | bob@acme.example |\n\nWhy?",
        ("| From | ana@acme.example |", "Why?"),
    ),
    "a sentence above copied headers": (
        "Am 24.11.2026 um 10:00 schrieb Herr Kurz\n\nVon: Mia Example <help@desk.example>\nDatum: 24.11.2026\n"
        "An: Ana\n\nWelche?",
        ("Am 24.11.2026 um 10:00 schrieb Herr Kurz",),
    ),
    "what somebody wrote above copied headers": (
        "Guten Tag,\nam 24.11.2026 um 10:00 schrieb Mia Example\n\nVon: Mia Example <help@desk.example>\n"
        "Datum: 24.11.2026\nAn: Ana\n\nWelche?",
        ("am 24.11.2026 um 10:00 schrieb Mia Example",),
    ),
    "words about Yahoo": (
        "These work:\n\nYahoo Mail: Search, folders, filters\n\nYahoo Mail: slow, ugly, dear",
        ("Yahoo Mail: Search, folders, filters", "Yahoo Mail: slow, ugly, dear"),
    ),
    "fields": ("Name: Ana\nVersion: 3.2\nDate: Tuesday\n\nWhy?", ("Version: 3.2", "Date: Tuesday", "Why?")),
}  # fmt: skip
"""Mails that answer nothing we know of."""


def shown(parts: tuple[Part, ...]) -> list[str]:
    kinds = ("new", "inserted", "unsure")
    return [
        line.strip() for part in parts if part.kind in kinds for line in part.text.split("\n") if line.strip()
    ]


@pytest.mark.parametrize("shape", KNOWN)
def test_nothing_that_was_typed_in_a_reply_to_our_mail_is_hidden(shape: str):
    text, typed = KNOWN[shape]
    parts = divide(text, ours(*MAIL))
    assert "\n".join(part.text for part in parts) == text
    assert [line for line in typed if line not in shown(parts)] == []
    new = "\n".join(part.text for part in parts if part.kind in ("new", "inserted"))
    assert "#close" not in new, "what may be quoted is no command"
    assert "Please send us" not in new


SIGNS = (*MAIL[:3], "🎉", "", "Your export works again.", "-> ?", *MAIL[3:5], "!!!", "☎", *MAIL[5:])


@pytest.mark.parametrize("mark", ["", "> ", ">> "])
@pytest.mark.parametrize("head", [OUTLOOK, WROTE])
def test_emoji_and_punctuation_of_our_mail_are_quoted_and_those_of_an_answer_shown(mark: str, head: str):
    rows = [f"{mark}{line}" for line in SIGNS]
    above = f"It is 3.2.\n\n{head}\n\n"
    assert shown(divide(above + "\n".join(rows), ours(*SIGNS))) == ["It is 3.2."]
    answered = "\n".join((*rows[:8], "👍", *rows[8:9], "", "???", "", *rows[9:]))
    assert shown(divide(above + answered, ours(*SIGNS))) == ["It is 3.2.", "👍", "???"]


@pytest.mark.parametrize("sign", ["?", "!", "🎉"])
def test_a_sign_that_a_program_puts_on_a_line_of_its_own_is_part_of_our_line(sign: str):
    sent = (
        *MAIL[:3],
        f"Pouvez-vous nous dire depuis quand vous utilisez la nouvelle version {sign}",
        *MAIL[5:],
    )
    wrapped = marked("\n".join(sent).replace(f" {sign}\n", f"\n{sign}\n"))
    assert shown(divide(f"Oui.\n\n{WROTE}\n{wrapped}", ours(*sent))) == ["Oui."]
    typed = f"> Non\n> {sign}"
    assert shown(divide(f"{WROTE}\n{wrapped}\n{typed}", ours(*sent))) == typed.split("\n")


@pytest.mark.parametrize("shape", UNKNOWN)
def test_nothing_that_was_typed_in_another_mail_is_hidden(shape: str):
    text, typed = UNKNOWN[shape]
    parts = divide(text)
    assert "\n".join(part.text for part in parts) == text
    found = [line.lstrip("> ") if line.startswith("> ") else line for line in shown(parts)]
    assert [line for line in typed if line not in found] == []


NOTE = (
    "They have not paid since March, and the contract ends in two weeks: be careful what you promise.", "❗",
    "PIN 4711",
    "Write to them:", "#close resolved", "Discount at most 5 percent", "Kind regards", "Max",
)  # fmt: skip
NOTED = (MARKERS[0], "CS-000001 · No export", "Internal note by Max on 24 Nov 2026. Customers do not see it.",
         *(f"> {line}" for line in NOTE), "----",
         "Reply to this mail to answer the customer. For an internal note, write to help+note@desk.example.",
    "#take, #close resolved and other commands work too, each on a line of its own; #help lists them all.", "-- ",
         "Acme Support · help@desk.example")  # fmt: skip
WRAPS = {
    "as it was": str,
    "narrow": lambda text: "\n".join("\n".join(textwrap.wrap(line, 40)) for line in text.split("\n")),
    "refilled": lambda text: textwrap.fill(text, 70),
    "in one line": lambda text: " ".join(text.split()),
    "with blank lines": lambda text: text.replace("\n", "\n\n"),
}
HEADS = (
    "",
    "-----Original Message-----\n",
    f"{OUTLOOK}\n\n",
    f"{WROTE}\n",
    "På tisdag klottrade Support så här:\n",
)
TOP = ("Dear Ana,", "we look into it.", "Kind regards", "Sam")


@pytest.mark.parametrize("wrap", WRAPS)
@pytest.mark.parametrize("mark", ["", "> ", ">> ", "| ", "\t", "- "])
def test_no_line_of_a_note_is_new_however_it_is_quoted_and_wrapped(wrap: str, mark: str):
    html = (line.removeprefix("> ") for line in NOTED)
    for quoted, head in itertools.product((NOTED, tuple(html), NOTE, NOTED[3:], NOTED[:6]), HEADS):
        text = "\n".join(f"{mark}{line}" for line in WRAPS[wrap]("\n".join(quoted)).split("\n"))
        parts = divide("\n".join((*TOP, "", head + text)), ours(*NOTED), ("\n".join(NOTE),))
        new = [
            line.strip()
            for part in parts
            if part.kind == "new"
            for line in part.text.split("\n")
            if line.strip()
        ]
        allowed = (*TOP, *HEADS[4:5], head.strip())
        assert [line for line in new if line not in allowed and any(map(str.isalnum, line))] == [], (
            quoted,
            head,
        )
        assert new[: len(TOP)] == [*TOP], (quoted, head)


BELOW = "They have not paid since March.\n#close They know nothing of it."


@pytest.mark.parametrize("command", ["#close", "#assign me", "#note"])
def test_text_of_a_note_below_a_command_is_not_new(command: str):
    parts = divide(f"{command}\n\n{BELOW}", internal=(BELOW,))
    assert [part.text for part in parts if part.kind == "new"] == [f"{command}\n"]
    assert {part.kind for part in divide(f"#reply\n\n{BELOW}", internal=(BELOW,))} == {"new"}


def calls(*arguments: object) -> int:
    """Return how many bytecode lines of the reader run: time that no busy machine changes."""
    count = 0

    def step(frame: FrameType, event: str, _: object) -> object:
        nonlocal count
        count += event == "line"
        return step if "replies" in frame.f_code.co_filename else None

    before = sys.gettrace()  # of a debugger, or of what measures coverage
    sys.settrace(step)
    try:
        divide(*arguments)  # type: ignore[arg-type]
    finally:
        sys.settrace(before)
    return count


NUMBERED = [f"{n:05}." for n in range(4900)]
HOSTILE: dict[str, tuple[object, ...]] = {
    "a block of ours on each line": ("\n".join(f"> {line}" for line in NUMBERED), ours(*NUMBERED)),
    "a word a thousand times": ("\n".join(["a " * 990] * 32), ours("a")),
    "a word, and a long line": ("\n".join(["a " * 990] * 32), ours("a", "b" * 600)),
    "a word in short lines": ("\n".join(["a " * 20] * 1600), ours("a", "b" * 600)),
}


@pytest.mark.parametrize("shape", HOSTILE)
def test_hostile_replies_take_few_steps(shape: str):
    assert calls(*HOSTILE[shape]) < 2_500_000


@pytest.mark.parametrize(
    ("line", "kind"), [("Their contract ends now", "inserted"), ("No, it ends tomorrow", "new")]
)
def test_an_internal_line_is_known_by_twenty_letters(line: str, kind: str):
    assert divide(f"Dear Ana,\n{line}", internal=(line,))[-1].kind == kind


def test_internal_texts_are_compared_with_a_limit(monkeypatch: pytest.MonkeyPatch):
    lines = [f"{n:020} is one line" for n in range(50)]
    note = "\n".join((lines[-1], "x" * 1000))
    assert divide("\n".join(lines), internal=(note,))[-1].kind == "inserted"
    text = "\n".join(f"{line}." for line in lines)
    monkeypatch.setattr(split, "MOST_COMPARED", 100)
    assert divide(text, internal=(f"a {lines[-1]} b",))[-1].kind == "new"

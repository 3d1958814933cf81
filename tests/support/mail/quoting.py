"""Fourteen ways in which programs and people quote one of our mails around an answer."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from email.message import EmailMessage
from html import escape
from typing import Any

from tests.support.houses.house import words

WHEN, DESK = "Tue, Nov 24, 2026 at 10:00 AM", "Acme Support <support@example.com>"
WROTE = f"On {WHEN}, {DESK} wrote:"
BLOCK = f"From: {DESK}\nSent: Tuesday, November 24, 2026 10:00 AM\nTo: Ana\nSubject: Re: Help"
Quoted = tuple[str, str]
"""A plain text and the HTML beside it; either may be empty."""


def marked(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def html_of(mail: Any) -> str:
    """The inside of our HTML."""
    whole = str(mail.get_body(("html",)).get_content())
    return whole[whole.index(">", whole.index("<body")) + 1 : whole.index("</body>")]


def paragraphs(answer: Sequence[str]) -> str:
    return "".join(f"<div>{escape(line) or '<br>'}</div>" for line in answer)


def _below(introduction: str, mark: Callable[[str], str] = str) -> Callable[[Sequence[str], Any], Quoted]:
    def way(answer: Sequence[str], mail: Any) -> Quoted:
        return "\n".join((*answer, "", introduction, mark(words(mail).strip()))), ""

    return way


def _gmail(answer: Sequence[str], mail: Any) -> Quoted:
    plain = "\n".join((*answer, "", WROTE, "", marked(words(mail).strip())))
    quote = (
        f'<div class="gmail_quote"><div>{escape(WROTE)}</div><blockquote>{html_of(mail)}</blockquote></div>'
    )
    return plain, f"{paragraphs(answer)}<br>{quote}"


def _between(answer: Sequence[str], mail: Any, mark: Callable[[str], str], introduction: str) -> Quoted:
    """The answer's lines stand below every third line of ours that has words."""
    lines, rest, count = [answer[0], "", introduction], list(answer[1:]), 0
    for line in words(mail).strip().split("\n"):
        lines.append(mark(line))
        count += bool(line.strip())
        if line.strip() and count % 3 == 0 and rest:
            lines.append(rest.pop(0))
    return "\n".join((*lines, *rest)), ""


def _split(answer: Sequence[str], mail: Any) -> Quoted:
    first, _, second = html_of(mail).partition("</h1>")
    halves = (first, second) if second else (html_of(mail), "")
    quoted = f"<blockquote type='cite'>{halves[0]}</blockquote>{paragraphs(answer[1:])}"
    return (
        "",
        f"{paragraphs(answer[:1])}<div>{escape(WROTE)}</div>{quoted}<blockquote>{halves[1]}</blockquote>",
    )


def _word(answer: Sequence[str], mail: Any) -> Quoted:
    blue = "".join(
        f"<p class=MsoNormal><span style='color:blue'>{escape(line)}</span></p>" for line in answer[1:]
    )
    head = "<br>".join(map(escape, BLOCK.split("\n")))
    rule = f"<div style='border:none;border-top:solid #E1E1E1 1.0pt'><p class=MsoNormal>{head}</p></div>"
    return "", f"<p class=MsoNormal>{escape(answer[0])}</p>{rule}{html_of(mail)}{blue}"


def _rewrapped(answer: Sequence[str], mail: Any) -> Quoted:
    rows = [row for line in words(mail).strip().split("\n") for row in (textwrap.wrap(line, 66) or [""])]
    return "\n".join((*answer, "", WROTE, "", marked("\n".join(rows)))), ""


ABOVE: dict[str, Callable[[Sequence[str], Any], Quoted]] = {
    "Gmail": _gmail,
    "Apple Mail": _below(f"> On Nov 24, 2026, at 10:00 AM, {DESK} wrote:\n>", marked),
    "Outlook": _below(f"{BLOCK}\n"),
    "Outlook on the web": _below(f"________________________________\n{BLOCK}\n"),
    "Thunderbird": _below("On 11/24/26 10:00, Acme Support wrote:", marked),
    "attributed, without marks": _below(f"{WROTE}\n"),
    "neither attributed nor marked": _below("\n"),
    "below our line only": _below(""),
    "wrapped anew": _rewrapped,
}
"""The answer stands above the quotation."""
AMONG: dict[str, Callable[[Sequence[str], Any], Quoted]] = {
    "between marked lines": lambda answer, mail: _between(answer, mail, lambda line: f"> {line}".rstrip(), WROTE),
    "between lines without marks": lambda answer, mail: _between(answer, mail, str, f"{BLOCK}\n"),
    "below a quotation without marks": lambda answer, mail: (
        "\n".join((f"{WROTE}\n", words(mail).strip(), "", *answer)), "",
    ),
    "between two blockquotes": _split,
    "in blue, by Word": _word,
}  # fmt: skip
"""Parts of the answer stand between the quoted lines, or below them."""
WAYS = ABOVE | AMONG


def quoting(
    way: Callable[[Sequence[str], Any], Quoted], answer: Sequence[str], mail: Any, sender: str
) -> EmailMessage:
    """An answer to a mail of ours, as a program would send it."""
    plain, html = way(answer, mail)
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, str(mail["Reply-To"]), f"Re: {mail['Subject']}"
    made["In-Reply-To"] = made["References"] = mail["Message-ID"]
    if plain:
        made.set_content(plain)
    if html and plain:
        made.add_alternative(f"<html><body>{html}</body></html>", subtype="html")
    elif html:
        made.set_content(f"<html><body>{html}</body></html>", subtype="html")
    return made

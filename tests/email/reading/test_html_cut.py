"""Mails whose plain text shows no quotation, and whose HTML marks one."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from bot.channel.protocols import Context, Letter
from channels.email.reading.inbound import read
from tests.support.mail.letters import READING

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
ANSWER = "Eya, isebenza kakuhle namhlanje.\nEnkosi."
QUOTED = "Ivela: Mia at Example <help@desk.example>\nIthunyelwe: 24 2026 10:00\nIya: Ana\nUmxholo: Fw\n\nIyasebenza?"
"""In a language whose words nobody told us."""
TO_HTML = QUOTED.replace("<", "&lt;").replace(">", "&gt;").replace("\n", "<br>")
SAID = "<p>Eya, isebenza kakuhle namhlanje.</p><p>Enkosi.</p>"
MARKS = {
    "Outlook": f"{SAID}<div style='border:none;border-top:solid #E1E1E1 1.0pt'><p>{TO_HTML}</p></div>",
    "Outlook on the web": f"{SAID}<div id='appendonsend'></div><div id='divRplyFwdMsg'>{TO_HTML}</div>",
    "Gmail": f"{SAID}<div class='gmail_quote'>{TO_HTML}</div>",
    "Outlook for Mac": f"{SAID}<span id='OLK_SRC_BODY_SECTION'><div>{TO_HTML}</div></span>",
}


def mail(plain: str, markup: str, *, picture: bool = False) -> bytes:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "ana@acme.example", "support@example.com", "Re: Fw"
    made.set_content(plain)
    made.add_alternative(f"<html><body>{markup}</body></html>", subtype="html")
    if picture:
        made.get_payload()[1].add_related(b"GIF89a", "image", "gif", cid="<p@acme.example>")  # type: ignore[union-attr]
    return made.as_bytes()


def divided(raw: bytes) -> list[tuple[str, str]]:
    inbound, _, _ = read(Letter(1, "email", "k", raw, {}, NOW), Context(), READING)
    return [(part.kind, part.text.strip()) for part in inbound.parts]


@pytest.mark.parametrize("picture", [False, True])
@pytest.mark.parametrize("markup", MARKS.values(), ids=MARKS)
def test_a_mark_in_the_html_divides_the_plain_text(markup: str, picture: bool) -> None:
    found = divided(mail(f"{ANSWER}\n\n{QUOTED}\n", markup, picture=picture))
    assert found == [("new", ANSWER), ("quoted", QUOTED)]


def test_a_plain_text_that_was_broken_is_divided_at_the_same_place() -> None:
    broken = QUOTED.replace("Example <", "Example\n<")
    found = divided(mail(f"{ANSWER}\n\n{broken}\n", MARKS["Outlook"]))
    assert found[0] == ("new", ANSWER)


@pytest.mark.parametrize(
    ("plain", "markup"),
    [
        (f"{ANSWER}\n\n{QUOTED}", f"{SAID}<p>{TO_HTML}</p>"),
        (f"{ANSWER}\n\n{QUOTED}\n\nEnkosi kakhulu.", f"{MARKS['Gmail']}<p>Enkosi kakhulu.</p>"),
        (f"{ANSWER}\n\nSomething else.\nAnd more.", MARKS["Gmail"]),
        (f"{ANSWER}\n\n{QUOTED}\n\n{QUOTED}", MARKS["Gmail"]),
        (QUOTED, f"<div class='gmail_quote'>{TO_HTML}</div>"),
    ],
    ids=["no mark", "an answer below", "other words", "twice", "nothing above"],
)
def test_where_the_html_does_not_say_so_nothing_is_cut_off(plain: str, markup: str) -> None:
    assert [kind for kind, _ in divided(mail(plain, markup))] == ["new"]

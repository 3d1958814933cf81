"""The mails that the benches send: about 6 kB each, every one with a marker of its own, and an order that repeats."""

from __future__ import annotations

import base64
import random
from collections.abc import Iterator
from dataclasses import dataclass

DESK = "support@desk.example"
KINDS = {"new": 60, "reply": 25, "attachment": 10, "automatic": 5}
"""Of a hundred mails."""
SIZE = 6000
"""Bytes of a mail, headers included."""
_WORDS = """
    campaign deal report impression publisher audience click segment invoice since yesterday the a of to
    and we see not numbers differ from dashboard please could you check our expected delivery is behind
    target again user access export mapping creative error after before morning thank
""".split()  # noqa: SIM905 - one word a line would be no easier to read


@dataclass(frozen=True, slots=True)
class Mail:
    """One message as its sender holds it: the same bytes however often it is sent."""

    marker: str
    """Occurs in this mail only: in its Message-ID, its subject and its text."""
    kind: str
    sender: str
    message_id: str
    data: bytes
    """CRLF, dots stuffed, with the line that ends it."""
    parent: str = ""
    """The Message-ID that it answers."""

    @property
    def raw(self) -> bytes:
        """The message as its receiver has it."""
        return self.data[:-3].replace(b"\r\n..", b"\r\n.")


def new(marker: str, dice: random.Random, *, sender: str, kind: str = "new", size: int = SIZE) -> Mail:
    """A mail that opens a case: ``new``, ``attachment`` or ``automatic``.

    With a large ``size``, the file is.
    """
    headers = [f"Subject: Numbers differ {marker}"]
    if kind == "automatic":
        headers += ["Auto-Submitted: auto-generated", "Precedence: bulk"]
    if kind != "attachment":
        return _mail(marker, kind, sender, headers=[*headers, *_TEXT], body=_text(marker, dice, size - 500))
    return _mail(marker, kind, sender, headers=[*headers, *_MIXED], body=_with_file(marker, dice, size))


def reply(marker: str, dice: random.Random, *, to: Mail) -> Mail:
    """The same person writes once more in the thread that ``to`` began, and quotes it as programs do."""
    headers = [f"Subject: Re: Numbers differ {to.marker}", f"In-Reply-To: {to.message_id}"]
    headers += [f"References: {to.message_id}", *_TEXT]
    quoted = "\n".join("> " + line for line in _text(to.marker, dice, SIZE // 2).splitlines())
    said = _text(marker, dice, SIZE // 2 - 700)
    body = f"{said}\n\nOn Mon, 2 Nov 2026 at 10:00, Support <{DESK}> wrote:\n{quoted}\n"
    return _mail(marker, "reply", to.sender, headers=headers, body=body, parent=to.message_id)


def mix(count: int, *, seed: int, prefix: str, size: int = SIZE) -> Iterator[Mail]:
    """Mails in the proportions of ``KINDS``; replies answer a mail of the first half of those before them.

    ``size`` is that of mails with an attachment.
    """
    dice = random.Random(seed)
    opened: list[Mail] = []
    for number in range(count):
        marker = f"{prefix}-{number:06d}"
        kind = dice.choices(list(KINDS), list(KINDS.values()))[0]
        if kind == "reply" and len(opened) > 60:
            yield reply(marker, dice, to=dice.choice(opened[: len(opened) // 2]))
            continue
        kind = "new" if kind == "reply" else kind
        sender = f"customer{dice.randrange(500)}@acme.example"
        mail = new(marker, dice, sender=sender, kind=kind, size=size if kind == "attachment" else SIZE)
        if kind == "new":
            opened.append(mail)
        yield mail


_TEXT = ["Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit"]
_MIXED = ['Content-Type: multipart/mixed; boundary="=_part"']


def _mail(marker: str, kind: str, sender: str, *, headers: list[str], body: str, parent: str = "") -> Mail:
    message_id = f"<{marker}@acme.example>"
    name = sender.partition("@")[0].title()
    top = [f"From: {name} <{sender}>", f"To: {DESK}", "Date: Mon, 02 Nov 2026 09:00:00 +0000"]
    text = "\n".join([*top, f"Message-ID: {message_id}", "MIME-Version: 1.0", *headers, "", body])
    data = text.encode().replace(b"\n", b"\r\n").replace(b"\r\n.", b"\r\n..") + b"\r\n.\r\n"
    return Mail(marker, kind, sender, message_id, data, parent)


def _text(marker: str, dice: random.Random, size: int) -> str:
    words = [f"Hello, about {marker}:"]
    length = 0
    while length < size:
        sentence = " ".join(dice.choices(_WORDS, k=11)).capitalize() + "."
        words.append(sentence)
        length += len(sentence) + 1
    return "\n".join(words) + "\nRegards, Ana Müller"


def _with_file(marker: str, dice: random.Random, size: int) -> str:
    file = base64.encodebytes(dice.randbytes(max(size - 2500, 1500) * 100 // 137)).decode()
    part = ["Content-Type: application/pdf", "Content-Transfer-Encoding: base64"]
    part += [f'Content-Disposition: attachment; filename="{marker}.pdf"', "", file]
    return "\n".join(["--=_part", *_TEXT, "", _text(marker, dice, 1500), "--=_part", *part, "--=_part--", ""])

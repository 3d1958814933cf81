"""Our reading of a folder of messages beside a careful parser's: how often the two agree, and where they do not."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bench.corpus.reference_parser import Careful, agrees, blanks, sizes
from channels.email.mime import message
from channels.email.mime.message import Mail


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One thing that the two readings say differently."""

    file: str
    what: str
    ours: str
    theirs: str


@dataclass
class Score:
    """Figures of one folder."""

    mails: int = 0
    refused: int = 0
    """Messages that are not compared, because they need UTF-7."""
    asked: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Family and measure → messages for which the careful parser says something."""
    agreed: Counter[tuple[str, str]] = field(default_factory=Counter)
    raised: list[str] = field(default_factory=list)
    slowest: float = 0.0
    """Seconds, of our reading of one message."""
    disagreements: list[Disagreement] = field(default_factory=list)

    @property
    def families(self) -> list[str]:
        """The first words of the files' names."""
        return sorted({family for family, _ in self.asked})

    def share(self, measure: str, *families: str) -> float:
        """How many of a hundred agree; without ``families``, of all."""
        keys = [(family, measure) for family in families or self.families]
        asked = sum(self.asked[key] for key in keys)
        return 100 * sum(self.agreed[key] for key in keys) / asked if asked else 100.0


def score(folder: Path) -> Score:
    """Read every ``NAME.eml`` beside its ``NAME.json``, and with CRLF beside its ``NAME.crlf.json``."""
    found = Score()
    for name, raw, careful in _pairs(folder):
        found.mails += 1
        began = time.perf_counter()
        try:
            mail = message.read(raw)
        except Exception as error:  # what must not happen is what is counted
            found.raised.append(f"{name}: {type(error).__name__}")
            continue
        found.slowest = max(found.slowest, time.perf_counter() - began)
        _compare(name, mail, careful, found)
    return found


def _pairs(folder: Path) -> Iterator[tuple[str, bytes, Careful]]:
    for file in sorted(folder.glob("*.eml")):
        raw = file.read_bytes().replace(b"\r\n", b"\n")
        if (told := file.with_suffix(".json")).exists():
            yield file.stem, raw, Careful.of(told, raw)
        raw = raw.replace(b"\n", b"\r\n")
        if (told := file.with_suffix(".crlf.json")).exists():
            yield f"{file.stem}.crlf", raw, Careful.of(told, raw)


def _compare(name: str, mail: Mail, careful: Careful, found: Score) -> None:
    if careful.refused:
        found.refused += 1
        return
    family = name.partition("-")[0]
    for what, ours, theirs in _measured(mail, careful):
        found.asked[family, what] += 1
        if any(agrees(ours, one) for one in theirs):
            found.agreed[family, what] += 1
        else:
            found.disagreements.append(Disagreement(name, what, ours, theirs[0]))


def _measured(mail: Mail, careful: Careful) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """The measure, our reading, and theirs, of which there may be two.

    What is doubtful may be read or kept, not lost.
    """
    text = careful.page if mail.html_used else careful.plain
    theirs = careful.sizes, careful.doubtful_sizes
    ours = [_besides(sizes(mail), one, careful.shown) for one in theirs]
    kept = ours[1] == careful.doubtful_sizes
    whole = blanks(" ".join((text, *careful.doubtful)))
    yield "text", blanks(mail.text), (text, whole) if kept else (whole,)
    yield "files", _listed(ours[0] if ours[0] == theirs[0] else ours[1]), tuple(map(_listed, theirs))
    if careful.subject is not None:
        yield "subject", mail.subject, (blanks(careful.subject),)
    if careful.sender is not None:
        yield "sender", mail.sender.address if mail.sender else "", (careful.sender,)


def _besides(ours: tuple[int, ...], theirs: tuple[int, ...], shown: tuple[int, ...]) -> tuple[int, ...]:
    """Our files without those that they have not, because they show them."""
    more = (Counter(ours) - Counter(theirs)) & Counter(shown)
    return tuple(sorted((Counter(ours) - more).elements()))


def _listed(sizes: tuple[int, ...]) -> str:
    return " ".join(map(str, sizes))

"""Golden outputs: all that people read, rendered from fixed facts. ``python -m tests.support.golden`` renews them."""

from __future__ import annotations

import difflib
import json
import lzma
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bot.commands.case import Open
from bot.config.choices import ListsSection
from bot.model.identity import Proof
from bot.model.request import OnCase
from bot.notices.catalogue import NOTICES
from bot.render.renderer import Renderer
from bot.template_check.lint import TemplateLint
from channels.slack.samples import notices, views
from channels.slack.text.i18n import translating
from channels.slack.workspace.settings import Settings
from tests.desk import test_access_table as table
from tests.support.houses.browser import WebHouse, get
from tests.support.houses.desk import TestDesk
from tests.support.houses.every_page import every_link
from tests.support.setup import databases

FOLDER = Path(__file__).parents[1] / "golden"
LINT, RENDERER = TemplateLint(), Renderer()
LISTS = ListsSection(features=["Delivery"], types={"Reporting": ("Discrepancy",), "API": ()})
NOW = datetime(2026, 11, 5, 14, 3, tzinfo=UTC)
_CHANGING = {
    "slack": ((re.compile(r'(?<="case:123):[0-9a-f]{6}(?=")'), ":DRAWING"),),
    "pages": (
        (re.compile(r"http://127\.0\.0\.1:\d+"), "https://support.example.com"),
        (re.compile(r"[\w.~-]*[\w~-]{20,}|(?<=/)\d{15,}"), "TOKEN"),
    ),
}
"""By surface: what differs from run to run, and its replacement."""
Outputs = Mapping[str, str]


def _mails(_: Path) -> Iterator[tuple[str, str]]:
    """Yield each notice in each language as mail: subject, text and HTML."""
    for notice in NOTICES.values():
        for language in LINT.languages():
            for bare in (False, True):
                words = LINT.words(notice, language, bare=bare)
                name = f"{notice.name} {language}{' bare' if bare else ''}"
                yield f"{name} text", f"{words.subject}\n\n{words.text}"
                yield f"{name} html", words.html


def _slack(_: Path) -> Iterator[tuple[str, str]]:
    """Yield each notice and each view in each language as Slack blocks."""
    for language in LINT.languages():
        rendered = (
            (notice.name, LINT.words(notice, language, markup=Settings.PROFILE.markup))
            for notice in NOTICES.values()
            if LINT.source(notice, language)
        )
        with translating(partial(RENDERER.in_words, language=language)):
            for sample in (*notices(rendered), *views(LISTS)):
                yield f"{sample.name} {language}", json.dumps(sample.body, indent=1, ensure_ascii=False)


def _pages(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield each page in each language."""
    with WebHouse(databases.sqlite(folder), folder) as house:
        house.app.desk.clock.read = lambda: NOW
        for name, link in every_link(house).items():
            for language in LINT.languages():
                yield f"{name} {language}", get(link, accept_language=language).html


def _answers(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield each command's answer in each language, for a requester and a specialist on new cases."""
    asked = (
        *table.FOR_THE_DESK,
        *table.OF_THE_DESK,
        *table.FOR_THE_OPENER,
        *table.FOR_CUSTOMERS,
        *table.LOOKED_UP,
    )
    with TestDesk(databases.sqlite(folder), folder) as desk:
        desk.desk.clock.read = lambda: NOW
        for role in ("requester", "specialist"):
            for command in asked:
                number = desk.ask(table.ROLES["requester"], Open("No delivery", "Nothing since noon.")).case
                on = replace(command, case=number) if isinstance(command, OnCase) else command
                for line in desk.ask(table.ROLES[role], on, proof=Proof.LINKED).answered:
                    for language in LINT.languages():
                        text = RENDERER.in_words(line.text, language)
                        yield f"{type(command).__name__} {role} {language}", f"{line.outcome}: {text}"


SURFACES: Mapping[str, Callable[[Path], Iterator[tuple[str, str]]]] = {
    "mails": _mails,
    "slack": _slack,
    "pages": _pages,
    "answers": _answers,
}


def rendered(surface: str, folder: Path) -> Outputs:
    """Return every output of a surface by its name, without what differs from run to run."""
    outputs = {}
    for name, text in SURFACES[surface](folder):
        outputs[name] = text
        for pattern, instead in _CHANGING.get(surface, ()):
            outputs[name] = pattern.sub(instead, outputs[name])
    return outputs


def kept(surface: str) -> Outputs:
    """Return the outputs that are in the repository."""
    outputs: Outputs = json.loads(lzma.decompress((FOLDER / f"{surface}.json.xz").read_bytes()))
    return outputs


def differences(before: Outputs, after: Outputs, *, most: int = 20) -> str:
    """Return what has changed, as a readable diff of the first outputs; empty if nothing has."""
    names = [name for name in sorted({*before, *after}) if before.get(name) != after.get(name)]
    diffs = (
        "\n".join(
            difflib.unified_diff(
                before.get(name, "").splitlines(),
                after.get(name, "").splitlines(),
                name,
                name,
                lineterm="",
                n=1,
            )
        )
        for name in names[:most]
    )
    more = f"\n… and {len(names) - most} more" if len(names) > most else ""
    return "\n".join(diffs) + more


def main() -> int:
    """``python -m tests.support.golden [SURFACE …]``: render them and keep them; prints what has changed."""
    FOLDER.mkdir(exist_ok=True)
    for surface in sys.argv[1:] or SURFACES:
        with tempfile.TemporaryDirectory() as folder:
            outputs = rendered(surface, Path(folder))
        file = FOLDER / f"{surface}.json.xz"
        print(
            differences(kept(surface) if file.exists() else {}, outputs) or f"{surface}: nothing has changed"
        )
        text = json.dumps(outputs, ensure_ascii=False, sort_keys=True, indent=0)
        file.write_bytes(lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME))
    return 0


if __name__ == "__main__":
    sys.exit(main())

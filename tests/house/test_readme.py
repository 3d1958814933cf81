"""The README's links, and the pages of the documentation: each leads somewhere, and each can be reached."""

from __future__ import annotations

import re
import runpy
import tomllib
from pathlib import Path

import click
import pytest

from bot.cli.main import casebot

HOME = Path(__file__).parents[2]
DOCS = sorted((HOME / "docs").glob("*.md"))
LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)|(?:src|srcset)=\"([^\"]+)\"")


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as they are made on the web."""
    titles = re.findall(r"(?m)^#+ (.+)$", page.read_text("utf-8"))
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def broken(page: Path) -> set[str]:
    """The links of a page that lead to nothing."""
    wrong = set()
    for target, anchor, picture in LINK.findall(page.read_text("utf-8")):
        path = (page.parent / (target or picture)) if target or picture else page
        if not path.exists() or (anchor and anchor not in anchors(path)):
            wrong.add(f"{target or picture}#{anchor}")
    return wrong


@pytest.mark.parametrize("page", [HOME / "README.md", *DOCS], ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    assert broken(page) == set()


def test_every_page_is_in_the_sites_contents() -> None:
    contents = (HOME / "docs" / "index.md").read_text("utf-8").splitlines()
    assert [page.stem for page in DOCS if page.stem not in (*contents, "index")] == []


def test_the_page_of_keys_has_each_key_of_the_example() -> None:
    page = runpy.run_path(str(HOME / "docs" / "conf.py"))["keys"]()
    example = (HOME / "config.example.toml").read_text("utf-8")
    tables = tomllib.loads(example)
    sections = [row for table in tables.values() for row in (table if isinstance(table, list) else [table])]
    names = {name for section in sections for name, value in section.items() if not isinstance(value, dict)}
    assert {name for name in names if f"| `{name}` | `" not in page} == set()


def test_the_readme_links_every_page_for_operators() -> None:
    linked = set(LINK.findall((HOME / "README.md").read_text("utf-8")))
    pages = {Path(target).name for target, _, _ in linked if target.startswith("docs/")}
    assert {page.name for page in DOCS} - pages <= {"index.md", "keys.md", "words.md"}


def test_every_command_is_on_the_page_of_commands() -> None:
    page = (HOME / "docs" / "commands.md").read_text("utf-8")
    assert [
        name for name in casebot.list_commands(click.Context(casebot)) if f"`casebot {name}" not in page
    ] == []


def test_each_picture_has_words_and_is_there_by_day_and_at_night() -> None:
    shown = dict[str, set[str]]()
    for page in (HOME / "docs").glob("*.md"):
        pictures = re.findall(
            r":::\{image\} pictures/(\w+)-(light|dark)\.webp\n((?::[a-z]+:.*\n)+)", page.read_text("utf-8")
        )
        for name, scheme, options in pictures:
            assert f":class: only-{scheme}\n" in options, (page.name, name)
            assert re.search(r":alt: .{20}", options), (page.name, name)
            shown.setdefault(name, set()).add(scheme)
    assert {name for name, schemes in shown.items() if schemes != {"light", "dark"}} == set()
    there = {file.name for file in (HOME / "docs" / "pictures").iterdir()}
    assert there == {f"{name}-{scheme}.webp" for name in shown for scheme in ("light", "dark")}


def test_the_pictures_are_small() -> None:
    assert sum(file.stat().st_size for file in (HOME / "docs" / "pictures").iterdir()) < 1_600_000


def test_the_changelog_begins_with_the_version_that_is_built() -> None:
    version = tomllib.loads((HOME / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    headings = re.findall(r"(?m)^## (\S+)", (HOME / "CHANGELOG.md").read_text("utf-8"))
    assert headings[0] == version

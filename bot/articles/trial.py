"""A trial of the suggestions against subjects whose right pages are known."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote

from bot.articles import suggest
from bot.articles.article import decoded
from bot.model.facts import Suggestion
from store.articles import article
from store.articles.article import ArticleLocation
from store.engine.transaction import Transaction

TrialResult = Literal["right", "wrong", "none", "kept quiet", "unwanted"]
"""The first three for a subject that a page answers, the other two for one that none does."""
FAILED: tuple[TrialResult, ...] = ("wrong", "none", "unwanted")
LARGEST = 10_000_000
"""Bytes of a file of questions."""


class NoQuestions(Exception):
    """The file cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class TrialSubject:
    """A subject as a customer would write it, and the pages that answer it: none, one, or any of several."""

    subject: str
    pages: tuple[str, ...]
    """Each is an article's title, its address or file, or how that ends."""


@dataclass(frozen=True, slots=True)
class TrialOutcome:
    """The result for one subject."""

    subject: str
    pages: tuple[str, ...]
    result: TrialResult
    shown: tuple[Suggestion, ...]
    unknown: tuple[str, ...]
    """Its pages that are no article's."""


@dataclass(frozen=True, slots=True)
class TryArticles:
    """Asks each subject as the form does while it is typed."""

    asked: Sequence[TrialSubject]

    def answer(self, tx: Transaction) -> tuple[TrialOutcome, ...]:
        places = _by_end(article.places(tx))
        return tuple(_tried(tx, subject, places) for subject in self.asked)


def read(raw: bytes) -> tuple[TrialSubject, ...]:
    """The subjects of a CSV file with the columns ``subject`` and ``page``.

    Several pages are separated by blanks, unless all of it is one title. Raises ``NoQuestions``.
    """
    text = decoded(raw[:LARGEST])
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator)
    names = {(name or "").strip().lower(): name for name in rows.fieldnames or ()}
    if not {"subject", "page"} <= set(names):
        raise NoQuestions("its first line must name the columns subject and page")
    try:
        pairs = [(_cell(row, names["subject"]), _cell(row, names["page"])) for row in rows]
    except csv.Error as error:
        raise NoQuestions(f"line {rows.line_num} cannot be read ({error})") from None
    subjects = tuple(TrialSubject(subject, (page,) if page else ()) for subject, page in pairs if subject)
    if not subjects:
        raise NoQuestions("it holds no subject")
    return subjects


def _cell(row: Mapping[str, str | None], name: str) -> str:
    return " ".join((row.get(name) or "").split())


def _by_end(places: Iterable[ArticleLocation]) -> dict[str, set[int]]:
    """Ids of articles by title, and by each ending of an address or a file's name."""
    ids_by_end: dict[str, set[int]] = {}
    for place in places:
        parts = [*unquote(place.url).rstrip("/").split("/")], place.name.split("/")
        ends = ("/".join(path[at:]) for path in parts for at in range(len(path)))
        for end in {place.title, *ends} - {""}:
            ids_by_end.setdefault(end.lower(), set()).add(place.id)
    return ids_by_end


def _tried(tx: Transaction, subject: TrialSubject, places: Mapping[str, set[int]]) -> TrialOutcome:
    pages = [part for page in subject.pages for part in ([page] if _expected(page, places) else page.split())]
    right = set().union(*(_expected(page, places) for page in pages))
    shown = suggest.find(tx, subject.subject)
    unknown = tuple(page for page in pages if not _expected(page, places))
    return TrialOutcome(subject.subject, tuple(pages), _result(bool(pages), right, shown), shown, unknown)


def _expected(page: str, places: Mapping[str, set[int]]) -> set[int]:
    return places.get(unquote(page).rstrip("/").lower(), set())


def _result(answerable: bool, right: set[int], shown: Sequence[Suggestion]) -> TrialResult:
    if not answerable:
        return "unwanted" if shown else "kept quiet"
    if not shown:
        return "none"
    return "right" if any(suggestion.id in right for suggestion in shown) else "wrong"

"""``casebot articles``: the documentation that is suggested to customers."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.terminal.context import NUMBER, json_option, limit_option, opened, questions, quiet, read_config
from bot.cli.terminal.errors import FAILED, Failure, content_of
from bot.cli.terminal.output import cell, column, say, say_json, table, when
from bot.cli.terminal.pages import going_on_after, nothing, page, page_options, say_next

if TYPE_CHECKING:
    from bot.articles.importer import ArticleImport, ArticleImportCounts
    from bot.articles.source import ArticleSource
    from bot.articles.trial import TrialOutcome
    from store.articles.article import Article

LISTED = 20
"""Of the files that could not be read, so many are named one by one."""


@click.group()
def articles() -> None:
    """The articles that are suggested to whoever opens a case."""


@articles.command("import")
@click.argument("where", metavar="DIR|SITEMAP")
@click.option(
    "--base-url",
    default="",
    help="Where DIR's files, or those beside SITEMAP, are read: https://docs.acme.com",
)
def import_articles(where: str, base_url: str) -> None:
    """Take in the articles of a folder of Markdown and HTML files, or of a sitemap (a file, or URL).

    What has changed since the last import of the same folder or sitemap replaces what there was, and what is
    gone is removed; so a nightly import keeps them fresh. Exit code 1 if a file or page could not be read: it
    is named, and what was known of it stays.
    """
    from bot.articles.importer import ArticleImport
    from bot.articles.source import NoSource

    source = _source(where, base_url)
    with opened(quiet(read_config())) as app:
        run = ArticleImport(source, app.writer, ask=app.desk.ask, now=app.desk.now())
        try:
            tally = _with_a_bar(run, source)
        except NoSource as error:
            raise Failure(f"{error}. Nothing was changed.") from None
    _tell(tally)
    if tally.unfit:
        click.get_current_context().exit(FAILED)


def _source(where: str, base_url: str) -> ArticleSource:
    from bot.articles.article import UnfitArticle, address
    from bot.articles.sitemap import Sitemap
    from bot.articles.source import ArticleFolder

    if base_url:
        try:
            base_url = address(base_url)
        except UnfitArticle:
            raise click.UsageError(f"--base-url: {base_url} is no http(s) URL.") from None
    if Path(where).is_dir():
        return ArticleFolder(Path(where), base_url=base_url)
    if not Path(where).is_file() and not where.startswith(("http://", "https://")):
        raise Failure(f"there is no folder and no file {where}. Nothing was changed.")
    return Sitemap(where, base_url=base_url)


def _with_a_bar(run: ArticleImport, source: ArticleSource) -> ArticleImportCounts:
    """Import with a progress bar on a terminal; elsewhere it is silent."""
    with click.progressbar(
        length=len(source.names), label="Importing articles", file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as bar:
        return run.run(lambda name: bar.update(1))


def _tell(tally: ArticleImportCounts) -> None:
    counts = tally.counts
    kinds = ("new", "changed", "same", "removed")
    say(", ".join(f"{counts[kind]:,} {kind}" for kind in kinds if counts[kind]).capitalize() + ".")
    if counts["nowhere"]:
        say(
            f"{counts['nowhere']:,} without an address: they are found by `casebot articles search`, but suggested to "
            "nobody. Give --base-url, or an address in each."
        )
    for name, why in tally.unfit[:LISTED]:
        say(f"  not read: {name}: {why}")
    if len(tally.unfit) > LISTED:
        say(f"  and {len(tally.unfit) - LISTED:,} more")


@articles.command()
@click.argument("where", metavar="DIR|SITEMAP")
def forget(where: str) -> None:
    """Remove all that was imported from a folder or sitemap.

    What it has solved, and how often it was opened, stays counted.
    """
    from bot.articles.importer import forget as forget_all

    with opened(quiet(read_config())) as app:
        origin = where if where.startswith(("http://", "https://")) else str(Path(where).resolve())
        count = forget_all(origin, app.writer, ask=app.desk.ask)
    if not count:
        raise Failure(
            f"nothing was imported from {origin}; `casebot articles show ID` says where an article is from"
        )
    say(f"{count:,} removed.")


@articles.command("list")
@page_options
@json_option
def list_articles(limit: int, after: int | None, as_json: bool) -> None:
    """A line per article, by where it came from."""
    from bot.articles.queries import ListArticles

    with questions() as at, going_on_after(f"article {after}"):
        read = at.ask(ListArticles(limit + 1, after))
    lines, more = page(read, limit)
    _say_articles(
        lines,
        as_json=as_json,
        nothing=nothing("No articles yet; `casebot articles import DIR` takes some in.", after),
    )
    if more:
        say_next(lines[-1].id, as_json=as_json)


@articles.command()
@click.argument("words", nargs=-1, required=True)
@limit_option
@json_option
def search(words: tuple[str, ...], limit: int, as_json: bool) -> None:
    """The articles that hold any of the words, the best first."""
    from bot.articles.queries import FindArticles

    with questions() as at:
        matches = at.ask(FindArticles(" ".join(words), limit))
    _say_articles(matches, as_json=as_json, nothing="No article holds any of these words.")


@articles.command("test")
@click.argument("file", metavar="FILE.csv", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
def test_articles(file: Path, as_json: bool) -> None:
    """Ask the subjects of a CSV file as customers would, and count which articles they get.

    The columns are subject and page. page: the address, file or title of the article that answers, or how it
    ends; empty for a subject that none answers. Changes nothing.
    """
    from bot.articles.trial import NoQuestions, TryArticles, read

    try:
        subjects = read(content_of(file, 16))
    except NoQuestions as error:
        raise Failure(f"{file}: {error}. Nothing was asked.") from None
    with questions() as at:
        tried: tuple[TrialOutcome, ...] = at.ask(TryArticles(subjects))
    if as_json:
        say_json(tried)
    else:
        _say_tried(tried)


def _say_tried(tried: tuple[TrialOutcome, ...]) -> None:
    from bot.articles.trial import FAILED

    failed = [outcome for outcome in tried if outcome.result in FAILED]
    rows = (
        (outcome.result, outcome.subject, " · ".join(article.title for article in outcome.shown) or "-")
        for outcome in failed
    )
    if failed:
        table(("RESULT", "SUBJECT", "ARTICLES SHOWN"), rows, nothing="")
        say()
    for line in _counted(tried):
        say(line)
    unknown = sorted({page for outcome in tried for page in outcome.unknown})
    if unknown:
        say(f"These pages are no article's, or not imported: {', '.join(unknown[:LISTED])}")


def _counted(tried: tuple[TrialOutcome, ...]) -> Iterator[str]:
    counts = Counter(outcome.result for outcome in tried)
    answerable = sum(counts[name] for name in ("right", "wrong", "none"))
    if answerable:
        shares = ", ".join(
            f"{counts[name]:,} {name} ({counts[name] / answerable:.0%})"
            for name in ("right", "wrong", "none")
        )
        what = f"{answerable:,} subject{'s' * (answerable > 1)} that an article answers"
        yield f"{what}: {shares}."
    if others := len(tried) - answerable:
        what = f"{others:,} subject{'s' * (others > 1)} that none answers"
        yield f"{what}: {counts['unwanted']:,} got one all the same ({counts['unwanted'] / others:.0%})."


@articles.command()
@click.argument("id", type=NUMBER)
@json_option
def show(id: int, as_json: bool) -> None:
    """One article, as it was last imported."""
    from bot.articles.queries import ShowArticle

    with questions() as at:
        article: Article | None = at.ask(ShowArticle(id))
    if article is None:
        raise Failure(f"there is no article {id}; `casebot articles list` shows those there are")
    if as_json:
        say_json(article)
        return
    about = {
        "address": article.url,
        "language": article.language,
        "keywords": article.keywords,
        "from": article.origin,
    }
    say(article.title)
    for name, value in {**about, "file": article.name, "imported": when(article.imported_at)}.items():
        if value:
            say(f"  {name:<9} {value}")
    say(f"\n{article.text}")


def _say_articles(matches: Sequence[Article], *, as_json: bool, nothing: str) -> None:
    if as_json:
        say_json(matches)
        return
    rows = (
        (
            str(article.id),
            cell(article.imported_at),
            article.language,
            article.url or article.name,
            article.title,
        )
        for article in matches
    )
    table(("ID", column("IMPORTED"), "LANGUAGE", "ADDRESS", "TITLE"), rows, nothing=nothing)

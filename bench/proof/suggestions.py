"""How often a customer's subject gets the page that answers it, on other projects' documentation."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from bench.support import databases
from bench.support.documentation import SETS, Set
from bench.support.house import House
from bot.app import open_app
from bot.articles.importer import ArticleImport
from bot.articles.source import ArticleFolder
from bot.articles.trial import FAILED, TrialOutcome, TryArticles, read
from bot.channel.installed import sections
from bot.config.load import load

QUESTIONS = Path(__file__).parents[1] / "questions"
COLUMNS = ("right", "wrong", "none", "unwanted")


def main() -> int:
    """``python -m bench.proof.suggestions [SET…]``: a row for each set and store."""
    options = _options()
    print(f"{'documentation':<22}{'store':<12}{'articles':>8}" + "".join(f"{name:>10}" for name in COLUMNS))
    for kind in options.stores:
        for one in (one for one in SETS if one.name in (options.sets or names())):
            with tempfile.TemporaryDirectory(prefix="casebot-suggestions-") as folder:
                articles, tried = measure(one, kind, Path(folder))
            print(row(one, kind, articles, tried), flush=True)
            for line in failures(tried) if options.failed else ():
                print(line)
    return 0


def measure(one: Set, kind: str, folder: Path) -> tuple[int, Sequence[TrialOutcome]]:
    """How many articles a set has in a fresh store, and what each subject got."""
    questions = read((QUESTIONS / f"{one.name}.csv").read_bytes())
    with (
        databases.fresh(kind, folder) as url,
        open_app(load(House(folder, url=url, relay=1).config, sections())) as app,
    ):
        source = ArticleFolder(one.fetched(), base_url="https://docs.example.com")
        run = ArticleImport(source, app.writer, ask=app.desk.ask, now=app.desk.now())
        counts = run.run(lambda name: None).counts
        tried: Sequence[TrialOutcome] = app.desk.ask(TryArticles(questions))
    mistakes = [page for each in tried for page in each.unknown]
    assert not mistakes, mistakes
    return counts["new"], tried


def row(one: Set, kind: str, articles: int, tried: Sequence[TrialOutcome]) -> str:
    """Shares of the subjects that a page answers, and of those that none does."""
    counts = Counter(each.result for each in tried)
    answerable = sum(counts[name] for name in ("right", "wrong", "none"))
    among = {"unwanted": len(tried) - answerable}
    shares = (f"{counts[name] / among.get(name, answerable):>10.0%}" for name in COLUMNS)  # type: ignore[index]
    name = f"{one.name}{' *' if one.held_back else ''}"
    return f"{name:<22}{kind:<12}{articles:>8}" + "".join(shares)


def failures(tried: Sequence[TrialOutcome]) -> list[str]:
    """A line for each that went wrong."""
    return [
        f"    {each.result:<9}{each.subject}  →  {', '.join(one.title for one in each.shown) or '-'}"
        for each in tried
        if each.result in FAILED
    ]


def names() -> list[str]:
    """Of the sets."""
    return [one.name for one in SETS]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bench.proof.suggestions", description=f"{__doc__} *: nothing is tuned to it."
    )
    parser.add_argument("sets", nargs="*", metavar="SET", help=f"of {', '.join(names())}")
    parser.add_argument("--stores", nargs="*", default=list(databases.KINDS), choices=databases.KINDS)
    parser.add_argument("--failed", action="store_true", help="name the subjects that failed")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

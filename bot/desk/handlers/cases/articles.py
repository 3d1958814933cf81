"""Article suggestions to whoever opens a case, and what "this solved it" does."""

from __future__ import annotations

from bot.articles import suggest
from bot.commands.articles import Deflect, Solved
from bot.commands.case import Close
from bot.desk.handlers.cases import lifecycle, waiting_dispatches
from bot.desk.turn.handler import handles
from bot.desk.turn.turn import Turn
from bot.model.errors import Refusal
from bot.model.facts import ArticleFacts
from bot.model.translatable import saying
from bot.notices.case import Confirmation
from bot.queries.articles import Suggest
from store.articles import article as articles
from store.articles import deflection
from store.articles.article import Article
from store.cases.case import Case
from store.people.person import Person
from store.report import NOTHING_FITTED, SHOWN


def suggested(turn: Turn, case: Case, to: Person, text: str) -> tuple[ArticleFacts, ...]:
    """Articles that may help with a new case, for its requester ``to``.

    Each with a link to confirm that it did, if they read alone. The history keeps what was shown, and that
    nothing fitted: the report counts both.
    """
    if turn.request.quiet or case.held or to.staff:
        return ()
    suggestions = Suggest(case.subject, text).answer(turn.tx)
    if suggest.articles(turn.tx):
        titles = [article.title for article in suggestions]
        turn.record(case, SHOWN if titles else NOTHING_FITTED, articles=titles)
    alone = turn.places.reads_alone(Confirmation, to, case)
    return tuple(
        ArticleFacts(
            suggestion.title,
            suggestion.url,
            turn.notifier.page_url("solved", case, to, suggestion.id) if alone else "",
        )
        for suggestion in suggestions
    )


@handles(Solved)
def solved(turn: Turn, command: Solved) -> str:
    """Count an article that solved a case, once for each, and close the case as no longer an issue.

    A case that is over already is not counted.
    """
    case, article = turn.case(command.case), _article(turn, command.article)
    if not case.over or waiting_dispatches.closing_waits(turn, case):
        _count(turn, article, channel=turn.person.channel, case=case)
        turn.record(case, "solved by an article", article=article.title)
    return lifecycle.close(turn, Close(case.id, "no_longer"))


@handles(Deflect)
def deflect(turn: Turn, command: Deflect) -> str:
    """Count an article that solved something; there is no case."""
    article = _article(turn, command.article)
    _count(turn, article, channel=turn.request.source, case=None)
    return saying("“{title}” solved it: no case was opened. Thank you for telling us.", title=article.title)


def _count(turn: Turn, article: Article, *, channel: str, case: Case | None) -> None:
    deflection.write(
        turn.tx,
        article.id,
        article.title,
        person_id=turn.person.id,
        channel=channel,
        case_id=case.id if case else None,
        now=turn.now,
    )


def _article(turn: Turn, number: int) -> Article:
    article = articles.get(turn.tx, number)
    if article is None:
        raise Refusal(saying("That article is no longer there, so it could not be counted."))
    return article

"""What customers say when they are asked how it went, counted part by part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable
from datetime import UTC

from bot.reports.figures import Comment, Satisfaction
from bot.syntax.case_numbers import label
from store.engine.columns import StoredMoment, utc
from store.report import InvitedSurvey


class SatisfactionCount:
    """Counts the invitations sent, and the answers given, in a period."""

    def __init__(self, since: StoredMoment, until: StoredMoment) -> None:
        self._since, self._until = since, until
        self._invited = self._returned = 0
        self._scale = Counter[int | None]()
        self._comments: list[tuple[StoredMoment, int, Comment]] = []

    def add(self, surveys: Iterable[InvitedSurvey], cases: Container[int]) -> None:
        """Count the surveys of these cases, by their numbers."""
        for survey in surveys:
            if survey[1] in cases:
                self._add(survey)

    def _add(self, survey: InvitedSurvey) -> None:
        number, case_id, invited_at, answered_at, rating, comment = survey
        if self._since <= invited_at < self._until:
            self._invited += 1
            self._returned += rating is not None
        if answered_at is not None and self._since <= answered_at < self._until:
            self._scale[rating] += 1
            if comment and rating:
                in_words = Comment(label(case_id), rating, comment, utc(answered_at).replace(tzinfo=UTC))
                self._comments.append((invited_at, number, in_words))

    def satisfaction(self) -> Satisfaction:
        """The figures, and the comments, newest first."""
        comments = [comment for _, _, comment in sorted(self._comments, key=lambda invited: invited[:2])]
        return Satisfaction(
            invited=self._invited,
            returned=self._returned,
            scale=tuple(self._scale[rating] for rating in range(1, 6)),
            comments=tuple(sorted(comments, key=lambda comment: comment.at, reverse=True)),
        )

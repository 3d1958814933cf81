"""Surveys: what somebody who was invited says about how it went."""

from __future__ import annotations

from bot.commands.case import Rate
from bot.desk.turn.handler import handles
from bot.desk.turn.turn import Turn
from bot.model.errors import BadCommand, NotAllowed
from bot.model.translatable import saying
from bot.notices.case import SurveyAnswered
from bot.syntax.case_numbers import label
from store.cases import survey as surveys

LONGEST = 5000
"""Characters of a comment."""
SCALE = range(1, 6)
"""From bad to very good."""


@handles(Rate)
def rate(turn: Turn, command: Rate) -> str:
    """Write a survey's answer, replacing an earlier one, and tell the case's staff."""
    case = turn.case(command.case)
    invitation = surveys.get(turn.tx, command.survey)
    if invitation is None or (invitation.case_id, invitation.person_id) != (case.id, turn.person.id):
        raise NotAllowed(saying("Only the person who was invited can answer that survey."))
    _check(command)
    comment = command.comment.strip()
    surveys.answer(turn.tx, invitation.id, rating=command.rating, comment=comment, now=turn.now)
    turn.record(case, "survey answered", rating=command.rating, comment=" ".join(comment.split())[:300])
    turn.notifier.tell_desk(
        SurveyAnswered(
            sender=turn.person.shown,
            rating=command.rating,
            comment=comment,
            changed=invitation.rating is not None,
        ),
        case,
    )
    return saying("Thank you for telling us how we did on {case}.", case=label(case.id))


def _check(command: Rate) -> None:
    if command.rating not in SCALE:
        raise BadCommand(
            saying("Please choose a number from 1 to 5."), {"rating": saying("is needed, from 1 to 5")}
        )
    if len(command.comment) > LONGEST:
        raise BadCommand(
            saying("Please use at most {most} characters.", most=str(LONGEST)),
            {"comment": saying("is too long")},
        )

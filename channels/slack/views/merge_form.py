"""The form to merge a case with another: likely ones to choose from, or any number."""

from __future__ import annotations

from collections.abc import Sequence

from bot.queries.merge_candidates import MergeCandidate
from channels.slack.text.i18n import _
from channels.slack.views.blocks import Json, context, field, line, modal, option, radio, text_input

INTO, TAKE_IN = "into", "take_in"


def merge(number: str, candidates: Sequence[MergeCandidate], *, meta: str) -> Json:
    """The form. ``candidates``: the likeliest first."""
    nothing = _(
        "No open case of the same person or organisation looks like it. Type the number of another one."
    )
    chosen = field("chosen", _("With which case?"), radio("chosen", _choices(candidates)), optional=True)
    this_one = option(_("{case} becomes a part of that one", case=number), INTO)
    that_one = option(_("That one becomes a part of {case}", case=number), TAKE_IN)
    way = {**radio("way", [this_one, that_one]), "initial_option": this_one}
    typed = text_input("typed", most=20, hint="CS-000123")
    blocks = [
        chosen if candidates else context(nothing),
        field(
            "into",
            _("Or another one, by its number") if candidates else _("Its number"),
            typed,
            optional=bool(candidates),
        ),
        field("way", _("Which way?"), way),
        field(
            "why",
            _("Why?"),
            text_input("typed", lines=True),
            optional=True,
            hint=_("Only the support team reads it."),
        ),
        context(_("The part is closed, and its number leads to the other case. `unmerge` undoes it.")),
    ]
    return modal("merge", _("Merge {case}", case=number), blocks, submit=_("Merge"), meta=meta)


def _choices(candidates: Sequence[MergeCandidate]) -> list[Json]:
    return [
        option(f"{case.number} · {line(case.subject)}", case.number, f"{line(case.requester)}: {_(case.why)}")
        for case in candidates
    ]

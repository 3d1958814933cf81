"""What follows the form for a new case: its number, who else takes part, and what came of that."""

from __future__ import annotations

from collections.abc import Sequence

from bot.model.facts import Answered
from channels.slack.text.i18n import _
from channels.slack.views.blocks import Json, actions, button, context, field, header, modal, safe, section

OPENED = "opened"
"""The block_id of the button that shows the case."""
COLLEAGUES = "colleagues"
"""The action_id under which Slack asks us whom to offer."""
FOR_STAFF = (
    "More people on the customer's side: they are told of the case and may answer. Your colleagues see every case; "
    "“Hand over…” and “Watch” on its card are for them."
)
MOST = 20
"""People who can be added in one step."""


def opened(
    number: str,
    subject: str,
    *,
    meta: str,
    note: str = "",
    colleagues: bool = False,
    customer: str = "",
    staff: bool = False,
    closes_all: bool = False,
) -> Json:
    """The number of the case, and a menu of people to add to it.

    ``colleagues``: chosen among the contacts of an account, else among all in the workspace. ``customer``: whose case
    it is, if somebody of the desk has opened it for them; ``staff``: its reader is of the desk.
    """
    blocks = [
        *_number(number, subject, customer),
        *([context(safe(note, 1000))] if note else []),
        field(
            "people",
            _("Collaborators"),
            menu_of_colleagues() if colleagues else menu_of_users(),
            optional=True,
            hint=_(FOR_STAFF) if staff else _("They are told of the case and may answer."),
        ),
    ]
    return modal(
        "collaborators",
        _("Add collaborators"),
        blocks,
        submit=_("Add"),
        close=_("Close"),
        meta=meta,
        closes_all=closes_all,
    )


def confirmed(
    number: str,
    subject: str,
    answered: Sequence[Answered],
    *,
    customer: str = "",
    closes_all: bool = False,
) -> Json:
    """The number once more, and who was added or why not."""
    signs = {"done": "✅"}
    lines = [section(f"{signs.get(line.outcome, '🚫')} {safe(line.text, 1000)}") for line in answered]
    blocks = [*_number(number, subject, customer), *lines]
    return modal("seen", _("Case opened"), blocks, close=_("Close"), closes_all=closes_all)


def menu_of_colleagues() -> Json:
    """A menu that asks us while somebody types ("Block suggestion payload")."""
    asks = {"min_query_length": 2, "max_selected_items": MOST}
    return {"type": "multi_external_select", "action_id": COLLEAGUES, **asks}


def menu_of_users() -> Json:
    """A menu of all people in the workspace."""
    return {"type": "multi_users_select", "action_id": "people", "max_selected_items": MOST}


def _number(number: str, subject: str, customer: str) -> list[Json]:
    words = _("Please include this number in all communication about it. We answer you here in Slack.")
    if customer:
        words = _(
            "It is {who}'s case: they are told its number. Answer them from the case's card.",
            who=safe(customer, 100),
        )
    case = str(int(number.rpartition("-")[2]))
    return [
        header(_("{case} is open", case=number)),
        section(f"*{safe(subject, 200)}*\n{words}"),
        actions([button(_("Show the case"), "case_show", case)], block_id=OPENED),
    ]

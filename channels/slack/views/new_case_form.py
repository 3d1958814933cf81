"""The form that opens a case: the fields of the process, the category by the type."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from bot.commands.missing_fields import questions
from bot.model.facts import Suggestion
from bot.syntax.ids import ids
from channels.slack.text.fallback_text import escaped
from channels.slack.text.i18n import _
from channels.slack.views.articles import helpful, search_row
from channels.slack.views.blocks import (
    FIELD,
    LABEL,
    MOST_OPTIONS,
    Json,
    actions,
    checkboxes,
    context,
    field,
    modal,
    option,
    options,
    safe,
    section,
    select,
    text_input,
)

EXAMPLES = "For example: {examples}"
NEEDS_CONTACT = "This priority needs a technical contact who can be reached at any time."
USUAL_GUIDANCE = "What did you do, what happened, and what should have happened?"
MOST_FILES = 10
"""File input element: 1 to 10."""
FILES_HINT = "Ten at most, 10 MB each. Larger ones go into the thread of the case, up to 200 MB."
"""What `Files.fetch` takes is the larger number."""
FEW_FILES = "Ten at most, 10 MB each."


class FormChoices(Protocol):
    """The parts of ``[lists]`` that this form offers."""

    @property
    def priorities(self) -> Sequence[str]: ...

    @property
    def default_priority(self) -> str: ...

    @property
    def blocker(self) -> str: ...

    @property
    def meanings(self) -> Mapping[str, str]: ...

    def examples(self, priority: str) -> Sequence[str]: ...

    @property
    def subject_examples(self) -> Sequence[str]: ...

    @property
    def id_label(self) -> str: ...

    @property
    def id_names(self) -> Sequence[str]: ...

    @property
    def features(self) -> Sequence[str]: ...

    @property
    def types(self) -> Mapping[str, Sequence[str]]: ...

    @property
    def guidance(self) -> Mapping[str, Sequence[str]]: ...


@dataclass(frozen=True, slots=True)
class FormDraft:
    """The values known when the form is shown. ``type`` and ``blocker`` decide which fields there are."""

    priority: str = ""
    subject: str = ""
    text: str = ""
    ids: str = ""
    type: str = ""
    articles: tuple[Suggestion, ...] = ()
    search: bool = False
    """Does a button search articles? Where too many forms are changed as it is."""
    sought: bool = False
    """Was it clicked?"""
    post: bool = False
    """May it also be posted in the channel where the form was opened?"""
    about: str = ""
    """A subject that is being typed: the IDs in it are named, so that nobody writes them twice."""


def new_case(
    lists: FormChoices, draft: FormDraft, *, meta: str = "", scope: str = "", team: str = "", web: str = ""
) -> Json:
    """The modal. Its fields keep their block_ids whatever is chosen, so that typed text stays.

    ``scope``: what the desk helps with, in a sentence of the operator's; ``team``: who helps with everything
    else; ``web``: their own page for a new case, where files may be larger.
    """
    blocks = [
        context(
            safe(scope, 1000) if scope else "",
            _elsewhere(team) if team or not scope else "",
            _("Any language is welcome; English speeds things up."),
        ),
        field(
            "subject", _("Subject"), _subject(draft), hint=_examples(lists.subject_examples), dispatch=True
        ),
        *helpful(draft.articles),
        *(search_row(nothing=draft.sought and not draft.articles) if draft.search else []),
        field(
            "text",
            _("Description"),
            text_input("typed", lines=True, start=draft.text),
            hint=_hint(lists, draft.type),
        ),
        *_priority(lists, draft),
        *_blocker(lists, draft),
        *_feature(lists),
        *_kind(lists, draft),
        field(
            "ids",
            _(lists.id_label),
            text_input("typed", most=500, start=draft.ids),
            optional=True,
            hint=_ids_hint(draft.about or draft.subject, lists.id_names),
        ),
        *file_field(web, _("open the case on the web"), optional=True),
        *([_post_field()] if draft.post else []),
    ]
    return modal("new_case", _("New support case"), blocks, submit=_("Open the case"), meta=meta)


def _elsewhere(team: str) -> str:
    if team:
        return _("Not our product? Contact your local service team: {team}.", team=safe(team, 320))
    return _("Not our product? Contact your local service team.")


def file_field(page: str, label: str, *, optional: bool = False) -> list[Json]:
    """The field for files, and for larger ones a link to the reader's own ``page``, if they have one."""
    element = {"type": "file_input", "action_id": "files", "max_files": MOST_FILES}
    if not page:
        return [field("files", _("Files"), element, optional=optional, hint=_(FILES_HINT))]
    larger = _("Files above 10 MB: {link}.", link=f"<{escaped(page)}|{label}>")
    return [
        field("files", _("Files"), element, optional=optional, hint=_(FEW_FILES)),
        context(f"📎 {larger}"),
    ]


def category_block(kind: str) -> str:
    """The category's block_id, named after the type, so that another type really clears it."""
    return f"category:{kind}"[:255]


def _priority(lists: FormChoices, draft: FormDraft) -> list[Json]:
    """The menu, and below it all that is to say of the one that is chosen."""
    chosen = draft.priority or lists.default_priority
    menu = select("priority", priority_options(lists.meanings), placeholder=_("Choose one"), chosen=chosen)
    hint = _("It cannot be changed once the case is saved.")
    meaning = _(lists.meanings.get(chosen, ""))
    whole = "" if brief(meaning) == meaning else safe(meaning, 1000)
    more = [text for text in (whole, safe(_examples(lists.examples(chosen)), 1000)) if text]
    return [
        field("priority", _("Priority"), menu, dispatch=True, hint=hint),
        *([context(*more)] if more else []),
    ]


def priority_options(meanings: Mapping[str, str]) -> list[Json]:
    """The choices of a priority, each with what it means."""
    return [option(_(name), name, brief(_(meaning))) for name, meaning in [*meanings.items()][:MOST_OPTIONS]]


def brief(meaning: str) -> str:
    """As much of it as stands in a menu: all, or its first sentence."""
    return meaning if len(meaning) <= LABEL else re.split(r"(?<=[.!?]) |(?<=。)", meaning, maxsplit=1)[0]


def _examples(examples: Sequence[str]) -> str:
    return _(EXAMPLES, examples=" · ".join(map(_, examples)))[:FIELD] if examples else ""


def _subject(draft: FormDraft) -> Json:
    return text_input("subject", most=150, start=draft.subject, dispatch=True)


def _blocker(lists: FormChoices, draft: FormDraft) -> list[Json]:
    if not lists.blocker or draft.priority != lists.blocker:
        return []
    warning = f"⚠️ *{_(NEEDS_CONTACT)}*"
    phone = text_input("typed", most=40, hint="+49 30 123456")
    return [
        section(warning, block_id="blocker"),
        field(
            "phone",
            _("Technical contact's phone"),
            phone,
            optional=True,
            hint=_("If you leave it empty, we ask you for it."),
        ),
    ]


def _kind(lists: FormChoices, draft: FormDraft) -> list[Json]:
    types = options((name, name) for name in lists.types)
    if not types:
        return []
    menu = select("type", types, placeholder=_("Choose one"), chosen=draft.type)
    blocks = [field("type", _("Type"), menu, optional=True, dispatch=True)]
    if categories := options((name, name) for name in lists.types.get(draft.type, ())):
        menu = select("category", categories, placeholder=_("Choose one"))
        blocks.append(field(category_block(draft.type), _("Category"), menu, optional=True))
    return blocks


def _ids_hint(subject: str, id_names: Sequence[str]) -> str:
    """Which IDs need not be written again; a hint may change, where another value would need a field anew."""
    numbers = ids(subject, id_names)
    return _("Taken from the subject: {ids}.", ids=", ".join(numbers))[:2000] if numbers else ""


def names_ids(view: Mapping[str, Any], subject: str, id_names: Sequence[str]) -> bool:
    """Does this form name the IDs of this subject, and no others?"""
    hints = (block.get("hint") or {} for block in view.get("blocks") or () if block.get("block_id") == "ids")
    return next((str(hint.get("text") or "") for hint in hints), "") == _ids_hint(subject, id_names)


def _feature(lists: FormChoices) -> list[Json]:
    features = options((name, name) for name in lists.features)
    if not features:
        return []
    return [
        field(
            "feature",
            _("Feature impacted"),
            select("feature", features, placeholder=_("Choose one")),
            optional=True,
        )
    ]


def _hint(lists: FormChoices, kind: str) -> str:
    hints = questions(lists, kind)
    what = " · ".join(map(_, hints))
    return _("What helps: {what}.", what=what)[:2000] if hints else _(USUAL_GUIDANCE)


POST = "post"
"""The block_id and action_id of the box that wishes a post in the channel."""


def _post_field() -> Json:
    """A box, not ticked at first: without it nothing is posted where others read it."""
    what = _("Everybody here reads its subject. Answers come to you alone.")
    box = checkboxes(POST, [option(_("Also post in this channel"), POST, what)])
    return actions([box], block_id=POST)


def offers_post(view: Mapping[str, Any]) -> bool:
    """Does this form offer to post in the channel?"""
    return any(block.get("block_id") == POST for block in view.get("blocks") or ())

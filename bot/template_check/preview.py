"""The preview: one page with every notice in every language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from jinja2 import FileSystemLoader

from bot.channel.outbound import Words
from bot.notices.catalogue import NOTICES
from bot.notices.notice import Notice
from bot.render.environment import environment
from bot.render.translations import SHIPPED
from bot.template_check.lint import TemplateLint, TemplateSource


@dataclass(frozen=True, slots=True)
class NoticePreview:
    """A notice in one language, rendered; or why it could not be."""

    source: TemplateSource
    words: Words | None
    why: str = ""


def sheet(lint: TemplateLint) -> str:
    """The preview page, which loads nothing and opens from a file."""
    templates = environment(FileSystemLoader(SHIPPED / "console"))
    languages = lint.languages()
    notices = [
        (notice, [_preview(lint, notice, language) for language in languages]) for notice in NOTICES.values()
    ]
    return templates.get_template("proofsheet.j2").render(notices=notices, languages=languages)


ChannelViews = tuple[str, Sequence[tuple[str, str]]]
"""A channel's name for people, and the name and HTML of each of its views."""


def language_sheet(lint: TemplateLint, language: str, views: Sequence[ChannelViews]) -> str:
    """All that is shown in one language on a page: views of channels, and mails as text."""
    templates = environment(FileSystemLoader(SHIPPED / "console"))
    notices = [(notice, _preview(lint, notice, language)) for notice in NOTICES.values()]
    page = templates.get_template("language_sheet.j2")
    return page.render(language=language, notices=notices, views=views)


def _preview(lint: TemplateLint, notice: type[Notice], language: str) -> NoticePreview:
    source = replace(lint.source(notice, language), language=language)
    try:
        return NoticePreview(source, lint.words(notice, language))
    except Exception as error:  # the others are shown all the same
        return NoticePreview(source, None, str(error))

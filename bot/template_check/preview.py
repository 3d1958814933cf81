"""The preview: one page with every notice in every language."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from jinja2 import FileSystemLoader

from bot.channel.outbound import Words
from bot.notices.catalogue import NOTICES
from bot.notices.notice import Notice
from bot.render.environment import environment
from bot.render.renderer import SHIPPED
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
    notices = [(notice, list(_previews(lint, notice))) for notice in NOTICES.values()]
    return templates.get_template("proofsheet.j2").render(notices=notices, languages=lint.languages())


ChannelViews = tuple[str, Sequence[tuple[str, str]]]
"""A channel's name for people, and the name and HTML of each of its views."""


def language_sheet(lint: TemplateLint, language: str, views: Sequence[ChannelViews]) -> str:
    """All that is shown in one language on a page: views of channels, and mails as text."""
    templates = environment(FileSystemLoader(SHIPPED / "console"))
    notices = [(notice, _preview(lint, notice, language)) for notice in NOTICES.values()]
    page = templates.get_template("language_sheet.j2")
    return page.render(language=language, notices=notices, views=views)


def _preview(lint: TemplateLint, notice: type[Notice], language: str) -> NoticePreview:
    """The notice in a language, else as its readers get it then: in English."""
    by_language = {preview.source.language: preview for preview in _previews(lint, notice)}
    return by_language.get(language) or by_language["en"]


def _previews(lint: TemplateLint, notice: type[Notice]) -> Iterator[NoticePreview]:
    for source in lint.sources(notice):
        try:
            yield NoticePreview(source, lint.words(notice, source.language))
        except Exception as error:  # the others are shown all the same
            yield NoticePreview(source, None, str(error))

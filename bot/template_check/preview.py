"""The preview: one page with every notice in every language."""

from __future__ import annotations

from collections.abc import Iterator
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


def sheet(proofs: TemplateLint) -> str:
    """The page: it holds all that it shows, and opens from a file."""
    paper = environment(FileSystemLoader(SHIPPED / "console"))
    notices = [(notice, list(_previews(proofs, notice))) for notice in NOTICES.values()]
    return paper.get_template("proofsheet.j2").render(notices=notices, languages=proofs.languages())


def _previews(proofs: TemplateLint, notice: type[Notice]) -> Iterator[NoticePreview]:
    for source in proofs.sources(notice):
        try:
            yield NoticePreview(source, proofs.words(notice, source.language))
        except Exception as error:  # the others are shown all the same
            yield NoticePreview(source, None, str(error))

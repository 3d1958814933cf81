"""Template lint: every notice in every language, rendered with sample facts."""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from bot.channel.outbound import Words
from bot.model.channel_profile import HTML, MarkupTemplate
from bot.model.facts import BatchSection
from bot.model.translatable import in_words
from bot.notices.catalogue import NOTICES
from bot.notices.examples import AT
from bot.notices.notice import Notice
from bot.render.renderer import Wording
from bot.render.translations import SHIPPED
from bot.template_check.sample import SECTIONS, sample


@dataclass(frozen=True, slots=True)
class TemplateSource:
    """A template file with a notice's words."""

    language: str
    """Empty: of all languages."""
    file: Path
    owner: Literal["shipped", "yours"]


@dataclass(frozen=True, slots=True)
class Mistake:
    """A mistake in a template, and its place."""

    file: Path
    line: int
    """0: not known."""
    why: str
    notice: str
    language: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else f"{self.file}"
        return f"{place}: {self.why} ({self.notice}, {self.language})"


_ANY = (BatchSection(AT, "Something happened.", Markup("<p>Something happened.</p>")),)


class TemplateLint:
    """Checks the notices in the operator's folders (the first first) and the shipped templates."""

    def __init__(self, folders: Sequence[Path] = (), *, markups: Iterable[MarkupTemplate] = ()) -> None:
        self._folders = (*folders, SHIPPED)
        self._markups = tuple(dict.fromkeys((HTML, *markups)))

    def languages(self) -> list[str]:
        """All languages, English first."""
        return ["en", *sorted(self._wording.translations.languages - {"en"})]

    def sources(self, notice: type[Notice]) -> list[TemplateSource]:
        """The files in use: that of all languages first."""
        sources = {}
        for folder in reversed(self._folders):
            owner: Literal["shipped", "yours"] = "shipped" if folder == SHIPPED else "yours"
            for file in (folder / "notices").glob(f"{notice.template.removesuffix('.j2')}.*"):
                language = file.name.removesuffix(".j2").partition(".")[2]
                sources[language] = TemplateSource(language, file, owner)
        return [sources[language] for language in sorted(sources)]

    def source(self, notice: type[Notice], language: str) -> TemplateSource:
        """The file in use for one language."""
        sources = {source.language: source for source in self.sources(notice)}
        return sources.get(language) or sources[""]

    def mistakes(self) -> list[Mistake]:
        """Every mistake in every notice, once: in mails, sections and chats, with many facts and few."""
        if broken := self._broken_parts():
            return [broken]
        mistakes: dict[tuple[Path, int, str], Mistake] = {}
        for notice in NOTICES.values():
            for language in self.languages():
                source = replace(self.source(notice, language), language=language)
                for mistake in self._tried(notice, source):
                    mistakes.setdefault((mistake.file, mistake.line, mistake.why), mistake)
        return list(mistakes.values())

    def untranslated(self) -> dict[str, list[str]]:
        """By language the sentences that have no translation."""
        catalogs = {language: self._wording.translations.words(language) for language in self.languages()[1:]}
        every = sorted({sentence for words in catalogs.values() for sentence in words})
        missing = {
            language: [key for key in every if key not in words] for language, words in catalogs.items()
        }
        return {language: sentences for language, sentences in missing.items() if sentences}

    def words(
        self,
        notice: type[Notice],
        language: str,
        *,
        markup: MarkupTemplate = HTML,
        bare: bool = False,
        **other: Any,
    ) -> Words:
        """The notice with its sample facts (or ``other`` ones). Raises what is wrong with its template."""
        facts = {**sample(notice, bare=bare), **other}
        if notice.name in SECTIONS and not facts["sections"]:
            names = SECTIONS[notice.name]
            facts["sections"] = [self._section(NOTICES[name], language, bare=bare) for name in names]
        for name, attribute in (("answered", "text"), ("help", "meaning")):
            if name in facts:
                facts[name] = tuple(self._translated(line, attribute, language) for line in facts[name])
        return self._wording.words(notice, language, facts, markup=markup)

    def _section(self, notice: type[Notice], language: str, *, bare: bool) -> BatchSection:
        return self._wording.section(notice, language, {"at": AT, **sample(notice, bare=bare)})

    def _translated(self, line: Any, attribute: str, language: str) -> Any:
        """The line with its sentence translated, as when it is sent."""
        return replace(
            line,
            **{attribute: in_words(getattr(line, attribute), self._wording.translations.words(language))},
        )

    @cached_property
    def _wording(self) -> Wording:
        return Wording(self._folders, SandboxedEnvironment, self._markups)

    def _broken_parts(self) -> Mistake | None:
        """A mistake in the parts of all notices, which keeps each from being checked."""
        try:
            self._wording  # noqa: B018 - it compiles them
        except Exception as error:
            file, line = _place(error)
            return Mistake(Path(file or "?"), line or 0, str(error), "every notice", "every language")
        return None

    def _tried(self, notice: type[Notice], source: TemplateSource) -> Iterator[Mistake]:
        for bare in (False, True):
            for markup in self._markups:
                try:
                    alone = (
                        {"sections": _ANY} if notice.name in SECTIONS else {}
                    )  # the others' slips are theirs
                    words = self.words(notice, source.language, markup=markup, bare=bare, **alone)
                    if not words.subject:
                        yield Mistake(source.file, 0, "its subject is empty", notice.name, source.language)
                except Exception as error:
                    yield self._mistake(error, notice, source)
            if notice.batched:
                try:
                    self._section(notice, source.language, bare=bare)
                except Exception as error:
                    yield self._mistake(error, notice, source)

    def _mistake(self, error: Exception, notice: type[Notice], source: TemplateSource) -> Mistake:
        """A mistake with the template's line that is nearest to the error."""
        file, line = _place(error)
        return Mistake(Path(file or source.file), line or 0, str(error), notice.name, source.language)


def _place(error: Exception) -> tuple[str | None, int | None]:
    """The template and line nearest to the error, if known."""
    file, line = getattr(error, "filename", None), getattr(error, "lineno", None)
    if file is None:
        frames = [
            frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.endswith(".j2")
        ]
        if frames:
            return frames[-1].filename, frames[-1].lineno
    return file, line

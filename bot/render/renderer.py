"""A notice in words: one Jinja file per notice and language, shown by each channel's own parts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import cache, cached_property, partial
from pathlib import Path
from typing import Any

import structlog
from jinja2 import Environment
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from bot.channel.outbound import GAP, Words
from bot.model.facts import BatchSection, DeskFacts, InternalEntry
from bot.model.translatable import in_words
from bot.notices.catalogue import NOTICES
from bot.notices.notice import Notice
from bot.render.template_set import TemplateSet, TrustedContext

SHIPPED = Path(__file__).resolve().parents[2] / "templates"
"""By place, not by import: a folder ``templates`` of somebody else's must not stand in for it."""
_EDGE = "\x1e"
"""What ``email/text.j2`` puts around each block of text; the door in lets no such character pass."""

log = structlog.get_logger(__name__)


class InternalWords(TypeError):
    """Something internal was about to be sent to a customer: a fault of ours; nothing is sent."""


class Renderer:
    """Renders notices. ``folders``: the operator's own templates, laid out like ``templates/``.

    The first folder comes first, and all run in a sandbox. One that does not compile, or that fails on a
    notice, is reported and replaced by the shipped one: a mistake in a template loses nobody's mail.
    """

    def __init__(self, *folders: Path) -> None:
        self._shipped = _shipped()
        self._edited: Wording | None = None
        self.problems: tuple[str, ...] = ()
        """What is wrong with the operator's templates, a sentence each."""
        if folders:
            self._open(folders)

    def words(self, notice: type[Notice], language: str, *, chat: bool = False, **facts: Any) -> Words:
        """The notice in ``language`` (else English): as a mail, or for a chat.

        ``facts``: ``desk``, ``to``, ``case``, ``my_url`` (of the page with the reader's own cases, where
        there is one), and those that the first line of the notice's template names. Raises ``InternalWords``
        for an ``InternalEntry`` anywhere in what is not for staff alone, and ``jinja2.UndefinedError`` for a
        missing fact.
        """
        if notice.audience != "staff" and any(map(_internal, facts.values())):
            raise InternalWords(f"an internal entry was handed to: {notice.name}")
        if self._edited is not None:
            try:
                return self._edited.words(notice, language, facts, chat=chat)
            except Exception as error:
                log.warning("template failed", notice=notice.name, language=language, error=_said_by(error))
        return self._shipped.words(notice, language, facts, chat=chat)

    def section(self, notice: type[Notice], language: str, **facts: Any) -> BatchSection:
        """The notice as a section of a batched mail, which has its own frame; as ``words``."""
        if self._edited is not None:
            try:
                return self._edited.section(notice, language, facts)
            except Exception as error:
                log.warning("template failed", notice=notice.name, language=language, error=_said_by(error))
        return self._shipped.section(notice, language, facts)

    def in_words(self, sentence: str, language: str) -> str:
        """A sentence of the desk's (``bot.model.translatable``) in ``language``; English if not translated."""
        try:
            return (self._edited or self._shipped).sentence(sentence, language)
        except Exception as error:
            log.warning("words failed", language=language, error=_said_by(error))
            return str(sentence)

    def words_of(self, language: str) -> Mapping[str, str]:
        """The shipped translations of the desk's own English sentences."""
        return self._shipped.words_of(language)

    def prepared(self) -> Iterator[Callable[[], None]]:
        """Calls that compile the templates not needed so far, one each; they never raise."""
        for wording in (self._edited, self._shipped):
            if wording is not None:
                yield from wording.prepared()

    def _open(self, folders: Sequence[Path]) -> None:
        missing = tuple(_missing(folder) for folder in folders if not folder.is_dir())
        folders = [folder for folder in folders if folder.is_dir()]
        if folders:
            self._use(folders)
        self.problems = (*missing, *self.problems)

    def _use(self, folders: Sequence[Path]) -> None:
        try:
            self._edited = Wording([*folders, SHIPPED], SandboxedEnvironment)
        except Exception as error:
            names = ", ".join(map(str, folders))
            self.problems = (f"The templates in {names} are not used: {_said_by(error)}.",)
        else:
            self.problems = self._edited.problems


class Wording:
    """The templates of a choice of folders, compiled now rather than in somebody's transaction."""

    def __init__(self, folders: Sequence[Path], kind: type[Environment]) -> None:
        self._folders, self._kind = folders, kind
        self._text = TemplateSet(folders, kind, "email/text.j2")
        self._html = TemplateSet(folders, kind, "email/html.j2")
        self._chat = TemplateSet(folders, kind, "slack/blocks.j2")
        self.languages = frozenset(_languages(folders))
        """Those that at least one notice is there in."""
        self.problems = tuple(dict.fromkeys(self._compile()))

    def words(self, notice: type[Notice], language: str, facts: Mapping[str, Any], *, chat: bool) -> Words:
        folder = self._folder(language)
        facts = {**facts, "desk": _for_reader(facts["desk"], notice)}
        subject, text = self._text.say(notice.template, folder, facts)
        if chat:
            marked = self._chat.say(notice.template, folder, facts)[1]
            return Words(subject, _blocks(text), "", _marked(marked))
        html = self._html.say(notice.template, folder, facts)[1]
        return Words(subject, _blocks(text), html)

    def section(self, notice: type[Notice], language: str, facts: Mapping[str, Any]) -> BatchSection:
        folder = self._folder(language)
        text, html = (template_set.part(notice.template, folder, facts) for template_set in self._brief)
        return BatchSection(facts["at"], _blocks(text).rstrip(), Markup(html))  # noqa: S704 - a template made it

    def sentence(self, sentence: str, language: str) -> str:
        return in_words(sentence, self.words_of(language))

    def words_of(self, language: str) -> Mapping[str, str]:
        return self._text.words_of(self._folder(language))

    def prepared(self) -> Iterator[Callable[[], None]]:
        for language in sorted(self.languages):
            for notice in NOTICES.values():
                for template_set in (self._text, self._html, self._chat):
                    yield partial(_prepare, template_set, notice, language)

    @cached_property
    def _brief(self) -> tuple[TemplateSet, TemplateSet]:
        """The template sets for sections, which few mails need."""
        text, html = (
            TemplateSet(self._folders, self._kind, parts, brief=True)
            for parts in ("email/text.j2", "email/html.j2")
        )
        return text, html

    def _folder(self, language: str) -> str:
        """The folder of a language: ``de-AT`` → ``de``, if there is one."""
        short = language.replace("_", "-").partition("-")[0].lower()
        return short if short in self.languages else "en"

    def _compile(self) -> Iterator[str]:
        """Compile English and the operator's languages, and yield errors; other shipped ones wait."""
        for language in sorted({"en", *_languages(self._folders[:-1])}):
            for notice in NOTICES.values():
                try:
                    self._text.find(notice.template, language)
                    self._html.find(notice.template, language)
                    self._chat.find(notice.template, language)
                except Exception as error:
                    yield f"The template {language}/{notice.template} is not used: {_said_by(error)}."


def _missing(folder: Path) -> str:
    return f"The template_folder {folder} is not there, so nothing of it is used: make it, or mend its path."


def _for_reader(desk: DeskFacts, notice: type[Notice]) -> DeskFacts:
    """The desk with links to own and new cases, for customers; without for everybody else."""
    if notice.audience in ("customer", "asker") and notice.name != "turned away":
        return desk
    return _apart(desk)


@cache
def _apart(desk: DeskFacts) -> DeskFacts:
    return replace(desk, create_url="", my_url="")


def _prepare(template_set: TemplateSet, notice: type[Notice], language: str) -> None:
    with suppress(Exception):  # it is told when the notice is needed
        template_set.find(notice.template, language)


def _languages(folders: Sequence[Path]) -> Iterator[str]:
    return (path.name for folder in folders for path in folder.glob("notices/*") if path.is_dir())


@cache
def _shipped() -> Wording:
    """The shipped templates, compiled once in a process."""
    return Wording([SHIPPED], TrustedContext)


def _blocks(text: str) -> str:
    """Blocks of text with one blank line between, whatever white space the templates left."""
    blocks = (block.lstrip("\n").rstrip() for block in text.split(_EDGE))
    return "\n\n".join(block for block in blocks if block) + "\n"


def _marked(text: str) -> str:
    """Blocks of mrkdwn; Slack knows the entities of ``& < >`` only."""
    blocks = (block.strip("\n ") for block in text.replace("&#34;", '"').replace("&#39;", "'").split(_EDGE))
    return GAP.join(block for block in blocks if block.strip("\x1c\x1f"))


def _said_by(error: Exception) -> str:
    """Jinja's message, which names templates, lines and facts, and quotes nothing of people's words."""
    line = getattr(error, "lineno", None)
    return f"{error}" + (f" (line {line})" if line else "")


_PLAIN = frozenset({str, int, bool, float, datetime, type(None)})


def _internal(value: object) -> bool:
    """Is it, or does it hold, an ``InternalEntry``?"""
    kind = type(value)
    if kind in _PLAIN:
        return False
    if isinstance(value, InternalEntry):
        return True
    if isinstance(value, Mapping):
        return any(map(_internal, value.values()))
    if isinstance(value, (tuple, list, set, frozenset)):
        return any(map(_internal, value))
    return any(_internal(getattr(value, name)) for name in getattr(kind, "__dataclass_fields__", ()))

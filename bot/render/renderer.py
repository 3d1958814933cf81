"""A notice in words: one Jinja file per notice and language, shown by each channel's own parts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache, cached_property
from pathlib import Path
from typing import Any, TypeVar

import structlog
from jinja2 import Environment
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from bot.channel.outbound import GAP, Words
from bot.config.load import Config
from bot.model.channel_profile import HTML, TEXT, MarkupTemplate
from bot.model.facts import BatchSection, DeskFacts, InternalEntry
from bot.model.translatable import in_words, localized
from bot.notices.notice import Notice
from bot.render.template_set import TemplateSet, TrustedContext
from bot.render.translations import CATALOG, SHIPPED, Translations, read_catalog

_EDGE = "\x1e"
"""What the parts put around each block of text; the door in lets no such character pass."""

log = structlog.get_logger(__name__)
T = TypeVar("T")


class InternalWords(TypeError):
    """Something internal was about to be sent to a customer: a fault of ours; nothing is sent."""


class Renderer:
    """Renders notices from the shipped templates and the operator's own.

    ``folders``: the operator's own templates, laid out like ``templates/``. ``markups``: those that are to be
    looked through early, besides HTML. The first folder comes first, and all run in a sandbox.
    One that does not compile, or that fails on a notice, is reported and replaced by the shipped one: a
    mistake in a template loses nobody's mail.
    """

    def __init__(self, *folders: Path, markups: Iterable[MarkupTemplate] = ()) -> None:
        self._markups = frozenset(markups) | {HTML}
        self._shipped = _shipped()
        self._edited: Wording | None = None
        self.problems: tuple[str, ...] = ()
        """What is wrong with the operator's templates, a sentence each."""
        if folders:
            self._open(folders)

    def words(
        self, notice: type[Notice], language: str, *, markup: MarkupTemplate = HTML, **facts: Any
    ) -> Words:
        """The notice in ``language`` (else English): in plain words, and in a channel's ``markup``.

        ``facts``: ``desk``, ``to``, ``case``, ``my_url`` (of the page with the reader's own cases, where
        there is one), and those that the first line of the notice's template names. Raises ``InternalWords``
        for an ``InternalEntry`` anywhere in what is not for staff alone, and ``jinja2.UndefinedError`` for a
        missing fact.
        """
        if notice.audience != "staff" and any(map(_internal, facts.values())):
            raise InternalWords(f"an internal entry was handed to: {notice.name}")
        return self._said(
            notice, language, lambda wording: wording.words(notice, language, facts, markup=markup)
        )

    @property
    def has_own(self) -> bool:
        """Are there templates of the operator's own?"""
        return self._edited is not None

    def section(self, notice: type[Notice], language: str, **facts: Any) -> BatchSection:
        """What the notice says, without all that the mail it will stand in says once; as ``words``."""
        return self._said(notice, language, lambda wording: wording.section(notice, language, facts))

    def _said(self, notice: type[Notice], language: str, say: Callable[[Wording], T]) -> T:
        if self._edited is not None:
            try:
                return say(self._edited)
            except Exception as error:
                log.warning("template failed", notice=notice.name, language=language, error=_said_by(error))
        return say(self._shipped)

    def in_words(self, sentence: str, language: str) -> str:
        """A sentence of the desk's (``bot.model.translatable``) in ``language``; English if not translated."""
        try:
            return in_words(sentence, (self._edited or self._shipped).translations.words(language))
        except Exception as error:
            log.warning("words failed", language=language, error=_said_by(error))
            return str(sentence)

    def _open(self, folders: Sequence[Path]) -> None:
        missing = tuple(_missing(folder) for folder in folders if not folder.is_dir())
        folders = [folder for folder in folders if folder.is_dir()]
        if folders:
            self._use(folders)
        self.problems = (*missing, *self.problems)

    def _use(self, folders: Sequence[Path]) -> None:
        try:
            self._edited = Wording([*folders, SHIPPED], SandboxedEnvironment, self._markups)
        except Exception as error:
            names = ", ".join(map(str, folders))
            self.problems = (f"The templates in {names} are not used: {_said_by(error)}.",)
        else:
            self.problems = self._edited.problems


class Wording:
    """The templates of some folders: the operator's looked through now, the shipped ones when needed."""

    def __init__(
        self,
        folders: Sequence[Path],
        kind: type[Environment],
        markups: Iterable[MarkupTemplate],
    ) -> None:
        self._folders, self._kind = folders, kind
        self.translations = Translations(*folders[:-1])
        self._text = self._set(TEXT)
        self._marked = {markup: self._set(markup) for markup in markups}
        self.problems = tuple(dict.fromkeys(self._mistakes(folders[:-1])))

    def words(
        self, notice: type[Notice], language: str, facts: Mapping[str, Any], *, markup: MarkupTemplate
    ) -> Words:
        language = self.translations.closest(language)
        facts = {**self._localized(facts, language), "desk": _for_reader(facts["desk"], notice)}
        subject, text = self._text.say(notice.template, language, facts)
        marked = self._set_of(markup).say(notice.template, language, facts)[1]
        if markup.kind == "html":
            return Words(subject, _blocks(text), marked)
        return Words(
            subject, _blocks(text), "", _marked(marked) if markup.kind == "blocks" else _blocks(marked)
        )

    def section(self, notice: type[Notice], language: str, facts: Mapping[str, Any]) -> BatchSection:
        language = self.translations.closest(language)
        facts = self._localized(facts, language)
        text, html = (template_set.part(notice.template, language, facts) for template_set in self._brief)
        return BatchSection(facts["at"], _blocks(text).rstrip(), Markup(html))  # noqa: S704 - a template made it

    def _localized(self, facts: Mapping[str, Any], language: str) -> Mapping[str, Any]:
        """The facts, with what of them is a sentence of ours in the language."""
        words = self.translations.words(language)
        return {name: localized(value, words) for name, value in facts.items()} if words else facts

    @cached_property
    def _brief(self) -> tuple[TemplateSet, TemplateSet]:
        """For sections; few mails need them."""
        return self._set(TEXT, brief=True), self._set(HTML, brief=True)

    def _set_of(self, markup: MarkupTemplate) -> TemplateSet:
        """Made when it is first needed, where nobody named it before."""
        templates = self._marked.get(markup)
        if templates is None:
            templates = self._marked[markup] = self._set(markup)
        return templates

    def _set(self, markup: MarkupTemplate, *, brief: bool = False) -> TemplateSet:
        return TemplateSet(self._folders, self._kind, markup, self.translations, brief=brief)

    def _mistakes(self, own: Sequence[Path]) -> Iterator[str]:
        """Load all that is the operator's, and yield errors. Raises what is wrong with the parts in English.

        All of it stays loaded: what is changed later counts from the next start on.
        """
        sets = (self._text, *self._marked.values())
        for templates in sets if own else ():
            templates.check("en")
        for catalog in sorted(file for folder in own for file in folder.glob(f"locale/*/{CATALOG}")):
            try:
                read_catalog(catalog)
            except Exception as error:
                yield f"The catalog {catalog} is not used: {error}."
        for file in sorted(file for folder in own for file in folder.glob("notices/*.j2")):
            yield from _mistake(sets, file)
        for folder in sorted(path for each in own for path in each.glob("notices/*/")):
            yield f"The templates in {folder} are not used: name them {folder.parent}/NOTICE.{folder.name}.j2."


def _mistake(sets: Iterable[TemplateSet], file: Path) -> Iterator[str]:
    notice, _, language = file.stem.partition(".")
    try:
        for templates in sets:
            templates.check(language or "en") if notice == "common" else templates.find(
                f"{notice}.j2", language or "en"
            )
    except Exception as error:
        yield f"The template {file.name} is not used: {_said_by(error)}."


def _missing(folder: Path) -> str:
    return f"The template_folder {folder} is not there, so nothing of it is used: make it, or mend its path."


def _for_reader(desk: DeskFacts, notice: type[Notice]) -> DeskFacts:
    """The desk's facts for one reader: only customers get the links to their own cases and a new one.

    Not the desk, nor people whom it does not know.
    """
    if notice.audience in ("customer", "asker") and notice.name != "turned away":
        return desk
    return _apart(desk)


@cache
def _apart(desk: DeskFacts) -> DeskFacts:
    return replace(desk, create_url="", my_url="")


@cache
def _shipped() -> Wording:
    """The shipped templates, loaded once in a process."""
    return Wording([SHIPPED], TrustedContext, [HTML])


def _blocks(text: str) -> str:
    """Blocks of text with one blank line between, whatever white space the templates left."""
    blocks = (block.lstrip("\n").rstrip() for block in text.split(_EDGE))
    return "\n\n".join(block for block in blocks if block) + "\n"


def _marked(text: str) -> str:
    """Blocks of a chat's markup; only ``& < >`` are entities there."""
    blocks = (block.strip("\n ") for block in text.replace("&#34;", '"').replace("&#39;", "'").split(_EDGE))
    return GAP.join(block for block in blocks if block.strip("\x1c\x1d\x1f"))


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


def renderers_of(config: Config) -> dict[str, Renderer]:
    """A renderer for each choice of template folders, by mailbox."""
    folders = {box.address: config.templates(box.address) for box in config.mailboxes}
    markups = [profile.markup for profile in config.profiles.values()]
    made = {chosen: Renderer(*chosen, markups=markups) for chosen in set(folders.values())}
    return {address: made[chosen] for address, chosen in folders.items()}

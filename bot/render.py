"""A notice in words: one Jinja file per notice and language, shown by each channel's own parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any

import structlog
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from jinja2.runtime import Context, Macro
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup, escape

from bot.facts import DeskFacts, InternalEntry, Section
from bot.filters import FILTERS
from bot.notices import NOTICES, Notice
from bot.parcel import GAP, Words

SHIPPED = Path(__file__).resolve().parent.parent / "templates"
"""By place, not by import: a folder ``templates`` of somebody else's must not stand in for it."""
_EDGE = "\x1e"
"""What ``email/text.j2`` puts around each block of text; the door in lets no such character pass."""
_GAP = "\x1d"
"""Where preview and body go in a frame; likewise."""
_MY = "\x1b"
"""Where the link to the reader's own cases goes in a frame; likewise."""

log = structlog.get_logger(__name__)


class InternalWords(TypeError):
    """Something internal was about to be told to a customer: a fault of ours; nothing is sent."""


class Renderer:
    """Renders notices. ``folders``: the operator's own templates, laid out like ``templates/``, the first first.

    They come first, and run in a sandbox. One that does not compile, or that fails on a notice, is reported
    and replaced by the shipped one: a slip in a template loses nobody's mail.
    """

    def __init__(self, *folders: Path) -> None:
        self._shipped = _shipped()
        self._edited: Wording | None = None
        self.problems: tuple[str, ...] = ()
        """What is wrong with the operator's templates, a sentence each."""
        if folders:
            self._open(folders)

    def words(self, notice: Notice, language: str, *, chat: bool = False, **facts: Any) -> Words:
        """The notice in ``language`` (else English): as a mail, or for a chat.

        ``facts``: ``desk``, ``to``, ``case``, ``my_url`` (of the page with the reader's own cases, where there is
        one), and those that the first line of the notice's template names.
        Raises ``InternalWords`` for an ``InternalEntry`` anywhere in what is not for staff alone, and
        ``jinja2.UndefinedError`` for a missing fact.
        """
        if notice.audience != "staff" and any(map(_internal, facts.values())):
            raise InternalWords(f"an internal entry was handed to: {notice.name}")
        if self._edited is not None:
            try:
                return self._edited.words(notice, language, facts, chat=chat)
            except Exception as error:
                log.warning("template failed", notice=notice.name, language=language, error=_said_by(error))
        return self._shipped.words(notice, language, facts, chat=chat)

    def section(self, notice: Notice, language: str, **facts: Any) -> Section:
        """What the notice says, without all that the mail it will stand in says once; as ``words``."""
        if self._edited is not None:
            try:
                return self._edited.section(notice, language, facts)
            except Exception as error:
                log.warning("template failed", notice=notice.name, language=language, error=_said_by(error))
        return self._shipped.section(notice, language, facts)

    def _open(self, folders: Sequence[Path]) -> None:
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
        self._text = _Tongue(folders, kind, "email/text.j2")
        self._html = _Tongue(folders, kind, "email/html.j2")
        self._chat = _Tongue(folders, kind, "slack/blocks.j2")
        self.languages = frozenset(_languages(folders))
        """Those that at least one notice is there in."""
        self.problems = tuple(dict.fromkeys(self._compile()))

    def words(self, notice: Notice, language: str, facts: Mapping[str, Any], *, chat: bool) -> Words:
        folder = self._folder(language)
        subject, text = self._text.say(notice.template, folder, facts)
        if chat:
            marked = self._chat.say(notice.template, folder, facts)[1]
            return Words(subject, _blocks(text), "", _marked(marked))
        html = self._html.say(notice.template, folder, facts)[1]
        return Words(subject, _blocks(text), html)

    def section(self, notice: Notice, language: str, facts: Mapping[str, Any]) -> Section:
        folder = self._folder(language)
        text, html = (tongue.part(notice.template, folder, facts) for tongue in self._brief)
        return Section(facts["at"], _blocks(text).rstrip(), Markup(html))  # noqa: S704 - a template made it

    @cached_property
    def _brief(self) -> tuple[_Tongue, _Tongue]:
        """For sections; few mails need them."""
        text, html = (
            _Tongue(self._folders, self._kind, parts, brief=True)
            for parts in ("email/text.j2", "email/html.j2")
        )
        return text, html

    def _folder(self, language: str) -> str:
        """``de-AT`` → ``de``, if there is such a folder."""
        short = language.replace("_", "-").partition("-")[0].lower()
        return short if short in self.languages else "en"

    def _compile(self) -> Iterator[str]:
        """What is wrong, in English and in the operator's languages; other shipped ones wait until they are used."""
        for language in sorted({"en", *_languages(self._folders[:-1])}):
            for notice in NOTICES.values():
                try:
                    self._text.find(notice.template, language)
                    self._html.find(notice.template, language)
                    self._chat.find(notice.template, language)
                except Exception as error:
                    yield f"The template {language}/{notice.template} is not used: {_said_by(error)}."


def _languages(folders: Sequence[Path]) -> Iterator[str]:
    return (path.name for folder in folders for path in folder.glob("notices/*") if path.is_dir())


@cache
def _shipped() -> Wording:
    """The shipped templates, compiled once in a process."""
    return Wording([SHIPPED], _Plain)


class _Calls(Context):
    """Calls the parts, which is nearly all that is called, without Jinja's look for decorators."""

    def call(self, called: Any, /, *args: Any, **named: Any) -> Any:
        if type(called) is not Macro:
            return super().call(called, *args, **named)
        named.pop("_block_vars", None)
        named.pop("_loop_vars", None)
        return called(*args, **named)


class _Plain(Environment):
    """For the shipped templates, which need no sandbox."""

    context_class = _Calls


class _Brief:
    """Parts for a section: its frame says once what is silent here, and when it was."""

    brief = True
    _silent = frozenset({"head", "hello", "facts", "rule", "small", "button"})

    def __init__(self, parts: Any) -> None:
        self._parts = parts

    def __getattr__(self, name: str) -> Any:
        if name in self._silent:
            return lambda *values, **named: ""
        return getattr(self._parts, "words" if name == "said" else name)


class _Tongue:
    """One channel's way of saying things: the notices, with ``w`` as the parts they are made of."""

    def __init__(
        self, folders: Sequence[Path], kind: type[Environment], parts: str, *, brief: bool = False
    ) -> None:
        self._html = parts.endswith("html.j2")
        chat = parts.endswith("blocks.j2")
        self._env = kind(
            loader=FileSystemLoader(folders),
            autoescape=self._html or chat,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._env.filters.update(FILTERS)
        self._name, self._brief = parts, brief
        self._found: dict[tuple[str, str], tuple[Template, Mapping[str, Any]]] = {}
        self._shared: dict[str, Mapping[str, Any]] = {}
        self._shared_in("en")

    def say(self, name: str, language: str, facts: Mapping[str, Any]) -> tuple[str, str]:
        """Subject (only meant where nothing is escaped) and body of a notice."""
        blocks, spoken = self._blocks_of(name, language, facts)
        subject = " ".join(blocks["subject"].split())
        kind = "letter" if "letter" in blocks else "body"
        my_url = facts.get("my_url", "")
        head, middle, foot = self._frame(kind, facts["desk"], spoken, linked=bool(my_url))
        if my_url:
            foot = foot.replace(_MY, str(escape(my_url)) if self._html else my_url)
        preview = blocks.get("preview", "") if self._html else ""
        return subject, "".join((head, preview, middle, blocks[kind], foot))

    def part(self, name: str, language: str, facts: Mapping[str, Any]) -> str:
        """The body of a notice, without a frame."""
        blocks, _ = self._blocks_of(name, language, facts)
        return blocks["letter" if "letter" in blocks else "body"]

    def _blocks_of(self, name: str, language: str, facts: Mapping[str, Any]) -> tuple[dict[str, str], str]:
        """The blocks of a notice by name, and the language that they are in."""
        template, shared = self.find(name, language)
        context = template.new_context({**facts, **shared})
        try:
            blocks = {n: "".join(block(context)) for n, block in template.blocks.items()}
            return blocks, str(shared["language"])
        except Exception:
            self._env.handle_exception()  # raises again, with the line of the template in the traceback

    @lru_cache(maxsize=256)  # noqa: B019 - a renderer lives as long as the process
    def _frame(self, kind: str, desk: DeskFacts, spoken: str, *, linked: bool) -> list[str]:
        """What stands before, between and after preview and body: the same in every mail of a mailbox.

        ``linked``: the reader has a page with their own cases, whose address goes where ``_MY`` stands.
        """
        desk = replace(desk, my_url=_MY) if linked else desk
        shared = self._shared_in(spoken)
        parts: Any = shared["parts"]
        frame = parts.letter if kind == "letter" else parts.page
        return str(frame(_GAP, desk, shared["say"], spoken, _GAP)).split(_GAP)

    def find(self, name: str, language: str) -> tuple[Template, Mapping[str, Any]]:
        """The template, and what all notices of the language that it turns out to be in share."""
        found = self._found.get((name, language))
        if found is None:
            template = self._env.select_template([f"notices/{language}/{name}", f"notices/en/{name}"])
            if "subject" not in template.blocks or not template.blocks.keys() & {"body", "letter"}:
                raise ValueError("it needs a block subject and a block body (or letter)")
            spoken = str(template.name).split("/")[1]
            found = self._found[name, language] = template, self._shared_in(spoken)
        return found

    def _shared_in(self, language: str) -> Mapping[str, Any]:
        """The parts (``w``; ``parts`` with all of them), the phrases (``say``) and the name of a language."""
        shared = self._shared.get(language)
        if shared is None:
            parts = self._env.get_template(self._name).make_module({"language": language})
            known = {"w": _Brief(parts) if self._brief else parts, "language": language}
            names = [f"notices/{language}/phrases.j2", "notices/en/phrases.j2"]
            say = self._env.select_template(names).make_module(known)
            shared = self._shared[language] = {**known, "say": say, "parts": parts}
        return shared


def _blocks(text: str) -> str:
    """Blocks of text with one blank line between, whatever white space the templates left around them."""
    blocks = (block.lstrip("\n").rstrip() for block in text.split(_EDGE))
    return "\n\n".join(block for block in blocks if block) + "\n"


def _marked(text: str) -> str:
    """Blocks of mrkdwn; Slack knows the entities of ``& < >`` only."""
    blocks = (block.strip("\n ") for block in text.replace("&#34;", '"').replace("&#39;", "'").split(_EDGE))
    return GAP.join(block for block in blocks if block.strip("\x1c\x1f"))


def _said_by(error: Exception) -> str:
    """Jinja's messages name templates, lines and facts, and quote nothing of what people wrote."""
    line = getattr(error, "lineno", None)
    return f"{error}" + (f" (line {line})" if line else "")


_PLAIN = frozenset({str, int, bool, float, datetime, type(None)})


def _internal(value: object) -> bool:
    """Is, or holds, an ``InternalEntry``."""
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

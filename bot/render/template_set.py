"""A template set: one channel's templates in every language, compiled once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, Template
from jinja2.runtime import Context, Macro
from jinja2.utils import missing
from markupsafe import Markup, escape

from bot.model.channel_profile import MarkupTemplate
from bot.model.facts import DeskFacts
from bot.render.environment import environment
from bot.render.filters import own_zone
from bot.render.mail_colours import coloured
from bot.render.translations import Translations

_GAP = "\x1d"
"""Where preview and body go in a frame; the door in lets no such character pass."""
_MY = "\x1b"
"""Where the link to the reader's own cases goes in a frame; likewise."""


class _Calls(Context):
    """Calls template parts, nearly all that is called, without Jinja's search for decorators."""

    def call(self, called: Any, /, *args: Any, **named: Any) -> Any:
        if type(called) is not Macro:
            return super().call(called, *args, **named)
        named.pop("_block_vars", None)
        named.pop("_loop_vars", None)
        left = called._argument_count - len(args)
        if named or left < 0 or called.caller or called.catch_kwargs or called.catch_varargs:
            return called(*args, **named)
        text = called._func(*args, *[missing] * left)  # as ``Macro`` does, which first sorts out all of these
        return Markup(text) if called._default_autoescape else text  # noqa: S704 - it has escaped what it was given


class TrustedContext(Environment):
    """The environment of the shipped templates, which need no sandbox."""

    context_class = _Calls


class _Brief:
    """The parts of a section, without what its frame says once."""

    brief = True
    _silent = frozenset({"head", "hello", "facts", "rule", "small", "button"})

    def __init__(self, parts: Any) -> None:
        self._parts = parts

    def __getattr__(self, name: str) -> Any:
        if name in self._silent:
            return lambda *values, **named: ""
        return getattr(self._parts, "words" if name == "said" else name)


class TemplateSet:
    """The notices of one channel, with ``w`` as the parts they are made of."""

    def __init__(
        self,
        folders: Sequence[Path],
        kind: type[Environment],
        markup: MarkupTemplate,
        translations: Translations,
        *,
        brief: bool = False,
    ) -> None:
        self._html = markup.kind == "html"
        escapes = markup.kind != "text"
        own = [markup.folder] if markup.folder else []
        loader = FileSystemLoader([*folders, *own])
        self._env = environment(loader, kind, translations, escapes=escapes)
        if markup.moment:
            self._env.filters["moment"] = own_zone(markup.moment)
        self._name, self._brief = markup.template, brief
        self._templates: dict[tuple[str, str], tuple[Template, Mapping[str, Any]]] = {}
        self._shared: dict[str, Mapping[str, Any]] = {}

    def say(self, name: str, language: str, facts: Mapping[str, Any]) -> tuple[str, str]:
        """Subject (only where this is no HTML) and body of a notice."""
        blocks = self._blocks_of(name, language, facts)
        subject = " ".join(blocks.get("subject", "").split())
        kind = "letter" if "letter" in blocks else "body"
        my_url = facts.get("my_url", "") if facts["desk"].my_url else ""
        head, middle, foot = self._frame(kind, facts["desk"], language, linked=bool(my_url))
        if my_url:
            foot = foot.replace(_MY, str(escape(my_url)) if self._html else my_url)
        preview, body = blocks.get("preview", ""), blocks[kind]
        if self._html:
            preview, body = (coloured(part, facts["desk"].palette) for part in (preview, body))
        return subject, "".join((head, preview, middle, body, foot))

    def part(self, name: str, language: str, facts: Mapping[str, Any]) -> str:
        """The body of a notice, without a frame."""
        blocks = self._blocks_of(name, language, facts)
        body = blocks["letter" if "letter" in blocks else "body"]
        return coloured(body, facts["desk"].palette) if self._html else body

    def _blocks_of(self, name: str, language: str, facts: Mapping[str, Any]) -> dict[str, str]:
        """The blocks of a notice by name."""
        template, shared = self.find(name, language)
        context = template.new_context({**facts, **shared})
        try:
            left_out = "subject" if self._html else "preview"
            wanted = {n: block for n, block in template.blocks.items() if n != left_out}
            return {n: "".join(block(context)) for n, block in wanted.items()}
        except Exception:
            self._env.handle_exception()  # raises again, with the line of the template in the traceback

    @lru_cache(maxsize=256)  # noqa: B019 - a renderer lives as long as the process
    def _frame(self, kind: str, desk: DeskFacts, language: str, *, linked: bool) -> list[str]:
        """The frame of a mail: before, between and after preview and body; the same for a whole mailbox.

        ``linked``: the reader has a page with their own cases, whose address goes where ``_MY`` stands.
        """
        desk = replace(desk, my_url=_MY) if linked else desk
        shared = self._shared_in(language)
        parts: Any = shared["parts"]
        frame = parts.letter if kind == "letter" else parts.page
        pieces = str(frame(_GAP, desk, shared["say"], language, _GAP)).split(_GAP)
        return [coloured(piece, desk.palette) for piece in pieces] if self._html else pieces

    def find(self, name: str, language: str) -> tuple[Template, Mapping[str, Any]]:
        """The template (``added.de.j2`` before ``added.j2``), and what all notices of its language share."""
        entry = self._templates.get((name, language))
        if entry is None:
            template = self._env.select_template(names(name, language))
            if "subject" not in template.blocks or not template.blocks.keys() & {"body", "letter"}:
                raise ValueError("it needs a block subject and a block body (or letter)")
            entry = self._templates[name, language] = template, self._shared_in(language)
        return entry

    def check(self, language: str) -> None:
        """Load a language's parts and phrases. Raises what is wrong with them."""
        self._shared_in(language)

    def _shared_in(self, language: str) -> Mapping[str, Any]:
        """A language's parts (``w``; ``parts`` with all of them), phrases (``say``) and name."""
        shared = self._shared.get(language)
        if shared is None:
            parts = self._env.get_template(self._name).make_module({"language": language})
            shared_facts = {"w": _Brief(parts) if self._brief else parts, "language": language}
            say = self._env.select_template(names("common.j2", language)).make_module(shared_facts)
            shared = self._shared[language] = {**shared_facts, "say": say, "parts": parts}
        return shared


def names(name: str, language: str) -> list[str]:
    """The names of a notice's template: that of one language, and that of all."""
    return [f"notices/{name.removesuffix('.j2')}.{language}.j2", f"notices/{name}"]

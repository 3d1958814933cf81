"""The Jinja environment of a channel's pages: the operator's templates before the shipped ones."""

from __future__ import annotations

from pathlib import Path

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PrefixLoader
from jinja2.sandbox import SandboxedEnvironment

from bot.render.environment import environment
from bot.render.renderer import SHIPPED


def page_environment(channel: str, *folders: Path) -> Environment:
    """The Jinja environment over a channel's folder in ``templates`` (and ``words``); escapes everything.

    ``folders``: the operator's own, the first first; with pages of theirs it is a sandbox.
    """
    own = [folder / channel for folder in folders]
    kind = SandboxedEnvironment if own else Environment
    words = FileSystemLoader([folder / "words" for folder in (*folders, SHIPPED)])
    pages = FileSystemLoader([*own, SHIPPED / channel])
    return environment(ChoiceLoader([pages, PrefixLoader({"words": words})]), kind)

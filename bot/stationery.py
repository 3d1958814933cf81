"""Stationery: the templates of web pages, the operator's own before the shipped ones."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from bot.filters import FILTERS
from bot.render import SHIPPED


def stationery(*folders: Path) -> Environment:
    """The Jinja environment over ``templates/web``, escaping everything; sandboxed with templates of the operator's."""
    own = [folder / "web" for folder in folders if (folder / "web").is_dir()]
    kind = SandboxedEnvironment if own else Environment
    paper = kind(
        loader=FileSystemLoader([*own, SHIPPED / "web"]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    paper.filters.update(FILTERS)
    return paper

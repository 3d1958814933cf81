"""The Jinja environments that everything is rendered in: strict, with our filters."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import BaseLoader, Environment, FileSystemLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from bot.render.filters import FILTERS
from bot.render.translations import SHIPPED, Translations


def environment(
    loader: BaseLoader,
    kind: type[Environment] = Environment,
    translations: Translations | None = None,
    *,
    escapes: bool = True,
    **options: Any,
) -> Environment:
    """A Jinja environment with our filters.

    ``kind``: a sandbox for templates of the operator's own; ``options``: Jinja's others.
    """
    created = kind(
        loader=loader,
        autoescape=escapes,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        **options,
    )
    created.filters.update(FILTERS)
    if translations:
        translations.install(created)
    return created


def page_environment(channel: str, *folders: Path) -> Environment:
    """Return the environment of a channel's pages; its global ``translations`` has the catalogs.

    ``folders``: the operator's own, which come before the shipped ones; with pages of theirs it is a sandbox.
    """
    loader = FileSystemLoader([folder / channel for folder in (*folders, SHIPPED)])
    return environment(loader, SandboxedEnvironment if folders else Environment, Translations(*folders))

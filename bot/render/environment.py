"""The Jinja environment that everything is rendered in: strict, with our filters."""

from __future__ import annotations

from typing import Any

from jinja2 import BaseLoader, Environment, StrictUndefined

from bot.render.filters import FILTERS


def environment(
    loader: BaseLoader, kind: type[Environment] = Environment, *, escapes: bool = True, **options: Any
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
    return created

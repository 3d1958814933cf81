"""Compiled templates of the tests: all processes of a test run share one cache folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from jinja2 import BaseLoader, Environment

from bot.render import page_environment, template_set
from bot.render.environment import environment
from bot.render.template_cache import TemplateCache

FOLDER = "compiled-templates"


@contextmanager
def compiled_once(folder: Path) -> Iterator[None]:
    """Keep compiled notices and pages in a folder beside those of this run's tests."""
    shared = folder / FOLDER
    shared.mkdir(mode=0o700, exist_ok=True)

    def cached(
        loader: BaseLoader, kind: type[Environment], *, escapes: bool = True, **_: object
    ) -> Environment:
        cache = TemplateCache(shared, kind, escapes=escapes)
        return environment(loader, kind, escapes=escapes, bytecode_cache=cache)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(template_set, "environment", cached)
        patch.setattr(page_environment, "environment", cached)
        yield

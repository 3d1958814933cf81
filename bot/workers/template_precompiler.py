"""The template precompiler: compiles every notice before the first mail needs it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable

from bot.render.renderer import Renderer

REST = 9
"""After each template the thread sleeps this many times as long as compiling it took."""


class TemplatePrecompiler:
    """Compiles the templates in the background at start, then waits to leave."""

    name = "template precompiler"

    def __init__(self, renderers: Iterable[Renderer]) -> None:
        self._renderers = tuple(dict.fromkeys(renderers))
        self._leaving = threading.Event()

    def run(self) -> None:
        """Compile all templates, a few at a time; errors were reported when the templates were opened."""
        for renderer in self._renderers:
            for ready in renderer.prepared():
                began = time.monotonic()
                ready()
                if self._leaving.wait((time.monotonic() - began) * REST):
                    return
        self._leaving.wait()

    def leave(self) -> None:
        """Stop, even if not all templates are compiled."""
        self._leaving.set()

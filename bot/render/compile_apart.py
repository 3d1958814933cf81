"""Compiles templates in a process of its own, which takes its memory with it when it ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from bot.model.channel_profile import MarkupTemplate
from bot.render.compiled_templates import CacheFolder
from bot.render.renderer import Renderer

NICE = 19
"""Whatever else there is to do comes first."""


@dataclass(frozen=True, slots=True)
class CompileTask:
    """Which templates, and where they are kept once they are compiled: what a renderer is made of."""

    folders: tuple[Path, ...]
    markups: tuple[MarkupTemplate, ...]
    cache: CacheFolder | None


def task_of(renderer: Renderer) -> bytes:
    """Its task, as the process reads it."""
    task = CompileTask(renderer.folders, tuple(renderer.markups), renderer.cache)
    return TypeAdapter(CompileTask).dump_json(task)


def compile_shipped(markups: Iterable[MarkupTemplate]) -> bool:
    """Compile the shipped templates beside the code, for channels with these; are they kept?

    False if nothing can be kept there.
    """
    renderer = Renderer(markups=markups)
    renderer.prepare()
    if renderer.keeps:
        for compile_one in renderer.prepared():
            compile_one()
    return renderer.keeps


def main() -> None:
    """``python -m bot.render.compile_apart < TASK``: no command line may show the secret in it."""
    with suppress(OSError):  # only the system's leave for that is missing
        os.nice(NICE)
    task = TypeAdapter(CompileTask).validate_json(sys.stdin.buffer.read())
    for compile_one in Renderer(*task.folders, markups=task.markups, cache=task.cache).prepared():
        compile_one()


if __name__ == "__main__":
    main()

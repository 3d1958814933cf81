"""Compiles a desk's templates in a process of its own, which takes its memory with it when it ends."""

from __future__ import annotations

import os
import sys
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
    cache: Path
    secret: str


def task_of(renderer: Renderer) -> bytes:
    """Its task, as the process reads it; empty where there is no cache to keep anything in."""
    if renderer.cache is None:
        return b""
    cache = renderer.cache
    task = CompileTask(renderer.folders, tuple(renderer.markups), cache.path, cache.secret)
    return TypeAdapter(CompileTask).dump_json(task)


def main() -> None:
    """``python -m bot.render.compile_apart < TASK``: no command line may show the secret in it."""
    with suppress(OSError):  # only the system's leave for that is missing
        os.nice(NICE)
    task = TypeAdapter(CompileTask).validate_json(sys.stdin.buffer.read())
    cache = CacheFolder(task.cache, task.secret)
    for compile_one in Renderer(*task.folders, markups=task.markups, cache=cache).prepared():
        compile_one()


if __name__ == "__main__":
    main()

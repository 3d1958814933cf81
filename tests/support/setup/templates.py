"""Compiled templates, for all processes of tests: the shipped ones beside the code, others in a folder."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from jinja2 import BaseLoader, Environment
from jinja2.bccache import Bucket

from bot.render import page_environment, template_set
from bot.render.environment import environment

FOLDER = "compiled-templates"


def compile_shipped() -> None:
    """Where nothing can be kept, each process compiles what it needs."""
    command = [sys.executable, "-m", "bot.cli", "templates", "compile"]
    subprocess.run(command, capture_output=True, check=False)


@contextmanager
def compiled_once(folder: Path) -> Iterator[None]:
    """While it lasts, what is compiled is kept in a folder beside those of this run's tests."""
    there = folder / FOLDER
    there.mkdir(exist_ok=True)

    class Kept(template_set._Compiled):
        @classmethod
        def clear_memory(cls) -> None:
            """The next house of this process needs them again."""

        def load_bytecode(self, bucket: Bucket) -> None:
            super().load_bytecode(bucket)
            if bucket.code is None and (file := self._file(bucket)).is_file():
                with file.open("rb") as stream:
                    bucket.load_bytecode(stream)
                super().dump_bytecode(bucket)

        def dump_bytecode(self, bucket: Bucket) -> None:
            super().dump_bytecode(bucket)
            file = self._file(bucket)
            part = file.with_suffix(f".{os.getpid()}")
            with part.open("wb") as stream:
                bucket.write_bytecode(stream)
            part.replace(file)

        def _file(self, bucket: Bucket) -> Path:
            return there / hashlib.sha256(repr(self._key(bucket)).encode()).hexdigest()

    def of_pages(loader: BaseLoader, kind: type[Environment]) -> Environment:
        return environment(loader, kind, bytecode_cache=Kept("pages", kind))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(template_set, "_Compiled", Kept)
        patch.setattr(page_environment, "environment", of_pages)
        yield

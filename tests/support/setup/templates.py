"""Templates that one of the test processes has compiled, for all of them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from jinja2.bccache import Bucket

from bot.render import template_set
from tests.support.setup.shared_templates import SHARED

FOLDER = "compiled-templates"


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

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(template_set, "_Compiled", Kept)
        patch.setenv(SHARED, str(there))
        yield

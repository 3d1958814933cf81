"""A build hook: compiles each catalog (``.po``) to the ``.mo`` file beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Named as hatchling expects it."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile all catalogs."""
        for file in Path(self.root, "templates", "locale").glob("*/LC_MESSAGES/*.po"):
            with file.open("rb") as text, file.with_suffix(".mo").open("wb") as binary:
                write_mo(binary, read_po(text))

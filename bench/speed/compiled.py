"""Compiles all templates of a house at once, as its first start would do in the background over half a minute."""

from __future__ import annotations

import os
from pathlib import Path

from bot.channel.installed import sections
from bot.config.load import load
from bot.render.compiled_templates import cache_folder
from bot.render.renderer import renderers_of


def main() -> None:
    """``CASEBOT_CONFIG=… python -m bench.speed.compiled``: kept where the house looks for it."""
    config = load(Path(os.environ["CASEBOT_CONFIG"]), sections())
    for renderer in set(renderers_of(config, cache_folder(config)).values()):
        for compile_one in renderer.prepared():
            compile_one()


if __name__ == "__main__":
    main()

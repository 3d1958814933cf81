"""The registry: imports every module of handlers, so that each command is known with its function."""

from __future__ import annotations

import importlib
import pkgutil

from bot.desk import handlers
from bot.desk.turn.handler import HANDLERS

__all__ = ["HANDLERS"]

for _module in pkgutil.walk_packages(handlers.__path__, f"{handlers.__name__}."):
    if _module.name != __name__:
        importlib.import_module(_module.name)

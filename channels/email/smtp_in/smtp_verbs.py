"""Verbs: the SMTP commands by their names, and one way of answering all that are none."""

from __future__ import annotations

from typing import Any


class Verbs(dict[str, Any]):
    """The commands by name. We answer unknown ones; aiosmtpd would disconnect after five."""

    def __init__(self, verbs: dict[str, Any], *, unknown: Any) -> None:
        super().__init__(verbs)
        self._unknown = unknown

    def get(self, verb: str, default: Any = None) -> Any:
        """The command's method, or that of all unknown ones."""
        return super().get(verb, self._unknown)

"""The best of our languages for a reader (RFC 9110, section 12.5.4)."""

from __future__ import annotations

from collections.abc import Collection


def best(accepted: str, supported: Collection[str], usual: str) -> str:
    """The best language for an ``Accept-Language`` header; if none fits, ``usual``, else English."""
    wanted = sorted(map(_range, accepted[:1000].split(",")), key=lambda pair: -pair[1])
    language = next((name for name, weight in wanted if name in supported and weight > 0), "")
    usual = _short(usual)
    return language or (usual if usual in supported else "en")


def _range(text: str) -> tuple[str, float]:
    """A language range: ``de-AT;q=0.8`` → ``("de", 0.8)``."""
    name, _, weight = text.partition(";")
    try:
        return _short(name), float(weight.strip().removeprefix("q=") or 1)
    except ValueError:
        return _short(name), 0.0


def _short(language: str) -> str:
    return language.strip().replace("_", "-").partition("-")[0].lower()

"""The best of our languages for a reader (RFC 9110, section 12.5.4)."""

from __future__ import annotations

from collections.abc import Collection


def best(accepted: str, ours: Collection[str], usual: str) -> str:
    """The language for an ``Accept-Language`` header; ``usual`` where it wants none of ours, else English."""
    wanted = sorted(map(_range, accepted[:1000].split(",")), key=lambda pair: -pair[1])
    found = next((name for name, weight in wanted if name in ours and weight > 0), "")
    usual = _short(usual)
    return found or (usual if usual in ours else "en")


def _range(text: str) -> tuple[str, float]:
    """``de-AT;q=0.8`` → ``("de", 0.8)``."""
    name, _, weight = text.partition(";")
    try:
        return _short(name), float(weight.strip().removeprefix("q=") or 1)
    except ValueError:
        return _short(name), 0.0


def _short(language: str) -> str:
    return language.strip().replace("_", "-").partition("-")[0].lower()

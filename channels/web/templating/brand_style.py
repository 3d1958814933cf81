"""A brand's stylesheet: the few values of the one stylesheet that its colour changes."""

from __future__ import annotations

from bot.brand.palette import Palette, Shades


def brand_style(palette: Palette | None) -> str:
    """The stylesheet of a palette, which goes behind the usual one; ``""`` without one."""
    if palette is None:
        return ""
    return f":root{{{_values(palette.light)}}}@media (prefers-color-scheme:dark){{:root{{{_values(palette.dark)}}}}}"


def _values(shades: Shades) -> str:
    values = {
        "accent": shades.accent,
        "on": shades.on_accent,
        "fill": shades.fill,
        "on-fill": shades.on_fill,
        "accent-soft": shades.soft,
    }
    return ";".join(f"--{name}:{value}" for name, value in values.items())

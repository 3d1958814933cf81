"""Which pictures look different: ``python -m bench.pictures.changes docs/pictures NEW``.

Clocks and dates in them change each time: what counts is more than one pixel in fifty, or another size.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

SHARE, SEEN = 0.02, 60
"""Of the pixels; by how much of 255 one must be lighter or darker."""


def looks_different(old: Path, new: Path) -> bool:
    """Would somebody notice? Of a film its last frame is looked at."""
    image, chops = import_module("PIL.Image"), import_module("PIL.ImageChops")
    shown = []
    for path in (old, new):
        with image.open(path) as picture:
            picture.seek(getattr(picture, "n_frames", 1) - 1)
            shown.append(picture.convert("L"))
    if shown[0].size != shown[1].size:
        return True
    counts = chops.difference(*shown).histogram()
    return sum(counts[SEEN:]) > SHARE * sum(counts)


def main(old: Path, new: Path) -> int:
    """Print the names of those that do, and of those that are new or gone; 1 if there are any."""
    names = {file.name for folder in (old, new) for file in folder.glob("*.webp")}
    both = {name for name in names if (old / name).exists() and (new / name).exists()}
    changed = sorted((names - both) | {name for name in both if looks_different(old / name, new / name)})
    sys.stdout.write("".join(f"{name}\n" for name in changed))
    return 1 if changed else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))

"""Other projects' documentation, fetched by name from the package registries into a folder, and unpacked there."""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

KEPT = Path(tempfile.gettempdir()) / "casebot-documentation"
"""What was fetched stays here until the machine tidies up."""


@dataclass(frozen=True, slots=True)
class Set:
    """One product's documentation; ``bench/questions/NAME.csv`` asks about it."""

    name: str
    registry: str
    """``npm`` or ``debian``."""
    package: str
    folder: str
    """Within the unpacked package."""
    held_back: bool
    """Nothing is tuned to it."""

    def fetched(self) -> Path:
        """The folder with its pages."""
        place = KEPT / self.name
        if not (place / self.folder).is_dir():
            place.mkdir(parents=True, exist_ok=True)
            {"npm": _npm, "debian": _debian}[self.registry](self.package, place)
        return place / self.folder


SETS = (
    Set("directus", "npm", "@directus/docs@9.22.3", "package", held_back=False),
    Set(
        "gnucash-ja", "debian", "gnucash-docs", "usr/share/doc/gnucash-docs/gnucash-guide-ja", held_back=False
    ),
    Set("beets", "debian", "beets-doc", "usr/share/doc/beets/html", held_back=True),
    Set(
        "debian-installer-de",
        "debian",
        "installation-guide-amd64",
        "usr/share/doc/installation-guide-amd64/de",
        held_back=True,
    ),
)
"""Markdown with front matter; HTML of DocBook, in Japanese and German; HTML of Sphinx."""


def _npm(package: str, place: Path) -> None:
    subprocess.run(["npm", "pack", "--silent", package], cwd=place, check=True, stdout=subprocess.DEVNULL)
    (archive,) = place.glob("*.tgz")
    subprocess.run(["tar", "-xzf", archive.name], cwd=place, check=True)


def _debian(package: str, place: Path) -> None:
    """``apt-get update`` is for whoever runs this."""
    fetch = ["apt-get", "download", "-o", "APT::Sandbox::User=root", package]
    subprocess.run(fetch, cwd=place, check=True, stdout=subprocess.DEVNULL)
    (archive,) = place.glob("*.deb")
    subprocess.run(["dpkg-deb", "-x", archive.name, "."], cwd=place, check=True)

"""The image: it has all that casebot can do, for nothing can be installed in it later."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "deploy/Dockerfile").read_text(encoding="utf-8")


def test_every_extra_of_the_product_is_installed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    installed = re.search(r"casebot-\*\.whl\)\[([a-z0-9,]+)\]", DOCKERFILE)
    assert installed
    assert set(installed[1].split(",")) == set(project["optional-dependencies"]) - {"dev", "docs", "e2e"}


def test_the_state_folder_is_in_the_volume() -> None:
    folder = re.search(r"CASEBOT_STORE__STATE_FOLDER=(\S+)", DOCKERFILE)
    volume = re.search(r"^VOLUME (\S+)$", DOCKERFILE, re.MULTILINE)
    assert folder
    assert volume
    assert folder[1] == volume[1]


def test_the_state_folder_of_the_documentation_is_the_one_that_the_unit_creates() -> None:
    guide = (ROOT / "docs/production.md").read_text(encoding="utf-8")
    unit = (ROOT / "deploy/systemd/casebot.service").read_text(encoding="utf-8")
    folder = re.search(r'^state_folder = "/var/lib/([^"]+)"', guide, re.MULTILINE)
    assert folder
    assert f"\nStateDirectory={folder[1]}\n" in unit

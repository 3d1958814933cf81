"""The one-way street: who may import whom, and which third-party package each room may use."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("bot", "channels", "store", "rehearsal", "templates", "bench", "tests")
MAY = {
    "store": set(),
    "bot": {"store"},
    "channels": {"bot"},
    "rehearsal": {"channels"},
}
OPENS_THE_DEMO = ROOT / "bot/console/demo.py"
CHANNELS_SEE = {"commands", "grammar", "channel", "desk", "links", "memory", "phones", "refusals"}
PACKAGES = {
    "store": {"sqlalchemy", "alembic"},
    "bot": {
        "click", "holidays", "itsdangerous", "jinja2", "markupsafe", "prometheus_client", "pydantic",
        "pydantic_settings", "structlog",
    },
    "bot/articles": {"frontmatter", "markdown_it", "selectolax", "yaml"},
    "channels/email": {
        "aiosmtpd", "chardetng_py", "cryptography", "dkim", "dns", "imapclient", "publicsuffixlist", "pydantic",
        "selectolax", "spf", "structlog",
    },
    "channels/slack": {"pydantic", "slack_bolt", "slack_sdk", "starlette", "structlog"},
    "channels/web": {"prometheus_client", "pydantic", "python_multipart", "starlette", "uvicorn"},
    "channels": set(),
    "rehearsal": {"aiosmtpd", "dns"},
    "rehearsal/slack": {"slack_sdk", "starlette", "uvicorn"},
    "rehearsal/demo": {"starlette"},
}  # fmt: skip


def imports(file: Path) -> Iterator[str]:
    """Every module a file imports, as dotted names (``from bot import links`` is ``bot.links``)."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative imports hide where things come from"
            yield from (f"{node.module}.{name.name}" for name in node.names)


def files(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


@pytest.mark.parametrize("room", MAY)
def test_rooms_import_only_down_the_street(room: str) -> None:
    for file in files(room):
        for name in imports(file):
            top = name.partition(".")[0]
            may = MAY[room] | ({"rehearsal"} if file == OPENS_THE_DEMO else set())
            assert top not in ROOMS or top == room or top in may, f"{file} imports {name}"


def test_channels_see_only_the_desks_counter() -> None:
    for file in files("channels"):
        for name in imports(file):
            top, _, rest = name.partition(".")
            assert top != "bot" or rest.partition(".")[0] in CHANNELS_SEE, f"{file} imports {name}"


def test_the_bot_writes_no_sql() -> None:
    for file in files("bot"):
        assert not [name for name in imports(file) if name.startswith("sqlalchemy")], file


@pytest.mark.parametrize("room", ["store", "bot", "channels", "rehearsal"])
def test_each_room_uses_only_its_own_packages(room: str) -> None:
    for file in files(room):
        place = file.relative_to(ROOT).parent.as_posix()
        allowed = next(PACKAGES[key] for key in (place, *_above(place)) if key in PACKAGES)
        for name in imports(file):
            top = name.partition(".")[0]
            known = top in sys.stdlib_module_names or top in ROOMS or top in allowed
            assert known, f"{file} uses {top}"


def _above(place: str) -> Iterator[str]:
    while "/" in place:
        place = place.rpartition("/")[0]
        yield place


def test_every_module_says_what_it_is() -> None:
    for room in ("bot", "channels", "store", "rehearsal", "bench", "templates"):
        for file in files(room):
            assert ast.get_docstring(ast.parse(file.read_text())), f"{file} has no sentence about itself"


def test_no_file_has_two_nouns() -> None:
    for room in ("bot", "channels", "store", "rehearsal", "bench", "tests"):
        for file in files(room):
            assert len(file.read_text().splitlines()) <= 300, f"{file} is over 300 lines"

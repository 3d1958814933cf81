"""The one-way street: who may import whom, and which third-party package each room may use."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("bot", "channels", "store", "rehearsal", "templates", "bench", "tests")
MAY = {
    "store": set(),
    "bot": {"store"},
    "channels": {"bot"},
    "rehearsal": {"channels"},
}
OPENS_THE_DEMO = ROOT / "bot/cli/demo.py"
CHANNELS_SEE = {"brand", "channel", "commands", "languages", "links", "model", "queries", "syntax"}
FLOORS = """
store/engine  store/files  store/migrations/versions  store/migrations/versions/numbered
store/migrations  store/people
store/cases
store/articles  store/directory  store/queues
store
store/backup  store/erasure
store/disclosure
bot/brand  bot/languages  bot/links  bot/presets
bot/model
bot/syntax
bot/commands  bot/notices
bot/config
bot/channel
bot/policy  bot/render  bot/runtime
bot/articles  bot/notify  bot/replies  bot/template_check
bot/queries
bot/desk/turn  bot/inbound  bot/pages  bot/people  bot/privacy
bot/desk/handlers/people
bot/desk/handlers/deadlines
bot/desk/handlers/cases
bot/desk/handlers/conversation
bot/desk/handlers  bot/monitors
bot/desk
bot/explain  bot/workers
bot/reports
bot
bot/cli/terminal
bot/cli/setup_dialog
bot/cli/privacy
bot/cli
channels
channels/email/config  channels/email/encoding
channels/email/formats  channels/email/sign_in
channels/email/mime
channels/email/archive  channels/email/auth  channels/email/automatic  channels/email/outbound  channels/email/replies
channels/email/imap_in  channels/email/reading  channels/email/setup  channels/email/smtp_in
channels/email/sandbox
channels/email
channels/slack/text
channels/slack/views  channels/slack/workspace
channels/slack/inbound
channels/slack/desk
channels/slack/interactive
channels/slack
channels/web/http
channels/web/pictures  channels/web/templating
channels/web/uploads
channels/web/pages
channels/web
"""
"""The packages, lowest first: each imports only from lines above its own."""
PACKAGES = {
    "store": {"sqlalchemy", "alembic", "zstandard"},
    "store/backup": {"msgspec", "sqlalchemy"},
    "store/files": {"obstore"},
    "bot": {
        "babel", "click", "holidays", "itsdangerous", "jinja2", "markupsafe", "prometheus_client", "pydantic",
        "pydantic_settings", "starlette", "structlog",
    },
    "bot/cli/setup_dialog": {"click", "pydantic", "tomlkit"},
    "bot/config": {"holidays", "pydantic", "pydantic_settings", "tomlkit"},
    "bot/reports": {"PIL", "jinja2", "structlog"},
    "bot/replies": {"frontmatter", "structlog", "yaml"},
    "bot/articles": {"frontmatter", "markdown_it", "selectolax", "structlog", "yaml"},
    "channels/email": {
        "aiosmtpd", "chardetng_py", "cryptography", "dkim", "dns", "imapclient", "msgspec", "publicsuffixlist",
        "pydantic", "selectolax", "spf", "structlog",
    },
    "channels/email/sign_in": {"google", "msal", "pydantic", "requests", "structlog"},
    "channels/slack": {"click", "pydantic", "slack_bolt", "slack_sdk", "starlette", "structlog", "urllib3"},
    "channels/web/pictures": {"PIL"},
    "channels/web": {"prometheus_client", "pydantic", "python_multipart", "starlette", "uvicorn"},
    "channels": set(),
    "rehearsal": {"starlette"},
    "rehearsal/slack": {"slack_sdk", "starlette", "uvicorn"},
    "rehearsal/demo": {"aiosmtpd", "starlette"},
}  # fmt: skip


def imports(file: Path) -> Iterator[str]:
    """Every module a file imports, as dotted names (``from bot import links`` is ``bot.links.tokens``)."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative imports hide where things come from"
            yield from (f"{node.module}.{name.name}" for name in node.names)


def files(room: str) -> list[Path]:
    modules = sorted((ROOT / room).rglob("*.py"))
    assert modules, f"there is nothing in {room}"
    return modules


def _package(name: str) -> str:
    """The package of a dotted name, as a path: ``bot.desk.turn.turn.Turn`` is in ``bot/desk/turn``."""
    parts = name.split(".")
    while parts and not (ROOT.joinpath(*parts) / "__init__.py").is_file():
        parts.pop()
    return "/".join(parts)


def test_every_package_imports_only_what_lies_below_it() -> None:
    floor = {package: number for number, line in enumerate(FLOORS.split("\n")) for package in line.split()}
    places = {
        file.parent.relative_to(ROOT).as_posix()
        for room in ("bot", "channels", "store")
        for file in files(room)
    }
    assert set(floor) == places
    for file in (file for room in ("bot", "channels", "store") for file in files(room)):
        own = file.parent.relative_to(ROOT).as_posix()
        for package in {_package(name) for name in imports(file)} & set(floor) - {own}:
            assert floor[package] < floor[own], f"{file} imports {package}"


def test_doors_do_not_lean_on_each_other() -> None:
    for file in files("channels"):
        door = file.relative_to(ROOT).parts[1]
        for name in imports(file):
            other = _package(name).split("/")
            assert other[0] != "channels" or len(other) == 1 or other[1] == door, f"{file} imports {name}"


@pytest.mark.parametrize("room", ["bot", "channels", "store", "rehearsal", "bench"])
def test_no_folder_has_more_than_twenty_modules(room: str) -> None:
    for folder in {file.parent for file in files(room)}:
        assert len(list(folder.glob("*.py"))) <= 20, folder


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


def test_no_file_is_too_long_to_be_read_at_once() -> None:
    for room in ("bot", "channels", "store", "rehearsal", "bench", "tests"):
        for file in files(room):
            assert len(file.read_text().splitlines()) <= 400, f"{file} is over 400 lines"


@pytest.mark.parametrize(("room", "registers"), [("commands", r"^@verb\("), ("notices", r"^@notice\(")])
def test_each_module_that_registers_something_is_in_the_catalogue(room: str, registers: str) -> None:
    folder = ROOT / "bot" / room
    catalogue = (folder / "catalogue.py").read_text()
    listed = catalogue.partition("_MODULES")[2].partition("\nNOTICES")[0].partition("\nVERBS")[0]
    made = [file.stem for file in folder.glob("*.py") if re.search(registers, file.read_text(), re.MULTILINE)]
    assert len(made) > 3
    assert [name for name in made if not re.search(rf"\b{name}\b", listed)] == []

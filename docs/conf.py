"""How the documentation becomes a site: ``sphinx-build -W docs site``."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

HOME = Path(__file__).parents[1]

project = "casebot"
project_copyright = "the casebot authors, MIT licence"
version = release = tomllib.loads((HOME / "pyproject.toml").read_text("utf-8"))["project"]["version"]
extensions = ["myst_parser"]
myst_enable_extensions = ["colon_fence", "linkify"]
myst_linkify_fuzzy_links = False
myst_heading_anchors = 4
source_suffix = {".md": "markdown"}
suppress_warnings = ["myst.header"]
html_theme = "furo"
html_title = "casebot"
html_show_sphinx = False
html_copy_source = False
html_static_path: list[str] = []
pygments_style = "friendly"
pygments_dark_style = "monokai"
linkcheck_ignore = [
    r"https?://(127\.0\.0\.1|localhost|[\w.-]*\bexample\b|[\w.-]*acme\.com)",
    r"https://app\.slack\.com/",
]

_TABLE = re.compile(r"^(?:# )?\[{1,2}(?P<name>[\w.]+)\]{1,2}")


def keys() -> str:
    """The page of all keys: ``config.example.toml``, a heading for each table; a test holds that it has every key."""
    page = [
        "# Every key",
        "",
        "What stands here is [config.example.toml](https://toml.io) as it ships: each key with its default and why one "
        "would change it. A key that you do not set has the default. `casebot check` names every mistake at once.",
        "",
        "Any key may come from the environment instead: `CASEBOT_STORE__URL`, `CASEBOT_MAILBOX__0__IMAP__PASSWORD`.",
    ]
    for name, lines in _tables((HOME / "config.example.toml").read_text("utf-8")):
        page += ["", f"## `[{name}]`" if name else "## Before the first table", "", "```toml", *lines, "```"]
    return "\n".join(page) + "\n"


def _tables(text: str) -> list[tuple[str, list[str]]]:
    """The file cut at each table of the first level; comments right above a table belong to it."""
    parts: list[tuple[str, list[str]]] = []
    waiting: list[str] = []
    for line in text.splitlines():
        table = _TABLE.match(line)
        name = table["name"] if table else ""
        if name and "." not in name:
            parts.append((name, waiting))
            waiting = []
        elif line.startswith("#") or not line:
            waiting.append(line)
            continue
        if parts:
            parts[-1][1].extend([*waiting, line])
        waiting = []
    if parts:
        parts[-1][1].extend(waiting)
    return [(name, _trimmed(lines)) for name, lines in parts]


def _trimmed(lines: list[str]) -> list[str]:
    return "\n".join(lines).strip("\n").splitlines()


def _read(app: Any, name: str, source: list[str]) -> None:
    if name == "keys":
        source[0] = keys()


def setup(app: Any) -> None:
    """Called by Sphinx."""
    app.connect("source-read", _read)

"""How the documentation becomes a site: ``sphinx-build -W docs site``."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from docutils import nodes

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
html_static_path = ["theme"]
html_css_files = ["site.css"]
templates_path = ["theme"]
exclude_patterns = ["theme"]
pygments_style = "github-light-high-contrast"
pygments_dark_style = "github-dark"
linkcheck_retries = 2
linkcheck_timeout = 20
linkcheck_ignore = [
    r"https?://(127\.0\.0\.1|localhost|[\w.-]*\bexample\b|[\w.-]*acme\.com)",
    r"https://app\.slack\.com/",
]

_TABLE = re.compile(r"^(?:# )?\[{1,2}([\w.]+)\]{1,2}(?:\s*#\s*(.*))?$")
_KEY = re.compile(r"""^(?:# )?([a-z_]+|[A-Z]\w+|"[^"]+") = (.+?)(?:\s+#\s+(.*))?$""")
_ADDRESS = re.compile(r"(?<![`\w])(https?://[\w./-]*\w)")
"""Examples of addresses, which lead nowhere."""
INTRODUCTION = """\
# Every key

Each key of `config.toml` with its default, and why one would change it: the file `config.example.toml`, as tables.
A key that is not set has the default. `casebot check` names every mistake at once.

Any key may come from the environment instead, sections joined by two underscores: `CASEBOT_STORE__URL`, or
`CASEBOT_MAILBOX__0__IMAP__PASSWORD` for the first `[[mailbox]]`. Relative paths start from the folder of the file.
"""


def keys() -> str:
    """The page of all keys, from ``config.example.toml``: a test holds that it has each with its default."""
    page, prose = [INTRODUCTION], list[str]()
    example = (HOME / "config.example.toml").read_text("utf-8")
    for line in example[example.index("\n\n") :].splitlines():
        table, key = _TABLE.match(line), _KEY.match(line)
        if table:
            page.append(_heading(table[1], [*prose, table[2] or ""]))
        elif key:
            page.append(_row(key[1], key[2], [*prose, key[3] or ""]))
        prose = [*prose, line.lstrip("# ")] if line.startswith("#") and not (table or key) else []
    return "\n".join(page) + "\n"


def _heading(name: str, words: list[str]) -> str:
    head = f"{'##' if '.' not in name else '###'} `[{name}]`"
    return f"\n{head}\n\n{_cell(words)}\n\n| key | default | what it does |\n|---|---|---|"


def _row(name: str, value: str, words: list[str]) -> str:
    return f"| `{name}` | `{value.replace('|', chr(92) + '|')}` | {_cell(words)} |"


def _cell(words: list[str]) -> str:
    text = " ".join(filter(None, words)).replace("|", r"\|").replace("<", "&lt;")
    return _ADDRESS.sub(r"`\1`", text)


COLUMNS = 3
"""From so many columns on a table is cards on a phone (theme/site.css)."""


def _name_columns(app: Any, doctree: nodes.document) -> None:
    """Put into each cell the name of its column, and take away heads in which nothing stands."""
    for table in doctree.findall(nodes.table):
        for head in list(table.findall(nodes.thead)):
            names = [entry.astext() for entry in head.findall(nodes.entry)]
            if not any(names):
                head.parent.remove(head)
                continue
            for entry in head.findall(nodes.entry):
                if not entry.astext():
                    entry[:] = [nodes.paragraph("", "", nodes.inline("", "What", classes=["unseen"]))]
            if len(names) >= COLUMNS:
                for row in table.findall(nodes.row):
                    _name_cells(row, names)


def _name_cells(row: nodes.row, names: list[str]) -> None:
    cells = list(row.findall(nodes.entry))
    if isinstance(row.parent, nodes.thead):
        return
    for name, cell in zip(names[1:], cells[1:], strict=True):
        if name and cell.children and isinstance(cell[0], nodes.paragraph):
            cell[0].insert(0, nodes.inline("", name, classes=["column"]))
        if name == "test":
            cell[:] = [_raw("<details><summary>tests</summary>"), *cell.children, _raw("</details>")]


def _raw(markup: str) -> nodes.raw:
    return nodes.raw("", markup, format="html")


def _link_pictures(app: Any, doctree: nodes.document) -> None:
    """Let each picture lead to itself: on a phone one wants to see it large."""
    if app.builder.name != "html":
        return
    for picture in list(doctree.findall(nodes.image)):
        name = Path(picture["uri"]).name
        around = nodes.reference("", "", refuri=f"_images/{name}", classes=list(picture["classes"]))
        picture.replace_self(around)
        around += picture


def _read(app: Any, name: str, source: list[str]) -> None:
    if name == "keys":
        source[0] = keys()


def setup(app: Any) -> None:
    """Called by Sphinx."""
    app.connect("source-read", _read)
    app.connect("doctree-read", _name_columns)
    app.connect("doctree-read", _link_pictures)

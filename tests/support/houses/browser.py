"""A customer's browser, without scripts: pages are fetched, their forms filled in and sent."""

from __future__ import annotations

import http.client
import re
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Self

import pytest

from rehearsal.ports import free_port
from store.engine.columns import metadata
from tests.support.houses.house import House, until, words
from tests.support.setup.pace import PATIENCE

ANA, BOB, SAM = "Ana <ana@acme.example>", "Bob <bob@acme.example>", "Sam <sam@desk.example>"
DESK = "support@example.com"


@dataclass
class Page:
    """What came back. ``url``: where one ended up."""

    url: str
    status: int
    headers: Any
    html: str
    words: str = ""
    tags: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    forms: dict[str, dict[str, str]] = field(default_factory=dict)

    def send(self, action: str, **typed: str) -> Page:
        """Fill in the form for ``action`` and press its button."""
        return post(self.url.partition("?")[0], {**self.forms[action], **typed})


def get(url: str, method: str = "GET", **headers: str) -> Page:
    return _open(urllib.request.Request(url, method=method, headers=_named(headers)))


def post(url: str, fields: dict[str, str], **headers: str) -> Page:
    data = urllib.parse.urlencode(fields).encode()
    return _open(urllib.request.Request(url, data, _named(headers)))


def send_files(
    url: str, fields: dict[str, str | list[str]], files: dict[str, bytes] | None = None, **headers: str
) -> Page:
    """Send a form with files, as a browser without scripts does."""
    listed = [
        (key, one) for key, some in fields.items() for one in ([some] if isinstance(some, str) else some)
    ]
    parts = [f'form-data; name="{key}"\r\n\r\n{one}'.encode() for key, one in listed]
    for name, content in (files or {"": b""}).items():
        kind = "application/octet-stream"
        head = f'form-data; name="files"; filename="{name}"\r\nContent-Type: {kind}\r\n\r\n'
        parts.append(head.encode() + content)
    body = b"".join(b"--xYx\r\nContent-Disposition: " + part + b"\r\n" for part in parts) + b"--xYx--\r\n"
    kind = {"Content-Type": "multipart/form-data; boundary=xYx"}
    return _open(urllib.request.Request(url, body, _named(headers) | kind))


def follow(url: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], str]:
    """Open a link as a browser does, but stay where it leads: status, headers and body."""
    parts = urllib.parse.urlsplit(url)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    line = http.client.HTTPConnection(parts.netloc, timeout=PATIENCE)
    try:
        line.request(method, path, headers=headers)
        answer = line.getresponse()
        body = answer.read().decode()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, body
    finally:
        line.close()


def page_link(mail: Any, purpose: str) -> str:
    """The link to one of our pages that a mail carries."""
    (link,) = set(re.findall(rf"http://\S+/{purpose}/\S+", words(mail)))
    return link


def case_link(mail: Any) -> str:
    """The link to the case's page that a mail carries."""
    return page_link(mail, "case")


class WebHouse(House):
    """The house with its web door open."""

    def __init__(self, url: str, folder: Path, *, base_url: str = "", **more: Any) -> None:
        listen, monitor = (f"127.0.0.1:{free_port()}" for _ in range(2))
        self.web = f"http://{listen}"
        """Where it really listens."""
        self.monitor = f"http://{monitor}"
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("CASEBOT_WEB__LISTEN", listen)
            environment.setenv("CASEBOT_WEB__MONITOR", monitor)
            environment.setenv("CASEBOT_WEB__BASE_URL", base_url)
            super().__init__(url, folder, **more)

    def __enter__(self) -> Self:
        super().__enter__()
        assert until(lambda: _answers(self.web) and _answers(self.monitor))
        return self

    def dump(self) -> dict[str, list[str]]:
        """Every row of every table."""
        with self.app.database.reading() as tx:
            tables = metadata.sorted_tables
            return {table.name: sorted(map(repr, tx.rows(table.select()))) for table in tables}


def _answers(url: str) -> bool:
    try:
        return get(f"{url}/healthz").status == 200
    except OSError:
        return False


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def _open(request: urllib.request.Request) -> Page:
    try:
        answer = urllib.request.urlopen(request, timeout=PATIENCE)
    except urllib.error.HTTPError as error:
        answer = error  # type: ignore[assignment]
    with answer:
        html = answer.read().decode()
        page = Page(answer.url, answer.status, answer.headers, html)
    reader = _Reader(page)
    reader.feed(html)
    page.words = " ".join("".join(reader.text).split())
    return page


class _Reader(HTMLParser):
    """Text, tags, and each form's fields as they stand, by its hidden ``action``."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self.text: list[str] = []
        self._page = page
        self._form: dict[str, str] = {}
        self._inside = self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        have = {name: value or "" for name, value in attrs}
        self._page.tags.append((tag, have))
        self._inside = have["name"] if tag == "textarea" else tag
        if tag == "form":
            self._form = {}
        elif tag == "input" and (have.get("type") != "radio" or "checked" in have):
            self._put(have["name"], have.get("value", ""))
        elif tag in ("textarea", "select"):
            self._select = have["name"]
            self._put(have["name"], "")
        elif tag == "option" and "selected" in have:
            self._form[self._select] = have["value"]

    def _put(self, name: str, value: str) -> None:
        self._form[name] = value
        if name == "action":
            self._page.forms[value] = self._form

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside in self._form:
            self._form[self._inside] = data.removeprefix("\n")
        elif self._inside != "style":
            self.text.append(data)

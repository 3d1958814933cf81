"""A browser without scripts: fetches pages, fills in their forms and sends them."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from bench.rows.seen import Missing, flat

BOUNDARY = "xRowsx"


@dataclass(frozen=True)
class Page:
    """What came back; ``url``: where one ended up."""

    url: str
    status: int
    html: str

    @property
    def words(self) -> str:
        """All that can be read."""
        tree = LexborHTMLParser(self.html)
        tree.strip_tags(["style", "script"])
        return flat(tree.text(separator=" "))

    def links(self, part: str) -> list[str]:
        """Where one can go from here, whole addresses that hold ``part``."""
        found = (node.attributes.get("href") or "" for node in LexborHTMLParser(self.html).css("a[href]"))
        return [whole for one in found if part in (whole := urllib.parse.urljoin(self.url, one))]

    def link(self, part: str) -> str:
        """The first of them. Raises ``Missing``."""
        found = self.links(part)
        if not found:
            raise Missing(f"a link to {part} on {self.url.split('?')[0][:60]}", self.words)
        return found[0]

    def form(self, action: str) -> tuple[dict[str, str], bool]:
        """A form's fields as they stand, and whether it takes files. Raises ``Missing``."""
        for form in LexborHTMLParser(self.html).css("form"):
            fields = _fields(form)
            if fields.get("action") == action:
                return fields, "multipart" in (form.attributes.get("enctype") or "")
        raise Missing(f"a form to {action}", self.words)

    def send(self, action: str, files: Mapping[str, bytes] | None = None, **typed: str) -> Page:
        """Fill it in and press its button."""
        fields, multipart = self.form(action)
        return self._post({**fields, **typed}, files if multipart else None, multipart=multipart)

    def press(self, button: str, typed: Mapping[str, str], files: Mapping[str, bytes] | None = None) -> Page:
        """Fill in fields by the beginning of their labels, and press the button with this text."""
        forms = LexborHTMLParser(self.html).css("form")
        form: Any = next(
            (each for each in forms if button in [node.text() for node in each.css("button")]), None
        )
        if form is None:
            raise Missing(f"a button {button}", self.words)
        fields = _fields(form)
        for label, value in typed.items():
            named = [
                each.attributes["for"] for each in form.css("label[for]") if each.text().startswith(label)
            ]
            field = form.css_first(f"#{named[0]}" if named else f'[aria-label^="{label}"]')
            fields[field.attributes["name"]] = value or field.attributes["value"]
        return self._post(fields, files, multipart="multipart" in (form.attributes.get("enctype") or ""))

    def _post(self, fields: Mapping[str, str], files: Mapping[str, bytes] | None, *, multipart: bool) -> Page:
        url = self.url.partition("?")[0]
        if not multipart:
            return _open(urllib.request.Request(url, urllib.parse.urlencode(fields).encode()))
        kind = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
        return _open(urllib.request.Request(url, _multipart(fields, files or {}), kind))


def get(url: str, **headers: str) -> Page:
    """Look at a page; ``Accept_Language="fr"``."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return _open(urllib.request.Request(url, headers=named))


def fetch(url: str) -> bytes:
    """A file."""
    with urllib.request.urlopen(url, timeout=60) as answer:
        return bytes(answer.read())


def leads_to(url: str) -> str:
    """Where a page sends on to, without going there."""
    where = urllib.parse.urlsplit(url)
    with closing(http.client.HTTPConnection(where.netloc, timeout=60)) as line:
        line.request("GET", where.path)
        return line.getresponse().getheader("Location") or ""


def _open(request: urllib.request.Request) -> Page:
    try:
        answer: Any = urllib.request.urlopen(request, timeout=60)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        return Page(answer.url, answer.status, answer.read().decode("utf-8", "replace"))


def _fields(form: Any) -> dict[str, str]:
    fields: dict[str, str] = {}
    for node in form.css("input[name], textarea[name], select[name]"):
        have = node.attributes
        if have.get("type") in ("file", "checkbox") or (
            have.get("type") == "radio" and "checked" not in have
        ):
            continue
        fields[have["name"]] = have.get("value") or ""
        if node.tag == "textarea":
            fields[have["name"]] = node.text().removeprefix("\n")
        elif node.tag == "select":
            chosen = node.css_first("option[selected]")
            fields[have["name"]] = (chosen.attributes.get("value") or "") if chosen else ""
    return fields


def _multipart(data: Mapping[str, str], files: Mapping[str, bytes]) -> bytes:
    parts = [f'form-data; name="{name}"\r\n\r\n{value}'.encode() for name, value in data.items()]
    for name, content in (files or {"": b""}).items():
        head = f'form-data; name="files"; filename="{name}"\r\nContent-Type: application/octet-stream\r\n\r\n'
        parts.append(head.encode() + content)
    lead = f"--{BOUNDARY}\r\nContent-Disposition: ".encode()
    return b"".join(lead + part + b"\r\n" for part in parts) + f"--{BOUNDARY}--\r\n".encode()

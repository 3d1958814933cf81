"""Payloads: the bytes of a composed message, written anew without some words and files."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from email import message_from_bytes, policy
from email.header import Header, decode_header, make_header
from email.message import Message
from hashlib import sha256
from typing import Any

from store.erasure.erased_words import FORM, MARK, within

Change = Callable[[str], str]
_POLICY = policy.compat32.clone(linesep="\r\n", max_line_length=0)
_NAMED = ("Subject", "From", "To", "Reply-To")
"""Headers that people's words stand in."""


def without(
    payload: bytes, change: Change, files: Collection[str] = (), *, fixed: Collection[str] = FORM
) -> bytes:
    """A payload with changed texts, without the files of these hashes; else the same bytes.

    ``fixed``: fields that stay as they are.

    A chat's messages are frozen as JSON, with their files by hash; a mail as it is sent, with its files within.
    Of a chat's files the sizes stay (``dropped``): by them it finds what it has to delete.
    """
    if payload[:1] in (b"{", b"["):
        try:
            tree = json.loads(payload)
        except ValueError:
            return _mail(payload, change, files)
        clean = _without_files(within(tree, change, fixed), files)
        return payload if clean == tree else json.dumps(clean, ensure_ascii=False).encode("utf-8", "replace")
    return _mail(payload, change, files) if payload else payload


def _without_files(tree: Any, files: Collection[str]) -> Any:
    if not files or not isinstance(tree, dict) or "files" not in tree:
        return tree
    stay = [file for file in tree["files"] if file.get("sha256") not in files]
    gone = [file.get("size") for file in tree["files"] if file.get("sha256") in files]
    return tree | {"files": stay, "dropped": [*tree.get("dropped", ()), *gone]} if gone else tree


def _mail(payload: bytes, change: Change, files: Collection[str]) -> bytes:
    mail = message_from_bytes(payload, policy=_POLICY)
    changed = [_change_header(mail, name, change) for name in _NAMED]
    changed += [_change_part(part, change, files) for part in mail.walk() if not part.is_multipart()]
    return mail.as_bytes(policy=_POLICY) if any(changed) else payload


def _change_header(mail: Message, name: str, change: Change) -> bool:
    value = mail[name]
    if value is None:
        return False
    text = str(make_header(decode_header(value)))
    clean = change(text)
    if clean == text:
        return False
    mail.replace_header(name, Header(clean, "utf-8", header_name=name).encode(linesep="\r\n"))
    return True


def _change_part(part: Message, change: Change, files: Collection[str]) -> bool:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return False
    if part.get_filename() is not None:
        return _drop_file(part, content, files)
    if part.get_content_maintype() != "text":
        return False
    text = content.decode(part.get_content_charset("utf-8"), "replace")
    clean = change(text)
    if clean == text:
        return False
    _write(part, clean)
    return True


def _drop_file(part: Message, content: bytes, files: Collection[str]) -> bool:
    if not files or sha256(content).hexdigest() not in files:
        return False
    for header in ("Content-Type", "Content-Disposition"):
        del part[header]
    part["Content-Type"] = "text/plain"
    _write(part, f"{MARK}\r\n")
    return True


def _write(part: Message, text: str) -> None:
    del part["Content-Transfer-Encoding"]
    part.set_payload(text, "utf-8")  # which writes its encoding

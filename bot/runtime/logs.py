"""Logs: text on a terminal, JSON otherwise; no secrets, no words and no address of anybody's."""

from __future__ import annotations

import hashlib
import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, TextIO

import structlog

from bot.config.settings import LogSection

_HIDDEN = "[hidden]"
_SECRET_KEY = re.compile(r"secret|passw|token|authori[sz]ation|cookie|credential|api_?key", re.IGNORECASE)
_WORDS_KEY = frozenset({"text", "body", "html", "raw", "payload", "words", "content"})
_SECRET_VALUE = re.compile(
    r"(?<=\+)(?:b-)?[a-z2-7]{30,80}(?=@)"  # what a reply or a bounce address is signed with
    r"|(?<=://)[^\s/:@]{1,200}:[^\s/@]{1,200}(?=@)"  # a URL's user and password
    r"|\bxox[a-z]-[\w-]{8,200}|\bxapp-[\w-]{8,200}"  # a chat workspace's tokens
    r"|(?<=Bearer )[\w.~+/=-]{8,}"
    r"|(?<=[/=])[\w-]{4,400}\.[\w-]{5,40}\.[\w-]{20,80}",  # a signed link
    re.IGNORECASE,
)
_MAIL = re.compile(r"(?<![\w:/])[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
"""A mail address; what stands before the host of a URL is none."""
_OURS = frozenset({"address", "mailbox", "config", "store", "files"})
"""Keys of which the values are the desk's own addresses, or places on its disk."""
_LONGEST = 2000


def set_up(log: LogSection, stream: TextIO | None = None, *, secret: str = "") -> None:
    """Log from now on, our events and those of libraries, as single lines on ``stream`` (stderr).

    ``secret``: the desk's; nobody without it can tell whose mark stands in place of an address.
    """
    stream = stream or sys.stderr
    level = logging.getLevelNamesMapping()[log.level.upper()]
    terminal = log.format == "text" or (log.format == "auto" and stream.isatty())
    before: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper("%H:%M:%S" if terminal else "iso", utc=not terminal),
        structlog.processors.format_exc_info,
        redact,
        _AddressMarker(secret),
    ]
    last: Any = (
        structlog.dev.ConsoleRenderer(colors=stream.isatty())
        if terminal
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    patient = _Patient(stream)
    structlog.configure(
        processors=[*before, last],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=patient),  # type: ignore[arg-type]
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(patient)
    formatter = structlog.stdlib.ProcessorFormatter
    handler.setFormatter(
        formatter(foreign_pre_chain=before, processors=[formatter.remove_processors_meta, last])
    )
    logging.basicConfig(handlers=[handler], level=max(level, logging.WARNING), force=True)


class _Patient:
    """A stream that ignores write errors: a full disk under the log is no reason to stop."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        try:
            return self._stream.write(text)
        except (OSError, ValueError):
            return 0

    def flush(self) -> None:
        try:
            self._stream.flush()
        except (OSError, ValueError):
            return


def mark(address: str, secret: str) -> str:
    """What stands for a mail address in the log: ``mail:1a2b3c4d5e``, always the same for a desk."""
    key = hashlib.sha256(b"casebot logs" + secret.encode()).digest()
    return f"mail:{hashlib.blake2b(address.lower().encode(), key=key, digest_size=5).hexdigest()}"


class _AddressMarker:
    """A structlog processor that puts marks in place of mail addresses, but for the desk's own."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def __call__(self, logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        for key, value in event.items():
            event[key] = value if key in _OURS else self._marked(value)
        return event

    def _marked(self, value: Any) -> Any:
        if isinstance(value, str):
            return _MAIL.sub(lambda match: mark(match[0], self._secret), value)
        if isinstance(value, dict):
            return {inner: self._marked(item) for inner, item in value.items()}
        return [self._marked(item) for item in value] if isinstance(value, list) else value


def redact(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor that hides secrets and message text and escapes control characters."""
    for key, value in event.items():
        event[key] = _safe(key, value)
    return event


def _safe(key: str, value: Any) -> Any:
    if _SECRET_KEY.search(key):
        return _HIDDEN
    if key in _WORDS_KEY and isinstance(value, str | bytes):
        return f"[{len(value)} long]"
    if isinstance(value, str):
        return _plain(_SECRET_VALUE.sub(_HIDDEN, value[: _LONGEST if key != "exception" else None]), key)
    if isinstance(value, Mapping):
        return {inner: _safe(str(inner), item) for inner, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_safe("", item) for item in value]
    return value


def _plain(text: str, key: str) -> str:
    """Escape line breaks, so that no mail can write its own line into the log.

    Tracebacks keep their lines.
    """
    if text.isprintable() or key == "exception":
        return text
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)

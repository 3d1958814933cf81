"""Findings of reading a mail, as one flat mapping a file; no store, no effect."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any, TypeVar

from bot.channel.classification import Verdict
from bot.channel.protocols import Channel, Context, Inbound, Letter, Unreadable
from bot.commands import parser
from bot.config.choices import ListsSection
from bot.config.load import Config
from bot.explain.dry_run import assumed_envelope, scratch_channel
from bot.inbound.interpret import resolved
from bot.syntax import fields
from bot.syntax.case_numbers import ParsedCommand, label

TOGETHER = 20
"""Files that are in memory at a time."""
T = TypeVar("T")
Finding = dict[str, Any]
"""``file, ok, error, message_id, from, subject, verdict, trust, thread, parts, text, html_used, attachments, fields,
commands``: always all of them, so that programs need not ask what is there."""


@dataclass(frozen=True, slots=True)
class MessageSource:
    """A file and its bytes, or why it could not be read."""

    name: str
    raw: bytes = b""
    error: str = ""


def findings(config: Config, sources: Iterable[MessageSource], *, peer: str) -> Iterator[Finding]:
    """One finding for each file, in order. Mails are read in the child, as if ``peer`` had delivered them."""
    remaining = iter(sources)
    with ExitStack() as stack:
        channel = stack.enter_context(scratch_channel(config))
        while batch := list(islice(remaining, TOGETHER)):
            yield from _batch(channel, config, batch, peer)


def _batch(channel: Channel, config: Config, batch: list[MessageSource], peer: str) -> Iterator[Finding]:
    letters_or_errors = [source.error or _guarded(_letter, channel, config, source, peer) for source in batch]
    letters = [item for item in letters_or_errors if isinstance(item, Letter)]
    read = iter(channel.read(letters, [Context()] * len(letters)))
    for source, item in zip(batch, letters_or_errors, strict=True):
        reading = next(read) if isinstance(item, Letter) else Unreadable(item)
        if isinstance(reading, Inbound):
            finding = _guarded(_finding, source.name, reading, config.lists)
            yield _failed(source.name, finding) if isinstance(finding, str) else finding
        else:
            yield _failed(source.name, reading.why)


def _guarded(work: Callable[..., T], *args: Any) -> T | str:
    """The result, or why there is none, in words: one bad mail costs no other its line."""
    try:
        return work(*args)
    except Exception as error:
        return f"casebot fails on it ({type(error).__name__}): that is a fault of ours"


def _letter(channel: Channel, config: Config, source: MessageSource, peer: str) -> Letter:
    envelope = assumed_envelope(source.raw, config, peer)
    return Letter(0, channel.name, secrets.token_hex(16), source.raw, envelope, datetime.now(UTC))


def _failed(name: str, why: str) -> Finding:
    return {**_shape(name), "ok": False, "error": why}


def _shape(name: str) -> Finding:
    return {
        "file": name,
        "ok": True,
        "error": "",
        "message_id": "",
        "from": None,
        "subject": "",
        "verdict": {
            "may_answer": False,
            "activity": False,
            "bounce": None,
            "away_until": None,
            "evidence": [],
        },
        "trust": {"level": "L0", "evidence": []},
        "thread": {"token": None, "references": [], "tag": None},
        "parts": [],
        "text": "",
        "html_used": False,
        "attachments": [],
        "fields": {},
        "commands": [],
    }


def _finding(name: str, read: Inbound, lists: ListsSection) -> Finding:
    shown = resolved(read, held=False)
    text = "\n".join(part.text for part in shown.parts if part.kind == "new").strip()
    parsed = parser.find(text, id_names=lists.id_names)
    return {
        **_shape(name),
        "message_id": read.message_id,
        "from": read.sender.address if read.sender else None,
        "subject": read.subject,
        "verdict": _verdict(read.verdict),
        "trust": {"level": f"L{read.proof.value}", "evidence": list(read.evidence)},
        "thread": _thread(read),
        "parts": [{"kind": part.kind, "text": part.text} for part in read.parts],
        "text": text,
        "html_used": read.html_used,
        "attachments": [
            {"name": file.name, "type": file.type, "size": file.size, "sha256": file.sha256}
            for file in read.attachments
        ],
        "fields": dict(fields.fields(parsed.rest, lists)[0]),
        "commands": [command.line for command in parsed.asked if isinstance(command, ParsedCommand)],
    }


def _verdict(verdict: Verdict) -> Mapping[str, Any]:
    bounce = verdict.bounce
    return {
        "may_answer": verdict.may_answer,
        "activity": verdict.activity,
        "bounce": {"kind": bounce.kind, "recipients": list(map(asdict, bounce.recipients))}
        if bounce and not bounce.doubtful
        else None,
        "away_until": verdict.away_until.isoformat() if verdict.away_until else None,
        "evidence": list(verdict.evidence),
    }


def _thread(read: Inbound) -> Mapping[str, Any]:
    """What may lead to a case: the first reply token, every id named, the number in the subject."""
    first = {anchor.kind: anchor.value for anchor in reversed(read.anchors)}
    tag = first.get("tag")
    return {
        "token": first.get("token"),
        "references": list(read.references),
        "tag": label(int(tag)) if tag else None,
    }

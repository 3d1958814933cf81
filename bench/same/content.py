"""Turns received mails, messages and pages into text without ids and times, and compares two records."""

from __future__ import annotations

import difflib
import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from email import message_from_bytes
from email.policy import default

NUMBER, MARKER = re.compile(r"CS-\d{6,}"), re.compile(r"\bm\d{3,}x?\b")
MESSAGE_ID = re.compile(r"<[\w.+~=-]{20,}@[\w.]+>")
HIDDEN = {
    "action_id", "block_id", "callback_id", "edited", "emoji", "id", "image", "metadata", "private_metadata",
    "reply_count", "thread_ts", "ts", "user", "value", "verbatim",
}  # fmt: skip
"""Keys of Slack's objects that nobody sees."""
CHANGING = {
    r"(?<=127\.0\.0\.1:)\d+": "PORT",
    r"(?<=support\+)[\w.~=-]+(?=@)": "TOKEN",
    r"(?<=://desk\.example/)(\w+)/[\w.~=-]+": r"\1/TOKEN",
    r"(?a:[\w-]+\.[\w-]+\.[\w=-]{20,}|[\w~-]{32,}(?![\w~.-]*@))": "TOKEN",
    r"\b\d{10}\.\d{6}\b|\bp?\d{15,}\b|\b[DFV]0[0-9A-Z]{8}\b|\be-[a-z0-9]{6}\b": "ID",
    r"(?<=\d\d:\d\d:)[0-2]0(?=Z?\b)": "SECONDS",
}
"""What differs from run to run, and its replacement: ports, tokens, ids, and the seconds of ``run_day``."""
Topics = dict[tuple[str, str], list[str]]
"""Place and case → the lines that were received there, each with its time."""


def digest(data: bytes) -> str:
    """Return the size and the hash of a file."""
    return f"{len(data)} bytes {hashlib.sha256(data).hexdigest()[:12]}"


def of_html(html: str) -> str:
    """Return a page with a line for each tag, without names that nobody sees."""
    return re.sub(r"\s*\n\s*|(?=<)", "\n", re.sub(r' (?:name|id|for)="[^"]*"', "", html)).replace(
        "\n\n", "\n"
    )


def of_mail(raw: bytes) -> tuple[str, str]:
    """Return the subject and the text of a mail: headers, bodies and files."""
    mail = message_from_bytes(raw, policy=default)
    lines = [f"{name}: {value}" for name, value in mail.items() if name != "Content-Type"]
    for part in mail.walk():
        kind, data = part.get_content_type(), part.get_payload(decode=True)
        if kind.startswith("text/") and not part.is_attachment():
            lines += [kind, of_html(part.get_content()) if kind == "text/html" else part.get_content()]
        elif isinstance(data, bytes):
            lines.append(f"file {part.get_filename()} {kind} {digest(data)}")
    return str(mail["Subject"]), "\n".join(lines)


def of_slack(node: object) -> str:
    """Return a message, or a view, as text."""
    seen = json.loads(
        json.dumps(node), object_hook=lambda item: {key: item[key] for key in item.keys() - HIDDEN}
    )
    return json.dumps(seen, indent=1, ensure_ascii=False, sort_keys=True).replace("\\n", "\n  ")


def topics(record: Iterable[tuple[str, str, str, str]], markers: Mapping[str, str]) -> Topics:
    """Return a record by place and case; ``markers``: the marker of each case number."""
    lines: Topics = defaultdict(list)
    mails: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for time, place, about, content in record:
        case = NUMBER.search(about) or MARKER.search(about)
        topic = (place, markers.get(case[0], case[0]) if case else "")
        text = NUMBER.sub(lambda number: f"CS-{markers.get(number[0])}", content)
        for mail in MESSAGE_ID.findall(text):
            text = text.replace(mail, mails[topic].setdefault(mail, f"<mail {len(mails[topic])}>"))
        for pattern, replacement in CHANGING.items():
            text = re.sub(pattern, replacement, text)
        lines[topic] += [f"{time} {line}" for line in text.splitlines()]
    return lines


def differing(old: Topics, new: Topics) -> set[tuple[str, str]]:
    """Return the places and cases where something else was received."""
    return {topic for topic in {*old, *new} if old.get(topic) != new.get(topic)}


def differences(old: Topics, new: Topics, topics: Iterable[tuple[str, str]], *, most: int = 16) -> list[str]:
    """Return each kind of difference once: how many places have it, and ``most`` lines of the first."""
    kinds: dict[str, list[str]] = defaultdict(list)
    for topic in sorted(topics):
        diff = "\n".join(difflib.unified_diff(old.get(topic, []), new.get(topic, []), n=0, lineterm=""))
        for hunk in re.split(r"(?m)^@@.*\n", diff)[1:]:
            kind = re.sub(r"(?m)\b[mu]\d{3}|(?<=^.)\w+ [\d:]+ ", "", hunk)
            kinds[kind].append("\n".join([", ".join(topic), *hunk.splitlines()[:most]]))
    return [f"{len(places)} × {places[0]}" for places in kinds.values()]

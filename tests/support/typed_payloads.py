"""What the rehearsal captured, as TypeScript: each call, view and answer an object of Slack's own type.

``python -m tests.support.typed_payloads DIR OUT.ts``; then ``tsc`` refuses what ``@slack/web-api`` and ``@slack/types``
do not know. Payloads of the same shape are written once.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

HEAD = """\
import type * as api from "@slack/web-api";
import type { AnyBlock, KnownBlock, View } from "@slack/types";
type Reply = { text?: string; blocks?: KnownBlock[]; response_type?: "ephemeral" | "in_channel"; mrkdwn?: boolean;
  replace_original?: boolean; delete_original?: boolean; thread_ts?: string; unfurl_links?: boolean;
  unfurl_media?: boolean };
type Ack = { response_action: "clear" } | { response_action: "errors"; errors: Record<string, string> }
  | { response_action: "update" | "push"; view: View };
export type { AnyBlock };
"""
TYPES = {"response": "Reply", "ack": "Ack"}
FLAGS = {
    "unfurl_links", "unfurl_media", "link_names", "inclusive", "include_all_metadata", "include_locale", "return_im",
    "include_num_members", "reply_broadcast", "mrkdwn", "as_user", "prevent_creation",
}  # fmt: skip
NUMBERS = {"limit", "length", "count"}
WRITTEN = {"blocks", "view", "metadata", "files", "attachments"}
"""Arguments that travel as JSON."""
BESIDE = {"token", "team_id", "app_token"}
"""Arguments that slack_sdk adds by itself."""
LITERAL = {"type", "style", "response_action", "response_type", "parse", "action_id", "block_id"}
"""Keys whose words make a shape."""


def payloads(folder: Path) -> Iterator[tuple[str, Any]]:
    """Everything that was captured, one of each shape: ``(what, body)``."""
    shapes: set[str] = set()
    for file in sorted(folder.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            if entry["what"] == "event":
                continue
            body = _body(entry["body"])
            shape = f"{entry['what']} {json.dumps(_shape(body), sort_keys=True)}"
            if shape not in shapes:
                shapes.add(shape)
                yield entry["what"], body


def typescript(found: Iterable[tuple[str, Any]]) -> str:
    """A module with a constant for each payload."""
    lines = [
        f"export const p{number}: {type_of(what)} = {json.dumps(body, ensure_ascii=False)};"
        for number, (what, body) in enumerate(found)
    ]
    return HEAD + "\n".join(lines) + "\n"


def type_of(what: str) -> str:
    """The type of a method's arguments, or of an answer."""
    names = "".join(part[:1].upper() + part[1:] for part in what.split("."))
    return TYPES.get(what, f"api.{names}Arguments")


def _body(given: Any) -> Any:
    return {
        key: _value(key, value) for key, value in given.items() if key not in BESIDE and value is not None
    }


def _value(key: str, value: Any) -> Any:
    if key in WRITTEN and isinstance(value, str):
        return json.loads(value)
    if key in FLAGS and isinstance(value, str):
        return value in ("1", "true", "True")
    return int(value) if key in NUMBERS and isinstance(value, str) else value


def _shape(node: Any, key: str = "") -> Any:
    """The payload without its words and numbers; of like elements in a list, one."""
    if isinstance(node, dict):
        return {name: _shape(value, name) for name, value in node.items()}
    if isinstance(node, list):
        return sorted({json.dumps(_shape(value), sort_keys=True) for value in node})
    return node if key in LITERAL and isinstance(node, str) else type(node).__name__


def main() -> None:
    """Write the module; exit code 1 if there is nothing to check."""
    folder, out = map(Path, sys.argv[1:3])
    found = list(payloads(folder))
    out.write_text(typescript(found), encoding="utf-8")
    print(f"{len(found)} payloads of {len({what for what, _ in found})} kinds")
    sys.exit(0 if found else 1)


if __name__ == "__main__":
    main()

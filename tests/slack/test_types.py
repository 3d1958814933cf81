"""The lint of types refuses what Slack does not know: a spoiled view, a misspelt argument, a wrong kind of block."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from channels.slack.views.simple_forms import note
from tests.support.typed_payloads import payloads, typescript

pytestmark = pytest.mark.slow
TYPES = os.environ.get("SLACK_TYPES", "")
"""A folder with ``node_modules`` of typescript, @slack/types and @slack/web-api (``.ci/run`` makes it)."""


def checked(folder: Path, *sent: tuple[str, Any]) -> str:
    """What the compiler says of captured payloads."""
    lines = (json.dumps({"what": what, "body": body}) for what, body in sent)
    (folder / "1.jsonl").write_text("\n".join(lines), encoding="utf-8")
    module = Path(TYPES) / f"{folder.name}.ts"
    module.write_text(typescript(payloads(folder)), encoding="utf-8")
    command = [
        "node_modules/.bin/tsc",
        "--strict",
        "--noEmit",
        "--skipLibCheck",
        "--module",
        "nodenext",
        module.name,
    ]
    done = subprocess.run(command, cwd=TYPES, capture_output=True, text=True, timeout=120, check=False)
    module.unlink()
    return done.stdout


@pytest.mark.skipif(not TYPES, reason="SLACK_TYPES names no folder")
def test_a_view_as_it_is_passes_and_a_spoiled_one_does_not(tmp_path: Path) -> None:
    view = note("CS-000001", meta="{}")
    assert checked(tmp_path, ("views.open", {"trigger_id": "1.2.3", "view": view})) == ""
    spoiled = json.loads(json.dumps(view))
    spoiled["blocks"][0]["elment"] = {"type": "plain_text_input"}
    complaints = checked(
        tmp_path,
        ("views.open", {"trigger_id": "1.2.3", "view": spoiled}),
        ("views.update", {"view_id": "V1", "view": {**view, "title": "a bare string"}}),
        ("chat.postMessage", {"channel": "C1", "text": "a", "thread": "1.2"}),
    ).splitlines()
    assert len(complaints) == 3
    assert "elment" in complaints[0]
    assert "PlainTextElement" in complaints[1]
    assert "thread" in complaints[2]

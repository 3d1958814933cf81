"""A terminal with what casebot really writes into one."""

from __future__ import annotations

import html
import os
import pty
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from rehearsal.ports import free_port

STYLE = """
body{margin:0;padding:20px 24px;background:light-dark(#fff,#16191d);color:light-dark(#1f2933,#e4e8ec)}
:root{color-scheme:light dark}
pre{margin:0;font:14px/1.5 "DejaVu Sans Mono",monospace;white-space:pre-wrap}
.p{color:light-dark(#5b6673,#a3adb8)}.c1{font-weight:700}.c2{opacity:.7}
.c31{color:light-dark(#b3261e,#ff8f84)}.c32{color:light-dark(#1c7a43,#6fcf97)}.c33{color:light-dark(#8a4f00,#f3b061)}
.c35{color:light-dark(#7b3f98,#d3a6e8)}.c36{color:light-dark(#0b6a75,#74d3de)}
"""
_SGR = re.compile(r"\x1b\[([\d;]*)m")


def page(folder: Path) -> str:
    """A page with a new desk's ``check`` and the greeting of its ``run``."""
    _casebot(folder, "init", "support@acme.com")
    usual = {"CASEBOT_EMAIL__LISTEN": "127.0.0.1:8025", "CASEBOT_WEB__LISTEN": "127.0.0.1:8080"}
    free = {name: f"127.0.0.1:{free_port()}" for name in usual}  # somebody may have the usual ones
    checked = _casebot(folder, "check", more=free)
    greeting = _casebot(folder, "run", until="Ctrl-C closes", more=free)
    greeting = greeting[greeting.index("The desk is open") - len("\x1b[1m") :]
    shown = f"$ casebot check\n{checked}\n$ casebot run\n{greeting}"
    for name, value in {str(folder): "/home/sam/desk", **{free[name]: usual[name] for name in usual}}.items():
        shown = shown.replace(name, value)
    return f"<style>{STYLE}</style><pre>{_html(shown)}</pre>"


def _casebot(folder: Path, *words: str, until: str = "", more: Mapping[str, str] | None = None) -> str:
    """What a command writes into a terminal; if it runs for ever, until these words."""
    terminal, end = pty.openpty()
    surroundings = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "110", **(more or {})}
    command = [sys.executable, "-m", "bot.cli", *words]
    home = str(Path(__file__).parents[2])
    process = subprocess.Popen(
        command, cwd=folder, env=surroundings | {"PYTHONPATH": home}, stdout=end, stderr=end, stdin=end
    )
    os.close(end)
    output, deadline = "", time.monotonic() + 60
    while time.monotonic() < deadline and not (until and until in output):
        try:
            output += os.read(terminal, 65536).decode(errors="replace")
        except OSError:  # the other end is closed
            break
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=30)
    os.close(terminal)
    return output.replace("\r\n", "\n").strip() + "\n"


def _html(text: str) -> str:
    parts, open_spans = [], 0
    last = 0
    for match in _SGR.finditer(text):
        parts.append(html.escape(text[last : match.start()]))
        last = match.end()
        if match[1] in ("", "0"):
            parts.append("</span>" * open_spans)
            open_spans = 0
        else:
            classes = " ".join(f"c{code}" for code in match[1].split(";"))
            parts.append(f'<span class="{classes}">')
            open_spans += 1
    parts.append(html.escape(text[last:]))
    return re.sub(r"(?m)^\$ .*$", lambda line: f'<span class="c1">{line[0]}</span>', "".join(parts))

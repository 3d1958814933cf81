"""``python -m rehearsal.slack --port 3000``: the workspace as a process of its own."""

from __future__ import annotations

import argparse
import json
import signal
import threading
from pathlib import Path

from rehearsal.slack.server import Server
from rehearsal.slack.workspace import cast
from rehearsal.slack.workspace.app import App


def main() -> None:
    """Print a line of JSON once the server listens (``url``, ``site``, tokens), and run until terminated."""
    options = _options()
    app = App(request_url=options.request_url, retry_scale=options.retry_scale, limits=options.limits)
    for name in ("bot_token", "app_token", "signing_secret"):
        setattr(app, name, getattr(options, name) or getattr(app, name))
    people = json.loads(options.cast.read_text()) if options.cast else None
    end = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: end.set())
    with Server(cast.build(people, app=app), port=options.port) as server:
        print(json.dumps({"url": server.url, "site": server.site, **app.wire()}), flush=True)
        end.wait()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="rehearsal.slack", description=main.__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: any; it is printed")
    parser.add_argument("--cast", type=Path, help="JSON as for POST /rehearsal/cast; else a small team")
    parser.add_argument("--request-url", default="", help="deliver by signed HTTP instead of Socket Mode")
    parser.add_argument("--bot-token", default="")
    parser.add_argument("--app-token", default="")
    parser.add_argument("--signing-secret", default="")
    parser.add_argument("--retry-scale", type=float, default=1.0, help="factor on the waits between retries")
    parser.add_argument("--limits", action="store_true", help="enforce the rate tiers")
    return parser.parse_args()


if __name__ == "__main__":
    main()

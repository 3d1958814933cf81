"""Fixtures for the rehearsal workspace: its server, the workspace in it, and a client."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from slack_sdk import WebClient

from rehearsal.slack.server import Server
from rehearsal.slack.workspace.workspace import Workspace


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


@pytest.fixture
def workspace(server: Server) -> Workspace:
    return server.workspace


@pytest.fixture
def client(server: Server) -> WebClient:
    return WebClient(token=server.workspace.app.bot_token, base_url=server.url, timeout=60)

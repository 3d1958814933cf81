"""Fixtures for the rehearsal workspace: its server, the workspace in it, and a client."""

from __future__ import annotations

import pytest
from slack_sdk import WebClient

from rehearsal.slack.server import Server
from rehearsal.slack.workspace.workspace import Workspace
from tests.support.setup.fixtures import open_per_test

server = open_per_test(Server)


@pytest.fixture
def workspace(server: Server) -> Workspace:
    return server.workspace


@pytest.fixture
def client(server: Server) -> WebClient:
    return WebClient(token=server.workspace.app.bot_token, base_url=server.url, timeout=60)

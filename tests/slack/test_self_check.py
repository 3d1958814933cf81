"""``casebot check`` says what in Slack does not work, and what to do about it."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import pytest

import channels.slack.views as packages
from bot.config.choices import ListsSection
from channels.slack.samples import views
from channels.slack.views import simple_forms
from rehearsal.ports import free_port
from rehearsal.slack.server import Server
from rehearsal.slack.workspace import cast
from tests.support.houses.console import in_an_empty_folder, run, said

__all__ = ["in_an_empty_folder"]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with Server(cast.build()) as standing:
        app = standing.workspace.app
        said("init")
        config = Path("config.toml")
        config.write_text(config.read_text(encoding="utf-8").split("[slack]")[0], encoding="utf-8")
        for name, value in {
            "BOT_TOKEN": app.bot_token, "APP_TOKEN": app.app_token, "API_URL": standing.url, "TRIAGE": "C0TRIAGE",
        }.items():  # fmt: skip
            monkeypatch.setenv(f"CASEBOT_SLACK__{name}", value)
        yield standing


def refused() -> str:
    result = run("check")
    assert result.exit_code == 1, result.stdout
    return str(result.stdout)


def test_all_is_well_and_slack_is_named(server: Server) -> None:
    shown = said("check")
    assert "✓ slack triage: C0TRIAGE" in shown
    assert "✗" not in shown


def test_the_app_is_not_in_the_desks_channel(server: Server) -> None:
    channel = server.workspace.channel("triage")
    channel.members.remove(server.workspace.app.bot_user)
    assert (
        "✗ slack: the app is not in C0TRIAGE: cards cannot be shown there. Write /invite @app there."
        in refused()
    )
    channel.kind = "private"
    assert "✗ slack: there is no channel C0TRIAGE, or the app is not in it." in refused()


def test_the_desks_channel_is_archived(server: Server) -> None:
    server.workspace.channel("triage").archived = True
    assert "✗ slack: C0TRIAGE is archived, so nothing can be said there." in refused()


def test_a_route_that_no_case_ever_takes(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    config = Path("config.toml")
    routes = '[slack.routes]\n"Biling" = "C0TRIAGE"\n"Billing / Invoice" = "C0TRIAGE"\n"account:Acme" = "C0TRIAGE"\n'
    routes += '[lists.types]\n"Billing" = ["Invoice"]\n'
    config.write_text(config.read_text(encoding="utf-8") + routes, encoding="utf-8")
    shown = refused()
    assert "✗ slack.routes: no case is ever “Biling”. Write a type of lists.types" in shown
    assert shown.count("✗") == 1


def test_the_desks_channel_is_shared_with_customers(server: Server) -> None:
    server.workspace.channel("triage").shared.add("T0ACME")
    shown = refused()
    assert "✗ slack: C0TRIAGE is shared with another organisation: it would read all that the desk" in shown
    assert "Give the desk a channel of its own (slack.triage, slack.routes)." in shown


def test_slack_cannot_be_reached(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASEBOT_SLACK__API_URL", f"http://127.0.0.1:{free_port()}/api/")
    [problem] = [line for line in refused().splitlines() if line.startswith("✗ slack")]
    assert "cannot be reached (" in problem
    assert "Connection refused" in problem


def test_slack_hangs_up_when_it_is_asked_for_a_socket(server: Server) -> None:
    server.workspace.faults.add("lost", method="apps.connections.open")
    assert f"✗ slack: {server.url} cannot be reached (" in refused()


@pytest.mark.parametrize(
    ("method", "fault"),
    [
        ("apps.connections.open", {"error": "service_unavailable", "status": 503}),
        ("auth.test", {"error": "internal_error"}),
    ],
)
def test_no_token_is_blamed_while_slack_does_not_work(
    server: Server, method: str, fault: dict[str, object]
) -> None:
    server.workspace.faults.add("error", method=method, **fault)
    shown = refused()
    assert f"✗ slack: {server.url} does not work just now ({fault['error']})" in shown
    assert "Try again in a minute" in shown
    assert "does not take" not in shown


def test_a_scope_is_missing(server: Server) -> None:
    server.workspace.app.scopes -= {"files:write", "im:write", "users:read.email"}
    shown = refused()
    assert "✗ slack: the app lacks files:write, im:write. Reinstall the app" in shown
    assert "email" not in shown, "nothing needs it"


@pytest.mark.parametrize(
    ("name", "which"), [("APP_TOKEN", "slack.app_token"), ("BOT_TOKEN", "slack.bot_token")]
)
def test_a_token_that_slack_does_not_take_is_named(
    server: Server, name: str, which: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"CASEBOT_SLACK__{name}", "xoxb-of-yesterday")
    shown = refused()
    assert which in shown
    assert "invalid_auth" in shown
    assert "xoxb-of-yesterday" not in shown


def test_what_works_is_said_of_each_token_and_channel(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = said("check")
    assert "✓ slack bot token: case in Example Support (T0HOME)" in shown
    assert "✓ slack scopes: all " in shown
    assert "✓ slack #triage (C0TRIAGE): the app is in it, and nobody else's organisation is" in shown
    assert "✓ slack app token: Socket Mode is open to it" in shown
    server.people.share("triage", "T0ACME")
    shown = refused()
    assert "✗ slack: C0TRIAGE is shared with another organisation" in shown
    assert "✓ slack app token" in shown, "what works is said all the same"
    assert not server.connected, "no socket was opened"


def test_every_view_and_message_is_tried_and_a_spoiled_one_is_named(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = said("check", "--live")
    assert "views and messages are as Slack takes them" in shown
    tried = server.workspace.transcript.calls("blocks.validate")
    assert len(tried) > 100
    spoiled = simple_forms.note("CS-000001", meta="")
    spoiled["title"]["text"] = "a title that is longer than Slack lets one be"
    monkeypatch.setattr(simple_forms, "note", lambda number, *, meta: spoiled)
    result = run("check", "--live")
    assert result.exit_code == 1
    assert "✗ slack: Slack would not take “note” (invalid_arguments" in result.stdout


def test_no_view_is_left_out_of_the_samples() -> None:
    made: set[object] = set()

    def note(frame: FrameType, what: str, arg: object) -> None:
        made.add(frame.f_code)

    sys.setprofile(note)
    try:
        list(views(ListsSection()))
    finally:
        sys.setprofile(None)
    for module in pkgutil.iter_modules(packages.__path__, f"{packages.__name__}."):
        for name, function in vars(importlib.import_module(module.name)).items():
            own = inspect.isfunction(function) and function.__module__ == module.name
            shows = own and inspect.signature(function).return_annotation in ("Json", "Message")
            if shows and not name.startswith("_"):
                assert function.__code__ in made, (
                    f"{module.name}.{name} is not among channels/slack/samples.py"
                )

"""``casebot slack manifest``: what somebody pastes, or the link that they open."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

from click.testing import CliRunner, Result

from bot.cli.main import casebot

HTTP = ("--http", "https://support.acme.com/slack/events")


def manifest(*options: str) -> Result:
    return CliRunner().invoke(casebot, ["slack", "manifest", *options])


def printed(*options: str) -> dict[str, Any]:
    result = manifest(*options)
    assert result.exit_code == 0, result.output
    made: dict[str, Any] = json.loads(result.stdout)
    return made


def test_by_http_all_that_slack_sends_goes_to_that_address() -> None:
    settings = printed(*HTTP)["settings"]
    assert settings["socket_mode_enabled"] is False
    assert settings["event_subscriptions"]["request_url"] == HTTP[1]
    assert settings["interactivity"]["request_url"] == HTTP[1]
    assert settings["interactivity"]["message_menu_options_url"] == HTTP[1]
    assert printed(*HTTP)["features"]["slash_commands"][0]["url"] == HTTP[1]
    usual = printed()
    assert usual["settings"]["socket_mode_enabled"] is True
    assert "https://support.acme.com" not in json.dumps(usual)


def test_the_link_opens_slacks_form_with_the_very_manifest() -> None:
    named = ("--name", "Help & more", "--command", "/acme", *HTTP)
    result = manifest("--link", *named)
    assert result.exit_code == 0, result.output
    address = urlsplit(result.stdout.strip())
    assert (address.scheme, address.netloc) == ("https", "api.slack.com")
    query = parse_qs(address.query)
    assert query["new_app"] == ["1"]
    made = json.loads(query["manifest_json"][0])
    assert made == printed(*named)
    assert made["display_information"]["name"] == "Help & more"
    assert made["features"]["slash_commands"][0]["command"] == "/acme"


def test_an_address_without_https_is_refused() -> None:
    result = manifest("--http", "http://support.acme.com/slack/events")
    assert result.exit_code == 2
    assert "https:// addresses only" in result.output

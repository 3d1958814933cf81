"""Errors of Slack and SMTP have the outcomes that ``tests/data/errors.toml`` names."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain
from pathlib import Path
from types import SimpleNamespace as Stub
from typing import Any

import pytest
from slack_sdk import WebClient

from bot.channel.outbound import DeliveryFailed, Parcel, Stands
from channels.email import Settings as MailSettings
from channels.email.channel import open_delivery
from channels.email.outbound.smtp_relay import PAUSE
from channels.slack.delivery import SlackDelivery
from channels.slack.interactive.home_updates import HomeUpdates
from channels.slack.interactive.modals import fill, open_modal
from channels.slack.workspace import web_api
from channels.slack.workspace.error_codes import FINAL, TOKEN, TRANSIENT, UNMARKED
from channels.slack.workspace.files import Files
from channels.slack.workspace.self_check import checks, validated
from channels.slack.workspace.settings import Settings
from channels.slack.workspace.slack_client import SlackClient
from channels.slack.workspace.users import People
from channels.slack.workspace.web_api import Calls
from rehearsal.slack.server import Server
from tests.support.mail.sink import Sink
from tests.support.setup.certificates import make

ROOT = Path(__file__).parents[2]
TABLE = tomllib.loads((ROOT / "tests/data/errors.toml").read_text(encoding="utf-8"))
SLACK, SMTP, FALLBACKS = TABLE["slack"], TABLE["smtp"], TABLE["slack"]["fallbacks"]
CODES = {method: sorted({*SLACK["common"], *codes}) for method, codes in SLACK["methods"].items()}
CHANNEL, TS, USER = "C0GENERAL", "1700000000.000001", "U0ANA"
THREAD = f"T0HOME/{CHANNEL}/{TS}"
TEXT: Any = {"text": "Hello", "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "Hello"}}]}
VIEW = {"type": "modal", "title": {"type": "plain_text", "text": "View"}, "blocks": TEXT["blocks"]}
MESSAGE = TEXT | {"side": "customer", "private": False, "case": 1, "person": 1, "to": f"T0HOME/{USER}"}
MESSAGE |= {"place": THREAD, "near": f"T0HOME/{CHANNEL}", "author": "", "notice": "answer", "files": []}
MAIL = Parcel(1, "ana@acme.com", "", b"Subject: Hello\r\n\r\nHello.\r\n")


@pytest.fixture(scope="module")
def slack() -> Iterator[Stub]:
    with Server() as server:
        client = SlackClient(server.workspace.app.bot_token, base_url=server.url, timeout=10)
        yield Stub(client=client, faults=server.workspace.faults)


def fail(slack: Stub, method: str, code: str) -> None:
    """Make the next call of a method fail."""
    fault = "ratelimited" if code == "ratelimited" else "error"
    slack.faults.clear()
    slack.faults.add(fault, method=method, error=code, times=1, retry_after=0)


def outcome_of(call: Callable[[], Any]) -> str:
    """Return the outcome of a delivery, or the outcome that a call returns itself."""
    try:
        result = call()
    except DeliveryFailed as failure:
        paused, waits = failure.pause, failure.after
        kinds = {
            "final": failure.permanent, "few_attempts": failure.unknown, "sign_in": failure.patient,
            "rate_limit": failure.queue, "pause_all": paused == web_api.STOPPED, "pause": paused == PAUSE,
            "reconnect": paused, "wait_for_scope": waits == web_api.STOPPED, "retry_soon": waits,
        }  # fmt: skip
        return next((kind for kind, holds in kinds.items() if holds), "retry")
    if not isinstance(result, Stands):
        return "success" if result is None else str(result)
    kinds = {"direct message": result.apart, "ephemeral message": result.ephemeral, "new card": result.begins}
    return next((kind for kind, holds in kinds.items() if holds), "success")


def finding_of(results: Any) -> str:
    """Return the outcome of a check, from its last result."""
    kinds = {"does not work": "check_unavailable", "not tried": "check_skipped", "not take": "check_fails"}
    text = [*results][-1].text
    return next((kind for words, kind in kinds.items() if words in text), "retry")


def calls_of(client: Any) -> dict[str, Callable[[], Any]]:
    """Return code that calls each method: a delivery, or a function that returns the outcome."""
    calls, people, explained, stopped = Calls(client), People(client, str), [], []
    upload = partial(Files(client, calls, Stub(), "").put, CHANNEL, "", name="a.txt", content=b"a")
    put = partial(calls.guard, "files.completeUploadExternal", CHANNEL, upload)
    home = Stub(viewers=lambda: [USER], forget=lambda viewer: stopped.append("stop_updating"))
    home.refresh = lambda viewer, client: client.views_publish(user_id=viewer, view=VIEW | {"type": "home"})
    desk = Stub(config=Stub(staff=(), accounts=(), lists=Stub(kinds=())), ask=bool)
    settings = Settings(bot_token="b", app_token="a", api_url=client.base_url)
    check = partial(checks, Stub(client=client, desk_channels=Stub(all=tuple)), settings, desk)
    form = partial(open_modal, client, view=VIEW, say=lambda text: explained.append("explain"))
    clicked = {"trigger_id": "1", "view": {"type": "modal"}}
    sample = Stub(name="view", kind="view", body=VIEW)
    return {
        "chat.postMessage": partial(calls.post, CHANNEL, **TEXT),
        "chat.update": partial(calls.update, CHANNEL, TS, **TEXT),
        "chat.delete": partial(calls.delete, CHANNEL, TS),
        "chat.postEphemeral": partial(calls.post_ephemeral, CHANNEL, USER, **TEXT),
        "views.open": lambda: form({"trigger_id": "1"}) or explained.pop(),
        "views.push": lambda: form(clicked) or explained.pop(),
        "views.update": lambda: fill(client, "V0VIEW", VIEW) or "log",
        "views.publish": lambda: HomeUpdates(home, client, desk).look() or "".join(stopped) or "retry",
        "files.getUploadURLExternal": put,
        "files.completeUploadExternal": put,
        "files.info": partial(calls.file, "F0FILE"),
        "files.delete": partial(calls.delete_file, "F0FILE"),
        "conversations.info": partial(calls.about, CHANNEL),
        "conversations.history": lambda: [*calls.recent(CHANNEL, "", 0.0)],
        "conversations.replies": lambda: [*calls.recent(CHANNEL, TS, 0.0)],
        "conversations.open": partial(calls.direct, USER),
        "users.info": partial(people.name, "T0HOME", USER, "default"),
        "users.lookupByEmail": lambda: people.by_mail("ana@acme.com") or "default",
        "reactions.add": partial(calls.react, CHANNEL, TS, "eyes"),
        "reactions.remove": partial(calls.unreact, CHANNEL, TS, "eyes"),
        "auth.test": lambda: finding_of(check()),
        "apps.connections.open": lambda: finding_of(check()),
        "blocks.validate": lambda: finding_of(validated(client, [sample])),
    }


def delivery_of(client: Any) -> SlackDelivery:
    """Return the delivery of a desk with one case, whose thread and card exist."""
    desk = Stub(ask=lambda question: THREAD if question.side in ("desk", "customer") else "")
    workspace = Stub(posting=Calls(client), people=People(client, str), files=None, ids=Stub(now=str))
    delivery = SlackDelivery(Stub(desk=desk), workspace)
    delivery._drawn = lambda case: ("Card", TEXT["blocks"])
    return delivery


@pytest.mark.parametrize("method", CODES)
def test_error_of_slack_has_its_outcome(slack: Stub, method: str) -> None:
    fixed, exceptions = SLACK["fixed"].get(method), SLACK["exceptions"].get(method, {})
    expected, actual = {}, {}
    for kinds in ({fixed: CODES[method]} if fixed else SLACK["deliveries"], exceptions):
        expected |= {code: kind for kind, codes in kinds.items() for code in codes}
    for code in CODES[method]:
        fail(slack, method, code)
        actual[code] = outcome_of(calls_of(slack.client)[method])
    assert actual == {code: expected[code] for code in actual}


@pytest.mark.parametrize("fallback", FALLBACKS, ids=lambda case: f"{case['situation']}, {case['method']}")
def test_error_of_slack_has_its_fallback(slack: Stub, fallback: Any) -> None:
    payload = json.dumps(MESSAGE | fallback.get("message", {})).encode()
    parcel, actual = Parcel(1, CHANNEL, "", payload, **fallback.get("parcel", {})), {}
    for code in CODES[fallback["method"]]:
        fail(slack, fallback["method"], code)
        actual[code] = outcome_of(partial(delivery_of(slack.client).deliver, parcel))
    used = {code: kind for code, kind in actual.items() if kind not in SLACK["deliveries"]}
    assert used == dict.fromkeys(fallback["errors"], fallback["instead"])


def test_table_names_every_method_and_error_of_the_code() -> None:
    text = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "channels/slack").rglob("*.py"))
    names = {name.replace("_", ".") for name in re.findall(r"\.([a-z]+_\w+)", text)}
    names |= {*re.findall(r'"([a-z]+\.[\w.]+)"', text)}
    methods = names & {name.replace("_", ".") for name in vars(WebClient)}
    assert {*CODES} == methods - {"files.upload.v2"}  # it calls two methods, which the code names as well
    assert {*chain(*CODES.values())} >= FINAL | TOKEN | TRANSIENT | UNMARKED
    deliveries = chain(*(codes for method, codes in CODES.items() if method not in SLACK["fixed"]))
    assert sorted(chain(*SLACK["deliveries"].values())) == sorted({*deliveries})


@pytest.mark.parametrize("phase", SMTP)
def test_reply_of_smtp_has_its_outcome(phase: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected, actual = {reply: kind for kind, replies in SMTP[phase].items() for reply in replies}, {}
    certificate = make(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", certificate.file)
    with Sink(tls=certificate.server, users={"desk": "secret"}) as sink:
        settings = MailSettings(relay=f"smtp://desk:secret@localhost:{sink.port}")
        for reply in expected:
            sink.script.always = {phase: f"{reply} Refused"}
            relay = open_delivery(settings, hostname="example.com")
            actual[reply] = outcome_of(partial(relay.deliver, MAIL))
            relay.close()
    assert actual == expected

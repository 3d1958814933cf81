"""An event whose reading raises concerns that event only: it is shunted, and all others are read."""

from __future__ import annotations

from pathlib import Path

from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from tests.support.houses.house import until
from tests.support.houses.one_case import one_case


def exceptions() -> float:
    return REGISTRY.get_sample_value("casebot_exceptions_total", {"part": "message"}) or 0


def test_event_that_cannot_be_read_is_shunted_and_the_others_go_on(tmp_path: Path) -> None:
    before = exceptions()
    with capture_logs() as lines, one_case(tmp_path) as office:
        card, workspace = office.card(), office.slack.workspace
        stamp = workspace.stamp()
        event = {"type": "message", "channel": card.channel, "channel_type": "channel", "user": "U0SAM"}
        event |= {"ts": stamp, "event_ts": stamp, "thread_ts": card.ts, "text": "An odd file", "files": [7]}
        channel = workspace.channel("triage")
        office.slack._scene.events._tell("message.channels", event, channel, scope="channels:history")
        for number in range(3):
            office.slack.people.post("sam", "triage", f"Note {number}", thread_ts=card.ts)
        assert until(lambda: {"Note 0", "Note 1", "Note 2"} <= {e.text for e in office.case().entries})
        (shunted,) = until(lambda: office.inbox("shunted"))
        assert "AttributeError" in shunted.reason
        assert until(lambda: not office.inbox("waiting"))
    assert exceptions() >= before + 3
    traces = [line["exception"] for line in lines if line["event"] == "a message could not be read"]
    assert all("channels/slack/inbound" in trace for trace in traces)

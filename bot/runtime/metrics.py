"""Counters of what this process does, shown at ``/metrics``; ``docs/metrics.md`` explains them."""

from collections.abc import Iterable

from prometheus_client import Counter, Gauge, Histogram, disable_created_metrics

disable_created_metrics()  # type: ignore[no-untyped-call]  # a series more for each, which no query needs
PROCESS = "Of this process alone."
DESK = "Of the whole desk: every process says the same, so take the maximum."
RESULTS = ("kept", "duplicate", "refused")
"""Of a message at a door: durable, durable before, or to come again (no room, or the desk is behind)."""
OUTCOMES = ("done", "aside", "shunted")
"""Of a message that was kept: handled, set aside with a reason, or unreadable."""
DELIVERIES = ("sent", "waiting", "dead")
"""Of a try to deliver: taken, to be tried again, given up."""
PARTS = ("delivery", "message", "round", "timer", "worker")
"""The parts of work that an exception is contained in."""
KINDS = ("raw_mail", "aside", "sent", "closed_cases")
"""The keys of ``[retention]``."""

ACCEPTED = Counter("casebot_accepted", f"Messages handed in at a door. {PROCESS}", ["source", "result"])
HANDLED = Counter("casebot_handled", f"Messages worked off. {PROCESS}", ["source", "outcome"])
DMARC_REPORTS = Counter("casebot_dmarc_reports", f"DMARC aggregate reports, kept in the inbox. {PROCESS}")
DELIVERED = Counter("casebot_delivered", f"Tries to deliver. {PROCESS}", ["channel", "outcome"])
EXCEPTIONS = Counter(
    "casebot_exceptions", f"Unexpected exceptions, each contained in one item of work. {PROCESS}", ["part"]
)
REMOVED = Counter(
    "casebot_removed", f"What was kept for as long as was decided, and removed. {PROCESS}", ["kind"]
)
EFFECT = Histogram(
    "casebot_effect_seconds",
    f"From the acknowledgement of a message to its effect. {PROCESS}",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60),
)
CANARY_AGE = Gauge(
    "casebot_canary_age_seconds",
    f"Since the newest canary that came back to this mailbox was sent. {DESK}",
    ["mailbox"],
)


def declare(channels: Iterable[str]) -> None:
    """Begin the counters of these channels at zero: of one that appears later, the first event is missed."""
    for kind in KINDS:
        REMOVED.labels(kind)
    for part in PARTS:
        EXCEPTIONS.labels(part)
    for channel in channels:
        for result in RESULTS:
            ACCEPTED.labels(channel, result)
        for outcome in OUTCOMES:
            HANDLED.labels(channel, outcome)
        for outcome in DELIVERIES:
            DELIVERED.labels(channel, outcome)

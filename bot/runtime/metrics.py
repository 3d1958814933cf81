"""Counters of what the bot does; ``[web] monitor`` shows them at ``/metrics``."""

from prometheus_client import Counter, Gauge, Histogram

ACCEPTED = Counter("casebot_accepted", "Messages kept at a door", ["source", "result"])
HANDLED = Counter("casebot_handled", "Messages worked off", ["source", "outcome"])
DELIVERED = Counter("casebot_delivered", "Tries to deliver", ["channel", "outcome"])
EFFECT = Histogram(
    "casebot_effect_seconds",
    "From the acknowledgement of a message to its effect",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60),
)
CANARY_AGE = Gauge(
    "casebot_canary_age_seconds",
    "Since the newest canary that came back to this mailbox was sent",
    ["mailbox"],
)
CONNECTED = Gauge("casebot_channel_connected", "1 while a channel's connection stands", ["channel"])
BACKLOG = Gauge("casebot_outbox_waiting", "Deliveries that wait for a channel", ["channel"])
OLDEST = Gauge("casebot_outbox_oldest_seconds", "Age of the oldest of them", ["channel"])
LAST = Gauge("casebot_last_delivery_timestamp_seconds", "When a channel last took a delivery", ["channel"])

"""Examples that several notices share: a case, its desk, and what was said on it."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.model.facts import ArticleFacts, CaseFacts, DeskFacts, FileFacts, PublicEntry

AT = datetime(2026, 3, 5, 14, 3, tzinfo=UTC)
DESK = DeskFacts(
    "Acme Support",
    "support@example.com",
    docs_url="https://docs.example.com",
    create_url="mailto:support@example.com",
    my_url="mailto:support@example.com?subject=My%20cases&body=%23my",
)
CASE = CaseFacts(
    number="CS-000123",
    subject="Deal ID 12333: no delivery for 24 hours",
    state="open",
    priority="Critical",
    type="Delivery",
    category="Not delivering",
    ids=("Deal 12333",),
    feature="Deal",
    requester="Ana Lima",
    owner="Sam Okafor",
    opened_at=AT,
    url="https://support.example.com/case/sample",
    upload_url="https://support.example.com/upload/sample",
)
TEXT = "Since yesterday evening Deal 12333 delivers nothing.\n\nOur campaign ends on Friday. Could you have a look?"
SAID = PublicEntry("Ana Lima", TEXT, AT, (FileFacts("delivery.csv", 48_211),))
ANSWER = PublicEntry(
    "Sam Okafor",
    "Hello Ana,\n\nyour seat was paused by mistake. I have switched it on again.\n\nSam",
    AT,
    (FileFacts("settings.png", 1_204_000),),
)
ASKED = PublicEntry(
    "Sam Okafor",
    "Hello Ana,\n\nplease send me the number of the seat, and a log of the last two hours.\n\nSam",
    AT,
)
TEAM = "local-team@acme.example"
ARTICLES = tuple(
    ArticleFacts(title, f"https://docs.example.com/{page}", f"https://support.example.com/solved/{page}")
    for page, title in (
        ("paused", "A deal that delivers nothing"),
        ("seats", "Seats, and who may pause them"),
    )
)

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
    subject="Order no. 4711 has not arrived",
    state="open",
    priority="Critical",
    type="Delivery",
    category="Late",
    ids=("Order number 4711",),
    feature="Web shop",
    requester="Ana Lima",
    owner="Sam Okafor",
    opened_at=AT,
    url="https://support.example.com/case/sample",
    upload_url="https://support.example.com/upload/sample",
)
TEXT = "Order no. 4711 was to be here yesterday evening.\n\nWe need it on Friday. Could you have a look?"
SAID = PublicEntry("Ana Lima", TEXT, AT, (FileFacts("delivery.csv", 48_211),))
ANSWER = PublicEntry(
    "Sam Okafor",
    "Hello Ana,\n\nyour order was held back by mistake. It is on its way now.\n\nSam",
    AT,
    (FileFacts("settings.png", 1_204_000),),
)
ASKED = PublicEntry(
    "Sam Okafor",
    "Hello Ana,\n\nplease send me the number of the parcel, and a picture of its label.\n\nSam",
    AT,
)
TEAM = "local-team@acme.example"
ARTICLES = tuple(
    ArticleFacts(title, f"https://docs.example.com/{page}", f"https://support.example.com/solved/{page}")
    for page, title in (
        ("late", "An order that does not arrive"),
        ("parcels", "Parcels, and how to follow them"),
    )
)

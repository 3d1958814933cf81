"""In which order the anchors of a message are followed."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.inbound.anchors import ITSELF, AnchorTrail
from bot.links.tokens import Links
from store.engine.database import Database
from tests.support.mail.letters import made, reading
from tests.support.setup.config import SECRET

REPLY = made("Message-ID: <reply@acme.example>", "In-Reply-To: <first@acme.example>")


def test_the_mail_that_is_answered_goes_before_the_mail_itself_and_that_before_a_number(url: str) -> None:
    message = reading(REPLY.replace(b"Subject: Hello", b"Subject: Re: [CS-000007] Hello"))
    trail = AnchorTrail(message, Links([SECRET]), now=datetime.now(UTC))
    database = Database(url)
    with database.reading() as tx:
        order = trail.in_order(tx, None)
    database.close()
    assert [anchor.value for anchor in order] == ["<first@acme.example>", ITSELF.value, "000007"]

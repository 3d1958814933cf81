"""Couriers: how many deliveries of a channel are under way at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.houses.house import House, until
from tests.support.mail.sink import Sink
from tests.support.setup import databases


@pytest.mark.parametrize("connections", [1, 5])
def test_as_many_mails_are_sent_at_once_as_the_relay_may_have_connections(
    tmp_path: Path, connections: int
) -> None:
    with Sink() as relay:
        relay.script.before_data = 600.0
        url = databases.sqlite(tmp_path)
        with House(url, tmp_path, relay=relay.url, relay_connections=connections) as house:
            for n in range(3):
                house.send(f"c{n}@acme.example", "support@example.com", f"No delivery {n}", "It stopped.")
            assert until(lambda: len(house.app.courier.held) == 9), "all that is told of them"
            assert until(lambda: relay.commands.count("DATA") == connections)
            assert relay.connections == connections

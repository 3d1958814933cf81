"""Fixtures for mail over real sockets: a list of accepted mail, a Dovecot, a relay and a certificate."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from channels.email.smtp_in.server import Listener
from tests.support.houses.doors import Shelf, opened
from tests.support.houses.dovecot import Dovecot, new_folder
from tests.support.mail.sink import Sink
from tests.support.setup.certificates import Certificate, make
from tests.support.setup.fixtures import open_per_test


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


server = open_per_test(lambda: Dovecot(new_folder()))
sink = open_per_test(Sink)


@pytest.fixture
def door(shelf: Shelf) -> Iterator[Listener]:
    with opened(shelf) as door:
        yield door


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make(tmp_path_factory.mktemp("tls"))

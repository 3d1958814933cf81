"""Fixtures for mail over real sockets: a list of accepted mail, a Dovecot, a relay and a certificate."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.houses.doors import Shelf
from tests.support.houses.dovecot import Dovecot, new_folder
from tests.support.mail.sink import Sink
from tests.support.setup.certificates import Certificate, make


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def server() -> Iterator[Dovecot]:
    with Dovecot(new_folder()) as server:
        yield server


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as sink:
        yield sink


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make(tmp_path_factory.mktemp("tls"))

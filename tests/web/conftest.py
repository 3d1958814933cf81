"""What tests of pages stand on: a desk with its doors for mail and for browsers."""

from __future__ import annotations

from tests.support.houses.browser import WebHouse
from tests.support.setup.fixtures import open_on_sqlite

house = open_on_sqlite(WebHouse)

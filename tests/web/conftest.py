"""What tests of pages stand on: a desk with its doors for mail and for browsers."""

from __future__ import annotations

import pytest

from tests.support.houses.browser import web_house_on_sqlite

house = pytest.fixture(web_house_on_sqlite)

"""Every notice as HTML mail fits on a phone, in every language."""

from __future__ import annotations

from typing import Any

import pytest

from bot.notices.catalogue import NOTICES
from bot.template_check.lint import TemplateLint

pytestmark = pytest.mark.slow
WIDTH = 390
"""CSS pixels of a usual phone."""
MEASURE = """mails => mails.map(mail => {
  document.open(); document.write(mail); document.close();
  return [document.documentElement.scrollWidth, document.body.innerText.trim().length];
})"""
"""Written into one page after the other: a page load for each would take minutes."""


def test_no_mail_is_wider_than_a_phone(browser: Any) -> None:
    lint = TemplateLint()
    mails = {
        f"{kind.name} ({language})": lint.words(kind, language).html
        for kind in NOTICES.values()
        for language in lint.languages()
    }
    assert len(mails) == len(NOTICES) * len(lint.languages())
    page = browser.new_page(viewport={"width": WIDTH, "height": 800})
    measured = dict(zip(mails, page.evaluate(MEASURE, list(mails.values())), strict=True))
    page.close()
    assert not [name for name, (_, letters) in measured.items() if not letters]
    assert {name: width for name, (width, _) in measured.items() if width > WIDTH} == {}

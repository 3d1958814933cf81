"""Every HTML mail in a real browser: nothing sticks out, on a phone or on a desk, by day or by night."""

from dataclasses import replace

import pytest

from bot.model.facts import CaseFacts, FileFacts, PublicEntry
from bot.notices.catalogue import NOTICES
from bot.template_check.lint import TemplateLint
from tests.notify.test_render import say
from tests.support.data.facts import AT, FACTS

pytestmark = pytest.mark.slow

LONG = "https://dash.example/" + "x" * 300
CASE = CaseFacts("CS-000123", LONG, "waiting", "Blocker", LONG, LONG, (LONG,), LONG, LONG, AT)
LINKED = replace(CASE, url="https://docs.acme.com/case/x")
SAID = PublicEntry(LONG, f"{LONG}\n\n\t{LONG}", AT, (FileFacts("x" * 200 + ".csv", 1),))
LANGUAGES = [language for language in TemplateLint().languages() if language != "en"]
WORDS = {
    "entry": SAID,
    "entries": (SAID,),
    **dict.fromkeys(("text", "what", "sender", "by", "address"), LONG),
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 375, 1200])
def test_no_mail_is_wider_than_its_window_even_with_the_longest_words(browser, width, scheme):
    page = browser.new_page(viewport={"width": width, "height": 700}, color_scheme=scheme)
    for name in NOTICES:
        long = {fact: words for fact, words in WORDS.items() if fact in FACTS[name]}
        page.set_content(say(name, case=CASE, to=LONG, **long).html)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    page.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_fit_a_phone_and_have_buttons_for_thumbs(browser, language):
    page = browser.new_page(viewport={"width": 320, "height": 700})
    for name, notice in NOTICES.items():
        if notice.audience != "staff":
            page.set_content(say(name, language=language, case=LINKED).html)
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, name
            assert page.evaluate(SMALL) == [], name
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_can_be_read_on_its_ground(browser, scheme):
    page = browser.new_page(viewport={"width": 600, "height": 700}, color_scheme=scheme)
    for name in NOTICES:
        page.set_content(say(name, case=LINKED).html)
        assert page.evaluate(FAINT) == [], name
    page.close()


def test_a_thumb_hits_every_button(browser):
    page = browser.new_page(viewport={"width": 375, "height": 700})
    for name in NOTICES:
        page.set_content(say(name, case=LINKED).html)
        assert page.evaluate(SMALL) == [], name
    page.close()


SMALL = """() => [...document.querySelectorAll('a')].filter(link => {
  const box = link.getBoundingClientRect(), alone = getComputedStyle(link).display !== 'inline'
  return alone && box.height < 44
}).map(link => link.outerHTML.slice(0, 90))"""
"""The buttons that are lower than a thumb is wide, in CSS pixels (WCAG 2.2, 2.5.5)."""

FAINT = """() => {
  const rgb = colour => colour.match(/[0-9.]+/g).map(Number)
  const light = colour => rgb(colour).slice(0, 3).map(c => c / 255)
    .map(c => c <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0)
  const ground = node => {
    for (; node; node = node.parentElement) {
      const colour = getComputedStyle(node).backgroundColor
      if (rgb(colour)[3] !== 0) return colour
    }
    return 'rgb(255,255,255)'
  }
  const faint = []
  for (const node of document.body.querySelectorAll('*')) {
    const own = [...node.childNodes].some(child => child.nodeType === 3 && child.data.trim())
    if (!own || !node.offsetParent) continue
    const pair = [light(getComputedStyle(node).color), light(ground(node))].sort((a, b) => b - a)
    if ((pair[0] + .05) / (pair[1] + .05) < 4.5) faint.push(node.outerHTML.slice(0, 90))
  }
  return faint
}"""
"""The texts whose contrast is below 4.5 : 1 (WCAG 2.2, 1.4.3)."""

"""A bakery's desk in Tokyo: whatever its customers and its people read is Japanese, and in Tokyo's time."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.commands.catalogue import ENGLISH
from bot.languages.catalogue import languages
from bot.presets import catalogue as presets
from bot.render.translations import Translations
from bot.reports import html_page
from bot.reports.period import period
from bot.reports.report import ReportOf
from tests.stories.test_neutral import AD_TECH
from tests.support.houses.browser import get, page_link
from tests.support.houses.house import until, words
from tests.support.houses.office import Office, said
from tests.support.houses.slack_house import words_of
from tests.support.setup import databases

TANAKA = "田中 美咲 <tanaka@acme.example>"
SATO = "sato@desk.example"
MORE = f"""
[[staff]]
name = "佐藤 花子"
mail = "{SATO}"
"""
NAMES = "CS JST Asia Slack casebot Acme Support Sam Specialist Max Manager png MB CSV PDF HTML SS resolved"
OURS = {*NAMES.split()}
OURS |= {word for language in languages().values() for word in language.own_name.split()}
"""Names of people, firms, programs and languages, and what is called so in every language."""


def english(text: str) -> list[str]:
    """Latin words in a text, without names, addresses, links and commands."""
    text = re.sub(r"casebot report( --[a-z]+ \S+)+", " ", text)
    text = re.sub(r"https?://\S+|[\w.+-]+@[\w.-]+|[#!/][\w-]+|<[^>]*>|:[a-z_]+:|U0[A-Z]+", " ", text)
    found = re.findall(r"[^\W\d_]*[A-Za-z][^\W\d_]*", re.sub(r"[^\x00-\u024f]", " ", text))
    return [word for word in found if len(word) > 1 and word not in OURS and word not in ENGLISH]


def report(office: Office) -> str:
    """The page of ``casebot report --format html``, without its marks and style."""
    config, now = office.app.config, datetime.now(UTC)
    words_of_desk = Translations(*config.templates()).words("ja")
    figures = office.ask(ReportOf(config, period("7d", "", now=now, zone=config.zone), now, "", ""))
    page = html_page.page(figures, words_of_desk, language="ja")
    return re.sub(r"<style>.*?</style>|<script.*?</script>|<[^>]*>", "\n", page, flags=re.DOTALL)


def test_a_bakery_in_tokyo_reads_its_own_language_and_time_story(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    due = datetime.now(ZoneInfo("Asia/Tokyo")) + timedelta(days=2, hours=-1)
    monkeypatch.setenv("CASEBOT_REPORT__DIGEST", f"{due:%A %H:%M}".lower())
    desk = 'language = "ja"\ntime_zone = "Asia/Tokyo"'
    more = MORE + presets.text("shop", "ja")
    read: dict[str, str] = {}
    with Office(databases.sqlite(tmp_path), tmp_path, desk=desk, more=more) as office:
        form = get(f"http://127.0.0.1:{office.web}/new", accept_language="ja")
        read["page of a new case"] = form.words
        office.send(
            TANAKA,
            "support@example.com",
            "ケーキがつぶれていました",
            "種類: 配達\nカテゴリー: 破損\n今朝届いたケーキがつぶれていました。",
            files={"ケーキ.png": b"\x89PNG\r\n\x1a\n picture"},
        )
        (confirmation,) = office.mails("tanaka@")
        read["confirmation"] = f"{confirmation['Subject']}\n{words(confirmation)}"
        (news,) = office.mails(SATO)
        read["mail to the staff"] = f"{news['Subject']}\n{words(news)}"
        read["card"] = said(office.card())
        people = office.slack.people
        office.click("sam", "case_take", wait=5)
        people.post("sam", "triage", "!reply すぐにお届けし直します。", thread_ts=office.card().ts)
        (answer,) = office.mails("tanaka@")
        read["answer"] = f"{answer['Subject']}\n{words(answer)}"
        read["page of the case"] = get(page_link(confirmation, "case")).words
        seen = people.slash("sam", "triage", "/case new", wait=5)
        assert seen.modal
        read["form in Slack"] = words_of([seen.modal.body])
        home = people.open_home("sam", wait=10)
        assert home
        read["home in Slack"] = words_of([home.body])
        office.answer(answer, TANAKA, "ありがとうございます。届きました。\n\n#close resolved")
        assert until(lambda: "closed" in [event.name for event in office.case().history])
        office.settled()
        read["thread"] = "\n".join(said(message) for message in office.thread())
        (end,) = office.mails("tanaka@")
        read["mail at the end"] = f"{end['Subject']}\n{words(end)}"
        read["report"] = report(office)
        office.pass_time(days=2)
        (digest, *_) = until(lambda: [m for m in office.messages("triage") if m.files])
        weeks = [said(m) for m in office.messages("triage") if m.ts >= digest.ts or "週" in said(m)]
        read["digest"] = "\n".join(weeks)
        assert "週" in read["digest"]
        office.pass_time(days=4)
        (invitation,) = office.mails("tanaka@")
        read["invitation to the survey"] = f"{invitation['Subject']}\n{words(invitation)}"
        survey = get(page_link(invitation, "survey"))
        read["survey"] = survey.words
        read["thanks for it"] = survey.send("rate", rating="5", comment="ありがとう").words
    foreign = {where: english(text) for where, text in read.items()}
    assert {where: found for where, found in foreign.items() if found} == {}
    assert [where for where, text in read.items() if "UTC" in text] == []
    assert [where for where, text in read.items() if AD_TECH.search(text)] == []
